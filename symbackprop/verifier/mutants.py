"""The values that a quantity gets when a mistake of the table is made on the way to it.

    ∂E/∂w₁ = δ_h1 · x₁        missing-path at ∂E/∂out_h1        (δ_o1 · w₅) · h₁(1 − h₁) · x₁

The step with the mistake stands wrong and all after it follows rightly, written over right entries.  So `decide` can
say of a line which of these it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from symbackprop.derivation import Step, Steps
from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.mutate.sequential import AFTER, extended
from symbackprop.derivation.steps import bare
from symbackprop.form import ENTRIES, Form, add, walk
from symbackprop.readings import unit
from symbackprop.tables.mistakes import MISTAKES
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
    seen = set[tuple[str, Form]]()
    for entry in ways.reached:
        for mistake, wrong in ways.wrong(entry):
            form = ways.following(wrong)
            if form is not None and (mistake, form) not in seen:
                seen.add((mistake, form))
                yield Mutant(mistake, entry, form)


class Ways:
    """What leads to a target, entry by entry, and what it becomes when some of that stands wrong.

    For a derivative or an update that is what came back, for a value of the forward pass other values.
    """

    def __init__(self, steps: Steps, target: Form) -> None:
        self.steps, self.target = extended(steps), target
        self.values = not any(f.op in ENTRIES and self._moves(f) for f in walk(target))
        self._right: dict[Form, Form] = {}
        self._above: dict[Form, frozenset[Form]] = {}
        self._made: dict[int, dict[tuple[str, int], Step]] = {}
        self._all: dict[tuple[str, int, Stage], Wrong] = {}

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

    def wrong(self, entry: Form) -> Iterator[tuple[str, Wrong]]:
        """Each mistake of the entry's step: in this entry alone, in one term of it, and, told with the first entry
        that can have it, in all entries of the step and in all steps."""
        step = self.step(entry)
        for (name, k), made in self._mistakes(step).items():
            others = self._everywhere(name, k, step.stage)
            if entry == next(iter(others)):
                yield name, others
            if MISTAKES[name].every:
                continue
            if entry == self._together[step.id][0]:
                yield name, {e: unit.right(made, self._numbers(e)) for e in self._together[step.id]}
            here = unit.right(made, self._numbers(entry))
            if here != self.right(entry):
                yield name, {entry: here}
                for one in _in_one_term(self.right(entry), here):
                    yield name, {entry: one}

    @cached_property
    def _together(self) -> dict[int, list[Form]]:
        """The entries that are reached, by their step."""
        together: dict[int, list[Form]] = {}
        for entry in self.reached:
            together.setdefault(self.step(entry).id, []).append(entry)
        return together

    def _mistakes(self, step: Step) -> dict[tuple[str, int], Step]:
        """The step with each mistake, and the number of the way in which that is written."""
        if step.id not in self._made:
            count: Counter[str] = Counter()
            made: dict[tuple[str, int], Step] = {}
            for mistake, form in mistakes_in(self.steps, step):
                made[mistake.name, count[mistake.name]] = replace(step, form=form)
                count[mistake.name] += 1
            self._made[step.id] = made
        return self._made[step.id]

    def _everywhere(self, name: str, k: int, stage: Stage) -> Wrong:
        """One mistake, written in one way, in every entry that can have it."""
        if (name, k, stage) not in self._all:
            wrong: dict[Form, Form] = {}
            for entry in self.reached:
                step = self.step(entry)
                if step.stage is stage and (made := self._mistakes(step).get((name, k))) is not None:
                    wrong[entry] = unit.right(made, self._numbers(entry))
            self._all[name, k, stage] = wrong
        return self._all[name, k, stage]

    def following(self, wrong: Wrong) -> Form | None:
        """The target where these stand wrong and all else follows; None where that would be too long."""
        known: dict[Form, Sized] = {}

        def value(entry: Form) -> Sized:
            if entry not in known:
                held = (self._moves(entry) or self.values) and bare(entry) in self.steps.of
                feels = held and (AFTER in entry.name or not self.above(entry).isdisjoint(wrong))
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
