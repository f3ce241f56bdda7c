"""Marks as they are handed out: a document, a table for a spreadsheet, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from symbackprop import language as words
from symbackprop.document import Block, Document, Heading, Inlines, Listing, Paragraph, Table, Text
from symbackprop.exams.marking import Mark, Marked
from symbackprop.exams.statistics import Item, Totals, items, totals
from symbackprop.writers import render
from symbackprop.writers.csv import rows as csv_rows

SCHEMA = "symbackprop/marks/1"
HEAD = "student name group variant question answer verdict earned points mistake comment".split()
TOTAL = "total"


def data(all_of_them: Sequence[Marked]) -> dict[str, Any]:
    whole = totals(all_of_them)
    return {
        "schema": SCHEMA,
        "students": [student(one) for one in all_of_them],
        "items": [asdict(item) | {"points": number(item.points)} for item in items(all_of_them)],
        "totals": asdict(whole) | {"points": number(whole.points)},
    }


def student(one: Marked) -> dict[str, Any]:
    return {
        "student": one.paper.student,
        "name": one.paper.name,
        "group": one.paper.group,
        "variant": one.paper.id,
        "earned": number(one.earned),
        "points": number(one.points),
        "answers": [answer(mark) for mark in one.marks],
    }


def answer(mark: Mark) -> dict[str, Any]:
    return {
        "question": mark.asked.id,
        "answer": mark.answer,
        "verdict": mark.verdict,
        "earned": number(mark.earned),
        "points": number(mark.asked.points),
        "key": mark.asked.key,
        "mistake": mark.mistake or None,
        "comment": mark.comment,
    }


def number(x: Fraction) -> int | float:
    return int(x) if x.denominator == 1 else float(x)


def table(all_of_them: Sequence[Marked]) -> str:
    """A line for each answer, and one for each student's total."""
    lines = [HEAD]
    for one in all_of_them:
        who = [one.paper.student, one.paper.name, one.paper.group, one.paper.id]
        for mark in one.marks:
            earned = [f"{number(x)}" for x in (mark.earned, mark.asked.points)]
            lines.append([*who, mark.asked.id, mark.answer, mark.verdict, *earned, mark.mistake, mark.comment])
        lines.append([*who, TOTAL, "", "", f"{number(one.earned)}", f"{number(one.points)}", "", ""])
    return csv_rows(lines)


# ---- for readers -----------------------------------------------------------------------------------------------------


class Sheet:
    """The document, in the exam's language."""

    def __init__(self, all_of_them: Sequence[Marked]) -> None:
        self.marked = all_of_them
        self.language = all_of_them[0].paper.language

    def say(self, key: str, **slots: words.Slot) -> Inlines:
        return words.say(self.language, f"marks.{key}", **slots)

    def digits(self, x: float | None, places: int = 2) -> Inlines:
        return self.say("none") if x is None else (Text(words.number(f"{x:.{places}f}", self.language)),)

    def points(self, x: Fraction) -> str:
        return words.number(f"{number(x):g}", self.language)

    def document(self) -> Document:
        students: list[Block] = [block for one in self.marked for block in self.student(one)]
        blocks = (Heading(1, self.say("title")), self.overview(totals(self.marked)), self.all_questions(), *students)
        return Document(words.text(self.language, "marks.title"), self.language, blocks)

    def overview(self, whole: Totals) -> Paragraph:
        mean = words.number(f"{whole.mean:.2f}", self.language)
        return Paragraph(
            self.say(
                "overview-one" if whole.count == 1 else "overview",
                count=str(whole.count),
                mean=mean,
                points=self.points(whole.points),
                deviation=self.digits(whole.deviation),
            )
        )

    def all_questions(self) -> Table:
        keys = ("question", "points", "difficulty", "discrimination", "right", "carried-count", "mistakes")
        head = tuple(self.say(f"head-{key}") for key in keys)
        rows = tuple(self.question(item) for item in items(self.marked))
        return Table(head, rows, "lrrrrrl", self.say("items"), "items")

    def question(self, item: Item) -> tuple[Inlines, ...]:
        made = [(Text(f"{name} ({count})"),) for name, count in item.mistakes.items()]
        right, carried = (Text(str(item.verdicts[verdict])) for verdict in ("right", "carried"))
        return (
            (Text(item.id),),
            (Text(self.points(item.points)),),
            self.digits(item.difficulty),
            self.digits(item.discrimination),
            (right,),
            (carried,),
            words.listed(self.language, made),
        )

    def student(self, one: Marked) -> list[Block]:
        """The total, and what is to be said of each answer that is not simply right."""
        who = " ".join(part for part in (one.paper.student, one.paper.name, one.paper.id) if part)
        earned, points = self.points(one.earned), self.points(one.points)
        told = [
            self.say("line", question=mark.asked.id, earned=self.points(mark.earned), comment=mark.comment)
            for mark in one.marks
            if mark.verdict != "right"
        ]
        head = Heading(2, self.say("student", who=who, earned=earned, points=points))
        return [head, Listing(tuple(told)) if told else Paragraph(self.say("all-right"))]


FORMATS: dict[str, Callable[[Sequence[Marked]], str | bytes]] = {
    "text": lambda some: render(Sheet(some).document(), "text"),
    "csv": table,
    "json": lambda some: json.dumps(data(some), indent=2, ensure_ascii=False) + "\n",
    "markdown": lambda some: render(Sheet(some).document(), "markdown"),
    "html": lambda some: render(Sheet(some).document(), "html"),
}
SUFFIXES = {"text": ".txt", "csv": ".csv", "json": ".json", "markdown": ".md", "html": ".html"}


def to_look_at(all_of_them: Sequence[Marked]) -> list[tuple[str, Mark]]:
    """The answers that a person has to decide on."""
    marks = ((one.paper.student or one.paper.id, mark) for one in all_of_them for mark in one.marks)
    return [(who, mark) for who, mark in marks if mark.verdict == "open"]
