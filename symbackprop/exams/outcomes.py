"""What is asked as a number, and what each mistake of the table makes of it: nodes on one tape.

A mistake is made wherever it can be made on the way to what is asked, and, where there are several such steps, in each
of them alone too.  Mistakes that compute the same are one outcome, whose first name is the likeliest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.steps import Step, Steps, bare
from symbackprop.exams.tape import Scope, Tape, affected
from symbackprop.form import Form


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


def items(tape: Tape, scope: Scope, wanted: Sequence[Wanted]) -> tuple[Item, ...]:
    """Each number with its outcomes."""
    keys = [scope.node(w.form) for w in wanted]
    found: list[dict[int, Wrong]] = [{} for _ in wanted]
    for mistake, at, steps in derivations(scope.steps):
        other = Scope(tape, steps, scope)
        for k, w in enumerate(wanted):
            if depends(w.form, affected(scope.steps, steps)):
                add(found[k], keys[k], mistake, at, other.node(w.form))
    return tuple(Item(w, keys[k], tuple(found[k].values())) for k, w in enumerate(wanted))


def add(found: dict[int, Wrong], key: int, mistake: str, at: Form, node: int) -> None:
    if node == key:
        return
    if node not in found:
        found[node] = Wrong(mistake, at, node)
    elif mistake not in found[node].names:
        found[node] = replace(found[node], also=(*found[node].also, (mistake, at)))


def depends(form: Form, changed: frozenset[Form]) -> bool:
    waiting = [form]
    while waiting:
        f = waiting.pop()
        if bare(f) in changed:
            return True
        waiting += f.forms
    return False


def derivations(steps: Steps) -> Iterator[tuple[str, Form, Steps]]:
    """Each mistake's name, the first step in which it is made, and the derivation with it: everywhere, then alone."""
    made: dict[str, dict[int, Form]] = {}
    for step in steps.steps:
        for mistake, wrong in mistakes_in(steps, step):
            made.setdefault(mistake.name, {})[step.id] = wrong
    by_id = {s.id: s for s in steps.steps}
    for name, forms in made.items():
        for some in [forms, *([{k: f} for k, f in forms.items()] if len(forms) > 1 else [])]:
            yield name, bare(by_id[min(some)].left), with_forms(steps, some)


def with_forms(steps: Steps, forms: dict[int, Form]) -> Steps:
    """The derivation with other forms in some of its steps."""

    def changed(s: Step) -> Step:
        return replace(s, form=forms[s.id]) if s.id in forms else s

    return Steps(steps.graph, tuple(map(changed, steps.steps)), steps.train, steps.from_updated, steps.rule)
