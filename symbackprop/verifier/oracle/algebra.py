"""The numbers that a definition is evaluated with: mpmath's, SymPy's, or counts of nodes.

A row of this kind is all that the interpreter knows of arithmetic beyond + − · / and powers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath.ctx_mp import MPContext

from symbackprop.errors import SymbackpropError

Value = Any  # an mpf, an mpc, a SymPy expression or a count: whatever the algebra calculates with

# A context of our own: whoever sets mpmath's digits elsewhere does not move the oracle's, nor the other way round.
# 120 digits keep an imaginary part of 1e-60 exact to 50 digits, also inside functions that round real and imaginary
# part together.
MP = MPContext()
MP.dps = 120
TIED = MP.mpf(10) ** -40  # two numbers that differ by less are taken to be the same: the point is on a kink


class UndefinedValue(SymbackpropError, ArithmeticError):
    """The error has no real value at the point: a logarithm of a negative number."""


class UnknownFunction(SymbackpropError, NotImplementedError):
    """The oracle does not know a function."""


@dataclass(frozen=True)
class Algebra:
    number: Callable[[Fraction], Value]
    functions: Mapping[str, Callable[[Value], Value]]
    # Where conditions are kept rather than decided: value, condition, value, condition, … and otherwise; x rel y.
    piecewise: Callable[[list[Value], Value], Value] | None = None
    relation: Callable[[Value, str, Value], Value] | None = None


def exactly(value: Fraction) -> Value:
    return MP.mpf(value.numerator) / value.denominator


def _on_positive(function: Callable[[Value], Value], name: str) -> Callable[[Value], Value]:
    def checked(x: Value) -> Value:
        if MP.re(x) <= 0:
            raise UndefinedValue(f"{name} of {MP.nstr(MP.re(x), 6)}")
        return function(x)

    return checked


REAL = Algebra(
    exactly,
    {
        "exp": MP.exp,
        "log": _on_positive(MP.log, "log"),
        "log10": _on_positive(MP.log10, "log10"),
        "sqrt": _on_positive(MP.sqrt, "sqrt"),  # at 0 the root has no slope
        "tanh": MP.tanh,
        "sinh": MP.sinh,
        "cosh": MP.cosh,
        "sin": MP.sin,
        "cos": MP.cos,
        "tan": MP.tan,
        "atan": MP.atan,
        "erf": MP.erf,
    },
)


class Count(int):
    """How many nodes an expression has when it is written out: the size that boxes the route through SymPy."""

    def __add__(self, other: int) -> Count:
        return Count(1 + int(self) + int(other))

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__

    def __pow__(self, other: int, modulo: object = None) -> Count:  # type: ignore[override]
        return self + other

    def __neg__(self) -> Count:
        return self + 0


COUNT = Algebra(
    lambda _: Count(1),
    dict.fromkeys(REAL.functions, lambda x: Count(x + 1)),
    piecewise=lambda rows, otherwise: Count(sum(rows) + otherwise),
    relation=lambda x, rel, y: Count(x + y),
)
