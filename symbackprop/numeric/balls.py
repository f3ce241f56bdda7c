"""Rationals (fmpq) and balls (arb) of python-flint: the extra `exact`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import Any

from symbackprop.numeric.field import LONGEST, Field, PrecisionNeeded, Value, compare, positive

flint: Any
try:
    flint = importlib.import_module("flint")
except ImportError:  # the extra is not installed: field() takes intervals
    flint = None


class Balls(Field):
    """fmpq and arb of python-flint."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.functions = self.table()

    def table(self) -> dict[str, Callable[..., Any]]:
        one, nought = flint.fmpq(1), flint.fmpq(0)

        def at_zero(value: Value, method: str) -> Callable[[Value], Value]:
            """A function that is rational at zero and nowhere else that matters."""
            return lambda x: value if x == 0 else getattr(flint.arb(x), method)()

        out: dict[str, Callable[..., Any]] = {
            "exp": at_zero(one, "exp"),
            "log": lambda x: nought if x == 1 else positive(flint.arb(x), x).log(),
            "log1p": lambda x: nought if x == 0 else positive(1 + flint.arb(x), x).log(),
            "log10": lambda x: nought if x == 1 else positive(flint.arb(x), x).log() / flint.arb(10).log(),
            "sqrt": _root,
            "cos": at_zero(one, "cos"),
            "cosh": at_zero(one, "cosh"),
            "power": self.power,
            "compare": compare,
            "pi": lambda: flint.arb.pi(),
        }
        return out | {name: at_zero(nought, name) for name in "tanh sin tan sinh atan erf".split()}

    def power(self, x: Value, n: Value) -> Value:
        """xⁿ; n is an int where it is whole.  flint has no power of a ball around 0, but products."""
        if isinstance(n, int):
            around_zero = n > 0 and isinstance(x, flint.arb) and x.mid() == 0
            return reduce(mul, [x] * n) if around_zero else x**n
        return _root(x) if n == flint.fmpq(1, 2) else positive(flint.arb(x), x) ** flint.arb(n)

    def number(self, x: Fraction) -> Value:
        return flint.fmpq(x.numerator, x.denominator) if type(x) in (Fraction, int) else x

    def settled(self, x: Value) -> Value:
        if isinstance(x, flint.fmpq):
            return flint.arb(x) if x.height_bits() > LONGEST else x
        return flint.fmpq(x) if isinstance(x, int) else x

    def out(self, x: Value) -> Value:
        if isinstance(x, flint.fmpq):
            return Fraction(int(x.p), int(x.q))
        return Fraction(int(x)) if isinstance(x, int | flint.fmpz) else x

    def middle(self, x: Value) -> Value:
        return x.mid() if isinstance(x, flint.arb) else flint.arb(x).mid()

    def at_precision(self) -> Any:
        return flint.ctx.workprec(self.bits)


def _root(x: Value) -> Value:
    if isinstance(x, int):
        x = flint.fmpq(x)
    if isinstance(x, flint.fmpq) and x >= 0:
        p, q = (flint.fmpz(n).isqrt() for n in (x.p, x.q))
        if p * p == x.p and q * q == x.q:
            return flint.fmpq(p, q)
    return positive(flint.arb(x), x, zero=True).sqrt()


def ends_of(x: Value) -> tuple[Fraction, Fraction]:
    """Middle − radius and middle + radius, exactly."""
    if not x.is_finite():
        raise PrecisionNeeded(f"{x} encloses nothing")
    middle, radius = _dyadic(x.mid()), _dyadic(x.rad())
    return middle - radius, middle + radius


def _dyadic(x: Value) -> Fraction:
    m, e = (int(n) for n in x.man_exp())
    return Fraction(m << e) if e >= 0 else Fraction(m, 1 << -e)
