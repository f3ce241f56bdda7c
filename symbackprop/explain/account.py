"""What a section needs to tell a step: its names, its numbers, its sentences, and the numbers of its displays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from symbackprop import language as words
from symbackprop.derivation import Step, Steps
from symbackprop.derivation.steps import bare
from symbackprop.document import Block, Cite, Equation, Heading, Inlines, Line, Math, Paragraph
from symbackprop.explain import arithmetic
from symbackprop.form import ENTRIES, Form, Index, add, replaced, shown, walk
from symbackprop.graph import Graph
from symbackprop.numeric import rounding
from symbackprop.readings import index, unit
from symbackprop.readings.names import Names
from symbackprop.spec.formulas import OWN
from symbackprop.spec.problem import Problem, loss_of

MOST_ENTRIES = 24  # more entries of one quantity than this are told by the general case and the first of them
MOST_TERMS = 12  # a longer sum is not written out
MOST_PRODUCTS = 500  # of the sizes of its axes: with more, its terms are not counted one by one
MOST_CITES = 4  # behind one line

Why = str | Inlines  # a reason: the key of its sentence, or itself


def told_here(make: Callable[[], list[Block]]) -> list[Block]:
    return make()


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
    detail: str = "normal"  # brief · normal · full
    units: frozenset[Form] = frozenset()  # entries that are told in full, however many there are
    asks: bool = True  # whether it asks questions
    plots: bool = True  # whether it has pictures that are drawn from numbers
    apart: Callable[[Callable[[], list[Block]]], list[Block]] = told_here  # remarks, on which nothing later builds
    displays: int = 0  # numbered so far
    told: dict[Form, int] = field(default_factory=dict)  # what a display defines → its number
    first: dict[Form, int] = field(default_factory=dict)  # the first display of each step
    general_forms: dict[Form, list[int]] = field(default_factory=dict)  # the displays of its general forms
    said: set[str] = field(default_factory=set)  # sentences that stand once
    pictured: set[Form] = field(default_factory=set)  # entries whose ways have been drawn
    lengths: dict[Form, int] = field(default_factory=dict)  # how many terms a step's sums have
    lemmas: dict[tuple[str, ...], int] = field(default_factory=dict)  # kinds of local factors → where they are derived
    answers: list[Inlines] = field(default_factory=list)  # to the questions asked so far

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
    def brief(self) -> bool:
        return self.detail == "brief"

    @property
    def error(self) -> Form:
        return Form("ref", (self.graph.error,))

    def afresh(self) -> Account:
        """The same, with nothing told."""
        blank = {
            "told": {},
            "first": {},
            "general_forms": {},
            "said": set[str](),
            "pictured": set[Form](),
            "answers": [],
        }
        return replace(self, displays=0, **blank)  # type: ignore[arg-type]

    # ---- sentences ---------------------------------------------------------------------------------------------

    def say(self, key: str, **slots: words.Slot) -> Inlines:
        return words.say(self.language, key, **slots)

    def text(self, key: str, **slots: str | int) -> str:
        return words.text(self.language, key, **slots)

    def heading(self, level: int, key: str, **slots: words.Slot) -> Heading:
        return Heading(level, self.say(key, **slots))

    def paragraph(self, key: str, **slots: words.Slot) -> Paragraph:
        return Paragraph(self.say(key, **slots))

    def once(self, key: str, **slots: words.Slot) -> list[Block]:
        """A sentence, the first time that it is due."""
        if key in self.said:
            return []
        self.said.add(key)
        return [self.paragraph(key, **slots)]

    def listed(self, forms: Iterable[Form]) -> Inlines:
        return self.enumerated([self.math(f) for f in forms])

    def enumerated(self, items: Sequence[words.Slot]) -> Inlines:
        """a, b and c"""
        return words.listed(self.language, items)

    def math(self, form: Form) -> Math:
        return Math(self.names.spelled(form))

    def counted(self, count: int) -> str:
        return words.counted(self.language, count)

    def equation(self, form: Form, value: Form) -> Math:
        """form = value, within a sentence."""
        return Math(self.names.spelled(form), "=", value)

    def decimal(self, value: Any) -> Math:
        return Math(shown(self.digits(value)))

    def why(self, reason: Why) -> Inlines:
        return (self.say(f"why.{reason}") if reason else ()) if isinstance(reason, str) else reason

    # ---- numbers -----------------------------------------------------------------------------------------------

    def put(self, form: Form) -> Form:
        """The Form with its numbers put in for its entries."""
        numbers = replaced(form, lambda f: self.value(f).be(f.role) if f.op in NAMED else None)
        return arithmetic.without_minus_zero(numbers)

    def value(self, form: Form) -> Form:
        assert self.values is not None
        return shown(self.digits(self.values(form)))

    def about(self, value: Any) -> str:
        """Three significant digits, for words."""
        return rounding.digits(value, significant=3).text

    def holds(self, condition: Form) -> bool:
        assert self.values is not None
        return bool(self.values(arithmetic.indicator(condition)) == 1)

    # ---- displays ----------------------------------------------------------------------------------------------

    def lines(self, left: Form, *rights: tuple[Form, Why], apart: bool = False) -> tuple[Line, ...]:
        """left = symbols (each with its reason) = numbers put in = … = value."""
        spelled = self.names.spelled(left)
        last = rights[-1][0]
        long = any(f.op in ("over", "along") for f in walk(last))
        names = self.names.general_case() if long else self.names
        symbols = [
            Line(spelled if k == 0 else None, names.spelled(right), why=self.why(why))
            for k, (right, why) in enumerate(rights[-1:] if self.brief else rights)
        ]
        if not self.numeric:
            return tuple(symbols)
        return (*symbols, *(self._long(left) if long else self._worked(last, apart)))

    def _long(self, left: Form) -> Iterator[Line]:
        yield Line(None, self.value(left), why=self.why("result.long"))

    def _worked(self, form: Form, apart: bool) -> Iterator[Line]:
        """The numbers put in, what comes between, the value."""
        numbers, value = self.put(form), self.value(form)
        if value in (form, numbers):
            if value != form:
                yield Line(None, value, why=self.source(form))
            return
        before, reading = numbers, (self.value, self.holds)
        if numbers != form:
            yield Line(None, numbers, why=self.source(form))
        between = [] if self.brief else [(f, "result.inside") for f in arithmetic.stages(form, *reading, apart=apart)]
        if apart and not self.brief and (parts := arithmetic.apart(form, self.value)):
            between.append((parts, "each-way"))
        for stage, why in between:
            if stage not in (before, value):
                yield Line(None, stage, why=self.why(why))
                before = stage
        yield Line(None, value, why=self.why(f"result.{arithmetic.operation(before)}"))

    def source(self, form: Form) -> Inlines:
        """Where the numbers of a line come from: the displays that computed them; what is given needs none."""
        found = [n for f in named(form) if (n := self.number_of(f)) is not None]
        return self.say("why.numbers-from", where=self.cites(found)) if found else self.say("why.numbers")

    def cites(self, numbers: Iterable[int]) -> Inlines:
        """(3), (12), each once, and no more than a line can hold."""
        found = list(dict.fromkeys(numbers))
        parts: list[words.Slot] = [Cite(n) for n in found[:MOST_CITES]]
        parts += ["…"] if len(found) > MOST_CITES else []
        comma = self.text("list.between")
        return words.joined(*[p for part in parts for p in (comma, part)][1:])

    def display(self, left: Form, *rights: tuple[Form, Why], apart: bool = False) -> Equation:
        """A numbered display, which later ones cite by what it defines."""
        lines = self.lines(left, *rights, apart=apart)
        return Equation(lines, self.number(left))

    def number(self, left: Form) -> int:
        self.displays += 1
        self.told[left] = self.displays
        self.first.setdefault(bare(left), self.displays)
        return self.displays

    def number_of(self, f: Form) -> int | None:
        """The display that defines an entry, or all entries like it."""
        if f.op == "partial" and f.forms[0] == self.error:
            f = Form("adjoint", f.forms[1].args)
        if f in self.told:
            return self.told[f]
        step = self.steps.of.get(bare(f)) if f.op in ENTRIES else None
        return self.told.get(step.left) if step is not None else None

    # ---- steps -------------------------------------------------------------------------------------------------

    @cached_property
    def partials(self) -> tuple[Step, ...]:
        """∂E/∂q of every quantity that the error depends on, in order; what comes back by several uses in one sum."""
        steps = self.steps.steps
        found = [s for s in steps if s.left.op == "adjoint" and s.rule != "seed"]
        return tuple(self._whole(s) for s in found if s.of in self.graph.live or s.of in self.graph.parameters)

    def _whole(self, step: Step) -> Step:
        if step.rule != "collect":
            return step
        parts = [self.steps.of[bare(f)] for f in step.form.forms]
        form = add(*(s.form for s in parts))
        return replace(step, form=form, terms=tuple(t for s in parts for t in s.terms))

    @cached_property
    def partial(self) -> dict[str, Step]:
        """The same by the name of the quantity."""
        return {s.of: s for s in self.partials}

    def at(self, name: str) -> Form:
        """The first entry of a quantity."""
        return Form("ref", (name, *(Index(0) for _ in self.graph.full_shape(name))))

    def long(self, step: Step) -> bool:
        """Whether its sums have too many terms to be written out, those apart that drop out at an entry."""
        if step.left not in self.lengths:
            sizes = [a.size for f in walk(step.form) for a in f.axes]
            most = 0 if self.symbolic(step) else prod(map(int, sizes))
            if step.terms and MOST_TERMS < most <= MOST_PRODUCTS and self.count(step) <= MOST_ENTRIES:
                most = max(len(unit.ways(step, entry)) for entry in unit.entries(step.axes))
            self.lengths[step.left] = most
        return self.lengths[step.left] > MOST_TERMS

    def entries(self, step: Step) -> list[tuple[int, ...]]:
        """The entries that are told in full: all where they are few, else the first and those that are asked for."""
        if self.symbolic(step):
            return []
        if self.count(step) <= MOST_ENTRIES and not self.long(step):
            return unit.entries(step.axes)
        wanted = {e for f in self.units if f.name == step.of and (e := placed(step, f)) is not None}
        return list(dict.fromkeys([(0,) * len(step.axes), *sorted(wanted)]))

    def symbolic(self, step: Step) -> bool:
        """Whether a size is a name."""
        return any(isinstance(a.size, str) for f in walk(step.form) for a in (*f.axes, *step.axes))

    def count(self, step: Step) -> int:
        return prod(a.size if isinstance(a.size, int) else 10**9 for a in step.axes)

    def right(self, step: Step, entry: tuple[int, ...]) -> Form:
        """The right side at one entry: its sums written out, or as Σ where they are too long."""
        if not self.long(step):
            return unit.right(step, entry)
        left, right = index.reading(step)
        given = {i.variables[0]: Index(n) for i, n in zip((i for i in left.at if i.terms), entry, strict=True)}
        return right.where(given)

    def each(self, step: Step, tell: Callable[[Step, tuple[int, ...]], Iterable[Block]]) -> list[Block]:
        """Every entry of a step; for a quantity with many entries the general case, then the first entry."""
        entries = self.entries(step)
        blocks: list[Block] = []
        if not entries or len(entries) < self.count(step):
            blocks += self.general(step)
        for entry in entries:
            blocks += tell(step, entry)
        return blocks

    def general(self, step: Step) -> list[Block]:
        """The step in index form."""
        left, right = index.reading(step)
        general = self.names.general_case()
        line = Line(general.spelled(left), general.spelled(right), why=self.say("why.general"))
        return [Equation((line,), self.number(step.left))]


NAMED = ENTRIES | {"hyper", "partial"}  # what has a number of its own


def named(form: Form) -> Iterator[Form]:
    """What has a number of its own in a form, in the order of reading."""
    if form.op in NAMED:
        yield form
    else:
        for f in form.forms:
            yield from named(f)


def placed(step: Step, entry: Form) -> tuple[int, ...] | None:
    """The numbers of a step's axes at an entry; None where it has no such entry."""
    at = entry.at[len(entry.at) - len(step.left.at) :]
    pairs = list(zip(step.left.at, at, strict=True))
    if any(not own.terms and own != i for own, i in pairs):
        return None
    return tuple(i.const for own, i in pairs if own.terms)
