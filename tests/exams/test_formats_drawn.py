"""Variants as they are drawn, every kind of question: notebooks, question folders and cards take them all."""

import json

import pytest
from exam_texts import planned
from prairielearn import Folder

from symbackprop.exams.formats.anki import ANKI
from symbackprop.exams.formats.carried import _equal, is_near
from symbackprop.exams.formats.cells import page
from symbackprop.exams.formats.nbgrader import GAP, NBGRADER
from symbackprop.exams.formats.numbas import NUMBAS
from symbackprop.exams.formats.prairielearn import PRAIRIELEARN
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Written
from symbackprop.exams.variants import variants

EXAM = Exam("Quiz", "en")
KINDS = (
    'kind = "value"; ask = "out_o1"',
    'kind = "partial"; ask = ["w5", "w1"]; points = 2',
    'kind = "partial"; ask = "w5"; form = "symbolic"',
    'kind = "shape"; ask = "W1"',
    'kind = "chain-rule"; ask = "w1"',
    'kind = "missing-factor"; ask = "w1"',
    'kind = "order"; ask = "w1"',
    'kind = "find-mistake"; ask = "w1"',
    'kind = "perturb"; ask = "w7"',
    'kind = "faded"; ask = "w1"',
)


@pytest.fixture(scope="module")
def drawn():
    return list(variants(planned(*KINDS), seed=7, n=2))


def test_every_kind_of_answer_is_among_them(drawn):
    assert {Numeric, Choice, Order, Written} == {
        next(t for t in (Numeric, Choice, Order, Written) if isinstance(p.answer, t)) for _, p in drawn[0].parts()
    }


def test_notebooks_grade_the_key_full_and_tell_each_mistake(drawn):
    for variant in drawn:
        source, release = (json.loads(content)["cells"] for _, content in NBGRADER.pieces(EXAM, variant))
        tests = {c["id"].removesuffix("-test"): "".join(c["source"]) for c in source if c["id"].endswith("-test")}
        assert all("".join(c["source"]) == GAP for c in release if c["metadata"]["nbgrader"]["solution"])
        for _, part in variant.parts():
            name, a = part.id.replace(".", "_"), part.answer
            assert not said(tests[name], name, float(a.key) if isinstance(a, Numeric) else a.text)
            for outcome in a.outcomes if isinstance(a, Numeric) else ():
                assert said(tests[name], name, float(outcome.value)) == page("en").plain(outcome.feedback)


def said(test: str, name: str, answer: object) -> str:
    try:
        exec(compile(test, "test", "exec"), {name: answer})  # noqa: S102  # what nbgrader does
    except AssertionError as error:
        return str(error)
    return ""


def test_formulas_are_read_as_formulas(drawn):
    written = [p.answer for v in drawn for _, p in v.parts() if isinstance(p.answer, Written) and p.answer.form]
    assert written
    for answer in written:
        assert _equal(f"({answer.key}) * 2 / 2", answer.key)
        assert not any(_equal(text, answer.key) for _, text, _ in answer.outcomes)


def test_numbers_are_apart(drawn):
    for answer in (p.answer for v in drawn for _, p in v.parts() if isinstance(p.answer, Numeric)):
        assert is_near(float(answer.key), answer.text, f"{answer.tolerance:f}")
        assert not any(is_near(float(o.value), answer.text, f"{answer.tolerance:f}") for o in answer.outcomes)


def test_question_folders_pass_the_checks(drawn, tmp_path):
    for name, content in PRAIRIELEARN.files(EXAM, [piece for v in drawn for piece in PRAIRIELEARN.pieces(EXAM, v)]):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(content))
    for folder in (tmp_path / "prairielearn/questions").iterdir():
        question = Folder(folder, 1)
        keys = question.data["correct_answers"]
        right = {name: key["key"] if isinstance(key, dict) else key for name, key in keys.items()}
        assert question.graded(right)["score"] == pytest.approx(1)
        assert question.data["feedback"] == {"said": []}


def test_cards_and_numbas_take_them(drawn):
    for format in (ANKI, NUMBAS):
        ((_, parts),) = format.files(EXAM, [piece for v in drawn for piece in format.pieces(EXAM, v)])
        assert b"".join(parts)
