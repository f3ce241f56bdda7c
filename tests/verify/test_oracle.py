"""The oracle passes what is right and finds what is not: judged by a backpropagation written out by hand here."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf, workdps
from mpmath.ctx_iv import MPIntervalContext

import symbackprop as sb
from symbackprop.spec import Data, Dense, Network, Training, problem
from symbackprop.spec.problem import Problem
from symbackprop.verifier import oracle

OWN = ("central differences", "complex step", "SymPy")  # these are always there, and quick
FRAMEWORKS = ("torch", "jax", "tensorflow")


# ---- networks and the textbook's recursion, in NumPy over 60-digit numbers -------------------------------------------


def network(
    widths: tuple[int, ...], activations: tuple[str, ...], loss: str, bias: str = "unit", samples: int = 1,
    reduction: str = "sum", seed: int = 1, **training: Any,
) -> Problem:  # fmt: skip
    random = Random(seed)

    def numbers(*shape: int) -> Any:
        if shape:
            return [numbers(*shape[1:]) for _ in range(shape[0])]
        return Fraction(random.choice((-1, 1)) * random.randint(5, 95), 100)

    def target(n: int) -> list[Fraction]:
        parts = [random.randint(1, 9) for _ in range(max(n, 2))]
        return [Fraction(k, sum(parts)) for k in parts][:n]

    biases = {"none": lambda n: None, "shared": lambda n: numbers(), "unit": lambda n: numbers(n)}[bias]
    layers = [
        Dense(units=n, activation=f, bias=bias, weights=numbers(n, m), biases=biases(n))
        for m, n, f in zip(widths, widths[1:], activations, strict=False)
    ]
    return problem(
        Network(inputs=widths[0], loss=loss, layers=tuple(layers)),
        data=Data(
            inputs=numbers(samples, widths[0]),
            targets=[target(widths[-1]) for _ in range(samples)],
            reduction=reduction,
        ),
        training=Training(**training),
    )


def exact(value: Any) -> Any:
    """Nested tuples of Fractions to an array of 60-digit numbers."""
    if isinstance(value, tuple):
        return np.array([exact(v) for v in value], dtype=object)
    return mpf(value.numerator) / value.denominator


SLOPES: dict[str, Any] = {
    "sigmoid": (lambda z: 1 / (1 + mp.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (mp.tanh, lambda z, a: 1 - a**2),
    "relu": (lambda z: max(z, mpf(0)), lambda z, a: mpf(z > 0)),
    "identity": (lambda z: z, lambda z, a: mpf(1)),
}
LOSSES: dict[str, Any] = {
    "half-squared-error": lambda a, t, n: a - t,
    "squared-error": lambda a, t, n: 2 * (a - t),
    "mean-squared-error": lambda a, t, n: 2 * (a - t) / n,
    "cross-entropy": lambda a, t, n: -t / a,
    "binary-cross-entropy": lambda a, t, n: (a - t) / (a * (1 - a)),
}


def backprop(p: Problem) -> dict[str, Any]:
    """δ_L = ∂E/∂a · f′(z), δ_l = (W_{l+1}ᵀ δ_{l+1}) · f′(z), ∂E/∂W = δ aᵀ; a row for each sample."""
    assert p.network is not None
    layers = list(enumerate(p.network.layers, 1))
    v = {n: exact(value) for n, value in p.values.items()}
    x, t = (v[n] if p.samples else v[n][None, :] for n in ("x", "t"))
    share = mpf(1) / len(x) if p.reduction == "mean" else mpf(1)
    a, z = {0: x}, {}
    for k, layer in layers:
        z[k] = a[k - 1] @ v[f"W{k}"].T + v.get(f"b{k}", mpf(0))
        if layer.activation == "softmax":
            e = np.vectorize(mp.exp, otypes=[object])(z[k])
            a[k] = e / e.sum(axis=1, keepdims=True)
        else:
            a[k] = np.vectorize(SLOPES[layer.activation][0], otypes=[object])(z[k])
    out: dict[str, Any] = {}
    back = LOSSES[p.network.loss](a[len(layers)], t, t.shape[1]) * share
    for k, layer in reversed(layers):
        out[f"a{k}"] = back
        if layer.activation == "softmax":
            delta = a[k] * (back - (a[k] * back).sum(axis=1, keepdims=True))
        else:
            delta = back * np.vectorize(SLOPES[layer.activation][1], otypes=[object])(z[k], a[k])
        out[f"z{k}"] = delta
        out[f"W{k}"] = delta.T @ a[k - 1]
        if layer.bias != "none":
            out[f"b{k}"] = delta.sum(axis=0) if layer.bias == "unit" else delta.sum()
        back = delta @ v[f"W{k}"]
    out["x"] = back
    if not p.samples:
        out |= {n: out[n][0] for n in out if n[0] in "zax"}
    return {n: nested(value) for n, value in out.items()}


def nested(value: Any) -> Any:
    return tuple(nested(v) for v in value) if isinstance(value, np.ndarray) else value


def gradients(p: Problem) -> dict[str, Any]:
    with workdps(60):
        return backprop(p)


def changed(value: Any, at: tuple[int, ...], change: Any) -> Any:
    if not at:
        return change(value)
    return tuple(changed(v, at[1:], change) if k == at[0] else v for k, v in enumerate(value))


NETWORKS = {
    "2-2-2 sigmoid, shared": network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error", "shared"),
    "3-4-2 tanh, no bias": network((3, 4, 2), ("tanh", "identity"), "squared-error", "none"),
    "3-4-3 softmax": network((3, 4, 3), ("tanh", "softmax"), "cross-entropy"),
    "2-3-3-1 relu": network((2, 3, 3, 1), ("relu", "relu", "sigmoid"), "binary-cross-entropy", seed=3),
    "1-1 one unit": network((1, 1), ("sigmoid",), "half-squared-error"),
    "three samples, sum": network((2, 3, 2), ("sigmoid", "tanh"), "mean-squared-error", samples=3),
    "three samples, mean": network((2, 3, 2), ("sigmoid", "softmax"), "cross-entropy", samples=3, reduction="mean"),
    "two samples, shared": network((2, 2, 2), ("relu", "sigmoid"), "half-squared-error", "shared", 2, "mean"),
}
MAZUR = NETWORKS["2-2-2 sigmoid, shared"]


# ---- right and wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_right_gradients_pass(name: str) -> None:
    verdict = oracle.check(NETWORKS[name], gradients(NETWORKS[name]), only=OWN)
    ran = {o.route: o for o in verdict.outcomes if not o.why_not}
    assert verdict.agrees, oracle.report(verdict)
    assert verdict.exit_status == 0
    assert verdict.compared == verdict.total == ran["complex step"].entries == ran["central differences"].entries
    assert ran["complex step"].digits == 45
    assert ran["central differences"].digits == 25


@pytest.mark.parametrize("name", NETWORKS)
def test_frameworks_pass_right_gradients_where_they_are_installed(name: str) -> None:
    verdict = oracle.check(NETWORKS[name], gradients(NETWORKS[name]), only=FRAMEWORKS)
    for o in verdict.outcomes:
        assert o.why_not == "not installed" or (o.first is None and o.digits >= 12), oracle.report(verdict)


@pytest.mark.parametrize(
    ("name", "at", "change"),
    [
        ("W1", (0, 1), lambda g: g * (1 + mpf("1e-12"))),
        ("W2", (1, 0), lambda g: -g),
        ("W2", (0, 0), lambda g: g / 2),
        ("b1", (), lambda g: g * (1 + mpf("1e-12"))),
        ("z1", (1,), lambda g: mpf(0)),
        ("a1", (0,), lambda g: g + mpf("1e-20")),
    ],
)
def test_a_wrong_gradient_is_found(name: str, at: tuple[int, ...], change: Any) -> None:
    given = gradients(MAZUR)
    with workdps(60):
        given[name] = changed(given[name], at, change)
    verdict = oracle.check(MAZUR, given, only=OWN)
    assert verdict.exit_status == 1
    for o in verdict.outcomes:
        if o.route != "SymPy" or name in MAZUR.shapes:  # what lies between leaves has no symbol in SymPy's error
            assert o.first is not None, oracle.report(verdict)
            assert (o.first.name, o.first.at) == (name, at)
    text = oracle.report(verdict)
    assert "DISAGREEMENT with central differences, complex step" in text
    assert f"dE/d{name}{'[' + ','.join(map(str, at)) + ']' if at else ''}: given " in text


def test_entries_in_the_wrong_places_are_found() -> None:
    p = NETWORKS["3-4-3 softmax"]
    given = gradients(p)
    given["W2"] = tuple(given["W2"][k] for k in (1, 0, 2))
    first = oracle.check(p, given, only=OWN).outcomes[1].first
    assert first is not None
    assert (first.name, first.at) == ("W2", (0, 0))


def test_a_transposed_gradient_of_another_shape_is_refused() -> None:
    given = gradients(NETWORKS["3-4-2 tanh, no bias"])
    given["W1"] = tuple(zip(*given["W1"], strict=True))
    with pytest.raises(ValueError, match="gradient of W1 must have the shape of W1, 4 × 3; it is 3 × 4"):
        oracle.check(NETWORKS["3-4-2 tanh, no bias"], given, only=OWN)


@pytest.mark.parametrize(
    "wrong", [0, ((0, 0, 0),), ((0, 0), (0, 0, 0)), ((0, 0), (0, (0,))), ((0, 0), (0, 0), (0, 0)), ()]
)
def test_a_gradient_of_another_shape_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="the gradient of W1 must have the shape of W1, 2 × 2; it is "):
        oracle.check(MAZUR, gradients(MAZUR) | {"W1": wrong}, only=OWN)


def test_sums_taken_for_means_are_found() -> None:
    p = NETWORKS["three samples, mean"]
    assert not oracle.check(p, gradients(p.replace(reduction="sum")), only=OWN).agrees


def test_a_parameter_without_a_gradient_is_no_agreement() -> None:
    given = gradients(MAZUR)
    del given["b2"]
    verdict = oracle.check(MAZUR, given, only=OWN)
    assert verdict.exit_status == 1
    assert "no gradient was given for b2" in oracle.report(verdict)


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing in the program is called W9"):
        oracle.check(MAZUR, gradients(MAZUR) | {"W9": 0}, only=OWN)


# ---- numbers as they come --------------------------------------------------------------------------------------------


def test_doubles_and_printed_digits_are_held_to_what_they_can_say() -> None:
    given = gradients(MAZUR)

    def each(value: Any, change: Any) -> Any:
        return tuple(each(v, change) for v in value) if isinstance(value, tuple) else change(value)

    for change in (float, lambda g: mp.nstr(g, 9), lambda g: mp.nstr(g, 30), lambda g: np.float64(float(g))):
        verdict = oracle.check(MAZUR, {n: each(v, change) for n, v in given.items()}, only=OWN)
        assert verdict.agrees, oracle.report(verdict)
    wrong = {n: each(v, lambda g: float(g) * (1 + 1e-8)) for n, v in given.items()}
    assert not oracle.check(MAZUR, wrong, only=OWN).agrees
    iv = MPIntervalContext()
    iv.dps = 60
    intervals = {n: each(v, iv.mpf) for n, v in given.items()}
    assert oracle.check(MAZUR, intervals, only=OWN).agrees
    nan = given | {"b1": float("nan")}
    assert not oracle.check(MAZUR, nan, only=OWN).agrees


def test_the_balls_of_python_flint_are_read_exactly() -> None:
    flint = pytest.importorskip("flint")
    with flint.ctx.workprec(200):
        w = flint.arb(1) / 3
    p = program("E = w*x", w=1, x=Fraction(1, 3))
    assert oracle.check(p, {"w": w, "x": flint.arb(1)}, only=OWN).agrees
    assert not oracle.check(p, {"w": w * 1.000001, "x": flint.arb(1)}, only=OWN).agrees


# ---- programs, kinks, open numbers, sizes ----------------------------------------------------------------------------


def program(*lines: str, **values: Any) -> Problem:
    def shape(value: Any) -> tuple[int, ...]:
        return (len(value), *shape(value[0])) if isinstance(value, tuple) else ()

    return MAZUR.replace(
        program=lines,
        shapes={n: shape(v) for n, v in values.items()},
        values={n: v if isinstance(v, tuple) else Fraction(v) for n, v in values.items()},
        inputs=(), targets=(), parameters=tuple(values), train=(), network=None,
    )  # fmt: skip


def test_on_a_kink_any_slope_between_the_sides_counts() -> None:
    p = program("z = w*x", "a = relu(z)", "E = 3*a + w**2", w=0, x=2)
    for slope, agrees in ((0, True), (6, True), (3, True), (-1, False), (7, False)):
        verdict = oracle.check(p, {"w": Fraction(slope), "x": Fraction(0)}, only=OWN)
        assert verdict.agrees is agrees, oracle.report(verdict)
    text = oracle.report(oracle.check(p, {"w": Fraction(0), "x": Fraction(0)}, only=OWN))
    assert "1 entries lie on a kink" in text
    assert "central differences  1 entries" in text  # x moves nothing there; w was left out


def test_beside_a_kink_nothing_is_left_out() -> None:
    p = program("z = w*x", "a = relu(z)", "E = 3*a + w**2", w=Fraction(1, 10**6), x=2)
    right = {"w": 6 + Fraction(2, 10**6), "x": Fraction(3, 10**6)}
    verdict = oracle.check(p, right, only=OWN)
    assert verdict.agrees, oracle.report(verdict)
    assert [o.on_kinks for o in verdict.outcomes] == [0, 0, 0]
    assert not oracle.check(p, right | {"w": Fraction(6)}, only=OWN).agrees


def test_where_numbers_are_open_the_same_points_are_drawn() -> None:
    p = MAZUR.replace(values={})
    point = oracle.at_point(p)
    assert point == oracle.at_point(p)
    assert set(point.values) == set(p.shapes)
    assert all(abs(v) <= 2 for row in point.values["W1"] for v in row)
    assert sum(point.values["t"]) == 1
    verdict = oracle.check(p, gradients(point), only=OWN)
    assert verdict.agrees
    assert "test points were drawn for x, W1, b1, W2, b2, t" in oracle.report(verdict)


def test_named_sizes_get_numbers() -> None:
    p = problem(
        Network(inputs="n", loss="half-squared-error", layers=(Dense(units="m", activation="tanh"),)),
    )
    point = oracle.at_point(p)
    assert point.shapes == {"x": (2,), "W1": (3, 2), "b1": (3,), "t": (3,)}
    assert not [o for o in oracle.check(p, {"W1": ((0, 0),) * 3, "b1": (0,) * 3}, only=OWN).outcomes if not o.first]


def test_points_lie_where_the_error_is_defined() -> None:
    """Outputs of the identity must be drawn between 0 and 1, where the logarithms are."""
    p = program("a = w*x", "E = -(t*log(a) + (1 - t)*log(1 - a))", w=1, x=1, t=1).replace(values={})
    point = oracle.at_point(p)
    assert 0 < point.values["w"] * point.values["x"] < 1


def test_sequential_samples_are_checked_at_the_first() -> None:
    p = network((2, 2, 2), ("tanh", "sigmoid"), "half-squared-error", samples=3, order="sequential")
    first = p.replace(samples=None, values=p.values | {n: p.values[n][0] for n in ("x", "t")})
    verdict = oracle.check(p, gradients(first), only=OWN)
    assert verdict.agrees, oracle.report(verdict)


def test_of_a_large_network_a_stated_part_is_compared() -> None:
    p = network((20, 30, 5), ("sigmoid", "softmax"), "cross-entropy")
    given = gradients(p)
    verdict = oracle.check(p, given, only=OWN)
    assert verdict.agrees, oracle.report(verdict)
    assert 300 < verdict.compared <= 400 < verdict.total
    text = oracle.report(verdict)
    assert f"{verdict.compared} of {verdict.total} entries were compared" in text
    assert "did not run: 785 parameters; at most 30 are written out" in text


def test_routes_say_what_stands_in_their_way() -> None:
    obstacles = {r.name: r.obstacle for r in oracle.routes(NETWORKS["2-3-3-1 relu"])}
    assert tuple(obstacles) == (*OWN, *FRAMEWORKS)
    assert obstacles["SymPy"] == ""
    deep = network((1, 1, 1, 1, 1), ("tanh",) * 4, "half-squared-error")
    assert {r.name: r.obstacle for r in oracle.routes(deep)}["SymPy"] == "4 layers; at most 3 are written out"


def test_no_route_at_all_is_no_agreement() -> None:
    assert oracle.check(MAZUR, gradients(MAZUR), only=()).exit_status == 1


def test_the_oracle_does_not_consult_what_it_judges() -> None:
    """Its modules, and all that they pull in while they work."""
    code = """
import sys
from symbackprop.spec import Data, Dense, Network, problem
from symbackprop.verifier import oracle
p = problem(Network(inputs=1, loss="half-squared-error", layers=(Dense(units=2, activation="softmax"),)))
oracle.check(p, {"W1": ((0,), (0,)), "b1": (0, 0)}, only=("central differences", "complex step", "SymPy"))
forbidden = ("derivation", "readings", "numeric", "explain")
sys.exit(", ".join(m for m in sys.modules if m.startswith(tuple(f"symbackprop.{f}" for f in forbidden))) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_of_mini_batches_the_first_is_looked_at() -> None:
    """The derivation's values are those of the first update; so are the oracle's."""
    text = (
        '[equations]\nprogram = ["y = w*x", "E = y**2/2"]\nerror = "E"\nparameters = ["w"]\n[values]\nw = 2\n'
        "[[samples]]\nx = 1\n[[samples]]\nx = 2\n[[samples]]\nx = 3\n"
        '[training]\norder = "mini-batch"\nbatch-size = {}\n'
    )
    for size, slope in ((2, 10), (1, 2)):
        made = oracle.at_point(sb.loads(text.format(size)))
        found = sb.derive(made).results
        adjoints = {name: value for (op, name), value in found.items() if op == "adjoint"}
        assert found["adjoint", "w"] == slope
        assert oracle.check(made, adjoints).exit_status == 0
