"""Which part of a network a quantity belongs to: its layer, and whether it is an output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation import Step
from symbackprop.document import Block
from symbackprop.explain.account import Account
from symbackprop.form import walk
from symbackprop.graph import OWN, Definition
from symbackprop.spec.layers import LayerWords


def outputs(a: Account) -> frozenset[str]:
    """What the error is made of: what is measured, its pre-activation, and what measures it."""
    graph = a.graph
    found = set(measured(a))
    for name in [*found]:
        definition = graph.by_name[name]
        if definition.activation:
            found.update(n for n in definition.uses if n in graph.by_name)
    return frozenset(found | graph.measuring)


def measured(a: Account) -> tuple[str, ...]:
    """The quantities that the error compares with its targets."""
    graph = a.graph
    used = (n for d in graph.definitions if d.name in graph.measuring for n in d.uses)
    return tuple(dict.fromkeys(n for n in used if n in graph.by_name and n not in graph.measuring))


@dataclass
class Layers:
    """The heading of each layer, above the first of its quantities; none where a network is told as equations."""

    a: Account
    current: int = -1

    @cached_property
    def of(self) -> dict[str, int]:
        """The layer of each quantity that it defines, and of each parameter that it holds."""
        graph = self.a.graph
        found = {name: k for k, names in enumerate(self.a.problem.made, 1) for name in names}
        for d in graph.definitions:
            layer = found.get(d.name.partition(".")[0], 0)
            found |= {n: layer for n in d.uses if n in graph.parameters and n not in found}
        return found

    @property
    def last(self) -> int:
        return len(self.a.problem.made)

    def before(self, name: str, *, first: bool = False) -> list[Block]:
        """What stands above a quantity; where a layer is met `first`, with a sentence on what it does."""
        layer = self.of.get(name.partition(".")[0], 0)
        network = self.a.problem.network
        if not layer or network is None or layer == self.current:
            return []
        self.current = layer
        key = "layer.output" if layer == self.last else "layer.hidden"
        told = [b for s in sentences(network.layers[layer - 1]) for b in self.a.once(s)] if first else []
        return [self.a.heading(3, key, layer=str(layer)), *told]


def sentences(layer: LayerWords) -> Iterator[str]:
    """What a layer does: its kind, the way in which it needs no other samples where it has one, and its mask."""
    option, _, alone = layer.row.samples or ("", "", "")
    kind = f"{layer.kind}-{alone}" if option and layer.options[option] == alone else layer.kind
    yield f"layer.kind.{kind}"
    if any(option.what == "mask" and layer.options[option.key] is not None for option in layer.row.options):
        yield "layer.mask"


def applied(d: Definition) -> str | None:
    """The row that a definition applies to a whole quantity, entry by entry: a = tanh(z)."""
    if d.activation == OWN:  # a formula of one quantity; not one that a layer has for several
        alone = all(f.at == d.at for f in walk(d.body) if f.op == "ref")
        return OWN if len(d.uses) == 1 and alone and d.body.op != "ref" else None
    if d.activation is not None:
        return d.activation
    return d.body.name if d.body.op == "fn" and d.body.forms[0].op == "ref" else None


def weights(a: Account) -> list[Step]:
    """The gradients of the parameters, those nearest the error first; arrays before what is only added."""
    steps = [s for s in a.partials if s.of in a.graph.parameters and s.rule != "independent"]
    return sorted(steps, key=lambda s: added(s))  # a stable sort: the order of the derivation stays


def added(step: Step) -> bool:
    """Whether a parameter is only added, so that its gradient has no factor for what comes in: a bias."""
    return all(not [f for f in t.chain.factors if f.op not in ("adjoint", "updated")] for t in step.terms)
