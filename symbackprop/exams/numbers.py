"""The numbers of many candidates at once, and which candidates may be handed out as far as numbers go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from symbackprop.exams.draw import APART, LIMITS, Grids, indices, words
from symbackprop.exams.model import UPDATED
from symbackprop.exams.outcomes import Item, Wanted, Wrong, items
from symbackprop.exams.plan import entry_of
from symbackprop.exams.separate import APART as FAR
from symbackprop.exams.separate import OWN, Separation, decimals_shown, half_of, separate, shown
from symbackprop.exams.tape import Array, Scope, Tape
from symbackprop.form import Form

SAMPLE = 64  # candidates on which it is seen which mistakes always give the same
ALIKE, NOISE = 1e-9, 1e-3  # of their size; where that is 0 but for noise, of what it mostly is


def _kept(some: dict[int, Array], good: Array) -> dict[int, Array]:
    """The candidates of a mask or of places; what is one number for all stays."""
    return {k: x[good] if np.ndim(x) else x for k, x in some.items()}


@dataclass(frozen=True)
class Found:
    """The candidates of a block that passed, by their places in it."""

    places: Array
    values: dict[int, Array]  # of every node that is wanted
    parts: tuple[Separation, ...]
    failed: Counter[str]
    near: Counter[int]  # of those that failed as too near, how many at which item


class Numbers:
    """What is asked of one topology, ready to be run."""

    def __init__(
        self, scope: Scope, grids: Grids, wanted: Sequence[Wanted], shown_too: Sequence[int], digits: int, most: float
    ) -> None:
        self.topology, self.scope, self.tape, self.grids = grids.topology, scope, scope.tape, grids
        self.digits, self.entry_off, self.most = digits, shown(digits), most
        self.update_off = half_of(digits + UPDATED)
        self.zeros: Counter[int] = Counter()  # how often which key was 0
        self.said: dict[tuple[Form, int], str] = {}  # numbers that are the same in all variants, as they are printed
        self.items = items(self.scope, wanted, grids.known)
        self.bounded = self._bounded()
        self.keys = [i.node for i in self.items]
        self.shown = list(shown_too)
        self.first = self.tape.needed([*self.keys, *(k for k, *_ in self.bounded)])
        self.compared = [k for k in self.first if self.tape.nodes[k][0] == "compare"]
        self.items = merged(self.tape, grids, self.items)
        known = set(self.first)
        wanted_too = [*self.shown, *(w.node for i in self.items for w in i.wrong)]
        self.rest = [k for k in self.tape.needed(wanted_too) if k not in known]

    # ---- limits --------------------------------------------------------------------------------------------------

    def _bounded(self) -> list[tuple[int, float, float]]:
        """The nodes that must lie between two numbers."""
        graph = self.topology.steps.graph
        out: dict[int, tuple[float, float]] = {}
        for d in graph.definitions:
            if d.activation is not None and d.activation in LIMITS and d.name in graph.live:
                for at in product(*(range(int(n)) for n in graph.full_shape(d.name))):
                    out[self.scope.entry(entry_of(d.name, at))] = LIMITS[d.activation]
        for k, node in enumerate(self.tape.nodes):
            if node[0] == "fn" and node[1] in LIMITS:
                out.setdefault(k, LIMITS[node[1]])
        return [(k, low, high) for k, (low, high) in out.items()]

    # ---- a block -------------------------------------------------------------------------------------------------

    def run(self, chosen: Array, fits: Array) -> Found:
        """The candidates that pass, of rows of indices; `fits` says which rows count at all.

        What fails soonest and costs least is looked at first; errors of mistakes, which cost most, last.
        """
        failed: Counter[str] = Counter()
        near: Counter[int] = Counter()
        places = np.flatnonzero(fits)
        failed["redrawn"] += len(chosen) - len(places)
        values = self.tape.values(self.first, self.grids.leaves(chosen[places]))
        good = self._computable(values, len(places), failed)
        places, values = places[good], _kept(values, good)
        off = self.tape.errors(self.first, values, self.entry_off)
        good = self._off_kinks(values, off, failed)
        places, values, off = places[good], _kept(values, good), _kept(off, good)
        values |= self.tape.values(self.rest, values)
        good = self._far(values, off, len(places), near)
        places, values, off = places[good], _kept(values, good), _kept(off, good)
        off = self.tape.errors(self.rest, values, self.entry_off, off)
        good = np.ones(len(places), bool)
        parts = []
        for number, item in enumerate(self.items):
            nodes = [item.node, *(w.node for w in item.wrong)]
            rows, errors = self._rows(values, nodes, len(places)), self._errors(off, nodes, len(places))
            errors += self.answered(item, rows)
            part = separate(rows, errors, OWN * errors[0], self.most, self.decimals(item, rows[0]))
            near[number] += int((good & ~part.apart).sum())
            good &= part.apart
            parts.append(part)
        failed["apart"] = near.total()
        kept = {*self.keys, *self.shown, *(w.node for i in self.items for w in i.wrong)}
        some = tuple(Separation(*(x[good] for x in part)) for part in parts)
        passed = {k: np.broadcast_to(values[k], len(places))[good] for k in kept}
        return Found(places[good], passed, some, failed, near)

    def _rows(self, values: dict[int, Array], nodes: Sequence[int], count: int) -> Array:
        out = np.empty((len(nodes), count))
        for row, k in zip(out, nodes, strict=True):
            row[:] = values[k]
        return out

    def _errors(self, off: dict[int, Array], nodes: Sequence[int], count: int) -> Array:
        return self._rows(off, [self.inside(k) for k in nodes], count)

    def _far(self, values: dict[int, Array], off: dict[int, Array], count: int, near: Counter[int]) -> Array:
        """Whether the outcomes leave room for what rounding the key amounts to; most of them first."""
        good = np.arange(count)
        for number, item in sorted(enumerate(self.items), key=lambda each: -len(each[1].wrong)):
            nodes = [item.node, *(w.node for w in item.wrong)]
            lines = np.empty((len(good), len(nodes)))
            for k, node in enumerate(nodes):
                lines[:, k] = values[node][good] if np.ndim(values[node]) else values[node]
            errors = np.broadcast_to(off[self.inside(item.node)], count)[good]
            honest = OWN * (errors + self.answered(item, lines[:, 0]))
            lines.sort(axis=1)
            with np.errstate(all="ignore"):
                nearest = (lines[:, 1:] - lines[:, :-1]).min(axis=1) if len(nodes) > 1 else np.full(len(good), np.inf)
                far = np.isfinite(lines[:, -1]) & np.isfinite(lines[:, 0]) & (nearest > FAR * honest)
            near[number] += int((~far).sum())
            good = good[far]
        return good

    def answered(self, item: Item, values: Array) -> Array:
        """How far an answer itself is rounded off: as on the way, a parameter after an update less."""
        return self.update_off if item.wanted.form.op == "updated" else self.entry_off(values)

    def decimals(self, item: Item, keys: Array) -> Array:
        """The decimals that an answer is asked with."""
        return self.digits + UPDATED if item.wanted.form.op == "updated" else decimals_shown(self.digits, keys)

    def inside(self, k: int) -> int:
        """What an entry is computed as, before it is rounded."""
        node = self.tape.nodes[k]
        return node[1] if node[0] == "entry" else k

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
            failed["zero"] += (count_of := int((good & ~there).sum()))
            self.zeros[k] += count_of
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


def sampled(tape: Tape, grids: Grids, nodes: Iterable[int]) -> dict[int, Array]:
    """The values of nodes for some candidates, always the same ones."""
    rows, _ = indices(words("merge", range(SAMPLE), len(grids.slots)), grids.sizes)
    return tape.values(tape.needed(nodes), grids.leaves(rows))


# ---- mistakes that are one -------------------------------------------------------------------------------------------


def merged(tape: Tape, grids: Grids, some: Sequence[Item]) -> tuple[Item, ...]:
    """Each item with outcomes that are not always the key, nor always one another: seen on some candidates."""
    values = sampled(tape, grids, [k for i in some for k in (i.node, *(w.node for w in i.wrong))])

    def alike(a: int, b: int, key: int) -> bool:
        x, y, size = np.broadcast_arrays(values[a], values[b], np.abs(values[key]))
        known = np.isfinite(x) & np.isfinite(y) & np.isfinite(size)
        sizes = (np.abs(x) + np.abs(y) + size)[known]
        return bool(np.all(np.abs(x - y)[known] <= ALIKE * np.maximum(sizes, NOISE * sizes.max(initial=0.0))))

    return tuple(replace(item, wrong=tuple(_apart(item, alike))) for item in some)


def _apart(item: Item, alike: Callable[[int, int, int], bool]) -> list[Wrong]:
    kept: list[Wrong] = []
    for w in item.wrong:
        if alike(w.node, item.node, item.node):
            continue
        same = next((k for k, other in enumerate(kept) if alike(w.node, other.node, item.node)), None)
        if same is None:
            kept.append(w)
        elif w.mistake not in kept[same].names:
            kept[same] = replace(kept[same], also=(*kept[same].also, (w.mistake, w.at), *w.also))
    return kept
