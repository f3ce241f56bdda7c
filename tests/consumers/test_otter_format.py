"""Otter takes our master notebook, leaves no key in the student's, and grades: the key full, each mistake nothing."""

import json
import re
from pathlib import Path

import pytest
from drivers.environment import Mark
from drivers.otter import assign, otter_marks
from small_exam import EXAM, VARIANTS
from system import needs

from symbackprop.exams.formats.otter import OTTER

pytestmark = needs("otter")
POINTS = {"q1": 2, "q2": 1, "q3_1": 0.5, "q3_2": 1, "q4": 1, "q5": 1, "q6": 2}
SLOPE = "The slope of the activation is left out. Look again at the step for ∂E/∂w₅."
SIGN = 'The sign is "turned" round, as 1 < 2. Look again at the step for ∂E/∂w₅.'
WRONG = "This is not the right answer."
FIRST = {"q1": 0.322, "q2": "a", "q3_1": 0.9, "q3_2": 0.8, "q4": "cab", "q5": "3x2", "q6": "h*(o-t)"}
SECOND = {"q1": -0.0822, "q2": "c", "q3_1": -0.25, "q3_2": -0.4321, "q4": "abc", "q5": "6", "q6": "h"}
SAID = {
    "first": {"q1": (SLOPE, WRONG), "q2": ("This is what 0.1 comes from.", WRONG), "q3_1": (SLOPE, WRONG),
              "q3_2": (SLOPE, WRONG), "q4": ("Each step needs the one before.",), "q5": ("Turned round.", WRONG),
              "q6": ("The slope is left out.", WRONG)},
    "second": {"q1": (SIGN, WRONG), "q2": ("This is what 0.3 comes from.", WRONG), "q3_1": (SIGN, WRONG),
               "q3_2": (SIGN, WRONG), "q4": ("Each step needs the one before.",), "q5": (WRONG,), "q6": (WRONG,)},
}  # fmt: skip


@pytest.fixture(scope="module")
def assigned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("otter")
    ((name, content),) = OTTER.pieces(EXAM, VARIANTS[0])
    (folder / Path(name).name).write_bytes(content)
    return assign(folder / Path(name).name, folder / "made")


def filled(path: Path, answers: dict, folder: Path) -> Path:
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        found = re.fullmatch(r"(q\w+) = \.\.\.", "".join(cell["source"]))
        if found and found[1] in answers:
            cell["source"] = f"{found[1]} = {answers[found[1]]!r}"
    (folder / path.name).write_text(json.dumps(book))
    return folder / path.name


def test_what_students_get_holds_no_key(assigned):
    files = [p for p in assigned.student.parent.rglob("*") if p.is_file()]
    text = "".join(p.read_text() for p in files)
    assert "q1 = ..." in text.replace('"', "").replace("\\n", "")
    for word in ("0.0822", "0.2500", "2x3", "(1-o)", "left out", "near(", "same("):
        assert word not in text


def test_the_solved_notebook_scores_full(assigned, tmp_path):
    assert otter_marks(assigned.autograder, assigned.solved, tmp_path) == {q: Mark(p, p) for q, p in POINTS.items()}


@pytest.mark.parametrize(("student", "answers"), [("first", FIRST), ("second", SECOND)])
def test_each_mistake_scores_nothing_and_gets_its_feedback(assigned, tmp_path, student, answers):
    marks = otter_marks(assigned.autograder, filled(assigned.student, answers, tmp_path), tmp_path / "graded")
    assert marks == {q: Mark(0, POINTS[q], said) for q, said in SAID[student].items()}


def test_an_empty_notebook_scores_nothing(assigned, tmp_path):
    marks = otter_marks(assigned.autograder, assigned.student, tmp_path / "graded")
    assert {mark.score for mark in marks.values()} == {0}
