"""Functions of doubles that give the same bits on every machine: sums, products, ratios and roots alone.

    exp x = 2^k · exp r,  r = x − k ln 2,  |r| ≤ ½ ln 2       a polynomial
    log x = k ln 2 + 2 artanh s,  s = (m − 1)/(m + 1)         a polynomial in s²

A library's own exp differs in its last bit from processor to processor.  Each is right to 4 units in the last place
(a test holds them against 50 digits).  `error` says how far the value is off where the argument is off by e.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any, NamedTuple

import numpy as np

Array = Any

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
TERMS = [1.0 / factorial(k) for k in range(14, -1, -1)]
HALVES = [2.0 / (2 * k + 1) for k in range(12, -1, -1)]
MOST = 700.0


def _horner(x: Array, terms: list[float]) -> Array:
    out = x * terms[0] + terms[1]
    for c in terms[2:]:
        out = out * x + c
    return out


def exp(x: Array) -> Array:
    x = np.minimum(np.maximum(x, -MOST), MOST)
    k = np.floor(x * (1.0 / 0.6931471805599453) + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    return np.ldexp(_horner(r, TERMS), np.asarray(k).astype(np.int64))


def log(x: Array) -> Array:
    m, k = np.frexp(x)
    low = m < 0.7071067811865476
    m, k = np.where(low, 2.0 * m, m), np.where(low, k - 1, k)
    s = (m - 1.0) / (m + 1.0)
    out = k * LN2_HIGH + (s * _horner(s * s, HALVES) + k * LN2_LOW)
    return np.where(x > 0, out, np.nan)


def sigmoid(x: Array) -> Array:
    e = exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


SINH = [1.0 / factorial(2 * k + 1) for k in range(9, -1, -1)]
COSH = [1.0 / factorial(2 * k) for k in range(9, -1, -1)]
NEAR = 0.5  # up to here a series keeps the digits that a difference would lose


def sinh(x: Array) -> Array:
    s = np.minimum(np.maximum(x, -NEAR), NEAR)
    return np.where(np.abs(x) < NEAR, s * _horner(s * s, SINH), (exp(x) - exp(-x)) / 2.0)


def cosh(x: Array) -> Array:
    return (exp(x) + exp(-x)) / 2.0


def tanh(x: Array) -> Array:
    a = np.abs(x)
    s = np.minimum(a, NEAR)
    near = s * _horner(s * s, SINH) / _horner(s * s, COSH)
    e = exp(-2.0 * a)
    return np.where(x < 0, -1.0, 1.0) * np.where(a < NEAR, near, (1.0 - e) / (1.0 + e))


class Function(NamedTuple):
    value: Callable[[Array], Array]
    error: Callable[[Array, Array], Array]


def _bounded(slope: Callable[[Array], Array], curvature: float) -> Callable[[Array, Array], Array]:
    """|f(x + e) − f(x)| ≤ |f′(x)|e + ½ max|f″| e²"""
    return lambda x, e: np.abs(slope(x)) * e + (curvature / 2) * e * e


def _at_the_end(slope: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """e·f′ at the end where a falling slope is largest; without bound where that is no number above 0"""
    return lambda x, e: np.where(x > e, e * slope(np.where(x > e, x - e, 1.0)), np.inf)


def _sigmoid_slope(x: Array) -> Array:
    a = sigmoid(x)
    return a * (1.0 - a)


LN10 = 2.302585092994046

# fmt: off
FUNCTIONS: dict[str, Function] = {
    "exp":     Function(exp, lambda x, e: exp(x) * (exp(np.minimum(e, MOST)) - 1.0)),
    "log":     Function(log, _at_the_end(lambda x: 1.0 / x)),
    "log10":   Function(lambda x: log(x) / LN10, _at_the_end(lambda x: 1.0 / (LN10 * x))),
    "sqrt":    Function(np.sqrt, _at_the_end(lambda x: 0.5 / np.sqrt(x))),
    "sigmoid": Function(sigmoid, _bounded(_sigmoid_slope, 0.0963)),
    "tanh":    Function(tanh, _bounded(lambda x: 1.0 - tanh(x) ** 2, 0.77)),
    "sinh":    Function(sinh, lambda x, e: exp(np.abs(x)) * (exp(e) - 1.0)),
    "cosh":    Function(cosh, lambda x, e: exp(np.abs(x)) * (exp(e) - 1.0)),
    "sin":     Function(np.sin, lambda x, e: e),
    "cos":     Function(np.cos, lambda x, e: e),
}
# fmt: on
