"""QR codes of variant ids, as rows of bars: every paper format draws them with its own means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from symbackprop.errors import MissingExtra

MASK = 2  # any of the eight is read; weighing all of them takes longer than setting the paper


Bar = tuple[int, int, int]  # column, row from above, length


@lru_cache(4096)
def code(text: str) -> tuple[int, tuple[Bar, ...]]:
    """Modules a side, and the dark bars."""
    try:
        import segno
    except ImportError:
        raise MissingExtra("printing QR codes on papers", "exam") from None
    matrix = segno.make_qr(text, error="m", mask=MASK).matrix
    return len(matrix), tuple(bar for y, row in enumerate(matrix) for bar in bars(y, row))


def bars(y: int, row: Sequence[int]) -> Iterator[Bar]:
    """The dark runs of a row."""
    x = 0
    for dark, some in groupby(row):
        length = len(list(some))
        if dark:
            yield x, y, length
        x += length
