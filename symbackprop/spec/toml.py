"""TOML text to data, and the line of every key.

`tomllib` reads the text but forgets where things stood, so `lines` walks it once more and maps each key path, such as
("network", "layers", 0, "weights", 1, 0), to its line.  It runs first: a text that it finds too deep never reaches
tomllib, whose time and stack grow with the depth.  It forgives every slip, which is tomllib's to tell.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from symbackprop.errors import Place, SpecError
from symbackprop.spec.numbers import Path, Written

MOST_DEPTH = 40

BLANK = re.compile(r"[ \t]*")
SKIP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")  # between the entries of an array
BARE = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'  # up to two quotation marks may stand before the closing three
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^\s,\]}#]+(?: \d[^\s,\]}#]*)?")  # a blank may stand in a date with its time


def parse(text: str, name: str) -> tuple[dict[str, Any], Mapping[Path, int]]:
    """The data, with numbers that have a point left as Written, and the line of every key.  Raises SpecError."""
    where = lines(text, name)
    try:
        return tomllib.loads(text, parse_float=Written), where
    except tomllib.TOMLDecodeError as error:
        message, line = _told(str(error), text)
        raise SpecError(message, Place(name, line)) from None
    except RecursionError:
        raise SpecError(f"tables or arrays nested more than {MOST_DEPTH} deep", Place(name)) from None
    except ValueError:  # int() of more digits than Python takes
        found = re.search(r"\d[\d_]{1000,}", text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise SpecError("a whole number of over a thousand digits; at most 30 are allowed", Place(name, line)) from None


ADVICE = {
    "Invalid value": 'a text stands between quotes: "sigmoid"; a number has digits on both sides of its point: 0.5',
    "Invalid statement": 'a line is a [table], or key = value; a text stands between quotes: "sigmoid"',
    "Expected '=' after a key": "a line is a [table], or key = value",
    "Illegal character '\\n'": "a text between quotes ends on the line on which it starts",
    "Unclosed": "a bracket that is opened is closed again",
    "Cannot overwrite a value": "this key was given before",
    "Cannot declare": "this table was given before; a layer starts with [[network.layers]], in two brackets",
}


def _told(message: str, text: str) -> tuple[str, int]:
    """tomllib's message and line, with what to write instead."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    if found is None:
        return message, 1
    advice = next((f": {a}" for start, a in ADVICE.items() if found[1].startswith(start)), "")
    column = f" (column {found[3]})" if found[3] else " (at the end)"
    return f"{found[1]}{column}{advice}", int(found[2] or text.rstrip().count("\n") + 1)


def lines(text: str, name: str = "<text>") -> dict[Path, int]:
    """The line on which each key, table or entry of an array first stands."""
    return _Walk(text.replace("\r\n", "\n"), name).lines


def line_of(path: Path, where: Mapping[Path, int]) -> int:
    """The line of a path; of what it would stand in, where it is missing."""
    while path and path not in where:
        path = path[:-1]
    return where.get(path, 1)


class _Stop(Exception):
    """The text is no TOML from here on."""


def _unquoted(key: str) -> str:
    """A key as tomllib will name it."""
    if key[0] not in "\"'":
        return key
    try:
        return next(iter(tomllib.loads(f"{key} = 0")))
    except ValueError:
        raise _Stop from None


class _Walk:
    """One pass over the text, a character never looked at twice."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name, self.at = text, name, 0
        self.line, self.counted = 1, 0  # the line of the position `counted`
        self.lines: dict[Path, int] = {}
        self.elements: dict[Path, int] = {}  # the last element of each array of tables
        with suppress(_Stop):
            self.document()

    def document(self) -> None:
        table: Path = ()
        while True:
            self.skip(SKIP)
            if self.at == len(self.text):
                return
            if self.take("[["):
                table = self.element(self.keys())
                self.expect("]]")
            elif self.take("["):
                table = self.resolved(self.keys())
                self.expect("]")
            else:
                self.pair(table)
            self.skip(BLANK)
            if self.text[self.at : self.at + 1] not in ("", "\n", "#"):
                raise _Stop

    def resolved(self, keys: Path) -> Path:
        """The path of a table: a key that names an array of tables means its last element."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.elements:
                path = (*path, self.elements[path])
            self.mark(path)
        return path

    def element(self, keys: Path) -> Path:
        """The path of the element that [[keys]] opens."""
        path = (*self.resolved(keys[:-1]), keys[-1])
        self.mark(path)
        self.elements[path] = self.elements.get(path, -1) + 1
        path = (*path, self.elements[path])
        self.mark(path)
        return path

    def pair(self, table: Path) -> None:
        """key = value"""
        keys = self.keys()
        for n in range(len(keys)):
            self.mark((*table, *keys[: n + 1]))
        self.expect("=")
        self.skip(BLANK)
        self.value((*table, *keys))

    def keys(self) -> Path:
        """A dotted key."""
        keys: list[str] = []
        while True:
            self.skip(BLANK)
            found = BARE.match(self.text, self.at) or STRING.match(self.text, self.at)
            if found is None:
                raise _Stop
            keys.append(_unquoted(found[0]))
            if len(keys) > MOST_DEPTH:
                self.too_deep()
            self.at = found.end()
            self.skip(BLANK)
            if not self.take("."):
                return tuple(keys)

    def value(self, path: Path) -> None:
        if len(path) > MOST_DEPTH:
            self.too_deep()
        if self.take("["):
            self.entries(path)
        elif self.take("{"):
            self.table(path)
        elif found := STRING.match(self.text, self.at) or SCALAR.match(self.text, self.at):
            self.at = found.end()
        else:
            raise _Stop

    def entries(self, path: Path) -> None:
        """The rest of an array."""
        for k in self.until("]", SKIP):
            self.mark((*path, k))
            self.value((*path, k))

    def table(self, path: Path) -> None:
        """The rest of an inline table."""
        for _ in self.until("}", SKIP):  # since TOML 1.1 its entries may stand on several lines
            self.pair(path)

    def until(self, close: str, skip: re.Pattern[str]) -> Iterator[int]:
        """Positions of the entries, between which commas stand; a comma may stand after the last one."""
        self.skip(skip)
        k = 0
        while not self.take(close):
            yield k
            k += 1
            self.skip(skip)
            if not self.take(","):
                self.expect(close)
                return
            self.skip(skip)

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def take(self, sign: str) -> bool:
        taken = self.text.startswith(sign, self.at)
        self.at += len(sign) * taken
        return taken

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            raise _Stop

    def mark(self, path: Path) -> None:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        self.lines.setdefault(path, self.line)

    def too_deep(self) -> None:
        line = self.text.count("\n", 0, self.at) + 1
        raise SpecError(f"tables or arrays nested more than {MOST_DEPTH} deep", Place(self.name, line))
