"""What stands after the updates, E⁺ or w₁⁺, when a mistake was made in every one of them."""

from __future__ import annotations

from collections.abc import Iterator

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


def named(steps: Steps, problem: Problem, entry: Form, printed: Ends) -> tuple[Named, ...]:
    """The mistakes that give the printed number."""
    found: dict[str, Named] = {}
    for mistake, variant in variants(steps, problem):
        if len(found) < MOST_MISTAKES and mistake.mistake not in found and gives(variant, problem, entry, printed):
            found[mistake.mistake] = mistake
    return tuple(found.values())


def variants(steps: Steps, problem: Problem) -> Iterator[tuple[Named, Steps]]:
    """The derivation with the hidden deltas from the other weights; with one mistake in one step."""
    hidden = [s for s in steps.steps if s.stage is Stage.BACK]
    if hidden and not steps.from_updated:
        try:
            yield Named("used-updated-weights", hidden[0].left), steps_of(problem, from_updated=True)
        except SymbackpropError:  # it has no meaning where weights are shared
            pass
    if len(steps.steps) <= MOST_STEPS and (problem.training.steps or 1) <= MOST_UPDATES:
        for step in reversed(steps.steps):
            for mistake, wrong in mistakes_in(steps, step):
                yield Named(mistake.name, step.left), with_mistake(steps, step, wrong)


def gives(steps: Steps, problem: Problem, entry: Form, printed: Ends) -> bool:
    try:
        value = trained(steps, problem)["ref", entry.name]
    except (SymbackpropError, KeyError, ArithmeticError):
        return False
    for i in entry.at:
        value = value[i.const]
    return meet(ends(value), printed)
