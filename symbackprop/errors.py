"""What can go wrong with what somebody gave us: every error says where it is and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self


@dataclass(frozen=True)
class Place:
    """A point in what was given: examples/mazur.toml:8: network.layers[0].activation."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        point = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ": ".join(part for part in (point, self.key) if part)


NOWHERE = Place()


class Fault(NamedTuple):
    """One thing that is wrong, and where; printed as one line, and below it the equation with its caret, if any."""

    place: Place
    message: str

    def __str__(self) -> str:
        told, *shown = self.message.split("\n")
        if len(shown) != 2 or shown[1].strip(" ") != "^" or not all(row.startswith("    ") for row in shown):
            told, shown = self.message, []
        return "\n".join(map(one_line, (": ".join(part for part in (str(self.place), told) if part), *shown)))


class SymbackpropError(Exception):
    """The root of every error that symbackprop raises on purpose."""

    faults: tuple[Fault, ...]

    def __init__(self, message: str, place: Place = NOWHERE) -> None:
        super().__init__(message, place)  # both are kept in `args`, so that the error survives a trip between processes
        self.faults = (Fault(place, message),)

    @property
    def place(self) -> Place:
        return self.faults[0].place

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class SpecError(SymbackpropError):
    """A specification that cannot be used; it tells all its faults at once."""

    @classmethod
    def of(cls, faults: Iterable[tuple[Place, str]]) -> Self:
        """One error for many faults, of which there is at least one."""
        found = tuple(Fault(place, message) for place, message in faults)
        error = cls(found[0].message, found[0].place)
        error.faults = found
        return error


class ReadError(SymbackpropError):
    """Mathematical text, or a file of numbers, that cannot be read."""


class ShapeError(SymbackpropError):
    """Arrays whose sizes do not fit together."""


class DerivationError(SymbackpropError):
    """A step on which the walk and SymPy do not agree, or that cannot be derived."""


class TemplateFault(SymbackpropError):
    """A template that is missing or broken."""


class OutputError(SymbackpropError):
    """A result that cannot be written."""


class MissingExtra(SymbackpropError):
    """Something was asked for that needs an optional dependency."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra {extra!r}: pip install 'symbackprop[{extra}]'")
        self.args = (what, extra)


def one_line(text: str) -> str:
    """The text with what does not print spelled out (\\n, \\x1b), so that no input gives orders to a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
