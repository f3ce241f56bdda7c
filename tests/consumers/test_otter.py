"""Otter makes a student's notebook without the key and grades what comes back."""

from pathlib import Path

import pytest
from drivers.environment import Mark, Refused
from drivers.otter import assign, otter_marks
from system import needs

MASTER = Path(__file__).parent / "by_hand/otter.ipynb"
SLOPE = "The slope of the sigmoid is missing."
pytestmark = needs("otter")


@pytest.fixture(scope="module")
def assigned(tmp_path_factory):
    return assign(MASTER, tmp_path_factory.mktemp("otter"))


def marks(assigned, answer: str, folder: Path):
    (folder / "sent").mkdir()
    sent = folder / "sent" / assigned.student.name
    sent.write_text(assigned.student.read_text().replace("q1 = ...", answer))
    return otter_marks(assigned.autograder, sent, folder / "graded")


def test_what_students_get_holds_no_key(assigned):
    assert "0.0822" not in assigned.student.read_text()
    assert "q1 is a number" in assigned.student.read_text()


def test_the_solved_notebook_earns_full_marks(assigned, tmp_path):
    assert otter_marks(assigned.autograder, assigned.solved, tmp_path) == {"q1": Mark(2, 2)}


@pytest.mark.parametrize(
    ("answer", "mark"),
    [
        ("q1 = 0.0824", Mark(2, 2)),
        ("q1 = 0.0322", Mark(0, 2, (SLOPE, "Not the key."))),
        ("q1 = 0.5", Mark(0, 2, ("Not the key.",))),
    ],
)
def test_each_answer_earns_its_own_and_is_told_why(assigned, tmp_path, answer, mark):
    assert marks(assigned, answer, tmp_path) == {"q1": mark}


def test_the_students_notebook_as_it_is_earns_nothing(assigned, tmp_path):
    assert marks(assigned, "q1 = ...", tmp_path)["q1"].score == 0


def test_a_master_whose_key_fails_its_own_test_is_refused(tmp_path):
    (tmp_path / "wrong.ipynb").write_text(MASTER.read_text().replace("q1 = 0.0822", "q1 = 0.0322"))
    with pytest.raises(Refused, match="q1"):
        assign(tmp_path / "wrong.ipynb", tmp_path / "otter")
