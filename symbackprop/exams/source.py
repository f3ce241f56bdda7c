"""Numbers drawn from a seed: SHA-256 of the seed, a path and a counter, so that a seed means the same for ever.

    Source("7", "v00001", "draw").below(6)

No state is shared: what is drawn at one path does not depend on what is drawn at another, nor on the order of drawing,
the machine, or the version of Python or NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

NAME = "symbackprop/exam/1"  # whatever changes the numbers changes this
BYTES = 8  # of one word
WORDS = 2 ** (8 * BYTES)

T = TypeVar("T")


def text_of(*path: str | int) -> bytes:
    """The path as bytes; the length of each part before it, so that no two paths are alike."""
    parts = [str(part).encode() for part in path]
    return b"".join(b"%d:%s" % (len(part), part) for part in parts)


def digest(*path: str | int) -> bytes:
    """32 bytes for a path."""
    return sha256(text_of(NAME, *path)).digest()


class Source:
    """Words of 64 bits at one path, one after the other."""

    def __init__(self, *path: str | int) -> None:
        self.path = path
        self.words = self._words()

    def _words(self) -> Iterator[int]:
        counter = 0
        while True:
            block = digest(*self.path, counter)
            yield from (int.from_bytes(block[k : k + BYTES], "big") for k in range(0, len(block), BYTES))
            counter += 1

    def below(self, n: int) -> int:
        """0 … n − 1, each as likely: words beyond the last whole round of n are passed over."""
        most = WORDS - WORDS % n
        return next(word for word in self.words if word < most) % n

    def choice(self, some: Sequence[T]) -> T:
        return some[self.below(len(some))]

    def shuffled(self, some: Sequence[T]) -> list[T]:
        """In any order, each as likely (Fisher and Yates)."""
        out = list(some)
        for k in range(len(out) - 1, 0, -1):
            j = self.below(k + 1)
            out[k], out[j] = out[j], out[k]
        return out


def in_turn(n: int, k: int, *path: str | int) -> int:
    """The k-th of a row of numbers below n in which each round of n has every number once."""
    return Source(*path, k // n).shuffled(range(n))[k % n]
