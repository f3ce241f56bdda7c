"""Whole chains from one entry to the error: a row for each product of the unfolded chain rule, as the formula has them.

w11 ─▶ z1 ─▶ a1 ─▶ C        the links of a row are the factors of its product, from the last to the first
   └─▶ z1 ─▶ a2 ─┘
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop import language as said
from symbackprop.document import Edge, Figure, Node
from symbackprop.figures.labels import RADIUS, box, breadth, half, letter, words
from symbackprop.figures.ways import PAGE, ROOM, ROW
from symbackprop.form import Form

LEAST_GAP, GAP = 0.3, 1.0  # between two boxes of a row
MOST_ROWS = 8


def chains(start: Form, rows: Sequence[Sequence[Form]], error: Form, name: str, language: str) -> Figure | None:
    """The picture with its caption; None where it has no room on a page.  All labels are spelled."""
    alone = letter(error)
    radius = max(RADIUS, breadth(alone) / 2 + 0.1)
    longest = max(map(len, rows))
    widest = 2 * max(half(f) for row in rows for f in row)
    free = PAGE - 2 * ROOM - 2 * half(start) - 2 * radius - longest * widest
    gap = min(GAP, free / (longest + 1))
    if gap < LEAST_GAP or len(rows) > MOST_ROWS:
        return None
    height = (len(rows) - 1) * ROW + 2 * (RADIUS + ROOM)
    left, across = ROOM + 2 * half(start), height / 2
    end = left + longest * (widest + gap) + gap
    nodes, edges = [box(left - half(start), across, start, lit=True)], list[Edge]()
    for k, row in enumerate(rows):
        y = height - ROOM - RADIUS - k * ROW
        room = (end - left - len(row) * widest) / (len(row) + 1)
        places = [left + room * (i + 1) + widest * (i + 0.5) for i in range(len(row))]
        nodes += [box(x, y, f, lit=True) for x, f in zip(places, row, strict=True)]
        leaves = [(left, across), *((x + half(f), y) for x, f in zip(places, row, strict=True))]
        enters = [*((x - half(f), y) for x, f in zip(places, row, strict=True)), (end, across)]
        edges += [Edge(*one, *other, path=k + 1) for one, other in zip(leaves, enters, strict=True)]
    nodes.append(Node(end + radius, across, alone, "error", radius))
    slots = {"entry": start, "error": error}
    caption = said.say(language, "ways.several", count=said.counted(language, len(rows)), **slots)
    return Figure(
        name, end + 2 * radius + ROOM, height, tuple(nodes), tuple(edges), caption, _alt(start, rows, error, language)
    )


def _alt(start: Form, rows: Sequence[Sequence[Form]], error: Form, language: str) -> str:
    one, other = words(start) or "", words(error) or ""
    parts = [said.text(language, "ways.alt", entry=one, error=other, count=len(rows))]
    for k, row in enumerate(rows, 1):
        through = " → ".join([one, *(words(f) or "" for f in row), other])
        parts.append(said.text(language, "ways.chain", number=k, through=through))
    return " ".join(parts)
