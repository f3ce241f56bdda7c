"""The sweep, and SymPy's proof of what the walk writes."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from networks import problems

from symbackprop.api import Derivation
from symbackprop.derivation import steps_of
from symbackprop.derivation.proof import is_zero, prove
from symbackprop.derivation.walk import parts
from symbackprop.errors import DerivationError
from symbackprop.form import ZERO, ref
from symbackprop.graph import build
from symbackprop.spec import Dense, Network, problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG

RATIONAL = ("sigmoid", "tanh", "identity", "softmax")  # in exponentials of z


def one_layer(activation: str, units: int = 2) -> Any:
    return problem(Network(inputs=2, loss="squared-error", layers=(Dense(units=units, activation=activation),)))


@pytest.mark.parametrize("name", [*ACTIVATIONS, *ALONG])
def test_a_row_s_slope_is_the_derivative(name: str) -> None:
    steps_of(one_layer(name))  # raises where SymPy finds another


def test_a_wrong_factor_is_refused() -> None:
    graph = build(("E = x**2",), {"x": ()}, (), "E")
    (d,) = graph.definitions
    found = tuple(parts(d.body, d.left))
    prove(d.body, d.left, found)
    wrong = tuple(p._replace(chain=p.chain._replace(const=p.chain.const + 1)) for p in found)
    with pytest.raises(DerivationError):
        prove(d.body, d.left, wrong)


def test_a_forgotten_occurrence_is_refused() -> None:
    graph = build(("E = x*x + y",), {"x": (), "y": ()}, (), "E")
    (d,) = graph.definitions
    found = tuple(parts(d.body, d.left))
    assert len(found) == 3
    for k in range(3):
        with pytest.raises(DerivationError):
            prove(d.body, d.left, found[:k] + found[k + 1 :])


def test_several_uses_are_collected() -> None:
    graph = build(("y = tanh(x)", "z = y*y", "E = z + y"), {"x": ()}, (), "E")
    from symbackprop.derivation import sweep

    steps = sweep(graph)
    y = steps.adjoint("y")
    assert y.rule == "collect"
    assert {steps.steps[k].left.op for k in y.uses} == {"flow"}


def test_what_the_error_does_not_depend_on_has_adjoint_0() -> None:
    from symbackprop.derivation import sweep

    graph = build(("y = tanh(x)", "dead = 2*x", "E = y"), {"x": ()}, (), "E")
    dead = sweep(graph).adjoint("dead")
    assert (dead.form, dead.rule) == (ZERO, "independent")


@given(problems())
@settings(max_examples=60, deadline=None)
def test_steps_use_only_earlier_ones_and_all_that_they_name(problem: Any) -> None:
    steps = steps_of(problem).steps
    for step in steps:
        assert all(k < step.id for k in step.uses)
    assert [s.id for s in steps] == list(range(len(steps)))


@given(problems(most_layers=2, most_units=2))
@settings(max_examples=25, deadline=None)
def test_expressions_are_sympy_s_own_derivative_of_the_expanded_error(problem: Any) -> None:
    problem = problem.replace(samples=None, reduction="sum")
    loss = " ".join(problem.program)
    branches = any(f"{word}(" in loss for word in ("abs", "where", "maximum"))
    if branches or any(layer.activation not in RATIONAL for layer in problem.network.layers):
        return  # a kink, or a function whose towers SymPy takes minutes for: each row is proven above
    d = Derivation(problem)
    error = d.derivation.graph.error
    names = d.names()
    from symbackprop.readings.expression import expression

    whole = expression(d.derivation, ref(error), lambda f: _word(names, f), expanded=True)
    for name in problem.parameters[:2]:
        word = next(w for w, f in names.entries.items() if f.name == name)
        by_steps = d.expression(word, expanded=True)
        by_sympy = sympy.diff(whole, sympy.Symbol(word, real=True))
        assert is_zero(by_steps - by_sympy), (word, by_steps, by_sympy)


def _word(names: Any, f: Any) -> str:
    from symbackprop.readings.names import plain_name

    return plain_name(names.spelled(f).args[0])


def test_time_grows_with_depth_not_worse() -> None:
    """The number of steps and of nodes is linear in depth: nothing is ever expanded."""
    from symbackprop.form import walk

    def nodes(depth: int) -> int:
        layers = tuple(Dense(units=8, activation="tanh") for _ in range(depth))
        steps = steps_of(problem(Network(inputs=8, loss="half-squared-error", layers=layers)))
        return sum(sum(1 for _ in walk(s.form)) for s in steps.steps)

    assert nodes(40) - nodes(20) == 2 * (nodes(30) - nodes(20))
