"""A chain of dense layers, from whatever library, as a network in the layers form."""

from __future__ import annotations

from typing import Any, NamedTuple

from symbackprop.errors import SpecError
from symbackprop.spec import Data, Dense, Network, problem
from symbackprop.spec.importers.losses import chosen
from symbackprop.spec.importers.numbers import exact, given, listed
from symbackprop.spec.numbers import Array, shape
from symbackprop.spec.problem import Problem


class Link(NamedTuple):
    """One layer: rows of weights into each unit, a bias for each unit or None, the activation's name."""

    weights: Any
    biases: Any
    activation: str = "identity"


def linked(parts: list[Link | str]) -> list[Link] | None:
    """Dense layers with the activations behind them; None where an activation has no layer of its own."""
    links: list[Link] = []
    for part in parts:
        if isinstance(part, Link):
            links.append(part)
        elif part == "identity":
            continue
        elif links and links[-1].activation == "identity":
            links[-1] = links[-1]._replace(activation=part)
        else:
            return None
    return links or None


def chain(
    links: list[Link],
    *,
    loss: str | None = None,
    inputs: object = None,
    targets: object = None,
    reduction: str = "sum",
    title: str = "",
    warnings: tuple[str, ...] = (),
) -> Problem:
    """The problem of dense layers one behind the other, with their numbers exact."""
    told = list(warnings)
    if links[-1].activation == "log-softmax" and loss is None:
        links = [*links[:-1], links[-1]._replace(activation="softmax")]
        told.append("log-softmax with its log-likelihood is written as softmax with cross-entropy: the same error")
    arrays: dict[str, Array] = {}
    layers, width = [], len(listed(links[0].weights)[0])
    first = width
    for k, link in enumerate(links, 1):
        arrays[f"W{k}"] = weights = exact(link.weights, f"the weights of layer {k}")
        sizes = shape(weights)
        if sizes is None or len(sizes) != 2 or sizes[1] != width:
            raise SpecError(f"the weights of layer {k} have the shape {sizes}; {width} numbers come in")
        width = sizes[0]
        if link.biases is not None:
            arrays[f"b{k}"] = exact(link.biases, f"the biases of layer {k}")
        bias = "unit" if link.biases is not None else "none"
        layers.append(Dense(units=width, activation=link.activation, bias=bias))
    network = Network(inputs=first, loss=chosen(loss, links[-1].activation, told), layers=tuple(layers))
    data = {"inputs": inputs, "targets": targets}
    if (targets is None) != (inputs is None):
        raise SpecError("inputs and targets are given together, a row for each sample, or neither is")
    rows = {key: samples(value, key, n) for (key, value), n in zip(data.items(), (first, width), strict=True)}
    made = problem(network, title=title, data=Data(**rows, reduction=reduction))  # type: ignore[arg-type]
    return made.replace(values={**made.values, **arrays}, warnings=tuple(told))


def samples(value: object, key: str, n: int) -> Array | None:
    """A row for each sample; one sample may stand without its brackets."""
    if value is None:
        return None
    rows = listed(value)
    count = len(rows) if rows and isinstance(rows[0], list | tuple) else 1
    return given(value, key, (count, n))
