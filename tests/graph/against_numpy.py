"""The same program three ways: NumPy with a complex step, the derivation in exact numbers, the oracle's interpreter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from symbackprop.derivation import sweep
from symbackprop.graph import build
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import entrywise, evaluate
from symbackprop.numeric.field import double
from symbackprop.verifier.oracle.algebra import REAL
from symbackprop.verifier.oracle.interpret import Machine

STEP = 1e-30
CLOSE = {"rtol": 1e-10, "atol": 1e-10}
Values = dict[str, Any]


def real(x: Any) -> Any:
    return np.real(x)


def better(x: Any, y: Any, sign: int) -> Any:
    x, y = np.broadcast_arrays(x, y)
    return np.where(sign * real(x) >= sign * real(y), x, y)


def best(x: Any, sign: int, axis: Any = None, keepdims: bool = False) -> Any:
    """The first of the greatest entries, so that a complex step follows it."""
    axes = tuple(range(x.ndim)) if axis is None else tuple(k % x.ndim for k in np.atleast_1d(axis))
    rest = [k for k in range(x.ndim) if k not in axes]
    flat = x.transpose(*rest, *axes).reshape(*(x.shape[k] for k in rest), -1)
    out = np.take_along_axis(flat, np.argmax(sign * real(flat), axis=-1)[..., None], -1)[..., 0]
    return out.reshape([1 if k in axes else n for k, n in enumerate(x.shape)]) if keepdims else out


def softmax(x: Any, axis: int = -1) -> Any:
    e = np.exp(x)
    return e / np.sum(e, axis=axis, keepdims=True)


def conv(x: Any, kernel: Any, stride: int = 1) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape)[(slice(None, None, stride),) * kernel.ndim]
    return np.sum(windows * kernel, axis=tuple(range(-kernel.ndim, 0)))


NUMPY: dict[str, Any] = {
    "sum": np.sum, "mean": np.mean, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "relu": lambda x: x * (real(x) > 0), "softmax": softmax,
    "max": lambda x, **k: best(x, 1, **k), "min": lambda x, **k: best(x, -1, **k),
    "maximum": lambda x, y: better(x, y, 1), "minimum": lambda x, y: better(x, y, -1),
    "abs": lambda x: np.sign(real(x)) * x, "where": np.where, "outer": np.outer, "transpose": np.transpose,
    "swapaxes": np.swapaxes, "reshape": lambda x, *n: np.reshape(x, n[0] if len(n) == 1 else n), "stack": np.stack,
    "concatenate": np.concatenate, "conv": conv, "einsum": np.einsum,
}  # fmt: skip


def run(program: tuple[str, ...], values: Values, moved: tuple[str, Any] | None = None) -> Values:
    """The program as NumPy has it (the programs of these tests are Python)."""
    env = dict(values)
    for name in values:
        if moved and moved[0] == name:
            env[name] = env[name] + moved[1]
    for line in program:
        name, _, text = (part.strip() for part in line.partition("="))
        env[name] = eval(text, dict(NUMPY), env)  # noqa: S307 - the tests' own text
        if moved and moved[0] == name:
            env[name] = env[name] + moved[1]
    return env


def slopes(program: tuple[str, ...], values: Values, name: str) -> Any:
    """∂E/∂name, entry by entry, by a complex step."""
    shape = np.shape(run(program, values)[name])
    out = np.zeros(shape)
    for at in np.ndindex(shape):
        step = np.zeros(shape, complex)
        step[at] = 1j * STEP
        out[at] = np.imag(run(program, values, (name, step))["E"]) / STEP
    return out


def nested(x: Any) -> Any:
    return tuple(map(nested, x)) if isinstance(x, list) else Fraction(x)


def derived(program: tuple[str, ...], values: Values, error: str = "E") -> tuple[Any, dict[Any, Any]]:
    shapes = {n: np.shape(v) for n, v in values.items()}
    graph = build(program, shapes, tuple(values), error)
    numbers = evaluate(sweep(graph), {n: nested(np.asarray(v).tolist()) for n, v in values.items()})
    return graph, {k: np.array(entrywise(x, double), float) for k, x in numbers.items()}


def agree(program: tuple[str, ...], values: Values) -> None:
    """Every value against NumPy and the oracle, every adjoint against the complex step."""
    graph, ours = derived(program, values)
    theirs = run(program, values)
    leaves = {
        n: {at: REAL.number(Fraction(np.asarray(v)[at].item())) for at in np.ndindex(np.shape(v))}
        for n, v in values.items()
    }
    oracle = Machine(graph, leaves, REAL).values
    for name, value in theirs.items():
        assert ours["ref", name].shape == np.shape(value), name
        np.testing.assert_allclose(ours["ref", name], value, **CLOSE, err_msg=name)
        for at, x in oracle[name].items():
            np.testing.assert_allclose(float(x), np.asarray(value)[at], **CLOSE, err_msg=name)
        slope = ours["adjoint", name]
        np.testing.assert_allclose(slope, slopes(program, values, name), **CLOSE, err_msg=f"dE/d{name}")
    for target, given in (("python", lambda v: np.asarray(v).tolist()), ("numpy", np.asarray)):
        error, gradients = lambdify(sweep(graph), target)(**{n: given(v) for n, v in values.items()})
        np.testing.assert_allclose(error, theirs["E"], **CLOSE, err_msg=target)
        for name in values:
            np.testing.assert_allclose(gradients[name], ours["adjoint", name], **CLOSE, err_msg=f"{target} dE/d{name}")
