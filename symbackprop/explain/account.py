"""What a section needs to tell a step: its names, its numbers, its sentences, and the numbers of its displays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from symbackprop import language as words
from symbackprop.derivation import Step, Steps
from symbackprop.document import Block, Equation, Heading, Inlines, Line, Math, Paragraph
from symbackprop.form import ENTRIES, Form, replaced, shown, walk
from symbackprop.graph import Graph
from symbackprop.numeric import rounding
from symbackprop.readings import index, unit
from symbackprop.readings.names import Names
from symbackprop.spec.formulas import OWN
from symbackprop.spec.problem import Problem, loss_of

MOST_ENTRIES = 24  # more entries of one quantity than this are told by the general case and the first of them
MOST_TERMS = 12  # a longer sum is not written out


class Claim(NamedTuple):
    """A number that the source prints, with what follows from the rule used here and from the other one."""

    quantity: Form
    updates: int
    printed: str
    by_rule: Any
    by_other: Any


@dataclass
class Account:
    problem: Problem
    steps: Steps
    names: Names
    language: str
    digits: Callable[[Any], str]  # a value as it is printed
    values: Callable[[Form], Any] | None  # the value of a Form with numbers for indices; None where all stays symbols
    changed: Callable[[str, tuple[int, ...], str], Any] | None = None  # E with one parameter moved by a decimal
    places: int = 9
    trajectory: tuple[Any, ...] = ()  # E after 0, 1, … updates
    other_rule: Any = None  # E after one update where hidden deltas come from the other weights
    claims: tuple[Claim, ...] = ()
    on_kinks: frozenset[Form] = frozenset()  # entries at which a slope is a convention
    readings: tuple[str, ...] = ("unit",)
    told: dict[Form, int] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        return self.steps.graph

    @property
    def loss(self) -> str:
        """The row of the loss; `own` where it is a formula."""
        return loss_of(self.problem.network).name if self.problem.network else OWN

    @property
    def numeric(self) -> bool:
        return self.values is not None

    @property
    def layers(self) -> int:
        return self.names.layers

    # ---- sentences ---------------------------------------------------------------------------------------------

    def say(self, key: str, **slots: words.Slot) -> Inlines:
        return words.say(self.language, key, **slots)

    def text(self, key: str, **slots: str | int) -> str:
        return words.text(self.language, key, **slots)

    def heading(self, level: int, key: str, **slots: words.Slot) -> Heading:
        return Heading(level, self.say(key, **slots))

    def paragraph(self, key: str, **slots: words.Slot) -> Paragraph:
        return Paragraph(self.say(key, **slots))

    def math(self, form: Form) -> Math:
        return Math(self.names.spelled(form))

    def decimal(self, value: Any) -> Math:
        return Math(shown(self.digits(value)))

    # ---- numbers -----------------------------------------------------------------------------------------------

    def put(self, form: Form) -> Form:
        """The Form with its numbers put in for its entries."""
        return replaced(form, self._shown)

    def _shown(self, f: Form) -> Form | None:
        if f.op in ENTRIES or f.op in ("hyper", "partial"):
            assert self.values is not None
            return shown(self.digits(self.values(f))).be(f.role)
        return None

    def value(self, form: Form) -> Form:
        assert self.values is not None
        return shown(self.digits(self.values(form)))

    def about(self, value: Any) -> str:
        """Three significant digits, for words."""
        return rounding.digits(value, significant=3).text

    # ---- displays ----------------------------------------------------------------------------------------------

    def lines(self, left: Form, *rights: tuple[Form, str]) -> tuple[Line, ...]:
        """left = symbols (each with its reason) = numbers put in = value."""
        spelled = self.names.spelled(left)
        out = [
            Line(spelled if k == 0 else None, self.names.spelled(right), why=self.say(f"why.{why}") if why else ())
            for k, (right, why) in enumerate(rights)
        ]
        last = rights[-1][0]
        if self.numeric:
            numbers, value = self.put(last), self.value(last)
            if numbers not in (value, last):
                out.append(Line(None, numbers, why=self.say("why.numbers")))
            if value != last:
                out.append(Line(None, value))
        return tuple(out)

    def display(self, left: Form, *rights: tuple[Form, str]) -> Equation:
        """A numbered display, which later ones cite by what it defines."""
        number = len(self.told) + 1
        self.told[left] = number
        return Equation(self.lines(left, *rights), number)

    def number_of(self, left: Form) -> int | None:
        return self.told.get(left)

    # ---- steps -------------------------------------------------------------------------------------------------

    def entries(self, step: Step) -> list[tuple[int, ...]]:
        """The entries that are told in full: all where they are few, else the first; none where a sum is too long."""
        sums = [a.size for f in walk(step.form) for a in f.axes]
        if any(isinstance(n, str) for n in (*sums, *(a.size for a in step.axes))) or prod(map(int, sums)) > MOST_TERMS:
            return []
        every = unit.entries(step.axes)
        return every if len(every) <= MOST_ENTRIES else every[:1]

    def each(self, step: Step, tell: Callable[[Step, tuple[int, ...]], Iterable[Block]]) -> list[Block]:
        """Every entry of a step; for a quantity with many entries the general case, then the first entry."""
        entries = self.entries(step)
        blocks: list[Block] = []
        if not entries or len(entries) < self.count(step):
            blocks += self.general(step)
        for entry in entries:
            blocks += tell(step, entry)
        return blocks

    def count(self, step: Step) -> int:
        total = 1
        for a in step.axes:
            total *= a.size if isinstance(a.size, int) else 10**9
        return total

    def general(self, step: Step) -> list[Block]:
        """The step in index form."""
        left, right = index.reading(step)
        general = self.names.general_case()
        number = len(self.told) + 1
        self.told[step.left] = number
        line = Line(general.spelled(left), general.spelled(right), why=self.say("why.general"))
        return [Equation((line,), number)]
