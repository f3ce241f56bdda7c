"""A variant's spec as data: complete, so that `derive` reproduces the variant, and fit for JSON and TOML."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symbackprop.spec.numbers import written
from symbackprop.spec.problem import Problem
from symbackprop.spec.write import spec_of, words_of

DOUBLE = 15  # digits that a double keeps


def data_of(problem: Problem) -> dict[str, Any]:
    found = plain(words_of(spec_of(problem)))
    assert isinstance(found, dict)
    return found


def plain(value: Any) -> Any:
    """Lists for rows, numbers for short decimals; others as text, which is read back exactly."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, Fraction):
        return number(value)
    return value


def number(value: Fraction) -> int | float | str:
    if value.denominator == 1:
        return int(value)
    text = written(value) or f"{value.numerator}/{value.denominator}"
    if "/" not in text and Fraction(repr(float(value))) == value:
        return float(value)
    return text
