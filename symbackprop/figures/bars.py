"""What an update changes: a bar for each number, up where it grew and down (dashed) where it shrank."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from symbackprop import language as said
from symbackprop.document import Edge, Figure, Inlines
from symbackprop.figures.curve import FOOT, GAP, HEIGHT, LEFT, Scale, line, plain, upright
from symbackprop.figures.labels import words
from symbackprop.form import Form, symbol
from symbackprop.numeric.rounding import digits

MOST = 16  # bars that stand beside each other on a page
EACH, HALF = 0.85, 0.24  # the room of a bar and half its breadth
GROWN, SHRUNK = 1, 2  # strokes that differ by their dash as well


def changes(name: str, moved: Sequence[tuple[Form, Fraction]], language: str, update: str) -> Figure:
    """What an update changes, by the spelled names: all that it moves, or what it moves most."""
    most = sorted(range(len(moved)), key=lambda k: -abs(moved[k][1]))[:MOST]
    drawn = [moved[k] for k in sorted(most)]
    told = ({"name": words(entry) or "", "change": _plain(x, language)} for entry, x in drawn)
    parts = (said.text(language, "train.bar", **slots) for slots in told)
    key = "train.bars" if len(drawn) == len(moved) else "train.largest-bars"
    listed = said.text(language, "list.between").join(parts)
    alt = said.text(language, f"{key}-alt", update=update, changes=listed)
    caption = said.say(language, key, update=update)
    return bars(name, [(entry, float(x)) for entry, x in drawn], symbol("Delta"), caption, alt)


def _plain(change: Fraction, language: str) -> str:
    return said.number(digits(change, significant=4).text, language)


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
    return Figure(name, width + 0.4, HEIGHT + 0.4, tuple(nodes), tuple(edges), caption, alt, numbers=True)


def outline(left: float, right: float, foot: float, top: float, path: int) -> list[Edge]:
    """Three sides of a bar that stands on, or hangs from, the line of 0; nothing where there is no change."""
    if foot == top:
        return []
    corners = [(left, foot), (left, top), (right, top), (right, foot)]
    return [line(a, b, path) for a, b in pairwise(corners)]
