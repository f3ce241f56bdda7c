"""What the questions of one topology share: its names, its sentences, which numbers build on which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from symbackprop import language as words
from symbackprop.derivation.steps import Step, bare
from symbackprop.document import Equation, Inlines, Line, Math, Paragraph, Text
from symbackprop.exams.draw import Grids
from symbackprop.exams.model import UPDATED
from symbackprop.exams.outcomes import Wanted, Wrong
from symbackprop.exams.plan import Plan, Topology
from symbackprop.exams.row import Row
from symbackprop.exams.source import Source, in_turn
from symbackprop.exams.tape import Scope, Tape, entries_in, place
from symbackprop.exams.told import Blocks, Once, Told
from symbackprop.exams.variant import Question
from symbackprop.explain.account import Account
from symbackprop.form import ENTRIES, Form
from symbackprop.readings import index, unit
from symbackprop.spec.numbers import Refused
from symbackprop.vocabulary import Stage

BACKWARD = frozenset(Stage) - {Stage.FORWARD, Stage.ERROR}
UPDATING = ("update", "order")
MOST_LINES = 24  # of a brief solution


@dataclass(frozen=True)
class Lot:
    """Which variant it is: for what is drawn by lot besides its numbers."""

    seed: str  # the exam's
    variant: str  # the variant's own
    index: int | None  # None for a student's: the paper must not depend on who else is on the roster

    def turn(self, n: int, *path: str) -> int:
        """One of n: each equally often among the variants, or as likely where a student's stands alone."""
        if self.index is None:
            return Source(self.seed, self.variant, *path).below(n)
        return in_turn(n, self.index, self.seed, *path)


Build = Callable[[Row, int, Lot], Question]


@dataclass(frozen=True)
class Sheet:
    """A question of one topology: the numbers that it asks for, and how it is made of a row.

    `build` gets the number of its first item; `shows` are the nodes whose values it prints,
    `checked` partials with the nodes of formulas for them: the routes have to agree on these too.
    `signs` are nodes that shall be positive as often as negative: their sign answers a part.
    `told` are the steps that its text tells in their order.
    """

    id: str
    wanted: tuple[Wanted, ...]
    build: Build
    shows: tuple[int, ...] = ()
    checked: tuple[tuple[Form, int], ...] = ()
    signs: tuple[int, ...] = ()
    told: tuple[Form, ...] = ()


@dataclass(eq=False)
class Case:
    """A topology as an exam tells it."""

    plan: Plan
    topology: Topology
    asked_before: dict[str, Form] = field(default_factory=dict)  # parts so far, with what they ask
    told: set[Form] = field(default_factory=set)  # steps that stand in their order in the text of some question
    known_feedback: dict[int, tuple[Wrong, Inlines]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope(Tape(), self.topology.steps)
        self.grids = Grids(self.topology, self.scope.tape)

    @property
    def updates(self) -> bool:
        """Whether a question needs the rate."""
        return any(q.kind in UPDATING for q in self.plan.questions)

    @property
    def language(self) -> str:
        return self.plan.exam.language

    @property
    def places(self) -> int:
        return self.plan.words.tolerance.digits

    @property
    def names(self) -> Any:
        return self.topology.names

    def say(self, key: str, **slots: words.Slot) -> Inlines:
        return words.say(self.language, f"exam.{key}", **slots)

    def paragraph(self, key: str, **slots: words.Slot) -> Paragraph:
        return Paragraph(self.say(key, **slots))

    def equal(self, left: Form, right: Form) -> Math:
        """An equation within a sentence, in symbols."""
        return Math(self.spelled(left), "=", self.topology.names.spelled(right))

    def label(self, form: Form) -> Inlines:
        """∂E/∂w₅ ="""
        return (self.math(form), Text(" ="))

    def math(self, form: Form) -> Math:
        return Math(self.spelled(form))

    def listed(self, forms: Sequence[Form]) -> Inlines:
        """a, b and c"""
        return words.listed(self.language, [self.math(f) for f in forms])

    def symbols(self, form: Form) -> Math:
        """As it stands within a formula: with δ."""
        return Math(self.topology.names.spelled(form))

    def spelled(self, form: Form) -> Form:
        """With ∂E/∂q written out for what is asked, also where the notation has δ."""
        if form.op == "adjoint" and self.topology.names.kind(form.name)[0] != "pre":
            return self.topology.names.derivative(form)
        return self.topology.names.spelled(form)

    # ---- names -----------------------------------------------------------------------------------------------------

    def entry(self, word: str) -> Form:
        """The entry that a name means."""
        known = self.topology.names.entries
        if word in known:
            return known[word]
        graph = self.topology.steps.graph
        if word in graph.shapes:
            first = ",".join("0" for _ in graph.full_shape(word))
            raise Refused(f"{word} is a whole array; ask for one entry of it, such as '{word}[{first}]'")
        near = get_close_matches(word, known, n=2)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise Refused(f"no quantity is called {word!r} in this network{hint}")

    def pre_activation(self, word: str) -> Form:
        """The weighted sum of a unit, by the unit's name or its own."""
        of_unit = self.topology.names.unit_entries.get(word)
        return of_unit[0] if of_unit else self.entry(word)

    # ---- what builds on what ---------------------------------------------------------------------------------------

    @cached_property
    def _right(self) -> dict[Form, tuple[Form, ...]]:
        return {}

    def below(self, entry: Form) -> tuple[Form, ...]:
        """The entries that an entry is computed from, right below."""
        if entry not in self._right:
            step = self.step(entry)
            form = None if step is None else unit.right(step, place(step.left, entry))
            found = () if form is None else reversed(entries_in(form))
            self._right[entry] = tuple(dict.fromkeys(f.be(None) for f in found))
        return self._right[entry]

    def step(self, entry: Form) -> Step | None:
        return self.topology.steps.of.get(bare(entry)) if entry.op in ENTRIES else None

    def stage(self, entry: Form) -> Stage | None:
        step = self.step(entry)
        return step.stage if step is not None else None

    def above(self, form: Form) -> list[Form]:
        """All entries that a form is computed from, in the order of computing; the form's own last."""
        out: dict[Form, None] = {}

        def visit(entry: Form) -> None:
            if entry in out:
                return
            for f in self.below(entry):
                visit(f)
            out.setdefault(entry)

        for f in reversed(entries_in(form)):
            visit(f.be(None))
        return list(out)

    def uses(self, form: Form) -> tuple[str, ...]:
        """The earlier parts whose answers a form builds on."""
        needed = set(self.above(form))
        return tuple(id for id, entry in self.asked_before.items() if entry in needed and entry != form)

    # ---- feedback --------------------------------------------------------------------------------------------------

    def feedback(self, wrong: Wrong) -> Inlines:
        """What was done, how it is right, and the step to look at again."""
        if id(wrong) not in self.known_feedback:
            self.known_feedback[id(wrong)] = wrong, self._feedback(wrong)
        return self.known_feedback[id(wrong)][1]

    def _feedback(self, wrong: Wrong) -> Inlines:
        parts: list[words.Slot] = []
        for part in ("done", "how"):
            parts += [words.say(self.language, f"mistake.{wrong.mistake}.{part}"), Text(" ")]
        parts.append(self.say("again", step=self.general(wrong.at)))
        if others := wrong.names[1:]:
            done = [words.say(self.language, f"mistake.{name}.done") for name in others]
            parts += [
                Text(" "),
                self.say("as-well", other=words.joined(*[p for d in done for p in (Text(" "), d)][1:])),
            ]
        return words.joined(*parts)

    def about(self, mistake: str) -> Inlines:
        """What a mistake is and how it is right, without a step."""
        parts = [words.say(self.language, f"mistake.{mistake}.{part}") for part in ("done", "how")]
        return words.joined(parts[0], Text(" "), parts[1])

    def general(self, left: Form) -> Math:
        """A step's own left side, by its letters."""
        step = self.topology.steps.of[left]
        return Math(self.topology.names.general_case().spelled(index.reading(step)[0]))

    def where(self, left: Form) -> str:
        """The same as plain text, for data: dE/dz2."""
        return f"dE/d{left.name}" if left.op in ("adjoint", "flow") else left.name

    # ---- solutions -------------------------------------------------------------------------------------------------

    def account(self, text: Callable[[Form], str]) -> Account:
        problem = self.topology.problem
        return Account(problem, self.topology.steps, self.topology.names, self.language, _printed, text, detail="brief")

    def solution(self, forms: Sequence[Form]) -> Printed:
        """How the forms are worked out, briefly: of partials what comes back, of values what goes forward."""
        rights: dict[Form, Form] = {}
        for form in forms:
            back = form.op != "ref"
            for entry in self.above(form):
                step = self.step(entry)
                if step is not None and step.rule != "seed" and (step.stage in BACKWARD) == back:
                    rights[entry] = unit.right(step, place(step.left, entry))
            if form.op not in ENTRIES:
                rights[form] = form
        told = dict(list(rights.items())[-MOST_LINES:])

        def make(a: Account) -> Blocks:
            return tuple(Equation(self.lines(a, left, right)) for left, right in told.items())

        return self.printed(told, make)

    def printed(
        self,
        told: Mapping[Form, Form],
        make: Callable[[Account], Blocks],
        other: Callable[[Form], Scope | None] = lambda _: None,
    ) -> Printed:
        """Blocks that print the values of what stands on both sides; those that follow from a mistake, by its scope."""
        shown = tuple(dict.fromkeys(f for left, right in told.items() for f in (left, *_named(right))))
        scopes = [other(f) for f in shown]
        nodes = tuple((scope or self.scope).node(f) for f, scope in zip(shown, scopes, strict=True))
        forms = tuple(f if scope is None else None for f, scope in zip(shown, scopes, strict=True))

        def blocks(numbers: tuple[str, ...]) -> Blocks:
            known = dict(zip(shown, numbers, strict=True))
            return make(self.account(lambda f: known[f.be(None)]))

        return Printed(nodes, forms, blocks, self.places)

    def symbolic(self, a: Account, left: Form, right: Form) -> Line:
        return Line(self.spelled(left) if left.op in ENTRIES else None, a.names.spelled(right))

    def lines(self, a: Account, left: Form, right: Form) -> tuple[Line, ...]:
        """symbols = numbers = value"""
        symbols = self.symbolic(a, left, right)
        value, numbers = a.value(left), a.put(right)
        if symbols.left is None:
            return (Line(symbols.right, numbers), Line(None, value))
        middle = [Line(None, numbers)] if numbers != value else []
        return (symbols, *middle, Line(None, value))

    def lines_asked(self, a: Account, left: Form, right: Form) -> tuple[Line, ...]:
        """The same in what a question prints: symbols alone where a number is one that some question asks for."""
        asked = {entry.be(None) for form in self.asked_before.values() for entry in entries_in(form)}
        if asked.isdisjoint((left.be(None), *_named(right))):
            return self.lines(a, left, right)
        return (self.symbolic(a, left, right),)


@dataclass(frozen=True, eq=False)
class Printed:
    """Blocks as a function of numbers, and the nodes of these; where there is a form, a digit in doubt is exact."""

    nodes: tuple[int, ...]
    forms: tuple[Form | None, ...]
    make: Callable[[tuple[str, ...]], Blocks]
    places: int

    def told(self, row: Row) -> Told:
        return Told(self.make, Once(lambda: self.numbers(row)))

    def numbers(self, row: Row) -> tuple[str, ...]:
        return tuple(row.shown(k, f, self.of(f)) for k, f in zip(self.nodes, self.forms, strict=True))

    def of(self, form: Form | None) -> int:
        return self.places + UPDATED if form is not None and form.op == "updated" else self.places


def _printed(digits: str) -> str:
    """Digits as they are: also such as remember where they stand."""
    return digits


def _named(form: Form) -> list[Form]:
    found = [form.be(None)] if form.op in (*ENTRIES, "hyper") else []
    return [*found, *(x for f in form.forms for x in _named(f))]
