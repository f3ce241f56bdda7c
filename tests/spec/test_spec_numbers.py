"""Numbers are exact, within limits that are looked at before any arithmetic is done."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.spec.numbers import MOST_NUMBERS, Refused, Written, array, described, number, shape, written

F = Fraction


@pytest.mark.parametrize(
    ("given_", "exact"),
    [
        (0.15, F(3, 20)),
        (0.1, F(1, 10)),
        (1e-5, F(1, 100_000)),
        (3, F(3)),
        (F(1, 3), F(1, 3)),
        (Decimal("0.30"), F(3, 10)),
        (Written("1_000.5"), F(2001, 2)),
        (Written("-1e-64"), F(-1, 10**64)),
        (Written("+0.0"), F(0)),
        ("3/20", F(3, 20)),
        ("-1/3", F(-1, 3)),
        ("0.150", F(3, 20)),
        (".5", F(1, 2)),
        (0.1 + 0.2, F("0.30000000000000004")),
        ("0." + "0" * 63 + "1", F(1, 10**64)),
        (10**30 - 1, F(10**30 - 1)),
    ],
)
def test_a_number_is_what_is_written(given_: object, exact: Fraction) -> None:
    assert number(given_) == exact


@pytest.mark.parametrize(
    "given_",
    [
        True, None, "", " ", "a", "1/0", "1/", "--1", "1e", "1e65", "1e-65", "0." + "0" * 64 + "1", "1.5.2", "0x10",
        "1 2", "__import__('os')", "\uff11", "0,5", float("nan"), float("-inf"), Decimal("NaN"), Decimal("1e99"),
        Written("nan"), Written("1e99999999999999999999"), 10**30, -(10**30), 10**1_000, F(1, 10**65), F(1, 3**70),
        "9" * 31, "1" * 1000, [], {}, object(), 1j, b"1",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(given_: object) -> None:
    with pytest.raises(Refused):
        number(given_)


def test_numbers_of_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    assert number(numpy.float64(0.1)) == number(numpy.array(0.1)) == F(1, 10)
    assert number(numpy.int32(3)) == 3
    assert array(numpy.array([[0.1, 0.2], [0.3, 0.4]])) == ((F(1, 10), F(1, 5)), (F(3, 10), F(2, 5)))
    with pytest.raises(Refused, match="true is no number"):
        array(numpy.array([True]))


def test_the_float_of_a_float_is_not_used() -> None:
    assert number(0.15) != F(0.15)


@given(st.fractions())
def test_a_written_number_reads_back(value: Fraction) -> None:
    text = written(value)
    if text is not None:
        assert number(text) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_decimal_is_written_as_one(value: Decimal) -> None:
    text = written(F(value))
    assert text is not None
    assert "/" not in text
    assert F(text) == F(value)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-9, max_value=1e9))
def test_every_double_of_a_common_size_can_be_written(value: float) -> None:
    text = written(F(value))
    assert text is not None
    assert number(text) == F(value)


def test_how_numbers_are_written() -> None:
    values = [F(3, 20), F(2), F(-1, 3), F(10**20), F(1, 10**9), F(0), F(15 * 10**39), F(1, 7**40), F(0.1)]
    assert [written(value) for value in values] == [
        "0.15", "2", "-1/3", "1e+20", "1e-9", "0", "1.5e+40", None, "3602879701896397/36028797018963968",
    ]  # fmt: skip


numbers = st.integers(-9, 9).map(Fraction)


@given(st.recursive(numbers, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=10))
def test_shape_is_that_of_equal_rows(value: Any) -> None:
    numpy = pytest.importorskip("numpy")
    try:
        wanted = numpy.array(numpy.empty(0) if value == () else value, dtype=float).shape
    except ValueError:
        wanted = None
    found = shape(value)
    assert found == wanted or (wanted is not None and 0 in wanted)
    assert described(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1, "one number"),
        ([], "a list of 0 numbers"),
        ([1], "a list of 1 number"),
        ([1, 2, 3], "a list of 3 numbers"),
        ([[1, 2]], "1 row of 2"),
        ([[1, 2, 3], [4, 5, 6]], "2 rows of 3"),
        ([[1], [1, 2], [1, 2, 3]], "rows of 1, 2 and 3"),
        ([[1], [], [1, 2], [1] * 3, [1] * 4, [1] * 5], "rows of 1, 0, 2 and …"),
        ([1, [2]], "numbers and rows mixed"),
        ([[[1]], [[2]]], "an array of 2 × 1 × 1"),
        ([[[1], [2, 3]]], "rows of rows that differ in length"),
    ],
)
def test_arrays_in_words(value: Any, words: str) -> None:
    assert described(array(value)) == words


def test_wrong_entries_are_told_by_their_place() -> None:
    with pytest.raises(Refused) as refused:
        array([[1, "a"], [Written("nan"), 2]])
    assert [at for at, _ in refused.value.faults] == [(0, 1), (1, 0)]


def test_too_many_numbers_are_not_read() -> None:
    row = [0] * 1_000
    start = time.perf_counter()
    with pytest.raises(Refused, match="more than 5,000,000 numbers"):
        array([row] * (MOST_NUMBERS // 1_000 + 1))
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(Refused, match="more than 8 deep"):
        array(deep)
    assert time.perf_counter() - start < 2
