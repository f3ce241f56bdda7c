"""Targets: how each spells numbers and functions.  A function is one row, its text runs on its own.

`functions` holds what a target has of its own or defines in a stable form; every other activation is written out
from its row in the table of activations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

Text = tuple[str, int]
SUM, PRODUCT, MINUS, POWER, ATOM = range(5)


@dataclass(frozen=True)
class Target:
    """`imports` name → the line that brings it; `functions` name → its definition, which may use other names."""

    name: str
    module: str  # where `imported` functions come from
    imported: frozenset[str]
    functions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    arrays: bool = False


def decimal(x: Fraction) -> Text:
    """A float's text: an int, a short decimal, or a ratio of ints that Python divides correctly."""
    if x.denominator == 1:
        return str(x.numerator), ATOM if x >= 0 else MINUS
    text = repr(x.numerator / x.denominator)
    if Fraction(text) == x:
        return text, ATOM if x >= 0 else MINUS
    return f"({x.numerator}/{x.denominator})", ATOM


def ratio(x: Fraction) -> Text:
    """mpmath's: a ratio in working precision."""
    if x.denominator == 1:
        return str(x.numerator), ATOM if x >= 0 else MINUS
    return f"(mpf({x.numerator})/{x.denominator})", ATOM


SIGMOID = '''\
def sigmoid(z):
    """1/(1 + exp(-z)), by the sign of z: exp never overflows."""
    if z >= 0:
        return 1/(1 + exp(-z))
    e = exp(z)
    return e/(1 + e)
'''

SOFTPLUS = '''\
def softplus(z):
    """log(1 + exp(z))"""
    return z + log1p(exp(-z)) if z > 0 else log1p(exp(z))
'''

LOG_SIGMOID = '''\
def log_sigmoid(z):
    """log(sigmoid(z))"""
    return -log1p(exp(-z)) if z >= 0 else z - log1p(exp(z))
'''

SOFTMAX = '''\
def softmax(z):
    """exp(z)/sum(exp(z)), with the largest z taken away from each: exp never overflows."""
    top = max(z)
    e = [exp(x - top) for x in z]
    total = sum(e)
    return [x/total for x in e]
'''

LOG_SOFTMAX = '''\
def log_softmax(z):
    """log(softmax(z))"""
    top = max(z)
    total = log(sum(exp(x - top) for x in z))
    return [x - top - total for x in z]
'''

LISTS = {"sigmoid": SIGMOID, "softplus": SOFTPLUS, "log-sigmoid": LOG_SIGMOID, "softmax": SOFTMAX, "log-softmax": LOG_SOFTMAX}

ARRAYS = {
    "sigmoid": '''\
def sigmoid(z):
    """1/(1 + exp(-z)), by the sign of z: exp never overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e)/(1 + e)
''',
    "softplus": '''\
def softplus(z):
    """log(1 + exp(z))"""
    return np.logaddexp(0, z)
''',
    "log-sigmoid": '''\
def log_sigmoid(z):
    """log(sigmoid(z))"""
    return -np.logaddexp(0, -z)
''',
    "softmax": '''\
def softmax(z, axis):
    """exp(z)/sum(exp(z)), with the largest z taken away from each: exp never overflows."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e/e.sum(axis=axis, keepdims=True)
''',
    "log-softmax": '''\
def log_softmax(z, axis):
    """log(softmax(z))"""
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
''',
}

MATH = frozenset("exp log sqrt tanh sin cos tan sinh cosh atan erf log1p log10".split())

TARGETS: dict[str, Target] = {
    "python": Target("python", "math", MATH, LISTS),
    "numpy": Target("numpy", "numpy", MATH - {"erf", "atan"}, ARRAYS, arrays=True),
    "mpmath": Target("mpmath", "mpmath", MATH, LISTS),
}

NUMBERS = {"python": decimal, "numpy": decimal, "mpmath": ratio}
