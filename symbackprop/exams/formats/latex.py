"""Papers and keys in LaTeX: the class article, and the class exam with its questions, parts, points and solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symbackprop import language
from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.paper import Data, key, page, paper
from symbackprop.exams.variant import Exam, Variant
from symbackprop.templating import Ready


def pieces(folder: str, template: str, more: Callable[[Exam, Variant], Data]) -> Callable[..., Iterator[Piece]]:
    """What a class makes of a variant: its paper and its key."""

    def made(exam: Exam, variant: Variant) -> Iterator[Piece]:
        leaf = page("latex", exam)
        for end, tell in (("", paper), (".key", key)):
            data = leaf.of(exam, variant, tell) | more(exam, variant)
            yield f"{folder}/{variant.id}{end}.tex", leaf.fill(template, data).encode()

    return made


def of_the_class(exam: Exam, variant: Variant) -> Data:
    """Its words, and the points as it adds them up: wholes and halves.  Others are printed beside the questions."""
    points = {question.id: question.points for question in variant.questions}
    points |= {part.id: part.points for _, part in variant.parts()}
    words = {word: language.text(exam.language, f"exam-class.{word}") for word in ("point", "points")}
    counts = all((2 * value).denominator == 1 for value in points.values())
    return {"class": words | {"counts": counts, "worth": {id: halves(value) for id, value in points.items()}}}


def halves(value: Fraction) -> Ready:
    whole, rest = divmod(value, 1)
    return Ready(f"{whole or ''}\\half" if rest else str(whole))


def nothing(exam: Exam, variant: Variant) -> Data:
    return {}


LATEX = Format(pieces("latex", "exam/paper.tex.j2", nothing), key=False, lacks=("qr-only",), extra="exam")
EXAM_CLASS = Format(
    pieces("exam-class", "exam/exam-class.tex.j2", of_the_class), key=False, lacks=("qr-only",), extra="exam"
)
