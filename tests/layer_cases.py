"""A small network for each kind of layer, of sizes that are no squares; numbers are drawn for them."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from symbackprop.spec import Problem, understood

DENSE = {"units": 2, "activation": "identity"}
FLAT_AND_DENSE = ({"kind": "flatten"}, DENSE)
CONV2D = {"kind": "conv2d", "channels": 2, "kernel": [3, 2]}

CASES: dict[str, tuple[int | list[int], list[dict[str, Any]]]] = {
    "dense on rows": ([2, 3], [{"units": 4, "activation": "tanh"}, {"units": 2, "activation": "softmax"}]),
    "dense on rows, shared bias": ([2, 3], [{"units": 2, "activation": "sigmoid", "bias": "shared"}]),
    "dense on three axes": ([2, 1, 3], [{"units": 2, "activation": "tanh", "bias": "none"}]),
    "activation": (3, [{"units": 2, "activation": "identity"}, {"kind": "activation", "activation": "tanh"}]),
    "softmax": ([2, 3], [{"kind": "softmax"}, {"units": 2, "activation": "identity"}]),
    "flatten": ([2, 3], list(FLAT_AND_DENSE)),
    "flatten of three axes": ([2, 3, 2], [{"kind": "flatten"}, {"units": 1, "activation": "tanh"}]),
    "residual": (
        3,
        [
            {"units": 3, "activation": "tanh", "name": "first"},
            {"units": 3, "activation": "sigmoid"},
            {"kind": "add", "inputs": ["x", "first", "second"]},
            DENSE,
        ],
    ),
    "concatenate": (
        3,
        [
            {"units": 2, "activation": "tanh", "name": "left"},
            {"units": 4, "activation": "sigmoid", "inputs": "x", "name": "right"},
            {"kind": "concatenate", "inputs": ["left", "x", "right"]},
            DENSE,
        ],
    ),
    "concatenate on the second axis": (
        [2, 3],
        [
            {"units": 2, "activation": "tanh", "name": "left"},
            {"kind": "concatenate", "inputs": ["left", "x"], "axis": 1},
            DENSE,
        ],
    ),
    "dropout": (3, [DENSE, {"kind": "dropout", "rate": "1/3", "mask": [1, 0]}, DENSE]),
    "dropout, no rate": ([2, 2], [{"kind": "dropout", "rate": 0, "mask": [[1, 0], [1, 1]]}, DENSE]),
    "conv1d": ([2, 5], [{"kind": "conv1d", "channels": 3, "kernel": 2, "activation": "tanh"}, *FLAT_AND_DENSE]),
    "conv1d, one channel": ([1, 4], [{"kind": "conv1d", "channels": 1, "kernel": 3, "padding": 1, "bias": "none"}]),
    "conv1d, stride and padding": (
        [1, 6],
        [{"kind": "conv1d", "channels": 2, "kernel": 3, "stride": 2, "padding": 2, "activation": "tanh"}],
    ),
    "conv2d": ([2, 4, 3], [CONV2D, *FLAT_AND_DENSE]),
    "conv2d, padding": ([1, 3, 4], [{**CONV2D, "padding": [1, 0], "activation": "sigmoid"}]),
    "conv2d, stride": ([1, 5, 6], [{**CONV2D, "stride": [2, 3]}, *FLAT_AND_DENSE]),
    "conv2d, stride over padding": ([2, 3, 2], [{**CONV2D, "stride": [1, 2], "padding": [2, 3]}]),
    "conv2d of a single entry": ([2, 1, 1], [{"kind": "conv2d", "channels": 2, "kernel": 1, "padding": 1}]),
    "max-pooling": ([2, 4, 6], [{"kind": "max-pooling", "window": [2, 3]}, *FLAT_AND_DENSE]),
    "max-pooling, overlapping": ([1, 3, 4], [{"kind": "max-pooling", "window": 2, "stride": 1}, *FLAT_AND_DENSE]),
    "max-pooling, entries left over": ([2, 5], [{"kind": "max-pooling", "window": 2}, *FLAT_AND_DENSE]),
    "average-pooling": ([2, 4, 3], [{"kind": "average-pooling", "window": [2, 3]}, *FLAT_AND_DENSE]),
    "average-pooling, overlapping": ([1, 6], [{"kind": "average-pooling", "window": 3, "stride": 2}, *FLAT_AND_DENSE]),
    "rnn": ([3, 2], [{"kind": "rnn", "units": 2}, DENSE]),
    "rnn of relu, no bias, every step": (
        [2, 3],
        [{"kind": "rnn", "units": 2, "activation": "relu", "bias": "none", "returns": "sequence"}, *FLAT_AND_DENSE],
    ),
    "rnn of a single step, a single unit": ([1, 2], [{"kind": "rnn", "units": 1}, DENSE]),
    "two rnns": ([2, 1], [{"kind": "rnn", "units": 3, "returns": "sequence"}, {"kind": "rnn", "units": 2}]),
    "lstm": ([2, 3], [{"kind": "lstm", "units": 2}, DENSE]),
    "lstm, no bias, every step": (
        [3, 2],
        [{"kind": "lstm", "units": 1, "bias": "none", "returns": "sequence"}, *FLAT_AND_DENSE],
    ),
    "gru": ([3, 2], [{"kind": "gru", "units": 2}, DENSE]),
    "gru, no bias, every step": ([2, 3], [{"kind": "gru", "units": 2, "bias": "none", "returns": "sequence"}]),
    "gru, reset before": ([3, 2], [{"kind": "gru", "units": 2, "reset": "before"}, DENSE]),
    "gru, reset before, no bias": ([2, 2], [{"kind": "gru", "units": 3, "reset": "before", "bias": "none"}, DENSE]),
    "embedding": (3, [{"kind": "embedding", "vocabulary": 4, "units": 2}, {"kind": "rnn", "units": 2}]),
    "embedding of one word": (1, [{"kind": "embedding", "vocabulary": 2, "units": 3}, *FLAT_AND_DENSE]),
    "dot-product-attention": ([3, 2], [{"kind": "dot-product-attention"}, *FLAT_AND_DENSE]),
    "dot-product-attention, causal": ([3, 2], [{"kind": "dot-product-attention", "mask": "causal"}]),
    "dot-product-attention of three inputs": (
        [3, 2],
        [
            {"units": 4, "activation": "tanh", "name": "query"},
            {"units": 4, "activation": "tanh", "inputs": "x", "name": "key"},
            {
                "kind": "dot-product-attention",
                "inputs": ["query", "key", "x"],
                "mask": [[1, 1, 0], [0, 1, 0], [1, 0, 1]],
            },
        ],
    ),
    "attention": ([3, 4], [{"kind": "attention", "heads": 2}]),
    "attention of one head, causal, no bias": (
        [3, 2],
        [{"kind": "attention", "mask": "causal", "bias": "none"}, *FLAT_AND_DENSE],
    ),
    "attention to other tokens": (
        [2, 3],
        [
            {"units": 4, "activation": "tanh", "name": "other"},
            {
                "kind": "attention",
                "heads": 2,
                "width": 3,
                "units": 2,
                "inputs": ["x", "other", "other"],
                "mask": [[1, 0], [1, 1]],
            },
        ],
    ),
    "batch-norm": (3, [{"units": 2, "activation": "identity"}, {"kind": "batch-norm"}, DENSE]),
    "batch-norm of the input": (2, [{"kind": "batch-norm", "epsilon": "1/7"}, DENSE]),
    "batch-norm of images": ([2, 2, 3], [{"kind": "batch-norm"}, *FLAT_AND_DENSE]),
    "batch-norm of signals": ([2, 3], [{"kind": "batch-norm"}, *FLAT_AND_DENSE]),
    "batch-norm, inference": (3, [{"kind": "batch-norm", "mode": "inference"}, DENSE]),
    "batch-norm of images, inference": ([2, 2, 3], [{"kind": "batch-norm", "mode": "inference"}, *FLAT_AND_DENSE]),
    "layer-norm": (3, [{"kind": "layer-norm"}, DENSE]),
    "layer-norm of rows": ([2, 3], [{"kind": "layer-norm", "epsilon": 0.01}, *FLAT_AND_DENSE]),
    "transformer": (
        [2, 2],
        [
            {"kind": "attention", "name": "attention", "mask": "causal"},
            {"kind": "add", "inputs": ["x", "attention"]},
            {"kind": "layer-norm"},
            *FLAT_AND_DENSE,
        ],
    ),
    "cnn": (
        [1, 4, 5],
        [
            {**CONV2D, "padding": [1, 0], "activation": "tanh"},
            {"kind": "max-pooling", "window": 2},
            {"kind": "flatten"},
            {"units": 2, "activation": "softmax"},
        ],
    ),
}
CASES["residual"][1][1]["name"] = "second"


def problem_of(case: str, samples: int | None = None, seed: int = 1) -> Problem:
    """The network of a case with numbers for all that has none: distinct ones, so that no two entries tie."""
    return with_numbers(*CASES[case], samples, seed)


def with_numbers(inputs: Any, layers: list[dict[str, Any]], samples: int | None = None, seed: int = 1) -> Problem:
    """Samples are two at least where a layer takes means over them."""
    one_hot = layers[0].get("kind") == "embedding"
    loss = "cross-entropy" if layers[-1].get("activation") == "softmax" else "half-squared-error"
    spec: dict[str, Any] = {"network": {"inputs": inputs, "loss": loss, "layers": layers}}
    draw = random.Random(seed)
    numbers = draw.sample([k for k in range(-1999, 2000) if k], 3000)

    def zeros(shape: tuple[int | str, ...]) -> Any:
        return [zeros(shape[1:]) for _ in range(int(shape[0]))] if shape else 0

    if any(layer.get("kind") == "batch-norm" and layer.get("mode") != "inference" for layer in layers):
        samples = samples or 2
        at_rest = [layer | ({"mode": "inference"} if layer.get("kind") == "batch-norm" else {}) for layer in layers]
        shapes = understood({"network": spec["network"] | {"layers": at_rest}}).shapes
        x = shapes["x"][:1] if one_hot else shapes["x"]  # the data has words as their numbers
        spec["data"] = {"inputs": zeros((samples, *x)), "targets": zeros((samples, *shapes["t"]))}
    made = understood(spec)

    def drawn(name: str, shape: tuple[int, ...]) -> Any:
        if name == "x" and one_hot and len(shape) == 1:
            word = draw.randrange(shape[0])
            return tuple(Fraction(k == word) for k in range(shape[0]))
        if shape and not (name == "t" and len(shape) == 1):
            return tuple(drawn(name, shape[1:]) for _ in range(shape[0]))
        if not shape:
            value = Fraction(numbers.pop(), 1000)
            return abs(value) if name[0] == "v" else value  # a variance
        parts = [abs(numbers.pop()) for _ in range(shape[0])]
        return tuple(Fraction(part, sum(parts)) for part in parts)

    def whole(name: str) -> tuple[int, ...]:
        lead = (samples,) if samples and name in ("x", "t") else ()
        return (*lead, *map(int, made.shapes[name]))

    open_ = [name for name in made.shapes if name not in made.values or name in ("x", "t")]
    values = {name: drawn(name, whole(name)) for name in open_}
    return made.replace(values={**made.values, **values}, samples=samples)
