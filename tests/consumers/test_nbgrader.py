"""nbgrader releases a notebook without its solutions and grades what comes back."""

import shutil
from pathlib import Path

import pytest
from drivers.environment import Mark, Refused
from drivers.nbgrader import nbgrader_marks, release
from system import needs

SOURCE = Path(__file__).parent / "by_hand/nbgrader.ipynb"
pytestmark = needs("nbgrader")


def course(folder: Path, text: str) -> Path:
    (folder / "source/v1").mkdir(parents=True)
    (folder / "source/v1/v1.ipynb").write_text(text)
    return folder


def filled(released: Path, answers: list[str], folder: Path) -> Path:
    """The released notebook with these answers in place of its gaps, in their order."""
    folder.mkdir()
    text = released.read_text()
    for answer in answers:
        text = text.replace("raise NotImplementedError()", answer, 1)
    (folder / "v1.ipynb").write_text(text)
    return folder / "v1.ipynb"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The released notebook's text, and the marks of four students."""
    folder = tmp_path_factory.mktemp("nbgrader")
    home = course(folder / "course", SOURCE.read_text())
    (released,) = release(home, "v1")
    wrong = filled(released, ["q1 = 0.0322", "q2 = 'b'"], folder / "wrong")
    half = filled(released, ["q1 = 0.0824", "q2 = 'b'"], folder / "half")
    notebooks = {"full": SOURCE, "released": released, "wrong": wrong, "half": half}
    for name, notebook in notebooks.items():
        (folder / "sent" / name).mkdir(parents=True)
        shutil.copy(notebook, folder / "sent" / name / "v1.ipynb")
    sent = {name: [folder / "sent" / name / "v1.ipynb"] for name in notebooks}
    return released.read_text(), nbgrader_marks(home, "v1", sent)


def test_what_students_get_holds_no_key(graded):
    assert "0.0822" not in graded[0]
    assert "HIDDEN" not in graded[0]
    assert "isinstance(q1, float)" in graded[0]


def test_the_filled_source_earns_full_marks(graded):
    assert graded[1]["full"] == {"v1-q1-test": Mark(2, 2), "v1-q2-test": Mark(1, 1)}


def test_the_released_notebook_earns_nothing(graded):
    assert {cell: mark.score for cell, mark in graded[1]["released"].items()} == {"v1-q1-test": 0, "v1-q2-test": 0}


def test_each_answer_earns_its_own_and_is_told_why(graded):
    slope = "The slope of the sigmoid is missing."
    assert graded[1]["wrong"] == {"v1-q1-test": Mark(0, 2, (slope,)), "v1-q2-test": Mark(0, 1, ("",))}
    assert graded[1]["half"] == {"v1-q1-test": Mark(2, 2), "v1-q2-test": Mark(0, 1, ("",))}


def test_a_grade_id_that_stands_twice_is_refused(tmp_path):
    twice = SOURCE.read_text().replace('"grade_id": "v1-q2-test"', '"grade_id": "v1-q1-test"')
    with pytest.raises(Refused, match="v1-q1-test"):
        release(course(tmp_path / "course", twice), "v1")
