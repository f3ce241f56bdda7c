"""What an update changes: a bar for each number, up where it grew and down (dashed) where it shrank."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symbackprop.document import Edge, Figure, Inlines
from symbackprop.figures.curve import FOOT, GAP, HEIGHT, LEFT, Scale, line, plain, upright
from symbackprop.form import Form

MOST = 16  # bars that stand beside each other on a page
EACH, HALF = 0.85, 0.24  # the room of a bar and half its breadth
GROWN, SHRUNK = 1, 2  # strokes that differ by their dash as well


def bars(name: str, changes: Sequence[tuple[Form, float]], label: Form, caption: Inlines, alt: str) -> Figure:
    """`changes` are names with new minus old, in the order of the bars; `label` is that of the axis."""
    values = [change for _, change in changes]
    low, high = min(0.0, *values), max(0.0, *values)
    more = (high - low) / 10 or 1.0
    scale = Scale(low - more, high + more)
    width = LEFT + GAP + EACH * len(changes)

    def height(value: float) -> float:
        return FOOT + scale.share(value) * (HEIGHT - FOOT - GAP)

    rising, numbers = upright(scale)
    edges = [Edge(LEFT, FOOT, LEFT, HEIGHT), line((LEFT, height(0)), (width, height(0))), *rising]
    nodes = [plain(LEFT - 0.9, HEIGHT + 0.05, label), *numbers]
    for k, (word, change) in enumerate(changes):
        middle = LEFT + GAP + EACH * (k + 0.5) - HALF
        edges += outline(middle - HALF, middle + HALF, height(0), height(change), GROWN if change > 0 else SHRUNK)
        nodes.append(plain(middle, FOOT - 0.4, word))
    return Figure(name, width + 0.4, HEIGHT + 0.4, tuple(nodes), tuple(edges), caption, alt)


def outline(left: float, right: float, foot: float, top: float, path: int) -> list[Edge]:
    """Three sides of a bar that stands on, or hangs from, the line of 0; nothing where there is no change."""
    if foot == top:
        return []
    corners = [(left, foot), (left, top), (right, top), (right, foot)]
    return [line(a, b, path) for a, b in pairwise(corners)]
