"""What is asked as a number, and what each mistake of the table makes of it: nodes on one tape.

A mistake is made in every step where it can be made and, where there are several, in each of them alone too.  Mistakes
that compute the same are one outcome, whose first name is the likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from symbackprop.derivation.mutate import outcomes
from symbackprop.derivation.steps import bare
from symbackprop.exams.tape import Scope, affected
from symbackprop.form import Form
from symbackprop.vocabulary import Stage

FORWARD = frozenset({Stage.FORWARD, Stage.ERROR})


@dataclass(frozen=True)
class Wanted:
    """A number that is asked for: its form in the entries of the derivation, and its place there."""

    form: Form
    asks: str | None = None


@dataclass(frozen=True)
class Wrong:
    """What a mistake makes of a number."""

    mistake: str
    at: Form  # the step's own left side, without indices
    node: int
    scope: Scope = field(repr=False, compare=False)  # the derivation with the mistake
    also: tuple[tuple[str, Form], ...] = ()  # other mistakes that give the same number

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.mistake, *(name for name, _ in self.also))))


@dataclass(frozen=True)
class Item:
    """A number that is asked for, with all that can come out instead."""

    wanted: Wanted
    node: int
    wrong: tuple[Wrong, ...]


def items(scope: Scope, wanted: Sequence[Wanted], given: Set[int]) -> tuple[Item, ...]:
    """Each number with its outcomes.  A mistake that needs what is not given, such as a rate, cannot be made."""
    tape = scope.tape
    keys = [scope.node(w.form) for w in wanted]
    found: list[dict[int, Wrong]] = [{} for _ in wanted]
    for mistake, step, steps in outcomes(scope.steps):
        other, at = Scope(tape, steps, scope), bare(step.left)
        changed = affected(scope.steps, steps)
        for k, w in enumerate(wanted):
            if (step.stage in FORWARD) == forward(w.form) and depends(w.form, changed):
                add(found[k], keys[k], mistake.name, at, other.node(w.form), other)
    return tuple(
        Item(w, keys[k], tuple(wrong for node, wrong in found[k].items() if tape.leaves_of(node) <= given))
        for k, w in enumerate(wanted)
    )


def add(found: dict[int, Wrong], key: int, mistake: str, at: Form, node: int, scope: Scope) -> None:
    if node == key:
        return
    if node not in found:
        found[node] = Wrong(mistake, at, node, scope)
    elif mistake not in found[node].names:
        found[node] = replace(found[node], also=(*found[node].also, (mistake, at)))


def forward(form: Form) -> bool:
    """Whether it is a value of the forward pass.  A slip there is no mistake of backpropagation, and moves a partial
    by less than rounding does."""
    return form.op == "ref"


def depends(form: Form, changed: frozenset[Form]) -> bool:
    waiting = [form]
    while waiting:
        f = waiting.pop()
        if bare(f) in changed:
            return True
        waiting += f.forms
    return False
