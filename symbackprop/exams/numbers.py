"""The numbers of many candidates at once, and which candidates may be handed out as far as numbers go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from symbackprop.exams.draw import APART, LIMITS, Grids, indices, words
from symbackprop.exams.outcomes import Item, Wanted, Wrong, items
from symbackprop.exams.plan import Topology, entry_of
from symbackprop.exams.separate import Separation, separate, shown
from symbackprop.exams.tape import Array, Scope, Tape
from symbackprop.form import Form

SAMPLE = 64  # candidates on which it is seen which mistakes always give the same
ALIKE = 1e-9


@dataclass(frozen=True)
class Found:
    """The candidates of a block that passed, by their places in it."""

    places: Array
    values: dict[int, Array]  # of every node that is wanted
    machine: Array  # how far each key can be off, a row for each item
    parts: tuple[Separation, ...]
    failed: Counter[str]


class Numbers:
    """What is asked of one topology, ready to be run."""

    def __init__(
        self, topology: Topology, wanted: Sequence[Wanted], shows: Sequence[Form], digits: int, most: float
    ) -> None:
        self.topology, self.tape = topology, Tape()
        self.scope = Scope(self.tape, topology.steps)
        self.entry_off, self.most = shown(digits), most
        self.items = items(self.tape, self.scope, wanted)
        self.bounded = self._bounded()
        self.grids = Grids(topology, self.tape)
        self.keys = [i.node for i in self.items]
        self.shown = [self.scope.node(f) for f in shows]
        self.first = self.tape.needed([*self.keys, *self.shown, *(k for k, *_ in self.bounded)])
        self.compared = [k for k in self.first if self.tape.nodes[k][0] == "compare"]
        self.items = tuple(self._merged(self._sample()))
        self.order = self.tape.needed([*self.first, *(w.node for i in self.items for w in i.wrong)])

    # ---- limits --------------------------------------------------------------------------------------------------

    def _bounded(self) -> list[tuple[int, float, float]]:
        """The nodes that must lie between two numbers."""
        graph = self.topology.steps.graph
        out: dict[int, tuple[float, float]] = {}
        for d in graph.definitions:
            if d.activation in LIMITS and d.name in graph.live:
                for at in product(*(range(int(n)) for n in graph.full_shape(d.name))):
                    out[self.scope.entry(entry_of(d.name, at))] = LIMITS[d.activation]
        for k, node in enumerate(self.tape.nodes):
            if node[0] == "fn" and node[1] in LIMITS:
                out.setdefault(k, LIMITS[node[1]])
        return [(k, low, high) for k, (low, high) in out.items()]

    # ---- mistakes that are one -----------------------------------------------------------------------------------

    def _sample(self) -> dict[int, Array]:
        rows, _ = indices(words("merge", range(SAMPLE), len(self.grids.slots)), self.grids.sizes)
        order = self.tape.needed([*self.keys, *(w.node for i in self.items for w in i.wrong)])
        return self.tape.values(order, self.grids.leaves(rows))

    def _merged(self, values: dict[int, Array]) -> list[Item]:
        """Each item with outcomes that are never the key, and never one another."""

        def alike(a: int, b: int) -> bool:
            x, y = np.broadcast_arrays(values[a], values[b])
            known = np.isfinite(x) & np.isfinite(y)
            return bool(np.all(np.abs(x - y)[known] <= ALIKE * (np.abs(x) + np.abs(y))[known]))

        out = []
        for item in self.items:
            kept: list[Wrong] = []
            for w in item.wrong:
                if alike(w.node, item.node):
                    continue
                same = next((k for k, other in enumerate(kept) if alike(w.node, other.node)), None)
                if same is None:
                    kept.append(w)
                elif w.mistake not in kept[same].names:
                    kept[same] = replace(kept[same], also=(*kept[same].also, (w.mistake, w.at), *w.also))
            out.append(replace(item, wrong=tuple(kept)))
        return out

    # ---- a block -------------------------------------------------------------------------------------------------

    def run(self, chosen: Array, fits: Array) -> Found:
        """The candidates that pass, of rows of indices; `fits` says which rows count at all."""
        failed: Counter[str] = Counter()
        places = np.flatnonzero(fits)
        failed["redrawn"] += len(chosen) - len(places)
        leaves = self.grids.leaves(chosen[places])
        values = self.tape.values(self.first, leaves)
        good = self._computable(values, len(places), failed)
        places = places[good]
        leaves = self.grids.leaves(chosen[places])
        values = {k: np.broadcast_to(x, len(places)) for k, x in self.tape.values(self.order, leaves).items()}
        off = self.tape.errors(self.order, values, self.entry_off)
        good = self._off_kinks(values, off, failed)
        parts = []
        for item in self.items:
            nodes = [item.node, *(w.node for w in item.wrong)]
            rows = np.stack([values[k] for k in nodes])
            errors = np.stack([np.broadcast_to(off[k], len(places)) for k in nodes])
            known = np.isfinite(rows).all(axis=0)
            part = separate(np.where(known, rows, 0.0), errors, self.most)
            failed["together"] += int((good & ~(part.apart & known)).sum())
            good = good & part.apart & known
            parts.append(part)
        kept = {k: values[k][good] for k in {*self.keys, *self.shown, *(w.node for i in self.items for w in i.wrong)}}
        machine = self.tape.errors(self.first, values, None)
        bounds = np.stack([np.broadcast_to(machine[k], len(places))[good] for k in self.keys])
        some = tuple(Separation(*(x[good] for x in part)) for part in parts)
        return Found(places[good], kept, bounds, some, failed)

    def _computable(self, values: dict[int, Array], count: int, failed: Counter[str]) -> Array:
        good = np.ones(count, bool)
        for k, low, high in self.bounded:
            inside = (values[k] >= low) & (values[k] <= high)
            failed["saturated"] += int((good & ~inside).sum())
            good &= inside
        for k in self.compared:
            _, x, _, y = self.tape.nodes[k]
            apart = np.abs(values[x] - values[y]) >= APART
            failed["kink"] += int((good & ~apart).sum())
            good &= apart
        for k in self.keys:
            there = np.isfinite(values[k]) & (values[k] != 0)
            failed["zero"] += int((good & ~there).sum())
            good &= there
        return good

    def _off_kinks(self, values: dict[int, Array], off: dict[int, Array], failed: Counter[str]) -> Array:
        """Whether rounding leaves each comparison as it is."""
        good = np.ones(len(next(iter(values.values()))), bool)
        for k in self.compared:
            _, x, _, y = self.tape.nodes[k]
            apart = np.abs(values[x] - values[y]) > off[x] + off[y]
            failed["kink"] += int((good & ~apart).sum())
            good &= apart
        return good


