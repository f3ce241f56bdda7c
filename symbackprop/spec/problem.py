"""What everything downstream reads: the network as a program in array notation, with its shapes and exact numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from symbackprop.layers import renamed
from symbackprop.spec.chain import Placed, chain, input_shape, written_sources
from symbackprop.spec.equations import shapes_of
from symbackprop.spec.faults import key_text
from symbackprop.spec.formulas import own_loss, smoothed, with_delta
from symbackprop.spec.model import Equations, Network, Presentation, Source, Spec, Training
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
    assume: tuple[str, ...] = ()  # "sum(t) == 1": what may be used
    made: tuple[tuple[str, ...], ...] = ()  # the quantities that each layer's equations define
    path: Path | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)  # what is no fault, but worth telling

    @property
    def outputs(self) -> tuple[str, ...]:
        """Of the layers, first to last: a1, a2, …; nothing in a network as equations."""
        return tuple(f"a{k}" for k, _ in enumerate(self.network.layers if self.network else (), 1))

    @cached_property
    def dense(self) -> Network | None:
        """The network, where it is a chain of dense layers on a vector: that for which books have notations."""
        if self.network is None or len(self.network.shape) != 1:
            return None
        layers = self.network.layers
        before = ("x", *(layer.name for layer in layers))
        chained = (layer.inputs is None or written_sources(layer) == (before[k],) for k, layer in enumerate(layers))
        return self.network if all(layer.kind == "dense" for layer in layers) and all(chained) else None

    def replace(self, **changes: Any) -> Problem:
        """The same problem but for some fields."""
        return dataclasses.replace(self, **changes)


def build(spec: Spec, path: Path | None = None) -> Problem:
    """The problem of a spec that has been checked, with the arrays of its files read in."""
    if spec.equations is not None:
        return from_equations(spec, spec.equations, path)
    network, layers = spec.layered, chain(spec.layered).placed
    shapes: dict[str, Shape] = {"x": input_shape(network)}
    values: dict[str, Array] = {}
    rows = len(spec.data.inputs) if isinstance(spec.data.inputs, tuple) else 0
    several = rows if rows > 1 else None
    for name, given in (("x", spec.data.inputs), ("t", spec.data.targets)):
        if isinstance(given, tuple):
            given = one_hot(given, shapes[name][-1]) if name == "x" and shapes[name] != network.shape else given
            values[name] = given if several else given[0]
    inputs, parameters, moved = ["x"], [], []
    for layer in layers:
        for leaf, name, sizes in layer.leaves:
            shapes[name] = sizes
            if (value := leaf.value(layer.here, layer.here[leaf.key])) is not None:
                values[name] = value
            if leaf.group:
                parameters.append(name)
            elif several and depth(value) > len(sizes):
                inputs.append(name)
            if leaf.group in spec.training.train:
                moved.append(name)
    shapes["t"] = layers[-1].out
    return Problem(
        title=spec.title or title_of(path),
        program=(*(line for layer in layers for line in layer.equations), *error_of(network, layers[-1].out)),
        error="E",
        shapes=shapes,
        values=values,
        inputs=tuple(inputs),
        targets=("t",),
        parameters=tuple(parameters),
        train=tuple(moved),
        samples=several,
        reduction=spec.data.reduction,
        training=spec.training,
        presentation=spec.presentation,
        network=without_numbers(network),
        source=spec.source,
        made=tuple(layer.defines for layer in layers),
        path=path,
        warnings=tuple(unused(layers)),
    )


def samples_at_once(problem: Problem) -> int | None:
    """How many samples make one update, where they are several."""
    if problem.samples is None or problem.training.order == "batch":
        return problem.samples
    size = problem.training.batch_size if problem.training.order == "mini-batch" else 1
    return size if size and size > 1 else None


def unused(layers: list[Placed]) -> Iterator[str]:
    """The layers whose output nobody takes."""
    taken = {name for layer in layers for name in layer.here.inputs}
    for layer in layers[:-1]:
        if f"a{layer.here.number}" not in taken:
            yield f"{key_text(layer.at)}: no layer takes what layer {layer.here.number} gives, so it has no effect"


def one_hot(value: Array, words: Size) -> tuple[Array, ...]:
    """The number of a word as a row: 1 at its place, else 0."""
    assert isinstance(words, int), "a size without a number has no data"
    if isinstance(value, tuple):
        return tuple(one_hot(part, words) for part in value)
    return tuple(Fraction(k == value) for k in range(words))


def depth(value: object) -> int:
    """How many axes numbers in rows have."""
    return 1 + depth(value[0]) if isinstance(value, tuple) else 0


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
        assume=written.assume,
        path=path,
        warnings=tuple(f"{name} is given, but no equation uses it" for name in unused),
    )


def title_of(path: Path | None) -> str:
    """The file's name, where it is fit to be printed."""
    with suppress(Refused):
        return text(path.stem) if path else ""
    return ""


def error_of(network: Network, out: Shape) -> tuple[str, ...]:
    """The equations of the loss, with the outputs of the last layer."""
    last = f"a{len(network.layers)}"
    return tuple(renamed(equation, a=last) for equation in loss_of(network, out[-1:]).equations)


def loss_of(network: Network, units: Shape = ()) -> Loss:
    """The row of the loss, or that of a formula, with the options that the network gives."""
    word = network.loss
    if isinstance(word, str):
        row = LOSSES[word]
    elif word.formula is not None:
        row = own_loss(word.formula)
    else:
        assert word.name is not None
        row = LOSSES[word.name] if word.delta is None else with_delta(LOSSES[word.name], word.delta)
    share = network.label_smoothing
    classes = [n for n in units if isinstance(n, int)]
    return smoothed(row, share, classes[0]) if share and classes else row


def without_numbers(network: Network) -> Network:
    bare = tuple(layer.with_arrays(dict.fromkeys(layer.row.arrays)) for layer in network.layers)
    return network.model_copy(update={"layers": bare})
