"""QR codes of variant ids, as rows of bars: every paper format draws them with its own means."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from symbackprop.errors import MissingExtra

MASK = 2  # any of the eight is read; weighing all of them takes longer than setting the paper


Bar = tuple[int, int, int]  # column, row from above, length


@lru_cache(4096)
def code(text: str) -> tuple[int, tuple[Bar, ...]]:
    """Modules a side, and the dark bars."""
    matrix = _made(text).matrix
    return len(matrix), tuple(bar for y, row in enumerate(matrix) for bar in bars(y, row))


def png(text: str) -> bytes:
    out = io.BytesIO()
    _made(text).save(out, kind="png", scale=8, border=0)
    return out.getvalue()


def _made(text: str) -> Any:
    try:
        import segno
    except ImportError:
        raise MissingExtra("printing QR codes on papers", "exam") from None
    return segno.make_qr(text, error="m", mask=MASK)


def bars(y: int, row: Sequence[int]) -> Iterator[Bar]:
    """The dark runs of a row."""
    x = 0
    for dark, some in groupby(row):
        length = len(list(some))
        if dark:
            yield x, y, length
        x += length
