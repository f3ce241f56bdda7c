"""Where each layer stands: what comes into it, what arrays it takes, its equations and what goes out of it.

The shape that goes out is what the reader's Lowering makes of the equations.  A layer that does not fit is told at
one of its own keys, and what hangs on it is left alone, so that one mistake is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from symbackprop.errors import SymbackpropError
from symbackprop.form import Axis
from symbackprop.layers import Here, Layer, Leaf, Shape, Size, Unfit, expand
from symbackprop.reader.array import statement
from symbackprop.reader.lower import Lowering
from symbackprop.spec.faults import Slip
from symbackprop.spec.layers import INPUT, LayerWords
from symbackprop.spec.model import Network
from symbackprop.spec.numbers import Path, counted, quoted
from symbackprop.spec.words import UNKNOWN, choices
from symbackprop.tables.activations import ALONG
from symbackprop.vocabulary import Kind

# Their number does not matter here: all shapes are those of one.
SAMPLES = Axis("n", "N", Kind.SAMPLE)
LAYERS: Path = ("network", "layers")


@dataclass(frozen=True)
class Placed:
    """A layer in its place."""

    at: Path
    words: LayerWords
    here: Here
    leaves: tuple[tuple[Leaf, str, Shape], ...]  # each with its name, W1
    equations: tuple[str, ...]
    defines: tuple[str, ...]
    out: Shape

    @property
    def row(self) -> Layer:
        return self.words.row


@dataclass
class Chain:
    """The layers that could be placed, first to last, and what was wrong with the others."""

    placed: list[Placed] = field(default_factory=list)
    faults: list[Slip] = field(default_factory=list)
    whole: bool = True  # whether every layer could be placed


def chain(network: Network) -> Chain:
    """Every layer in its place."""
    out = Chain()
    shapes: dict[str, Shape] = {}
    if UNKNOWN not in (entered := input_shape(network)):
        shapes[INPUT] = entered
    lowering = Lowering(dict(shapes), SAMPLES, frozenset({INPUT}))
    called = callable_names(network)
    for k, words in enumerate(network.layers, 1):
        at: Path = (*LAYERS, k - 1)
        ready = words is not UNKNOWN and all(v is not UNKNOWN for v in shaping(words).values())
        sources = sources_of(words, k, called) if ready else None
        if sources is None or any(name not in shapes for name in sources):
            out.whole = False
            continue
        here = Here(k, sources, tuple(shapes[name] for name in sources), known_options(words))
        try:
            meant(here, words.row, network)
            made = place(at, words, here, lowering)
        except Unfit as unfit:
            out.faults.append(Slip((*at, unfit.key), str(unfit)))
            out.whole = False
            continue
        shapes[f"a{k}"] = made.out
        out.placed.append(made)
    return out


def tokens_of(network: Network) -> Size | None:
    """How many words there are, where the network's input is numbers of words: as the first such layer says."""
    called = callable_names(network)
    for k, words in enumerate(network.layers, 1):
        known = words is not UNKNOWN and words.inputs is not UNKNOWN
        if known and words.row.tokens and INPUT in (sources_of(words, k, called) or ()):
            size: Size = words.options[words.row.tokens]
            return size
    return None


def input_shape(network: Network) -> Shape:
    """The shape of x: numbers of words are one-hot rows."""
    words = tokens_of(network)
    return network.shape if words is None else (*network.shape, words)


def meant(here: Here, row: Layer, network: Network) -> None:
    """Numbers of words come from the network's input, and all layers that take them know as many words."""
    if row.tokens and here.inputs != (INPUT,):
        advice = f'write inputs = "{INPUT}", or make it the first layer'
        raise Unfit("kind", f"a layer of kind '{row.kind}' takes numbers of words, which the input alone has; {advice}")
    if row.tokens and here[row.tokens] != tokens_of(network):
        raise Unfit(row.tokens, f"{here[row.tokens]} words here, {tokens_of(network)} in the layer before")


def shaping(words: LayerWords) -> Mapping[str, Any]:
    """What sizes depend on: all that is written of a layer but its numbers and its activation."""
    written = {**words.options, "inputs": words.inputs}
    return {key: value for key, value in written.items() if key not in (*words.row.arrays, "activation")}


def known_options(words: LayerWords) -> Mapping[str, Any]:
    """The options, with one activation as good as another where it is unknown."""
    own = words.options.get("activation")
    unknown = UNKNOWN in (own, getattr(own, "formula", None))
    return {**words.options, "activation": "identity"} if unknown else words.options


def place(at: Path, words: LayerWords, here: Here, lowering: Lowering) -> Placed:
    row = words.row
    comes_in = " and ".join(map(shape_text, here.shapes))
    least, most = row.inputs
    if not least <= len(here.inputs) <= most:
        many = f"{least}" if least == most else f"{least} or more"
        raise Unfit("inputs", f"{counted(len(here.inputs), 'input')}; a layer of kind '{row.kind}' takes {many}")
    if row.takes is not None and (wrong := [s for s in here.shapes if len(s) not in row.takes]):
        wanted = " or ".join(row.takes.values())
        raise Unfit("kind", f"{shape_text(wrong[0])} comes in; a layer of kind '{row.kind}' takes {wanted}")
    leaves = tuple(
        (leaf, leaf.name.replace("*", str(here.number)), shape)
        for leaf in row.leaves
        if (shape := leaf.shape(here)) is not None
    )
    equations = expand(row, here)
    if here.options.get("activation") in ALONG and (here["units"] if "units" in here.options else 2) == 1:
        advice = 'give it two units or more, or write activation = "sigmoid"'
        raise Unfit("activation", f"{here['activation']} of one unit is always 1; {advice}")
    lowering.shapes.update({name: shape for _, name, shape in leaves})
    lines = [statement(text) for text in equations]
    for line in lines:
        try:
            lowering.define(line)
        except SymbackpropError as error:
            message = error.faults[0].message.partition("\n")[0]  # without the equation, which nobody wrote
            raise Unfit(row.told, f"what comes in, {comes_in}, does not fit: {message}") from None
    defines = tuple(line.name for line in lines)
    return Placed(at, words, here, leaves, equations, defines, lowering.shapes[f"a{here.number}"])


def shape_text(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "one number"


# ---- names ---------------------------------------------------------------------------------------------------------


def callable_names(network: Network) -> dict[str, int]:
    """The number of each layer that has a name."""
    out: dict[str, int] = {}
    for k, words in enumerate(network.layers, 1):
        if words is not UNKNOWN and words.name is not None and words.name is not UNKNOWN:
            out.setdefault(words.name, k)
    return out


def written_sources(words: LayerWords) -> tuple[str, ...]:
    return (words.inputs,) if isinstance(words.inputs, str) else words.inputs or ()


def sources_of(words: LayerWords, number: int, called: Mapping[str, int]) -> tuple[str, ...] | None:
    """The quantities that come in, x or a1, …; None where a name is not that of an earlier layer."""
    if words.inputs is None:
        return (INPUT if number == 1 else f"a{number - 1}",)
    out = []
    for name in written_sources(words):
        if name != INPUT and called.get(name, number) >= number:
            return None
        out.append(INPUT if name == INPUT else f"a{called[name]}")
    return tuple(out)


def names_lead_back(network: Network) -> Iterator[Slip]:
    """Each name once, and inputs that are earlier layers."""
    called = callable_names(network)
    for k, words in enumerate(network.layers, 1):
        if words is UNKNOWN:
            continue
        at: Path = (*LAYERS, k - 1)
        if words.name is not None and words.name is not UNKNOWN:
            if words.name == INPUT:
                yield Slip((*at, "name"), "'x' is the network's input; call the layer otherwise")
            elif called[words.name] != k:
                yield Slip((*at, "name"), f"layer {called[words.name]} is called {quoted(words.name)} already")
        if words.inputs is None or words.inputs is UNKNOWN:
            continue
        earlier = (INPUT, *(name for name, number in called.items() if number < k))
        for n, name in enumerate(written_sources(words)):
            if name not in earlier:
                where = (*at, "inputs") if isinstance(words.inputs, str) else (*at, "inputs", n)
                later = name in called
                start = f"{quoted(name)} is no earlier layer" if later else f"no layer is called {quoted(name)}"
                yield Slip(where, f"{start}; write {choices(earlier)}, or give a layer a name")
