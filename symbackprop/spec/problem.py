"""What everything downstream reads: the network as a program in array notation, with its shapes and exact numbers."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from symbackprop.layers import applied, expand, renamed
from symbackprop.layers.dense import BIAS, DENSE
from symbackprop.spec.equations import shapes_of
from symbackprop.spec.formulas import own_loss, smoothed, with_delta
from symbackprop.spec.model import Dense, Equations, Formula, Network, Presentation, Source, Spec, Training
from symbackprop.spec.numbers import Array, Refused
from symbackprop.spec.words import text
from symbackprop.tables.losses import LOSSES, Loss

Size = int | str
Shape = tuple[Size, ...]


@dataclass(frozen=True)
class Problem:
    """A network with its data: its equations, the shape of every leaf, and the numbers that are given.

    `shapes` are those of one sample.  `values` of inputs and targets lead with a sample axis where there are several
    samples.  `network` keeps the layers, for pictures and notation; its numbers are in `values` alone.
    """

    title: str
    program: tuple[str, ...]  # "z1 = W1 @ x + b1", "a1 = sigmoid(z1)", …, "Ek = (t - a1)**2/2", "E = sum(Ek)"
    error: str
    shapes: dict[str, Shape]
    values: dict[str, Array]
    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    parameters: tuple[str, ...]  # W1, b1, W2, …
    train: tuple[str, ...]  # those that an update moves
    samples: int | None  # how many, where there are several
    reduction: Literal["sum", "mean"]
    training: Training
    presentation: Presentation
    network: Network | None
    source: Source | None
    path: Path | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)  # what is no fault, but worth telling

    @property
    def outputs(self) -> tuple[str, ...]:
        """Of the layers, first to last: a1, a2, …; nothing in a network as equations."""
        return tuple(f"a{k}" for k, _ in enumerate(self.network.layers if self.network else (), 1))

    def replace(self, **changes: Any) -> Problem:
        """The same problem but for some fields."""
        return dataclasses.replace(self, **changes)


def build(spec: Spec, path: Path | None = None) -> Problem:
    """The problem of a spec that has been checked, with the arrays of its files read in."""
    if spec.equations is not None:
        return from_equations(spec, spec.equations, path)
    network, x, t = spec.layered, spec.data.inputs, spec.data.targets
    program: list[str] = []
    shapes: dict[str, Shape] = {"x": (network.inputs,)}
    values: dict[str, Array] = {}
    parameters, moved = [], []
    rows = len(x) if isinstance(x, tuple) else 0
    for name, rows_of in (("x", x), ("t", t)):
        if isinstance(rows_of, tuple):
            values[name] = rows_of[0] if rows == 1 else rows_of
    for k, layer in enumerate(network.layers, 1):
        before = network.layers[k - 2].units if k > 1 else network.inputs
        program += equations(layer, k)
        for name, group, shape, value in leaves(layer, k, before):
            shapes[name] = shape
            parameters.append(name)
            if value is not None:
                values[name] = value
            if group in spec.training.train:
                moved.append(name)
    shapes["t"] = (network.layers[-1].units,)
    return Problem(
        title=spec.title or title_of(path),
        program=(*program, *error_of(network)),
        error="E",
        shapes=shapes,
        values=values,
        inputs=("x",),
        targets=("t",),
        parameters=tuple(parameters),
        train=tuple(moved),
        samples=rows if rows > 1 else None,
        reduction=spec.data.reduction,
        training=spec.training,
        presentation=spec.presentation,
        network=without_numbers(network),
        source=spec.source,
        path=path,
    )


def from_equations(spec: Spec, written: Equations, path: Path | None) -> Problem:
    """The problem of a network as equations.  What several samples override leads with a sample axis."""
    shapes = shapes_of(spec, written)
    values = {name: value for name, value in spec.values.items() if name in shapes}
    differ = [name for name in shapes if spec.samples and name in spec.samples[0]]
    for name in differ:
        rows = tuple(sample[name] for sample in spec.samples)
        values[name] = rows if len(rows) > 1 else rows[0]
    several = len(spec.samples) > 1
    inputs = differ if several else [name for name in shapes if name not in written.parameters]
    train = spec.training.train if "train" in spec.training.model_fields_set else written.parameters
    unused = [name for name in {**spec.values, **spec.shapes} if name not in shapes]
    return Problem(
        title=spec.title or title_of(path),
        program=written.program,
        error=written.error,
        shapes=shapes,
        values=values,
        inputs=tuple(inputs),
        targets=(),
        parameters=written.parameters,
        train=tuple(name for name in written.parameters if name in train),
        samples=len(spec.samples) if several else None,
        reduction=spec.data.reduction,
        training=spec.training.model_copy(update={"train": train}),
        presentation=spec.presentation,
        network=None,
        source=spec.source,
        path=path,
        warnings=tuple(f"{name} is given, but no equation uses it" for name in unused),
    )


def title_of(path: Path | None) -> str:
    """The file's name, where it is fit to be printed."""
    with suppress(Refused):
        return text(path.stem) if path else ""
    return ""


def equations(layer: Dense, k: int) -> tuple[str, ...]:
    own = layer.activation
    formula = own.formula if isinstance(own, Formula) else applied(own)
    return expand(DENSE, k, "x" if k == 1 else f"a{k - 1}", formula, with_bias=BIAS[layer.bias] is not None)


def leaves(layer: Dense, k: int, before: Size) -> list[tuple[str, str, Shape, Any]]:
    """Each parameter: its name, what [training] train calls it, its shape, its numbers."""
    bias = BIAS[layer.bias]
    out: list[tuple[str, str, Shape, Any]] = [(f"W{k}", "weights", (layer.units, before), layer.weights)]
    if bias is not None:
        out.append((f"b{k}", "biases", (layer.units,) if bias else (), layer.biases))
    return out


def error_of(network: Network) -> tuple[str, ...]:
    """The equations of the loss, with the outputs of the last layer."""
    return tuple(renamed(equation, a=f"a{len(network.layers)}") for equation in loss_of(network).equations)


def loss_of(network: Network) -> Loss:
    """The row of the loss, or that of a formula, with the options that the network gives."""
    word, units = network.loss, network.layers[-1].units
    if isinstance(word, str):
        row = LOSSES[word]
    elif word.formula is not None:
        row = own_loss(word.formula)
    else:
        assert word.name is not None
        row = LOSSES[word.name] if word.delta is None else with_delta(LOSSES[word.name], word.delta)
    share = network.label_smoothing
    return smoothed(row, share, units) if share and isinstance(units, int) else row


def without_numbers(network: Network) -> Network:
    bare = tuple(layer.model_copy(update={"weights": None, "biases": None}) for layer in network.layers)
    return network.model_copy(update={"layers": bare})
