"""The values that a quantity gets when a mistake of the table is made on the way to it.

    ∂E/∂w₁ = δ_h1 · x₁        missing-path at ∂E/∂out_h1        (δ_o1 · w₅) · h₁(1 − h₁) · x₁

The step with the mistake stands wrong and all after it follows rightly, written over right entries.  So `decide` can
say of a line which of these it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from symbackprop.derivation import Step, Steps, sweep
from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.mutate.sequential import AFTER, extended
from symbackprop.derivation.steps import bare
from symbackprop.form import ENTRIES, Form, add, walk
from symbackprop.readings import unit
from symbackprop.tables.mistakes import MISTAKES
from symbackprop.verifier.oracle.subject import fixed_sizes
from symbackprop.vocabulary import Stage

MOST_STEPS = 40  # between a quantity and the mistake that is looked for
MOST_NODES = 6_000  # of a mutant's Form: what is larger is no line that somebody writes
MOST_WORK = 60_000  # nodes looked at for one target, the nearest steps first: about a second of a deep network

Way = tuple[str, int]  # a mistake, and the number of the way in which it is written
Wrong = Mapping[Form, Form]  # what stands wrong: entry → its Form
Sized = tuple[Form, int]  # with the number of its nodes


class Mutant(NamedTuple):
    """What the target becomes when the mistake is made in the step of `at`."""

    mistake: str
    at: Form
    form: Form


def mutants(steps: Steps, target: Form) -> Iterator[Mutant]:
    """Every mutant of the target, an entry or a Form of several: first of its own step, then of those it stands on."""
    ways = Ways(_entries(steps), target)
    seen = set[tuple[str, Form]]()
    for entry in ways.reached:
        for mistake, wrong in ways.wrong(entry):
            if ways.work > MOST_WORK:
                return
            form = ways.following(wrong)
            if form is not None and (mistake, form) not in seen:
                seen.add((mistake, form))
                yield Mutant(mistake, entry, form)


class Entries:
    """A derivation entry by entry: what each is made of, rightly and with each mistake of its step."""

    def __init__(self, steps: Steps) -> None:
        self.steps = extended(_numbered(steps))
        self._right: dict[Form, Form] = {}
        self._wrong: dict[Form, dict[Way, Form]] = {}
        self._made: dict[int, dict[Way, Step]] = {}
        self._moves: dict[Form, bool | None] = {}

    def step(self, entry: Form) -> Step:
        return self.steps.of[bare(entry)]

    def moves(self, entry: Form) -> bool | None:
        """Whether it is no value of the forward pass; None for what is given."""
        if entry not in self._moves:
            step = self.steps.of.get(bare(entry))
            self._moves[entry] = None if step is None else entry.op != "ref" or step.stage is Stage.UPDATE
        return self._moves[entry]

    def right(self, entry: Form) -> Form:
        """The right side of the entry's step, its sums written out."""
        if entry not in self._right:
            self._right[entry] = unit.right(self.step(entry), self._numbers(entry))
        return self._right[entry]

    def wrong(self, entry: Form) -> dict[Way, Form]:
        """The right side with each mistake."""
        if entry not in self._wrong:
            made, numbers = self._mistakes(self.step(entry)), self._numbers(entry)
            self._wrong[entry] = {way: unit.right(step, numbers) for way, step in made.items()}
        return self._wrong[entry]

    def _numbers(self, entry: Form) -> tuple[int, ...]:
        """The values of the axes of the entry's step."""
        step = self.step(entry)
        at = {k.terms[0][1]: i.const for i, k in zip(entry.at, step.left.at, strict=True) if k.terms}
        return tuple(at[a.var] for a in step.axes)

    def _mistakes(self, step: Step) -> dict[Way, Step]:
        if step.id not in self._made:
            count: Counter[str] = Counter()
            made: dict[Way, Step] = {}
            for mistake, form in mistakes_in(self.steps, step):
                made[mistake.name, count[mistake.name]] = replace(step, form=form)
                count[mistake.name] += 1
            self._made[step.id] = made
        return self._made[step.id]


@lru_cache(maxsize=16)
def _entries(steps: Steps) -> Entries:
    return Entries(steps)


def _numbered(steps: Steps) -> Steps:
    """The derivation with the sizes that a decision takes for those that have names."""
    shapes = fixed_sizes(steps.graph.shapes)
    if shapes == steps.graph.shapes:
        return steps
    size = {n: m for name, shape in steps.graph.shapes.items() for n, m in zip(shape, shapes[name], strict=True)}
    graph = steps.graph.resized(lambda n: size.get(n, n))
    return sweep(graph, steps.train, from_updated=steps.from_updated, rule=steps.rule)


class Ways:
    """What leads to a target, and what it becomes when some of that stands wrong.

    For a derivative or an update that is what came back, for a value of the forward pass other values.
    """

    def __init__(self, entries: Entries, target: Form) -> None:
        self.entries, self.target = entries, target
        self.values = not any(f.op in ENTRIES and entries.moves(f) for f in walk(target))
        self._all: dict[tuple[Way, Stage], Wrong] = {}
        self.work = 0

    def _stands(self, entry: Form) -> bool:
        """Whether it is made of others, as far as they matter here."""
        moves = self.entries.moves(entry)
        return bool(moves) or (self.values and moves is not None)

    def _below(self, form: Form) -> Iterator[Form]:
        return (f for f in walk(form) if f.op in ENTRIES and self._stands(f))

    @cached_property
    def reached(self) -> tuple[Form, ...]:
        """The entries that the target is made of, the nearest first."""
        return tuple(self._users)

    @cached_property
    def _users(self) -> dict[Form, list[Form]]:
        """Each of them with those that stand on it."""
        near = dict.fromkeys(self._below(self.target))
        users: dict[Form, list[Form]] = {entry: [] for entry in near}
        for _ in range(MOST_STEPS):
            further: dict[Form, None] = {}
            for entry in near:
                for e in dict.fromkeys(self._below(self.entries.right(entry))):
                    if e not in users:
                        further[e], users[e] = None, []
                    users[e].append(entry)
            near = further
        return users

    def _feel(self, wrong: Wrong) -> set[Form]:
        """The entries that come out otherwise: those that stand wrong, and all that stand on them."""
        found, waiting = set(wrong), list(wrong)
        while waiting:
            new = [e for e in self._users[waiting.pop()] if e not in found]
            found.update(new)
            waiting += new
        return found

    # ---- what stands wrong -------------------------------------------------------------------------------------

    def wrong(self, entry: Form) -> Iterator[tuple[str, Wrong]]:
        """Each mistake of the entry's step: in this entry alone, in one term of it, and, told with the first entry
        that can have it, in all entries of the step and in all steps of the stage."""
        step, right = self.entries.step(entry), self.entries.right(entry)
        for way, here in self.entries.wrong(entry).items():
            name, _ = way
            everywhere = self._everywhere(way, step.stage)
            if entry == next(iter(everywhere)):
                yield name, everywhere
            if MISTAKES[name].every:
                continue
            together = self._together[step.id]
            if entry == together[0]:
                yield name, {e: self.entries.wrong(e)[way] for e in together}
            if here != right:
                yield name, {entry: here}
                for one in _in_one_term(right, here):
                    yield name, {entry: one}

    @cached_property
    def _together(self) -> dict[int, list[Form]]:
        """The entries that are reached, by their step."""
        together: dict[int, list[Form]] = {}
        for entry in self.reached:
            together.setdefault(self.entries.step(entry).id, []).append(entry)
        return together

    def _everywhere(self, way: Way, stage: Stage) -> Wrong:
        """One mistake, written in one way, in every entry that can have it."""
        if (way, stage) not in self._all:
            some = (e for e in self.reached if self.entries.step(e).stage is stage)
            self._all[way, stage] = {e: wrong[way] for e in some if way in (wrong := self.entries.wrong(e))}
        return self._all[way, stage]

    def following(self, wrong: Wrong) -> Form | None:
        """The target where these stand wrong and all else follows; None where that would be too long."""
        known: dict[Form, Sized] = {}
        feel = self._feel(wrong)

        def value(entry: Form) -> Sized:
            if entry not in known:
                stays = entry not in feel and AFTER not in entry.name
                known[entry] = (entry, 1) if stays else put(wrong.get(entry) or self.entries.right(entry))
            return known[entry]

        def put(form: Form) -> Sized:
            self.work += 1
            if form.op in ENTRIES:
                new, nodes = value(form)
                return (form, 1) if new == form else (new.be(form.role), nodes)
            old = form.forms
            below = [put(f) for f in old]
            nodes = 1 + sum(n for _, n in below)
            if all(new is f for f, (new, _) in zip(old, below, strict=True)):
                return form, nodes
            changed = iter([f for f, _ in below])
            return form.map(lambda _: next(changed)), nodes

        try:
            form, nodes = put(self.target)
        except RecursionError:  # deeper than Python goes
            return None
        return form if nodes <= MOST_NODES else None


def _in_one_term(right: Form, wrong: Form) -> Iterator[Form]:
    """x + y where both came out wrong, x′ + y′: also x′ + y and x + y′."""
    if right.op != "add" or wrong.op != "add" or len(right.forms) != len(wrong.forms):
        return
    differ = [k for k, (x, y) in enumerate(zip(right.forms, wrong.forms, strict=True)) if x != y]
    if len(differ) > 1:
        for k in differ:
            yield add(*right.forms[:k], wrong.forms[k], *right.forms[k + 1 :])
