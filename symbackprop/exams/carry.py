"""What follows rightly from a student's own earlier answers: the derivation again, with those put in for its entries.

    Own(problem).value("/adjoints/W1/0/0", {"/adjoints/z2/0": 0.2})

An entry that has an answer is a leaf: what leads to it no longer counts, what builds on it does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symbackprop.errors import DerivationError
from symbackprop.exams.draw import constants
from symbackprop.exams.plan import Topology
from symbackprop.exams.tape import Scope, Tape
from symbackprop.form import Form
from symbackprop.numeric.pointer import quantity
from symbackprop.spec.problem import Problem


class Own:
    """The derivation of one variant."""

    def __init__(self, problem: Problem) -> None:
        self.topology = Topology(problem, ())

    def entry(self, pointer: str) -> Form:
        return quantity(pointer, self.topology.problem.error)[0]

    def value(self, pointer: str, answers: Mapping[str, float]) -> float | None:
        """The entry's value where others have the values that were answered; nothing where none comes out."""
        scope = Scope(Tape(), self.topology.steps)
        own = {}
        for place, answer in answers.items():
            entry = self.entry(place)
            own[scope.tape.leaf(entry)] = answer
            scope.entries[entry] = scope.tape.leaf(entry)
        try:
            node = scope.node(self.entry(pointer))
            with np.errstate(all="ignore"):
                found = float(scope.tape.from_there(node, {**constants(self.topology, scope.tape), **own}))
        except (DerivationError, OverflowError):
            return None
        return found if np.isfinite(found) else None
