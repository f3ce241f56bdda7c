"""Where given numbers lie exactly on a kink: the entries whose slope is a convention there.

A comparison of equal numbers is decided both ways; where some factor differs between the two, the definition has no
derivative at that point.  So a change of branch that leaves the slope alone (huber, elu) is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import product

from symbackprop.derivation.steps import Steps
from symbackprop.derivation.walk import Part, parts
from symbackprop.form import Form, Index, add, walk
from symbackprop.graph import Definition
from symbackprop.numeric.entry import Lookup, value_of
from symbackprop.numeric.field import Field, Value

MOST_ENTRIES = 4096  # of one quantity: beyond, the first of them are looked at


def kinks(steps: Steps, lookup: Lookup, field: Field) -> tuple[Form, ...]:
    """The entries that sit on a kink, as refs with numbers for indices."""
    found = (entry for d in steps.graph.definitions if d.name in steps.graph.live for entry in _of(d, lookup, field))
    return tuple(found)


def _of(d: Definition, lookup: Lookup, field: Field) -> Iterator[Form]:
    if d.body.op == "along":
        return
    branching = [p for p in parts(d.body, d.left) if any(f.op == "cases" for f in walk(p.chain.form))]
    if not branching:
        return
    for k, at in enumerate(product(*(range(int(a.size)) for a in d.axes))):
        if k == MOST_ENTRIES:
            return
        given = dict(zip((a.var for a in d.axes), map(Index, at), strict=True))
        if any(_differs(p, given, lookup, field) for p in _groups(branching)):
            yield d.left.where(given)


def _groups(found: list[Part]) -> list[list[Part]]:
    """The occurrences of each place: their factors are added up before they are compared."""
    out: dict[tuple[object, ...], list[Part]] = {}
    for p in found:
        out.setdefault((p.name, p.at, p.bound), []).append(p)
    return list(out.values())


def _differs(group: list[Part], given: dict[str, Index], lookup: Lookup, field: Field) -> bool:
    bound = group[0].bound
    for at in product(*(range(int(a.size)) for a in bound)):
        where = given | dict(zip((a.var for a in bound), map(Index, at), strict=True))
        tied, low, high = False, None, None
        for decided in (False, True):
            fielded = _Deciding(field, decided)
            factor = add(*(p.chain.form.where(where) for p in group))
            total = value_of(factor, lookup, fielded.field)
            tied = tied or fielded.tied
            low, high = (total, high) if not decided else (low, total)
        if tied and low != high:
            return True
    return False


class _Deciding:
    """A field in which a comparison of equal numbers is decided beforehand."""

    def __init__(self, field: Field, decided: bool) -> None:
        self.tied = False
        plain = field.functions["compare"]

        def compare(x: Value, rel: str, y: Value) -> bool:
            if x == y:
                self.tied = True
                return decided
            return bool(plain(x, rel, y))

        self.field = copy(field)
        self.field.functions = {**field.functions, "compare": compare}
