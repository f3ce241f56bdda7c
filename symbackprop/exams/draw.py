"""Candidates: numbers from the grids, by seed, variant and attempt; and which of them a student can compute with.

No unit is saturated, no comparison is near a tie: there a slope would be 0, or depend on a convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import product
from typing import Any

import numpy as np

from symbackprop.exams.plan import Slot, Topology, entry_of, shape_of
from symbackprop.exams.source import NAME, text_of
from symbackprop.exams.tape import Array, Tape
from symbackprop.form import hyper
from symbackprop.numeric.exact import leaves as entries_of
from symbackprop.numeric.schedule import float_power, numbers_of
from symbackprop.spec.numbers import Array as Exact

WORD = 4  # bytes
BLOCK = 32 // WORD


def words(seed: str, attempts: Iterable[int], count: int) -> Array:
    """32-bit words, a row for each attempt."""
    start = sha256(text_of(NAME, seed, "draw"))
    attempts, blocks = list(attempts), range(-(-count // BLOCK))
    out = []
    for attempt in attempts:
        for block in blocks:
            h = start.copy()
            h.update(b"%d/%d" % (attempt, block))
            out.append(h.digest())
    return np.frombuffer(b"".join(out), ">u4").reshape(len(attempts), len(blocks) * BLOCK)[:, :count].astype(np.int64)


def indices(some: Array, sizes: Array) -> tuple[Array, Array]:
    """Which value of its grid each word means; and whether all words of a row are within whole rounds of it."""
    within = some < 2**32 - 2**32 % sizes
    return some % sizes, within.all(axis=1)


class Grids:
    """The slots of a topology as tables of doubles."""

    def __init__(self, topology: Topology, tape: Tape) -> None:
        self.topology, self.slots = topology, topology.slots
        self.sizes = np.array([len(s.grid.values) for s in self.slots], np.int64)
        self.tables: list[tuple[int, list[tuple[int, Array]]]] = []
        for k, slot in enumerate(self.slots):
            self.tables.append((k, [
                (tape.leaf(entry), np.array([float(v) for v in column]))
                for entry, column in columns(slot)
            ]))  # fmt: skip
        self.constants = constants(topology, tape)

    @cached_property
    def known(self) -> frozenset[int]:
        """The leaves that have numbers."""
        return frozenset(self.constants) | {node for _, tables in self.tables for node, _ in tables}

    def leaves(self, chosen: Array) -> dict[int, Array]:
        """The number of each leaf, for every row of indices."""
        out: dict[int, Array] = {node: np.full(len(chosen), value) for node, value in self.constants.items()}
        for k, tables in self.tables:
            out |= {node: table[chosen[:, k]] for node, table in tables}
        return out

    def drawn(self, row: Sequence[int]) -> dict[Slot, Exact]:
        return {slot: slot.grid.values[k] for slot, k in zip(self.slots, row, strict=True)}


def columns(slot: Slot) -> list[tuple[Any, list[Fraction]]]:
    """Each entry of a slot with the value that it has for each index."""
    ats = list(product(*map(range, shape_of(slot.grid.values[0]))))
    rows = [list(entries_of(value)) for value in slot.grid.values]
    return [(entry_of(slot.name, (*slot.at, *at)), [row[k] for row in rows]) for k, at in enumerate(ats)]


def constants(topology: Topology, tape: Tape) -> dict[int, float]:
    """What does not change: the base's numbers, and those of the training."""
    out: dict[int, float] = {}
    for name, value in topology.fixed.items():
        ats = product(*map(range, shape_of(value)))
        out |= {tape.leaf(entry_of(name, at)): float(x) for at, x in zip(ats, entries_of(value), strict=True)}
    found = numbers_of(topology.problem.training, 0, lambda x, n: float_power(x, n))
    return out | {tape.leaf(hyper(name)): float(x) for name, x in found.items() if x is not None}


# ---- what a student can compute with ---------------------------------------------------------------------------------

#            function    its value lies between
LIMITS: Mapping[str, tuple[float, float]] = {
    "sigmoid": (0.05, 0.95),
    "tanh": (-0.95, 0.95),
    "softmax": (0.02, 0.98),
    "softsign": (-0.95, 0.95),
    "hard-sigmoid": (0.05, 0.95),
}
APART = 0.01  # the sides of a comparison
