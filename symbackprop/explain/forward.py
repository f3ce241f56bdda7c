"""The forward pass, each definition with its numbers; and the error, which is told alike."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.derivation import Step
from symbackprop.document import Block
from symbackprop.explain.account import Account
from symbackprop.explain.parts import Layers, applied
from symbackprop.form import walk
from symbackprop.graph import OWN, Definition
from symbackprop.readings import unit
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY


def section(a: Account) -> list[Block]:
    return [a.heading(2, "solution.forward"), a.paragraph("forward.plan"), *_definitions(a, measuring=False)]


def error(a: Account) -> list[Block]:
    return [a.heading(2, "solution.error"), a.paragraph("error.plan"), *_definitions(a, measuring=True)]


def _definitions(a: Account, *, measuring: bool) -> list[Block]:
    blocks: list[Block] = []
    layers = Layers(a)
    for d in a.graph.definitions:
        step = a.steps.forward(d.name)
        if (d.name in a.graph.measuring) is measuring and step is not None:
            blocks += layers.before(d.name, first=True)
            blocks += a.each(step, lambda s, e: told(a, s, e))
    return blocks


def told(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    left, right = unit.left(step, entry), a.right(step, entry)
    why = rule(a, a.graph.by_name[step.of])
    if right.op == "fn" and right.name in ACTIVATIONS and right.name not in ELEMENTARY:
        yield a.display(left, (right, why), (ACTIVATIONS[right.name].value(right.forms[0]), "function"))
    else:
        yield a.display(left, (right, why))


def rule(a: Account, d: Definition) -> str:
    """The reason of a definition."""
    if d.name == a.graph.error:
        return "total" if a.problem.made else "measure"
    if d.name in a.graph.measuring:
        return "term" if a.problem.made else "measure"
    if d.body.op == "ref":
        return "same"
    if applied(d) not in (None, OWN):
        return "activation"
    held = {f.name for f in walk(d.body) if f.op == "ref"} & set(a.graph.parameters)
    products = any(f.op == "mul" for f in walk(d.body))
    if held and products and d.body.op in ("add", "over"):
        return "weighted-sum"
    return "layer" if a.problem.made else "equation"
