"""All published cases in the equations form: every figure, after its number of updates, and every node's adjoint."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import check_cases
import numpy as np
import pytest
from equations import spec, unread
from layered import CASES

import symbackprop as sb


def arrays(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) for name, value in values.items()}


def asks(case: dict[str, Any]) -> dict[str, Any]:
    """What a figure's expression may ask for, answered by symbackprop."""

    @cache
    def data(steps: int) -> dict[str, Any]:
        made: dict[str, Any] = sb.derive(sb.loads(spec(case, steps))).data()
        return made

    @cache
    def after(steps: int) -> dict[str, Any]:
        """The derivation at the parameters that `steps` updates lead to."""
        if not steps:
            return start
        problem = sb.loads(spec(case, steps))
        moved = sb.derive(problem).trajectory().parameters
        made: dict[str, Any] = sb.derive(problem.replace(values={**problem.values, **moved})).data()
        return made

    def partial(out: str, name: str) -> Any:
        """D("a2[0]", "z2"): ∂(an entry)/∂(a quantity), as the adjoint of an error that is that entry."""
        problem = sb.loads(spec(case))
        picked = problem.replace(program=(*problem.program, f"Q = {out}"), error="Q")
        return np.array(sb.derive(picked).data()["adjoints"][name])

    start = data(0)
    beside = {name: case["leaves"][name] for name in unread(case)}

    def seen(steps: int) -> dict[str, Any]:
        return {**check_cases.FUN, **arrays(beside), **arrays(after(steps)["values"])}

    return {
        **seen(0),
        "G": lambda name, k=0: np.array(after(k)["adjoints"][name]),
        "NEW": lambda name, k=1: np.array(data(k)["updated"][name]),
        "AFTER": lambda expression, k=1: check_cases.ev(expression, seen(k)),
        "D": partial,
    }


def test_there_are_seventeen() -> None:
    assert len(CASES) == 17


@pytest.mark.parametrize("name", CASES)
def test_every_figure_comes_out(name: str) -> None:
    case = CASES[name]
    known = asks(case)
    for item in case["published"]:
        found = float(np.real(check_cases.ev(item["q"], known)))
        assert found == pytest.approx(item["truth"], rel=1e-10, abs=1e-10), item["label"]


@pytest.mark.parametrize("name", CASES)
def test_every_adjoint_is_that_of_the_complex_step(name: str) -> None:
    case = CASES[name]
    recomputed = check_cases.Case(case)
    leaves = recomputed.leaf.keys() | recomputed.samples[0].keys()
    found = sb.derive(sb.loads(spec(case))).data()["adjoints"]
    for node in [*(leaves - unread(case)), *(node for node, _ in recomputed.prog)]:
        wanted = recomputed.deriv("loss", node)
        np.testing.assert_allclose(found[node], wanted, rtol=1e-10, atol=1e-10, err_msg=node)


def test_keras_rmsprop_tells_the_two_places_of_epsilon_apart() -> None:
    inside = spec(CASES["keras-opt-rmsprop"], 1)
    outside = inside.replace("epsilon-inside-root = true", "epsilon-inside-root = false")
    first, second = (sb.derive(sb.loads(text)).trajectory().parameters["w"][0] for text in (inside, outside))
    assert Fraction(1, 10**8) < abs(Fraction(float(first)) - Fraction(float(second))) < Fraction(1, 10**5)
