"""nbgrader and Otter: cells, keys and hidden tests; what students get holds no key."""

import json
import re

import pytest
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.exams.formats.cells import variable
from symbackprop.exams.formats.nbgrader import NBGRADER
from symbackprop.exams.formats.otter import OTTER
from symbackprop.exams.variant import Choice, Numeric, Written

FILES = {name: content for v in VARIANTS for f in (NBGRADER, OTTER) for name, content in f.pieces(EXAM, v)}


def cells(kind: str, id: str) -> list[dict]:
    return json.loads(FILES[f"{kind}/{id}/quiz.ipynb"])["cells"]


def code(cell: dict) -> str:
    return "".join(cell["source"])


def test_files_are_named_by_variant():
    kinds = ("nbgrader/source", "nbgrader/release", "otter")
    assert set(FILES) == {f"{kind}/{v.id}/quiz.ipynb" for kind in kinds for v in VARIANTS}


@pytest.mark.parametrize("name", FILES)
def test_cells_have_ids_of_their_own_that_jupyter_takes(name):
    found = json.loads(FILES[name])
    ids = [cell["id"] for cell in found["cells"]]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,64}", id) for id in ids)
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)


@pytest.mark.parametrize("name", FILES)
def test_the_variant_and_the_instructions_stand_in_it(name):
    text = code(next(c for c in json.loads(FILES[name])["cells"] if c["cell_type"] == "markdown"))
    assert f"Variant {name.split('/')[-2]}" in text
    assert "Write every step down." in text
    assert "# Backpropagation &lt;by hand&gt;" in text


@pytest.mark.parametrize("v", VARIANTS, ids=lambda v: v.id)
def test_a_release_holds_no_key_no_feedback_and_no_tests(v):
    text = FILES[f"nbgrader/release/{v.id}/quiz.ipynb"].decode()
    for word in (
        "0.0822",
        "0.0917",
        "0.2500",
        "0.1250",
        "2x3",
        "(1-o)",
        "HIDDEN",
        "SOLUTION",
        "left out",
        "near",
        "same(",
    ):
        assert word not in text
    for part in (p for _, p in v.parts()):
        assert f"{variable(part.id)} = " not in text


@pytest.mark.parametrize("kind", ["source", "release"])
def test_metadata_are_nbgraders(kind):
    found = {c["id"]: c["metadata"]["nbgrader"] for c in cells(f"nbgrader/{kind}", "v00001")}
    assert {id: own["points"] for id, own in found.items() if own["grade"]} == {
        "q1-test": 2, "q2-test": 1, "q3_1-test": 0.5, "q3_2-test": 1, "q4-test": 1, "q5-test": 1, "q6-test": 2,
    }  # fmt: skip
    for id, own in found.items():
        assert own["grade_id"] == id
        assert own["schema_version"] == 3
        assert own["locked"] is not own["solution"]
        assert ("points" in own) is own["grade"]
        assert ("checksum" in own) is (kind == "release")


def graded(id: str, part: str, answer: object) -> str:
    """What the source's test says of an answer; nothing if it is right."""
    (test,) = [code(c) for c in cells("nbgrader/source", id) if c["id"] == f"{variable(part)}-test"]
    try:
        exec(compile(test, "test", "exec"), {variable(part): answer})  # noqa: S102  # what nbgrader does
    except AssertionError as error:
        return str(error)
    return ""


def literal(answer, value=None):
    return float(answer.key if value is None else value) if isinstance(answer, Numeric) else answer.text


@pytest.mark.parametrize("v", VARIANTS, ids=lambda v: v.id)
def test_keys_are_right_and_each_mistake_is_told(v):
    for _, part in v.parts():
        assert graded(v.id, part.id, literal(part.answer)) == ""
        if isinstance(part.answer, Numeric):
            for outcome in part.answer.outcomes:
                said = graded(v.id, part.id, float(outcome.value))
                assert said.startswith(outcome.feedback[0].text)
                assert said.endswith("∂E/∂w₅.")
        if isinstance(part.answer, Choice):
            for letter, option in zip("abc", part.answer.options, strict=True):
                assert graded(v.id, part.id, letter) == (option.feedback[0].text if option.mistake else "")
        if isinstance(part.answer, Written):
            for _, text, feedback in part.answer.outcomes:
                assert graded(v.id, part.id, text) == feedback[0].text


@pytest.mark.parametrize(
    ("part", "answer", "said"),
    [
        ("q1", 0.0827, ""),
        ("q1", 0.08271, "This is not the right answer."),
        ("q1", float("nan"), "This is not the right answer."),
        ("q1", "0.0822", "q1 must be a number."),
        ("q2", "d", "q2 must be one of the letters a, b, c."),
        ("q4", "aab", "q4 must hold each of the letters a, b, c once."),
        ("q4", "abc", "Each step needs the one before."),
        ("q5", "2 × 3", ""),
        ("q5", "(2,3)", ""),
        ("q6", "h*(o-t)*(o-o^2)", ""),
        ("q6", "__import__('os')", "This is not the right answer."),
        ("q6", 3, "q6 must be text in quotes."),
    ],
)
def test_other_answers(part, answer, said):
    assert graded("v00001", part, answer) == said


def test_every_line_of_otters_solutions_is_marked():
    answers = [code(c) for c in cells("otter", "v00001") if c["id"].endswith("-answer")]
    assert len(answers) == 7
    assert all(re.fullmatch(r"q\w+ = .+ # SOLUTION", line) for text in answers for line in text.splitlines())


def test_the_language_is_the_exams():
    texts = dict(NBGRADER.pieces(INDONESIAN, VARIANTS[0]))
    text = texts["nbgrader/source/v00001/quiz.ipynb"].decode()
    assert "Varian v00001" in text
    assert "harus berupa bilangan" in text
