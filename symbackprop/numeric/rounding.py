"""The one rounding rule: half away from zero, decided from an exact number or from an enclosure, never from a float.

An exact short decimal prints as it is (0.3775 · 1), everything else with exactly `places` decimals (0.751365070).
A value below 10**-(places − 5), or from 10**9 on, prints as a mantissa and a power of ten: 3.510187783e-5.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symbackprop.numeric.field import PrecisionNeeded, Value, ends
from symbackprop.numeric.watched import Rule, Watched

LARGE = 9  # from 10**9 on, a power of ten
NOTHING = Fraction(1, 10**30)  # an enclosure of zero this narrow prints as zero: x − x is never computed as less


class Digits(NamedTuple):
    """The text, ASCII with a decimal point, and whether it is the value itself."""

    text: str
    exact: bool

    def __str__(self) -> str:
        return self.text


def digits(value: Value, places: int = 9, *, significant: int | None = None) -> Digits:
    """The value as decimal text.  Raises PrecisionNeeded where an enclosure leaves a digit open."""
    if isinstance(value, Watched):
        return Digits(value.print(Rule(places, significant)), False)
    low, high = ends(value)
    if low == high:
        return _of(low, places, significant)
    if low <= 0 <= high and high - low < NOTHING:
        return Digits(point(0, places if significant is None else significant - 1), False)
    one, other = (_of(e, places, significant, enclosed=True) for e in (low, high))
    if one != other:
        raise PrecisionNeeded(f"{value} leaves its digits open")
    return one


def _of(x: Fraction, places: int, significant: int | None, *, enclosed: bool = False) -> Digits:
    if x == 0:
        return Digits("0", not enclosed)
    power = magnitude(x)
    kept = places if significant is None else significant - 1  # decimals of a mantissa
    bare = None if enclosed else decimals(x / Fraction(10) ** power)  # those that it has
    own = None if bare is None else bare - power  # those of x, less than 0 where it ends in zeros
    mantissa = rounded(x / Fraction(10) ** power, kept)
    if abs(mantissa) == 10 ** (kept + 1):  # 9.9999… became 10
        mantissa, power = mantissa // 10, power + 1
    wanted = places if significant is None else kept - power
    exact = own is not None and own <= wanted
    whole = rounded(x, wanted)
    tiny = not whole or (power < least(places, significant) and not (exact and significant is None))
    if tiny or power >= LARGE:
        exact = bare is not None and bare <= kept
        if exact and bare is not None:  # 3e-7 is 3e-7
            mantissa, kept = rounded(x / Fraction(10) ** power, bare), bare
        return Digits(f"{point(mantissa, kept)}e{power}", exact)
    if exact and own is not None:  # 0.3775 is 0.3775
        wanted = max(0, own)
        whole = rounded(x, wanted)
    return Digits(point(whole, wanted), exact)


def least(places: int, significant: int | None) -> int:
    """The smallest power of ten that prints without one: 0.000438568 does, 3.510187783e-5 does not."""
    return -max(places - 5, 3) if significant is None else -4


def rounded(x: Fraction, places: int) -> int:
    """x · 10**places to the nearest whole number, half away from zero."""
    n, d = abs(x.numerator), x.denominator
    n, d = (n * 10**places, d) if places >= 0 else (n, d * 10**-places)
    whole: int = (2 * n + d) // (2 * d)
    return -whole if x < 0 else whole


def point(whole: int, places: int) -> str:
    """whole · 10**-places in decimal digits, all of them."""
    sign = "-" if whole < 0 else ""
    text = str(abs(whole)) + "0" * max(0, -places)
    if places <= 0:
        return sign + text
    text = text.rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}"


def magnitude(x: Fraction) -> int:
    """The power of ten of the first digit: 10**k ≤ |x| < 10**(k + 1)."""
    n, d = abs(x.numerator), x.denominator
    k = (n.bit_length() - d.bit_length()) * 30103 // 100000  # log₁₀ 2, close enough to be one or two off
    while n * 10 ** max(0, -k) < d * 10 ** max(0, k):
        k -= 1
    while n * 10 ** max(0, -k - 1) >= d * 10 ** max(0, k + 1):
        k += 1
    return k


def decimals(x: Fraction) -> int | None:
    """How many decimals the number has; None where they do not end."""
    d, twos, fives = x.denominator, 0, 0
    twos = (d & -d).bit_length() - 1
    d >>= twos
    while d % 5 == 0:
        d, fives = d // 5, fives + 1
    return max(twos, fives) if d == 1 else None
