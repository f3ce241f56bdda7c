"""The exam file: what may stand in it, key by key.  The class is the documentation: `symbackprop schema exam`.

Whether the words fit the network (names, sizes) is looked at in plan.py, when the network is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import Field

from symbackprop.exams.variant import Kind
from symbackprop.spec.keys import NUMBER, TEXT, Line, Words, whole_number, words_of
from symbackprop.spec.model import LANGUAGES
from symbackprop.spec.numbers import Array, Path, Refused, array, named, number
from symbackprop.spec.schema import schema_of
from symbackprop.spec.training import between
from symbackprop.spec.words import Reads, one_of, positive, size, text
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS

KINDS: tuple[str, ...] = Kind.__args__  # type: ignore[attr-defined]
MOST_VALUES = 100_000  # of one grid
MOST_TEXT = 2_000
UPDATED = 2  # decimals more has a parameter after an update: what moves it is small beside it


@dataclass(frozen=True)
class Grid:
    """min, min + step, …, up to max; or the values of a list."""

    values: tuple[Array, ...]

    @property
    def whole(self) -> bool:
        """Whether each value is a row, which is drawn as a whole."""
        return isinstance(self.values[0], tuple)


def grid(value: object) -> Grid:
    """{ min = 0.1, max = 0.9, step = 0.05 }, or a list: [0.1, 0.2], [[1, 0], [0, 1]]"""
    if isinstance(value, Mapping):
        return _range(value)
    if isinstance(value, list | tuple) and value:
        values = array(value)
        assert isinstance(values, tuple)
        if len(set(values)) < len(values):
            raise Refused("a value stands twice")
        if shape_of(values) is None:
            raise Refused("numbers are wanted, or rows that are all as long: [0.1, 0.2] or [[1, 0], [0, 1]]")
        return Grid(values)
    raise Refused(f"a range {{ min = 0.1, max = 0.9, step = 0.05 }} or a list of values is wanted, not {named(value)}")


def shape_of(value: Array) -> tuple[int, ...] | None:
    """Of rows within rows; None where they are not all as long."""
    if not isinstance(value, tuple):
        return ()
    inner = {shape_of(v) for v in value}
    first = inner.pop() if len(inner) == 1 else None
    return None if first is None else (len(value), *first)


def _range(value: Mapping[str, object]) -> Grid:
    faults: list[tuple[Path, str]] = [
        ((str(key),), "there is no key '" + str(key)[:40] + "' here; write 'min', 'max' and 'step'")
        for key in value
        if key not in ("min", "max", "step")
    ]
    faults += [((), f"this range has no '{key}'; write {{ min = 0.1, max = 0.9, step = 0.05 }}")
               for key in ("min", "max", "step") if key not in value]  # fmt: skip
    found: dict[str, Fraction] = {}
    for key in ("min", "max", "step"):
        try:
            if key in value:
                found[key] = positive(value[key]) if key == "step" else number(value[key])
        except Refused as refused:
            faults.append(((key,), str(refused)))
    if faults:
        raise Refused(*faults)
    low, high, step = found["min"], found["max"], found["step"]
    if high < low:
        raise Refused("'max' is below 'min'")
    count = int((high - low) / step) + 1
    if count > MOST_VALUES:
        raise Refused(f"{count:,} values; at most {MOST_VALUES:,} are allowed, so take a larger step")
    return Grid(tuple(low + k * step for k in range(count)))


def network_of(value: object) -> str | dict[str, Any]:
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise Refused(
            f'the path of a spec, network = "mazur.toml", or the spec as a table is wanted, not {named(value)}'
        )
    return text(value)


def _some(read: Any, example: str) -> Any:
    def read_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or not value:
            told = "an empty one" if isinstance(value, list | tuple) else named(value)
            raise Refused(f"a list is wanted, such as {example}, not {told}")
        out, faults = [], []
        for k, part in enumerate(value):
            try:
                out.append(read(part))
            except Refused as refused:
                faults += [((k, *at), told) for at, told in refused.faults]
        if faults:
            raise Refused(*faults)
        return tuple(out)

    return read_all


def each_layer(read: Any) -> Any:
    """One word for all, or a list with one for each layer."""
    inner = _some(read, "one with an entry for each layer")
    return lambda value: inner(value) if isinstance(value, list | tuple) else read(value)


def units(value: object) -> int:
    found = size(value)
    if isinstance(found, str):
        raise Refused("a number of units is drawn from numbers, such as 2")
    return found


ACTIVATION = one_of("activation", [*ACTIVATIONS, *ALONG], "activations")
LOSS = one_of("loss", LOSSES, "losses")
TOPOLOGY = {
    "activations": _some(each_layer(ACTIVATION), '["sigmoid", "tanh"]'),
    "losses": _some(LOSS, '["half-squared-error", "squared-error"]'),
    "units": _some(each_layer(units), "[2, 3]"),
}  # what a network is, rather than its numbers


def draw_of(value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused("a table is wanted: [draw], with weights = { min = 0.1, max = 0.9, step = 0.05 } below it")
    out: dict[str, Any] = {}
    faults: list[tuple[Path, str]] = []
    for key, part in value.items():
        try:
            out[str(key)] = TOPOLOGY.get(str(key), grid)(part)
        except Refused as refused:
            faults += [((str(key), *at), told) for at, told in refused.faults]
    if faults:
        raise Refused(*faults)
    return out


def asked(value: object) -> tuple[str, ...]:
    """A name, or a list of names."""
    return (text(value),) if isinstance(value, str) else tuple(_some(text, '["w5", "w1"]')(value))


def seed_of(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


RANGE = {
    "anyOf": [
        {
            "type": "object",
            "properties": {"min": NUMBER, "max": NUMBER, "step": NUMBER},
            "required": ["min", "max", "step"],
            "additionalProperties": False,
        },
        {"type": "array", "minItems": 1},
    ]
}
LIST = {"type": "array", "minItems": 1}
DRAW = {
    "type": "object",
    "properties": dict.fromkeys(TOPOLOGY, LIST) | dict.fromkeys(("weights", "biases", "inputs", "targets"), RANGE),
    "additionalProperties": RANGE,
}
NAMES = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
Points = Annotated[Fraction, Reads(positive, {**NUMBER, "exclusiveMinimum": 0})]
Share = Annotated[Fraction, Reads(between(0, None, "0.2", low_too=False), {**NUMBER, "exclusiveMinimum": 0})]


class Title(Words):
    """What stands above the questions."""

    title: Annotated[Line, Field(description="The exam's own title; the file's name where it is left out")] = ""
    course: Annotated[Line, Field(description="The course")] = ""
    date: Annotated[Line, Field(description="The day, as it is to be printed")] = ""
    instructions: Annotated[
        tuple[str, ...],
        Reads(_some(lambda v: text(v, MOST_TEXT), '["No aids."]'), {"type": "array", "items": {"type": "string"}}),
        Field(description="Sentences for the students, each a line of its own"),
    ] = ()


class Presentation(Words):
    """How it is told."""

    language: Annotated[str, words_of("language", LANGUAGES), Field(description="en or id")] = "en"
    notation: Annotated[
        Annotated[str, words_of("notation", NOTATIONS, "notations")] | None,
        Field(description="Whose names; left out, the network's own (symbackprop list notations)"),
    ] = None


MOST_DIGITS = 9  # of what a student keeps


class Tolerance(Words):
    """What an answer may be off by is worked out for each part of each variant.

    It is never less than what comes of honest rounding, and less than half the way to the nearest mistake.
    """

    digits: Annotated[
        int,
        whole_number(2, MOST_DIGITS, 5),
        Field(
            description="Decimals of intermediate results and answers; below 0.1, significant digits."
            " A parameter after an update is asked with two more"
        ),
    ] = 5
    most: Annotated[Share, Field(description="At most so many times what honest rounding amounts to")] = Fraction(5)


class Difficulty(Words):
    """One score of operations, digits, orders of magnitude and paths."""

    band: Annotated[Share, Field(description="By how much of the base's score a variant may differ")] = Fraction(1, 5)


class Asked(Words):
    """A question."""

    LACKING: ClassVar[Mapping[str, str]] = {"kind": 'the kind is missing; write kind = "partial"'}
    kind: Annotated[str, words_of("kind", KINDS), Field(description="What is asked")]
    ask: Annotated[
        tuple[str, ...],
        Reads(asked, NAMES),
        Field(description="Names of quantities, as the notation has them (w5, out_o1, h2) or by place (W2[0,1])"),
    ] = ()
    points: Annotated[Points, Field(description="For each part")] = Fraction(1)
    choices: Annotated[
        Annotated[int, whole_number(2, 8, 4)] | None,
        Field(description="For a number: that many to choose from, each a named mistake's, in place of an open answer"),
    ] = None
    form: Annotated[
        str, words_of("form", ["numeric", "symbolic"]), Field(description="For a partial: a number or a formula")
    ] = "numeric"
    level: Annotated[int, whole_number(1, 2, 1), Field(description="For faded: how much is left out")] = 1


class ExamWords(Words):
    """An exam: a network, what of it is drawn, and the questions."""

    LACKING: ClassVar[Mapping[str, str]] = {"question": "the questions are missing; write [[question]] above each"}
    network: Annotated[
        str | dict[str, Any],
        Reads(network_of, {"anyOf": [TEXT, {"type": "object"}]}),
        Field(description="The path of a spec, relative to this file, or the whole spec as a table"),
    ]
    title: Annotated[Title, Field(description="The title page")] = Title()
    presentation: Annotated[Presentation, Field(description="Language and notation")] = Presentation()
    draw: Annotated[
        dict[str, Any] | None,
        Reads(draw_of, DRAW),
        Field(
            description="What differs from variant to variant: weights, biases, inputs, targets or one name, each from"
            " a range { min, max, step } or a list; activations, losses, units from lists."
            " Left out: parameters and inputs from 0.05, 0.10, …, 0.95"
        ),
    ] = None
    tolerance: Annotated[Tolerance, Field(description="What an answer may be off by")] = Tolerance()
    difficulty: Annotated[Difficulty, Field(description="How alike variants are")] = Difficulty()
    seed: Annotated[str, Reads(seed_of, TEXT), Field(description="The seed where the command gives none")] = "1"
    question: Annotated[tuple[Asked, ...], Field(description="The questions, in order: [[question]]", min_length=1)]


def schema() -> dict[str, Any]:
    """The JSON Schema of an exam file."""
    return schema_of(ExamWords, "symbackprop/exam/1")
