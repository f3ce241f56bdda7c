"""Layers: each is its equations, in the language that users write in a spec.

In a layer's equations `*` stands for the layer's number, `x*` for what comes in (x, a1, a2, …) and `f` for its
activation, which is a formula in z.  A layer is a row: what may be written of it, the arrays that it takes, and its
equations, which are a tuple, or a function of where the layer stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

Size = int | str
Shape = tuple[Size, ...]
WANTED: Final = object()  # the default of what may not be left out

#      size   a number of units, or a name for it   sizes    a whole number, or one for each axis
#      whole  a whole number                        number   an exact number
#      word   one of `words`                        array    numbers in rows, or a file
#      mask   "causal", or rows of 0 and 1
What = Literal["size", "sizes", "whole", "number", "word", "activation", "array", "mask"]


class Option(NamedTuple):
    """What may be written of a layer: units = 2."""

    key: str
    what: What
    says: str
    default: object = WANTED
    words: tuple[str, ...] = ()
    low: int = 0  # of whole numbers and sizes


@dataclass(frozen=True)
class Here:
    """Where a layer stands: its number, the names and shapes of what comes in, and what is written of it."""

    number: int
    inputs: tuple[str, ...]
    shapes: tuple[Shape, ...]
    options: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.options[key]

    @property
    def shape(self) -> Shape:
        """The shape of what comes in, of the first where there are several."""
        return self.shapes[0]

    def sizes(self, key: str, axes: int) -> tuple[int, ...]:
        """kernel = 3 as (3, 3): an option for each of the last axes."""
        value = self[key]
        if isinstance(value, tuple) and len(value) != axes:
            raise Unfit(key, f"{key} has {len(value)} numbers, expected {axes}: one for each axis")
        return value if isinstance(value, tuple) else (value,) * axes


class Unfit(Exception):
    """A layer that cannot stand where it does, told at one of its keys."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Leaf(NamedTuple):
    """An array that a layer takes from outside.  One without a group is no parameter: a mask, a mean that is known."""

    name: str  # "W*"
    key: str  # what it is called in a spec
    group: Literal["weights", "biases", ""]
    shape: Callable[[Here], Shape | None]  # None: there is no such array here
    rule: str | Callable[[Here], str] = ""  # what its entries are: "row j holds the weights into unit j"
    needs: tuple[str, str] | None = None  # the option, and its value, with which there is such an array
    value: Callable[[Here, Any], Any] = lambda here, written: written  # its numbers, of what is written


@dataclass(frozen=True)
class Layer:
    kind: str
    says: str  # one line, with its formula
    equations: tuple[str, ...] | Callable[[Here], tuple[str, ...]]
    options: tuple[Option, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    takes: Mapping[int, str] | None = None  # numbers of axes that may come in, each in words; None: any
    inputs: tuple[int, int] = (1, 1)  # how many arrays come in, at least and at most
    told: str = "kind"  # the key at which it is told that the equations do not fit
    tokens: str = ""  # the option that says how many words there are, where the network's input is numbers of words
    unrolled: bool = False  # whether it takes its parameters at each step of a sequence
    samples: tuple[str, str, str] | None = None  # the option, its value that needs several samples, one that does not

    @property
    def arrays(self) -> tuple[str, ...]:
        """The keys that hold numbers."""
        return tuple(option.key for option in self.options if option.what == "array")


def expand(layer: Layer, here: Here) -> tuple[str, ...]:
    """The equations of one layer of a network: z2 = W2 @ a1 + b2, a2 = tanh(z2).  A product is written with blanks."""
    equations = layer.equations if isinstance(layer.equations, tuple) else layer.equations(here)
    for leaf in layer.leaves:
        if leaf.shape(here) is None:  # what is added to nothing is left out, with its subscript
            equations = tuple(re.sub(rf" \+ {re.escape(leaf.name)}(\[[^]]*\])?", "", line) for line in equations)
    return tuple(_expanded(line, here) for line in equations)


def _expanded(equation: str, here: Here) -> str:
    equation = re.sub(r"\bx\*", here.inputs[0], equation)
    equation = re.sub(r"\b([A-Za-z]+)\*", rf"\g<1>{here.number}", equation)
    formula = applied(here.options.get("activation", "identity"))
    return re.sub(r"\bf\(([^()]*)\)", lambda found: renamed(formula, z=found[1]), equation)


def applied(activation: Any) -> str:
    """An activation as a formula in z: that of a row by its name, or one's own."""
    if not isinstance(activation, str):
        return str(activation.formula)
    return "z" if activation == "identity" else f"{activation.replace('-', '_')}(z)"


def written(value: Fraction) -> str:
    """An exact number as an equation has it: 0.5, or (1/3) where no decimal ends."""
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return format(decimal, "f") if Fraction(decimal) == value else f"({value.numerator}/{value.denominator})"


def renamed(formula: str, **names: str) -> str:
    """A formula with other names put in: -t*log(a) with a=a2."""
    return re.sub(r"\b[A-Za-z]\w*", lambda found: names.get(found[0], found[0]), formula)
