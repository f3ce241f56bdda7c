"""The generator: its numbers are what they were, each as likely as any other, and no path disturbs another."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.exams.source import Source, in_turn, text_of

# Taken down once.  A seed means the same for ever: whatever changes these breaks every exam that was handed out.
VECTORS = {
    ("7", "v00001", "draw"): [89, 84, 15, 82, 82],
    ("7", "v00002", "draw"): [64, 5, 91, 26, 49],
    ("", 0): [25, 23, 59, 9, 38],
}


def test_a_word_is_sha256_of_the_path_and_a_counter() -> None:
    block = sha256(b"18:symbackprop/exam/11:71:x1:0").digest()
    assert text_of("7", "x") == b"1:71:x"
    assert Source("7", "x").below(2**64) == int.from_bytes(block[:8], "big")


def test_the_numbers_are_those_taken_down() -> None:
    for path, numbers in VECTORS.items():
        source = Source(*path)
        assert [source.below(100) for _ in numbers] == numbers


@given(st.lists(st.text(max_size=5), min_size=1, max_size=4), st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_no_two_paths_are_alike(one: list[str], other: list[str]) -> None:
    assert (text_of(*one) == text_of(*other)) == (one == other)


@given(st.integers(1, 50), st.integers(0, 500))
def test_in_turn_has_every_number_once_in_each_round(n: int, k: int) -> None:
    start = k // n * n
    assert sorted(in_turn(n, j, "seed", "letter") for j in range(start, start + n)) == list(range(n))


@given(st.integers(1, 2**64))
def test_a_number_is_below(n: int) -> None:
    assert 0 <= Source("x", n).below(n) < n


def test_each_number_is_as_likely() -> None:
    source = Source("likely")
    counts = Counter(source.below(7) for _ in range(7000))
    chi = sum((count - 1000) ** 2 / 1000 for count in counts.values())
    assert len(counts) == 7
    assert chi < 22.5  # one in a thousand is above, with 6 degrees of freedom


def test_shuffling_keeps_what_there_is() -> None:
    assert sorted(Source("s").shuffled(range(9))) == list(range(9))
    assert Source("s").shuffled(range(9)) == Source("s").shuffled(range(9)) != list(range(9))


@pytest.mark.parametrize("n", [3, 4])
def test_every_order_is_as_likely(n: int) -> None:
    from math import factorial

    counts = Counter(tuple(Source("order", k).shuffled(range(n))) for k in range(300 * factorial(n)))
    assert len(counts) == factorial(n)
    assert max(counts.values()) < 2 * min(counts.values())
