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
    TEXT,
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
from symbackprop.spec.names import names_of
from symbackprop.spec.numbers import MOST_AXES, Path, Refused, named, number
from symbackprop.spec.own import AnyLoss
from symbackprop.spec.training import between, state_of, truth
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
from symbackprop.tables.notations import NOTATIONS
from symbackprop.tables.optimizers import OPTIMIZERS

LANGUAGES = ("en", "id")
DETAILS = ("brief", "normal", "full")
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


def share(value: object) -> Fraction:
    n = number(value)
    if not 0 <= n < 1:
        raise Refused(f"{named(value)} is no share; write one from 0 up and below 1, such as 0.1")
    return n


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
        AnyLoss,
        Field(description='What measures the error (symbackprop list losses), or { formula = "(t - a)**4" }'),
    ]
    label_smoothing: Annotated[
        Annotated[Fraction, Reads(share, {**NUMBER, "minimum": 0, "exclusiveMaximum": 1})] | None,
        Field(
            alias="label-smoothing",
            description="With a cross-entropy of classes: ε in (1 - ε)t + ε/n, which takes the place of the targets",
        ),
    ] = None
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


def lines_of(what: str, example: str) -> Callable[[object], tuple[str, ...]]:
    """Lines of the array notation; whether they can be read is looked at with all of them at hand."""
    return lambda value: _lines(value, what, example)


def _lines(value: object, what: str, example: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise Refused(f"a list of {what} is wanted, such as {example}")
    if len(value) > MOST_EQUATIONS:
        raise Refused(f"{len(value)} {what}; at most {MOST_EQUATIONS} are allowed")
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
PROGRAM = lines_of("equations", '["z = W @ x", "E = sum(z)"]')
ASSUMED = lines_of("assumptions", '["sum(t) == 1"]')
LINES = {"type": "array", "items": {"type": "string"}, "minItems": 1}
MOST_EQUATIONS = 400
NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}


class Equations(Words):
    """A network as equations, in the array notation of NumPy."""

    program: Annotated[
        tuple[str, ...],
        Reads(PROGRAM, LINES),
        Field(description='The equations in order: "z = W @ x + b", "a = tanh(z)", …'),
    ]
    error: Annotated[str, Reads(name_of, {"type": "string"}), Field(description="The name of the error, one number")]
    parameters: Annotated[
        tuple[str, ...], Reads(names, NAMES), Field(description="The names of the parameters, in order")
    ]
    assume: Annotated[
        tuple[str, ...],
        Reads(ASSUMED, LINES),
        Field(description='What may be used of arrays without numbers: "sum(t) == 1", "t*y < 1"'),
    ] = ()


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


def number_from(low: int, high: int | None, example: str, *, low_too: bool = True) -> Reads:
    bound = "minimum" if low_too else "exclusiveMinimum"
    upper = {} if high is None else {"exclusiveMaximum": high}
    return Reads(between(low, high, example, low_too=low_too), {**NUMBER, bound: low, **upper})


Share = Annotated[Fraction, number_from(0, 1, "0.9")]  # of what was, where the rest is of what comes
Above = Annotated[Fraction, number_from(0, None, "0.5", low_too=False)]
FromZero = Annotated[Fraction, number_from(0, None, "0.01")]
Truth = Annotated[bool, Reads(truth, {"type": "boolean"})]


class Decay(Words):
    """How the rate falls: η_t from η, where t updates have been made."""

    kind: Annotated[
        Literal["inverse-time", "exponential", "step"],
        words_of("kind", ["inverse-time", "exponential", "step"]),
        Field(description='"inverse-time": η/(1 + factor·t); "exponential": η·factor^t; "step": η·factor^⌊t/every⌋'),
    ]
    factor: Annotated[Above, Field(description="The factor in that formula")]
    every: Annotated[
        Annotated[int, whole_number(1, 1_000_000, 10)] | None,
        Field(description='With "step": after how many updates the rate falls'),
    ] = None


class Clip(Words):
    """How far a gradient may go: all of it together by its norm, or each entry by its value."""

    norm: Annotated[
        Above | None, Field(description="c: where the norm of the whole gradient is above c, it is cut to c")
    ] = None
    value: Annotated[Above | None, Field(description="c: each entry is cut to −c … c")] = None


class Penalty(Words):
    """A penalty on some parameters: the update's gradient gains λw (l2) or λ·sign(w) (l1); the error stays as it is."""

    strength: Annotated[FromZero, Field(description="λ")]
    parameters: Annotated[tuple[str, ...], Reads(names, NAMES), Field(description="The names of the parameters: W1, …")]


def penalty_of(value: object) -> Fraction | Penalty:
    if isinstance(value, Penalty):
        return value
    return Penalty.model_validate(value) if isinstance(value, dict) else between(0, None, "0.01")(value)


ANY_PENALTY = Annotated[
    Fraction | Penalty,
    Reads(
        penalty_of,
        {
            "anyOf": [
                *NUMBER["anyOf"],
                {
                    "type": "object",
                    "properties": {"strength": NUMBER, "parameters": NAMES},
                    "required": ["strength", "parameters"],
                    "additionalProperties": False,
                },
            ]
        },
    ),
]


class Training(Words):
    """How the parameters move.  Which optimizer takes which option: `symbackprop list optimizers`."""

    optimizer: Annotated[
        str,
        words_of("optimizer", OPTIMIZERS, "optimizers"),
        Field(description="What makes an update of a gradient (symbackprop list optimizers)"),
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
        Literal["batch", "sequential", "mini-batch"],
        words_of("order", ["batch", "sequential", "mini-batch"]),
        Field(
            description='"batch": all samples make one update; "sequential": one update after each sample;'
            ' "mini-batch": one after each batch-size of them'
        ),
    ] = "batch"
    batch_size: Annotated[
        Annotated[int, whole_number(1, 1_000_000, 2)] | None,
        Field(alias="batch-size", description="How many samples make an update, in their order and round again"),
    ] = None
    steps: Annotated[int, whole_number(0, 1_000_000, 1), Field(description="How many updates")] = 1
    momentum: Annotated[Share | None, Field(description="μ, the share of the velocity that is kept")] = None
    dampening: Annotated[
        Share | None, Field(description="sgd: the gradient enters the velocity times 1 − dampening, except at first")
    ] = None
    nesterov: Annotated[
        Truth | None,
        Field(description="sgd: the step is g + μv; momentum: the gradient is taken at w − μv"),
    ] = None
    beta1: Annotated[Share | None, Field(description="β₁, the share of the mean of gradients that is kept")] = None
    beta2: Annotated[Share | None, Field(description="β₂, the share of the mean of squares that is kept")] = None
    rho: Annotated[Share | None, Field(description="ρ, the share of the mean of squares that is kept (rmsprop)")] = None
    epsilon: Annotated[FromZero | None, Field(description="ε, which keeps a denominator from being 0")] = None
    epsilon_inside_root: Annotated[
        Truth | None,
        Field(alias="epsilon-inside-root", description="true: √(v + ε); false: √v + ε, as in PyTorch"),
    ] = None
    initial_accumulator: Annotated[
        FromZero | None, Field(alias="initial-accumulator", description="Where the sum or mean of squares starts")
    ] = None
    bias_correction: Annotated[
        Truth | None, Field(alias="bias-correction", description="Whether m and v are divided by 1 − β^t")
    ] = None
    weight_decay: Annotated[
        FromZero | None,
        Field(alias="weight-decay", description="adamw: λ in w − ηλw, apart from the gradient"),
    ] = None
    momentum_decay: Annotated[
        FromZero | None, Field(alias="momentum-decay", description="nadam: ψ in μ_t = β₁(1 − ½·0.96^(tψ))")
    ] = None
    decay: Annotated[Decay | None, Field(description="How the rate falls from update to update")] = None
    clip: Annotated[Clip | None, Field(description="How far a gradient may go before the optimizer takes it")] = None
    l1: Annotated[ANY_PENALTY | None, Field(description="λ: the update's gradient gains λ·sign(w); as l2")] = None
    l2: Annotated[
        ANY_PENALTY | None,
        Field(
            description="λ: the update's gradient gains λw, for all weights;"
            ' or { strength = 0.1, parameters = ["W1"] }. The error stays without it'
        ),
    ] = None
    state: Annotated[
        Mapping[str, Any],
        Reads(state_of, {"type": "object"}),
        Field(description="Where the optimizer's state starts: { velocity = { W1 = [[0.3]] }, step = 2 }"),
    ] = {}


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
    detail: Annotated[
        Literal["brief", "normal", "full"],
        words_of("detail", DETAILS),
        Field(description='"brief": displays alone; "full": with the rules of calculus worked out'),
    ] = "normal"
    digits: Annotated[int, whole_number(0, 30, 9), Field(description="Digits after the decimal point")] = 9
    significant: Annotated[
        Annotated[int, whole_number(1, 30, 6)] | None, Field(description="Significant digits, in place of `digits`")
    ] = None
    names: Annotated[
        Mapping[str, str],
        Reads(names_of, {"type": "object", "additionalProperties": TEXT}),
        Field(
            description='One\'s own notation, a name in the text = a quantity: "\\hat{y}_1" = "a2[0]", "h" = "a1",'
            ' "w_{ji}" = "W1[j,i]", "g" = "dE/dz2", "\\alpha" = "rate". Names count from 1, entries from 0'
        ),
    ] = {}


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
