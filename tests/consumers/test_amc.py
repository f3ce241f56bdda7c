"""auto-multiple-choice prints a paper of two variants and marks the filled pages."""

from pathlib import Path

import pytest
from drivers.amc import amc_marks, prepare
from drivers.environment import Refused
from system import needs

PAPER = Path(__file__).parent / "by_hand/paper.tex"
pytestmark = needs("auto-multiple-choice", "pdflatex", "lmodern.sty", "pdftoppm")


def test_keys_earn_full_marks_and_the_student_is_read(tmp_path):
    keys = {
        1: {"q1": 1, "q1.1": "-00822", "q2": 2, "student": "204"},
        2: {"q1": 3, "q1.1": "+00922", "q2": 1, "student": "075"},  # just within the tolerance
    }
    papers = amc_marks(PAPER, keys, tmp_path / "amc")
    assert [paper.mark for paper in papers.values()] == [5, 5]
    assert [paper.scores for paper in papers.values()] == [{"q1": 2, "q1.1": 2, "q2": 1}] * 2
    assert [paper.codes for paper in papers.values()] == [{"student": "204"}, {"student": "075"}]
    assert [paper.ticked["q1"] for paper in papers.values()] == ["A", "C"]


def test_each_mistake_a_blank_and_a_double_tick_earn_nothing(tmp_path):
    answers = {
        1: {"q1": 2, "q1.1": "+00822", "q2": 1, "student": "001"},  # its sign is wrong
        2: {"q1": (1, 3), "q1.1": "+00923", "student": "002"},
    }
    papers = amc_marks(PAPER, answers, tmp_path / "amc")
    assert [paper.scores for paper in papers.values()] == [{"q1": 0, "q1.1": 0, "q2": 0}] * 2
    assert [paper.ticked["q1"] for paper in papers.values()] == ["B", "AC"]


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        (r"\onecopy", r"\nosuchcommand", "Undefined control sequence"),
        ("{q2}", "{q1}", "question ID used several times"),
        (r"\wrongchoice{$0.0322$}", r"\correctchoice{$0.0322$}", "2/3 good answers"),
        ("{0.0917}", "{12.0917}", "number too large"),
    ],
)
def test_a_wrong_paper_is_refused(tmp_path, good, bad, words):
    (tmp_path / "bad.tex").write_text(PAPER.read_text().replace(good, bad, 1))
    with pytest.raises(Refused, match=words):
        prepare(tmp_path / "bad.tex", tmp_path / "amc")
