"""What an exam is made of: a variant and its questions, as data.  Formats and marking read this and nothing else.

A question has parts: one where one thing is asked, several in a faded derivation or a disturbed weight.  What is
printed is a document's blocks and inlines, so that every format sets it with the writers that there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from symbackprop.document import Block, Inlines
from symbackprop.form import Form
from symbackprop.spec.problem import Problem

Kind = Literal[
    "value", "error", "partial", "delta", "update", "shape",
    "chain-rule", "missing-factor", "order", "find-mistake", "perturb", "faded",
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a named mistake makes of an answer, and what is said to whoever gives it."""

    mistake: str
    value: Decimal
    feedback: Inlines
    at: str = ""  # the quantity in whose step the mistake was made: "dE/dz2[0]"


@dataclass(frozen=True)
class Numeric:
    """A number.  The key is rounded to the digits that are asked; |answer − key| ≤ tolerance earns the points."""

    key: Decimal
    tolerance: Decimal
    outcomes: tuple[Outcome, ...]

    @property
    def text(self) -> str:
        return f"{self.key:f}"


@dataclass(frozen=True)
class Option:
    """A choice.  The right one has no mistake; a wrong one's feedback says what led to it."""

    content: Inlines
    feedback: Inlines
    mistake: str = ""
    text: str = ""  # the same in plain words, for keys and CSV


@dataclass(frozen=True)
class Choice:
    """One of several.  The order is the variant's own; exactly one has no mistake."""

    options: tuple[Option, ...]

    @property
    def right(self) -> int:
        return next(k for k, option in enumerate(self.options) if not option.mistake)

    @property
    def text(self) -> str:
        return "abcdefghijklmnopqrstuvwxyz"[self.right]


@dataclass(frozen=True)
class Order:
    """Items as they are handed out; `places[k]` is the place, from 1, of item k in the right order."""

    items: tuple[Inlines, ...]
    places: tuple[int, ...]
    feedback: Inlines

    @property
    def text(self) -> str:
        """The items in the right order, by their letters: 'cadb'."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        return "".join(letters[self.places.index(k + 1)] for k in range(len(self.places)))


@dataclass(frozen=True)
class Written:
    """A formula or a shape, typed in.  `also` are other ways to write the key; `outcomes` what mistakes write."""

    key: str  # plain text: "-(t1-o1)*o1*(1-o1)*h1", "2x3"
    form: Form | None
    content: Inlines
    outcomes: tuple[tuple[str, str, Inlines], ...] = ()  # mistake, what is written, feedback
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.key


Answer = Numeric | Choice | Order | Written


@dataclass(frozen=True)
class Part:
    """One thing that is asked for.  `uses` are earlier parts whose answers it builds on: errors carry along them."""

    id: str  # "q1", or "q3.2" where the question has several
    label: Inlines  # "∂E/∂w₅ =", "(2)"
    points: Fraction
    answer: Answer
    asks: str | None = None  # a JSON pointer into the variant's derivation
    uses: tuple[str, ...] = ()
    times: Fraction = Fraction(1)  # the answer is so many times what `asks` points at


@dataclass(frozen=True)
class Question:
    id: str
    kind: Kind
    text: tuple[Block, ...]
    parts: tuple[Part, ...]
    solution: tuple[Block, ...] = ()  # brief; for keys and general feedback, never for a student's file

    @property
    def points(self) -> Fraction:
        return sum((part.points for part in self.parts), Fraction(0))


@dataclass(frozen=True)
class Certificate:
    """Why a variant may be handed out."""

    routes: tuple[str, ...]  # the independent routes that agree on every key; three at least
    separation: float  # the smallest distance between two outcomes of one part, in tolerances; above 2
    difficulty: float  # the score, and what it is made of
    figures: dict[str, float]


@dataclass(frozen=True)
class Student:
    id: str
    name: str
    group: str = ""


@dataclass(frozen=True)
class Variant:
    id: str
    seed: str
    problem: Problem
    spec: dict[str, Any]  # complete, so that `derive` reproduces it
    given: tuple[Block, ...]  # the network and its numbers, which all questions share
    questions: tuple[Question, ...]
    certificate: Certificate
    student: Student | None = None

    def parts(self) -> Iterator[tuple[Question, Part]]:
        for question in self.questions:
            for part in question.parts:
                yield question, part


@dataclass(frozen=True)
class Exam:
    """What all variants share: the title page, the language, how numbers are asked."""

    title: str
    language: str
    course: str = ""
    date: str = ""
    instructions: tuple[str, ...] = ()
    notation: str = ""
    digits: int = 5  # decimals that an answer is asked to have; below 0.1, significant digits
    name: str = "quiz"  # the file's stem: names files and categories
    templates: Path | None = None  # a folder of templates that go before ours
    edited: int = 0  # when the exam's file or its network's was last changed, in seconds since 1970
