"""A program run in balls at a rational point of a fixed sequence: what excludes 0 is a proof.

Balls are python-flint's where it is installed (the extra `exact`), else intervals of mpmath.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext

from symbackprop.verifier.decide.program import Node, Program
from symbackprop.verifier.decide.run import Run

Ball = Any
Leaf = Callable[[Node], Fraction]

flint: Any
try:
    flint = importlib.import_module("flint")
except ImportError:
    flint = None


class Undefined(ArithmeticError):
    """The point is on a kink, or a function has no value there, as far as this precision shows."""


class Point(Run):
    """One point at one precision; a leaf has the number that `leaf` gives."""

    def __init__(self, program: Program, ties: Mapping[Node, Node], leaf: Leaf, bits: int) -> None:
        super().__init__(program, ties)
        self.leaf, self.numbers = leaf, (Balls if flint else Intervals)(bits)
        self.steps = STEPS

    def at(self, root: Node) -> Ball:
        return self.numbers.within(lambda: super(Point, self).at(root))

    def above(self, u: Node, c: Fraction) -> bool:
        difference = super().at(u) - self.numbers.number(c)
        if not self.numbers.excludes_zero(difference):
            raise Undefined
        return bool(difference > 0)

    def symbol(self, x: Node) -> Ball:
        return super().at(self.ties[x]) if x in self.ties else self.numbers.number(self.leaf(x))

    def exactly(self, x: Node) -> Fraction:
        """The number of a symbol."""
        if x not in self.ties:
            return self.leaf(x)
        low, high = self.numbers.ends(self.at(x))
        return (low + high) / 2

    def lies_between(self, x: Node, low: Fraction | float, high: Fraction | float) -> bool:
        """Whether a number is seen to lie between two bounds."""
        try:
            a, b = self.numbers.ends(self.at(x))
        except (Undefined, ZeroDivisionError):
            return False
        return bool(low < a and b < high)

    def differ(self, x: Node, y: Node) -> bool:
        """Whether the two are different numbers: proven."""
        try:
            return bool(self.numbers.within(lambda: self.numbers.excludes_zero(self.at(x) - self.at(y))))
        except (Undefined, ZeroDivisionError):
            return False


class Balls:
    """arb of python-flint: a midpoint with a radius."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def within(self, work: Callable[[], Ball]) -> Ball:
        with flint.ctx.workprec(self.bits):
            return work()

    def number(self, x: Fraction) -> Ball:
        return flint.arb(flint.fmpq(x.numerator, x.denominator))

    def between(self, low: Fraction, high: Fraction) -> Ball:
        return self.number(low).union(self.number(high))

    def pi(self) -> Ball:
        return flint.arb.pi()

    def function(self, name: str, x: Ball) -> Ball:
        return getattr(x, name)()

    def excludes_zero(self, x: Ball) -> bool:
        return bool(x.is_finite()) and not x.contains(0)

    def ends(self, x: Ball) -> tuple[Fraction, Fraction]:
        if not x.is_finite():
            raise Undefined
        middle, radius = _dyadic(x.mid()), _dyadic(x.rad())
        return middle - radius, middle + radius


def _dyadic(x: Ball) -> Fraction:
    mantissa, exponent = map(int, x.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


class Intervals:
    """Intervals of mpmath, in a context of their own."""

    def __init__(self, bits: int) -> None:
        self.iv, self.mp = MPIntervalContext(), MPContext()
        self.iv.prec, self.mp.prec = bits, bits + 30

    def within(self, work: Callable[[], Ball]) -> Ball:
        return work()

    def number(self, x: Fraction) -> Ball:
        return self.iv.mpf(x.numerator) / x.denominator

    def between(self, low: Fraction, high: Fraction) -> Ball:
        return self.iv.mpf([self.number(low).a, self.number(high).b])

    def pi(self) -> Ball:
        return +self.iv.pi

    def function(self, name: str, x: Ball) -> Ball:
        if name in ("log", "sqrt") and not x.a > 0:
            raise Undefined
        return self._rising(name, x) if name in ("erf", "atan") else getattr(self.iv, name)(x)

    def _rising(self, name: str, x: Ball) -> Ball:
        """mpmath has these for numbers only: both ends with 30 bits more, and room for the last 20 of them."""
        low, high = (getattr(self.mp, name)(self.mp.make_mpf(end)) for end in x._mpi_)
        room = self.mp.ldexp(1, -self.iv.prec - 10)
        return self.iv.mpf([low - abs(low) * room, high + abs(high) * room])

    def excludes_zero(self, x: Ball) -> bool:
        return bool(x.a > 0) or bool(x.b < 0)

    def ends(self, x: Ball) -> tuple[Fraction, Fraction]:
        return _end(x._mpi_[0]), _end(x._mpi_[1])


def _end(x: tuple[int, int, int, int]) -> Fraction:
    sign, mantissa, exponent, _ = x
    if not mantissa and exponent:
        raise Undefined
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** exponent


Parts = tuple[Any, ...]


def _applied(run: Point, x: Node, parts: Parts) -> Ball:
    return run.numbers.function(parts[0], run.values[parts[1]])


STEPS: dict[str, Callable[[Point, Node, Parts], Ball]] = {
    "const": lambda r, x, n: r.numbers.number(n[1]),
    "leaf": lambda r, x, n: r.symbol(x),
    "copy": lambda r, x, n: r.values[n[1]],
    "add": lambda r, x, n: r.values[n[1]] + r.values[n[2]],
    "sub": lambda r, x, n: r.values[n[1]] - r.values[n[2]],
    "mul": lambda r, x, n: r.values[n[1]] * r.values[n[2]],
    "div": lambda r, x, n: r.values[n[1]] / r.values[n[2]],
    "pow": lambda r, x, n: r.values[n[1]] ** n[2],
    "pi": lambda r, x, n: r.numbers.pi(),
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "erf", "atan"), _applied),
}
