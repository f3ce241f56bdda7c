"""Numbers of a model, exactly: a float of 32 or 64 bits is a fraction whose denominator is a power of 2."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.numbers import MOST_NUMBERS, Array, Refused, described, shape
from symbackprop.spec.numbers import array as read


def listed(value: Any) -> Any:
    """A tensor, a variable or an array as rows of Python's own numbers."""
    for step in ("detach", "numpy"):  # what PyTorch and TensorFlow want to be asked first
        if not isinstance(value, list | tuple) and hasattr(value, step) and (step == "detach" or not tolist(value)):
            value = getattr(value, step)()
    if (sizes := getattr(value, "shape", None)) is not None and prod(int(n) for n in sizes) > MOST_NUMBERS:
        raise SpecError(f"an array of more than {MOST_NUMBERS:,} numbers")
    return value.tolist() if tolist(value) else value


def tolist(value: Any) -> bool:
    return callable(getattr(value, "tolist", None))


def exact(value: Any, name: str) -> Array:
    """Fraction(0.1) is 3602879701896397/36028797018963968, the number that the model computes with."""

    def read_in(part: Any) -> Array:
        return tuple(map(read_in, part)) if isinstance(part, list | tuple) else Fraction(+part)  # a text has no +

    try:
        return read_in(listed(value))
    except (TypeError, ValueError, OverflowError):  # complex numbers, nan, infinity
        raise SpecError(f"{name!r} holds something else than finite real numbers; it cannot be computed with") from None


def given(value: Any, name: str, sizes: tuple[int, ...]) -> Array:
    """Data that the caller gives, as the decimals that are written; one sample may stand without its axis of size 1."""
    try:
        numbers = read(listed(value))
    except Refused as refused:
        raise SpecError(f"{name}: {refused}") from None
    for _ in range(2):
        if shape(numbers) == sizes:
            return numbers
        numbers = (numbers,)
    found = described(numbers[0][0])  # type: ignore[index]
    raise SpecError(f"{name} has {found}, expected {' × '.join(map(str, sizes)) or 'one number'}")


def one_hot(tokens: Any, vocabulary: int) -> Any:
    """2 of 4 is 0 0 1 0."""
    if isinstance(tokens, list | tuple):
        return [one_hot(token, vocabulary) for token in tokens]
    if tokens not in range(vocabulary):
        raise SpecError(f"a token is a whole number from 0 to {vocabulary - 1}, not {tokens!r}")
    return [int(k == tokens) for k in range(vocabulary)]
