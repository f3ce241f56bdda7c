"""Layers of every kind against torch's own, in double precision: values, and the slopes of parameters and input."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from layer_cases import CASES, problem_of, with_numbers

import symbackprop as sb
from symbackprop.layers.kinds import LAYERS
from symbackprop.spec import Problem
from symbackprop.spec.layers import LayerWords
from symbackprop.writers.json import doubles

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
CLOSE = {"rtol": 1e-12, "atol": 1e-12}

Arrays = dict[str, Any]


def functional() -> Any:
    from torch.nn import functional

    return functional


def activated(layer: LayerWords, z: Any) -> Any:
    name = layer.options["activation"]
    if name == "softmax":
        return z.softmax(-1)
    return z if name == "identity" else getattr(z, name)()


def dense(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    z = xs[0] @ w["weights"].T
    return activated(layer, z if w.get("biases") is None else z + w["biases"])


def convolved(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    conv = getattr(functional(), layer.kind)
    moves = {key: layer.options[key] for key in ("stride", "padding")}
    return activated(layer, conv(xs[0][None], w["weights"], w.get("biases"), **moves)[0])


def pooled(kind: str) -> Callable[..., Any]:
    def layer_of(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
        pool = getattr(functional(), f"{kind}_pool{xs[0].ndim - 1}d")
        return pool(xs[0][None], layer.options["window"], layer.options["stride"])[0]

    return layer_of


def joined(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    import torch

    return torch.cat(xs, layer.options["axis"])


TORCH: dict[str, Callable[[LayerWords, list[Any], Arrays], Any]] = {
    "dense": dense,
    "activation": lambda layer, xs, w: activated(layer, xs[0]),
    "softmax": lambda layer, xs, w: xs[0].softmax(-1),
    "flatten": lambda layer, xs, w: xs[0].flatten(),
    "add": lambda layer, xs, w: sum(xs[1:], xs[0]),
    "concatenate": joined,
    "dropout": lambda layer, xs, w: xs[0] * w["mask"] / (1 - float(layer.options["rate"])),
    "conv1d": convolved,
    "conv2d": convolved,
    "max-pooling": pooled("max"),
    "average-pooling": pooled("avg"),
}


def forward(p: Problem, leaves: Arrays, x: Any) -> Arrays:
    """The outputs of all layers, for one sample."""
    assert p.network is not None
    out: Arrays = {"x": x}
    by_name = {"x": "x"}
    for k, layer in enumerate(p.network.layers, 1):
        given = layer.inputs if layer.inputs is not None else "x" if k == 1 else f"a{k - 1}"
        names = (given,) if isinstance(given, str) else given
        own = {leaf.key: leaves.get(leaf.name.replace("*", str(k))) for leaf in layer.row.leaves}
        out[f"a{k}"] = TORCH[layer.kind](layer, [out[by_name.get(n, n)] for n in names], own)
        if layer.name:
            by_name[layer.name] = f"a{k}"
    return out


def error(p: Problem, a: Any, t: Any) -> Any:
    assert p.network is not None
    return -(t * a.log()).sum() if p.network.loss == "cross-entropy" else ((t - a) ** 2).sum() / 2


def agree(p: Problem) -> None:
    import torch

    def floats(value: Any) -> Any:
        return [floats(v) for v in value] if isinstance(value, tuple) else float(value)

    leaves = {n: torch.tensor(floats(v), dtype=torch.float64, requires_grad=True) for n, v in p.values.items()}
    samples = [(leaves["x"], leaves["t"])] if p.samples is None else list(zip(leaves["x"], leaves["t"], strict=True))
    outs = [forward(p, leaves, x) for x, _ in samples]
    last = f"a{len(p.made)}"
    total = sum(error(p, out[last], t) for out, (_, t) in zip(outs, samples, strict=True))
    total.backward()
    ours = sb.derive(p).results
    np.testing.assert_allclose(doubles(ours["ref", "E"]), total.item(), **CLOSE)
    for name in outs[0]:
        theirs = [out[name].tolist() for out in outs]
        np.testing.assert_allclose(doubles(ours["ref", name]), theirs if p.samples else theirs[0], **CLOSE)
    for name in ("x", *p.parameters):
        np.testing.assert_allclose(doubles(ours["adjoint", name]), leaves[name].grad.tolist(), err_msg=name, **CLOSE)


def test_every_kind_is_compared() -> None:
    assert TORCH.keys() == LAYERS.keys()


@pytest.mark.parametrize("samples", [None, 3])
@pytest.mark.parametrize("case", CASES)
def test_torch_finds_the_same(case: str, samples: int | None) -> None:
    agree(problem_of(case, samples, seed=7))


@pytest.mark.parametrize("seed", range(40))
def test_torch_slides_windows_the_same_way(seed: int) -> None:
    """Sizes, kernels, strides and paddings that are drawn, in one and two dimensions."""
    draw = random.Random(seed)
    axes = draw.choice((1, 2))
    sizes = [draw.randint(2, 6) for _ in range(axes)]
    padding = [draw.randint(0, 2) for _ in range(axes)]
    kernel = [draw.randint(1, min(4, n + 2 * p)) for n, p in zip(sizes, padding, strict=True)]
    stride = [draw.randint(1, 3) for _ in range(axes)]
    conv = {"kind": f"conv{axes}d", "channels": draw.randint(1, 3), "kernel": kernel, "stride": stride}
    conv |= {"padding": padding, "activation": draw.choice(("identity", "tanh", "sigmoid"))}
    conv |= {"bias": draw.choice(("unit", "none"))}
    out = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip(sizes, padding, kernel, stride, strict=True)]
    pool = {"kind": "average-pooling", "window": [draw.randint(1, n) for n in out], "stride": draw.randint(1, 3)}
    agree(with_numbers([draw.randint(1, 3), *sizes], [conv, pool], draw.choice((None, 2)), seed))
