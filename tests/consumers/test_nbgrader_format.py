"""nbgrader makes our release/ of our source/, and grades it: the key full, each mistake nothing, with its feedback."""

import json

import pytest
from drivers.environment import Mark
from drivers.nbgrader import nbgrader_marks, release
from small_exam import EXAM, VARIANTS
from system import needs

from symbackprop.exams.formats.nbgrader import NBGRADER

pytestmark = needs("nbgrader")
V = VARIANTS[0]
RIGHT = {"q1": 0.0822, "q2": "b", "q3_1": 0.25, "q3_2": 0.4321, "q4": "bca", "q5": "2x3", "q6": "(o-t)*o*(1-o)*h"}
ANSWERS = {
    "right": RIGHT,
    "rounded": RIGHT | {"q1": 0.0818, "q3_1": 0.2503, "q5": "2 × 3", "q6": "h*(o-o^2)*(o-t)"},
    "first": RIGHT | {"q1": 0.322, "q2": "a", "q3_1": 0.9, "q3_2": 0.8, "q4": "cab", "q5": "3x2", "q6": "h*(o-t)"},
    "second": RIGHT | {"q1": -0.0822, "q2": "c", "q3_1": -0.25, "q3_2": -0.4321},
}
POINTS = {"q1": 2, "q2": 1, "q3_1": 0.5, "q3_2": 1, "q4": 1, "q5": 1, "q6": 2}
SLOPE = "The slope of the activation is left out. Look again at the step for ∂E/∂w₅."
SIGN = 'The sign is "turned" round, as 1 < 2. Look again at the step for ∂E/∂w₅.'
SAID = {
    "first": {"q1": SLOPE, "q2": "This is what 0.1 comes from.", "q3_1": SLOPE, "q3_2": SLOPE,
              "q4": "Each step needs the one before.", "q5": "Turned round.", "q6": "The slope is left out."},
    "second": {"q1": SIGN, "q2": "This is what 0.3 comes from.", "q3_1": SIGN, "q3_2": SIGN},
}  # fmt: skip


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The files as we write them."""
    folder = tmp_path_factory.mktemp("ours")
    for name, content in NBGRADER.pieces(EXAM, V):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return folder / "nbgrader"


@pytest.fixture(scope="module")
def made(ours):
    """Our release, and nbgrader's own in its place."""
    before = (ours / "release/v00001/quiz.ipynb").read_bytes()
    (after,) = release(ours, "v00001")
    return before, after.read_bytes()


def filled(content: bytes, answers: dict) -> str:
    book = json.loads(content)
    for cell in book["cells"]:
        if cell["id"] in answers:
            cell["source"] = f"{cell['id']} = {answers[cell['id']]!r}"
    return json.dumps(book)


@pytest.fixture(scope="module")
def marks(ours, made, tmp_path_factory):
    sent = {}
    for student, answers in (ANSWERS | {"empty": {}}).items():
        folder = tmp_path_factory.mktemp(student)
        (folder / "quiz.ipynb").write_text(filled(made[0], answers))
        sent[student] = [folder / "quiz.ipynb"]
    return nbgrader_marks(ours, "v00001", sent)


def test_our_release_is_nbgraders_to_the_byte(made):
    assert made[0] == made[1]


@pytest.mark.parametrize("student", ["right", "rounded"])
def test_the_key_scores_full(marks, student):
    assert marks[student] == {f"{cell}-test": Mark(points, points) for cell, points in POINTS.items()}


@pytest.mark.parametrize("student", SAID)
def test_each_mistake_scores_nothing_and_gets_its_feedback(marks, student):
    for cell, said in SAID[student].items():
        assert marks[student][f"{cell}-test"] == Mark(0, POINTS[cell], (said,))


def test_an_empty_notebook_scores_nothing(marks):
    assert {mark.score for mark in marks["empty"].values()} == {0}
