"""PyTorch, JAX and TensorFlow against our own derivation, on dense networks that Hypothesis draws.

Every activation and every loss of the tables takes part, without being named here.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbackprop as sb
from symbackprop.spec import Data, Dense, Network, problem
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES
from symbackprop.verifier import oracle
from symbackprop.verifier.oracle.frameworks import BACKENDS
from symbackprop.verifier.oracle.programs import gradients
from symbackprop.verifier.oracle.subject import Subject
from symbackprop.writers.json import doubles

FRAMEWORKS = tuple(name for name in BACKENDS if find_spec(name))
MOST_LAYERS, MOST_UNITS, MOST_SAMPLES, NETWORKS = 4, 6, 3, 320

# What may come last: the rows of losses say what they ask of the outputs.
LAST: dict[str, tuple[str, ...]] = {
    "any": (*ACTIVATIONS, *ALONG),
    "open-interval": ("sigmoid",),
    "positive": ("sigmoid", "softplus"),
    "distribution": ("softmax",),
    "direction": ("sigmoid", "softplus"),
}

hundredths = st.integers(-95, 95).map(lambda k: Fraction(k or 1, 100))


def arrays(*shape: int) -> st.SearchStrategy[Any]:
    if not shape:
        return hundredths
    return st.lists(arrays(*shape[1:]), min_size=shape[0], max_size=shape[0])


@st.composite
def networks(draw: st.DrawFn) -> Problem:
    loss = draw(st.sampled_from(sorted(LOSSES)))
    last = draw(st.sampled_from(LAST[LOSSES[loss].outputs]))
    least = 2 if LOSSES[loss].single else 1
    depth = draw(st.integers(1, MOST_LAYERS))
    activations = [*draw(st.lists(st.sampled_from(LAST["any"]), min_size=depth - 1, max_size=depth - 1)), last]
    widths = [draw(st.integers(1, MOST_UNITS))]
    layers = []
    for k, activation in enumerate(activations, 1):
        fewest = max(1 + (activation in ALONG), least if k == depth else 1)  # a softmax of one unit is the constant 1
        units = draw(st.integers(fewest, MOST_UNITS))
        bias = draw(st.sampled_from(("none", "shared", "unit")))
        biases = {"none": st.none(), "shared": arrays(), "unit": arrays(units)}[bias]
        layers.append(
            Dense(
                units=units,
                activation=activation,
                bias=bias,
                weights=draw(arrays(units, widths[-1])),
                biases=draw(biases),
            )
        )
        widths.append(units)
    samples = draw(st.integers(1, MOST_SAMPLES))
    return problem(
        Network(inputs=widths[0], loss=loss, layers=tuple(layers)),
        data=Data(
            inputs=draw(arrays(samples, widths[0])),
            targets=[draw(targets(widths[-1], LOSSES[loss].targets)) for _ in range(samples)],
            reduction=draw(st.sampled_from(("sum", "mean"))),
        ),
    )


@st.composite
def targets(draw: st.DrawFn, n: int, kind: str) -> list[Fraction]:
    if kind in ("any", "direction"):
        return list(draw(arrays(n)))
    if kind == "sign":
        return draw(st.lists(st.sampled_from([Fraction(-1), Fraction(1)]), min_size=n, max_size=n))
    if kind == "one-hot":
        right = draw(st.integers(0, n - 1))
        return [Fraction(int(k == right)) for k in range(n)]
    if kind == "not-negative":
        return [abs(t) for t in draw(arrays(n))]
    parts = draw(st.lists(st.integers(1, 9), min_size=max(2, n), max_size=max(2, n)))
    return [Fraction(k, sum(parts)) for k in parts][:n]


def floats(value: Any) -> Any:
    return [floats(v) for v in value] if isinstance(value, tuple) else float(value)


def slopes(framework: str, p: Problem, names: tuple[str, ...]) -> dict[str, Any]:
    """A framework's gradients, as arrays."""
    subject = Subject(p)
    found = gradients(BACKENDS[framework](), subject, {n: subject.keys(n) for n in names})
    return {
        n: np.array([found[n, key][0] for key in subject.keys(n)]).reshape(subject.shape(n))  # type: ignore[index]
        for n in names
    }


def cancelled(p: Problem, outputs: Any) -> float:
    """The size of what cancels in ∂E/∂a, −t/a + (1 − t)/(1 − a) or a − t: a double keeps 16 digits of that."""
    t, a = np.array(floats(p.values["t"])), np.array(outputs)
    assert p.network is not None
    if p.network.loss == "cosine":  # two vectors of length 1/|a| each, which are parallel where t and a are
        return float(np.max(2 / np.linalg.norm(np.atleast_2d(a), axis=-1)))
    terms = t / a + (1 - t) / (1 - a) if p.network.loss == "binary-cross-entropy" else np.abs(t) + np.abs(a)
    return float(np.max(np.abs(terms)))


drawn: Counter[str] = Counter()


@settings(
    max_examples=NETWORKS, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(networks())
def test_the_frameworks_find_our_gradients(p: Problem) -> None:
    """To 1e-12, relative to the largest slope of each array."""
    assert p.network is not None
    drawn.update(["networks", p.network.loss, *(layer.activation for layer in p.network.layers)])
    derivation = sb.derive(p)
    ours = derivation.lambdify("python")(**{n: floats(v) for n, v in p.values.items()})[1]
    assert ours.keys() >= set(p.parameters)
    outputs = f"a{len(p.network.layers)}"
    lost = cancelled(p, doubles(derivation.results["ref", outputs]))
    for framework in FRAMEWORKS:
        theirs = slopes(framework, p, (*p.parameters, outputs))
        sent_back = np.max(np.abs(theirs[outputs]))  # where this cancels to 0, its last bits are what is left
        for name in p.parameters:
            largest = np.max(np.abs(theirs[name]))
            least = 1e-12 * largest + 1e-14 * sent_back + 1e-15 * lost * largest / max(sent_back, 1e-300)
            np.testing.assert_allclose(
                ours[name], theirs[name], rtol=1e-12, atol=least, err_msg=f"{framework}: {name} of {p}"
            )


def test_every_row_has_taken_part() -> None:
    if not drawn:
        pytest.skip("no network was drawn in this run")
    assert drawn["networks"] >= 300
    assert {*ACTIVATIONS, *ALONG, *LOSSES} <= drawn.keys()


@settings(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(networks())
def test_every_quantity_passes_the_certificate(p: Problem) -> None:
    """`symbackprop check`: all adjoints, exact or to 50 digits, by every route."""
    results = sb.derive(p).results
    adjoints = {name: value for (what, name), value in results.items() if what == "adjoint" and "." not in name}
    verdict = oracle.check(p, adjoints)
    assert verdict.agrees, oracle.report(verdict)
    assert {o.route for o in verdict.outcomes if not o.why_not} >= {"complex step", *FRAMEWORKS}


@pytest.mark.skipif("torch" not in FRAMEWORKS, reason="the convention is PyTorch's")
@pytest.mark.parametrize(("name", "kink"), [(row.name, kink) for row in ACTIVATIONS.values() for kink in row.kinks])
def test_at_a_kink_the_slope_is_that_of_pytorch(name: str, kink: int) -> None:
    p = problem(
        Network(inputs=1, loss="half-squared-error", layers=(Dense(units=1, activation=name, bias="none"),)),
        data=Data(inputs=[[1]], targets=[[9]]),
    ).replace(values={"x": (Fraction(1),), "t": (Fraction(9),), "W1": ((Fraction(kink),),)})
    ours = sb.derive(p).lambdify("python")(**{n: floats(v) for n, v in p.values.items()})[1]
    np.testing.assert_allclose(ours["W1"], slopes("torch", p, ("W1",))["W1"], rtol=1e-14)


def test_a_fault_in_one_weight_is_seen_by_every_framework() -> None:
    p = problem(
        Network(inputs=2, loss="half-squared-error", layers=(Dense(units=1, activation="tanh", bias="none"),)),
        data=Data(inputs=[[1, 2]], targets=[[0]]),
    ).replace(values={"x": (Fraction(1), Fraction(2)), "t": (Fraction(0),), "W1": ((Fraction(1, 2), Fraction(1, 3)),)})
    right = slopes(FRAMEWORKS[0], p, ("W1",))["W1"].tolist()
    wrong = [[right[0][0] * (1 + 1e-8), right[0][1]]]
    assert oracle.check(p, {"W1": right}, only=FRAMEWORKS).agrees
    assert all(o.first for o in oracle.check(p, {"W1": wrong}, only=FRAMEWORKS).outcomes)
