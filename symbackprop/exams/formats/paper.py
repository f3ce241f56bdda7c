"""A paper and its key as plain data, for the templates of every printed format.

A template of the students' paper is not handed the answers: `paper` has none, `key` puts them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

from symbackprop import language
from symbackprop.document import Figure, Math
from symbackprop.exams.formats.qr import code
from symbackprop.exams.formats.screen import HERE, Screen, Setting
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.templating import Ready, plain_text
from symbackprop.writers.drawing import decimal
from symbackprop.writers.render import sandbox

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORT = 12  # signs of an option that may stand beside others
END = "\x1e"  # of each block, while a text is made
DIGIT = 0.0093  # of a line's width, in the small letters of that table
ROOM = 0.62  # of a line's width, for the columns of that table
WORDS = (
    "key name number group questions points-head score total answers order solution marking marking-what "
    "mistake number-code student-code again"
).split()
#           the templates of blocks and of a line
TEMPLATES = {
    "latex": ("latex/fragment.tex.j2", "exam/line.tex.j2"),
    "typst": ("typst/fragment.typ.j2", "exam/line.typ.j2"),
    "office": ("exam/office-page.html.j2", "exam/office-line.html.j2"),
}
#  a bar of a QR code: column, row from above, length
BARS = {"latex": "\\darkbar{%d}{%d}{%d}", "typst": "(%d,%d,%d),"}
BREAKS = {"latex": r"\newline ", "typst": " \\ ", "office": "<br>"}
Data = dict[str, Any]
Tell = Callable[[Exam, Variant, "Page"], Data]


class Printed(Setting):
    """Blocks and lines in the markup of a printed format.  Pictures are drawn in it, or lie where `address` says."""

    def __init__(self, lang: str, target: str, templates: Path | None, address: Callable[[Figure], str]) -> None:
        super().__init__(lang, target)
        self.box = sandbox(target, templates)
        self.address = address

    def picture(self, figure: Figure) -> str:
        if figure not in self.drawn:
            self.drawn[figure] = self.address(figure)
        return self.drawn[figure]

    def _fill(self, template: str, **data: Any) -> str:
        line = "line" in data
        data["pictures"] = {k: name.removeprefix(HERE) for k, name in data.get("pictures", {}).items()}
        return self.box.fill(TEMPLATES[self.target][line], data) + ("" if line else END)

    def _escaped(self, data: Any) -> Any:
        return data


class Page(Screen):
    """The texts of papers; a text that has been set serves every variant."""

    def __init__(self, setting: Printed) -> None:
        super().__init__(setting.language, setting.target, lambda name, content: name)
        self.setting, self.target, self.box = setting, setting.target, setting.box
        self.broken = BREAKS[self.target]  # between lines of a cell
        self.mark = language.decimal_mark(self.language)
        self.minus = self.box.escape("−")
        self.known: dict[str, Ready] = {}
        self.variant: Variant | None = None
        self.told_of: dict[Tell, Data] = {}

    def of(self, exam: Exam, variant: Variant, tell: Tell) -> Data:
        """The paper or the key.  A variant's are kept until the next comes: the key has the paper in it, and several
        formats have the same page."""
        if self.variant is not variant:
            self.variant, self.told_of = variant, {}
        if tell not in self.told_of:
            self.told_of[tell] = tell(exam, variant, self)
        return self.told_of[tell]

    def given(self, variant: Variant) -> str:
        return super().given(variant).replace(END, "")

    def asked(self, question: Question) -> str:
        return super().asked(question).replace(END, "")

    def steps(self, question: Question) -> list[str]:
        """The solution's blocks one by one."""
        return [block for block in self.worked(question).split(END) if block.strip()]

    def code(self, id: str) -> Data:
        """The QR code: its modules a side, and its dark bars as the format draws them."""
        size, bars = code(id)
        drawn = BARS.get(self.target)  # a word processor is given a picture
        return {"size": size, "bars": Ready("".join([drawn % bar for bar in bars]) if drawn else "")}

    def cell(self, values: Sequence[str]) -> Ready:
        """Numbers in plain digits below each other, as markup."""
        return Ready(self.broken.join(values).replace("-", self.minus).replace(".", self.mark))

    def done(self, mistake: str) -> Ready:
        """What was done wrong, in a sentence; nothing for what is no mistake of the table."""
        if mistake not in self.known:
            key = f"mistake.{mistake}.done"
            told = language.text(self.language, key) if key in language.catalogue(self.language) else ""
            self.known[mistake] = Ready(self.box.escape(told))
        return self.known[mistake]

    def fill(self, template: str, data: Data) -> str:
        return self.box.fill(template, data)


@lru_cache(8)
def page(target: str, exam: Exam) -> Page:
    return Page(Printed(exam.language, target, exam.templates, lambda figure: ""))


# --- the paper ----------------------------------------------------------------------------------------------------


def paper(exam: Exam, variant: Variant, page: Page) -> Data:
    """What a student gets."""
    student = variant.student
    return {
        **shared(exam),
        "variant": language.text(exam.language, "exam.paper.variant", id=variant.id),
        "id": variant.id,
        "student": {"id": student.id, "name": student.name, "group": student.group} if student else None,
        "qr": page.code(variant.id),
        "given": Ready(page.given(variant)),
        "questions": [asked(exam, question, page) for question in variant.questions],
        "total": number(exam, sum((q.points for q in variant.questions), Fraction(0))),
        "with_key": False,
        "marking": [],
    }


@lru_cache(8)
def shared(exam: Exam) -> Data:
    """What all papers of an exam have alike."""
    return {
        "language": exam.language,
        "title": plain_text(exam.title),
        "course": exam.course,
        "date": exam.date,
        "instructions": list(exam.instructions),
        "page": language.text(exam.language, "document.page", n="\0", total="\0").split("\0"),
        "words": {key.replace("-", "_"): language.text(exam.language, f"exam.paper.{key}") for key in WORDS},
    }


def asked(exam: Exam, question: Question, page: Page) -> Data:
    n = question.id.removeprefix("q")
    return {
        "id": question.id,
        "kind": question.kind,
        "title": language.text(exam.language, "exam.paper.question", n=n),
        "n": n,
        "points": points(exam, question.points),
        "number": number(exam, question.points),
        "worth": worth(question.points),
        "text": Ready(page.asked(question)),
        "parts": [part(exam, question, one, page) for one in question.parts],
    }


def part(exam: Exam, question: Question, one: Part, page: Page) -> Data:
    kind = KINDS[_type(one.answer)]
    return {
        "id": one.id,
        "label": Ready(page.line(one.label)),
        "equals": kind in ("number", "words") and question.kind != "shape" and isinstance(one.label[-1], Math),
        "points": points(exam, one.points),
        "worth": worth(one.points),
        "kind": kind,
        "items": items(one.answer, page),
        "short": isinstance(one.answer, Choice) and all(len(o.text) <= SHORT for o in one.answer.options),
    }


def items(answer: Answer, page: Page) -> list[Data]:
    """Choices or steps, each with its letter."""
    some: Sequence[Any] = ()
    if isinstance(answer, Choice):
        some = [option.content for option in answer.options]
    elif isinstance(answer, Order):
        some = answer.items
    return [{"letter": c, "content": Ready(page.line(one))} for c, one in zip(LETTERS, some, strict=False)]


def points(exam: Exam, value: Fraction) -> str:
    return language.text(exam.language, f"exam.paper.{'point' if value == 1 else 'points'}", points=number(exam, value))


def number(exam: Exam, value: Fraction | Decimal) -> str:
    """As prose has it."""
    return language.number(worth(value), exam.language)


def worth(value: Fraction | Decimal) -> str:
    """A number in plain digits, of fractions four decimals."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.4f}".rstrip("0")


# --- the key ------------------------------------------------------------------------------------------------------


def key(exam: Exam, variant: Variant, page: Page) -> Data:
    """The same paper with answers, a brief solution of each question, and what other answers come from.

    A step that an earlier question's solution has is not told again.
    """
    data, seen = page.of(exam, variant, paper), set[str]()
    pairs = zip(variant.questions, data["questions"], strict=True)
    questions = [told | solved(exam, question, told, page, seen) for question, told in pairs]
    return data | {"questions": questions, "with_key": True, "marking": list(marking(variant, page))}


def solved(exam: Exam, question: Question, told: Data, page: Page, seen: set[str]) -> Data:
    """What the key says besides.  The steps are added to those that have been seen."""
    steps = page.steps(question)
    new = Ready("".join([step for step in steps if step not in seen]))
    again = not seen.isdisjoint(steps)
    seen.update(steps)
    parts = [shown | answered(exam, one, shown, page) for one, shown in zip(question.parts, told["parts"], strict=True)]
    return {"solution": new, "again": again, "parts": parts}


def answered(exam: Exam, one: Part, shown: Data, page: Page) -> Data:
    answer = {"answer": ANSWERS[_type(one.answer)](exam, one.answer, page)}
    if not isinstance(one.answer, Choice):
        return answer
    pairs = zip(shown["items"], one.answer.options, strict=True)
    return answer | {"items": [item | {"right": not o.mistake, "mistake": page.done(o.mistake)} for item, o in pairs]}


def marking(variant: Variant, page: Page) -> Iterator[Data]:
    """The mistakes' values, a row for each mistake and a column for each part that is answered with a number.

    Columns that have no room beside each other go into tables as large as each other.
    """
    answers = [(one.id, one.answer) for _, one in variant.parts()]
    columns = [(id, values(a)) for id, a in answers if isinstance(a, Numeric) and a.outcomes]
    share = DIGIT * max((len(x) for _, some in columns for xs in some.values() for x in xs), default=1)
    tables = ceil(len(columns) / max(1, int(ROOM / share)))
    size = max(1, ceil(len(columns) / max(1, tables)))
    for some in (columns[k : k + size] for k in range(0, len(columns), size)):
        mistakes = dict.fromkeys(mistake for _, found in some for mistake in found)
        yield {
            "head": [id for id, _ in some],
            "share": decimal(share),
            "rows": [
                {"mistake": page.done(m) or m, "cells": [page.cell(found.get(m, ())) for _, found in some]}
                for m in mistakes
            ],
        }


def values(a: Numeric) -> dict[str, list[str]]:
    """What each mistake gives, with the decimals of the key."""
    found: dict[str, list[str]] = {}
    for o in a.outcomes:
        found.setdefault(o.mistake, []).append(f"{o.value.quantize(a.key):f}")
    return found


def _numeric(exam: Exam, a: Numeric, page: Page) -> str:
    within = {"value": number(exam, a.key), "tolerance": number(exam, a.tolerance)}
    return language.text(exam.language, "exam.paper.within", **within)


def _written(exam: Exam, a: Written, page: Page) -> Ready:
    return Ready(page.line(a.content))


KINDS: dict[type, str] = {Numeric: "number", Choice: "choice", Order: "order", Written: "words"}
ANSWERS: dict[type, Callable[[Exam, Any, Page], str]] = {
    Numeric: _numeric,
    Choice: lambda exam, a, page: a.text,
    Order: lambda exam, a, page: " ".join(a.text),
    Written: _written,
}


def _type(answer: Answer) -> type:
    """Which of the four it is: a drawn number is a number."""
    return next(kind for kind in KINDS if isinstance(answer, kind))
