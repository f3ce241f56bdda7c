"""The quick way to print a number is the one rule."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symbackprop.numeric.field import PrecisionNeeded, field
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.watched import Rule
from symbackprop.press.digits import printer

NUMBERS = field()
ratios = st.builds(Fraction, st.integers(-(10**25), 10**25), st.integers(1, 10**25))
decimals = st.builds(lambda n, k: Fraction(n, 10**k), st.integers(-(10**14), 10**14), st.integers(0, 20))
ties = st.builds(lambda n, k: Fraction(2 * n + 1, 2 * 10**k), st.integers(-(10**12), 10**12), st.integers(0, 16))


@pytest.mark.parametrize("rule", [Rule(9), Rule(15), Rule(3), Rule(0), Rule(9, 3), Rule(9, 6)])
@settings(max_examples=300, deadline=None)
@given(x=st.one_of(ratios, decimals, ties), ball=st.booleans())
@example(x=Fraction(1, 10000), ball=True)
@example(x=Fraction(10**9), ball=True)
@example(x=Fraction(-(10**9)) + Fraction(1, 10**10), ball=True)
@example(x=Fraction(3775, 10000), ball=False)
@example(x=Fraction(3775, 10000), ball=True)
def test_quick_digits_are_those_of_the_rule(rule: Rule, x: Fraction, ball: bool) -> None:
    with NUMBERS.at_precision():
        value = NUMBERS.number(x)
        if ball:  # an enclosure of x
            value = NUMBERS.functions["exp"](NUMBERS.number(Fraction(1))) * 0 + value + wide()
        assert text(lambda: printer(rule, NUMBERS)(value)) == text(
            lambda: digits(NUMBERS.out(value), rule.places, significant=rule.significant).text
        )


def wide() -> object:
    """About 0, between a bit less and a bit more."""
    root = NUMBERS.functions["sqrt"](NUMBERS.number(Fraction(2)))
    return root - root


def text(work: object) -> str:
    try:
        return work()  # type: ignore[operator]
    except PrecisionNeeded:
        return "open"
