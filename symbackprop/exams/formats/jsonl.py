"""JSON lines: one object for each variant, with all that is known of it.  For instructors and programs.

A question of several parts is several objects, one for each key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from math import isfinite
from typing import Any

from symbackprop.document import Document, Inlines, Paragraph
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.writers import render

POINTED = ("value", "error", "partial", "delta", "update")  # what is an entry of the derivation


def line(exam: Exam, variant: Variant) -> str:
    """One line, without its end."""
    return json.dumps(data(exam, variant), ensure_ascii=False, allow_nan=False)


def data(exam: Exam, variant: Variant) -> dict[str, Any]:
    certificate = variant.certificate
    out: dict[str, Any] = {"id": variant.id, "seed": variant.seed}
    if variant.student is not None:
        student = variant.student
        out["student"] = {"id": student.id, "name": student.name, "group": student.group}
    return out | {
        "spec": variant.spec,
        "questions": [asked(exam, question, part) for question, part in variant.parts()],
        "certificate": {
            "routes": list(certificate.routes),
            "separation": round(certificate.separation, 2) if isfinite(certificate.separation) else None,
            "difficulty": certificate.figures,
        },
    }


def asked(exam: Exam, question: Question, part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "question": question.id,
        "kind": question.kind,
        "text": plain(exam, Document("", exam.language, question.text, exam.notation)),
        "label": inline(exam, part.label),
        "points": number(part.points),
        "asks": part.asks if question.kind in POINTED else None,
        "uses": list(part.uses),
        **answered(exam, part.answer),
    }


def answered(exam: Exam, answer: Answer) -> dict[str, Any]:
    """The key, the tolerance, and what mistakes give."""
    return next(tell(exam, answer) for kind, tell in ANSWERS.items() if isinstance(answer, kind))


def number(value: Any) -> int | float:
    return int(value) if value == int(value) else float(value)


def plain(exam: Exam, document: Document) -> str:
    text = render(document, "text")
    assert isinstance(text, str)
    return text.strip()


def inline(exam: Exam, some: Inlines) -> str:
    return plain(exam, Document("", exam.language, (Paragraph(some),), exam.notation))


def numeric(exam: Exam, a: Numeric) -> dict[str, Any]:
    distractors = [
        {"mistake": o.mistake, "value": float(o.value), "at": o.at, "feedback": inline(exam, o.feedback)}
        for o in a.outcomes
    ]
    return {"key": float(a.key), "digits": a.text, "tolerance": float(a.tolerance), "distractors": distractors}


def choice(exam: Exam, a: Choice) -> dict[str, Any]:
    options = [{"text": o.text, "mistake": o.mistake or None, "feedback": inline(exam, o.feedback)} for o in a.options]
    wrong = [{"mistake": o.mistake, "value": o.text, "feedback": inline(exam, o.feedback)} for o in a.options if o.mistake]
    return {"key": a.text, "tolerance": None, "options": options, "distractors": wrong}


def order(exam: Exam, a: Order) -> dict[str, Any]:
    return {"key": a.text, "tolerance": None, "items": [inline(exam, i) for i in a.items], "distractors": []}


def written(exam: Exam, a: Written) -> dict[str, Any]:
    wrong = [{"mistake": m, "value": text, "feedback": inline(exam, why)} for m, text, why in a.outcomes]
    return {"key": a.key, "tolerance": None, "also": list(a.also), "distractors": wrong}


ANSWERS: dict[type, Callable[..., dict[str, Any]]] = {Numeric: numeric, Choice: choice, Order: order, Written: written}
