"""How far long work has come, on standard error: on a terminal only, and only where a command asked for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Track = Callable[[Iterable[object], str, int], Iterator[object]]

_track: ContextVar[Track | None] = ContextVar("progress", default=None)


def counted(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """The items one by one; while `shown` holds, a bar says how many of them are done."""
    track = _track.get()
    return iter(items) if track is None else track(items, what, total)  # type: ignore[return-value]


@contextmanager
def shown() -> Iterator[None]:
    """Bars appear while this holds, if standard error is a terminal, and are gone afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # here, since nobody else waits for it
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        token = _track.set(lambda items, what, total: iter(bars.track(items, total=total, description=what)))
        try:
            yield
        finally:
            _track.reset(token)
