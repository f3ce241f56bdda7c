"""The user's words: what may stand in a spec, key by key.  The class is the documentation: `symbackprop schema spec`.

A key is written with hyphens in TOML (hidden-deltas-from) and with underscores in Python (hidden_deltas_from).
Whether the words fit together (shapes, sums) is looked at in checks.py, when all of them are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from symbackprop.spec.faults import message
from symbackprop.spec.keys import (
    NUMBER,
    SIZE,
    TENSOR,
    File,
    Line,
    Tensor,
    Words,
    array_or_file,
    name_of,
    whole_number,
    words_of,
)
from symbackprop.spec.layers import EachLayer, LayerWords
from symbackprop.spec.numbers import MOST_AXES, Path, Refused, named
from symbackprop.spec.words import (
    UNKNOWN,
    Reads,
    address,
    as_printed,
    name,
    names,
    pointer,
    positive,
    several_of,
    size,
    text,
)
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS

LANGUAGES = ("en", "id")
GROUPS = ("weights", "biases")


def shape_of(value: object) -> tuple[int | str, ...]:
    """[2, 3], ["n", 3]; [] is a single number."""
    if not isinstance(value, list | tuple):
        raise Refused(f"a shape is a list of sizes, such as [2, 3], or [] for a single number, not {named(value)}")
    if len(value) > MOST_AXES:
        raise Refused(f"a shape of {len(value)} axes; at most {MOST_AXES} are allowed")
    out = []
    for k, part in enumerate(value):
        try:
            out.append(size(part))
        except Refused as refused:
            raise Refused(((k,), str(refused))) from None
    return tuple(out)


def input_sizes(value: object) -> int | str | tuple[int | str, ...]:
    """A number of inputs, or a size for each of their axes."""
    if not isinstance(value, list | tuple):
        return size(value)
    if not value:
        raise Refused("an input of no axes; write inputs = 2, or a size for each axis")
    return shape_of(value)


class Network(Words):
    """The layers, first to last, and what measures their error."""

    inputs: Annotated[
        int | str | tuple[int | str, ...],
        Reads(input_sizes, {"anyOf": [*SIZE["anyOf"], {"type": "array", "items": SIZE, "minItems": 1}]}),
        Field(
            description='How many inputs: a whole number, or a name such as "n" for any number; a list of sizes'
            " where they have more axes, [channels, height, width]"
        ),
    ]
    loss: Annotated[
        str, words_of("loss", LOSSES, "losses"), Field(description="What measures the error (symbackprop list losses)")
    ]
    layers: Annotated[
        tuple[Annotated[LayerWords, EachLayer()], ...],
        Field(description="The layers, first to last; inputs are no layer"),
    ]

    @property
    def shape(self) -> tuple[int | str, ...]:
        """The shape of what comes into the network."""
        return self.inputs if isinstance(self.inputs, tuple) else (self.inputs,)


def each_named(read: Callable[[object], object], example: str) -> Callable[[object], dict[str, Any]]:
    """A table of one's own names, each with what `read` takes."""

    def read_all(table: object) -> dict[str, Any]:
        if not isinstance(table, Mapping):
            raise Refused(f"a table is wanted, such as {example}, not {named(table)}")
        out: dict[str, Any] = {}
        faults: list[tuple[Path, str]] = []
        for key, value in table.items():
            try:
                out[name(str(key))] = value if value is UNKNOWN else read(value)
            except Refused as refused:
                faults += [((str(key), *at), told) for at, told in refused.faults]
            except ValidationError as error:  # a file
                faults += [((str(key), *e["loc"]), message(e, File)) for e in error.errors(include_url=False)]
        if faults:
            raise Refused(*faults)
        return out

    return read_all


def several(value: object) -> tuple[Any, ...]:
    """[[samples]]"""
    if not isinstance(value, list | tuple):
        raise Refused("tables are wanted: write [[samples]], in two brackets, above each")
    out, faults = [], []
    for k, part in enumerate(value):
        try:
            out.append(part if part is UNKNOWN else NUMBERS(part))
        except Refused as refused:
            faults += [((k, *at), told) for at, told in refused.faults]
    if faults:
        raise Refused(*faults)
    return tuple(out)


def program(value: object) -> tuple[str, ...]:
    """Equations; whether they can be read is looked at with all of them at hand."""
    if not isinstance(value, list | tuple) or not value:
        raise Refused('a list of equations is wanted, such as ["z = W @ x", "E = sum(z)"]')
    if len(value) > MOST_EQUATIONS:
        raise Refused(f"{len(value)} equations; at most {MOST_EQUATIONS} are allowed")
    faults: list[tuple[Path, str]] = []
    for k, part in enumerate(value):
        try:
            text(part, 4_000)
        except Refused as refused:
            faults.append(((k,), str(refused)))
    if faults:
        raise Refused(*faults)
    return tuple(value)


NUMBERS = each_named(array_or_file, "x = [1.0, 2.0]")
SHAPES = each_named(shape_of, "W = [2, 3]")
MOST_EQUATIONS = 400
NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}


class Equations(Words):
    """A network as equations, in the array notation of NumPy."""

    program: Annotated[
        tuple[str, ...],
        Reads(program, {"type": "array", "items": {"type": "string"}, "minItems": 1}),
        Field(description='The equations in order: "z = W @ x + b", "a = tanh(z)", …'),
    ]
    error: Annotated[str, Reads(name_of, {"type": "string"}), Field(description="The name of the error, one number")]
    parameters: Annotated[
        tuple[str, ...], Reads(names, NAMES), Field(description="The names of the parameters, in order")
    ]


class Data(Words):
    """The samples: in the spec, or in a CSV file with the header x1, x2, …, t1, …"""

    inputs: Annotated[Tensor | None, Field(description="A row for each sample")] = None
    targets: Annotated[Tensor | None, Field(description="A row for each sample")] = None
    file: Annotated[
        Line | None, Field(description="CSV with the header x1, x2, …, t1, …, in place of inputs and targets")
    ] = None
    reduction: Annotated[
        Literal["sum", "mean"],
        words_of("reduction", ["sum", "mean"]),
        Field(description='How the errors of several samples become one: "sum" or "mean"'),
    ] = "sum"


def trained(value: object) -> tuple[str, ...]:
    """Names; whether they are parameters is looked at with all of them at hand."""
    if isinstance(value, str):
        raise Refused(f'a list is wanted, such as ["{value if value in GROUPS else GROUPS[0]}"]')
    if not isinstance(value, list | tuple) or not value or not all(isinstance(v, str) for v in value):
        return several_of("train", GROUPS)(value)
    return tuple(value)


class Training(Words):
    """How the parameters move."""

    optimizer: Annotated[
        Literal["sgd"], words_of("optimizer", ["sgd"]), Field(description='"sgd": w ← w − η ∂E/∂w')
    ] = "sgd"
    rate: Annotated[
        Annotated[Fraction, Reads(positive, {**NUMBER, "exclusiveMinimum": 0})] | None,
        Field(description="The learning rate, above 0. Left out, it stays the symbol η"),
    ] = None
    train: Annotated[
        tuple[str, ...],
        Reads(
            trained,
            {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        ),
        Field(
            description='Which parameters move: ["weights"], ["biases"] or both;'
            " in a network as equations the names of parameters, all where it is left out"
        ),
    ] = ("weights", "biases")
    hidden_deltas_from: Annotated[
        Literal["old-weights", "updated-weights"],
        words_of("hidden-deltas-from", ["old-weights", "updated-weights"]),
        Field(
            alias="hidden-deltas-from",
            description='"updated-weights": each layer takes the weights that its successor has already updated,'
            " a well-known mistake",
        ),
    ] = "old-weights"
    order: Annotated[
        Literal["batch", "sequential"],
        words_of("order", ["batch", "sequential"]),
        Field(description='"batch": all samples make one update; "sequential": one update after each sample'),
    ] = "batch"
    steps: Annotated[int, whole_number(0, 1_000_000, 1), Field(description="How many updates")] = 1


class Presentation(Words):
    """How a worked solution is written."""

    notation: Annotated[
        str,
        words_of("notation", NOTATIONS, "notations"),
        Field(description="Whose letters: " + ", ".join(NOTATIONS)),
    ] = "nielsen"
    language: Annotated[
        Literal["en", "id"], words_of("language", LANGUAGES), Field(description='"en" or "id" (Indonesian)')
    ] = "en"
    digits: Annotated[int, whole_number(0, 30, 9), Field(description="Digits after the decimal point")] = 9
    significant: Annotated[
        Annotated[int, whole_number(1, 30, 6)] | None, Field(description="Significant digits, in place of `digits`")
    ] = None


class Figure(Words):
    """A number that the source prints, to be held against what its own rule gives."""

    label: Annotated[Line | None, Field(description="What the source calls it")] = None
    of: Annotated[
        str,
        Reads(pointer, {"type": "string", "format": "json-pointer"}),
        Field(description="Which number of the derivation it is, as a JSON pointer: /trajectory/1/error, /values/a2/0"),
    ]
    after: Annotated[
        Annotated[int, whole_number(0, 1_000_000, 1)] | None,
        Field(description="After how many updates, where that is not those of [training]"),
    ] = None
    printed: Annotated[
        str, Reads(as_printed, {"type": "string"}), Field(description="Its digits exactly as printed, between quotes")
    ]


class Source(Words):
    """Where the example comes from, and what is printed there."""

    title: Annotated[Line, Field(description="The title of the page, chapter or paper")] = ""
    author: Annotated[Line, Field(description="Who wrote it")] = ""
    year: Annotated[
        Annotated[int, whole_number(1000, 9999, 2015)] | None, Field(description="When it was published")
    ] = None
    url: Annotated[
        Annotated[str, Reads(address, {"type": "string", "format": "uri"})] | None, Field(description="Where it is")
    ] = None
    figures: Annotated[tuple[Figure, ...], Field(description="Numbers that the source prints")] = ()


class Spec(Words):
    """A network, its data, and how its derivation is to be presented."""

    title: Annotated[Line, Field(description="The title of the worked solution")] = ""
    network: Annotated[Network | None, Field(description="The layers and the loss; or [equations]")] = None
    equations: Annotated[Equations | None, Field(description="The network as equations; or [network]")] = None
    values: Annotated[
        Mapping[str, Any],
        Reads(NUMBERS, {"type": "object", "additionalProperties": TENSOR}),
        Field(description="With [equations]: the numbers of an array by its name, one number or rows of rows"),
    ] = {}
    shapes: Annotated[
        Mapping[str, Any],
        Reads(SHAPES, {"type": "object", "additionalProperties": {"type": "array"}}),
        Field(description="With [equations]: the sizes of an array without numbers, [2, 3]; [] is a single number"),
    ] = {}
    samples: Annotated[
        tuple[Any, ...],
        Reads(several, {"type": "array", "items": {"type": "object", "additionalProperties": TENSOR}}),
        Field(description="With [equations]: the values that differ, a table for each sample"),
    ] = ()
    data: Annotated[Data, Field(description="The samples. Left out, they stay symbols")] = Data()
    training: Annotated[Training, Field(description="How the parameters move")] = Training()
    presentation: Annotated[Presentation, Field(description="How the solution is written")] = Presentation()
    source: Annotated[Source | None, Field(description="Where the example comes from")] = None

    @property
    def layered(self) -> Network:
        """The network of a spec that has layers."""
        assert self.network is not None
        return self.network
