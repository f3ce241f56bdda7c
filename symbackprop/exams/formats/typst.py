"""Papers and keys as Typst source."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.paper import key, page, paper
from symbackprop.exams.variant import Exam, Variant

TEMPLATE = "exam/paper.typ.j2"


def sources(exam: Exam, variant: Variant) -> Iterator[tuple[str, str]]:
    """The paper, and the key: the end of their names with the text."""
    leaf = page("typst", exam)
    yield "", leaf.fill(TEMPLATE, leaf.of(exam, variant, paper))
    yield ".key", leaf.fill(TEMPLATE, leaf.of(exam, variant, key))


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    for end, text in sources(exam, variant):
        yield f"typst/{variant.id}{end}.typ", text.encode()


TYPST = Format(pieces, key=False, lacks=("qr-only",), extra="exam")
