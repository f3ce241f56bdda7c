"""All targets, and the exact numbers, against central differences of a computation of their own."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import dense_by_hand as plain
import mpmath
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpmath import mpf
from networks import problems

from symbackprop.derivation import steps_of, sweep
from symbackprop.graph import build
from symbackprop.numeric.emit import lambdify, source
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import double, ends
from symbackprop.numeric.intervals import Intervals
from symbackprop.numeric.targets import TARGETS
from symbackprop.spec import Problem

np = pytest.importorskip("numpy")


def drawn(problem: Problem, seed: int) -> dict[str, Any]:
    """Numbers for every leaf; targets sum to 1, and nothing lies on a kink."""
    draw = random.Random(seed)

    def array(shape: tuple[Any, ...]) -> Any:
        if shape:
            return tuple(array(shape[1:]) for _ in range(shape[0]))
        return Fraction(draw.randint(-999, 999) * 2 + 1, 1009)

    values = {name: array(tuple(shape)) for name, shape in problem.shapes.items()}
    units = problem.shapes["t"][0]
    rows = []
    for _ in range(problem.samples or 1):
        weights = [draw.randint(1, 9) for _ in range(units + (units == 1))]
        rows.append(tuple(Fraction(w, sum(weights)) for w in weights[:units]))
    values["t"] = tuple(rows) if problem.samples else rows[0]
    if problem.samples:
        values["x"] = tuple(array(tuple(problem.shapes["x"])) for _ in range(problem.samples))
    return values


def floats(x: Any) -> Any:
    return [floats(row) for row in x] if isinstance(x, tuple) else float(x)


def defined(problem: Problem) -> bool:
    """Cross-entropy wants probabilities, binary cross-entropy independent ones: 1 − softmax loses digits."""
    assert problem.network
    last = problem.network.layers[-1].activation
    return last in {"cross-entropy": ("sigmoid", "softmax"), "binary-cross-entropy": ("sigmoid",)}.get(
        problem.network.loss, (last,)
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems().filter(defined), seed=st.integers(0, 2**20))
def test_targets_and_exact_numbers_agree_with_central_differences(problem: Problem, seed: int) -> None:
    values = drawn(problem, seed)
    steps = steps_of(problem)
    wrt = (*problem.parameters, "x", "t")
    with mpmath.workdps(50):
        numbers = {name: plain.number(x) for name, x in values.items()}
        wanted = plain.error(problem, numbers)
        gradients = {name: plain.gradient(problem, numbers, name) for name in wrt}
        exact = evaluate(steps, values)
        close(exact["ref", "E"], wanted, 1e-40)
        error, found = lambdify(steps, "mpmath", wrt)(**{n: numbers[n] for n in values})
        close(error, wanted, 1e-40)
        for name in wrt:
            for at, slope in gradients[name].items():
                close(plain.read(exact["adjoint", name], at), slope, 1e-25)
                close(plain.read(found[name], at), slope, 1e-25)
        for target in ("python", "numpy"):
            error, found = lambdify(steps, target, wrt)(**{n: floats(x) for n, x in values.items()})
            close(error, wanted, 1e-10)
            for name in wrt:
                for at, slope in gradients[name].items():
                    close(plain.read(found[name], at), slope, 1e-9)


def close(found: Any, wanted: Any, within: float) -> None:
    if not isinstance(found, float | mpf):
        low, high = ends(found)
        found = plain.number((low + high) / 2)
    assert abs(mpf(found) - wanted) <= within * (1 + abs(wanted))


@settings(max_examples=25)
@given(problem=problems().filter(defined).filter(lambda p: not p.samples), seed=st.integers(0, 99), n=st.integers(1, 3))
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_batch_is_its_samples_reduced(problem: Problem, seed: int, n: int, reduction: str, target: str) -> None:
    many = problem.replace(samples=n)
    values = {name: floats(x) for name, x in drawn(many, seed).items()}
    steps = steps_of(problem)
    wrt = (*problem.parameters, "x", "z1")
    f = lambdify(steps, target, wrt, reduction=reduction)
    error, found = f(**values)
    ones = [f(**{**values, "x": x, "t": t}) for x, t in zip(values["x"], values["t"], strict=True)]
    scale = n if reduction == "mean" else 1
    assert float(error) == pytest.approx(float(sum(e for e, _ in ones)) / scale, rel=1e-9, abs=1e-9)
    for name in problem.parameters:
        whole = np.array(found[name], dtype=float)
        assert whole == pytest.approx(sum(np.array(g[name], dtype=float) for _, g in ones) / scale, rel=1e-9, abs=1e-9)
    for name in ("x", "z1"):
        wanted = np.array([g[name] for _, g in ones], dtype=float) / scale
        assert np.array(found[name], dtype=float) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=20)
@given(problem=problems().filter(defined), seed=st.integers(0, 99))
def test_balls_and_intervals_mean_the_same(problem: Problem, seed: int) -> None:
    values, steps = drawn(problem, seed), steps_of(problem)
    one, other = evaluate(steps, values), evaluate(steps, values, numbers=Intervals(220))
    for k in one:
        assert flat(one[k]) == flat(other[k])


def flat(x: Any) -> list[float]:
    return [y for row in x for y in flat(row)] if isinstance(x, tuple) else [double(x)]


@given(problem=problems())
@settings(max_examples=10)
def test_a_source_is_the_same_every_time_and_runs_on_its_own(problem: Problem) -> None:
    steps = steps_of(problem)
    for target in TARGETS:
        text = source(steps, target)
        assert text == source(steps, target)
        namespace: dict[str, Any] = {}
        exec(compile(text, target, "exec"), namespace)  # noqa: S102 - the text is ours
        assert callable(namespace["f"])


@pytest.mark.parametrize("target", TARGETS)
def test_what_has_no_axis_of_samples_is_every_samples(target: str) -> None:
    """x alone is a batch, t is one for all; and a leaf that nothing depends on is an argument all the same."""
    graph = build(("y = w*x", "E = sum((y - t)**2)/2"), {"x": (2,), "t": (2,), "w": (), "v": (2,)}, ("w", "v"), "E")
    f = lambdify(sweep(graph), target, ("w", "v"))
    error, gradient = f(x=[[1.0, 2.0], [3.0, 4.0]], t=[1.0, 1.0], w=1.0, v=[0.0, 0.0])
    assert float(error) == (0 + 1 + 4 + 9) / 2
    assert float(gradient["w"]) == 0 + 2 + 6 + 12
    assert [float(x) for x in gradient["v"]] == [0, 0]


@pytest.mark.parametrize("target", TARGETS)
def test_results_share_nothing(target: str) -> None:
    """Two parameters with equal gradients: a change of one leaves the other alone."""
    graph = build(("z = a + b", "E = sum(z**2)"), {"a": (2,), "b": (2,)}, ("a", "b"), "E")
    _, gradient = lambdify(sweep(graph), target)(a=[1.0, 2.0], b=[0.0, 0.0])
    gradient["a"][0] = 100.0
    assert float(gradient["b"][0]) == 2
