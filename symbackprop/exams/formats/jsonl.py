"""JSON lines: one object for each variant, with all that is known of it.  For instructors and programs.

A question of several parts is several objects, one for each key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from math import isfinite
from typing import Any

from symbackprop.document import Document, Inlines
from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.told import Told
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.writers.inlines import words
from symbackprop.writers.page import page_of
from symbackprop.writers.render import fragment

MOST = 20_000  # texts that are kept
POINTED = ("value", "error", "partial", "delta", "update")  # what is an entry of the derivation
NAME = "variants.jsonl"


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield f"{NAME}/{variant.id}", f"{lines(exam).line(variant)}\n".encode()


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    yield NAME, (content for _, content in pieces)


JSONL = Format(pieces, files)


@lru_cache(maxsize=4)
def lines(exam: Exam) -> Lines:
    """One writer for an exam."""
    return Lines(exam)


class Lines:
    """Writes the variants of one exam; what stands in many of them is put into words once."""

    def __init__(self, exam: Exam) -> None:
        self.exam = exam
        self.page = page_of(Document("", exam.language, (), exam.notation), "plain")
        self.known: dict[Any, Any] = {}

    def line(self, variant: Variant) -> str:
        """One line, without its end."""
        return json.dumps(self.data(variant), ensure_ascii=False, allow_nan=False)

    def data(self, variant: Variant) -> dict[str, Any]:
        certificate = variant.certificate
        out: dict[str, Any] = {"id": variant.id, "seed": variant.seed}
        if variant.student is not None:
            student = variant.student
            out["student"] = {"id": student.id, "name": student.name, "group": student.group}
        return out | {
            "spec": variant.spec,
            "questions": [self.asked(question, part) for question, part in variant.parts()],
            "certificate": {
                "routes": list(certificate.routes),
                "separation": round(certificate.separation, 2) if isfinite(certificate.separation) else None,
                "difficulty": certificate.figures,
            },
        }

    def asked(self, question: Question, part: Part) -> dict[str, Any]:
        return {
            "id": part.id,
            "question": question.id,
            "kind": question.kind,
            "text": self.text(question),
            "label": self.words(part.label),
            "points": number(part.points),
            "asks": part.asks if question.kind in POINTED else None,
            "of": part.asks,
            "times": number(part.times),
            "uses": list(part.uses),
            **answered(self.words, part.answer),
        }

    def text(self, question: Question) -> str:
        """The question's blocks in plain text; those with the same numbers are alike."""
        told = getattr(question, "asked", None)
        key = (told.make, told.numbers()) if isinstance(told, Told) else question.text
        if key not in self.known:
            document = Document("", self.exam.language, question.text, self.exam.notation)
            self.keep(key, fragment(document, "text", ".txt").strip())
        return str(self.known[key])

    def words(self, some: Inlines) -> str:
        """Inlines in plain text; the same ones are put into words once."""
        found = self.known.get(id(some))
        if found is None or found[0] is not some:
            found = some, words(self.page, some)
            self.keep(id(some), found)
        return str(found[1])

    def keep(self, key: Any, found: Any) -> None:
        """Not for ever: what is each variant's own would fill the memory."""
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[key] = found


def number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


Words = Callable[[Inlines], str]


def answered(say: Words, answer: Answer) -> dict[str, Any]:
    """The key, the tolerance, and what mistakes give."""
    return next(tell(say, answer) for kind, tell in ANSWERS.items() if isinstance(answer, kind))


def numeric(say: Words, a: Numeric) -> dict[str, Any]:
    distractors = [
        {"mistake": o.mistake, "value": float(o.value), "at": o.at, "feedback": say(o.feedback)} for o in a.outcomes
    ]
    return {"key": float(a.key), "digits": a.text, "tolerance": float(a.tolerance), "distractors": distractors}


def choice(say: Words, a: Choice) -> dict[str, Any]:
    options = [{"text": o.text, "mistake": o.mistake or None, "feedback": say(o.feedback)} for o in a.options]
    wrong = [{"mistake": o.mistake, "value": o.text, "feedback": say(o.feedback)} for o in a.options if o.mistake]
    return {"key": a.text, "tolerance": None, "options": options, "distractors": wrong}


def order(say: Words, a: Order) -> dict[str, Any]:
    return {"key": a.text, "tolerance": None, "items": [say(item) for item in a.items], "distractors": []}


def written(say: Words, a: Written) -> dict[str, Any]:
    wrong = [{"mistake": mistake, "value": text, "feedback": say(why)} for mistake, text, why in a.outcomes]
    return {"key": a.key, "tolerance": None, "also": list(a.also), "distractors": wrong}


ANSWERS: dict[type, Callable[..., dict[str, Any]]] = {
    Numeric: numeric,
    Choice: choice,
    Order: order,
    Written: written,
}
