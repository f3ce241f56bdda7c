"""The numbers of a derivation: fractions while they are rational, enclosures of 50 digits and more where they are not.

With the extra `exact` an enclosure is a ball of python-flint (arb), else an interval of mpmath: the same meaning, the
same rules, only slower.  A comparison that an enclosure does not decide is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, TypeAlias

import mpmath

from symbackprop.errors import DerivationError

try:
    import flint
except ImportError:  # the extra is not installed
    flint = None

Value: TypeAlias = Any  # a Fraction, or an enclosure of the field that made it
SUBNORMAL = 1e-300  # below, and at zero, a double is rounded from the exact ends
LONGEST = 2000  # bits of a numerator or denominator that a fraction may have before it becomes an enclosure
BITS = 220  # 66 digits: 50 are left when a derivation has lost its share


class Undecided(DerivationError):
    """A comparison of enclosures that overlap."""


class PrecisionNeeded(DerivationError):
    """A digit that an enclosure leaves open: compute again with more bits."""


class Field:
    """Exact numbers in one precision; `functions` are what programs call."""

    def number(self, x: Fraction) -> Value:
        """An exact number, as this field's programs compute with it."""
        raise NotImplementedError

    def ball(self, x: Value) -> Value:
        """The enclosure of a number."""
        raise NotImplementedError

    def settled(self, x: Value) -> Value:
        """The number, as an enclosure where its fraction is too long."""
        raise NotImplementedError

    def out(self, x: Value) -> Value:
        """The number for those outside: a Fraction or an enclosure."""
        raise NotImplementedError

    def middle(self, x: Value) -> Value:
        """The number without its radius: for long runs that want digits and no proof."""
        raise NotImplementedError

    def at_precision(self) -> Any:
        """A context in which this precision holds."""
        raise NotImplementedError

    functions: Mapping[str, Callable[..., Any]]


class Balls(Field):
    """fmpq and arb of python-flint."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        one, nought = flint.fmpq(1), flint.fmpq(0)

        def at_zero(value: Value, method: str) -> Callable[[Value], Value]:
            """A function that is rational at zero and nowhere else that matters."""
            return lambda x: value if x == 0 else getattr(flint.arb(x), method)()

        self.functions = {
            "exp": at_zero(one, "exp"),
            "log": lambda x: nought if x == 1 else positive(flint.arb(x), x).log(),
            "log1p": lambda x: nought if x == 0 else positive(1 + flint.arb(x), x).log(),
            "sqrt": _root_flint,
            "cos": at_zero(one, "cos"),
            "cosh": at_zero(one, "cosh"),
            "power": self.power,
            "compare": compare,
        } | {name: at_zero(nought, name) for name in "tanh sin tan sinh atan erf".split()}

    def power(self, x: Value, n: Value) -> Value:
        """x to a power that is no whole number."""
        return _root_flint(x) if n == flint.fmpq(1, 2) else positive(flint.arb(x), x) ** flint.arb(n)

    def number(self, x: Fraction) -> Value:
        return flint.fmpq(x.numerator, x.denominator) if isinstance(x, Fraction | int) else x

    def ball(self, x: Value) -> Value:
        return flint.arb(self.number(x))

    def settled(self, x: Value) -> Value:
        if isinstance(x, flint.fmpq):
            return flint.arb(x) if x.height_bits() > LONGEST else x
        return flint.fmpq(x) if isinstance(x, int) else x

    def out(self, x: Value) -> Value:
        if isinstance(x, flint.fmpq):
            return Fraction(int(x.p), int(x.q))
        return x if isinstance(x, flint.arb) else Fraction(int(x))

    def middle(self, x: Value) -> Value:
        return x.mid() if isinstance(x, flint.arb) else flint.arb(x).mid()

    def at_precision(self) -> Any:
        return flint.ctx.workprec(self.bits)


def _root_flint(x: Value) -> Value:
    if isinstance(x, int):
        x = flint.fmpq(x)
    if isinstance(x, flint.fmpq) and x >= 0:
        p, q = (flint.fmpz(n).isqrt() for n in (x.p, x.q))
        if p * p == x.p and q * q == x.q:
            return flint.fmpq(p, q)
    return positive(flint.arb(x), x, zero=True).sqrt()


def positive(ball: Value, x: Value, *, zero: bool = False) -> Value:
    if ball > 0 or (zero and ball >= 0):
        return ball
    raise Undecided(f"the logarithm or root of {x} is not a real number, or cannot be told to be one")


def compare(x: Value, rel: str, y: Value) -> bool:
    """x rel y, where both ends of both enclosures say the same."""
    yes, no = RELATIONS[rel]
    if yes(x, y):
        return True
    if no(x, y):
        return False
    raise Undecided(f"whether {x} {rel} {y} cannot be told from their enclosures")


RELATIONS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    ">": (lambda x, y: x > y, lambda x, y: x <= y),
    "<": (lambda x, y: x < y, lambda x, y: x >= y),
    ">=": (lambda x, y: x >= y, lambda x, y: x < y),
    "<=": (lambda x, y: x <= y, lambda x, y: x > y),
}


class Interval:
    """An interval of mpmath that also computes with fractions."""

    __slots__ = ("x",)

    def __init__(self, x: Value) -> None:
        self.x = x.x if isinstance(x, Interval) else _iv(x)

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
        iv = mpmath.iv
        one, nought = Fraction(1), Fraction(0)

        def at_zero(value: Fraction, f: Callable[[Any], Any]) -> Callable[[Value], Value]:
            return lambda x: value if x == 0 else Interval(f(_iv(x)))

        self.functions = {
            "exp": at_zero(one, iv.exp),
            "log": lambda x: nought if x == 1 else Interval(iv.log(positive(Interval(x), x).x)),
            "log1p": lambda x: nought if x == 0 else Interval(iv.log(positive(Interval(x) + 1, x).x)),
            "sqrt": _root,
            "tanh": at_zero(nought, _tanh),
            "sin": at_zero(nought, iv.sin),
            "cos": at_zero(one, iv.cos),
            "sinh": at_zero(nought, lambda x: (iv.exp(x) - iv.exp(-x)) / 2),
            "cosh": at_zero(one, lambda x: (iv.exp(x) + iv.exp(-x)) / 2),
            "power": self.power,
            "compare": compare,
        }

    def power(self, x: Value, n: Value) -> Value:
        """x to a power that is no whole number."""
        return _root(x) if n == Fraction(1, 2) else positive(Interval(x), x) ** n

    def number(self, x: Fraction) -> Value:
        return x

    def ball(self, x: Value) -> Value:
        return Interval(x)

    def settled(self, x: Value) -> Value:
        if isinstance(x, Fraction) and max(x.numerator.bit_length(), x.denominator.bit_length()) > LONGEST:
            return Interval(x)
        return Fraction(x) if isinstance(x, int) else x

    def out(self, x: Value) -> Value:
        return x if isinstance(x, Interval) else Fraction(x)

    def middle(self, x: Value) -> Value:
        return Interval(_iv(x).mid)

    def at_precision(self) -> Any:
        return _Precision(self.bits)


def _root(x: Value) -> Value:
    if isinstance(x, int | Fraction) and x >= 0:
        p, q = isqrt(Fraction(x).numerator), isqrt(Fraction(x).denominator)
        if Fraction(p * p, q * q) == x:
            return Fraction(p, q)
    return Interval(mpmath.iv.sqrt(positive(Interval(x), x, zero=True).x))


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


def field(bits: int = BITS) -> Field:
    return Balls(bits) if flint is not None else Intervals(bits)


def ends(x: Value) -> tuple[Fraction, Fraction]:
    """The least and the greatest number that the value can be, exactly."""
    if isinstance(x, int | Fraction):
        return Fraction(x), Fraction(x)
    if isinstance(x, float):
        return Fraction(x), Fraction(x)
    if isinstance(x, Interval):
        return _fraction(x.x.a), _fraction(x.x.b)
    if flint is not None and isinstance(x, flint.arb):
        if not x.is_finite():
            raise PrecisionNeeded(f"{x} encloses nothing")
        (m, e), (r, f) = (_dyadic(y) for y in (x.mid(), x.rad()))
        middle, radius = m * Fraction(2) ** e, r * Fraction(2) ** f
        return middle - radius, middle + radius
    raise TypeError(f"{type(x).__name__} is no value of a derivation")


def _dyadic(x: Value) -> tuple[int, int]:
    m, e = x.man_exp()
    return int(m), int(e)


def _fraction(x: Value) -> Fraction:
    """An end of an interval, which mpmath keeps as an interval of one point."""
    sign, man, exp, _ = x._mpi_[0]
    if not man and exp:
        raise PrecisionNeeded("an enclosure without an end")
    return (-1) ** sign * int(man) * Fraction(2) ** exp


def double(x: Value) -> float:
    """The nearest double: both ends of an enclosure have it, or PrecisionNeeded."""
    if isinstance(x, Fraction):
        return x.numerator / x.denominator  # of two ints, which Python rounds correctly
    if flint is not None and isinstance(x, flint.arb):
        low, high = float(x.lower()), float(x.upper())
        if low == high and abs(low) > SUBNORMAL:
            return low
    low, high = (e.numerator / e.denominator for e in ends(x))
    if low != high and high - low > 1e-60:  # around zero the ends always differ
        raise PrecisionNeeded(f"{x} leaves the last digit of its double open")
    return low + 0.0 if low == high else 0.0
