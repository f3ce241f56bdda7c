"""A figure as numbers: one set of coordinates for SVG, TikZ and Typst.

Centimetres, y downwards.  An arrow between two units ends at their rims; its head is a triangle that each template
fills, so that no format draws arrows in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Any

from symbackprop.document import Edge, Figure, Node
from symbackprop.form import Form
from symbackprop.templating import Ready
from symbackprop.writers.math import printed
from symbackprop.writers.math.lines import width
from symbackprop.writers.math.runs import Run, runs

Data = dict[str, Any]

HEAD, HALF = 0.20, 0.065  # length of an arrow's head and half its breadth
CHARACTER = 0.165  # breadth of a character of a label


@dataclass(frozen=True)
class Stroke:
    """How an edge is drawn: colours that keep apart in grey too, and a dash of its own."""

    color: str
    width: float  # points
    dash: tuple[float, ...] = ()  # points: on, off, …


PLAIN, DIM = Stroke("707070", 0.6), Stroke("c4c4c4", 0.5)
PATHS = (
    Stroke("0b4f8a", 1.7),
    Stroke("b3400f", 1.7, (5, 2.6)),
    Stroke("1d6b37", 1.9, (0.2, 2.7)),
    Stroke("5b2a86", 1.6, (7, 2.2, 0.2, 2.2)),
)

# fill, outline, its width: lit units are those that the text beside the picture speaks of
NODES = {
    "input": ("ffffff", "404040", 0.7),
    "unit": ("ffffff", "404040", 0.7),
    "bias": ("f2f2f2", "707070", 0.6),
    "error": ("f7f1e3", "404040", 0.7),
    "box": ("ffffff", "404040", 0.7),
    "plain": ("", "", 0),
}
LIT = ("e3edf7", "0b4f8a", 1.3)


def drawn(figure: Figure, target: str, language: str) -> Data:
    """What a picture template needs, apart from the caption."""
    label = _Labels(target, language)
    return {
        "width": cm(figure.width),
        "height": cm(figure.height),
        "edges": [_edge(figure, edge, label) for edge in sorted(figure.edges, key=_order)],
        "nodes": [_node(figure, node, label) for node in figure.nodes],
    }


def cm(value: float) -> Ready:
    """A number as every format writes it: markup, so that no escape changes it."""
    return Ready(f"{round(value, 3) + 0:.3f}".rstrip("0").rstrip("."))


def _order(edge: Edge) -> int:
    """What the text speaks of lies on top."""
    return -1 if edge.dim else edge.path


# --- labels ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Labels:
    target: str
    language: str

    def of(self, label: Form | str | None) -> Data:
        """text: what is not mathematics; math: markup of the target; runs: letters with their height, for SVG."""
        if label is None or label == "":
            return {"text": "", "math": "", "alt": "", "runs": [], "width": 0}
        if isinstance(label, str):
            run = Run(label, False, 0).data()
            return {"text": label, "math": "", "alt": label, "runs": [run], "width": _breadth(len(label))}
        return {
            "text": "",
            "math": Ready(printed(label, self.target, self.language)),
            "alt": printed(label, "plain", self.language),
            "runs": [run.data() for run in runs(label, self.language)],
            "width": _breadth(width(label)),
        }


def _breadth(characters: int) -> float:
    return round(characters * CHARACTER + 0.12, 3)


# --- nodes and edges ---------------------------------------------------------------------------------------------


def _node(figure: Figure, node: Node, label: _Labels) -> Data:
    fill, outline, thick = LIT if node.lit and node.style != "plain" else NODES[node.style]
    text = label.of(node.label)
    half_width, half_height = _half(node, text["width"])
    x, y = node.x, figure.height - node.y
    return {
        "x": cm(x),
        "y": cm(y),
        "left": cm(x - half_width),
        "top": cm(y - half_height),
        "wide": cm(2 * half_width),
        "tall": cm(2 * half_height),
        "radius": cm(node.radius),
        "style": node.style,
        "shape": {"box": "box", "plain": "none"}.get(node.style, "circle"),
        "fill": fill,
        "color": outline,
        "thick": cm(thick),
        "label": text,
    }


def _half(node: Node, breadth: float) -> tuple[float, float]:
    """Half the breadth and height of a unit: a box is as broad as its label needs."""
    if node.style != "box":
        return node.radius, node.radius
    return max(node.radius, breadth / 2 + 0.1), node.radius * 0.75


def _edge(figure: Figure, edge: Edge, label: _Labels) -> Data:
    stroke = PATHS[(edge.path - 1) % len(PATHS)] if edge.path else DIM if edge.dim else PLAIN
    x1, y1 = _rim(figure, (edge.x1, edge.y1), (edge.x2, edge.y2), label)
    x2, y2 = _rim(figure, (edge.x2, edge.y2), (edge.x1, edge.y1), label)
    length = hypot(x2 - x1, y2 - y1) or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    head, half = HEAD + 0.03 * stroke.width, HALF + 0.02 * stroke.width
    bx, by = x2 - dx * head, y2 - dy * head
    x, y = edge.x1 + edge.at * (edge.x2 - edge.x1), edge.y1 + edge.at * (edge.y2 - edge.y1)
    corners = ((x2, y2), (bx - dy * half, by + dx * half), (bx + dy * half, by - dx * half))
    down = figure.height
    return {
        "name": edge.name,
        "path": edge.path,
        "dim": edge.dim,
        "x1": cm(x1),
        "y1": cm(down - y1),
        "x2": cm(bx + 0.2 * head * dx),
        "y2": cm(down - by - 0.2 * head * dy),
        "head": [[cm(cx), cm(down - cy)] for cx, cy in corners],
        "color": stroke.color,
        "thick": cm(stroke.width),
        "dash": [cm(part) for part in stroke.dash],
        "x": cm(x),
        "y": cm(down - y),
        "label": label.of(edge.label),
    }


def _rim(figure: Figure, end: tuple[float, float], other: tuple[float, float], label: _Labels) -> tuple[float, float]:
    """The end of an edge, moved from a unit's centre to its rim."""
    x, y = end
    node = next((n for n in figure.nodes if hypot(n.x - x, n.y - y) < 0.6 * n.radius), None)
    if node is None or node.style == "plain":
        return end
    dx, dy = other[0] - x, other[1] - y
    length = hypot(dx, dy) or 1.0
    if node.style != "box":
        return x + dx / length * node.radius, y + dy / length * node.radius
    half_width, half_height = _half(node, label.of(node.label)["width"])
    reach = min(half_width / abs(dx) if dx else 1e9, half_height / abs(dy) if dy else 1e9)
    return x + dx * reach, y + dy * reach
