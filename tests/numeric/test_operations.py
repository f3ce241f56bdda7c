"""The emitted Python costs what the textbook's recursion costs: counted by numbers that count."""

from __future__ import annotations

import math
from typing import Any

import pytest

from symbackprop.derivation import Steps, steps_of
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.program import operations, program
from symbackprop.spec import Dense, Network, problem

COUNT = [0]


class Counting:
    """A number that counts + - · / ** and negation; the 0 that sum() begins with is no addition."""

    def __init__(self, x: float) -> None:
        self.x = x

    def __float__(self) -> float:
        return self.x

    def __ge__(self, other: Any) -> bool:
        return self.x >= float(other)

    def __gt__(self, other: Any) -> bool:
        return self.x > float(other)


def counted(name: str) -> Any:
    def method(self: Counting, *other: Any) -> Counting:
        if not (name == "__radd__" and type(other[0]) is int and other[0] == 0):
            COUNT[0] += 1
        return Counting(getattr(self.x, name)(*map(float, other)))

    return method


for operator in "add sub mul truediv pow".split():
    for side in ("", "r"):
        setattr(Counting, f"__{side}{operator}__", counted(f"__{side}{operator}__"))
Counting.__neg__ = counted("__neg__")  # type: ignore[attr-defined]


def function(f: Any) -> Any:
    def call(x: Any) -> Counting:
        COUNT[0] += 1
        return Counting(f(float(x)))

    return call


def textbook(n: tuple[int, ...]) -> tuple[int, int]:
    """Value, and value with gradient."""
    layers = range(1, len(n))
    value = sum(n[k] * (2 * n[k - 1] + 4) for k in layers) + 3 * n[-1]
    hidden = sum(n[k] * (2 * n[k + 1] + 2) for k in layers[:-1])
    return value, value + 3 * n[-1] + hidden + sum(n[k - 1] * n[k] for k in layers)


def steps(n: tuple[int, ...]) -> Steps:
    layers = tuple(Dense(units=k, activation="sigmoid") for k in n[1:])
    return steps_of(problem(Network(inputs=n[0], loss="half-squared-error", layers=layers)))


def count(f: Any, made: Steps) -> int:
    for name in "exp log sqrt tanh".split():
        if name in f.__globals__:
            f.__globals__[name] = function(getattr(math, name))
    values = {name: filled(made.graph.shapes[name]) for name in made.graph.leaves if name in f.__code__.co_varnames}
    COUNT[0] = 0
    f(**values)
    return COUNT[0]


def filled(shape: tuple[Any, ...]) -> Any:
    return [filled(shape[1:]) for _ in range(shape[0])] if shape else Counting(0.01)


@pytest.mark.parametrize("n", [(2, 2, 2), (8, 8, 8, 8), (784, 30, 10)], ids=str)
def test_operations_are_those_of_the_textbook(n: tuple[int, ...]) -> None:
    made = steps(n)
    value, both = textbook(n)
    assert operations(program(made, ())) == value
    assert operations(program(made)) == both
    assert count(lambdify(made, "python", ()), made) == value
    assert count(lambdify(made, "python"), made) == both


def test_only_what_is_asked_for_is_computed() -> None:
    made = steps((4, 3, 2))
    last = program(made, ["W2"])
    assert {line.left.name for line in last.lines if line.left.op == "adjoint"} == {"z2", "W2"}
    assert operations(program(made, [])) < operations(last) < operations(program(made))


def test_the_time_is_linear_in_depth() -> None:
    costs = [operations(program(steps((3,) * (depth + 1)))) for depth in (4, 8, 12)]
    assert costs[2] - costs[1] == costs[1] - costs[0]
