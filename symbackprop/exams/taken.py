"""Which keys are taken: a set of marks of eight bytes each, so that ten million of them have room in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

SIZE = 8  # bytes of a mark
YOUNG = 65_536  # marks that are kept in a set before they are sorted


class Taken:
    """The youngest marks in a set, the others in sorted arrays, each more than twice as long as the next."""

    def __init__(self, marks: Iterable[bytes] = ()) -> None:
        self.young: set[bytes] = set()
        self.old: list[Any] = []
        for mark in marks:
            self.add(mark)

    def __contains__(self, mark: bytes) -> bool:
        return mark in self.young or any(_holds(some, mark) for some in self.old)

    def __len__(self) -> int:
        return len(self.young) + sum(map(len, self.old))

    def add(self, mark: bytes) -> None:
        if mark in self:
            return
        self.young.add(mark)
        if len(self.young) >= YOUNG:
            self._sort()

    def _sort(self) -> None:
        some = np.frombuffer(b"".join(self.young), ">u8").astype(np.uint64)
        while self.old and len(self.old[-1]) <= 2 * len(some):
            some = np.concatenate([self.old.pop(), some])
        self.old.append(np.sort(some))
        self.young = set()


def _holds(some: Any, mark: bytes) -> bool:
    word = np.uint64(int.from_bytes(mark, "big"))
    at = int(np.searchsorted(some, word))
    return at < len(some) and some[at] == word
