"""Curves in their axes: short straight edges, as every format draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10

from symbackprop.document import Edge, Figure, Inlines, Node
from symbackprop.form import Form, shown

Point = tuple[float, float]
WIDTH, HEIGHT, LEFT, FOOT, GAP = 10.0, 6.4, 1.6, 1.1, 0.5
TICK, DOT, MOST_TICKS, MOST_POINTS = 0.1, 0.09, 5, 200
CURVE, TANGENT = 1, 2  # strokes that differ by their dash as well
STROKES = 8  # so many curves can be told apart
CHARACTER = 0.1  # half the breadth of a digit
DECADES = 2  # from so many powers of ten on, an axis of positive numbers goes by powers


@dataclass(frozen=True)
class Scale:
    """One axis: from where to where, and the numbers that stand at it.  By powers, the ends are exponents of 10."""

    low: float
    high: float
    powers: bool = False
    whole: bool = False  # whole numbers alone stand at it

    def share(self, value: float) -> float:
        """How far along the axis a value stands, from 0 to 1."""
        return ((log10(value) if self.powers else value) - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Values with what stands at them."""
        whole = self.powers or self.whole
        at = [x for x in ticks(self.low, self.high) if x.is_integer() or not whole]
        if not self.powers:
            return [(x, f"{x:.6g}") for x in at]
        return [(10.0**x, f"1e{x:.0f}" if abs(x) > DECADES else f"{10.0**x:.6g}") for x in at]


@dataclass(frozen=True)
class Frame:
    """Two axes, and where a point stands between them."""

    across: Scale
    up: Scale
    width: float = WIDTH

    def place(self, p: Point) -> Point:
        x, y = self.across.share(p[0]), self.up.share(p[1])
        return LEFT + x * (self.width - LEFT - GAP), FOOT + y * (HEIGHT - FOOT - GAP)

    def line(self, a: Point, b: Point, path: int) -> Edge:
        return line(self.place(a), self.place(b), path)

    def joined(self, points: Sequence[Point | None], path: int) -> list[Edge]:
        """The points joined, but not over a gap."""
        return [self.line(a, b, path) for a, b in pairwise(points) if a is not None and b is not None]

    def figure(
        self,
        name: str,
        labels: tuple[Form, Form],
        drawn: Iterable[Edge],
        marks: Iterable[Node],
        caption: Inlines,
        alt: str,
    ) -> Figure:
        """The axes with their numbers and `labels`, and what is drawn between them."""
        edges = [Edge(LEFT, FOOT, self.width, FOOT), Edge(LEFT, FOOT, LEFT, HEIGHT)]
        nodes = [plain(self.width - 0.2, FOOT - 0.75, labels[0]), plain(LEFT - 0.9, HEIGHT - 0.15, labels[1])]
        for x, text in self.across.ticks:
            at = LEFT + self.across.share(x) * (self.width - LEFT - GAP)
            edges.append(line((at, FOOT - TICK), (at, FOOT)))
            nodes.append(plain(at, FOOT - 0.4, shown(text)))
        rising, numbers = upright(self.up)
        everything = (*edges, *rising, *drawn)
        return Figure(name, self.width + 0.4, HEIGHT + 0.2, (*nodes, *numbers, *marks), everything, caption, alt)


def upright(scale: Scale) -> tuple[list[Edge], list[Node]]:
    """The ticks of the axis that goes up, with their numbers."""
    heights = [(FOOT + scale.share(y) * (HEIGHT - FOOT - GAP), text) for y, text in scale.ticks]
    edges = [line((LEFT - TICK, at), (LEFT, at)) for at, _ in heights]
    return edges, [plain(LEFT - max(0.7, 0.25 + CHARACTER * len(text)), at, shown(text)) for at, text in heights]


def line(a: Point, b: Point, path: int = 0) -> Edge:
    return Edge(*a, *b, path=path, plain=True)


def plain(x: float, y: float, label: Form | str) -> Node:
    return Node(x, y, label, "plain")


# ---- pictures --------------------------------------------------------------------------------------------------


def plot(
    name: str,
    curves: Sequence[Sequence[Point | None]],
    labels: tuple[Form, Form],
    caption: Inlines,
    alt: str,
) -> Figure:
    """One or several curves, each with a stroke of its own; where their values differ much, by powers of ten."""
    known = [p for points in curves for p in points if p is not None]
    frame = Frame(ends([x for x, _ in known]), scale([y for _, y in known]))
    drawn = [edge for k, points in enumerate(curves, 1) for edge in frame.joined(thinned(points), k)]
    return frame.figure(name, labels, drawn, (), caption, alt)


def curve(
    name: str,
    points: Sequence[Point | None],
    touch: Point,
    slope: float,
    labels: tuple[Form, Form],
    caption: Inlines,
    alt: str,
) -> Figure:
    """A curve with the tangent at one point."""
    known = [p for p in points if p is not None]
    frame = Frame(ends([x for x, _ in known]), room([y for _, y in known]))
    tangent = frame.joined(_within(touch, slope, frame.across, frame.up), TANGENT)
    dot = Node(*frame.place(touch), "", lit=True, radius=DOT)
    return frame.figure(name, labels, [*frame.joined(points, CURVE), *tangent], [dot], caption, alt)


# ---- axes ------------------------------------------------------------------------------------------------------


def ends(xs: Sequence[float]) -> Scale:
    """From the least to the greatest."""
    return Scale(min(xs), max(xs), whole=all(float(x).is_integer() for x in xs))


def room(ys: Sequence[float]) -> Scale:
    """A little more than what the values need."""
    more = (max(ys) - min(ys)) / 10 or abs(ys[0]) / 2 or 1.0
    return Scale(min(ys) - more, max(ys) + more)


def scale(ys: Sequence[float]) -> Scale:
    """By powers of ten where positive numbers differ by two of them and more."""
    if min(ys) > 0 and log10(max(ys)) - log10(min(ys)) >= DECADES:
        found = room([log10(y) for y in ys])
        return Scale(found.low, found.high, powers=True)
    return room(ys)


def _within(touch: Point, slope: float, across: Scale, up: Scale) -> tuple[Point, Point]:
    """The two ends of the tangent inside the axes."""
    (x, y), found = touch, [across.low, across.high]
    if slope:
        crossing = sorted((x + (up.low - y) / slope, x + (up.high - y) / slope))
        found = [max(across.low, crossing[0]), min(across.high, crossing[1])]
    return (found[0], y + slope * (found[0] - x)), (found[1], y + slope * (found[1] - x))


def ticks(low: float, high: float) -> list[float]:
    """Round numbers between the ends, at most MOST_TICKS + 1 of them: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / MOST_TICKS
    power = floor(log10(rough))
    steps = ((m, p) for p in (power, power + 1) for m in (1, 2, 5))
    apart, exponent = next((m, p) for m, p in steps if m * 10.0**p >= rough)
    unit = Fraction(10) ** exponent * apart
    return [float(k * unit) for k in range(ceil(Fraction(low) / unit), floor(Fraction(high) / unit) + 1)]


def thinned(points: Sequence[Point | None], most: int = MOST_POINTS) -> list[Point | None]:
    """Of many points the lowest and the highest of every stretch, so that no peak is lost; the first and the last."""
    if len(points) <= most:
        return list(points)

    def height(k: int) -> float:
        p = points[k]
        return 0.0 if p is None else p[1]

    kept, length = {0, len(points) - 1}, len(points) / (most // 2)
    for k in range(most // 2):
        stretch = range(round(k * length), round((k + 1) * length))
        kept |= {min(stretch, key=height), max(stretch, key=height)}
    return [points[k] for k in sorted(kept)]
