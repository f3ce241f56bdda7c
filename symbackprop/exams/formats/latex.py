"""Papers and keys in LaTeX: the class article, and the class exam with its questions, parts, points and solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symbackprop import language
from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.paper import key, page, paper
from symbackprop.exams.variant import Exam, Variant


def pieces(folder: str, template: str, words: Callable[[Exam], dict[str, Any]]) -> Callable[..., Iterator[Piece]]:
    """What a class makes of a variant: its paper and its key."""

    def made(exam: Exam, variant: Variant) -> Iterator[Piece]:
        leaf = page("latex", exam)
        for end, tell in (("", paper), (".key", key)):
            data = tell(exam, variant, leaf) | words(exam)
            yield f"{folder}/{variant.id}{end}.tex", leaf.fill(template, data).encode()

    return made


def of_the_class(exam: Exam) -> dict[str, Any]:
    return {"class": {word: language.text(exam.language, f"exam-class.{word}") for word in ("point", "points")}}


LATEX = Format(pieces("latex", "exam/paper.tex.j2", lambda exam: {}), key=False, lacks=("qr-only",), extra="exam")
EXAM_CLASS = Format(
    pieces("exam-class", "exam/exam-class.tex.j2", of_the_class), key=False, lacks=("qr-only",), extra="exam"
)
