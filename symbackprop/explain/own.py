"""A network as equations, told quantity by quantity: its equations, then ∂E/∂q from the last one backwards.

So is a network whose layers are not all dense ones, with a heading for each layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from symbackprop.derivation import Step
from symbackprop.document import Block
from symbackprop.explain import update
from symbackprop.explain.account import Account
from symbackprop.form import Form, add
from symbackprop.readings import unit
from symbackprop.spec.layers import LayerWords
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY


def section(a: Account) -> list[Block]:
    return [*forward(a), *backward(a), *updates(a)]


def forward(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.forward"), a.paragraph("own.forward")]
    layers = Headings(a)
    for d in a.graph.definitions:
        step = a.steps.forward(d.name)
        assert step is not None
        blocks += layers.before(d.name, first=True)
        blocks += a.each(step, lambda s, e: defined(a, s, e))
    return blocks


class Headings:
    """The heading of each layer, above the first of its quantities; none where a network is told as equations."""

    def __init__(self, a: Account) -> None:
        self.a, self.current = a, -1
        made = a.problem.made
        self.layer = {name: k for k, names in enumerate(made, 1) for name in names}

    def before(self, name: str, *, first: bool = False) -> list[Block]:
        """What stands above a quantity; where a layer is met `first`, with a sentence on what it does."""
        layer = self.layer.get(name.partition(".")[0], 0)
        if not self.layer or layer == self.current:
            return []
        self.current = layer
        network = self.a.problem.network
        if not layer or network is None:
            return [self.a.heading(3, "solution.error")]
        heading = self.a.heading(3, "layer.number", layer=str(layer))
        told = sentences(network.layers[layer - 1]) if first else ()
        return [heading, *map(self.a.paragraph, told)]


def sentences(layer: LayerWords) -> Iterator[str]:
    """What a layer does: its kind, the way in which it needs no other samples where it has one, and its mask."""
    option, _, alone = layer.row.samples or ("", "", "")
    kind = f"{layer.kind}-{alone}" if option and layer.options[option] == alone else layer.kind
    yield f"layer.kind.{kind}"
    if any(option.what == "mask" and layer.options[option.key] is not None for option in layer.row.options):
        yield "layer.mask"


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
    layers = Headings(a)
    for step in inner:
        blocks += layers.before(step.of)
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
