"""The kinds of questions: a table of functions that make a question of one topology into a sheet."""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.exams.case import Case, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.questions import (
    chain_rule,
    faded,
    find_mistake,
    missing_factor,
    numbers,
    order,
    perturb,
    shape,
)

Make = Callable[[Case, Asked, str], Sheet]

KINDS: dict[str, Make] = {
    "value": numbers.value,
    "error": numbers.error,
    "partial": numbers.partial,
    "delta": numbers.delta,
    "update": numbers.update,
    "shape": shape.sheet,
    "chain-rule": chain_rule.sheet,
    "missing-factor": missing_factor.sheet,
    "order": order.sheet,
    "find-mistake": find_mistake.sheet,
    "perturb": perturb.sheet,
    "faded": faded.sheet,
}
