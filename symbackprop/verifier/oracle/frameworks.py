"""Routes through torch, jax and tensorflow, where they are installed, in double precision.

They never see the graph: a network is built from its layers, anything else from the text of its program, and the
framework's own differentiation does the rest.  So a fault in the graph shows as well as one in the derivation.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Array = Any
Error = Callable[[dict[str, Array]], Array]


@dataclass(frozen=True)
class Backend:
    """A framework as the programs here use it."""

    array: Callable[[Any], Array]  # nested lists of floats to an array of doubles
    functions: Mapping[str, Callable[..., Array]]
    linear: Callable[[Array, Array, Array | None], Array]  # a, W, b: a Wᵀ + b, over a leading sample axis or none
    losses: Mapping[str, Callable[[Array, Array], Array]]  # (a, t): what each unit contributes
    gradients: Callable[[Error, dict[str, Any]], dict[str, Any]]  # nested lists in and out
    double: Callable[[], AbstractContextManager[Any]] = nullcontext


def installed(module: str) -> bool:
    return find_spec(module) is not None


def quiet(name: str) -> Any:
    """Import a framework: its own warnings are no concern of whoever asks for a check."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(name)


def plain_losses(f: Mapping[str, Callable[..., Array]]) -> dict[str, Callable[[Array, Array], Array]]:
    """E_k in a framework's own functions."""
    return {
        "half-squared-error": lambda a, t: (t - a) ** 2 / 2,
        "squared-error": lambda a, t: (t - a) ** 2,
        "mean-squared-error": lambda a, t: (t - a) ** 2,
        "cross-entropy": lambda a, t: -t * f["log"](a),
        "binary-cross-entropy": lambda a, t: -(t * f["log"](a) + (1 - t) * f["log"](1 - a)),
        "binary-cross-entropy-logits": lambda a, t: f["softplus"](a) - t * a,
        "poisson": lambda a, t: a - t * f["log"](a),
        "log-cosh": lambda a, t: f["log"](f["cosh"](t - a)),
        "cross-entropy-logits": lambda a, t: -t * f["log_softmax"](a),
        "hinge": lambda a, t: f["relu"](1 - t * a),
        "squared-hinge": lambda a, t: f["relu"](1 - t * a) ** 2,
    }


def torch() -> Backend:
    t = quiet("torch")
    nn = quiet("torch.nn.functional")

    def array(value: Any) -> Array:
        return t.tensor(value, dtype=t.float64)

    def gradients(error: Error, values: dict[str, Any]) -> dict[str, Any]:
        leaves = {n: array(v).requires_grad_() for n, v in values.items()}
        found = t.autograd.grad(error(leaves), list(leaves.values()), allow_unused=True, materialize_grads=True)
        return {n: g.tolist() for n, g in zip(leaves, found, strict=True)}

    def conv(x: Array, kernel: Array, **options: Any) -> Array:
        channels = kernel.ndim - x.ndim
        rank = x.ndim - channels
        x, kernel = (x, kernel) if channels else (x[None], kernel[None, None])
        y = (nn.conv1d, nn.conv2d)[rank - 1](x[None], kernel, **options)[0]
        return y if channels else y[0]

    def pool(kind: str) -> Callable[..., Array]:
        def pooled(x: Array, window: Any, stride: Any = None) -> Array:
            sizes = window if isinstance(window, list) else [window]
            flat = x.reshape(1, -1, *x.shape[x.ndim - len(sizes) :])
            y = getattr(nn, f"{kind}_pool{len(sizes)}d")(flat, window, stride)
            return y.reshape(*x.shape[: x.ndim - len(sizes)], *y.shape[2:])

        return pooled

    functions: dict[str, Callable[..., Array]] = {
        "exp": t.exp, "log": t.log, "log10": t.log10, "sqrt": t.sqrt, "abs": t.abs, "sine": t.sin, "sin": t.sin,
        "cos": t.cos, "sinh": t.sinh, "cosh": t.cosh, "tanh": t.tanh, "sigmoid": t.sigmoid, "relu": nn.relu,
        "leaky_relu": nn.leaky_relu, "elu": nn.elu, "selu": nn.selu, "gelu": nn.gelu,
        "gelu_tanh": lambda z: nn.gelu(z, approximate="tanh"), "silu": nn.silu, "mish": nn.mish,
        "softplus": lambda z: nn.softplus(z, threshold=700.0), "softsign": nn.softsign,
        # nn.hardsigmoid has 1/6 in single precision
        "hard_sigmoid": lambda z: nn.relu6(z + 3) / 6, "identity": lambda z: z,
        "softmax": lambda z, axis=-1: nn.softmax(z, dim=axis),
        "log_softmax": lambda z, axis=-1: nn.log_softmax(z, dim=axis),
        "sum": lambda x, axis=None, keepdims=False: t.sum(x, dim=axis, keepdim=keepdims),
        "mean": lambda x, axis=None, keepdims=False: t.mean(x, dim=axis, keepdim=keepdims),
        "maximum": lambda x, y: t.maximum(*t.broadcast_tensors(_as(array, x), _as(array, y))),
        "minimum": lambda x, y: t.minimum(*t.broadcast_tensors(_as(array, x), _as(array, y))),
        "where": lambda c, x, y: t.where(c, _as(array, x), _as(array, y)),
        "transpose": lambda x: x.permute(*reversed(range(x.ndim))),
        "reshape": lambda x, *sizes: t.reshape(x, sizes if isinstance(sizes[0], int) else sizes[0]),
        "outer": t.outer, "einsum": t.einsum, "stack": lambda xs, axis=0: t.stack(list(xs), dim=axis),
        "concatenate": lambda xs, axis=0: t.cat(list(xs), dim=axis),
    }  # fmt: skip
    functions |= {"conv": conv, "max_pool": pool("max"), "mean_pool": pool("avg")}
    losses = plain_losses(functions) | {
        "half-squared-error": lambda a, y: nn.mse_loss(a, y, reduction="none") / 2,
        "squared-error": lambda a, y: nn.mse_loss(a, y, reduction="none"),
        "mean-squared-error": lambda a, y: nn.mse_loss(a, y, reduction="none"),
        "binary-cross-entropy": lambda a, y: nn.binary_cross_entropy(a, y, reduction="none"),
        "binary-cross-entropy-logits": lambda a, y: nn.binary_cross_entropy_with_logits(a, y, reduction="none"),
        "poisson": lambda a, y: nn.poisson_nll_loss(a, y, log_input=False, eps=0.0, reduction="none"),
        "absolute-error": lambda a, y: nn.l1_loss(a, y, reduction="none"),
        "huber": lambda a, y: nn.huber_loss(a, y, reduction="none"),
        "kl-divergence": lambda a, y: nn.kl_div(t.log(a), y, reduction="none"),
        # each over all outputs: a term for the whole sample
        "cross-entropy-logits": lambda a, y: nn.cross_entropy(a, y, reduction="none"),
        "multiclass-hinge": lambda a, y: nn.multi_margin_loss(a, y.argmax(-1), reduction="none"),
        "cosine": lambda a, y: 1 - nn.cosine_similarity(a, y, dim=-1, eps=0.0),
    }
    return Backend(array, functions, nn.linear, losses, gradients)


def jax() -> Backend:
    j = quiet("jax")
    np, nn = quiet("jax.numpy"), quiet("jax.nn")

    def array(value: Any) -> Array:
        return np.asarray(value, dtype=np.float64)

    def gradients(error: Error, values: dict[str, Any]) -> dict[str, Any]:
        return {n: g.tolist() for n, g in j.grad(error)({n: array(v) for n, v in values.items()}).items()}

    functions: dict[str, Callable[..., Array]] = {
        "exp": np.exp, "log": np.log, "log10": np.log10, "sqrt": np.sqrt, "abs": np.abs, "sine": np.sin, "sin": np.sin,
        "cos": np.cos, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "sigmoid": nn.sigmoid, "relu": nn.relu,
        # at 0 jax.nn.leaky_relu has the slope 1, PyTorch and TensorFlow have 0.01
        "leaky_relu": lambda z: np.where(z > 0, z, z / 100), "elu": nn.elu, "selu": nn.selu,
        "gelu": lambda z: nn.gelu(z, approximate=False), "gelu_tanh": lambda z: nn.gelu(z, approximate=True),
        "silu": nn.silu, "mish": nn.mish, "softplus": nn.softplus, "softsign": nn.soft_sign,
        "hard_sigmoid": nn.hard_sigmoid, "identity": lambda z: z, "softmax": nn.softmax, "log_softmax": nn.log_softmax,
        "sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "maximum": np.maximum, "minimum": np.minimum,
        "where": np.where, "transpose": np.transpose, "reshape": np.reshape, "outer": np.outer,
        "swapaxes": np.swapaxes, "einsum": np.einsum, "stack": np.stack, "concatenate": np.concatenate,
    }  # fmt: skip

    def linear(a: Array, weights: Array, bias: Array | None) -> Array:
        z = np.matmul(a, weights.T)
        return z if bias is None else z + bias

    return Backend(array, functions, linear, plain_losses(functions), gradients, lambda: j.enable_x64(True))


def tensorflow() -> Backend:
    tf = quiet("tensorflow")
    nn, m = tf.nn, tf.math

    def array(value: Any) -> Array:
        return tf.constant(value, dtype=tf.float64)

    def gradients(error: Error, values: dict[str, Any]) -> dict[str, Any]:
        leaves = {n: array(v) for n, v in values.items()}
        with tf.GradientTape() as tape:
            tape.watch(list(leaves.values()))
            total = error(leaves)
        found = tape.gradient(total, leaves, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return {n: tf.convert_to_tensor(g).numpy().tolist() for n, g in found.items()}

    functions: dict[str, Callable[..., Array]] = {
        "exp": tf.exp, "log": m.log, "log10": lambda x: m.log(x) / m.log(array(10.0)), "sqrt": tf.sqrt, "abs": tf.abs,
        "sine": tf.sin, "sin": tf.sin, "cos": tf.cos, "sinh": tf.sinh, "cosh": tf.cosh, "tanh": tf.tanh,
        "sigmoid": tf.sigmoid, "relu": nn.relu,  # nn.leaky_relu has its alpha in single precision
        "leaky_relu": lambda z: tf.where(z > 0, z, z / 100),
        "elu": nn.elu, "selu": nn.selu,  # nn.gelu has its constants in single precision
        "gelu": lambda z: z * (1 + m.erf(z / math.sqrt(2))) / 2,
        "gelu_tanh": lambda z: z * (1 + tf.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2,
        "silu": nn.silu, "mish": lambda z: z * tf.tanh(m.softplus(z)), "softplus": m.softplus, "softsign": nn.softsign,
        "hard_sigmoid": lambda z: nn.relu6(z + 3) / 6, "identity": lambda z: z, "softmax": nn.softmax,
        "log_softmax": nn.log_softmax,
        "sum": lambda x, axis=None, keepdims=False: tf.reduce_sum(x, axis=axis, keepdims=keepdims),
        "mean": lambda x, axis=None, keepdims=False: tf.reduce_mean(x, axis=axis, keepdims=keepdims),
        "maximum": lambda x, y: tf.maximum(_as(array, x), _as(array, y)),
        "minimum": lambda x, y: tf.minimum(_as(array, x), _as(array, y)),
        "where": lambda c, x, y: tf.where(c, _as(array, x), _as(array, y)), "transpose": tf.transpose,
        "reshape": tf.reshape, "outer": lambda x, y: tf.tensordot(x, y, 0), "stack": tf.stack,
        "einsum": tf.einsum,
        "concatenate": lambda xs, axis=0: tf.concat(xs, axis),
    }  # fmt: skip

    def linear(a: Array, weights: Array, bias: Array | None) -> Array:
        z = tf.linalg.matvec(weights, a)  # also over a leading sample axis of a
        return z if bias is None else z + bias

    return Backend(array, functions, linear, plain_losses(functions), gradients)


def _as(array: Callable[[Any], Array], x: Any) -> Array:
    return array(x) if isinstance(x, int | float) else x


BACKENDS: dict[str, Callable[[], Backend]] = {"torch": torch, "jax": jax, "tensorflow": tensorflow}
