"""Layers one behind the other, from whatever library, as a network in the layers form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from symbackprop.errors import SpecError
from symbackprop.spec import Data, Network, problem
from symbackprop.spec.importers.losses import chosen
from symbackprop.spec.importers.numbers import exact, given, listed
from symbackprop.spec.numbers import Array, shape
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ALONG


class Link(NamedTuple):
    """One layer: its words in a spec, and its arrays by what a program calls them, without the layer's number."""

    words: Mapping[str, Any]
    arrays: Mapping[str, Any] = {}


def dense(weights: Any, biases: Any, activation: str | None = None) -> Link:
    """Rows of weights into each unit, a bias for each unit or None."""
    words = {"kind": "dense", "units": len(listed(weights)), **with_bias(biases)}
    arrays = {"W": weights} if biases is None else {"W": weights, "b": biases}
    return Link(words if activation is None else {**words, "activation": activation}, arrays)


def with_bias(biases: Any) -> dict[str, str]:
    return {"bias": "none" if biases is None else "unit"}


def linked(parts: list[Link | str]) -> list[Link]:
    """Layers with the activations behind them in them; any other activation is a layer of its own."""
    links: list[Link] = []
    for part in parts:
        if isinstance(part, Link):
            links.append(part)
        elif part == "identity":
            continue
        elif links and links[-1].arrays and "activation" not in links[-1].words and fits(links[-1], part):
            links[-1] = links[-1]._replace(words={**links[-1].words, "activation": part})
        else:
            links.append(Link({"kind": "activation", "activation": part}))
    return [
        link._replace(words={"activation": "identity", **link.words}) if link.words["kind"] == "dense" else link
        for link in links
    ]


def fits(link: Link, activation: str) -> bool:
    """A softmax of one unit is always 1, and one within a convolution would run over the wrong axis."""
    return activation not in ALONG or link.words["kind"] == "dense"


def chain(
    links: list[Link],
    sizes: tuple[int, ...],
    *,
    loss: str | None = None,
    inputs: object = None,
    targets: object = None,
    reduction: str = "sum",
    title: str = "",
    warnings: tuple[str, ...] = (),
) -> Problem:
    """The problem of these layers on samples of this shape, with their numbers exact."""
    told = list(warnings)
    last = links[-1].words.get("activation", "")
    if last == "log-softmax" and loss is None:
        last = "softmax"
        links = [*links[:-1], links[-1]._replace(words={**links[-1].words, "activation": last})]
        told.append("log-softmax with its log-likelihood is written as softmax with cross-entropy: the same error")
    if (targets is None) != (inputs is None):
        raise SpecError("inputs and targets are given together, a row for each sample, or neither is")
    whole: dict[str, Any] = {"inputs": sizes[0] if len(sizes) == 1 else list(sizes), "loss": chosen(loss, last, told)}
    network = Network(**whole, layers=[dict(link.words) for link in links])  # type: ignore[arg-type]
    bare = problem(network)
    arrays = {
        f"{stem}{k}": exact(value, f"{stem}{k}")
        for k, link in enumerate(links, 1)
        for stem, value in link.arrays.items()
    }
    for name, value in arrays.items():
        if shape(value) != bare.shapes[name]:
            raise SpecError(f"{name} has the shape {shape(value)}, where {bare.shapes[name]} is wanted")
    numbers = {"inputs": rows(inputs, "inputs", sizes), "targets": rows(targets, "targets", bare.shapes["t"])}
    data = Data(**numbers, reduction=reduction)  # type: ignore[arg-type]
    made = problem(network, title=title, data=data)
    return made.replace(values={**made.values, **arrays}, warnings=(*told, *made.warnings))


def rows(value: object, key: str, sizes: tuple[Any, ...]) -> Array | None:
    """A row for each sample; one sample may stand without its brackets."""
    if value is None:
        return None
    found, depth = listed(value), 0
    part = found
    while isinstance(part, list | tuple) and part:
        part, depth = part[0], depth + 1
    return given(found, key, (len(found) if depth > len(sizes) else 1, *sizes))
