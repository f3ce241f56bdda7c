"""auto-multiple-choice prints our paper and marks filled pages: the key full, each mistake nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from drivers.amc import amc_marks
from small_exam import EXAM, INDONESIAN, VARIANTS
from system import needs

from symbackprop.exams.formats.amc import AMC
from symbackprop.exams.variant import Choice, Numeric, Order, Part, Student, Variant

pytestmark = needs("auto-multiple-choice", "pdflatex", "lmodern.sty", "pdftoppm")
Answers = dict[str, int | str]


def coded(value: Decimal, key: Decimal) -> str:
    """A number as its boxes are filled: the sign, a digit before the point, as many behind it as the key has."""
    places = -key.as_tuple().exponent
    return f"{'-' if value < 0 else '+'}{int(abs(value).scaleb(places)):0{places + 1}}"


def right(part: Part) -> Answers:
    answer = part.answer
    if isinstance(answer, Numeric):
        return {part.id: coded(answer.key, answer.key)}
    if isinstance(answer, Choice):
        return {part.id: answer.right + 1}
    if isinstance(answer, Order):
        return {f"{part.id}.{'abc'[k]}": place for k, place in enumerate(answer.places)}
    return {part.id: 2}  # written: the instructor's box


def wrong(part: Part) -> list[Answers]:
    """What each mistake fills in."""
    answer = part.answer
    if isinstance(answer, Numeric):
        return [{part.id: coded(o.value, answer.key)} for o in answer.outcomes]
    if isinstance(answer, Choice):
        return [{part.id: k + 1} for k, option in enumerate(answer.options) if option.mistake]
    if isinstance(answer, Order):
        return [{f"{part.id}.{'abc'[k]}": place % 3 + 1 for k, place in enumerate(answer.places)}]
    return [{part.id: 1}]


def filled(variant: Variant) -> Answers:
    return {name: box for _, part in variant.parts() for name, box in right(part).items()}


def mistaken(variant: Variant, turn: int) -> Answers:
    parts = [wrong(part) for _, part in variant.parts()]
    return {name: box for some in parts for name, box in some[turn % len(some)].items()}


def written(exam, variants, folder):
    for name, content in AMC.files(exam, [piece for v in variants for piece in AMC.pieces(exam, v)]):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"".join(content))
    return folder / "amc/paper.tex"


@pytest.mark.parametrize("exam", [EXAM, INDONESIAN], ids=["en", "id"])
def test_keys_earn_full_marks_and_mistakes_nothing(exam, tmp_path):
    first, second = VARIANTS
    copies = [first, second, first, second, first, first]
    answers = {
        1: filled(first) | {"student": "00000204"},
        2: filled(second) | {"student": "00001075"},
        3: mistaken(first, 0) | {"student": "00000003"},
        4: mistaken(second, 1) | {"student": "00000004"},
        5: filled(first) | {"q1": "+00827"},  # just within the tolerance
        6: filled(first) | {"q1": "+00828"},
    }
    papers = amc_marks(written(exam, copies, tmp_path), answers, tmp_path / "run")
    whole = float(sum(q.points for q in first.questions))
    assert [papers[k].mark for k in range(1, 7)] == pytest.approx([whole, whole, 0, 0, whole, whole - 2], abs=0.011)
    assert set(papers[3].scores.values()) == set(papers[4].scores.values()) == {0}
    assert [papers[k].codes["student"] for k in (1, 2, 3, 4)] == ["00000204", "00001075", "00000003", "00000004"]


def test_every_mistake_earns_nothing(tmp_path):
    variant = VARIANTS[0]
    turns = max(len(wrong(part)) for _, part in variant.parts())
    answers = {k + 1: mistaken(variant, k) for k in range(turns)}
    papers = amc_marks(written(EXAM, [variant] * turns, tmp_path), answers, tmp_path / "run")
    assert [paper.mark for paper in papers.values()] == [0] * turns


def test_a_students_own_sheet_is_called_by_the_id(tmp_path):
    some = [replace(v, student=Student(f"A_-{k}", f"Ani & {k}")) for k, v in enumerate(VARIANTS)]
    answers = {1: filled(some[0]), 2: filled(some[1])}
    papers = amc_marks(written(EXAM, some, tmp_path), answers, tmp_path / "run")
    assert [paper.codes for paper in papers.values()] == [{}, {}]
    assert (tmp_path / "amc/students.csv").read_text() == "id,name,variant\nA_-0,Ani & 0,v00001\nA_-1,Ani & 1,v00002\n"
    assert r"association{1}{A_-0}" in (tmp_path / "run/boxes.xy").read_text()
