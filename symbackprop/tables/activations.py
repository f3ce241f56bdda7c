"""Activations: a = f(z) and the slope as a textbook prints it.

`slope(z, a)` may use the output a, as books do: σ′ = a(1 − a).  A kink is `cases`, never Max, and its
convention is the one that PyTorch and JAX have.  Each row is proven against SymPy by a test that finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbackprop.form import ONE, Form, cases, fn
from symbackprop.tables import table


@dataclass(frozen=True)
class Activation:
    """One function of one number.

    `stable` names the form in which floating-point targets evaluate it, where the book's form overflows.
    """

    name: str
    symbol: str  # LaTeX name of the function
    value: Callable[[Form], Form]
    slope: Callable[[Form, Form], Form]
    kinks: tuple[int, ...] = ()  # z where f′ does not exist; `slope` says what is used there
    #           E.g. relu′(0) = 0


def exp(x: Form) -> Form:
    return fn("exp", x)


ACTIVATIONS = table(
    #          name        symbol     a = f(z)                      da/dz as a textbook prints it
    Activation("sigmoid", r"\sigma", lambda z: 1 / (1 + exp(-z)), lambda z, a: a * (1 - a)),
    Activation("tanh", r"\tanh", lambda z: fn("tanh", z), lambda z, a: 1 - a**2),
    Activation("relu", r"\operatorname{relu}", lambda z: cases(z, z > 0, 0), lambda z, a: cases(1, z > 0, 0), (0,)),
    Activation("identity", "", lambda z: z, lambda z, a: ONE),
)


@dataclass(frozen=True)
class Elementary:
    """A function of the calculus course, which SymPy knows by the same name."""

    name: str
    symbol: str
    slope: Callable[[Form, Form], Form]


ELEMENTARY = table(
    Elementary("exp", r"\exp", lambda x, y: y),
    Elementary("log", r"\ln", lambda x, y: 1 / x),
    Elementary("sqrt", r"\sqrt", lambda x, y: 1 / (2 * y)),
    Elementary("tanh", r"\tanh", lambda x, y: 1 - y**2),
)


@dataclass(frozen=True)
class AlongAxis:
    """A function of all entries on an axis: p_i = f(z)_i, with ∂p_i/∂z_j = slope(p_i, p_j, δ_ij)."""

    name: str
    symbol: str
    value: Callable[[Form, Callable[[Callable[[Form], Form]], Form]], Form]  # (entry, total): total(g) = Σ g(entry)
    slope: Callable[[Form, Form, Form], Form]


ALONG = table(
    AlongAxis(
        "softmax",
        r"\operatorname{softmax}",
        lambda z, total: exp(z) / total(exp),
        lambda p_i, p_j, delta_ij: p_i * (delta_ij - p_j),
    ),
)
