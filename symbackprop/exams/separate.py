"""How far an answer may be off, and whether what comes out wrong is far enough from it.

    honest   what rounding every intermediate result and the answer to the digits asked can amount to, in the worst case
    room     two fifths of the distance of the nearest two outcomes, and all of it less what rounding can do to either

The tolerance lies between: √(honest · room), at most `most` · honest, rounded down to two digits.  The key has so many
decimals that its own rounding is at most a fifth of the tolerance, and never fewer than are asked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

Array = Any
POWERS = np.array([float(f"1e{k}") for k in range(-30, 31)])  # the doubles nearest to the powers of ten
FIRST = -30
OWN = 1.25  # with the key's own rounding, a fifth of the tolerance
APART = 2.5  # tolerances from one outcome to the next; above 2 also as they are printed
PRINTED = 0.21  # of a tolerance: what printing the key and an outcome can take from their distance
MOST_DECIMALS = 12


def magnitude(x: Array) -> Array:
    """k with 10^k ≤ |x| < 10^(k+1), by comparisons alone."""
    return np.searchsorted(POWERS, np.abs(x), side="right") - 1 + FIRST


def power_of_ten(k: Array) -> Array:
    return POWERS[np.minimum(np.maximum(k - FIRST, 0), len(POWERS) - 1)]


def half_of(decimals: int) -> Any:
    """Half a unit of the last decimal."""
    return 0.5 * power_of_ten(np.array(-decimals))


def decimals_shown(digits: int, x: Array) -> Array:
    """The decimals of a number that is kept to so many, below 0.1 to so many significant digits."""
    return np.maximum(digits, digits - 1 - magnitude(x))


def shown(digits: int) -> Any:
    """How far an entry is off that is kept to so many decimals, below 0.1 to so many significant digits."""
    magnitudes = np.arange(len(POWERS) + 1) - 1 + FIRST
    half = 0.5 * power_of_ten(np.minimum(-digits, magnitudes + 1 - digits))

    def off(x: Array) -> Array:
        return half[np.searchsorted(POWERS, np.abs(x), side="right")]

    return off


class Separation(NamedTuple):
    """Of one part, for each candidate."""

    apart: Array  # whether a tolerance fits
    tolerance: Array  # mantissa (10 … 99) and power of ten of it
    power: Array
    decimals: Array  # of the key
    gap: Array  # the smallest distance of two outcomes, in tolerances


def separate(values: Array, errors: Array, honest: Array, most: float, asked: Array = 0) -> Separation:
    """`values` has a row for each outcome, the key first; `errors` what rounding can do to each.

    `asked` are the decimals of an answer: the key is never printed with fewer.
    """
    order = np.argsort(values, axis=0, kind="stable")
    line = np.take_along_axis(values, order, 0)
    off = np.take_along_axis(errors, order, 0)
    gaps = np.abs(line[1:] - line[:-1])
    if len(gaps):
        rounded = gaps - np.maximum(off[1:], off[:-1])
        gap, room = gaps.min(axis=0), np.minimum(gaps / APART, rounded).min(axis=0)
    else:
        gap, room = np.full_like(honest, np.inf), np.full_like(honest, np.inf)
    wish = np.minimum(most * honest, np.sqrt(honest * np.maximum(room, 0.0)))
    power = magnitude(wish) - 1
    mantissa = np.floor(wish / power_of_ten(power))
    tolerance = mantissa * power_of_ten(power)
    # 10^-p ≤ 0.4 T for the decimals p: half a unit of the last one is at most a fifth of T
    last = np.where(mantissa >= 25, power + 1, power)
    apart = (tolerance >= honest) & (tolerance < room * (1 - 1e-9)) & (honest > 0) & (-last <= MOST_DECIMALS)
    with np.errstate(all="ignore"):
        decimals = np.maximum(-last, np.minimum(asked, MOST_DECIMALS))
        return Separation(apart, mantissa, power, decimals, gap / tolerance - PRINTED)


def decimal(mantissa: float, power: int) -> Decimal:
    return Decimal(int(mantissa)).scaleb(int(power))
