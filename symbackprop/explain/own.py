"""A network as equations, told quantity by quantity: its equations, then ∂E/∂q from the last one backwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symbackprop.derivation import Step
from symbackprop.document import Block
from symbackprop.explain import update
from symbackprop.explain.account import Account
from symbackprop.form import Form, add
from symbackprop.readings import unit
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY


def section(a: Account) -> list[Block]:
    return [*forward(a), *backward(a), *updates(a)]


def forward(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.forward"), a.paragraph("own.forward")]
    for d in a.graph.definitions:
        step = a.steps.forward(d.name)
        assert step is not None
        blocks += a.each(step, lambda s, e: defined(a, s, e))
    return blocks


def defined(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    left, right = unit.left(step, entry), unit.right(step, entry)
    if right.op == "fn" and right.name in ACTIVATIONS and right.name not in ELEMENTARY:
        yield a.display(left, (right, "equation"), (ACTIVATIONS[right.name].value(right.forms[0]), "function"))
    else:
        yield a.display(left, (right, "equation"))


def backward(a: Account) -> list[Block]:
    """Every quantity between the parameters and the error, the last one first; then the parameters."""
    steps = [s for s in a.steps.steps if s.left.op == "adjoint" and s.rule != "seed"]
    inner = [s for s in steps if s.of not in a.graph.leaves and s.of in a.graph.live]
    error = a.math(Form("ref", (a.graph.error,)))
    blocks: list[Block] = [a.heading(2, "own.backward"), a.paragraph("own.plan", error=error)]
    for step in inner:
        blocks += a.each(whole(a, step), lambda s, e: partial(a, s, e))
    parameters = [s for s in steps if s.of in a.graph.parameters]
    blocks += [a.heading(2, "part.gradients"), a.paragraph("own.gradients")] if parameters else []
    for step in parameters:
        blocks += a.each(whole(a, step), lambda s, e: partial(a, s, e))
    return blocks


def whole(a: Account, step: Step) -> Step:
    """A partial that comes back by several uses, with all of them in one sum."""
    if step.rule != "collect":
        return step
    parts = [s for s in a.steps.steps if s.left.op == "flow" and s.of == step.of]
    return replace(step, form=add(*(s.form for s in parts)), terms=tuple(t for s in parts for t in s.terms))


def partial(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    why = {"independent": "independent", "collect": "uses"}.get(step.rule, "chain")
    yield a.display(unit.left(step, entry), (unit.right(step, entry), why))


def updates(a: Account) -> list[Block]:
    if not a.problem.train:
        return []
    blocks: list[Block] = [a.heading(2, "part.update"), update.idea(a), *update.together(a)]
    return [*blocks, *(block for name in a.problem.train for block in update.of(a, name))]
