"""Optimizers: each row is its update, line by line, in the array notation that users write.

A line stands for every entry of a parameter.  In it w is the parameter, g the gradient ∂E/∂w of that update, a state
its value before the line that moves it and the moved one after it; an option stands by its name, with _ for a hyphen.
Every update has numbers of its own besides: rate (after its decay), dampening, and these, t counting updates from 1:

    beta1_t = beta1 to the power t         fading = 0.96 to the power t·momentum_decay
    beta2_t = beta2 to the power t         fading_next = the same for t + 1

A line holds where each option behind it is on (a number that is not 0, or true); of several lines that define one name
the first that holds is taken.  `w = x` with a name alone says that w is another name of x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from symbackprop.tables import table

Option = bool | Fraction


class Line(NamedTuple):
    equation: str
    when: str = ""


class State(NamedTuple):
    """What an update hands to the next.  A scalar is one number for a whole parameter."""

    name: str
    start: str = "0"  # a number, or the option that holds it
    when: str = ""
    scalar: bool = False


@dataclass(frozen=True)
class Optimizer:
    """`options` have their defaults; `convention` says whose they and the form of the update are."""

    name: str
    convention: str
    lines: tuple[Line, ...]
    states: tuple[State, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)


def number(text: str) -> Fraction:
    return Fraction(text)


ADAM: dict[str, Option] = {"beta1": number("0.9"), "beta2": number("0.999"), "epsilon": number("1e-8")}

MOMENTS = (Line("m = beta1*m + (1 - beta1)*g"), Line("v = beta2*v + (1 - beta2)*g**2"))

UNBIASED = (
    Line("mhat = m/(1 - beta1_t)", "bias-correction"),
    Line("mhat = m"),
    Line("vhat = v/(1 - beta2_t)", "bias-correction"),
    Line("vhat = v"),
)

OPTIMIZERS = table(
    Optimizer(
        "sgd",
        "torch.optim.SGD",
        (
            Line("velocity = momentum*velocity + (1 - dampening)*g", "momentum dampening"),
            Line("velocity = momentum*velocity + g", "momentum"),
            Line("w = w - rate*(g + momentum*velocity)", "momentum nesterov"),
            Line("w = w - rate*velocity", "momentum"),
            Line("w = w - rate*g"),
        ),
        (State("velocity", when="momentum"),),
        {"momentum": number("0"), "dampening": number("0"), "nesterov": False},
    ),
    Optimizer(
        "momentum",
        "Polyak 1964; with nesterov, Nesterov 1983 as in Sutskever et al. 2013",
        (Line("velocity = momentum*velocity + rate*g"), Line("w = w - velocity")),
        (State("velocity"),),
        {"momentum": number("0.9"), "nesterov": False},
    ),
    Optimizer(
        "adagrad",
        "torch.optim.Adagrad",
        (
            Line("accumulator = accumulator + g**2"),
            Line("w = w - rate*g/sqrt(accumulator + epsilon)", "epsilon-inside-root"),
            Line("w = w - rate*g/(sqrt(accumulator) + epsilon)"),
        ),
        (State("accumulator", "initial-accumulator"),),
        {"epsilon": number("1e-10"), "epsilon-inside-root": False, "initial-accumulator": number("0")},
    ),
    Optimizer(
        "rmsprop",
        "torch.optim.RMSprop",
        (
            Line("accumulator = rho*accumulator + (1 - rho)*g**2"),
            Line("d = g/sqrt(accumulator + epsilon)", "momentum epsilon-inside-root"),
            Line("d = g/(sqrt(accumulator) + epsilon)", "momentum"),
            Line("velocity = momentum*velocity + d", "momentum"),
            Line("w = w - rate*velocity", "momentum"),
            Line("w = w - rate*g/sqrt(accumulator + epsilon)", "epsilon-inside-root"),
            Line("w = w - rate*g/(sqrt(accumulator) + epsilon)"),
        ),
        (State("accumulator", "initial-accumulator"), State("velocity", when="momentum")),
        {
            "rho": number("0.99"),
            "epsilon": number("1e-8"),
            "epsilon-inside-root": False,
            "initial-accumulator": number("0"),
            "momentum": number("0"),
        },
    ),
    Optimizer(
        "adam",
        "torch.optim.Adam",
        (
            *MOMENTS,
            *UNBIASED,
            Line("w = w - rate*mhat/sqrt(vhat + epsilon)", "epsilon-inside-root"),
            Line("w = w - rate*mhat/(sqrt(vhat) + epsilon)"),
        ),
        (State("m"), State("v")),
        ADAM | {"epsilon-inside-root": False, "bias-correction": True},
    ),
    Optimizer(
        "adamw",
        "torch.optim.AdamW",
        (
            *MOMENTS,
            *UNBIASED,
            Line("decayed = w - rate*weight_decay*w", "weight-decay"),
            Line("decayed = w"),
            Line("w = decayed - rate*mhat/sqrt(vhat + epsilon)", "epsilon-inside-root"),
            Line("w = decayed - rate*mhat/(sqrt(vhat) + epsilon)"),
        ),
        (State("m"), State("v")),
        ADAM | {"epsilon-inside-root": False, "bias-correction": True, "weight-decay": number("0.01")},
    ),
    Optimizer(
        "adamax",
        "torch.optim.Adamax",
        (
            Line("m = beta1*m + (1 - beta1)*g"),
            Line("u = maximum(beta2*u, abs(g) + epsilon)"),
            Line("mhat = m/(1 - beta1_t)", "bias-correction"),
            Line("mhat = m"),
            Line("w = w - rate*mhat/u"),
        ),
        (State("m"), State("u")),
        ADAM | {"bias-correction": True},
    ),
    Optimizer(
        "nadam",
        "torch.optim.NAdam",
        (
            *MOMENTS,
            Line("mu = beta1*(1 - fading/2)"),
            Line("mu_next = beta1*(1 - fading_next/2)"),
            Line("mu_product = mu_product*mu"),
            Line("mhat = mu_next*m/(1 - mu_product*mu_next) + (1 - mu)*g/(1 - mu_product)"),
            Line("vhat = v/(1 - beta2_t)"),
            Line("w = w - rate*mhat/sqrt(vhat + epsilon)", "epsilon-inside-root"),
            Line("w = w - rate*mhat/(sqrt(vhat) + epsilon)"),
        ),
        (State("m"), State("v"), State("mu_product", "1", scalar=True)),
        ADAM | {"epsilon-inside-root": False, "momentum-decay": number("0.004")},
    ),
)

# What happens to the gradient before any optimizer sees it: each line that holds, in this order.
# scale is c/norm where the norm of the whole gradient is above c, else 1.
GRADIENT = (
    Line("g = g*scale", "clip-norm"),
    Line("g = where(g > clip, clip, where(g < -clip, -clip, g))", "clip-value"),
    Line("g = g + l2*w", "l2"),
    Line("g = g + where(w > 0, l1, where(w < 0, -l1, 0))", "l1"),
)

# Numbers of the training that a line may name besides the options.
NUMBERS = ("rate", "beta1_t", "beta2_t", "fading", "fading_next", "scale", "clip", "l1", "l2")
EVERY = tuple(dict.fromkeys(key for row in OPTIMIZERS.values() for key in row.options))


class Cell(NamedTuple):
    """How a name of a line is printed: base, above it, accent, below it."""

    base: str
    sup: str = ""
    accent: str = ""
    sub: str = ""


SYMBOLS = {
    #                  base
    "momentum": Cell("mu"),
    "dampening": Cell("tau"),
    "beta1": Cell("beta", sub="1"),
    "beta2": Cell("beta", sub="2"),
    "beta1_t": Cell("beta", "t", sub="1"),
    "beta2_t": Cell("beta", "t", sub="2"),
    "rho": Cell("rho"),
    "epsilon": Cell("epsilon"),
    "weight_decay": Cell("lambda"),
    "l2": Cell("lambda"),
    "l1": Cell("lambda", sub="1"),
    "clip": Cell("c"),
    "fading": Cell("phi", sub="t"),
    "fading_next": Cell("phi", sub="t+1"),
    "momentum_decay": Cell("psi"),
    "velocity": Cell("v"),
    "accumulator": Cell("r"),
    "mhat": Cell("m", accent="hat"),
    "vhat": Cell("v", accent="hat"),
    "decayed": Cell("w", "'"),
    "mu_next": Cell("mu", "'"),
    "mu_product": Cell("pi"),
    "scale": Cell("s"),
    "norm": Cell("n"),
    "square": Cell("q"),
}
