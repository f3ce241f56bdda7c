"""Published cases that make updates, through the equations form: every figure, after as many updates as it says."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import check_cases
import numpy as np
import pytest
from dense import CASES

import symbackprop as sb

#   what only the recomputation's own small language has, in the array notation
SPELLED = {"conv_valid(": "conv("}
#   the recomputation's word for an option → ours
OPTIONS = {"lr": "rate", "b1": "beta1", "b2": "beta2", "eps": "epsilon", "rho": "rho", "momentum": "momentum"}
#   kind of the case → our words
KINDS = {
    "sgd": 'optimizer = "sgd"',
    "adam": 'optimizer = "adam"',
    "rmsprop": 'optimizer = "rmsprop"\nepsilon-inside-root = true',  # Keras adds it below the root
}
NAMES = [name for name, case in CASES.items() if case.get("optimizer") and "NEW(" in str(case["published"])]


def text(value: Any) -> str:
    return f"[{', '.join(map(text, value))}]" if isinstance(value, list) else repr(value)


def spec(case: dict[str, Any], steps: int) -> str:
    """The case as a TOML spec."""
    program = list(case["program"])
    for theirs, ours in SPELLED.items():
        program = [line.replace(theirs, ours) for line in program]
    optimizer = case["optimizer"]
    options = [f"{OPTIONS[key]} = {value!r}" for key, value in optimizer.items() if key in OPTIONS]
    order = [f'order = "{optimizer["order"]}"'] if "order" in optimizer else []
    samples = [
        line
        for sample in case.get("samples") or ()
        for line in ("[[samples]]", *(f"{name} = {text(value)}" for name, value in sample.items()))
    ]
    return "\n".join(
        [
            "[equations]",
            f"program = [{', '.join(repr(line).replace(chr(39), chr(34)) for line in program)}]",
            'error = "loss"',
            f"parameters = {text(case['params']).replace(chr(39), chr(34))}",
            "[values]",
            *(f"{name} = {text(value)}" for name, value in case["leaves"].items()),
            *samples,
            "[training]",
            KINDS[optimizer["kind"]],
            *options,
            *order,
            f"steps = {steps}",
        ]
    )


def asks(case: dict[str, Any]) -> dict[str, Any]:
    """What a figure's expression may ask for, answered by symbackprop."""

    @cache
    def data(steps: int) -> dict[str, Any]:
        made: dict[str, Any] = sb.derive(sb.loads(spec(case, steps))).data()
        return made

    @cache
    def after(expression: str, steps: int = 1) -> Any:
        problem = sb.loads(spec(case, steps))
        moved = sb.derive(problem).trajectory().parameters
        values = sb.derive(problem.replace(values={**problem.values, **moved})).data()["values"]
        return check_cases.ev(expression, {**check_cases.FUN, **arrays(values)})

    start = data(1)
    return {
        **check_cases.FUN,
        **arrays(start["values"]),
        "G": lambda name, k=0: np.array(start["adjoints"][name]) if not k else pytest.fail("a gradient after updates"),
        "NEW": lambda name, k=1: np.array(data(k)["updated"][name]),
        "AFTER": after,
        "D": lambda out, name: check_cases.Case(case).deriv(out, name),
    }


def arrays(values: dict[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) for name, value in values.items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_comes_out(name: str) -> None:
    case = CASES[name]
    known = asks(case)
    for item in case["published"]:
        found = float(np.real(check_cases.ev(item["q"], known)))
        assert found == pytest.approx(item["truth"], rel=1e-10, abs=1e-10), item["label"]


def test_the_optimizers_cases_are_among_them() -> None:
    assert {"keras-opt-adam", "keras-opt-sgd", "keras-opt-rmsprop", "deepml-130-cnn-a"} <= set(NAMES)


def test_keras_rmsprop_tells_the_two_places_of_epsilon_apart() -> None:
    inside = sb.derive(sb.loads(spec(CASES["keras-opt-rmsprop"], 1))).trajectory().parameters["w"]
    text_of_it = spec(CASES["keras-opt-rmsprop"], 1).replace(
        "epsilon-inside-root = true", "epsilon-inside-root = false"
    )
    outside = sb.derive(sb.loads(text_of_it)).trajectory().parameters["w"]
    difference = abs(Fraction(float(inside[0])) - Fraction(float(outside[0])))
    assert Fraction(1, 10**8) < difference < Fraction(1, 10**5)
