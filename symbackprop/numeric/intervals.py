"""Rationals (Fraction) and intervals of mpmath: what a derivation computes with where python-flint is not installed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import mpmath

from symbackprop.numeric.field import LONGEST, Field, PrecisionNeeded, Value, compare, positive


class Interval:
    """An interval of mpmath that also computes with fractions."""

    __slots__ = ("x",)

    def __init__(self, x: Value) -> None:
        self.x: Any = _iv(x)

    def ends(self) -> tuple[Fraction, Fraction]:
        return _fraction(self.x.a), _fraction(self.x.b)

    def __add__(self, y: Value) -> Interval:
        return Interval(self.x + _iv(y))

    def __sub__(self, y: Value) -> Interval:
        return Interval(self.x - _iv(y))

    def __rsub__(self, y: Value) -> Interval:
        return Interval(_iv(y) - self.x)

    def __mul__(self, y: Value) -> Interval:
        return Interval(self.x * _iv(y))

    def __truediv__(self, y: Value) -> Interval:
        return Interval(self.x / _iv(y))

    def __rtruediv__(self, y: Value) -> Interval:
        return Interval(_iv(y) / self.x)

    def __neg__(self) -> Interval:
        return Interval(-self.x)

    def __pow__(self, n: Value) -> Interval:
        if isinstance(n, int):
            return Interval(self.x**n) if n >= 0 else Interval(1 / self.x**-n)
        return Interval(mpmath.iv.exp(_iv(n) * mpmath.iv.log(self.x)))

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, y: Value) -> bool:
        return bool(self.x.a > _iv(y).b)

    def __lt__(self, y: Value) -> bool:
        return bool(self.x.b < _iv(y).a)

    def __ge__(self, y: Value) -> bool:
        return bool(self.x.a >= _iv(y).b)

    def __le__(self, y: Value) -> bool:
        return bool(self.x.b <= _iv(y).a)

    def __eq__(self, y: object) -> bool:
        return bool(self.x.a == self.x.b == _iv(y))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.x)


def _iv(x: Value) -> Value:
    if isinstance(x, Interval):
        return x.x
    if isinstance(x, Fraction):
        return mpmath.iv.mpf(x.numerator) / x.denominator
    return mpmath.iv.mpf(x)


class Intervals(Field):
    """Fraction and mpmath.iv."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.functions = self.table()

    def table(self) -> dict[str, Callable[..., Any]]:
        iv = mpmath.iv
        one, nought = Fraction(1), Fraction(0)

        def at_zero(value: Fraction, f: Callable[[Any], Any]) -> Callable[[Value], Value]:
            return lambda x: value if x == 0 else Interval(f(_iv(x)))

        return {
            "exp": at_zero(one, iv.exp),
            "log": lambda x: nought if x == 1 else Interval(iv.log(positive(Interval(x), x).x)),
            "log1p": lambda x: nought if x == 0 else Interval(iv.log(positive(Interval(x) + 1, x).x)),
            "log10": lambda x: nought if x == 1 else Interval(iv.log(positive(Interval(x), x).x) / iv.log(10)),
            "sqrt": _root,
            "tanh": at_zero(nought, _tanh),
            "sin": at_zero(nought, iv.sin),
            "cos": at_zero(one, iv.cos),
            "sinh": at_zero(nought, lambda x: (iv.exp(x) - iv.exp(-x)) / 2),
            "cosh": at_zero(one, lambda x: (iv.exp(x) + iv.exp(-x)) / 2),
            "tan": at_zero(nought, lambda x: iv.sin(x) / iv.cos(x)),
            "atan": at_zero(nought, _rising(mpmath.mp.atan)),
            "erf": at_zero(nought, _rising(mpmath.mp.erf)),
            "power": self.power,
            "compare": compare,
            "pi": lambda: Interval(+iv.pi),
        }

    def power(self, x: Value, n: Value) -> Value:
        """xⁿ; n is an int where it is whole."""
        if isinstance(n, int):
            return x**n
        return _root(x) if n == Fraction(1, 2) else positive(Interval(x), x) ** n

    def number(self, x: Fraction) -> Value:
        return x

    def settled(self, x: Value) -> Value:
        if isinstance(x, Fraction) and max(x.numerator.bit_length(), x.denominator.bit_length()) > LONGEST:
            return Interval(x)
        return Fraction(x) if isinstance(x, int) else x

    def out(self, x: Value) -> Value:
        return Fraction(x) if isinstance(x, int | Fraction) else x

    def middle(self, x: Value) -> Value:
        return Interval(_iv(x).mid)

    def at_precision(self) -> Any:
        return _Precision(self.bits)


def _root(x: Value) -> Value:
    if not isinstance(x, Interval) and x >= 0:
        p, q = isqrt(Fraction(x).numerator), isqrt(Fraction(x).denominator)
        if Fraction(p * p, q * q) == x:
            return Fraction(p, q)
    return Interval(mpmath.iv.sqrt(positive(Interval(x), x, zero=True).x))


def _rising(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A growing function that mpmath has for numbers only: at both ends, with 30 bits more and room for the last 20."""

    def enclosed(x: Value) -> Value:
        bits = mpmath.iv.prec
        with mpmath.workprec(bits + 30):
            low, high = (f(mpmath.mpf(e._mpi_[0])) for e in (x.a, x.b))
            room = mpmath.ldexp(1, -bits - 10)
            return mpmath.iv.mpf([low - abs(low) * room, high + abs(high) * room])

    return enclosed


def _tanh(x: Value) -> Value:
    """tanh grows, so its ends are those of its argument."""
    ends = [1 - 2 / (mpmath.iv.exp(2 * e) + 1) for e in (x.a, x.b)]
    return mpmath.iv.mpf([ends[0].a, ends[1].b])


class _Precision:
    def __init__(self, bits: int) -> None:
        self.bits, self.before = bits, mpmath.iv.prec

    def __enter__(self) -> None:
        self.before, mpmath.iv.prec = mpmath.iv.prec, self.bits

    def __exit__(self, *_: object) -> None:
        mpmath.iv.prec = self.before


def _fraction(x: Value) -> Fraction:
    """An end of an interval, which mpmath keeps as an interval of one point."""
    sign, man, exp, _ = x._mpi_[0]
    if not man and exp:
        raise PrecisionNeeded("an enclosure without an end")
    whole = -int(man) if sign else int(man)
    return Fraction(whole << exp) if exp >= 0 else Fraction(whole, 1 << -exp)
