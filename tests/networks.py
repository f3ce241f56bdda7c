"""Small networks for the tests: the layers form, drawn by hypothesis."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from symbackprop.spec import Dense, Network, Problem, problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES


@st.composite
def networks(draw: st.DrawFn, most_layers: int = 3, most_units: int = 3) -> Network:
    """A network without numbers, of any activations, biases and loss."""
    layers = []
    for _ in range(draw(st.integers(1, most_layers))):
        units = draw(st.integers(1, most_units))
        names = [*ACTIVATIONS, *(ALONG if units > 1 else ())]
        layers.append(
            Dense(
                units=units,
                activation=draw(st.sampled_from(names)),
                bias=draw(st.sampled_from(["none", "shared", "unit"])),
            )
        )
    several = layers[-1].units > 1
    loss = draw(st.sampled_from([name for name, row in LOSSES.items() if several or not row.single]))
    if LOSSES[loss].outputs != "any":  # an output that is a probability, or above 0
        units = layers[-1].units
        layers[-1] = layers[-1].model_copy(update={"activation": "sigmoid" if units == 1 else "softmax"})
    return Network(inputs=draw(st.integers(1, most_units)), loss=loss, layers=tuple(layers))


@st.composite
def problems(draw: st.DrawFn, most_layers: int = 3, most_units: int = 3) -> Problem:
    """A problem without numbers, with one sample or several."""
    network = draw(networks(most_layers, most_units))
    samples = draw(st.sampled_from([None, None, 2, 3]))
    made = problem(network)
    return made.replace(samples=samples, reduction=draw(st.sampled_from(["sum", "mean"])) if samples else "sum")


def fractions(low: int = -20, high: int = 20) -> st.SearchStrategy[Fraction]:
    return st.integers(low, high).map(lambda n: Fraction(n, 10))


# Tanh and two outputs over two steps of time: h1 is used by y1 and by a2, the weights by both steps.
RECURRENT = """
title = "Two steps of time"
[equations]
program = [
    "a1 = Wx @ x1 + Wh @ h0 + b",
    "h1 = tanh(a1)",
    "a2 = Wx @ x2 + Wh @ h1 + b",
    "h2 = tanh(a2)",
    "y1 = V @ h1",
    "y2 = V @ h2",
    "loss = sum((y1 - t1)**2)/2 + sum((y2 - t2)**2)/2",
]
error = "loss"
parameters = ["Wx", "Wh", "b", "V"]
[values]
x1 = [1.0, 0.5]
x2 = [-0.3, 0.8]
h0 = [0.0, 0.1]
t1 = [0.5]
t2 = [-0.2]
Wx = [[0.1, -0.2], [0.3, 0.4]]
Wh = [[0.2, 0.1], [-0.5, 0.3]]
b = [0.1, -0.1]
V = [[0.5, -0.3]]
[training]
rate = 0.1
"""
