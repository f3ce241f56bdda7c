"""Quantities in columns by their depth, each column in an order that lets few edges cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

SWEEPS = 12

Cell = tuple[str, int]  # a quantity in a column; in a later column than its own it only passes


@dataclass(frozen=True)
class Columns:
    """The order of the cells in each column, and which cells of neighbouring columns are joined."""

    cells: tuple[tuple[Cell, ...], ...]
    links: tuple[tuple[Cell, Cell], ...]
    depth: Mapping[str, int]

    @cached_property
    def crossings(self) -> int:
        row = {cell: k for column in self.cells for k, cell in enumerate(column)}
        ends = [(a[1], row[a], row[b]) for a, b in self.links]
        return sum((a - c) * (b - d) < 0 for k, (i, a, b) in enumerate(ends) for j, c, d in ends[:k] if i == j)

    def swept(self, forwards: bool) -> Columns:
        """Each column ordered by the middle of the cells that it is joined to in the column before, or after."""
        row = {cell: float(k) for column in self.cells for k, cell in enumerate(column)}
        beside: dict[Cell, list[Cell]] = {}
        for a, b in self.links:
            beside.setdefault(b if forwards else a, []).append(a if forwards else b)
        out = []
        for column in self.cells if forwards else reversed(self.cells):
            middle = {c: sum(row[x] for x in beside[c]) / len(beside[c]) if c in beside else row[c] for c in column}
            column = tuple(sorted(column, key=lambda c: middle[c]))
            row |= {c: float(k) for k, c in enumerate(column)}
            out.append(column)
        return replace(self, cells=tuple(out if forwards else reversed(out)))


def columns(uses: Mapping[str, Sequence[str]], names: Sequence[str]) -> Columns:
    """Quantities by depth: one more than the deepest that it uses; a leaf stands right before its first user."""
    depth: dict[str, int] = {}
    for name in names:
        if name in uses:
            depth[name] = 1 + max((depth.get(u, 0) for u in uses[name]), default=0)
    for name in names:
        if name not in uses:
            depth[name] = min(depth[d] for d in uses if name in uses[d]) - 1
    links: dict[tuple[Cell, Cell], None] = {}
    for d in uses:
        for u in uses[d]:
            way = [(u, k) for k in range(depth[u], depth[d])]
            links.update(dict.fromkeys(pairwise([*way, (d, depth[d])])))
    cells = dict.fromkeys([(name, depth[name]) for name in names] + [c for link in links for c in link])
    by_column = tuple(tuple(c for c in cells if c[1] == k) for k in range(max(depth.values()) + 1))
    best = now = Columns(by_column, tuple(links), depth)
    for k in range(SWEEPS):
        now = now.swept(forwards=k % 2 == 0)
        best = min(best, now, key=lambda x: x.crossings)
    return best
