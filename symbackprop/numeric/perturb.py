"""What happens to the error when one number moves: predicted by the slope, ∂E/∂w · h, and as it is, E(w + h) − E(w)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from symbackprop.derivation.steps import Steps
from symbackprop.form import Form, add, mul, neg, num, ref
from symbackprop.numeric.curvature import at
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.exact import Nested, evaluate, leaf
from symbackprop.numeric.field import BITS, Undecided, Value, field

STEPS = tuple(Fraction(sign, 10**k) for k in range(1, 9) for sign in (1, -1))
ENOUGH = 2 * BITS  # two errors 1e-8 apart share digits, and what the slope leaves over has shared them twice
REACH, POINTS = Fraction(1), 20  # the curve: so far to each side, by so many points


class Move(NamedTuple):
    """One step: what the slope predicts, what happens, and the rest; nothing happens where E has no value."""

    step: Fraction
    predicted: Value
    actual: Value | None
    rest: Value | None


class Perturbation(NamedTuple):
    entry: Form
    value: Fraction
    error: Value
    slope: Value
    moves: tuple[Move, ...]
    curve: tuple[tuple[Fraction, Value | None], ...]  # w + h, E(w + h)


def perturbation(steps: Steps, values: Mapping[str, Any], entry: Form) -> Perturbation:
    """Of an entry of a leaf, its indices numbers.  Raises Undecided where the error itself has no value."""
    array = leaf(steps, values, entry.name, 0)
    value = at(array, entry)
    numbers = field(ENOUGH)

    def errors(by: Fraction) -> Value | None:
        try:
            return results(by)["ref", steps.graph.error]
        except Undecided:
            return None

    def results(by: Fraction) -> Mapping[Any, Nested]:
        place = tuple(i.const for i in entry.at)
        return evaluate(steps, {**values, entry.name: shifted(array, place, by)}, numbers=numbers)

    def difference(x: Value, y: Value) -> Value:
        given = {ref("x"): x, ref("y"): y}
        return value_of(add(ref("x"), neg(ref("y"))), given.__getitem__, numbers)

    start = results(Fraction(0))
    error, slope = start["ref", steps.graph.error], at(start["adjoint", entry.name], entry)
    moves = []
    for h in STEPS:
        predicted = value_of(mul(num(h), ref("slope")), lambda _: slope, numbers)
        there = errors(h)
        actual = None if there is None else difference(there, error)
        moves.append(Move(h, predicted, actual, None if actual is None else difference(actual, predicted)))
    curve = tuple((value + h, errors(h)) for h in (REACH * k / POINTS for k in range(-POINTS, POINTS + 1)))
    return Perturbation(entry, value, error, slope, tuple(moves), curve)


def shifted(array: Nested, at: tuple[int, ...], by: Fraction) -> Nested:
    """The array with one entry moved."""
    if not at:
        return array + by
    return tuple(shifted(x, at[1:], by) if k == at[0] else x for k, x in enumerate(array))
