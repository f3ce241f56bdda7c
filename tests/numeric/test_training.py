"""Mazur's numbers, trajectories, and what floating point must not spoil."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symbackprop.derivation import steps_of, sweep
from symbackprop.errors import SpecError
from symbackprop.form import Axis, index, mul, over, ref
from symbackprop.graph import Definition, Graph, build
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import Undecided, ends
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.targets import TARGETS
from symbackprop.numeric.training import trajectory
from symbackprop.spec import Dense, Network, Problem, problem


def mazur(**changes: Any) -> Problem:
    layer = {"units": 2, "activation": "sigmoid", "bias": "shared"}
    made = problem(Network(inputs=2, loss="half-squared-error", layers=(Dense(**layer), Dense(**layer))))
    values = {
        "x": decimals("0.05 0.10"),
        "t": decimals("0.01 0.99"),
        "W1": (decimals("0.15 0.20"), decimals("0.25 0.30")),
        "b1": Fraction("0.35"),
        "W2": (decimals("0.40 0.45"), decimals("0.50 0.55")),
        "b2": Fraction("0.60"),
    }
    training = made.training.model_copy(update={"rate": Fraction(1, 2), **changes})
    return made.replace(values=values, train=("W1", "W2"), training=training)


def decimals(text: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, text.split()))


def test_mazurs_numbers() -> None:
    problem = mazur()
    found = evaluate(steps_of(problem), problem.values, problem.training.rate)
    assert digits(found["ref", "z1"][0]) == ("0.3775", True)
    assert digits(found["ref", "E"]) == ("0.298371109", False)
    assert digits(found["adjoint", "W2"][0][0]).text == "0.082167041"
    assert digits(found["updated", "W1"][0][0]).text == "0.149780716"
    assert ("updated", "W1") not in evaluate(steps_of(problem), problem.values)


def test_the_documented_mistake_has_its_own_numbers() -> None:
    problem = mazur(hidden_deltas_from="updated-weights")
    found = evaluate(steps_of(problem), problem.values, Fraction(1, 2))
    right = evaluate(steps_of(mazur()), problem.values, Fraction(1, 2))
    assert digits(found["updated", "W2"][0][0]) == digits(right["updated", "W2"][0][0])
    assert digits(found["updated", "W1"][0][0]) != digits(right["updated", "W1"][0][0])


def test_a_hundred_updates_are_enclosed() -> None:
    problem = mazur()
    run = trajectory(steps_of(problem), problem, 100)
    assert len(run.errors) == 101
    for x in run.errors:
        low, high = ends(x)
        assert 0 < high - low < Fraction(1, 10**30)
    first = evaluate(steps_of(problem), problem.values, Fraction(1, 2))
    assert digits(run.errors[0]) == digits(first["ref", "E"])
    one = trajectory(steps_of(problem), problem, 1)
    assert digits(one.parameters["W1"][0][0]) == digits(first["updated", "W1"][0][0])


def test_ten_thousand_updates() -> None:
    problem = mazur()
    run = trajectory(steps_of(problem), problem, 10_000)
    assert digits(run.errors[-1]).text == "3.510187783e-5"
    fast = trajectory(steps_of(problem), problem, 10_000, fast=True)
    assert fast.errors[-1] == pytest.approx(3.510187783e-5, rel=1e-8)


def test_one_update_after_each_sample() -> None:
    problem = mazur(order="sequential")
    x, t = problem.values["x"], problem.values["t"]
    many = problem.replace(samples=2, values={**problem.values, "x": (x, t), "t": (t, x)})
    steps = steps_of(problem)
    run = trajectory(steps, many, 3)
    now = dict(problem.values)
    for k in range(3):
        now |= {"x": many.values["x"][k % 2], "t": many.values["t"][k % 2]}
        found = evaluate(steps, now, Fraction(1, 2))
        assert digits(run.errors[k], 30) == digits(found["ref", "E"], 30)
        now |= {name: found["updated", name] for name in problem.train}
    assert digits(run.parameters["W1"][0][0], 30) == digits(now["W1"][0][0], 30)
    assert trajectory(steps, many, 3, fast=True).errors == pytest.approx([float(digits(e).text) for e in run.errors])
    assert digits(evaluate(steps, many.values)["ref", "E"]) == digits(run.errors[0])


def test_a_kink_is_met_exactly_for_as_long_as_anybody_trains() -> None:
    """The second unit never fires: z = 0 for ever."""
    made = problem(Network(inputs=1, loss="half-squared-error", layers=(Dense(units=2, activation="relu"),)))
    values = {
        "x": decimals("0.1"),
        "t": decimals("1 1"),
        "W1": (decimals("0.3"), decimals("-0.7")),
        "b1": decimals("0 0.07"),
    }
    made = made.replace(values=values, training=made.training.model_copy(update={"rate": Fraction(1, 3)}))
    for n in (100, 101):
        run = trajectory(steps_of(made), made, n)
        assert digits(run.parameters["W1"][1][0]).text.startswith("-0.7")
        assert digits(run.errors[-1]).text.startswith("0.5")


def test_without_a_rate_or_a_value_the_error_says_so() -> None:
    problem = mazur(rate=None)
    with pytest.raises(SpecError, match="rate"):
        trajectory(steps_of(problem), problem, 1)
    with pytest.raises(SpecError, match="W1 has no values"):
        evaluate(steps_of(problem), {n: x for n, x in problem.values.items() if n != "W1"})


def test_rational_networks_stay_rational() -> None:
    made = problem(Network(inputs=2, loss="half-squared-error", layers=(Dense(units=2, activation="relu"),)))
    values = {
        "x": decimals("1 2"),
        "t": decimals("0 0"),
        "W1": (decimals("1 1"), decimals("-1 -1")),
        "b1": decimals("0 3"),
    }
    found = evaluate(steps_of(made), values)
    assert found["ref", "E"] == Fraction(9, 2)
    assert found["adjoint", "W1"] == ((3, 6), (0, 0))  # the kink: relu′(0) = 0


def test_a_comparison_that_an_enclosure_does_not_decide_is_an_error() -> None:
    graph = build(("y = exp(x)", "z = y - y", "E = relu(z)"), {"x": ()}, (), "E")
    with pytest.raises(Undecided):
        evaluate(sweep(graph), {"x": Fraction(1)})


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_saturated_outputs_have_an_error_and_a_gradient(target: str, activation: str) -> None:
    loss = "cross-entropy" if activation == "softmax" else "binary-cross-entropy"
    made = problem(Network(inputs=1, loss=loss, layers=(Dense(units=2, activation=activation),)))
    f = lambdify(steps_of(made), target)
    error, gradient = f(x=[1.0], t=[0.0, 1.0], W1=[[2000.0], [-2000.0]], b1=[0.0, 0.0])
    assert float(error) == 4000
    assert [float(x) for x in gradient["b1"]] == [1, -1]


@pytest.mark.parametrize("target", TARGETS)
def test_symbolic_sizes_come_from_the_arrays(target: str) -> None:
    """Attention: matrices, a softmax over rows, a mean, all sizes by name."""
    program = (
        "Q = X @ WQ",
        "K = X @ WK",
        "S = Q @ K.T/2",
        "P = softmax(S)",
        "Y = P @ X",
        "m = mean(Y)",
        "E = sum((Y - m)**2)/2",
    )
    fixed, named = (
        build(program, {"X": (n, d), "WQ": (d, 2), "WK": (d, 2)}, ("WQ", "WK"), "E") for n, d in ((3, 4), ("n", "d"))
    )
    values = {
        "X": [[0.1 * (i + 1) * (j - 1) for j in range(4)] for i in range(3)],
        "WQ": [[0.3 - 0.1 * i * j for j in range(2)] for i in range(4)],
        "WK": [[0.2 + 0.1 * i - 0.3 * j for j in range(2)] for i in range(4)],
    }
    exact = evaluate(sweep(fixed), {n: rational(x) for n, x in values.items()})
    for graph in (fixed, named):
        error, gradient = lambdify(sweep(graph), target, ("WQ", "WK", "X"))(**values)
        assert float(error) == pytest.approx(float(digits(exact["ref", "E"]).text))
        for name in ("WQ", "WK", "X"):
            for row, wanted in zip(gradient[name], exact["adjoint", name], strict=True):
                assert [float(x) for x in row] == pytest.approx([float(digits(x, 15).text) for x in wanted])


def rational(x: Any) -> Any:
    return tuple(map(rational, x)) if isinstance(x, list) else Fraction(x)


@pytest.mark.parametrize("target", TARGETS)
def test_moved_indices_and_guards(target: str) -> None:
    """A convolution: y[j] = Σ_i w[i]·x[j + i]; back, x[k] = Σ_i w[i]·δ[k − i] where that exists."""
    j, i = index("j"), index("i")
    body = over(mul(ref("w", i), ref("x", j.plus(i))), Axis("i", 2))
    total = over(ref("y", "k") ** 2, Axis("k", 3))
    definitions = (Definition("y", (j,), (Axis("j", 3),), body), Definition("E", (), (), total))
    graph = Graph(definitions, {"w": (2,), "x": (4,), "y": (3,), "E": ()}, ("w",), "E", None, frozenset())
    steps = sweep(graph)
    assert any(f.op == "within" for f in steps.adjoint("x").form.forms[0].forms)
    w, x = [2.0, -1.0], [1.0, 3.0, 2.0, 5.0]
    error, gradient = lambdify(steps, target, ("w", "x"))(w=w, x=x)
    y = [2 * x[k] - x[k + 1] for k in range(3)]
    assert float(error) == sum(v * v for v in y)
    assert [float(v) for v in gradient["w"]] == [2 * sum(y[k] * x[k + n] for k in range(3)) for n in range(2)]
    assert [float(v) for v in gradient["x"]] == [4 * y[0], 4 * y[1] - 2 * y[0], 4 * y[2] - 2 * y[1], -2 * y[2]]
    exact = evaluate(steps, {"w": rational(w), "x": rational(x)})
    assert [float(v) for v in exact["adjoint", "x"]] == [float(v) for v in gradient["x"]]


def test_without_flint_intervals_of_mpmath_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = trajectory(steps_of(mazur()), mazur(), 20)
    monkeypatch.setattr("symbackprop.numeric.balls.flint", None)
    found = trajectory(steps_of(mazur()), mazur(), 20)
    assert [digits(x, 25) for x in found.errors] == [digits(x, 25) for x in wanted.errors]
    long = trajectory(steps_of(mazur()), mazur(), 120)
    assert digits(long.errors[20], 25) == digits(wanted.errors[20], 25)
