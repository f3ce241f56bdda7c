"""One layout for all pictures of a layered network: columns of units, centimetres, y upwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from symbackprop.document import Edge, Figure, Inlines, Node
from symbackprop.figures.placing import placed
from symbackprop.form import Form, adjoint, ref, symbol
from symbackprop.readings.names import Names

PAGE, COLUMN, ROW, BELOW = 16.0, 3.6, 1.9, 1.3
MOST_LAYERS = 6  # more columns do not fit a page
MOST_UNITS = 6  # of a wider layer the first two and the last stand for all
MOST_LABELS = 16  # between two layers; more would lie on one another
MOST_BESIDE = 6  # where paths are lit, on the edges that are not
BESIDE = (0.3, 0.66)  # a delta, from its unit: where no path comes in
BIAS = -1  # the unit that feeds the biases of the next layer, always 1

Link = tuple[int, int, int]  # layer, into, out of; the layer after the last one is the error


@dataclass(frozen=True)
class Layout:
    """Where each unit stands; layer 0 are the inputs.  The units of `focus` are drawn in a wide layer too."""

    names: Names
    widths: tuple[int, ...]
    focus: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def rows(self) -> tuple[tuple[int | None, ...], ...]:
        """The units of each layer that are drawn, top down; None where some are left out."""
        return tuple(tuple(self._rows(layer, width)) for layer, width in enumerate(self.widths))

    def _rows(self, layer: int, width: int) -> Iterator[int | None]:
        kept = {0, 1, width - 1} | {unit for of, unit in self.focus if of == layer}
        before = -1
        for unit in range(width) if width <= MOST_UNITS else sorted(kept):
            if unit - before > 1:
                yield None
            yield unit
            before = unit

    def with_focus(self, *units: tuple[int, int]) -> Layout:
        return replace(self, focus=self.focus | set(units))

    def units(self, layer: int) -> list[int]:
        return [unit for unit in self.rows[layer] if unit is not None]

    @cached_property
    def column(self) -> float:
        return min(COLUMN, (PAGE - 1.4) / len(self.widths))

    @cached_property
    def tallest(self) -> int:
        return max(map(len, self.rows))

    @cached_property
    def foot(self) -> float:
        """Room for the units that feed the biases."""
        return BELOW if any(map(self.biased, range(1, len(self.widths)))) else 0.0

    @property
    def height(self) -> float:
        return (self.tallest - 1) * ROW + 1.0 + self.foot

    @property
    def width(self) -> float:
        return len(self.widths) * self.column + 1.4

    def at(self, layer: int, unit: int) -> tuple[float, float]:
        if unit == BIAS:
            return 0.8 + layer * self.column, 0.5
        return self.place(layer, self.rows[layer].index(unit))

    def place(self, layer: int, row: int) -> tuple[float, float]:
        middle = (self.tallest - 1) / 2
        up = ROW * (middle + (len(self.rows[layer]) - 1) / 2 - row)
        return 0.8 + layer * self.column, 0.5 + self.foot + up

    @property
    def error_at(self) -> tuple[float, float]:
        return 0.8 + len(self.widths) * self.column, 0.5 + self.foot + ROW * (self.tallest - 1) / 2

    @cached_property
    def alike(self) -> Names:
        """The names that are the same for every sample."""
        return replace(self.names, graph=replace(self.names.graph, sample=None))

    def label(self, layer: int, unit: int) -> Form:
        if layer == 0:
            return self.names.of_unit(self.names.problem.inputs[0], unit)
        if self.names.notation.name == "mazur":
            word = self.names.unit(layer, str(unit + 1))
            return symbol(word[0], word[1:])
        return self.names.of_unit(f"a{layer}", unit)

    def delta(self, layer: int, unit: int) -> Form:
        return self.alike.spelled(adjoint(f"z{layer}", unit))

    def biased(self, layer: int) -> bool:
        return f"b{layer}" in self.names.graph.shapes

    def shared(self, layer: int) -> bool:
        return self.names.graph.shapes[f"b{layer}"] == ()

    @property
    def labelled(self) -> bool:
        """Whether every edge is drawn and has room for its weight."""
        return self.room(MOST_LABELS)

    def room(self, labels: int) -> bool:
        drawn = all(None not in row for row in self.rows)
        return drawn and all(m * n <= labels for m, n in pairwise(self.widths))

    def weight(self, layer: int, into: int, out_of: int) -> Form:
        if out_of == BIAS:
            return self.names.spelled(ref(f"b{layer}", *(() if self.shared(layer) else (into,))))
        wide = self.names.graph.shapes[f"W{layer}"]
        at = (into if wide[0] != 1 else 0, out_of if wide[1] != 1 else 0)
        return self.names.spelled(ref(f"W{layer}", *at))

    @property
    def links(self) -> Iterator[Link]:
        """Every edge that is drawn, layer by layer; those of the biases after the weights."""
        last = len(self.widths) - 1
        for layer in range(1, last + 1):
            for into in self.units(layer):
                yield from ((layer, into, out_of) for out_of in self.units(layer - 1))
            if self.biased(layer):
                yield from ((layer, into, BIAS) for into in self.units(layer))
        yield from ((last + 1, 0, unit) for unit in self.units(last))


def layout(names: Names) -> Layout | None:
    """The layout of a dense network; None for any other, and for one of too many layers or of sizes without numbers."""
    dense = names.problem.dense
    if dense is None:
        return None
    widths = (dense.inputs, *(layer.options["units"] for layer in dense.layers))
    if any(not isinstance(n, int) for n in widths) or len(widths) > MOST_LAYERS:
        return None
    return Layout(names, tuple(int(n) for n in widths))


def network(plan: Layout, caption: Inlines, alt: str) -> Figure:
    """The whole network with the name of each weight on its edge."""
    return _figure(plan, "network", {}, [], caption, alt)


def paths(plan: Layout, layer: int, into: int, out_of: int, caption: Inlines, alt: str) -> Figure:
    """The ways from one weight to the error: its own edge, then one path for each unit that its unit feeds.

    With `out_of` BIAS, the ways of a bias; one that all units of its layer share has a way by each of them.
    """
    plan = plan.with_focus((layer, into), *([(layer - 1, out_of)] if out_of != BIAS else []))
    last = len(plan.widths) - 1
    every = out_of == BIAS and plan.shared(layer)
    fed = layer if every else min(layer + 1, last + 1)
    lit: dict[Link, int] = {} if every else {(layer, into, out_of): 1}
    if fed > last:
        lit[fed, 0, into] = 1
    else:
        lit |= {(fed, unit, BIAS if every else into): k for k, unit in enumerate(plan.units(fed), 1)}
    if fed == last:
        lit |= {(last + 1, 0, unit): k for k, unit in enumerate(plan.units(last), 1)}
    deltas = [(fed, unit) for unit in plan.units(fed)] if fed <= last else [(layer, into)]
    name = f"b{layer}-{into + 1}" if out_of == BIAS else f"W{layer}-{into + 1}-{out_of + 1}"
    return _figure(plan, f"paths-{name}", lit, deltas, caption, alt)


def _figure(
    plan: Layout, name: str, lit: dict[Link, int], deltas: list[tuple[int, int]], caption: Inlines, alt: str
) -> Figure:
    nodes = [*_units(plan), *_biases(plan)]
    error = symbol(plan.names.notation.unit["error"].base)  # its letter alone: a circle holds no index
    nodes.append(Node(*plan.error_at, error, "error"))
    for layer, unit in deltas:
        x, y = plan.at(layer, unit)
        x, y = x + BESIDE[0], y + BESIDE[1]
        nodes.append(Node(x, y, plan.delta(layer, unit), "plain", 0.2))
    edges = placed([_edge(plan, link, lit) for link in plan.links], nodes)
    return Figure(name, plan.width, plan.height + 0.4 * bool(deltas), tuple(nodes), edges, caption, alt)


def _units(plan: Layout) -> Iterator[Node]:
    for layer, row in enumerate(plan.rows):
        for k, unit in enumerate(row):
            if unit is None:
                yield Node(*plan.place(layer, k), "⋮", "plain")
            else:
                yield Node(*plan.at(layer, unit), plan.label(layer, unit), "input" if layer == 0 else "unit")


def _biases(plan: Layout) -> Iterator[Node]:
    for layer in range(1, len(plan.widths)):
        if plan.biased(layer):
            yield Node(*plan.at(layer - 1, BIAS), "1", "bias", 0.3)


def _edge(plan: Layout, link: Link, lit: dict[Link, int]) -> Edge:
    layer, into, out_of = link
    path = lit.get(link, 0)
    dim = bool(lit) and not path
    if layer == len(plan.widths):
        return Edge(*plan.at(layer - 1, out_of), *plan.error_at, None, 0.5, path, dim)
    quantity = f"b{layer}[{into}]" if out_of == BIAS else f"W{layer}[{into},{out_of}]"
    return Edge(
        *plan.at(layer - 1, out_of),
        *plan.at(layer, into),
        plan.weight(*link) if _told(plan, link, lit) else None,
        path=path,
        dim=dim,
        name=quantity,
    )


def _told(plan: Layout, link: Link, lit: dict[Link, int]) -> bool:
    """A shared bias is told once."""
    layer, into, out_of = link
    if out_of == BIAS and plan.shared(layer):
        return into == plan.units(layer)[-1]
    return link in lit or plan.room(MOST_BESIDE if lit else MOST_LABELS)
