"""A paper as data: what is printed of it, what its key adds, and its QR code."""

from dataclasses import replace
from fractions import Fraction

import pytest
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.exams.formats.latex import halves
from symbackprop.exams.formats.paper import key, marking, page, paper, points, worth
from symbackprop.exams.variant import Numeric, Student

segno = pytest.importorskip("segno")
from symbackprop.exams.formats.qr import MASK, code, png  # noqa: E402  # below what it needs

FIRST = VARIANTS[0]


@pytest.mark.parametrize("target", ["latex", "typst"])
def test_a_paper_has_each_question_with_its_points_and_their_sum(target):
    data = paper(EXAM, FIRST, page(target, EXAM))
    assert [q["title"] for q in data["questions"]] == [f"Question {k}" for k in range(1, 7)]
    assert [q["number"] for q in data["questions"]] == ["2", "1", "1.5", "1", "1", "2"]
    assert data["total"] == "8.5"


def test_points_are_said_in_the_language():
    said = [points(exam, Fraction(n, 2)) for exam in (EXAM, INDONESIAN) for n in (1, 2, 4)]
    assert said == ["0.5 points", "1 point", "2 points", "0,5 poin", "1 poin", "2 poin"]
    assert worth(Fraction(1, 3)) == "0.3333"


def test_the_class_exam_counts_halves():
    assert [halves(Fraction(n, 2)) for n in (1, 2, 3)] == [r"\half", "1", r"1\half"]


def test_the_paper_is_handed_no_answer():
    data = paper(EXAM, FIRST, page("latex", EXAM))
    assert data["marking"] == []
    assert not {"solution", "again"} & {name for q in data["questions"] for name in q}
    assert not {"answer"} & {name for q in data["questions"] for p in q["parts"] for name in p}
    items = [item for q in data["questions"] for p in q["parts"] for item in p["items"]]
    assert {"letter", "content"} == {name for item in items for name in item}


def test_the_key_has_answers_tolerances_and_solutions():
    data = key(EXAM, FIRST, page("typst", EXAM))
    first, second, third, fourth, *_ = data["questions"]
    assert first["parts"][0]["answer"] == "0.0822 ± 0.0005"
    assert "0.0822" in first["solution"]
    assert [item["right"] for item in second["parts"][0]["items"]] == [False, True, False]
    assert [p["answer"] for p in third["parts"]] == ["0.2500 ± 0.0005", "0.4321 ± 0.0005"]
    assert fourth["parts"][0]["answer"] == "b c a"


def test_the_marking_table_has_every_outcome_with_its_mistake():
    (table,) = key(EXAM, FIRST, page("typst", EXAM))["marking"]
    assert table["head"] == ["q1", "q3.1", "q3.2"]
    rows = [(row["mistake"], [cell.replace("\\", "") for cell in row["cells"]]) for row in table["rows"]]
    assert [mistake.split(" of ")[0] for mistake, _ in rows] == ["The slope", "The sign"]
    assert [cells for _, cells in rows] == [["0.3220", "0.9000", "0.8000"], ["−0.0822", "−0.2500", "−0.4321"]]


def test_columns_without_room_go_into_tables_as_large_as_each_other():
    third = FIRST.questions[2]
    parts = [replace(third.parts[0], id=f"q1.{k}", uses=()) for k in range(11)]
    many = replace(FIRST, questions=(replace(third, id="q1", parts=tuple(parts)),))
    tables = list(marking(many, page("latex", EXAM)))
    assert [table["head"] for table in tables] == [[f"q1.{k}" for k in some] for some in (range(6), range(6, 11))]
    assert list(marking(replace(FIRST, questions=()), page("latex", EXAM))) == []


def test_a_step_is_told_once():
    first = FIRST.questions[0]
    twice = replace(FIRST, questions=(first, replace(first, id="q2")))
    one, two = key(EXAM, twice, page("latex", EXAM))["questions"]
    assert (one["solution"].strip() != "", one["again"]) == (True, False)
    assert (two["solution"], two["again"]) == ("", True)


def test_numbers_of_a_key_are_written_as_the_language_does():
    data = key(INDONESIAN, FIRST, page("latex", INDONESIAN))
    assert data["questions"][0]["parts"][0]["answer"] == "0,0822 ± 0,0005"
    assert data["marking"][0]["rows"][0]["cells"][0] == "0,3220"


def test_a_student_is_on_the_own_paper():
    student = Student("A1", "Ani", "B")
    assert paper(EXAM, replace(FIRST, student=student), page("typst", EXAM))["student"] == {
        "id": "A1", "name": "Ani", "group": "B",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["v00001", "sgr7h2m9kq", "v10000000"])
def test_the_bars_of_a_code_are_its_dark_modules(text):
    size, bars = code(text)
    matrix = segno.make_qr(text, error="m", mask=MASK).matrix
    dark = {(x + k, y) for x, y, n in bars for k in range(n)}
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, one in enumerate(row) if one}
    assert size == len(matrix)
    assert png(text)[:4] == b"\x89PNG"


def test_keys_differ_from_outcomes_in_what_is_printed():
    """The table quantizes values as the key is: none of them may look like it."""
    for variant in VARIANTS:
        for _, part in variant.parts():
            if isinstance(part.answer, Numeric):
                places = part.answer.key
                assert all(o.value.quantize(places) != part.answer.key for o in part.answer.outcomes)
