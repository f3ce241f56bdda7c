"""Targets: how each spells numbers and functions.  A function is one row, its text runs on its own.

`functions` holds what a target has of its own or defines in a stable form; every other activation is written out
from its row in the table of activations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY

Text = tuple[str, int]
SUM, PRODUCT, MINUS, POWER, ATOM = range(5)


@dataclass(frozen=True)
class Target:
    """`functions`: name → its definition, which may call what is imported."""

    name: str
    imports: str  # the line that brings what is imported
    imported: frozenset[str] = frozenset()
    functions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    arrays: bool = False
    convert: str = ""  # what an argument goes through
    always: tuple[str, ...] = ()  # imported in any case
    own: frozenset[str] = frozenset({"abs"})  # what the language itself has
    compare: str = "{} {} {}"

    @property
    def reserved(self) -> frozenset[str]:
        """Names that a quantity cannot have in this target's sources."""
        defined = {name.replace("-", "_") for name in (*self.functions, *ACTIVATIONS, *ALONG, *ELEMENTARY)}
        return self.imported | self.own | defined | {*self.always, "f", "np", "math", "batch"}


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

LOG_COSH = '''\
def log_cosh(z):
    """log(cosh(z)), by cosh(z) = 1 + 2 sinh(z/2)^2 near 0; far away cosh overflows."""
    return log1p(2*sinh(z/2)**2) if abs(z) < 300 else abs(z) - log(2)
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

GELU = '''\
def gelu(z):
    """z (1 + erf(z/sqrt(2)))/2, by erfc = 1 - erf: no digit is lost where it is small."""
    return z*erfc(-z/sqrt(2))/2
'''

LISTS = {
    "gelu": GELU,
    "sigmoid": SIGMOID,
    "softplus": SOFTPLUS,
    "log-sigmoid": LOG_SIGMOID,
    "log-cosh": LOG_COSH,
    "softmax": SOFTMAX,
    "log-softmax": LOG_SOFTMAX,
}

ARRAYS = {
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "gelu": '''\
def gelu(z):
    """z (1 + erf(z/sqrt(2)))/2, by erfc = 1 - erf: no digit is lost where it is small."""
    return z*np.vectorize(math.erfc, otypes=[float])(-z/math.sqrt(2))/2
''',
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
    "log-cosh": '''\
def log_cosh(z):
    """log(cosh(z)), by cosh(z) = 1 + 2 sinh(z/2)^2 near 0; far away cosh overflows."""
    z = np.abs(z)
    return np.where(z < 300, np.log1p(2*np.sinh(np.minimum(z, 300)/2)**2), z - math.log(2))
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

MATH = frozenset("exp log sqrt tanh sin cos tan sinh cosh atan erf erfc log1p log10 pi".split())

TARGETS: dict[str, Target] = {
    "python": Target("python", "from math import {}", MATH, LISTS),
    "numpy": Target(
        "numpy",
        "import numpy as np",
        functions=ARRAYS,
        arrays=True,
        convert="np.asarray({}, dtype=float)",
        own=MATH - {"erf"} | {"abs"},
    ),
    "mpmath": Target(
        "mpmath", "from mpmath import {}", MATH, LISTS, convert="_number({})", always=("mpf", "mpmathify")
    ),
}

# What only the inside of a program uses: exact numbers.  Its functions come from a field.
EXACT = Target("exact", "", own=MATH | {"power"}, compare="compare({}, '{}', {})")

NUMBERS = {"python": decimal, "numpy": decimal, "mpmath": ratio}

BATCH_OF_LISTS = '''\
def _rank(x):
    """How deep lists are nested."""
    rank = 0
    while hasattr(x, "__len__"):
        x, rank = x[0], rank + 1
    return rank


def _batch(*arrays):
    """The samples of a batch, None where there is one sample only; what has no leading axis is every sample's."""
    lengths = {len(x) for x, rank in arrays if _rank(x) > rank}
    if not lengths:
        return None
    if len(lengths) > 1:
        raise ValueError(f"batches of different lengths: {sorted(lengths)}")
    return list(zip(*(x if _rank(x) > rank else [x]*max(lengths) for x, rank in arrays)))


def _added(x, *more):
    """The sum, entry by entry."""
    return [_added(*row) for row in zip(x, *more)] if isinstance(x, list) else sum(more, x)


def _scaled(x, n):
    return [_scaled(row, n) for row in x] if isinstance(x, list) else x/n


def _total(results, reduced, reduction):
    """Errors and the parameters' gradients are added up, other gradients are listed; a mean divides them all."""
    errors, gradients = zip(*results)
    out = {}
    for name in gradients[0]:
        rows = [g[name] for g in gradients]
        out[name] = _added(*rows) if name in reduced else rows
    if reduction == "mean":
        return _scaled(sum(errors), len(errors)), {name: _scaled(x, len(errors)) for name, x in out.items()}
    return sum(errors), out
'''

COPY_OF_LISTS = """\
def _copy(x):
    return [_copy(row) for row in x] if isinstance(x, (list, tuple)) else x
"""

NUMBER = '''\
def _number(x):
    """Numbers of mpmath, in lists."""
    return [_number(row) for row in x] if hasattr(x, "__len__") and not isinstance(x, str) else mpmathify(x)
'''

BATCH_OF_ARRAYS = '''\
def _batch(*arrays):
    """Which arrays lead with an axis of samples, its length, and all of them with that axis."""
    many = [x.ndim > rank for x, rank in arrays]
    lengths = {len(x) for (x, _), more in zip(arrays, many) if more} or {1}
    if len(lengths) > 1:
        raise ValueError(f"batches of different lengths: {sorted(lengths)}")
    n = max(lengths)
    return many, n, [x if more else np.broadcast_to(x, (n, *x.shape)) for (x, _), more in zip(arrays, many)]
'''

SINGLE = '''\
def _single(x, many):
    """Without the axis of samples where the argument has none."""
    return x if many else x.sum(axis=0)
'''

# Pieces that a source begins with where it needs them.
PARTS: dict[str, dict[str, str]] = {
    "python": {"batch": BATCH_OF_LISTS.rstrip(), "copy": COPY_OF_LISTS.rstrip()},
    "mpmath": {"convert": NUMBER.rstrip(), "batch": BATCH_OF_LISTS.rstrip(), "copy": COPY_OF_LISTS.rstrip()},
    "numpy": {
        "batch": BATCH_OF_ARRAYS.rstrip(),
        "single": SINGLE.rstrip(),
        "copy": "def _copy(x):\n    return np.array(x)",
    },
}
