"""Numbers of a field as they are printed: by the rule of `rounding`, and in a microsecond where nothing is in doubt.

A double that lies nearest to a narrow enclosure has its digits wherever it is not near a tie; the rest, and all that
is printed with a power of ten, goes to `rounding` itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10
from typing import Any

from symbackprop.numeric import balls, rounding
from symbackprop.numeric.field import Field, Value
from symbackprop.numeric.watched import Rule

NARROW = 60  # bits of an enclosure that a double's own error hides
SURE = 1e12  # below, 10**places · x is right to 1e-3 as a double
TIE = 1e-3
BEGINS, ENDS = 1.001, 9.9  # a mantissa that keeps its power of ten when it is rounded to two digits or more
EXACT = 1 << 30  # so many bits has only what is exact


def printer(rule: Rule, field: Field) -> Callable[[Value], str]:
    """A value to its text."""
    if (spec := rule.format) is not None:
        return lambda x: format(x, spec)
    if not isinstance(field, balls.Balls):
        return lambda x: slow(x, rule, field)
    return to_places(rule, field) if rule.significant is None else significant(rule, field)


def slow(x: Value, rule: Rule, field: Field) -> str:
    return rounding.digits(field.out(x), rule.places, significant=rule.significant).text


def to_places(rule: Rule, field: Field) -> Callable[[Value], str]:
    places = rule.places
    flint: Any = balls.flint
    fmpq, arb = flint.fmpq, flint.arb
    scale, half = 10**places, flint.fmpq(1, 2)
    doubled, written = float(scale), f"%.{places}f"
    least = 10 ** max(0, places + rounding.least(places, None))
    most = 9 * 10 ** (places + rounding.LARGE - 1)
    above, below = least * 1.001, min(SURE, float(most))

    def text(x: Value) -> str:
        kind = type(x)
        if kind is arb:
            bits = x.rel_accuracy_bits()
            if NARROW < bits < EXACT:
                v = float(x)
                s = v * doubled
                if above < abs(s) < below and abs(s - floor(s) - 0.5) > TIE:
                    return written % v
                whole = (x * scale + half).floor().unique_fmpz()
                if whole is not None and least < abs(whole) < most:
                    return rounding.point(int(whole), places)
        elif kind is fmpq:
            y = x * scale
            if y.q == 1 and 0 < abs(y.p) < most:
                digits = rounding.point(int(y.p), places)
                return digits.rstrip("0").rstrip(".") if places else digits
        return slow(x, rule, field)

    return text


def significant(rule: Rule, field: Field) -> Callable[[Value], str]:
    """Where the first digits are neither about to become 10… nor to need a power of ten."""
    kept, arb = (rule.significant or 1) - 1, balls.flint.arb

    def text(x: Value) -> str:
        if type(x) is arb and NARROW < x.rel_accuracy_bits() < EXACT:
            v = float(x)
            power = floor(log10(abs(v))) if v else 9
            s = v * 10.0 ** (kept - power)
            ordinary = -4 <= power <= kept < 9 and kept and BEGINS < abs(s) / 10.0**kept < ENDS
            if ordinary and abs(s - floor(s) - 0.5) > TIE:
                return f"{v:.{kept - power}f}"
        return slow(x, rule, field)

    return text
