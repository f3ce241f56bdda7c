"""keys.csv: a row for each part of each variant, and nothing that a spreadsheet would take for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.variant import Exam, Numeric, Part, Question, Variant
from symbackprop.writers import csv

PLACE = "keys.csv"
HEAD = ("student", "name", "group", "variant", "question", "kind", "points", "key", "tolerance", "uses")


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield PLACE, csv.rows(row(variant, *both) for both in variant.parts()).encode()


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    def whole() -> Iterator[bytes]:
        yield csv.rows([HEAD]).encode()
        for _, content in pieces:
            yield content

    yield PLACE, whole()


def row(variant: Variant, asked: Question, part: Part) -> tuple[str, ...]:
    student = variant.student
    who = (student.id, student.name, student.group) if student else ("", "", "")
    answer = part.answer
    tolerance = f"{answer.tolerance:f}" if isinstance(answer, Numeric) else ""
    return (*who, variant.id, part.id, asked.kind, points(part), answer.text, tolerance, " ".join(part.uses))


def points(part: Part) -> str:
    return str(part.points) if part.points.denominator == 1 else f"{float(part.points):g}"


CSV = Format(pieces, files, key=True, lacks=("texts",))
