"""The computation graph of a small program: quantities in columns by their depth, values above, derivatives below.

Parameters are boxes, what is computed is round, inputs and targets stand without a frame.  An edge runs straight from
column to column, and past a column on a row of its own, so that none runs through a quantity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Literal

from symbackprop import language as said
from symbackprop.document import Edge, Figure, Node
from symbackprop.figures.labels import RADIUS, breadth, half, words
from symbackprop.figures.ordering import Cell, Columns, columns
from symbackprop.form import Form, Index, Symbol, ref, shown
from symbackprop.graph import Definition
from symbackprop.readings.names import Names

MOST_QUANTITIES = 24
# Numbers of how many entries are written out, and the least gap that this must leave: of a larger array, its size.
DETAIL = ((6, 0.5), (4, 0.5), (3, 0.45), (2, 0.35), (1, 0.25))
PAGE, GAP, MARGIN, BESIDE = 16.0, 1.8, 0.2, 0.06
ROW, PASSING, AWAY, LINE = 1.9, 0.7, 0.53, 0.36
MOST_LINES = 4  # of numbers, one above the other

Labels = list[Form | str]  # one above the other
Values = Callable[[Form], str]  # an entry, or its adjoint, as it is printed


def graph(names: Names, values: Values | None, language: str) -> Figure | None:
    """The picture with its caption; None where there is more to the error than fits a page."""
    tried = ((Drawing(names, values, language, most), gap) for most, gap in DETAIL)
    drawn = next((d for d, gap in tried if len(d.quantities) <= MOST_QUANTITIES and d.gap >= gap), None)
    if drawn is None:
        return None
    error = names.spelled(ref(names.graph.error))
    caption = said.say(language, "graph.numbers" if values else "graph.shapes", error=error)
    nodes = tuple(node for name in drawn.quantities for node in drawn.nodes(name))
    name, alt = "graph" if values else "program", " ".join(drawn.alt())
    return Figure(name, drawn.width, drawn.height, nodes, tuple(drawn.edges()), caption, alt, values is not None)


@dataclass(frozen=True)
class Drawing:
    names: Names
    values: Values | None
    language: str
    most: int

    @cached_property
    def quantities(self) -> list[str]:
        """Those with names of their own: a part of a formula is no quantity of the reader's."""
        g = self.names.graph
        return [name for name in g.shapes if name in g.live and "." not in name]

    @cached_property
    def uses(self) -> dict[str, list[str]]:
        return {name: list(dict.fromkeys(self.used(name))) for name in self.quantities if name in self.defined}

    def used(self, name: str) -> Iterator[str]:
        for u in self.defined[name].uses:
            yield from self.used(u) if "." in u else (u,)

    @property
    def defined(self) -> dict[str, Definition]:
        return self.names.graph.by_name

    @cached_property
    def columns(self) -> Columns:
        return columns(self.uses, self.quantities)

    def label(self, name: str) -> Form:
        """The name of the array; of the terms of an error, their letter."""
        (array,) = self.names.array(name).args
        assert isinstance(array, Symbol)
        if name not in self.names.graph.measuring:
            return Form("symbol", (array,))
        (entry,) = self.names.spelled(ref(name, *(Index(0) for _ in self.names.graph.full_shape(name)))).args
        assert isinstance(entry, Symbol)
        return Form("symbol", (array._replace(base=entry.base),))

    # ---- what stands at a quantity -------------------------------------------------------------------------------

    def style(self, name: str) -> Literal["box", "round", "plain"]:
        return "box" if name in self.names.graph.parameters else "round" if name in self.uses else "plain"

    def above(self, name: str) -> Labels:
        """The value; of a large array, or without numbers, the shape."""
        shape = self.names.graph.full_shape(name)
        return self.numbers("ref", name) or ([f"[{'×'.join(map(str, shape))}]"] if shape else [])

    def below(self, name: str) -> Labels:
        return self.numbers("adjoint", name)

    def numbers(self, op: str, name: str) -> Labels:
        """A column of the entries; of a matrix, its rows."""
        if self.values is None:
            return []
        shape = [int(n) for n in self.names.graph.full_shape(name)]
        wide = shape[-1] if len(shape) > 1 else 1
        if prod(shape) > min(self.most, MOST_LINES * wide):
            return []
        entries = product(*map(range, shape))
        digits = [self.values(Form(op, (name, *map(Index, at)))) for at in entries]
        if not shape:
            return [shown(digits[0])]
        words = [said.number(x, self.language) for x in digits]
        return ["; ".join(words[k : k + wide]) for k in range(0, len(words), wide)]

    # ---- where it stands -----------------------------------------------------------------------------------------

    def breadth(self, name: str) -> float:
        """Half of what a quantity needs with its numbers."""
        numbers = max(map(breadth, [*self.above(name), *self.below(name)]), default=0.0)
        return max(half(self.label(name)), numbers / 2 + BESIDE)

    @cached_property
    def halves(self) -> list[float]:
        """Half the breadth of each column."""
        own = [[self.breadth(name) for name, k in column if self.own(name, k)] for column in self.columns.cells]
        return [max(some, default=0.0) for some in own]

    @cached_property
    def gap(self) -> float:
        """What the page leaves between two columns; below 0 where it has no room for them."""
        return min(GAP, (PAGE - 2 * MARGIN - 2 * sum(self.halves)) / max(1, len(self.halves) - 1))

    @cached_property
    def width(self) -> float:
        return 2 * MARGIN + 2 * sum(self.halves) + self.gap * (len(self.halves) - 1)

    @cached_property
    def height(self) -> float:
        return 2 * MARGIN + max(map(self.tall, self.columns.cells))

    def own(self, name: str, column: int) -> bool:
        return self.columns.depth[name] == column

    def room(self, cell: Cell) -> float:
        return ROW + 2 * LINE * (self.lines(cell[0]) - 1) if self.own(*cell) else PASSING

    def lines(self, name: str) -> int:
        return max(1, len(self.above(name)), len(self.below(name)))

    def tall(self, column: tuple[Cell, ...]) -> float:
        return sum(map(self.room, column))

    @cached_property
    def places(self) -> dict[Cell, tuple[float, float]]:
        out, x = dict[Cell, tuple[float, float]](), MARGIN
        for column, wide in zip(self.columns.cells, self.halves, strict=True):
            y = (self.height + self.tall(column)) / 2
            for cell in column:
                out[cell] = x + wide, y - self.room(cell) / 2
                y -= self.room(cell)
            x += 2 * wide + self.gap
        return out

    # ---- what is drawn -------------------------------------------------------------------------------------------

    def nodes(self, name: str) -> Iterator[Node]:
        x, y = self.places[name, self.columns.depth[name]]
        yield Node(x, y, self.label(name), self.style(name), RADIUS)
        for side, labels in ((1, self.above(name)[::-1]), (-1, self.below(name))):
            for k, label in enumerate(labels):
                yield Node(x, y + side * (AWAY + k * LINE), label, "plain", 0.45 * LINE)

    def edges(self) -> Iterator[Edge]:
        """In a column level, from one column to the next straight."""
        for start in dict.fromkeys(a for a, _ in self.columns.links):
            (x, y), wide = self.places[start], self.halves[start[1]]
            inner = x + half(self.label(start[0])) if self.own(*start) else x - wide
            if inner < x + wide:
                yield Edge(inner, y, x + wide, y, plain=True)
        for start, end in self.columns.links:
            (x1, y1), (x2, y2) = self.places[start], self.places[end]
            edge, last = x2 - self.halves[end[1]], self.own(*end)
            to = x2 - half(self.label(end[0])) if last else edge
            if y1 == y2 or not last:
                yield Edge(x1 + self.halves[start[1]], y1, to, y2, plain=not last)
            else:
                yield Edge(x1 + self.halves[start[1]], y1, edge, y2, plain=edge < to)
                if edge < to:
                    yield Edge(edge, y2, to, y2)

    def alt(self) -> Iterator[str]:
        """Every quantity, what it is made of, its value and its derivative."""
        yield said.text(self.language, "graph.alt", error=self.word(self.names.graph.error))
        for name in self.quantities:
            kind = self.style(name)
            slots = {"name": self.word(name)} | (
                {"uses": ", ".join(map(self.word, self.uses[name]))} if kind == "round" else {}
            )
            yield said.text(self.language, f"graph.{kind}", **slots)
            for key, label in (("value", self.numbers("ref", name)), ("derivative", self.below(name))):
                if label:
                    yield said.text(self.language, f"graph.{key}", number="; ".join(map(self.spoken, label)))

    def word(self, name: str) -> str:
        return words(self.label(name)) or ""

    def spoken(self, label: Form | str) -> str:
        return label if isinstance(label, str) else said.number(words(label) or "", self.language)
