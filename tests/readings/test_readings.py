"""The three readings of a step are one thing: equal for random networks, exactly, functions as free symbols."""

from __future__ import annotations

import operator
import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from layer_cases import CASES, problem_of
from networks import problems
from small_networks import small_network

from symbackprop.derivation import Step, Steps, steps_of
from symbackprop.form import Form, walk
from symbackprop.readings import index, matrix, unit
from symbackprop.spec import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.optimizers import OPTIMIZERS


class World:
    """Random rational values for everything that is not derived: entries, and the values of functions."""

    def __init__(self, seed: int) -> None:
        self.draw, self.known = random.Random(seed), dict[object, Fraction]()

    def value(self, key: object) -> Fraction:
        if key not in self.known:
            self.known[key] = Fraction(self.draw.randint(1, 97), 101)  # never 0 or 1, which formulas divide by
        return self.known[key]


def evaluate(f: Form, world: World, at: dict[str, int]) -> Fraction:
    """A Form entry by entry, its sums added up; written apart from the readings."""
    go = lambda x: evaluate(x, world, at)  # noqa: E731  # the recursion, in one word
    here = lambda i: i.const + sum(c * at[v] for c, v in i.terms)  # noqa: E731
    match f.op:
        case "num":
            return f.number
        case "pi":
            return world.value("pi")
        case "neg":
            return -go(f.forms[0])
        case "add":
            return sum(map(go, f.forms), Fraction(0))
        case "mul":
            out = Fraction(1)
            for x in f.forms:
                out *= go(x)
            return out
        case "div":
            return go(f.forms[0]) / go(f.forms[1])
        case "pow":
            return go(f.forms[0]) ** int(f.forms[1].number)
        case "over":
            spaces = product(*(range(int(a.size)) for a in f.axes))
            return sum(
                (evaluate(f.forms[0], world, at | dict(zip((a.var for a in f.axes), n, strict=True))) for n in spaces),
                Fraction(0),
            )
        case "same":
            return Fraction(here(f.args[0]) == here(f.args[1]))
        case "within":
            return Fraction(0 <= here(f.args[0]) < int(f.args[1]))
        case "fn":
            return world.value((f.name, go(f.forms[0])))
        case "cases":
            *rows, otherwise = f.forms
            for result, c in zip(rows[::2], rows[1::2], strict=True):
                if HOLDS[c.args[1]](go(c.forms[0]), go(c.forms[1])):
                    return go(result)
            return go(otherwise)
        case "along":
            exps = evaluate(Form("over", (Form("fn", ("exp", f.forms[1])), *f.axes)), world, at)
            if f.name == "log-softmax":
                return evaluate(f.forms[0], world, at) - world.value(("log", exps))
            return evaluate(Form("fn", ("exp", f.forms[0])), world, at) / exps
        case "ref" | "adjoint" | "updated" | "flow" | "hyper":
            return world.value((f.op, f.name, *(here(i) for i in f.at)))
    raise AssertionError(f.op)


HOLDS: dict[Any, Any] = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
Array = dict[tuple[int, ...], Fraction]


def shape_of(name: str, steps: Steps) -> tuple[Any, ...]:
    """Of a state or what an update passes on, W1.m, that of the step that defines it."""
    if "." not in name:
        return steps.graph.full_shape(name)
    return next(tuple(a.size for a in s.axes) for s in steps.steps if s.left.name == name)


def arrays(f: Form, world: World, steps: Steps) -> tuple[tuple[int, ...], Array]:
    """A matrix reading worked out entry by entry: shape and entries.  Vectors are columns."""
    go = lambda x: arrays(x, world, steps)  # noqa: E731

    def broadcast(op: Any, *xs: tuple[tuple[int, ...], Array]) -> tuple[tuple[int, ...], Array]:
        shape = max((s for s, _ in xs), key=lambda s: (len(s), s))
        assert all(s in ((), shape) for s, _ in xs), [s for s, _ in xs]
        return shape, {e: op(*(x[e if s else ()] for s, x in xs)) for e in product(*map(range, shape))}

    match f.op:
        case "num":
            return (), {(): f.number}
        case "pi":
            return (), {(): world.value("pi")}
        case "hyper":
            return (), {(): world.value(("hyper", f.name))}
        case "ones":
            return (int(f.args[0]), 1), {(k, 0): Fraction(1) for k in range(int(f.args[0]))}
        case "ref" | "adjoint" | "updated" | "flow":
            shape = shape_of(f.name, steps)
            values = {e: world.value((f.op, f.name, *e)) for e in product(*(range(int(n)) for n in shape))}
            return (shape, values) if len(shape) != 1 else ((shape[0], 1), {(k, 0): v for (k,), v in values.items()})
        case "transpose":
            (m, n), x = go(f.forms[0])
            return (n, m), {(j, i): v for (i, j), v in x.items()}
        case "matmul":
            shape, x = go(f.forms[0])
            for g in f.forms[1:]:
                (k, n), y = go(g)
                assert shape[1] == k, (shape, (k, n))
                x = {
                    (i, j): sum((x[i, r] * y[r, j] for r in range(k)), Fraction(0))
                    for i in range(shape[0])
                    for j in range(n)
                }
                shape = (shape[0], n)
            return (shape, x) if shape != (1, 1) else ((), {(): x[0, 0]})
        case "neg":
            return broadcast(lambda x: -x, go(f.forms[0]))
        case "add":
            return broadcast(lambda *xs: sum(xs), *map(go, f.forms))
        case "mul" | "hadamard":
            out = go(f.forms[0])
            for g in f.forms[1:]:
                out = broadcast(lambda x, y: x * y, out, go(g))
            return out
        case "div":
            return broadcast(lambda x, y: x / y, *map(go, f.forms))
        case "pow":
            return broadcast(lambda x, y: x ** int(y), *map(go, f.forms))
        case "cases":
            *rows, otherwise = f.forms
            out = go(otherwise)
            for value, c in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
                holds = HOLDS[c.args[1]]
                out = broadcast(
                    lambda v, x, y, o, holds=holds: v if holds(x, y) else o, go(value), *map(go, c.forms), out
                )
            return out
        case "fn" if f.name in ALONG:
            return along(f.name, go(f.forms[0]), world)
        case "fn":
            return broadcast(lambda x: world.value((f.name, x)), go(f.forms[0]))
    raise AssertionError(f.op)


def along(name: str, x: tuple[tuple[int, ...], Array], world: World) -> tuple[tuple[int, ...], Array]:
    """Softmax down a column, or along each row where there are more axes."""
    shape, values = x
    exp = {e: world.value(("exp", v)) for e, v in values.items()}
    column = shape[1:] == (1,)
    total = lambda e: sum(w for k, w in exp.items() if column or k[:-1] == e[:-1])  # noqa: E731
    if name == "log-softmax":
        return shape, {e: v - world.value(("log", total(e))) for e, v in values.items()}
    return shape, {e: w / total(e) for e, w in exp.items()}


def same_in_all_readings(step: Step, steps: Steps, world: World) -> None:
    whole = matrix.reading(step, steps)
    _, general = index.reading(step)
    letters = index.reading(step)[0]
    shape, found = arrays(whole, world, steps) if whole is not None else ((), {})
    for entry in unit.entries(step.axes):
        variables = [i.variables[0] for i in step.left.at if i.terms]
        by_index = evaluate(step.form, world, dict(zip(variables, entry, strict=True)))
        renamed = [i.variables[0] for i in letters.at if i.terms]
        assert evaluate(general, world, dict(zip(renamed, entry, strict=True))) == by_index
        assert evaluate(unit.right(step, entry), world, {}) == by_index
        if whole is not None and shape:
            numbers = iter(entry)
            full = tuple(next(numbers) if i.terms else 0 for i in step.left.at)
            assert found[full if len(full) > 2 else (*full, 0, 0)[:2]] == by_index, step.left
        elif whole is not None:
            assert found[()] == by_index, step.left


@given(problems(), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_unit_index_and_matrix_are_equal(problem: Any, seed: int) -> None:
    steps = steps_of(problem)
    world = World(seed)
    for step in steps.steps:
        same_in_all_readings(step, steps, world)


@pytest.mark.parametrize("samples", [None, 2])
@pytest.mark.parametrize("case", CASES)
def test_the_readings_of_every_kind_of_layer_are_equal(case: str, samples: int | None) -> None:
    steps = steps_of(problem_of(case, samples))
    world = World(1)
    for step in steps.steps:
        same_in_all_readings(step, steps, world)


def equal_in(problem: Problem) -> None:
    steps = steps_of(problem)
    world = World(1)
    for step in steps.steps:
        same_in_all_readings(step, steps, world)


@pytest.mark.parametrize("activation", [*ACTIVATIONS, *ALONG])
def test_the_readings_of_every_activation_are_equal(activation: str) -> None:
    equal_in(small_network(activation, "half-squared-error"))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_readings_of_every_loss_are_equal(loss: str) -> None:
    equal_in(small_network("softmax" if LOSSES[loss].outputs == "distribution" else "sigmoid", loss))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_readings_of_every_optimizer_are_equal(optimizer: str) -> None:
    p = small_network("tanh", "half-squared-error")
    training = p.training.model_copy(update={"optimizer": optimizer})
    equal_in(p.replace(training=training))


COUPLED = ("cosine", "cross-entropy-logits", "multiclass-hinge")


@given(problems())
@settings(max_examples=60, deadline=None)
def test_every_step_of_a_dense_network_has_a_matrix_reading(problem: Any) -> None:
    """But for losses that hold the outputs of a sample against each other, where there are several samples."""
    assume(problem.samples is None or problem.network.loss not in COUPLED)
    steps = steps_of(problem)
    assert [s.left for s in steps.steps if matrix.reading(s, steps) is None] == []


@given(problems())
@settings(max_examples=60, deadline=None)
def test_the_ways_add_up_to_the_partial(problem: Any) -> None:
    steps, world = steps_of(problem), World(1)
    for step in steps.steps:
        if step.terms:
            for entry in unit.entries(step.axes):
                ways = unit.ways(step, entry)
                total = sum((evaluate(w.form, world, {}) for w in ways), Fraction(0))
                assert total == evaluate(unit.right(step, entry), world, {})


def test_a_wrong_reading_is_seen() -> None:
    """The comparison can fail: a transposed weight is not the weight."""
    from symbackprop.derivation import Steps as _Steps
    from symbackprop.spec import Dense, Network, problem

    steps = steps_of(problem(Network(inputs=2, loss="squared-error", layers=(Dense(units=2, activation="tanh"),))))
    assert isinstance(steps, _Steps)
    step = steps.adjoint("x")
    whole = matrix.reading(step, steps)
    assert whole is not None
    assert any(f.op == "transpose" for f in walk(whole))
    world = World(3)
    right = arrays(whole, world, steps)
    wrong = arrays(Form("matmul", (whole.forms[0].forms[0], whole.forms[1])), world, steps)
    assert right != wrong
