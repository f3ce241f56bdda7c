"""Every optimizer of the table against PyTorch's, in doubles, over several updates of two parameters."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.numeric.training import trajectory
from symbackprop.tables.optimizers import OPTIMIZERS

torch = pytest.importorskip("torch")

SPEC = """
[equations]
program = ["z = W @ x + b", "a = tanh(z)", "E = sum((t - a)**2)/2"]
error = "E"
parameters = ["W", "b"]
[values]
x = [0.5, -1.0, 0.25]
t = [1.0, -0.5]
W = [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]]
b = [0.1, -0.1]
[training]
rate = 0.1
steps = 6
"""

X, T = [0.5, -1.0, 0.25], [1.0, -0.5]
START = {"W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], "b": [0.1, -0.1]}

#    row        our words                                                    PyTorch's
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("sgd", "", {}),
    ("sgd", "momentum = 0.9", {"momentum": 0.9}),
    ("sgd", "momentum = 0.9\ndampening = 0.3", {"momentum": 0.9, "dampening": 0.3}),
    ("sgd", "momentum = 0.9\nnesterov = true", {"momentum": 0.9, "nesterov": True}),
    ("sgd", 'l2 = { strength = 0.05, parameters = ["W", "b"] }', {"weight_decay": 0.05}),
    ("sgd", "momentum = 0.8\nnesterov = true\nl2 = 0.05", {"momentum": 0.8, "nesterov": True, "weight_decay": 0.05}),
    ("adagrad", "", {}),
    ("adagrad", "initial-accumulator = 0.1\nepsilon = 1e-7", {"initial_accumulator_value": 0.1, "eps": 1e-7}),
    ("adagrad", 'decay = { kind = "inverse-time", factor = 0.3 }', {"lr_decay": 0.3}),
    ("rmsprop", "", {}),
    ("rmsprop", "rho = 0.9\nmomentum = 0.7\nepsilon = 1e-3", {"alpha": 0.9, "momentum": 0.7, "eps": 1e-3}),
    ("adam", "", {}),
    ("adam", "beta1 = 0.8\nbeta2 = 0.95\nepsilon = 1e-3", {"betas": (0.8, 0.95), "eps": 1e-3}),
    ("adam", "l2 = 0.1", {"weight_decay": 0.1}),
    ("adamw", "", {}),
    ("adamw", "weight-decay = 0.2", {"weight_decay": 0.2}),
    ("adamax", "", {}),
    ("adamax", "beta1 = 0.8\nbeta2 = 0.95\nepsilon = 1e-3", {"betas": (0.8, 0.95), "eps": 1e-3}),
    ("nadam", "", {}),
    ("nadam", "momentum-decay = 0.1", {"momentum_decay": 0.1}),
]  # fmt: skip

THEIRS = {
    "sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW",
    "adamax": "Adamax", "nadam": "NAdam",
}  # fmt: skip
STATES = {  # ours: PyTorch's
    "velocity": "momentum_buffer", "accumulator": ("sum", "square_avg"), "m": "exp_avg", "v": "exp_avg_sq",
    "u": "exp_inf", "mu_product": "mu_product",
}  # fmt: skip


@pytest.fixture(autouse=True)
def doubles() -> Iterator[None]:
    """PyTorch keeps some states (NAdam's product) in its default type."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def by_torch(name: str, options: dict[str, Any], steps: int, clip: float | None = None) -> tuple[Any, Any, Any]:
    x, t = (torch.tensor(v, dtype=torch.float64) for v in (X, T))
    own = {n: torch.tensor(v, dtype=torch.float64, requires_grad=True) for n, v in START.items()}
    optimizer = getattr(torch.optim, THEIRS[name])(list(own.values()), lr=0.1, **options)
    errors = []
    for k in range(steps + 1):
        optimizer.zero_grad()
        error = ((t - torch.tanh(own["W"] @ x + own["b"])) ** 2).sum() / 2
        errors.append(error.item())
        if k < steps:
            error.backward()
            if clip is not None:
                torch.nn.utils.clip_grad_value_(list(own.values()), clip)
            optimizer.step()
    states = {n: optimizer.state[v] for n, v in own.items()}
    return errors, {n: v.detach().numpy() for n, v in own.items()}, states


def with_words(name: str, words: str) -> str:
    return SPEC + f'optimizer = "{name}"\n{words}\n'


@pytest.mark.parametrize(("name", "words", "options"), CASES, ids=lambda v: str(v))
def test_each_optimizer_is_that_of_torch(name: str, words: str, options: dict[str, Any]) -> None:
    errors, parameters, states = by_torch(name, options, 6)
    problem = sb.loads(with_words(name, words))
    data = sb.derive(problem).data()
    np.testing.assert_allclose([row["error"] for row in data["trajectory"]], errors, rtol=1e-12)
    for n, value in parameters.items():
        np.testing.assert_allclose(data["updated"][n], value, rtol=1e-12, atol=1e-14)
    for state in data["state"].keys() - {"step"}:
        keys = STATES[state] if isinstance(STATES[state], tuple) else (STATES[state],)
        for n in START:
            (theirs,) = [states[n][key] for key in keys if key in states[n]]
            np.testing.assert_allclose(data["state"][state][n], np.asarray(theirs), rtol=1e-12, atol=1e-14)
    assert data["state"].get("step") == (None if (name, words) == ("sgd", "") else 6)  # nothing to remember
    fast = trajectory(sb.derive(problem).derivation, problem, 6, fast=True)
    np.testing.assert_allclose(fast.errors, errors, rtol=1e-12)


def test_each_optimizer_that_torch_has_is_compared() -> None:
    assert {name for name, _, _ in CASES} | {"momentum"} == OPTIMIZERS.keys()


def test_entries_cut_by_value_are_those_of_torch() -> None:
    errors, parameters, _ = by_torch("adam", {}, 6, clip=0.05)
    data = sb.derive(sb.loads(with_words("adam", "clip = { value = 0.05 }"))).data()
    np.testing.assert_allclose([row["error"] for row in data["trajectory"]], errors, rtol=1e-12)
    np.testing.assert_allclose(data["updated"]["W"], parameters["W"], rtol=1e-12)


def test_a_state_goes_on_where_it_stopped() -> None:
    """Three updates and then three more are six."""
    for name, words, _ in CASES:
        once = sb.derive(sb.loads(with_words(name, words)))
        half = once.trajectory(3)
        training = once.problem.training.model_copy(update={"steps": 3, "state": handed_on(once, half)})
        values = {**once.problem.values, **half.parameters}
        twice = sb.derive(once.problem.replace(values=values, training=training)).trajectory()
        np.testing.assert_allclose(floats(twice.errors), floats(once.trajectory(6).errors[3:]), rtol=1e-12)


def handed_on(derivation: Any, run: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"step": 3}
    for name, value in run.state.items():
        state, _ = derivation.derivation.states[name]
        out.setdefault(state.name, {})[name.partition(".")[0]] = value
    return out


def floats(values: Any) -> list[float]:
    return [float(v) if isinstance(v, Fraction) else float(v.mid()) for v in values]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras' own, of NumPy
@pytest.mark.parametrize(
    ("name", "theirs", "words", "options"),
    [
        ("rmsprop", "RMSprop", "rho = 0.9", {"rho": 0.9}),
        ("adagrad", "Adagrad", "initial-accumulator = 0.1", {"initial_accumulator_value": 0.1}),
    ],
)
def test_below_the_root_epsilon_is_that_of_keras(
    name: str, theirs: str, words: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gradient of Σ g·w is g, whatever w is."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    w = keras.Variable(np.array([1.0, 2.0]), dtype="float64")
    g = keras.ops.convert_to_tensor(np.array([0.3, -0.04]), dtype="float64")
    optimizer = getattr(keras.optimizers, theirs)(learning_rate=0.1, epsilon=1e-2, **options)
    optimizer.build([w])
    for _ in range(4):
        optimizer.apply_gradients([(g, w)])
    spec = (
        '[equations]\nprogram = ["E = sum(g*w)"]\nerror = "E"\nparameters = ["w"]\n[values]\ng = [0.3, -0.04]\n'
        f'w = [1.0, 2.0]\n[training]\nrate = 0.1\nsteps = 4\noptimizer = "{name}"\nepsilon = 0.01\n{words}\n'
    )
    inside, outside = (
        sb.derive(sb.loads(f"{spec}epsilon-inside-root = {place}\n")).data()["updated"]["w"]
        for place in ("true", "false")
    )
    found = keras.ops.convert_to_numpy(w)
    np.testing.assert_allclose(inside, found, rtol=2e-7)  # Keras keeps its rate and options in single precision
    assert np.max(np.abs(np.array(outside) - found)) > 1e-4
