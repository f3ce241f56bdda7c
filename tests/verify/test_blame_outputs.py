"""What we print ourselves is right: every row of the tracked solutions, in both languages and every notation."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import Line, Report


def left(report: Report) -> list[Line]:
    """The lines that are not found right, or rounded."""
    return [line for line in report.lines if line.verdict not in ("ok", "rounding")]


STEMS, SUFFIXES = ("mazur", "batch", "softmax", "rnn", "batchnorm"), ("md", "tex", "txt")
OUTPUTS = [f"{stem}.{suffix}" for stem in STEMS for suffix in SUFFIXES]


@pytest.mark.parametrize("name", [*OUTPUTS, "id/mazur.md", "equations.md", "equations.tex", "cnn.txt"])
def test_our_own_lines_are_right(checkout: Path, name: str) -> None:
    problem = sb.load(checkout / "examples" / f"{Path(name).stem}.toml")
    report = judge((checkout / "outputs" / name).read_text(encoding="utf-8"), problem)
    assert len(report.lines) > 100
    assert [(line.row, line.verdict, line.text) for line in left(report)] == []


def test_a_formula_that_is_broken_within_a_sentence_is_told(checkout: Path) -> None:
    problem = sb.load(checkout / "examples/equations.toml")
    lines = left(judge((checkout / "outputs/equations.txt").read_text(encoding="utf-8"), problem))
    assert {(line.verdict, line.text[-1]) for line in lines} == {("unread", "=")}


def test_who_is_quoted_claims_nothing(checkout: Path) -> None:
    """What Mazur prints by another rule is told as a figure; as a line of one's own it is judged."""
    problem = sb.load(checkout / "examples/mazur.toml")
    text = (checkout / "outputs/mazur.md").read_text(encoding="utf-8")
    assert "Mazur prints $0.291027924$" in text
    assert not [line for line in judge(text, problem).lines if "Mazur" in line.text]
    (line,) = judge("E = 0.291027924", problem).lines
    assert (line.verdict, line.claims[0].mistakes[0].mistake) == ("wrong", "used-updated-weights")


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_in_every_notation(checkout: Path, notation: str, lang: str) -> None:
    problem = sb.load(checkout / "examples/mazur.toml")
    text = str(sb.solution(sb.derive(problem), notation=notation, lang=lang).render("markdown"))
    assert left(judge(text, problem, notation=notation)) == []
