"""A dense network computed once more, by loops and mpmath, from the layers alone: what the targets are judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import mpf

from symbackprop.spec import Problem

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: z if z > 0 else mpf(0),
    "identity": lambda z: z,
    "leaky-relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "selu": lambda z: mpf("1.0507009873554804934193349852946") * (
        z if z > 0 else mpf("1.6732632423543772848170429916717") * mpmath.expm1(z)
    ),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "mish": lambda z: z * mpmath.tanh(mpmath.log1p(mpmath.exp(z))),
    "softsign": lambda z: z / (1 + abs(z)),
    "hard-sigmoid": lambda z: min(max(z / 6 + mpf(1) / 2, mpf(0)), mpf(1)),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "gelu-tanh": lambda z: (
        z * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + mpf("0.044715") * z**3))) / 2
    ),
    "sine": mpmath.sin,
}


def dot(x: list[Any], y: list[Any]) -> Any:
    return sum(u * v for u, v in zip(x, y, strict=True))


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half-squared-error": lambda t, a: sum((u - v) ** 2 for u, v in zip(t, a, strict=True)) / 2,
    "squared-error": lambda t, a: sum((u - v) ** 2 for u, v in zip(t, a, strict=True)),
    "mean-squared-error": lambda t, a: sum((u - v) ** 2 for u, v in zip(t, a, strict=True)) / len(t),
    "binary-cross-entropy": lambda t, a: (
        -sum(u * mpmath.log(v) + (1 - u) * mpmath.log(1 - v) for u, v in zip(t, a, strict=True))
    ),
    "binary-cross-entropy-logits": lambda t, a: (
        sum(mpmath.log1p(mpmath.exp(v)) - u * v for u, v in zip(t, a, strict=True))
    ),
    "poisson": lambda t, a: sum(v - u * mpmath.log(v) for u, v in zip(t, a, strict=True)),
    "absolute-error": lambda t, a: sum(abs(u - v) for u, v in zip(t, a, strict=True)),
    "huber": lambda t, a: sum(
        (u - v) ** 2 / 2 if abs(u - v) <= 1 else abs(u - v) - mpf(1) / 2 for u, v in zip(t, a, strict=True)
    ),
    "log-cosh": lambda t, a: sum(mpmath.log(mpmath.cosh(u - v)) for u, v in zip(t, a, strict=True)),
    "cross-entropy-logits": lambda t, a: (
        sum(t) * mpmath.log(sum(map(mpmath.exp, a))) - sum(u * v for u, v in zip(t, a, strict=True))
    ),
    "kl-divergence": lambda t, a: sum(u * mpmath.log(u / v) for u, v in zip(t, a, strict=True) if u),
    "hinge": lambda t, a: sum(max(mpf(0), 1 - u * v) for u, v in zip(t, a, strict=True)),
    "squared-hinge": lambda t, a: sum(max(mpf(0), 1 - u * v) ** 2 for u, v in zip(t, a, strict=True)),
    "multiclass-hinge": lambda t, a: (
        sum((1 - u) * max(mpf(0), 1 - dot(t, a) + v) for u, v in zip(t, a, strict=True)) / len(t)
    ),
    "cosine": lambda t, a: 1 - dot(t, a) / mpmath.sqrt(dot(t, t) * dot(a, a)),
    "cross-entropy": lambda t, a: -sum(u * mpmath.log(v) for u, v in zip(t, a, strict=True)),
}


def number(x: Any) -> Any:
    if isinstance(x, list | tuple):
        return [number(row) for row in x]
    return mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpf(x)


def softmax(z: list[Any]) -> list[Any]:
    e = [mpmath.exp(x) for x in z]
    return [x / sum(e) for x in e]


ALONG = {"softmax": softmax, "log-softmax": lambda z: [mpmath.log(p) for p in softmax(z)]}


def error(problem: Problem, values: dict[str, Any]) -> Any:
    """The error of all samples."""
    if not problem.samples:
        return of_one(problem, values, values["x"], values["t"])
    errors = [of_one(problem, values, x, t) for x, t in zip(values["x"], values["t"], strict=True)]
    return sum(errors) / (problem.samples if problem.reduction == "mean" else 1)


def of_one(problem: Problem, values: dict[str, Any], x: list[Any], t: list[Any]) -> Any:
    assert problem.network
    a = x
    for k, layer in enumerate(problem.network.layers, 1):
        bias = {"none": [mpf(0)] * layer.units, "shared": [values.get(f"b{k}")] * layer.units}.get(layer.bias)
        bias = bias or values[f"b{k}"]
        z = [sum(w * v for w, v in zip(row, a, strict=True)) + b for row, b in zip(values[f"W{k}"], bias, strict=True)]
        a = ALONG[layer.activation](z) if layer.activation in ALONG else [ACTIVATIONS[layer.activation](v) for v in z]
    return LOSSES[problem.network.loss](t, a)


def places(x: Any, at: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if isinstance(x, list):
        for k, row in enumerate(x):
            yield from places(row, (*at, k))
    else:
        yield at


def read(x: Any, at: tuple[int, ...]) -> Any:
    for k in at:
        x = x[k]
    return x


def moved(x: Any, at: tuple[int, ...], by: Any) -> Any:
    if not at:
        return x + by
    return [moved(row, at[1:], by) if k == at[0] else row for k, row in enumerate(x)]


def gradient(problem: Problem, values: dict[str, Any], name: str) -> dict[tuple[int, ...], Any]:
    """Central differences with 50 digits: right to 1e-30 where nothing has a kink."""
    h = mpf(10) ** -17
    out = {}
    for at in places(values[name]):
        above, below = (error(problem, {**values, name: moved(values[name], at, step)}) for step in (h, -h))
        out[at] = (above - below) / (2 * h)
    return out
