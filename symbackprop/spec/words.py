"""How each word of a spec is read: one reader for each kind, with what to write instead where it cannot be.

A reader takes what stands in the TOML, or what Python was given, and returns the value or raises Refused.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from symbackprop.spec.hints import KINDS, VALUES
from symbackprop.spec.numbers import MOST_NUMBERS, Path, Refused, Written, named, number, quoted

MOST_NAME, MOST_LINE, MOST_PRINTED = 30, 500, 60

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*", re.ASCII)
PRINTED = re.compile(r"[-+−]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+−]?\d+)?", re.ASCII)
POINTER = re.compile(r"/(?:values|adjoints|updated|trajectory|state|error)(?:/[A-Za-z0-9_]+)+", re.ASCII)
URL = re.compile(r"https?://[^\s<>\"\\^`{|}]+")

# The twelve characters that turn the direction of text, and the two that break a line unseen.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Unknown:
    """Stands for a value that is faulty, while the rest of the spec is still checked."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Any] = _Unknown()


@dataclass(frozen=True, eq=False)
class Reads:
    """Written beside a type: the reader of a key, and what JSON Schema says of its values."""

    read: Callable[[object], object]
    schema: Mapping[str, Any]

    def checked(self, value: object) -> object:
        if value is UNKNOWN:
            return value
        try:
            return self.read(value)
        except Refused as refused:
            raise as_pydantic(refused, value) from None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


def as_pydantic(refused: Refused, value: object) -> ValidationError:
    """Our messages, each at its place below the key, in the form in which pydantic collects them."""
    details = [
        InitErrorDetails(type=PydanticCustomError("refused", "{message}", {"message": message}), loc=at, input=value)
        for at, message in refused.faults
    ]
    return ValidationError.from_exception_data("spec", details)


def text(value: object, most: int = MOST_LINE) -> str:
    """One line of text in any script."""
    if not isinstance(value, str):
        raise Refused(f"a text between quotes is wanted, not {named(value)}")
    for character in value:
        if character in TURNING or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise Refused(f"{code_point(character)} is not allowed in a text")
    if len(value) > most:
        raise Refused(f"a text of {len(value)} characters; at most {most} are allowed")
    return value


def code_point(character: str) -> str:
    """U+202E (right-to-left override); what it looks like would not show."""
    name = unicodedata.name(character, "a control character").lower()
    return f"U+{ord(character):04X} ({name})"


def name(value: str) -> str:
    """A name as the gate lets it through: n, hidden_1, alpha."""
    for character in value:
        if not (character.isascii() and (character.isalnum() or character == "_")):
            raise Refused(f"{code_point(character)} is not allowed in a name; letters are a to z and A to Z")
    if not NAME.fullmatch(value) or len(value) > MOST_NAME:
        rule = f"a letter first, then letters, digits and single underscores, {MOST_NAME} at most"
        raise Refused(f"{quoted(value)} is no name: {rule}")
    return value


def names(value: object) -> tuple[str, ...]:
    """A list of names, each once."""
    if not isinstance(value, list | tuple) or not value:
        raise Refused('a list of names is wanted, such as ["W1", "b1"]')
    faults: list[tuple[Path, str]] = []
    for k, part in enumerate(value):
        try:
            name(text(part))
        except Refused as refused:
            faults.append(((k,), str(refused)))
        else:
            if part in value[:k]:
                faults.append(((k,), f"{quoted(part)} stands twice"))
    if faults:
        raise Refused(*faults)
    return tuple(value)


def whole(low: int, high: int, example: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII):
            raise Refused(f"a whole number stands without quotes: {int(value)}")
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise Refused(f"a whole number is wanted, such as {example}, not {named(value)}")
        n = operator.index(value)
        if not low <= n <= high:
            raise Refused(f"{named(n)} is too {'small' if n < low else 'large'}; write {low:,} to {high:,}")
        return n

    return read


def size(value: object) -> int | str:
    """A number of units, or a name that stands for it."""
    if isinstance(value, str) and not value[:1].isdigit():
        return name(value)
    return whole(1, MOST_NUMBERS, 2)(value)


def positive(value: object) -> Fraction:
    n = number(value)
    if n <= 0:
        raise Refused(f"{named(value)} is not positive; write one above 0, such as 0.5")
    return n


def as_printed(value: object) -> str:
    """A number as somebody printed it; a string, so that 0.10 keeps its last digit."""
    if isinstance(value, int | float | Written) and not isinstance(value, bool):
        raise Refused(f'write it between quotes, so that its digits are kept: "{named(value)}"')
    if not isinstance(value, str) or len(value) > MOST_PRINTED or not PRINTED.fullmatch(value):
        raise Refused(f'{named(value)} is no printed number; write one such as "0.291027924"')
    return value


def pointer(value: object) -> str:
    """A JSON pointer into the derivation."""
    if not isinstance(value, str) or len(value) > MOST_LINE or not POINTER.fullmatch(value):
        example = 'write one into the derivation, such as "/trajectory/1/error" or "/values/a2/0"'
        raise Refused(f"{named(value)} is no JSON pointer; {example}")
    return value


def address(value: object) -> str:
    if not URL.fullmatch(text(value)):
        raise Refused(f'{named(value)} is no address of a page; write "https://…"')
    return text(value)


def one_of(key: str, names: Iterable[str], listed: str = "") -> Callable[[object], str]:
    """One of few words.  `listed` is the word of `symbackprop list` where they are rows of a table."""
    allowed = tuple(names)

    def read(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        if not isinstance(value, str):
            raise Refused(KINDS.get(key) or f"a name is wanted, {choices(allowed)}, not {named(value)}")
        start = f"no {key} is called {quoted(value)}" if listed else f"{key} cannot be {quoted(value)}"
        more = f" (symbackprop list {listed})" if listed else ""
        raise Refused(f"{start}; {instead(value, allowed, VALUES.get(key, {}))}{more}")

    return read


def several_of(key: str, names: Iterable[str]) -> Callable[[object], tuple[str, ...]]:
    """A list of some of few words, each once."""
    allowed = tuple(names)
    read_one = one_of(key, allowed)

    def read(value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            raise Refused(f'a list is wanted, such as ["{value if value in allowed else allowed[0]}"]')
        if not isinstance(value, list | tuple) or not value:
            raise Refused(f"a list of {choices(allowed)} is wanted, not {named(value) if value else 'an empty one'}")
        faults = []
        for k, entry in enumerate(value):
            try:
                read_one(entry)
            except Refused as refused:
                faults.append(((k,), str(refused)))
        if faults:
            raise Refused(*faults)
        if len(set(value)) < len(value):
            raise Refused(f"{quoted(next(v for v in value if value.count(v) > 1))} stands twice")
        return tuple(n for n in allowed if n in value)

    return read


def instead(word: str, allowed: Iterable[str], known: Mapping[str, str]) -> str:
    """What to write for a word that is not there: what other tools call so, what looks like it, or all there are."""
    names = tuple(allowed)
    plain = re.sub(r"[_\s]+", "-", word.strip().lower())
    if (same := known.get(plain, plain)) in names:
        return f"write '{same}' instead"
    if alike := get_close_matches(plain[:MOST_LINE], names, 1):
        return f"did you mean '{alike[0]}'?"
    return f"write {choices(names)}"


def choices(names: Iterable[str]) -> str:
    words = [f"'{name}'" for name in names]
    if len(words) > 8:
        return ", ".join(words[:5]) + ", …"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" or {words[-1]}"
