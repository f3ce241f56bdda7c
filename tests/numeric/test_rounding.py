"""The rounding rule, against the decimal module."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from symbackprop.numeric.field import PrecisionNeeded, double, ends, field
from symbackprop.numeric.intervals import Intervals
from symbackprop.numeric.rounding import digits

PRECISE = Context(prec=400, rounding=ROUND_HALF_UP)

rationals = st.builds(Fraction, st.integers(-(10**25), 10**25), st.integers(1, 10**18))
short = st.builds(lambda n, k: Fraction(n, 10**k), st.integers(-(10**12), 10**12), st.integers(0, 14))


@given(st.one_of(rationals, short), st.integers(1, 12))
@example(Fraction(1, 8), 2)
@example(Fraction("0.99999999995"), 9)
@example(Fraction("9.99999999996e-5"), 9)
@example(Fraction("99999.9999999999"), 9)
@example(Fraction("999999999.99999999999"), 9)
def test_a_number_is_rounded_half_away_from_zero(x: Fraction, places: int) -> None:
    text, exact = digits(x, places)
    assert (Fraction(text) == x) or not exact
    assert text.isascii()
    assert not (text.startswith("-") and Fraction(text) == 0)
    if exact:
        return
    with localcontext(PRECISE):
        value = Decimal(x.numerator) / Decimal(x.denominator)
        mantissa, _, power = text.partition("e")
        assert len(mantissa.partition(".")[2]) == places
        scaled = value / (Decimal(10) ** int(power or 0))
        assert Decimal(mantissa) == scaled.quantize(Decimal(10) ** -places) or "e" in text
        assert abs(Decimal(mantissa) - scaled) * 2 <= Decimal(10) ** -places


@given(rationals.filter(bool), st.integers(1, 12))
def test_significant_digits(x: Fraction, significant: int) -> None:
    with localcontext(Context(prec=significant, rounding=ROUND_HALF_UP)):
        wanted = Decimal(x.numerator) / Decimal(x.denominator)
    text, exact = digits(x, significant=significant)
    assert Fraction(text) == Fraction(wanted)
    if not exact:
        mantissa = text.partition("e")[0]
        assert len(mantissa.replace("-", "").replace(".", "").lstrip("0")) >= significant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3775, 10000), "0.3775"),
        (Fraction(5, 100), "0.05"),
        (Fraction(1), "1"),
        (Fraction(0), "0"),
        (Fraction(1, 3), "0.333333333"),
        (Fraction("0.00043856773447434685"), "0.000438568"),
        (Fraction("0.000035101877831"), "3.510187783e-5"),
        (Fraction(-1, 3 * 10**20), "-3.333333333e-21"),
        (Fraction(10**9), "1e9"),
        (Fraction(10**10, 3), "3.333333333e9"),
        (Fraction(1, 10**15), "1e-15"),
        (Fraction("99.9999999999"), "100.000000000"),
        (Fraction("0.0000999999999996"), "0.000100000"),
        (Fraction("0.00000999999999996"), "1.000000000e-5"),
        (Fraction("999999999.9999999999"), "1.000000000e9"),
    ],
    ids=str,
)
def test_what_is_printed(value: Fraction, text: str) -> None:
    assert digits(value).text == text


def test_an_enclosure_prints_where_both_its_ends_do() -> None:
    for numbers in (field(220), Intervals(220)):
        with numbers.at_precision():
            third = numbers.functions["exp"](numbers.number(Fraction(1, 3)))
            assert digits(third) == ("1.395612425", False)
            assert digits(third - third) == ("0.000000000", False)
    for numbers in (field(10), Intervals(10)):
        with numbers.at_precision(), pytest.raises(PrecisionNeeded):
            digits(numbers.functions["exp"](numbers.number(Fraction(1, 3))))


@given(rationals)
def test_the_double_is_the_nearest(x: Fraction) -> None:
    assert double(x) == x.numerator / x.denominator


@given(st.fractions(min_value=-30, max_value=30, max_denominator=10**6))
def test_the_double_of_an_enclosure_is_the_nearest(x: Fraction) -> None:
    assume(x)
    for numbers in (field(220), Intervals(220)):
        with numbers.at_precision():
            y = numbers.functions["exp"](numbers.number(x))
        low, high = (e.numerator / e.denominator for e in ends(y))
        assert double(y) == low == high


@pytest.mark.parametrize("n", [1, 2, 3])
def test_what_cancels_to_an_enclosure_of_zero_has_powers(n: int) -> None:
    """flint's own power of such a ball encloses nothing: two samples alike in a batch norm had no variance."""
    for numbers in (field(220), Intervals(220)):
        with numbers.at_precision():
            nought = numbers.functions["exp"](numbers.number(Fraction(1))) - numbers.functions["exp"](1)
            low, high = ends(numbers.functions["power"](nought, n))
            assert low <= 0 <= high
            assert high - low < Fraction(1, 10**50)
