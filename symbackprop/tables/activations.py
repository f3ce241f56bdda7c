"""Activations: a = f(z) and the slope as a textbook prints it.

`slope(z, a)` may use the output a, as books do: σ′ = a(1 − a).  A kink is `cases`, never Max, and its
convention is the one that PyTorch and JAX have.  Each row is proven against SymPy by a test that finds it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.form import ONE, PI, Form, cases, compare, fn, lift, mul, num
from symbackprop.tables import table


@dataclass(frozen=True)
class Activation:
    """One function of one number.

    `stable` names the form in which floating-point targets evaluate it, where the book's form overflows.
    """

    name: str
    symbol: str  # LaTeX name of the function
    value: Callable[[Form], Form]
    slope: Callable[[Form, Form], Form]
    kinks: tuple[int, ...] = ()  # z where f′ does not exist; `slope` says what is used there
    #           E.g. relu′(0) = 0
    saturates: bool = False  # whether the slope goes to 0 on both sides


def exp(x: Form) -> Form:
    return fn("exp", x)


def sigma(z: Form) -> Form:
    return fn("sigmoid", z)


def up_to(z: Form, bound: int) -> Form:
    return compare(z, "<=", lift(bound))


def from_on(z: Form, bound: int) -> Form:
    return compare(z, ">=", lift(bound))


def phi(z: Form) -> Form:
    """The density of the normal distribution."""
    return 1 / fn("sqrt", 2 * PI) * exp(-(z**2) / 2)


def gauss(z: Form) -> Form:
    """The normal distribution function."""
    return HALF * (1 + fn("erf", z / fn("sqrt", num(2))))


def near_gauss(z: Form) -> Form:
    return fn("tanh", fn("sqrt", 2 / PI) * (z + CUBIC * z**3))


HALF = num(Fraction(1, 2))
CUBIC = Fraction("0.044715")
LEAK = Fraction(1, 100)
# The numbers of SELU that keep mean 0 and variance 1 (Klambauer et al. 2017), with the digits that PyTorch has.
LAMBDA = num(Fraction("1.0507009873554804934193349852946"))
ALPHA = num(Fraction("1.6732632423543772848170429916717"))

ACTIVATIONS = table(
    #          name        symbol     a = f(z)                      da/dz as a textbook prints it
    Activation("sigmoid", r"\sigma", lambda z: 1 / (1 + exp(-z)), lambda z, a: a * (1 - a), saturates=True),
    Activation("tanh", r"\tanh", lambda z: fn("tanh", z), lambda z, a: 1 - a**2, saturates=True),
    Activation("relu", r"\operatorname{relu}", lambda z: cases(z, z > 0, 0), lambda z, a: cases(1, z > 0, 0), (0,)),
    Activation("identity", "", lambda z: z, lambda z, a: ONE),
    Activation(
        "leaky-relu",
        r"\operatorname{leakyrelu}",
        lambda z: cases(z, z > 0, LEAK * z),
        lambda z, a: cases(1, z > 0, LEAK),
        (0,),
    ),
    Activation(
        "elu",
        r"\operatorname{elu}",
        lambda z: cases(z, z > 0, exp(z) - 1),
        lambda z, a: cases(1, z > 0, a + 1),
    ),
    Activation(
        "selu",
        r"\operatorname{selu}",
        lambda z: cases(LAMBDA * z, z > 0, mul(LAMBDA, ALPHA, exp(z) - 1)),
        lambda z, a: cases(LAMBDA, z > 0, a + LAMBDA * ALPHA),
        (0,),
    ),
    Activation(
        "silu",
        r"\operatorname{silu}",
        lambda z: z * sigma(z),
        lambda z, a: sigma(z) * (1 + z * (1 - sigma(z))),
    ),
    Activation("softplus", r"\operatorname{softplus}", lambda z: fn("log", 1 + exp(z)), lambda z, a: sigma(z)),
    Activation(
        "mish",
        r"\operatorname{mish}",
        lambda z: z * fn("tanh", fn("softplus", z)),
        lambda z, a: fn("tanh", fn("softplus", z)) + z * sigma(z) * (1 - fn("tanh", fn("softplus", z)) ** 2),
    ),
    Activation(
        "softsign",
        r"\operatorname{softsign}",
        lambda z: cases(z / (1 + z), z > 0, z / (1 - z)),
        lambda z, a: cases((1 - a) ** 2, z > 0, (1 + a) ** 2),
        saturates=True,
    ),
    Activation(
        "hard-sigmoid",
        r"\operatorname{hardsigmoid}",
        lambda z: cases(0, up_to(z, -3), 1, from_on(z, 3), (z + 3) / 6),
        lambda z, a: cases(0, up_to(z, -3), 0, from_on(z, 3), Fraction(1, 6)),
        (-3, 3),
        saturates=True,
    ),
    Activation(
        "gelu",
        r"\operatorname{gelu}",
        lambda z: z * gauss(z),
        lambda z, a: gauss(z) + z * phi(z),
    ),
    Activation(
        "gelu-tanh",
        r"\operatorname{gelutanh}",
        lambda z: HALF * z * (1 + near_gauss(z)),
        lambda z, a: (
            HALF * (1 + near_gauss(z))
            + HALF * z * (1 - near_gauss(z) ** 2) * fn("sqrt", 2 / PI) * (1 + 3 * CUBIC * z**2)
        ),
    ),
    Activation("sine", r"\sin", lambda z: fn("sin", z), lambda z, a: fn("cos", z)),
)

# What equations call and no layer applies; its value is written out like an activation's.
BY_BRANCHES = table(
    Activation(
        "abs",
        r"\operatorname{abs}",
        lambda z: cases(z, z > 0, -z, z < 0, 0),
        lambda z, a: cases(1, z > 0, -1, z < 0, 0),
        (0,),
    ),
)
ROWS = ChainMap(ACTIVATIONS, BY_BRANCHES)


@dataclass(frozen=True)
class Elementary:
    """A function of the calculus course, which SymPy knows by the same name."""

    name: str
    symbol: str
    slope: Callable[[Form, Form], Form]


ELEMENTARY = table(
    Elementary("exp", r"\exp", lambda x, y: y),
    Elementary("log", r"\ln", lambda x, y: 1 / x),
    Elementary("log10", r"\operatorname{log10}", lambda x, y: 1 / (x * fn("log", num(10)))),
    Elementary("sqrt", r"\sqrt", lambda x, y: 1 / (2 * y)),
    Elementary("tanh", r"\tanh", lambda x, y: 1 - y**2),
    Elementary("sinh", r"\sinh", lambda x, y: fn("cosh", x)),
    Elementary("cosh", r"\cosh", lambda x, y: fn("sinh", x)),
    Elementary("sin", r"\sin", lambda x, y: fn("cos", x)),
    Elementary("cos", r"\cos", lambda x, y: -fn("sin", x)),
    Elementary("erf", r"\operatorname{erf}", lambda x, y: 2 / fn("sqrt", PI) * exp(-(x**2))),
)


@dataclass(frozen=True)
class AlongAxis:
    """A function of all entries on an axis: p_i = f(z)_i, with ∂p_i/∂z_j = slope(p_i, p_j, δ_ij)."""

    name: str
    symbol: str
    value: Callable[[Form, Callable[[Callable[[Form], Form]], Form]], Form]  # (entry, total): total(g) = Σ g(entry)
    slope: Callable[[Form, Form, Form], Form]


ALONG = table(
    AlongAxis(
        "softmax",
        r"\operatorname{softmax}",
        lambda z, total: exp(z) / total(exp),
        lambda p_i, p_j, delta_ij: p_i * (delta_ij - p_j),
    ),
    AlongAxis(
        "log-softmax",
        r"\operatorname{logsoftmax}",
        lambda z, total: z - fn("log", total(exp)),
        lambda p_i, p_j, delta_ij: delta_ij - exp(p_j),
    ),
)
