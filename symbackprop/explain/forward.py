"""The forward pass and the error."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.derivation import Step
from symbackprop.document import Block
from symbackprop.explain.account import Account
from symbackprop.readings import unit
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY


def section(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.forward"), a.paragraph("forward.plan")]
    error: list[Block] = [a.heading(2, "solution.error"), a.paragraph("error.plan")]
    previous = 0
    for d in a.graph.definitions:
        step = a.steps.forward(d.name)
        assert step is not None
        if d.name in a.graph.measuring:
            error += a.each(step, lambda s, e: _told(a, s, e))
            continue
        layer = a.names.kind(d.name)[1]
        if layer != previous:
            last = layer == a.layers
            blocks.append(a.heading(3, "layer.output" if last else "layer.hidden", layer=str(layer)))
            previous = layer
        blocks += a.each(step, lambda s, e: _told(a, s, e))
    return blocks + error


def _told(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    left, right = unit.left(step, entry), unit.right(step, entry)
    why = _rule(a, step)
    if right.op == "fn" and right.name in ACTIVATIONS and right.name not in ELEMENTARY:
        yield a.display(left, (right, why), (ACTIVATIONS[right.name].value(right.forms[0]), "function"))
    else:
        yield a.display(left, (right, why))


def _rule(a: Account, step: Step) -> str:
    d = a.graph.by_name[step.of]
    if d.activation:
        return "activation"
    if step.of == a.graph.error:
        return "total"
    if step.of in a.graph.measuring:
        return "term" if step.of == "Ek" else "function"
    return "weighted-sum"
