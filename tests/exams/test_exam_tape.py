"""The numbers of many candidates: right to the last bits, and never further off than they say."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from exam_texts import quiz

from symbackprop.exams.draw import indices, words
from symbackprop.exams.functions import FUNCTIONS
from symbackprop.exams.separate import magnitude, separate, shown
from symbackprop.exams.variants import Maker, Stock
from symbackprop.numeric.exact import evaluate

POINTS = {
    name: np.concatenate([np.linspace(-20, 20, 401), np.linspace(-1, 1, 201), [0.0, 1e-9, -1e-9]]) for name in FUNCTIONS
}
for name in ("log", "log10", "sqrt"):
    POINTS[name] = np.concatenate([np.linspace(1e-6, 30, 500), 1 + np.linspace(-1e-3, 1e-3, 21)])
MP = {"sigmoid": lambda x: 1 / (1 + mpmath.exp(-x))}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_are_right_to_four_units_in_the_last_place(name: str) -> None:
    with mpmath.workdps(50):
        right = [MP.get(name, getattr(mpmath, name, None))(mpmath.mpf(float(x))) for x in POINTS[name]]
        found = FUNCTIONS[name].value(POINTS[name])
        for x, y, true in zip(POINTS[name], found, right, strict=True):
            assert abs(mpmath.mpf(float(y)) - true) <= 4 * 2.0**-53 * abs(true) + mpmath.mpf(10) ** -300, (x, y, true)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@pytest.mark.parametrize("e", [1e-9, 1e-4, 0.01])
def test_a_functions_error_is_a_bound(name: str, e: float) -> None:
    x = POINTS[name]
    f = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        bound = f.error(x, np.full_like(x, e))
        for moved in (x + e, x - e, x + e / 3):
            off = np.abs(f.value(moved) - f.value(x))
            known = np.isfinite(off)
            slack = 1e-13 * np.abs(f.value(x)) + 1e-15
            assert (off <= bound + slack)[known].all()


@pytest.fixture(scope="module")
def stock() -> Stock:
    return Maker(quiz(), "tape").stock(0)


def test_every_node_is_the_derivations_own_number(stock: Stock) -> None:
    """And off by no more than the machine's bound."""
    numbers = stock.numbers
    chosen, _ = indices(words("tape", range(5), len(numbers.grids.slots)), numbers.grids.sizes)
    values = numbers.tape.values(numbers.first, numbers.grids.leaves(chosen))
    off = numbers.tape.errors(numbers.first, values, None)
    for k in range(5):
        problem = stock.topology.problem.replace(values=stock.topology.values(numbers.grids.drawn(chosen[k])))
        right = evaluate(stock.topology.steps, problem.values, problem.training)
        for item in numbers.items:
            exact = right[item.wanted.form.op, item.wanted.form.name]
            for i in item.wanted.form.at:
                exact = exact[i.const]
            true = Fraction(str(exact)) if isinstance(exact, Fraction) else Fraction(*float(exact).as_integer_ratio())
            node = item.node
            assert abs(Fraction(float(values[node][k])) - true) <= Fraction(
                float(np.broadcast_to(off[node], 5)[k])
            ) + Fraction(1, 10**16)


def test_a_student_who_rounds_every_entry_stays_within_the_bound(stock: Stock) -> None:
    """Entries are rounded to the digits shown, at random up and down: the answer is never off by more."""
    numbers, tape = stock.numbers, stock.numbers.tape
    chosen, _ = indices(words("round", range(200), len(numbers.grids.slots)), numbers.grids.sizes)
    leaves = numbers.grids.leaves(chosen)
    values = tape.values(numbers.first, leaves)
    off = tape.errors(numbers.first, values, shown(4))
    random = np.random.default_rng(7)
    from symbackprop.exams.tape import VALUES

    for _ in range(5):
        out = dict(leaves)
        for k in numbers.first:
            op, *args = tape.nodes[k]
            if op == "leaf":
                continue
            out[k] = VALUES[op](out, args)
            if op == "entry":
                out[k] = out[k] + shown(4)(values[k]) * random.choice([-1, 1], 200)
        for key in numbers.keys:
            assert (np.abs(out[key] - values[key]) <= off[key] * (1 + 1e-9) + 1e-15).all()


def test_magnitude() -> None:
    assert list(magnitude(np.array([1.0, 9.99, 10.0, 0.1, 0.0999, -250.0]))) == [0, 0, 1, -1, -2, 2]


def test_a_tolerance_lies_between_rounding_and_the_nearest_mistake() -> None:
    values = np.array([[0.5, 0.5, 0.5], [0.6, 0.5004, 0.5]])
    errors = np.full((2, 3), 1e-5)
    found = separate(values, errors, errors[0], 5.0)
    assert list(found.apart) == [True, True, False]
    tolerance = found.tolerance * 10.0**found.power
    assert (tolerance[:2] >= errors[0, :2]).all()
    assert (2.5 * tolerance[:2] <= np.abs(values[1] - values[0])[:2]).all()
    assert (0.5 * 10.0**-found.decimals <= tolerance / 5 + 1e-18).all()
