"""The numbers of a derivation: fractions while they are rational, enclosures of 50 digits and more where they are not.

With the extra `exact` an enclosure is a ball of python-flint (arb), else an interval of mpmath: the same meaning, the
same rules, only slower.  A comparison that an enclosure does not decide is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from typing import Any, TypeAlias

from symbackprop.errors import DerivationError
from symbackprop.numeric.watched import Watched

Value: TypeAlias = Any  # a Fraction, or an enclosure of the field that made it
NOTHING = 1e-40  # an enclosure around zero this narrow is zero for a double
SUBNORMAL = 1e-300  # below, and at zero, a double is rounded from the exact ends
LONGEST = 2000  # bits of a numerator or denominator that a fraction may have before it becomes an enclosure
BITS = 220  # 66 digits: 50 are left when a derivation has lost its share


class Undecided(DerivationError):
    """A comparison of enclosures that overlap."""


class PrecisionNeeded(DerivationError):
    """A digit that an enclosure leaves open: compute again with more bits."""


class Field:
    """Exact numbers in one precision; `functions` are what programs call."""

    bits: int
    strict = True  # whether a comparison that is open is an error
    functions: Mapping[str, Callable[..., Any]]

    def loose(self) -> Field:
        """The same, but numbers that differ in their last bits only are equal: for long runs, that prove nothing."""
        out = copy(self)
        least = Fraction(1, 1 << (self.bits - 60))

        def compare(x: Value, rel: str, y: Value) -> bool:
            low, high = ends(self.out(x - y))
            difference = 0 if abs(low + high) < 2 * least else low + high
            return bool(RELATIONS[rel][0](difference, 0))

        out.functions = {**self.functions, "compare": compare}
        out.strict = False
        return out

    def number(self, x: Fraction) -> Value:
        """An exact number, as this field's programs compute with it."""
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


def field(bits: int = BITS) -> Field:
    """The field of that precision, of what is installed.  Neither library is loaded before somebody computes."""
    from symbackprop.numeric import balls

    if balls.flint is not None:
        return balls.Balls(bits)
    from symbackprop.numeric.intervals import Intervals

    return Intervals(bits)


def ends(x: Value) -> tuple[Fraction, Fraction]:
    """The least and the greatest number that the value can be, exactly."""
    if isinstance(x, int | float | Fraction):
        return Fraction(x), Fraction(x)
    if isinstance(x, Watched):
        below, above = x.ends()
        return below, above  # type: ignore[return-value]  # they can be compared, and no more
    if type(x).__name__ == "Interval":
        low, high = x.ends()
        return low, high
    if type(x).__name__ == "arb":
        from symbackprop.numeric.balls import ends_of

        return ends_of(x)
    raise TypeError(f"{type(x).__name__} is no value of a derivation")


def size(x: Value) -> float:
    """|x| in a double, for comparisons of sizes."""
    if isinstance(x, Watched):
        return x.as_double("size")  # type: ignore[return-value]  # compared, divided and printed like one
    if type(x).__name__ == "arb":
        return abs(float(x))
    low, high = ends(x)
    return float(abs(low + high) / 2)


def largest(sizes: Sequence[Any]) -> int:
    """The place of the largest, the first one of equals."""
    if sizes and isinstance(sizes[0], Watched):
        return sizes[0].watch.largest(sizes)
    return max(range(len(sizes)), key=sizes.__getitem__)


def middle(x: Value) -> Fraction:
    return sum(ends(x), Fraction(0)) / 2


def double(x: Value) -> float:
    """The nearest double: both ends of an enclosure have it, or PrecisionNeeded."""
    if isinstance(x, Watched):
        return x.as_double("double")  # type: ignore[return-value]
    if isinstance(x, Fraction):
        return x.numerator / x.denominator  # of two ints, which Python rounds correctly
    if type(x).__name__ == "arb":
        low, high = float(x.lower()), float(x.upper())
        if low == high and abs(low) > SUBNORMAL:
            return low
    low, high = (e.numerator / e.denominator for e in ends(x))
    around_zero = low <= 0 <= high and high - low < NOTHING  # there the ends always differ
    if low != high and not around_zero:
        raise PrecisionNeeded(f"{x} leaves the last digit of its double open")
    return low + 0.0 if low == high else 0.0
