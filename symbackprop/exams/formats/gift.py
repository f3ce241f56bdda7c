r"""GIFT, one question a line: a part of a question is a question of its own, since GIFT has no question of several.

::v00001-q1::[html]text{#=KEY:TOLERANCE#right =%0%WRONG:TOLERANCE#why ####worked}
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.moodle import literal, right
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Question, Variant, Written
from symbackprop.templating import plain_text

PLACE = "quiz.gift"
_BLANKS = re.compile(r"\s+")
_SIGN = re.compile(r"[\\~=#{}:]")


def inert(text: str) -> str:
    """On one line, since a blank one ends a question, and a backslash before what means something."""
    return _SIGN.sub(r"\\\g<0>", _BLANKS.sub(" ", text))


@lru_cache(8)
def screen(language: str) -> Screen:
    """Pictures lie in the text itself."""

    def address(name: str, content: bytes) -> str:
        return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"

    return Screen(language, "latex", address, inert)


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield PLACE, "".join(line for asked in variant.questions for line in questions(exam, variant, asked)).encode()


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    yield PLACE, (content for _, content in pieces)


def questions(exam: Exam, variant: Variant, asked: Question) -> Iterator[str]:
    page = screen(exam.language)
    text, worked = page.given(variant) + page.asked(asked), page.worked(asked)
    name = inert(plain_text(exam.name).replace("/", "//"))
    yield f"$CATEGORY: $course$/top/{name}/{inert(asked.id)}\n\n"
    for part in asked.parts:
        told = next(tell for kind, tell in ANSWERS.items() if isinstance(part.answer, kind))
        answers = " ".join(told(page, part.answer))
        label = f"<p>{page.line(part.label)}</p>" if part.label and len(asked.parts) > 1 else ""
        title = inert(f"{variant.id}-{part.id}")
        yield f"::{title}::[html]{text}{label}{{{answers}{' ####' + worked if worked else ''}}}\n\n"


def numbers(page: Screen, number: Numeric) -> Iterator[str]:
    yield f"#={number.text}:{number.tolerance:f}#{inert(right(page))}"
    for o in number.outcomes:
        yield f"=%0%{o.value:f}:{number.tolerance:f}#{page.line(o.feedback)}"


def options(page: Screen, choice: Choice) -> Iterator[str]:
    for o in choice.options:
        yield f"{'~' if o.mistake else '='}{page.line(o.content)}#{page.line(o.feedback)}"


def places(page: Screen, order: Order) -> Iterator[str]:
    for item, place in zip(order.items, order.places, strict=True):
        yield f"={page.line(item)} -> {place}"


def ways(page: Screen, written: Written) -> Iterator[str]:
    for way in (written.key, *written.also):
        yield f"=%100%{inert(literal(way))}#{inert(right(page))}"
    for _, way, why in written.outcomes:
        yield f"=%0%{inert(literal(way))}#{page.line(why)}"


ANSWERS: dict[type, Callable[[Screen, Any], Iterator[str]]] = {
    Numeric: numbers,
    Choice: options,
    Order: places,
    Written: ways,
}

GIFT = Format(
    pieces, files, key=True, lacks=("points", "parts-apart", "order-feedback", "written", "carried", "key-inside")
)
