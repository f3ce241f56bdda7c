"""A curve in its axes, with the tangent at one point: short straight edges, as every format draws them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10

from symbackprop.document import Edge, Figure, Inlines, Node
from symbackprop.form import Form, shown

Point = tuple[float, float]
WIDTH, HEIGHT, LEFT, FOOT, GAP = 10.0, 6.4, 1.6, 1.1, 0.5
TICK, DOT, MOST_TICKS = 0.1, 0.09, 5
CURVE, TANGENT = 1, 2  # strokes that differ by their dash as well


def curve(
    name: str,
    points: Sequence[Point | None],
    touch: Point,
    slope: float,
    labels: tuple[Form, Form],
    caption: Inlines,
    alt: str,
) -> Figure:
    """The points joined, but not over a gap; `labels` are those of the two axes."""
    known = [p for p in points if p is not None]
    low_x, high_x = min(x for x, _ in known), max(x for x, _ in known)
    low_y, high_y = _room([y for _, y in known])

    def place(p: Point) -> Point:
        x, y = (p[0] - low_x) / (high_x - low_x), (p[1] - low_y) / (high_y - low_y)
        return LEFT + x * (WIDTH - LEFT - GAP), FOOT + y * (HEIGHT - FOOT - GAP)

    def line(a: Point, b: Point, path: int = 0) -> Edge:
        return Edge(*a, *b, path=path, plain=True)

    edges = [Edge(LEFT, FOOT, WIDTH, FOOT), Edge(LEFT, FOOT, LEFT, HEIGHT)]
    nodes = [Node(WIDTH - 0.2, FOOT - 0.75, labels[0], "plain"), Node(LEFT - 0.9, HEIGHT - 0.15, labels[1], "plain")]
    for x in ticks(low_x, high_x):
        at = place((x, low_y))[0]
        edges.append(line((at, FOOT - TICK), (at, FOOT)))
        nodes.append(Node(at, FOOT - 0.4, shown(f"{x:.6g}"), "plain"))
    for y in ticks(low_y, high_y):
        at = place((low_x, y))[1]
        edges.append(line((LEFT - TICK, at), (LEFT, at)))
        nodes.append(Node(LEFT - 0.7, at, shown(f"{y:.6g}"), "plain"))
    edges += [line(place(a), place(b), CURVE) for a, b in pairwise(points) if a is not None and b is not None]
    start, end = _within(touch, slope, low_x, high_x, low_y, high_y)
    edges.append(line(place(start), place(end), TANGENT))
    nodes.append(Node(*place(touch), "", lit=True, radius=DOT))
    return Figure(name, WIDTH + 0.4, HEIGHT + 0.2, tuple(nodes), tuple(edges), caption, alt)


def _room(ys: Sequence[float]) -> Point:
    """A little more than what the values need."""
    more = (max(ys) - min(ys)) / 10 or abs(ys[0]) / 2 or 1.0
    return min(ys) - more, max(ys) + more


def _within(
    touch: Point, slope: float, low_x: float, high_x: float, low_y: float, high_y: float
) -> tuple[Point, Point]:
    """The two ends of the tangent inside the axes."""
    (x, y), ends = touch, [low_x, high_x]
    if slope:
        crossing = sorted((x + (low_y - y) / slope, x + (high_y - y) / slope))
        ends = [max(low_x, crossing[0]), min(high_x, crossing[1])]
    return (ends[0], y + slope * (ends[0] - x)), (ends[1], y + slope * (ends[1] - x))


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between the ends, at most MOST_TICKS + 1 of them: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / MOST_TICKS
    power = floor(log10(rough))
    steps = ((m, p) for p in (power, power + 1) for m in (1, 2, 5))
    apart, exponent = next((m, p) for m, p in steps if m * 10.0**p >= rough)
    unit = Fraction(10) ** exponent * apart
    return [float(k * unit) for k in range(ceil(Fraction(low) / unit), floor(Fraction(high) / unit) + 1)]
