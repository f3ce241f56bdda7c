"""A pressed solution is the ordinary one, byte by byte."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbackprop as sb
from symbackprop.numeric.field import PrecisionNeeded
from symbackprop.press import Press

EXAMPLES = Path(__file__).parents[2] / "examples"
FORMATS = [(format, lang) for format in ("latex", "markdown", "typst") for lang in ("en", "id")]

# Half-way cases for nine digits, exact short decimals, values whose sum is 0 (sigmoid(0) is exactly 1/2), tiny ones.
NASTY = [0, 1, -1, "0.5", "-0.5", "0.35", "0.0000000005", "0.1234567895", "0.00001", "-0.000099999", "12.5", "1e-7"]
numbers = st.one_of(
    st.sampled_from([Fraction(x) for x in NASTY]),
    st.integers(-40, 40).map(lambda n: Fraction(n, 20)),
    st.integers(-(10**6), 10**6).map(lambda n: Fraction(n, 10**6)),
)


@cache
def press(format: str, lang: str, detail: str = "brief", example: str = "mazur.toml") -> Press:
    return sb.solution(sb.derive(EXAMPLES / example), lang=lang, detail=detail).press(format)


def drawn(like: Any, draw: Any) -> Any:
    return tuple(drawn(x, draw) for x in like) if isinstance(like, tuple) else draw(numbers)


def compared(made: Press, values: dict[str, Any]) -> None:
    """Where an enclosure leaves a digit open, the ordinary way says so, and the press does."""
    try:
        text = made.solution.of(values).render(made.format)
    except PrecisionNeeded:
        with pytest.raises(PrecisionNeeded):
            made(values)
    else:
        assert made(values) == text


@pytest.mark.parametrize(("format", "lang"), FORMATS)
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_brief_solutions_are_the_ordinary_ones(format: str, lang: str, data: Any) -> None:
    made = press(format, lang)
    given = made.solution.derivation.problem.values
    compared(made, {name: drawn(x, data.draw) for name, x in given.items()})


@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_full_solutions_are_the_ordinary_ones(data: Any) -> None:
    made = press("latex", "en", "full")
    given = made.solution.derivation.problem.values
    compared(made, {name: drawn(x, data.draw) for name, x in given.items()})


def variants(made: Press, count: int, name: str = "W1") -> list[dict[str, Any]]:
    """Near the given numbers, so that the same is told of them."""
    array = made.solution.derivation.problem.values[name]
    return [{name: tuple(tuple(x + Fraction(k, 1000) for x in row) for row in array)} for k in range(count)]


@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_most_go_the_quick_way(detail: str) -> None:
    made = Press(press("latex", "en", detail).solution, "latex")
    for values in variants(made, 12):
        compared(made, values)
    assert made.count
    assert made.slow < 12


def test_the_text_says_the_numbers_that_are_given() -> None:
    made = press("latex", "en")
    one, other = (made({"b1": x}) for x in ("0.111", "0.222"))
    assert "0.111" in one
    assert "0.111" not in other
    assert "0.222" in other


def test_a_story_that_differs_is_not_told_again() -> None:
    made = Press(press("latex", "en").solution, "latex")
    first, second, third = variants(made, 3)
    made(first)
    (story,) = stories(made.stories)
    story.main[0].add("wrong ")
    compared(made, second)
    compared(made, third)
    assert not story.main[0].sound


def stories(tree: dict[Any, Any]) -> list[Any]:
    found = [tree[None]] if None in tree else []
    return found + [s for key, ways in tree.items() if key is not None for way in ways.values() for s in stories(way)]


def test_a_format_without_a_press_is_named() -> None:
    with pytest.raises(sb.SymbackpropError, match="latex, markdown, typst"):
        press("latex", "en").solution.press("docx")
