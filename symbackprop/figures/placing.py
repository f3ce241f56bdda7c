"""Where labels lie: on white boxes on their edges, 30 % of the way where that is free, else as near to it as may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from symbackprop.document import Edge, Node
from symbackprop.figures.labels import breadth, half

PLACES = (0.3, 0.26, 0.34, 0.22, 0.38, 0.42, 0.46, 0.5, 0.54, 0.58, 0.62, 0.66, 0.7, 0.74)
ROUNDS = 6
HALF_HEIGHT, MARGIN = 0.2, 0.06


class Box(NamedTuple):
    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.high <= other.low or other.high <= self.low)

    def crossed(self, e: Edge) -> bool:
        """Whether the edge runs through the box: the parts of it between the four sides have a point in common."""
        first, last = 0.0, 1.0
        for start, step, low, high in (
            (e.x1, e.x2 - e.x1, self.left, self.right),
            (e.y1, e.y2 - e.y1, self.low, self.high),
        ):
            if not step:
                if not low < start < high:
                    return False
                continue
            enter, leave = sorted(((low - start) / step, (high - start) / step))
            first, last = max(first, enter), min(last, leave)
        return first < last


def around(node: Node) -> Box:
    wide = half(node.label) if node.style in ("box", "plain") else node.radius
    return Box(node.x - wide, node.y - node.radius, node.x + wide, node.y + node.radius)


def label(edge: Edge, at: float) -> Box:
    x, y = edge.x1 + at * (edge.x2 - edge.x1), edge.y1 + at * (edge.y2 - edge.y1)
    wide = breadth(edge.label or "") / 2 + MARGIN
    return Box(x - wide, y - HALF_HEIGHT, x + wide, y + HALF_HEIGHT)


def placed(edges: Sequence[Edge], nodes: Iterable[Node]) -> tuple[Edge, ...]:
    """The edges with their labels where they meet the fewest other labels and nodes, then the fewest other edges.

    One after the other, then each once more among all others, until none moves.
    """
    out, fixed = list(edges), [around(node) for node in nodes]
    boxes: dict[int, Box] = {}
    for _ in range(ROUNDS):
        before = [edge.at for edge in out]
        for k, edge in enumerate(out):
            if edge.label is not None:
                taken = fixed + [box for other, box in boxes.items() if other != k]
                others = [e for j, e in enumerate(edges) if j != k]
                out[k] = replace(edge, at=min(PLACES, key=lambda at: _cost(label(edge, at), taken, others)))
                boxes[k] = label(out[k], out[k].at)
        if before == [edge.at for edge in out]:
            break
    return tuple(out)


def _cost(box: Box, taken: Iterable[Box], edges: Iterable[Edge]) -> tuple[int, int]:
    """No label of another edge hides a path that is lit.  Of places that cost the same, the first is taken."""
    return sum(map(box.meets, taken)), sum(3 if e.path else 1 for e in edges if box.crossed(e))
