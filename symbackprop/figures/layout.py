"""One layout for all pictures of a layered network: columns of units, centimetres, y upwards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from symbackprop.document import Edge, Figure, Inlines, Node
from symbackprop.form import Form, ref, symbol
from symbackprop.readings.names import Names

COLUMN, ROW = 3.6, 1.9
MOST_UNITS = 6  # a wider layer does not fit a page
MOST_LABELS = 9  # between two layers; more would lie on one another


@dataclass(frozen=True)
class Layout:
    """Where each unit stands; layer 0 are the inputs."""

    names: Names
    widths: tuple[int, ...]

    @property
    def height(self) -> float:
        return (max(self.widths) - 1) * ROW + 1.0

    @property
    def width(self) -> float:
        return len(self.widths) * COLUMN + 1.4

    def at(self, layer: int, unit: int) -> tuple[float, float]:
        middle = (max(self.widths) - 1) / 2
        return 0.8 + layer * COLUMN, 0.5 + ROW * (middle + (self.widths[layer] - 1) / 2 - unit)

    @property
    def error_at(self) -> tuple[float, float]:
        return 0.8 + len(self.widths) * COLUMN, 0.5 + ROW * (max(self.widths) - 1) / 2

    def label(self, layer: int, unit: int) -> Form:
        """A unit's name, the same for every sample."""
        if layer == 0:
            return self.names.of_unit(self.names.problem.inputs[0], unit)
        if self.names.notation.name == "mazur":
            word = self.names.unit(layer, str(unit + 1))
            return symbol(word[0], word[1:])
        return self.names.of_unit(f"a{layer}", unit)

    @property
    def labelled(self) -> bool:
        """Whether every edge has room for its weight."""
        return all(m * n <= MOST_LABELS for m, n in pairwise(self.widths))

    def weight(self, layer: int, into: int, out_of: int) -> Form:
        wide = self.names.graph.shapes[f"W{layer}"]
        at = (into if wide[0] != 1 else 0, out_of if wide[1] != 1 else 0)
        return self.names.spelled(ref(f"W{layer}", *at))


def layout(names: Names) -> Layout | None:
    """The layout of a network that fits a page, else None."""
    network = names.problem.dense
    if network is None:
        return None
    widths = (network.inputs, *(layer.options["units"] for layer in network.layers))
    if any(not isinstance(n, int) or n > MOST_UNITS for n in widths) or len(widths) > 5:
        return None
    return Layout(names, tuple(int(n) for n in widths))


def network(plan: Layout, caption: Inlines, alt: str) -> Figure:
    """The whole network with the name of each weight on its edge."""
    return _figure(plan, "network", {}, caption, alt)


def paths(plan: Layout, layer: int, into: int, out_of: int, caption: Inlines, alt: str) -> Figure:
    """The ways from one weight to the error: its own edge, then one path for each unit that its unit feeds."""
    lit = {(layer, into, out_of): 1}
    last = len(plan.widths) - 1
    if layer == last:
        lit[last + 1, 0, into] = 1
    else:
        for k in range(plan.widths[layer + 1]):
            lit[layer + 1, k, into] = k + 1
            if layer + 1 == last:
                lit[last + 1, 0, k] = k + 1
    return _figure(plan, f"paths-W{layer}-{into + 1}-{out_of + 1}", lit, caption, alt)


def _figure(plan: Layout, name: str, lit: dict[tuple[int, int, int], int], caption: Inlines, alt: str) -> Figure:
    last = len(plan.widths) - 1
    nodes = [
        Node(*plan.at(layer, unit), plan.label(layer, unit), "input" if layer == 0 else "unit")
        for layer, width in enumerate(plan.widths)
        for unit in range(width)
    ]
    error = symbol(plan.names.notation.unit["error"].base)  # its letter alone: a circle holds no index
    nodes.append(Node(*plan.error_at, error, "error"))
    edges = []
    for layer in range(1, last + 1):
        for into in range(plan.widths[layer]):
            for out_of in range(plan.widths[layer - 1]):
                path = lit.get((layer, into, out_of), 0)
                where = 0.3 if out_of % 2 == 0 else 0.22
                edges.append(
                    Edge(
                        *plan.at(layer - 1, out_of),
                        *plan.at(layer, into),
                        plan.weight(layer, into, out_of) if path or plan.labelled else None,
                        where,
                        path,
                        bool(lit) and not path,
                        f"W{layer}[{into},{out_of}]",
                    )
                )
    for unit in range(plan.widths[last]):
        path = lit.get((last + 1, 0, unit), 0)
        edges.append(Edge(*plan.at(last, unit), *plan.error_at, None, 0.5, path, bool(lit) and not path))
    return Figure(name, plan.width, plan.height, tuple(nodes), tuple(edges), caption, alt)
