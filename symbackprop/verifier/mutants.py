"""The values that a quantity gets when a mistake of the table is made on the way to it.

    ∂E/∂w₁ = δ_h1 · x₁        missing-path at ∂E/∂out_h1        (δ_o1 · w₅) · h₁(1 − h₁) · x₁

The step with the mistake stands wrong and all after it follows rightly, written over right entries.  So `decide` can
say of a line which of these it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from symbackprop.derivation import Step, Steps
from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.steps import bare
from symbackprop.form import ENTRIES, Form, add, walk
from symbackprop.readings import unit
from symbackprop.vocabulary import Stage

MOST_NODES = 6_000  # of a mutant's Form: what is larger is no line that somebody writes

Wrong = Mapping[Form, Form]  # what stands wrong: entry → its Form


class Mutant(NamedTuple):
    """What the target becomes when the mistake is made in the step of `at`."""

    mistake: str
    at: Form
    form: Form


def mutants(steps: Steps, target: Form) -> Iterator[Mutant]:
    """Every mutant of the target, an entry or a Form of several: first of its own step, then of those it stands on."""
    ways = Ways(steps, target)
    together: dict[int, list[Form]] = {}
    for entry in ways.reached:
        together.setdefault(ways.step(entry).id, []).append(entry)
    for entry in ways.reached:
        seen = set[tuple[str, Form]]()
        for mistake, wrong in ways.wrong(entry, together[ways.step(entry).id]):
            form = ways.following(wrong)
            if form is not None and (mistake, form) not in seen:
                seen.add((mistake, form))
                yield Mutant(mistake, entry, form)


class Ways:
    """What leads to a target, entry by entry, and what it becomes when some of that stands wrong.

    For a derivative or an update that is what came back, for a value of the forward pass other values.
    """

    def __init__(self, steps: Steps, target: Form) -> None:
        self.steps, self.target = steps, target
        self.values = not any(f.op in ENTRIES and self._moves(f) for f in walk(target))
        self._right: dict[Form, Form] = {}
        self._above: dict[Form, frozenset[Form]] = {}
        self._mistakes: dict[int, list[tuple[str, Step]]] = {}

    def step(self, entry: Form) -> Step:
        return self.steps.of[bare(entry)]

    def _moves(self, entry: Form) -> bool:
        """Whether it is no value of the forward pass."""
        step = self.steps.of.get(bare(entry))
        return step is not None and (entry.op != "ref" or step.stage is Stage.UPDATE)

    def _below(self, form: Form) -> Iterator[Form]:
        """The entries in the Form that stand on others."""
        for f in walk(form):
            if f.op in ENTRIES and (self._moves(f) or (self.values and bare(f) in self.steps.of)):
                yield f

    def right(self, entry: Form) -> Form:
        """The right side of the entry's step, its sums written out."""
        if entry not in self._right:
            self._right[entry] = unit.right(self.step(entry), self._numbers(entry))
        return self._right[entry]

    def _numbers(self, entry: Form) -> tuple[int, ...]:
        """The values of the axes of the entry's step."""
        step = self.step(entry)
        at = {k.terms[0][1]: i.const for i, k in zip(entry.at, step.left.at, strict=True) if k.terms}
        return tuple(at[a.var] for a in step.axes)

    @cached_property
    def reached(self) -> tuple[Form, ...]:
        """The entries that the target is made of, the nearest first."""
        near = dict.fromkeys(self._below(self.target))
        found = dict(near)
        while near:
            near = dict.fromkeys(e for f in near for e in self._below(self.right(f)) if e not in found)
            found.update(near)
        return tuple(found)

    def above(self, entry: Form) -> frozenset[Form]:
        """All that the entry stands on, and itself."""
        if entry not in self._above:
            below = (self.above(e) for e in self._below(self.right(entry)))
            self._above[entry] = frozenset((entry,)).union(*below)
        return self._above[entry]

    # ---- what stands wrong -------------------------------------------------------------------------------------

    def wrong(self, entry: Form, together: list[Form]) -> Iterator[tuple[str, Wrong]]:
        """Each mistake of the entry's step: in all entries of the step at once, which is told with the first of them,
        in this one alone, and in one term of it."""
        right = self.right(entry)
        for mistake, step in self._mistaken(self.step(entry)):
            if len(together) > 1 and entry == together[0]:
                yield mistake, {e: unit.right(step, self._numbers(e)) for e in together}
            here = unit.right(step, self._numbers(entry))
            if here != right:
                yield mistake, {entry: here}
                for one in _in_one_term(right, here):
                    yield mistake, {entry: one}

    def _mistaken(self, step: Step) -> list[tuple[str, Step]]:
        if step.id not in self._mistakes:
            made = mistakes_in(self.steps, step)
            self._mistakes[step.id] = [(mistake.name, replace(step, form=form)) for mistake, form in made]
        return self._mistakes[step.id]

    def following(self, wrong: Wrong) -> Form | None:
        """The target where these stand wrong and all else follows; None where that would be too long."""
        known: dict[Form, Sized] = {}

        def value(entry: Form) -> Sized:
            if entry not in known:
                held = (self._moves(entry) or self.values) and bare(entry) in self.steps.of
                feels = held and not self.above(entry).isdisjoint(wrong)
                known[entry] = put(wrong[entry] if entry in wrong else self.right(entry)) if feels else (entry, 1)
            return known[entry]

        def put(form: Form) -> Sized:
            if form.op in ENTRIES:
                new, nodes = value(form)
                return new.be(form.role), nodes
            below = [put(f) for f in form.forms]
            changed = iter([f for f, _ in below])
            return form.map(lambda _: next(changed)), 1 + sum(n for _, n in below)

        form, nodes = put(self.target)
        return form if nodes <= MOST_NODES else None


Sized = tuple[Form, int]  # with the number of its nodes


def _in_one_term(right: Form, wrong: Form) -> Iterator[Form]:
    """x + y where both came out wrong, x′ + y′: also x′ + y and x + y′."""
    if right.op != "add" or wrong.op != "add" or len(right.forms) != len(wrong.forms):
        return
    differ = [k for k, (x, y) in enumerate(zip(right.forms, wrong.forms, strict=True)) if x != y]
    if len(differ) > 1:
        for k in differ:
            yield add(*right.forms[:k], wrong.forms[k], *right.forms[k + 1 :])
