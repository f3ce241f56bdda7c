"""The fast way tells the same as the slow way, byte for byte, whatever the digits are."""

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.document import Equation, Line, Math, Paragraph, Table, Text
from symbackprop.exams.formats.gift import screen as gift
from symbackprop.exams.formats.moodle import screen as moodle
from symbackprop.exams.formats.qti import screen as qti
from symbackprop.exams.formats.qti12 import screen as qti12
from symbackprop.exams.formats.screen import Setting
from symbackprop.exams.told import Told
from symbackprop.form import add, mul, neg, shown, symbol

numbers = st.decimals(-999, 999, places=7).map(lambda x: f"{x:f}") | st.sampled_from(
    ["0", "1", "-1", "0.05", "-0.3", "0.1385", "-0.066039", "0.00012345", "1e-7", "-3.25e-5", "0.751365070", "12"]
)


def make(digits):
    """Products, negative summands, two numbers that may be printed alike, a table, a sentence."""
    x, y, z = map(shown, digits)
    lines = [Line(symbol("delta", "o1"), add(mul(symbol("a"), symbol("b")), neg(symbol("c"))))]
    lines.append(Line(None, add(mul(x, y), neg(z)), why=(Text("5 numbers put in: "), Math(x))))
    if x != z:
        lines.append(Line(None, z))
    if len(set(digits)) == 1:
        lines.append(Line(symbol("w", "12"), x))
    table = Table(
        ((Text("12"),), (Text("v"),)), (((Text("0.5 %"),), (Math(symbol("w", "5"), "=", y),)),), "ll", (), "t"
    )
    return (Equation(tuple(lines)), table, Paragraph((Text("0.75 and "), Math(z))), Paragraph((Text("100 %s"),)))


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("target", ["latex", "html"])
def test_fast_and_slow_are_the_same(language, target):
    filled = Setting(language, target).filled

    @settings(max_examples=150, deadline=None)
    @given(st.tuples(numbers, numbers, numbers) | numbers.map(lambda x: (x, x, x)))
    def same(digits):
        assert filled(Told(make, lambda: digits)) == filled.ordinary(make(digits))

    same()
    assert filled.slow == 0


@pytest.mark.parametrize("screen", [moodle, gift, qti, qti12])
def test_each_format_escapes_what_is_filled_in_as_it_would_the_whole(screen):
    page = screen("id")
    for digits in [("0.05", "-0.3", "0.05"), ("1", "1", "1"), ("0.25", "-0.1", "0.95"), ("1e-7", "0.066039", "-2")]:
        told = Told(make, lambda digits=digits: digits)
        assert page.told(told) == page.finish(page.setting.filled.ordinary(make(digits)))


@pytest.mark.parametrize("screen", [moodle, gift, qti, qti12])
def test_a_number_alone_is_filled_in_too(screen):
    page = screen("id")
    for digits in ["0.05", "-0.3", "12", "0.066039", "-0.95", "1e-7", "0.1385"]:
        some = (Math(shown(digits)),)
        assert page.line(some) == page.finish(page.setting.line(some))
    assert page.setting.numbers.slow == 0


def test_digits_that_are_words_are_told_the_slow_way():
    def words(digits):
        return (Paragraph((Text(f"Give {digits[0]} decimals."),)), Paragraph((Math(shown(digits[1])),)))

    filled = Setting("en", "latex").filled
    for digits in [("5", "0.25"), ("6", "0.5"), ("5", "0.25")]:
        assert filled(Told(words, lambda digits=digits: digits)) == filled.ordinary(words(digits))
    assert filled.slow == 2


def test_nothing_is_kept_of_a_topology_that_is_gone():
    filled = Setting("en", "latex").filled
    filled(Told(lambda digits: (Paragraph((Math(shown(digits[0])),)),), lambda: ("0.5",)))
    gc.collect()
    assert len(filled.makes) == 0
