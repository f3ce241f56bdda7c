"""How the keys of a table are declared: a type, its reader beside it, and what JSON Schema says of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symbackprop.spec.faults import spec_error
from symbackprop.spec.numbers import Array, Refused, array, named
from symbackprop.spec.words import Reads, name, one_of, size, text, whole

TEXT = {"type": "string", "maxLength": 500}
NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^[-+]?[0-9]+/[0-9]+$"}]}


class Words(BaseModel):
    """One table of the spec.  Made from Python, a faulty one raises SpecError with all its faults."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    def __init__(self, **words: Any) -> None:
        try:
            super().__init__(**words)
        except ValidationError as error:
            raise spec_error(error, type(self)) from None

    # Without this mark pydantic calls __init__ for tables within tables too, and their faults would not be collected.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class File(Words):
    """Numbers in a file beside the spec: an array of an npz archive, or a CSV of numbers without a header."""

    file: Annotated[str, Reads(text, TEXT), Field(description="Path, relative to the spec: w.npz or w.csv")]
    array: Annotated[
        Annotated[str, Reads(text, TEXT)] | None,
        Field(description="Name of the array in an npz archive; may be left out where it holds one"),
    ] = None


def array_or_file(value: object) -> Array | File:
    if isinstance(value, File):
        return value
    if isinstance(value, dict):
        return File.model_validate(value)
    if isinstance(value, str) and value.lower().endswith((".npz", ".csv")):
        raise Refused(f'numbers are wanted, not {named(value)}; a file is written {{ file = "w.npz", array = "W1" }}')
    return array(value)


FILE = {
    "type": "object",
    "properties": {"file": TEXT, "array": TEXT},
    "required": ["file"],
    "additionalProperties": False,
}
TENSOR = {"anyOf": [*NUMBER["anyOf"], {"type": "array"}, FILE]}
SIZE = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}
Tensor = Annotated[File | Any, Reads(array_or_file, TENSOR)]  # an Array; pydantic cannot follow what names itself
Line = Annotated[str, Reads(text, TEXT)]
Size = Annotated[int | str, Reads(size, SIZE)]


def name_of(value: object) -> str:
    return name(text(value))


def words_of(key: str, names: Any, listed: str = "") -> Reads:
    return Reads(one_of(key, names, listed), {"enum": list(names)})


def whole_number(low: int, high: int, example: int) -> Reads:
    return Reads(whole(low, high, example), {"type": "integer", "minimum": low, "maximum": high})
