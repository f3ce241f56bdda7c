"""The one rounding rule: half away from zero, decided from an exact number or from an enclosure, never from a float.

An exact short decimal prints as it is (0.3775 · 1), everything else with exactly `places` decimals (0.751365070).
A value below 10**-(places − 5), or from 10**9 on, prints as a mantissa and a power of ten: 3.510187783e-5.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symbackprop.numeric.field import PrecisionNeeded, Value, ends

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
    short = None if enclosed else decimals(x)
    wanted = places if significant is None else max(0, significant - 1 - power)
    tiny = power < least(places, significant) or not rounded(x, wanted)
    if significant is None and short is not None and short <= wanted:
        tiny = False  # a short decimal prints as it is
    large = power >= LARGE
    kept = places if significant is None else significant - 1  # decimals of a mantissa
    if tiny or large:
        bare = decimals(x / Fraction(10) ** power) if short is not None else None
        exact = bare is not None and bare <= kept  # 3·10⁻⁷ is exact: 3e-7
        kept = bare if exact and bare is not None else kept
        mantissa = rounded(x / Fraction(10) ** power, kept)
        if abs(mantissa) >= 10 ** (kept + 1):  # 9.9999… became 10.000
            return _of_power(rounded(x / Fraction(10) ** (power + 1), kept), kept, power + 1, places, significant)
        return Digits(f"{point(mantissa, kept)}e{power}", exact)
    if short is not None and short <= wanted:
        return Digits(point(rounded(x, short), short), True)
    whole = rounded(x, wanted)
    if significant is not None and wanted and abs(whole) >= 10**significant:  # 0.99996 became 1.0000: one digit fewer
        wanted -= 1
        whole = rounded(x, wanted)
    if significant is not None and power >= significant:  # 123456 with 3 significant digits is 123000
        unit = 10 ** (power - significant + 1)
        return Digits(point(rounded(x / unit, 0) * unit, 0), False)
    return Digits(point(whole, wanted), False)


def _of_power(mantissa: int, kept: int, power: int, places: int, significant: int | None) -> Digits:
    """A mantissa that was rounded up to the next power of ten may print without one."""
    if least(places, significant) <= power < LARGE:
        decimal = places if significant is None else max(0, significant - 1 - power)
        return Digits(point(rounded(Fraction(mantissa, 10**kept) * Fraction(10) ** power, decimal), decimal), False)
    return Digits(f"{point(mantissa, kept)}e{power}", False)


def least(places: int, significant: int | None) -> int:
    """The smallest power of ten that prints without one: 0.000438568 does, 3.510187783e-5 does not."""
    return -max(places - 5, 3) if significant is None else -4


def rounded(x: Fraction, places: int) -> int:
    """x · 10**places to the nearest whole number, half away from zero."""
    n, d = abs(x.numerator) * 10**places, x.denominator
    whole = (2 * n + d) // (2 * d)
    return -whole if x < 0 else whole


def point(whole: int, places: int) -> str:
    """whole · 10**-places in decimal digits, all of them."""
    text = str(abs(whole)).rjust(places + 1, "0")
    sign = "-" if whole < 0 else ""
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)


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
