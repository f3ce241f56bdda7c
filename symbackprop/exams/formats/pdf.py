"""Papers and keys as PDF, through Typst: checked against PDF/UA-1."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.typst import sources
from symbackprop.exams.variant import Exam, Variant
from symbackprop.writers.pdf import compiled


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    for end, text in sources(exam, variant):
        yield f"pdf/{variant.id}{end}.pdf", compiled(text)


PDF = Format(pieces, key=False, lacks=("qr-only",), extra="exam,pdf")
