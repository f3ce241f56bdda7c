"""Layers: each is its equations, in the language that users write in a spec.

In a layer's equations `*` stands for the layer's number, `x*` for what comes in (x, a1, a2, …) and `f` for its
activation, which is given as a formula in z; dimensions are "units" and "inputs".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    kind: str
    parameters: Mapping[str, tuple[str, ...]]
    equations: tuple[str, ...]


def expand(layer: Layer, number: int, inputs: str, activation: str, with_bias: bool = True) -> tuple[str, ...]:
    """The equations of one layer of a network: z2 = W2 @ a1 + b2, a2 = tanh(z2).  A product is written with blanks."""
    return tuple(_expanded(equation, number, inputs, activation, with_bias) for equation in layer.equations)


def _expanded(equation: str, number: int, inputs: str, activation: str, with_bias: bool) -> str:
    if not with_bias:
        equation = equation.replace(" + b*", "")
    equation = re.sub(r"\bx\*", inputs, equation)
    equation = re.sub(r"\b([A-Za-z]+)\*", rf"\g<1>{number}", equation)
    return re.sub(r"\bf\(([^()]*)\)", lambda found: renamed(activation, z=found[1]), equation)


def applied(activation: str) -> str:
    """A row of the activations as a formula in z."""
    return "z" if activation == "identity" else f"{activation.replace('-', '_')}(z)"


def renamed(formula: str, **names: str) -> str:
    """A formula with other names put in: -t*log(a) with a=a2."""
    return re.sub(r"\b[A-Za-z]\w*", lambda found: names.get(found[0], found[0]), formula)
