"""Rows, no logic: what a textbook prints about each activation, loss, notation."""

from __future__ import annotations

from typing import Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=Named)


def table(*rows: Row) -> dict[str, Row]:
    """Rows by name; a name that comes twice is a slip in the table."""
    out = {row.name: row for row in rows}
    assert len(out) == len(rows), "a name comes twice"
    return out
