"""Which published cases the layers form can express, and how their names and shapes become ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from symbackprop.spec import Data, Dense, Network, Training, problem, understood
from symbackprop.spec.problem import Problem

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((Path(__file__).parent / "published.json").read_text("utf-8"))["cases"]
}


@dataclass(frozen=True)
class Row:
    """A case as layers, dense ones where no others are named.

    `names` are the case's, in the order of ours; a scalar stands for a list of one.
    """

    loss: str
    bias: str
    activations: tuple[str, ...]
    names: Mapping[str, str]  # the case's leaves and nodes: our quantities
    transposed: bool = False  # the case multiplies x @ W: its W has a column for each unit
    reduction: str = "sum"
    layers: tuple[Mapping[str, Any], ...] = ()


def named(*pairs: str) -> dict[str, str]:
    return dict(pair.split(":") if ":" in pair else (pair, pair) for pair in " ".join(pairs).split())


TWO_LAYERS = "x t W1 W2 z1 a1 z2 a2"

EXPRESSIBLE = {
    "mazur-2015": Row(
        "half-squared-error", "shared", ("sigmoid", "sigmoid"), named(TWO_LAYERS, "b1 b2 Ek loss:E")
    ),
    "mazur-bias-tests": Row(
        "half-squared-error", "unit", ("sigmoid", "sigmoid"), named(TWO_LAYERS, "b1 b2 Ek loss:E")
    ),
    "hmkcode-2018": Row(
        "half-squared-error", "none", ("identity", "identity"), named("x t W1 W2 h:a1 y:a2 loss:E"), transposed=True
    ),
    "fiqlab-2-2-1": Row(
        "half-squared-error", "shared", ("sigmoid", "sigmoid"), named(TWO_LAYERS, "b1 b2 loss:E")
    ),
    "dlfs-simplenet": Row(
        "cross-entropy", "none", ("softmax",), named("x t W:W1 z:z1 y:a1 loss:E"), transposed=True
    ),
    "deepml-25-neuron": Row(
        "squared-error", "shared", ("sigmoid",), named("X:x y:t w:W1 b:b1 z:z1 p:a1 loss:E"), reduction="mean"
    ),
    "surafelml-2-2-1-bce": Row(
        "binary-cross-entropy", "none", ("sigmoid", "sigmoid"), named("x y:t W1 W2 z1 a1 z2 p:a2 loss:E")
    ),
    # The bias is the first row of B, and each sample's first number is a 1.
    "deepml-105-softmaxreg": Row(
        "cross-entropy", "none", ("softmax",), named("X:x T:t B:W1 Z:z1 Y:a1 loss:E"), transposed=True
    ),
    "deepml-130-cnn-a": Row(
        "cross-entropy", "unit", (), named("X:x y:t K:W1 bc:b1 z:z1 a:a1 f:a2 Wd:W3 bd:b3 zd:z3 p:a3 loss:E"),
        transposed=True,
        layers=(
            {"kind": "conv2d", "channels": 1, "kernel": [3, 3], "activation": "relu"},
            {"kind": "flatten"},
            {"kind": "dense", "units": 2, "activation": "softmax"},
        ),
    ),
}  # fmt: skip

# All cases are derived in the equations form (test_equations.py); these are no layers and a loss.
NO_LAYERS = {
    "cs231n-sigmoid-circuit": "a circuit of scalars, and no loss: the output itself is differentiated",
    "cs231n-gates": "circuits of scalars with a max gate",
    "micrograd-readme": "a graph of scalars",
    "micrograd-lecture": "a graph of scalars",
    "keras-losses": "losses alone, ten in one error",
    "keras-opt-adam": "a linear probe: the error is Σ g·w",
    "keras-opt-sgd": "a linear probe: the error is Σ g·w",
    "keras-opt-rmsprop": "a linear probe: the error is Σ g·w",
}


def exact(value: Any) -> Any:
    """The decimals that the case writes, as fractions."""
    return [exact(v) for v in value] if isinstance(value, list) else Fraction(str(value))


def ours(case: Mapping[str, Any], row: Row) -> Problem:
    """The case as a Problem in the layers form, its weights turned to a row for each unit."""
    leaves = {row.names[name]: value for name, value in {**case["leaves"], **(case.get("samples") or [{}])[0]}.items()}
    return of_layers(case, row, leaves) if row.layers else of_dense(case, row, leaves)


def of_layers(case: Mapping[str, Any], row: Row, leaves: Mapping[str, Any]) -> Problem:
    """Each array in the shape that the layers give it."""
    network = {"inputs": [1, *np.shape(leaves["x"])], "loss": row.loss, "layers": list(row.layers)}
    made = understood({"network": network, "training": {"rate": case["optimizer"]["lr"]}, "title": case["title"]})

    def shaped(name: str) -> Any:
        array = np.array(exact(leaves[name]), dtype=object)
        turned = array.T if row.transposed and name.startswith("W") and len(made.shapes[name]) == 2 else array
        return tuples(turned.reshape([int(n) for n in made.shapes[name]]).tolist())

    return made.replace(values={name: shaped(name) for name in made.shapes})


def tuples(value: Any) -> Any:
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def of_dense(case: Mapping[str, Any], row: Row, leaves: Mapping[str, Any]) -> Problem:
    sizes = case["model"]["layer_sizes"]
    inputs = leaves["x"] if isinstance(leaves["x"][0], list) else [leaves["x"]]
    targets = np.reshape(np.array(exact(leaves["t"]), dtype=object), (len(inputs), sizes[-1])).tolist()
    before = [len(inputs[0]), *sizes[1:]]
    layers = []
    for k, activation in enumerate(row.activations, 1):
        weights = np.array(exact(leaves[f"W{k}"]), dtype=object)
        shape = (sizes[k], before[k - 1])
        weights = np.reshape(weights, shape[::-1]).T if row.transposed else np.reshape(weights, shape)
        biases = exact(leaves[f"b{k}"]) if row.bias != "none" else None
        layers.append(
            Dense(units=sizes[k], activation=activation, bias=row.bias, weights=weights.tolist(), biases=biases)
        )
    moved = {"W": "weights", "b": "biases"}
    trained = tuple(dict.fromkeys(moved[row.names[n][0]] for n in case["params"]))
    rate = (case.get("optimizer") or {}).get("lr")
    return problem(
        Network(inputs=before[0], loss=row.loss, layers=tuple(layers)),
        data=Data(inputs=exact(inputs), targets=targets, reduction=row.reduction),
        training=Training(train=trained, **({"rate": exact(rate)} if rate else {})),
        title=case["title"],
    )


def theirs(value: Any, name: str, shape: tuple[int, ...], row: Row) -> Any:
    """One of our arrays in the shape that the case gives it."""
    array = np.array(value, dtype=float)
    if row.transposed and row.names[name].startswith("W") and array.ndim == 2:
        array = array.T
    out = array.reshape(shape)
    return out if shape else float(out)
