"""A report as JSON, symbackprop/report/1: its model, which is its schema too, and how it is filled."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from symbackprop.document import Math
from symbackprop.form import Form, Symbol
from symbackprop.readings.names import plain_name
from symbackprop.templating import plain_text
from symbackprop.verdicts.told import Note, Row, Told, counted
from symbackprop.verifier.report import MOST_MISTAKES, Truth, Verdict
from symbackprop.writers.inlines import words
from symbackprop.writers.math import printed, printer
from symbackprop.writers.page import Page

SCHEMA: Final = "symbackprop/report/1"
IDENTITY = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sides(Part):
    left: str = Field(description="The left side at the counterexample, as a decimal.")
    right: str = Field(description="The right side there.")


class Judgement(Part):
    """What a row has, and each claim in it."""

    verdict: Verdict
    mistakes: list[str] = Field(description="At most four, the likeliest first: names of `symbackprop list mistakes`.")
    expected: str | None = Field(description="The right line in LaTeX, where one is known.")
    counterexample: dict[str, str] | None = Field(
        description="A point where both sides differ: an exact rational number for each symbol."
    )
    sides: Sides | None = Field(description="What both sides are at that point.")
    why: str = Field(description="A sentence in the report's language.")


class Read(Part):
    text: str = Field(description="The claim as it was read, in LaTeX.")
    column: int = Field(ge=1, description="Where its sign stands in the row, from 1.")


class Claim(Judgement, Read):
    inner: Truth = Field(description="Whether what is printed is true in itself.")
    outer: Truth = Field(description="Whether it is true of the network.")
    after: int | None = Field(description="The earlier row that a carried or rounded claim follows from.")
    conditions: list[str] = Field(description="Where it holds, in LaTeX: what must not be 0, the kinks left out.")


class Written(Part):
    line: int = Field(ge=1, description="The row of the file, from 1.")
    text: str = Field(description="The row as it is written, on one line and without control characters.")


class Line(Judgement, Written):
    claims: list[Claim]


class Report(Part):
    id: Literal["symbackprop/report/1"] = Field(alias="schema")
    language: str = Field(description="Of the sentences.")
    convention: str = Field(description='"descent", or "ascent" where δ has the opposite sign and is added.')
    first_wrong: int | None = Field(description="The first row that is wrong or arithmetic.")
    counts: dict[Verdict, int] = Field(description="How many rows have each verdict.")
    lines: list[Line]


def schema() -> dict[str, Any]:
    return IDENTITY | Report.model_json_schema(by_alias=True)


def text(told: Told) -> str:
    return data(told).model_dump_json(by_alias=True, indent=1) + "\n"


def data(told: Told) -> Report:
    page = Page("plain", told.language)
    return Report(
        schema=SCHEMA,
        language=told.language,
        convention=told.report.convention,
        first_wrong=told.report.first_wrong,
        counts=counted(told.report),
        lines=[_line(page, row) for row in told.rows],
    )


def _line(page: Page, row: Row) -> Line:
    same = [note for note in row.notes if note.judged.verdict == row.line.verdict]
    mistakes = list(dict.fromkeys(m.name for note in same for m in note.mistakes))[:MOST_MISTAKES]
    told = _judgement(page, row.worst) if row.worst else NOTHING | {"why": words(page, row.unread)}
    written = plain_text(row.line.text).strip()
    claims = [_claim(page, note) for note in row.notes]
    own = {"verdict": row.line.verdict, "mistakes": mistakes}
    return Line(line=row.line.row, text=written, claims=claims, **{**told, **own})


def _claim(page: Page, note: Note) -> Claim:
    judged = note.judged
    return Claim(
        text=_equation(page, note.formula),
        column=judged.claim.column,
        inner=judged.inner,
        outer=judged.outer,
        after=judged.after,
        conditions=[printed(c, "latex", page.language) for c in note.conditions],
        **_judgement(page, note),
    )


NOTHING: dict[str, Any] = {"expected": None, "counterexample": None, "sides": None}


def _judgement(page: Page, note: Note) -> dict[str, Any]:
    example = note.example
    return {
        "verdict": note.judged.verdict,
        "mistakes": [m.name for m in note.mistakes],
        "expected": _equation(page, note.expected) if note.expected else None,
        "counterexample": {_word(form): str(value) for form, value in example.point} if example else None,
        "sides": Sides(left=str(example.left.args[0]), right=str(example.right.args[0])) if example else None,
        "why": words(page, note.why),
    }


def _equation(page: Page, line: Math) -> str:
    assert line.right is not None
    left, right = (printed(side, "latex", page.language) for side in (line.form, line.right))
    return f"{left} {printer('latex', page.language).relation(line.rel)} {right}"


def _word(form: Form) -> str:
    (s,) = form.args
    assert isinstance(s, Symbol)
    return plain_name(s)
