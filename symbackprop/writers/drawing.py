"""A figure as numbers: one set of coordinates for SVG, TikZ and Typst.

Centimetres (in SVG 40 to one), y downwards.  An arrow between two units ends at their rims; its head is a triangle that
each template fills, so that no format draws arrows in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot, sqrt
from typing import Any

from symbackprop.document import Edge, Figure, Node
from symbackprop.form import Form
from symbackprop.templating import Ready
from symbackprop.writers.math import printed
from symbackprop.writers.math.lines import width
from symbackprop.writers.math.runs import Run, runs

Data = dict[str, Any]
Point = tuple[float, float]

HEAD, HALF = 0.20, 0.065  # length of an arrow's head and half its breadth
CHARACTER = 0.155  # breadth of a character of an edge's label
POINT = 1 / 28.35
CORNER = 2 * POINT  # how far the corners of a box are rounded
SVG = 40.0  # units to the centimetre: fonts smaller than a pixel are drawn badly


@dataclass(frozen=True)
class Stroke:
    """How an edge is drawn: colours that keep apart in grey too, and a dash of its own."""

    color: str
    width: float  # points
    dash: tuple[float, ...] = ()  # points: on, off, …


ORDINARY, DIM = Stroke("707070", 0.6), Stroke("c4c4c4", 0.5)
PATHS = (
    Stroke("0b4f8a", 1.7),
    Stroke("b3400f", 1.7, (5, 2.6)),
    Stroke("1d6b37", 1.9, (0.2, 2.9)),
    Stroke("5b2a86", 1.6, (7, 2.6, 0.2, 2.6)),
    Stroke("8a6100", 1.7, (11, 3)),
    Stroke("9c1f5a", 1.7, (2, 2)),
    Stroke("20646b", 1.7, (7, 2.6, 0.2, 2.6, 0.2, 2.6)),
    Stroke("4d4d4d", 1.7, (11, 2.6, 3, 2.6)),
)

# fill, outline, its width; lit units are those that the text beside the picture speaks of
NODES = {
    "input": ("ffffff", "404040", 0.7),
    "unit": ("ffffff", "404040", 0.7),
    "bias": ("f2f2f2", "707070", 0.6),
    "error": ("f7f1e3", "404040", 0.7),
    "box": ("ffffff", "404040", 0.7),
    "round": ("ffffff", "404040", 0.7),
    "plain": ("ffffff", "ffffff", 0.0),
}
LIT = ("e3edf7", "0b4f8a", 1.3)
SHAPES = {"box": "box", "round": "box", "plain": "none"}


@dataclass(frozen=True)
class Pen:
    """Which format draws: how it writes lengths and labels."""

    target: str
    language: str
    scale: float = 1.0

    def cm(self, value: float) -> Ready:
        return decimal(value * self.scale)

    def pt(self, value: float) -> Ready:
        """The width of a line: in points, or in the units of the picture where it has its own."""
        return decimal(value if self.scale == 1 else value * POINT * self.scale)

    def label(self, label: Form | str | None) -> Data:
        """text: what is not mathematics; math: markup of the target; runs: letters with their height, for SVG."""
        if label is None or label == "":
            return {"text": "", "math": "", "alt": "", "runs": []}
        if isinstance(label, str):
            return {"text": label, "math": "", "alt": label, "runs": self.runs([Run(label, False, 0)])}
        return {
            "text": "",
            "math": Ready(printed(label, self.target, self.language)),
            "alt": printed(label, "plain", self.language),
            "runs": self.runs(runs(label, self.language)),
        }

    def runs(self, some: list[Run]) -> list[Data]:
        """Each run with how far it moves down from where the last one stood."""
        heights = [0.0, *(-0.11 * run.shift if run.shift > 0 else -0.08 * run.shift for run in some)]
        moves = [now - last for last, now in pairwise(heights)]
        return [
            {"text": run.text, "italic": run.italic, "small": run.shift != 0, "dy": self.cm(move) if move else ""}
            for run, move in zip(some, moves, strict=True)
        ]


def decimal(value: float) -> Ready:
    """A number as every format writes it: markup, so that no escape changes it."""
    return Ready(f"{round(value, 3) + 0:.3f}".rstrip("0").rstrip("."))


def drawn(figure: Figure, pen: Pen) -> Data:
    """What a picture's template needs, apart from the caption."""
    return {
        "width": pen.cm(figure.width),
        "height": pen.cm(figure.height),
        "edges": [_edge(figure, edge, pen) for edge in sorted(figure.edges, key=_order)],
        "nodes": [_node(figure, node, pen) for node in figure.nodes],
    }


def _order(edge: Edge) -> int:
    """What the text speaks of lies on top."""
    return -1 if edge.dim else edge.path


def _breadth(label: Form | str | None) -> float:
    """About how broad a label is."""
    if label is None or isinstance(label, str):
        return len(label or "") * CHARACTER
    level = sum(0.75 * len(run.text) if run.shift else len(run.text) for run in runs(label))  # SVG stacks no fraction
    return max(level, width(label)) * CHARACTER


def _around(pen: Pen, x: float, y: float, half_width: float, half_height: float) -> Data:
    """A rectangle around a point."""
    return {
        "left": pen.cm(x - half_width),
        "top": pen.cm(y - half_height),
        "wide": pen.cm(2 * half_width),
        "tall": pen.cm(2 * half_height),
    }


def _node(figure: Figure, node: Node, pen: Pen) -> Data:
    fill, outline, thick = LIT if node.lit and node.style != "plain" else NODES[node.style]
    x, y = node.x, figure.height - node.y
    return {
        "x": pen.cm(x),
        "y": pen.cm(y),
        "radius": pen.cm(node.radius),
        **_around(pen, x, y, *_half(node)),
        "style": node.style,
        "shape": SHAPES.get(node.style, "circle"),
        "corner": pen.cm(_half(node)[1] if node.style == "round" else CORNER),
        "fill": fill,
        "color": outline,
        "thick": pen.pt(thick),
        "label": pen.label(node.label),
    }


def _half(node: Node) -> Point:
    """Half the breadth and height of a unit: a box is as broad as its label needs."""
    if SHAPES.get(node.style) != "box":
        return node.radius, node.radius
    return max(node.radius, _breadth(node.label) / 2 + 0.18), node.radius * 0.75


def _edge(figure: Figure, edge: Edge, pen: Pen) -> Data:
    stroke = PATHS[(edge.path - 1) % len(PATHS)] if edge.path else DIM if edge.dim else ORDINARY
    start, end = (edge.x1, figure.height - edge.y1), (edge.x2, figure.height - edge.y2)
    tail, tip = _rim(figure, start, end), _rim(figure, end, start)
    neck, *corners = (tip,) if edge.plain else _arrow(tail, tip, stroke.width)
    x, y = (a + edge.at * (b - a) for a, b in zip(start, end, strict=True))
    return {
        "name": edge.name,
        "path": edge.path,
        "dim": edge.dim,
        "x1": pen.cm(tail[0]),
        "y1": pen.cm(tail[1]),
        "x2": pen.cm(neck[0]),
        "y2": pen.cm(neck[1]),
        "head": [[pen.cm(x), pen.cm(y)] for x, y in corners],
        "color": stroke.color,
        "thick": pen.pt(stroke.width),
        "dash": [pen.pt(part) for part in stroke.dash],
        "x": pen.cm(x),
        "y": pen.cm(y),
        **_around(pen, x, y, _breadth(edge.label) / 2 + 0.05, 0.19),
        "label": pen.label(edge.label),
    }


def _arrow(tail: Point, tip: Point, thick: float) -> tuple[Point, Point, Point, Point]:
    """Where the line ends inside the head, and the head's corners."""
    length = hypot(tip[0] - tail[0], tip[1] - tail[1]) or 1.0
    dx, dy = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
    head, half = HEAD + 0.03 * thick, HALF + 0.02 * thick

    def behind(along: float, aside: float) -> Point:
        return tip[0] - along * dx - aside * dy, tip[1] - along * dy + aside * dx

    return behind(0.8 * head, 0), tip, behind(head, half), behind(head, -half)


def _rim(figure: Figure, end: Point, other: Point) -> Point:
    """The end of an edge, moved from inside a unit to its rim."""
    x, y = end
    node = next((n for n in figure.nodes if hypot(n.x - x, figure.height - n.y - y) < 0.6 * n.radius), None)
    if node is None or node.style == "plain":
        return end
    dx, dy = other[0] - x, other[1] - y
    length = hypot(dx, dy) or 1.0
    if SHAPES.get(node.style) == "box":
        half_width, half_height = _half(node)
        reach = min(half_width * length / abs(dx) if dx else 1e9, half_height * length / abs(dy) if dy else 1e9)
    else:
        reach = _to_circle((x - node.x, y - figure.height + node.y), (dx / length, dy / length), node.radius)
    return x + dx / length * reach, y + dy / length * reach


def _to_circle(inside: Point, direction: Point, radius: float) -> float:
    """How far it is from a point inside a circle to its rim."""
    along = inside[0] * direction[0] + inside[1] * direction[1]
    return sqrt(along**2 + radius**2 - inside[0] ** 2 - inside[1] ** 2) - along
