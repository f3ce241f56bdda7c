"""What stands after the updates, E⁺ or w₁⁺, when a mistake was made in every one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from symbackprop.derivation import Steps, steps_of
from symbackprop.derivation.mutate import mistakes_in, with_mistake
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form
from symbackprop.numeric.field import ends
from symbackprop.spec.problem import Problem
from symbackprop.verifier.blame.facts import meet
from symbackprop.verifier.blame.numbers import trained
from symbackprop.verifier.decide.digits import Ends
from symbackprop.verifier.report import MOST_MISTAKES, Named
from symbackprop.vocabulary import Stage

MOST_STEPS, MOST_UPDATES = 60, 100  # of a derivation, of which each is tried with each mistake; and of a run

Made = tuple[Named, Mapping[tuple[str, str], Any]]


class Later:
    """What the quantities become, mistake by mistake: worked out when it is first asked for, and kept."""

    def __init__(self, steps: Steps, problem: Problem) -> None:
        self.steps, self.problem = steps, problem

    def named(self, entry: Form, printed: Ends) -> tuple[Named, ...]:
        """The mistakes that give the printed number.  Without a plus only the famous one is thought of."""
        if (known := self.usual) and gives(known, entry, printed):
            return (known[0],)
        found: dict[str, Named] = {}
        for made in self.others if entry.op == "updated" else ():
            if gives(made, entry, printed):
                found.setdefault(made[0].mistake, made[0])
        return tuple(found.values())[:MOST_MISTAKES]

    @cached_property
    def usual(self) -> Made | None:
        return next(self.made(updated_first(self.steps, self.problem)), None)

    @cached_property
    def others(self) -> tuple[Made, ...]:
        return tuple(self.made(variants(self.steps, self.problem)))

    def made(self, some: Iterator[tuple[Named, Steps]]) -> Iterator[Made]:
        for mistake, variant in some:
            with suppress(SymbackpropError, ArithmeticError):
                yield mistake, trained(variant, self.problem)


def variants(steps: Steps, problem: Problem) -> Iterator[tuple[Named, Steps]]:
    """The derivation with one mistake in one step."""
    if len(steps.steps) <= MOST_STEPS and (problem.training.steps or 1) <= MOST_UPDATES:
        for step in reversed(steps.steps):
            for mistake, wrong in mistakes_in(steps, step):
                yield Named(mistake.name, step.left), with_mistake(steps, step, wrong)


def updated_first(steps: Steps, problem: Problem) -> Iterator[tuple[Named, Steps]]:
    """The derivation with the hidden deltas from updated weights."""
    hidden = [s for s in steps.steps if s.stage is Stage.BACK]
    if hidden and not steps.from_updated:
        with suppress(SymbackpropError):  # it has no meaning where weights are shared
            yield Named("used-updated-weights", hidden[0].left), steps_of(problem, from_updated=True)


def gives(made: Made, entry: Form, printed: Ends) -> bool:
    value = made[1].get(("ref", entry.name))
    if value is None:
        return False
    for i in entry.at:
        value = value[i.const]
    return meet(ends(value), printed)
