"""Second derivatives: symmetric, equal to SymPy's own, and to differences of the gradients at 60 digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from networks import problems

import symbackprop as sb
from symbackprop.api import Derivation
from symbackprop.derivation import second, steps_of
from symbackprop.derivation.proof import is_zero
from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.form import ref
from symbackprop.numeric.curvature import at
from symbackprop.numeric.exact import evaluate, leaves
from symbackprop.numeric.field import Undecided, ends
from symbackprop.readings.expression import expression
from symbackprop.readings.names import plain_name
from symbackprop.spec import Data, Dense, Network, problem
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES

H = Fraction(1, 10**20)
CLOSE = Fraction(1, 10**30)


def middle(x: Any) -> Fraction:
    low, high = ends(x)
    return (low + high) / 2


def gradients(p: Problem, values: Any) -> list[Fraction]:
    results = evaluate(steps_of(p, from_updated=False), values)
    return [middle(x) for name in trained(p) for x in leaves(results["adjoint", name])]


def trained(p: Problem) -> tuple[str, ...]:
    return p.train or p.parameters


def moved(array: Any, by: Any, h: Fraction) -> Any:
    if isinstance(array, tuple):
        return tuple(moved(x, y, h) for x, y in zip(array, by, strict=True))
    return Fraction(array) + h * by


def filled(shape: tuple[Any, ...], draw: Any) -> Any:
    return tuple(filled(shape[1:], draw) for _ in range(int(shape[0]))) if shape else draw()


def direction(p: Problem) -> dict[str, Any]:
    count = iter(range(1, 10_000))
    shapes = {name: Derivation(p).derivation.graph.full_shape(name) for name in trained(p)}
    return {name: filled(shape, lambda: Fraction(next(count) * 7 % 11 - 5, 3)) for name, shape in shapes.items()}


def along(p: Problem, v: dict[str, Any]) -> list[Fraction]:
    """(∂E/∂w at w + h v − that at w − h v) / 2h, right to 30 digits where no kink is near."""
    up, down = (
        gradients(p, {**p.values, **{name: moved(p.values[name], v[name], h) for name in v}}) for h in (H, -H)
    )
    return [(a - b) / (2 * H) for a, b in zip(up, down, strict=True)]


def agrees(p: Problem) -> None:
    """H·v by the derivation, against differences; and the matrix against both."""
    d, v = Derivation(p), direction(p)
    ours = [middle(x) for name, part in d.hessian_vector(v).items() for x in leaves(part)]
    theirs = along(p, v)
    scale = max(map(abs, theirs), default=Fraction(0)) + 1
    assert all(abs(a - b) < CLOSE * scale for a, b in zip(ours, theirs, strict=True)), (ours, theirs)


def symmetric(p: Problem) -> None:
    """Row by row and column by column: ∂²E/∂p∂q = ∂²E/∂q∂p, the same fraction or enclosures that meet to 40 digits."""
    d = Derivation(p)
    whole = d.hessian()
    names = list(whole)
    for a, b in list(product(names, names))[:: max(1, len(names) ** 2 // 40)]:
        one, other, row = whole[a][b], whole[b][a], d.hessian(a, b)
        if all(isinstance(x, Fraction) for x in (one, other, row)):
            assert one == other == row, (a, b)
        assert abs(middle(one) - middle(other)) < Fraction(1, 10**40)
        assert abs(middle(one) - middle(row)) < Fraction(1, 10**40)


def numbered(p: Problem, draw: Any) -> Problem:
    """The problem with numbers that `draw` gives, the targets made fit for its loss."""
    graph = Derivation(p).derivation.graph
    values = {name: filled(graph.full_shape(name), draw) for name in graph.leaves}
    assert p.network is not None
    if LOSSES[p.network.loss].targets != "any":
        values["t"] = filled(graph.full_shape("t"), lambda: Fraction(1, int(graph.shapes["t"][0])))
    return p.replace(values=values)


def one_network(activation: str, loss: str = "half-squared-error", last: str = "tanh") -> Problem:
    layers = (Dense(units=3, activation=activation, bias="unit"), Dense(units=2, activation=last, bias="shared"))
    count = iter(range(1, 10_000))
    return numbered(
        problem(Network(inputs=2, loss=loss, layers=layers)), lambda: Fraction(next(count) * 37 % 101 - 50, 67)
    )


# ---- every row -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [*ACTIVATIONS, *ALONG])
def test_every_activation(activation: str) -> None:
    p = one_network(activation)
    symmetric(p)
    agrees(p)


LAST = {
    "any": "identity",
    "open-interval": "sigmoid",
    "positive": "softplus",
    "distribution": "softmax",
    "direction": "tanh",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str) -> None:
    p = one_network("tanh", loss, LAST[LOSSES[loss].outputs])
    symmetric(p)
    agrees(p)


@given(problems(most_layers=2, most_units=3), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_networks_with_samples_and_shared_biases(p: Problem, random: Any) -> None:
    p = numbered(p, lambda: Fraction(random.randint(-90, 90), 101))
    assume(trained(p))
    try:
        assume(not Derivation(p).on_kinks)
        agrees(p)
        symmetric(p)
    except Undecided:
        assume(False)


def test_the_slope_of_a_slope_at_a_kink_is_that_of_its_branch() -> None:
    """relu is a line on both sides: what curves is the error alone, and at 0 nothing does."""
    for z, curvature in ((2, 1), (0, 0), (-3, 0)):
        d = sb.derive(problem_of(["a = relu(w*x)", "E = (t - a)**2/2"], "w", {"w": z, "x": 1, "t": 9}))
        assert d.hessian("w", "w") == curvature


# ---- equations -----------------------------------------------------------------------------------------------------


def problem_of(program: list[str], parameters: str, values: dict[str, Any], given: str = "values") -> Problem:
    names = "".join(f"{name} = {value}\n" for name, value in values.items())
    wrt = ", ".join(f'"{name}"' for name in parameters.split())
    return sb.loads(f"[equations]\nprogram = {program}\nerror = 'E'\nparameters = [{wrt}]\n[{given}]\n{names}")


V = [0.4, 0.9, -0.3]
X = [[0.3, -0.2, 0.5], [0.1, 0.7, -0.4], [-0.6, 0.2, 0.9]]
EQUATIONS = {
    "slices": (
        [
            "y = X[0:2, 1:] * w[0:2]",
            "z = y @ y.T",
            "E = sum(tanh(z)**2) + w[2]**3",
        ],
        "w X", {"X": X, "w": V},
    ),
    "one entry twice": (["E = w[0]**2*w[1] + exp(w[0]*w[1])"], "w", {"w": V[:2]}),
    "softmax and cross-entropy": (
        [
            "p = softmax(X @ w)",
            "E = -sum(t*log(p))",
        ],
        "w", {"X": X, "w": V, "t": [0.2, 0.5, 0.3]},
    ),
    "log-softmax by rows": (["E = -sum(X*log_softmax(X @ W))"], "W", {"X": X, "W": X}),
    "attention": (
        [
            "s = (X @ Q) @ (X @ K).T / 2",
            "A = softmax(s)",
            "y = A @ X",
            "E = sum(y**2)/2",
        ],
        "Q K X", {"X": X, "Q": X, "K": X},
    ),
    "layer norm": (
        [
            "m = mean(X, axis=1, keepdims=True)",
            "v = mean((X - m)**2, axis=1, keepdims=True)",
            "y = (X - m)/sqrt(v + 0.01)*g",
            "E = sum(y**3)",
        ],
        "X g", {"X": X, "g": V},
    ),
    "a quotient": (["E = sum(w)/(1 + w[0]**2) / sum(w*w)"], "w", {"w": V}),
    "max and where": (
        [
            "y = maximum(X @ w, 0.1)",
            "z = where(y > 0.2, y**2, 3*y)",
            "E = sum(z*z) + max(w)**2",
        ],
        "w", {"X": X, "w": V},
    ),
    "concatenate, stack, reshape": (
        [
            "c = concatenate([w, u])",
            "s = stack([c, c*c])",
            "r = reshape(s, (5, 2))",
            "E = sum(r[1:, 0]*r[:4, 1])**2",
        ],
        "w u", {"w": V, "u": [0.6, 0.2]},
    ),
    "convolution": (["y = tanh(conv(X, K))", "E = sum(y*y)"], "K X", {"X": X, "K": [V[:2], [-0.3, 0.2]]}),
    "several uses": (["a = tanh(w)", "b = a*a", "c = sum(a*b)", "E = c*c + sum(a)"], "w", {"w": V}),
    "a linear error": (["E = sum(2*w)"], "w", {"w": V[:2]}),
    "names like our own": (
        [
            "bar_w = tanh(w)",
            "dE = bar_w*d_w",
            "d_d_w = dE*v_w",
            "E = sum(d_d_w**2)",
        ],
        "w d_w v_w", {"w": V[:2], "d_w": [0.2, 0.3], "v_w": 0.7},
    ),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_equations(name: str) -> None:
    program, parameters, values = EQUATIONS[name]
    p = problem_of(program, parameters, values)
    symmetric(p)
    agrees(p)


def test_a_sequence_of_samples_is_judged_by_the_first() -> None:
    data = Data(inputs=[[1, 2], [3, 4]], targets=[[1], [2]])
    network = Network(inputs=2, loss="squared-error", layers=(Dense(units=1, activation="identity", bias="none"),))
    p = problem(network, data=data)
    p = p.replace(values={**p.values, "W1": ((Fraction(1), Fraction(1)),)})
    assert sb.derive(p).hessian("W1[0,0]", "W1[0,1]") == 2 * (1 * 2 + 3 * 4)
    one = p.replace(training=p.training.model_copy(update={"order": "sequential"}))
    assert sb.derive(one).hessian("W1[0,0]", "W1[0,1]") == 2 * (1 * 2)


# ---- SymPy's own ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax", "identity"])
@pytest.mark.parametrize("loss", ["half-squared-error", "cross-entropy"])
def test_expressions_are_sympy_s_own_second_derivatives(activation: str, loss: str) -> None:
    last = "softmax" if loss == "cross-entropy" else "identity"
    layers = (Dense(units=2, activation=activation, bias="shared"), Dense(units=2, activation=last, bias="none"))
    d = sb.derive(problem(Network(inputs=1, loss=loss, layers=layers)))
    names = d.names()

    def word(f: Any) -> str:
        return plain_name(names.spelled(f).args[0])

    whole = expression(d.derivation, ref("E"), word, expanded=True)
    for a, b in (("W1[0,0]", "W2[0,1]"), ("W2[0,0]", "W2[0,0]"), ("b1", "W1[1,0]")):
        theirs = sympy.diff(whole, *(sympy.Symbol(word(d.entry(x)), real=True) for x in (a, b)))
        symbols = sorted(whole.free_symbols, key=str)
        with mpmath.workdps(60):
            point = [mpmath.mpf(3 + 2 * k) / (7 + k) for k in range(len(symbols))]
            ours, expected = (
                sympy.lambdify(symbols, f, "mpmath")(*point) for f in (d.expression(a, b, expanded=True), theirs)
            )
            assert abs(ours - expected) < mpmath.mpf("1e-50")
        assert d.hessian(a, b) == d.expression(a, b)


def test_a_second_derivative_by_hand() -> None:
    """E = (t − w x)²/2: ∂²E/∂w² = x², ∂²E/∂w∂t = −x, ∂²E/∂w∂x = −(t − w x) + w x."""
    d = sb.derive(problem_of(["E = (t - w*x)**2/2"], "w", {"w": [], "x": [], "t": []}, given="shapes"))
    w, x, t = sympy.symbols("w x t", real=True)
    for by, wanted in (("w", x**2), ("t", -x), ("x", 2 * w * x - t)):
        assert is_zero(d.hessian("w", by) - wanted)
        assert is_zero(d.hessian(by, "w") - wanted)
    assert is_zero(d.hessian()["w"]["w"] - x**2)


# ---- its own kind --------------------------------------------------------------------------------------------------


def test_an_adjoint_s_name_is_nobody_else_s() -> None:
    p = problem_of(*EQUATIONS["names like our own"])
    graph = second.row(steps_of(p), ref("w", 0)).graph
    assert {"bar_w", "dE", "∂w", "∂bar_w", "w", "d_w"} <= graph.shapes.keys()
    assert not {name for name in p.shapes if second.is_adjoint(name)}


def test_every_step_of_the_second_derivation_cites_earlier_ones() -> None:
    steps = second.product(steps_of(one_network("softmax")), ("W1", "W2")).steps
    assert all(k < step.id for step in steps for k in step.uses)


def test_hidden_deltas_from_updated_weights_change_no_second_derivative() -> None:
    d = sb.derive(one_network("sigmoid"))
    turned = d.problem.training.model_copy(update={"hidden_deltas_from": "updated-weights", "rate": Fraction(1, 2)})
    other = sb.derive(d.problem.replace(training=turned))
    assert middle(other.hessian("W1[0,0]", "W2[0,0]")) == middle(d.hessian("W1[0,0]", "W2[0,0]"))


# ---- what is asked wrongly -----------------------------------------------------------------------------------------


def test_what_cannot_be_asked_says_what_can() -> None:
    d = sb.derive(one_network("sigmoid"))
    with pytest.raises(SymbackpropError, match="computed on the way"):
        d.hessian("W1[0,0]", "z1[0]")
    with pytest.raises(SymbackpropError, match="did you mean"):
        d.hessian("W1[0,0]", "W1[0,9]")
    with pytest.raises(SymbackpropError, match="two names"):
        d.hessian("W1[0,0]")  # type: ignore[call-overload]


def test_a_direction_tells_all_its_faults() -> None:
    d = sb.derive(one_network("sigmoid"))
    with pytest.raises(SpecError) as caught:
        d.hessian_vector({"W9": 1, "W1": [[1, 2]], "b1": ["many", 1, 2]})
    assert [f.place.key for f in caught.value.faults] == ["W9", "W1", "b1"]
    with pytest.raises(SymbackpropError, match="give x, W1"):
        sb.derive(d.problem.replace(values={})).hessian_vector({"W1": [[0, 0]] * 3})


def test_a_whole_hessian_has_its_limit() -> None:
    layers = (Dense(units=11, activation="tanh", bias="none"),)
    d = sb.derive(problem(Network(inputs=10, loss="squared-error", layers=layers)))
    with pytest.raises(SymbackpropError, match="110 parameters has 12,100 entries"):
        d.hessian()


def test_a_direction_is_exact_and_what_it_leaves_out_is_0() -> None:
    p = problem_of(["E = u*w**2"], "u w", {"u": 3, "w": 5})
    assert sb.derive(p).hessian_vector({"w": 0.1}) == {"u": Fraction(1), "w": Fraction(3, 5)}


def test_the_columns_are_those_of_the_rows() -> None:
    d = sb.derive(one_network("tanh"))
    (entry, column), *_ = d.curvature.columns()
    assert middle(at(column["W2"], ref("W2", 0, 1))) - middle(d.curvature.entry(ref("W2", 0, 1), entry)) < CLOSE
