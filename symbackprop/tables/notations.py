"""How books name the quantities of a layered network.

Each cell is base_sub^sup of a kind of quantity.  In a cell {l} is the layer, {j} the unit (for a weight {j} ← {i}),
{n} the weight's number in reading order, {u} the unit as a picture labels it (h1, o1; h2,1 where there are several
hidden layers).  `index` holds the cells of the general case that differ, `matrix` those of whole arrays (set in bold).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from symbackprop.tables import table


class Cell(NamedTuple):
    base: str
    sub: str = ""
    sup: str = ""
    accent: str = ""


@dataclass(frozen=True)
class Notation:
    """A book's names.  Kinds: input target pre out output weight bias shared error term rate delta."""

    name: str
    book: str
    unit: Mapping[str, Cell]
    matrix: Mapping[str, Cell]
    index: Mapping[str, Cell] = field(default_factory=dict)  # where the general case is written otherwise than one unit

    @property
    def general(self) -> Mapping[str, Cell]:
        return {**self.unit, **self.index}


NOTATIONS = table(
    Notation(
        "mazur",
        "Matt Mazur, A Step by Step Backpropagation Example (2015)",
        unit={
            "input": Cell("i", "{j}"),
            "target": Cell("target", "{u}"),
            "pre": Cell("net", "{u}"),
            "out": Cell("out", "{u}"),
            "output": Cell("out", "{u}"),
            "weight": Cell("w", "{n}"),
            "bias": Cell("b", "{u}"),
            "shared": Cell("b", "{l}"),
            "error": Cell("E", "total"),
            "term": Cell("E", "{u}"),
            "rate": Cell("eta"),
            "delta": Cell("delta", "{u}"),
        },
        index={
            "input": Cell("x", "{j}"),
            "target": Cell("target", "{j}"),
            "pre": Cell("net", "{j}", "({l})"),
            "out": Cell("out", "{j}", "({l})"),
            "output": Cell("out", "{j}", "({l})"),
            "weight": Cell("w", "{j}{i}", "({l})"),
            "bias": Cell("b", "{j}", "({l})"),
            "shared": Cell("b", "", "({l})"),
            "error": Cell("E", "total"),
            "term": Cell("E", "{j}"),
            "rate": Cell("eta"),
            "delta": Cell("delta", "{j}", "({l})"),
        },
        matrix={
            "input": Cell("x"),
            "target": Cell("t"),
            "pre": Cell("net", "", "({l})"),
            "out": Cell("out", "", "({l})"),
            "output": Cell("out", "", "({l})"),
            "weight": Cell("W", "", "({l})"),
            "bias": Cell("b", "", "({l})"),
            "error": Cell("E", "total"),
            "term": Cell("e"),
            "delta": Cell("delta", "", "({l})"),
        },
    ),
    Notation(
        "nielsen",
        "Michael Nielsen, Neural Networks and Deep Learning (2015)",
        unit={
            "input": Cell("x", "{j}"),
            "target": Cell("y", "{j}"),
            "pre": Cell("z", "{j}", "{l}"),
            "out": Cell("a", "{j}", "{l}"),
            "output": Cell("a", "{j}", "{l}"),
            "weight": Cell("w", "{j}{i}", "{l}"),
            "bias": Cell("b", "{j}", "{l}"),
            "shared": Cell("b", "", "{l}"),
            "error": Cell("C"),
            "term": Cell("C", "{j}"),
            "rate": Cell("eta"),
            "delta": Cell("delta", "{j}", "{l}"),
        },
        matrix={
            "input": Cell("x"),
            "target": Cell("y"),
            "pre": Cell("z", "", "{l}"),
            "out": Cell("a", "", "{l}"),
            "output": Cell("a", "", "{l}"),
            "weight": Cell("w", "", "{l}"),
            "bias": Cell("b", "", "{l}"),
            "error": Cell("C"),
            "term": Cell("c"),
            "delta": Cell("delta", "", "{l}"),
        },
    ),
    Notation(
        "bishop",
        "Christopher Bishop, Pattern Recognition and Machine Learning (2006)",
        unit={
            "input": Cell("x", "{j}"),
            "target": Cell("t", "{j}"),
            "pre": Cell("a", "{j}", "({l})"),
            "out": Cell("z", "{j}", "({l})"),
            "output": Cell("y", "{j}"),
            "weight": Cell("w", "{j}{i}", "({l})"),
            "bias": Cell("w", "{j}0", "({l})"),
            "shared": Cell("w", "0", "({l})"),
            "error": Cell("E"),
            "term": Cell("E", "{j}"),
            "rate": Cell("eta"),
            "delta": Cell("delta", "{j}", "({l})"),
        },
        matrix={
            "input": Cell("x"),
            "target": Cell("t"),
            "pre": Cell("a", "", "({l})"),
            "out": Cell("z", "", "({l})"),
            "output": Cell("y"),
            "weight": Cell("W", "", "({l})"),
            "bias": Cell("w", "0", "({l})"),
            "error": Cell("E"),
            "term": Cell("e"),
            "delta": Cell("delta", "", "({l})"),
        },
    ),
    Notation(
        "goodfellow",
        "Goodfellow, Bengio, Courville, Deep Learning (2016)",
        unit={
            "input": Cell("x", "{j}"),
            "target": Cell("y", "{j}"),
            "pre": Cell("a", "{j}", "({l})"),
            "out": Cell("h", "{j}", "({l})"),
            "output": Cell("y", "{j}", "", "hat"),
            "weight": Cell("W", "{j},{i}", "({l})"),
            "bias": Cell("b", "{j}", "({l})"),
            "shared": Cell("b", "", "({l})"),
            "error": Cell("J"),
            "term": Cell("J", "{j}"),
            "rate": Cell("epsilon"),
            "epsilon": Cell("delta"),  # the small number of an optimizer's denominator
            "delta": Cell("g", "{j}", "({l})"),
        },
        matrix={
            "input": Cell("x"),
            "target": Cell("y"),
            "pre": Cell("a", "", "({l})"),
            "out": Cell("h", "", "({l})"),
            "output": Cell("y", "", "", "hat"),
            "weight": Cell("W", "", "({l})"),
            "bias": Cell("b", "", "({l})"),
            "error": Cell("J"),
            "term": Cell("j"),
            "delta": Cell("g", "", "({l})"),
        },
    ),
)
