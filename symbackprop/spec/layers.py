"""The tables [[network.layers]]: one for each kind of layer, made of the row that says what may be written of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from symbackprop.layers import WANTED, Layer, Option
from symbackprop.layers.kinds import LAYERS
from symbackprop.spec.keys import NUMBER, Size, Tensor, Words, name_of, whole_number, words_of
from symbackprop.spec.numbers import Array, Path, Refused, array, named, number
from symbackprop.spec.own import Activation
from symbackprop.spec.words import UNKNOWN, Reads, as_pydantic, one_of, text, whole

MOST_SIZE = 10_000
INPUT = "x"  # what the network's input is called in `inputs`
PLAIN = "dense"  # the kind where none is written


def sources(value: object) -> str | tuple[str, ...]:
    """The name of a layer, or a list of them."""
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, list | tuple) or not value or not all(isinstance(part, str) for part in value):
        raise Refused(f'the name of a layer is wanted, or a list such as ["x", "first"], not {named(value)}')
    return tuple(map(text, value))


class LayerWords(Words):
    """One layer.  Its own keys come from the row of its kind."""

    row: ClassVar[Layer]

    kind: str
    name: Annotated[
        Annotated[str, Reads(name_of, {"type": "string"})] | None,
        Field(description="What later layers call it in their inputs"),
    ] = None
    inputs: Annotated[
        Annotated[
            str | tuple[str, ...],
            Reads(sources, {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        ]
        | None,
        Field(description='What comes in: the name of an earlier layer, "x", or a list; left out, the layer before'),
    ] = None

    @property
    def options(self) -> Mapping[str, Any]:
        """What is written of it, key by key, defaults included."""
        return {option.key: getattr(self, field_name(option.key)) for option in self.row.options}

    def with_arrays(self, arrays: Mapping[str, Any]) -> LayerWords:
        """The same layer with other numbers."""
        return self.model_copy(update={field_name(key): value for key, value in arrays.items()})


def field_name(key: str) -> str:
    return key.replace("-", "_")


# ---- options -------------------------------------------------------------------------------------------------------


def sizes(key: str, low: int) -> Callable[[object], int | tuple[int, ...]]:
    """A whole number, or one for each axis."""
    one = whole(low, MOST_SIZE, max(low, 2))

    def read(value: object) -> int | tuple[int, ...]:
        if not isinstance(value, list | tuple):
            return one(value)
        if not value:
            raise Refused(f"an empty list; write {key} = {max(low, 2)}, or a number for each axis")
        out, faults = [], []
        for k, part in enumerate(value):
            try:
                out.append(one(part))
            except Refused as refused:
                faults.append(((k,), str(refused)))
        if faults:
            raise Refused(*faults)
        return tuple(out)

    return read


def mask(value: object) -> str | Array:
    """ "causal", or rows of 0 and 1, none of which is all 0."""
    if isinstance(value, str):
        return one_of("mask", ["causal"])(value)
    given = array(value)
    faults: list[tuple[Path, str]] = []
    for j, row in enumerate(given if isinstance(given, tuple) else ()):
        entries = row if isinstance(row, tuple) else ()
        wrong = [k for k, entry in enumerate(entries) if entry not in (0, 1)]
        faults += [((j, k), "a mask has 1 where a key is seen and 0 where it is not") for k in wrong]
        if not wrong and not any(entries):
            faults.append(((j,), "this query sees no key, so that its weights cannot sum to 1; write a 1 in each row"))
    if faults:
        raise Refused(*faults)
    return given


def declared(option: Option) -> Any:
    """The type of an option, with its reader."""
    match option.what:
        case "size":
            return Size
        case "sizes":
            one = {"type": "integer", "minimum": option.low}
            schema = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
            return Annotated[int | tuple[int, ...], Reads(sizes(option.key, option.low), schema)]
        case "whole":
            return Annotated[int, whole_number(option.low, MOST_SIZE, max(option.low, 2))]
        case "number":
            return Annotated[Fraction, Reads(number, NUMBER)]
        case "word":
            return Annotated[str, words_of(option.key, option.words)]
        case "activation":
            return Activation
        case "array":
            return Tensor
        case "mask":
            rows = {"type": "array", "items": {"type": "array", "items": {"enum": [0, 1]}}}
            return Annotated[Any, Reads(mask, {"anyOf": [{"enum": ["causal"]}, rows]})]


def table_of(row: Layer) -> type[LayerWords]:
    """The table of a kind of layer, as pydantic has it."""
    fields: dict[str, Any] = {
        "kind": (
            Annotated[
                str, words_of("kind", [row.kind]), Field(description="The kind of layer (symbackprop list layers)")
            ],
            row.kind,
        )
    }
    for option in row.options:
        alias = option.key if "-" in option.key else None
        kind = declared(option)
        kind = kind | None if option.default is None else kind
        made: Any = Annotated[kind, Field(alias=alias, description=option.says)]
        fields[field_name(option.key)] = (made, ... if option.default is WANTED else option.default)
    title = "".join(word.capitalize() for word in row.kind.split("-"))
    table = create_model(title, __base__=LayerWords, __doc__=f"{row.kind}: {row.says}.", __module__=__name__, **fields)
    table.row = row
    return table


TABLES = {kind: table_of(row) for kind, row in LAYERS.items()}
Dense: Any = TABLES["dense"]


class EachLayer:
    """Written beside LayerWords: which table it is, its `kind` says."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        tables = {kind: handler.generate_schema(table) for kind, table in TABLES.items()}
        union = core_schema.tagged_union_schema(dict(tables), discriminator=kind_of)
        return core_schema.no_info_wrap_validator_function(self.checked, union)

    def checked(self, value: object, validate: Callable[[object], object]) -> object:
        if value is UNKNOWN or kind_of(value) is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, dict | LayerWords):
            raise as_pydantic(Refused(f"a table is wanted, not {named(value)}"), value)
        try:
            one_of("kind", TABLES, "layers")(kind_of(value))
        except Refused as refused:
            raise as_pydantic(Refused((("kind",), str(refused))), value) from None
        return validate(value)


def kind_of(value: object) -> Any:
    return (
        value.kind if isinstance(value, LayerWords) else value.get("kind", PLAIN) if isinstance(value, dict) else None
    )
