"""Mistakes at work: what a quantity becomes when one is made in a step that leads to it, and all the rest is right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symbackprop.derivation import Step, Steps
from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.steps import bare
from symbackprop.form import ENTRIES, Form, replaced, walk


class Mutant(NamedTuple):
    mistake: str
    at: Form  # the quantity in whose step the mistake is made
    form: Form  # what the target becomes, over right entries


def mutants(steps: Steps, target: Form) -> Iterator[Mutant]:
    """The target's own step first, then those that it is built on."""
    for step in behind(steps, target):
        for mistake, wrong in mistakes_in(steps, step):
            yield Mutant(mistake.name, step.left, unfolded(steps, target, step, wrong))


def behind(steps: Steps, target: Form) -> list[Step]:
    """The steps that the target is built on, the nearest first."""
    out: dict[int, Step] = {}
    waiting = [target]
    while waiting:
        step = steps.of.get(bare(waiting.pop(0)))
        if step is not None and step.id not in out:
            out[step.id] = step
            waiting += [f for f in walk(step.form) if f.op in ENTRIES]
    return list(out.values())


def unfolded(steps: Steps, target: Form, step: Step, wrong: Form) -> Form:
    """The target, written out down to the wrong step."""

    def open_(f: Form) -> Form | None:
        own = steps.of.get(bare(f)) if f.op in ENTRIES else None
        if own is None or (own is not step and step not in behind(steps, f)):
            return None
        body = wrong if own is step else replaced(own.form, open_)
        at = {i.variable: given for i, given in zip(own.left.at, f.at, strict=True) if i.variable}
        return body.where(at)

    return replaced(target, open_)
