"""How hard a variant is: one score of the operations, the digits, the orders of magnitude and the paths.

    score = operations + digits + 2 · orders + 4 · paths

operations   that lead to the keys, each computed once
digits       of the numbers that are given
orders       of magnitude that the keys lie away from 1, together
paths        by which what is asked acts on the error, together
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from symbackprop.exams.case import Case
from symbackprop.exams.draw import constants
from symbackprop.exams.numbers import Numbers
from symbackprop.exams.outcomes import Wanted
from symbackprop.exams.separate import magnitude
from symbackprop.exams.tape import Array
from symbackprop.form import Form
from symbackprop.numeric.exact import leaves
from symbackprop.numeric.rounding import decimals

PER_ORDER, PER_PATH = 2.0, 4.0
FREE = frozenset({"leaf", "num", "entry", "compare", "pick"})


def digits_of(value: Any) -> int:
    """The digits that are written of a number, or of a row."""
    return sum(max(1, len(str(abs(x) * 10 ** (decimals(x) or 0)))) if x else 1 for x in leaves(value))


def ways(case: Case, forms: Iterable[Form]) -> int:
    """In how many ways some quantities act on the error, together."""
    known: dict[Form, int] = {}

    def count(entry: Form) -> int:
        if entry not in known:
            back = [f for f in case.below(entry) if f.op in ("adjoint", "flow", "updated")]
            known[entry] = sum(map(count, back)) or 1
        return known[entry]

    return sum(map(count, forms))


class Difficulty:
    """The scores of one topology's candidates."""

    def __init__(self, case: Case, numbers: Numbers, wanted: Iterable[Wanted]) -> None:
        tape = numbers.tape
        self.numbers = numbers
        self.operations = sum(
            len(tape.nodes[k]) - 2 or 1 for k in tape.needed(numbers.keys) if tape.nodes[k][0] not in FREE
        )
        self.paths = ways(case, [w.form for w in wanted])
        drawn = {s.name for s in numbers.grids.slots}
        self.tables = [np.array([digits_of(v) for v in s.grid.values]) for s in numbers.grids.slots]
        fixed = {n: v for n, v in numbers.topology.fixed.items() if n in numbers.topology.steps.graph.leaves}
        self.given = sum(digits_of(v) for n, v in fixed.items() if n not in drawn)
        self.in_full = sum(map(digits_of, fixed.values()))

    def digits(self, chosen: Array) -> Array:
        total = np.full(len(chosen), self.given)
        for k, table in enumerate(self.tables):
            total = total + table[chosen[:, k]]
        return total

    def orders(self, keys: Iterable[Array]) -> Array:
        return sum(np.abs(magnitude(x) + 1) for x in keys)

    def score(self, digits: Array, orders: Array) -> Array:
        return self.operations + digits + PER_ORDER * orders + PER_PATH * self.paths

    def of_base(self) -> float:
        """The score of the numbers that the base has."""
        tape = self.numbers.tape
        given = {k: np.array([x]) for k, x in constants(self.numbers.topology, tape).items()}
        values = tape.values(tape.needed(self.numbers.keys), given)
        orders = self.orders([np.broadcast_to(values[k], 1) for k in self.numbers.keys])
        return float(self.score(np.array([self.in_full]), orders)[0])
