"""What a quantity becomes when a mistake is made on the way to it: in what order, how far, and with what value."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.derivation.mutate import outcomes
from symbackprop.form import Form, adjoint, ref, updated, walk
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.field import middle
from symbackprop.numeric.program import program
from symbackprop.readings import unit
from symbackprop.spec import load, loads
from symbackprop.verifier.decide import Subject, compiled, same
from symbackprop.verifier.decide.program import TooLarge, Undecidable
from symbackprop.verifier.mutants import MOST_NODES, Mutant, mutants
from symbackprop.vocabulary import Stage
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NETWORKS = Path(__file__).parent / "networks"
TINY = Fraction(1, 10**40)


@cache
def derived(name: str) -> Any:
    path = NETWORKS / f"{name}.toml"
    return sb.derive(load(path if path.exists() else EXAMPLES / f"{name}.toml"))


def written(name: str, target: Form) -> list[tuple[str, str, str]]:
    d = derived(name)
    names = d.names()
    return [
        (m.mistake, printed(names.spelled(m.at), "plain"), printed(names.spelled(m.form), "plain"))
        for m in mutants(d.derivation, target)
    ]


# ---- what is made --------------------------------------------------------------------------------------------------

W1, W5, W5_MOVED = adjoint("W1", 0, 0), adjoint("W2", 0, 0), updated("W2", 0, 0)

#   network   of                            mistake                         at                   becomes
MADE = [
    ("mazur", W1, "input-dropped", "∂E_total/∂w₁", "δ_h1"),
    ("mazur", W1, "missing-hidden-derivative", "δ_h1", "∂E_total/∂out_h1 · i₁"),
    ("mazur", W1, "missing-path", "∂E_total/∂out_h1", "((δ_o1 · w₅) · out_h1(1 − out_h1)) · i₁"),
    ("mazur", W5_MOVED, "input-dropped", "∂E_total/∂w₅", "w₅ − η · δ_o1"),
    ("mazur", W5_MOVED - ref("W2", 0, 0), "rate-forgotten", "w₅⁺", "(w₅ − ∂E_total/∂w₅) − w₅"),
    # a mistake in one of two entries, and in one of two terms
    ("mazur", adjoint("a1", 0), "missing-activation-derivative", "δ_o1", "∂E_total/∂out_o1 · w₅ + δ_o2 · w₇"),
    ("mazur", adjoint("a1", 0), "weight-omitted", "∂E_total/∂out_h1", "δ_o1 · w₅ + δ_o2"),
    # values of the forward pass
    ("mazur", ref("z1", 0), "transposed-weight-index", "net_h1", "w₁ · i₁ + w₃ · i₂ + b₁"),
    ("mazur", ref("z1", 0), "wrong-input-index", "net_h1", "w₁ · i₁ + w₂ · i₁ + b₁"),
    ("mazur", ref("z2", 0), "net-for-input", "net_o1", "w₅ · net_h1 + w₆ · net_h2 + b₂"),
    ("mazur", ref("a1", 0), "wrong-weight-index", "net_h1", "σ(w₂ · i₁ + w₁ · i₂ + b₁)"),
    ("mazur", ref("E"), "extra-factor-two", "E_o1", "(target_o1 − out_o1)² + E_o2"),
    ("mazur", ref("E"), "mean-factor-dropped", "E_total", "½(E_o1 + E_o2)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "target", "mistake", "at", "form"), MADE)
def test_what_the_target_becomes(name: str, target: Form, mistake: str, at: str, form: str) -> None:
    assert (mistake, at, form) in written(name, target)


def test_its_own_step_comes_first_and_then_what_that_stands_on() -> None:
    order = list(dict.fromkeys(at for _, at, _ in written("mazur", W1)))
    assert order == [
        *("∂E_total/∂w₁", "δ_h1", "∂E_total/∂out_h1", "δ_o1", "δ_o2", "∂E_total/∂out_o1", "∂E_total/∂out_o2")
    ]


def test_they_are_made_as_they_are_asked_for() -> None:
    """The first of a network with a hundred thousand weights, which nobody wants to see all mutants of."""
    spec = (EXAMPLES / "mazur.toml").read_text(encoding="utf-8").partition("[source]")[0]
    wide = spec.replace("inputs = 2", "inputs = 784").replace("units = 2", "units = 100", 1)
    numbers = ("weights = [[", "biases = 0", "inputs = [[", "targets = [[")
    d = sb.derive(loads("\n".join(row for row in wide.split("\n") if not row.startswith(numbers))))
    first = next(mutants(d.derivation, adjoint("W1", 0, 0)))
    assert isinstance(first, Mutant)
    assert first.at == adjoint("W1", 0, 0)


def test_none_is_told_twice() -> None:
    made = written("mazur", W1)
    assert len(made) > 80
    assert len(set(made)) == len(made)


def test_what_would_be_too_long_is_left_out() -> None:
    d = derived("softmax")
    made = list(islice(mutants(d.derivation, adjoint("W1", 0, 0)), 300))
    assert all(sum(1 for _ in walk(m.form)) <= MOST_NODES for m in made)


def test_sizes_that_are_names() -> None:
    equations = '["z = W @ x", "a = sigmoid(z)", "E = sum((t - a)**2/2)"]'
    shapes = 'W = ["m", "n"]\nx = ["n"]\nt = ["m"]\n'
    problem = loads(f'[equations]\nprogram = {equations}\nerror = "E"\nparameters = ["W"]\n[shapes]\n{shapes}')
    d, subject = sb.derive(problem), Subject(problem, seed=1)
    target = adjoint("W", 1, 0)
    right = compiled(subject, target)
    made = list(mutants(d.derivation, target))
    assert {"input-dropped", "sign-inner-derivative", "missing-activation-derivative"} <= {m.mistake for m in made}
    assert not any(same(subject, compiled(subject, m.form), right) for m in made if m.mistake == "input-dropped")


# ---- what it is worth ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mazur", "tanh", "relu", "softmax", "recurrent", "batch", "adam"])
def test_its_value_is_that_of_the_derivation_with_the_mistake(name: str) -> None:
    """The same, computed the other way: all steps evaluated in order, one of them wrong."""
    d = derived(name)
    for parameter in d.problem.train:
        step = d.derivation.adjoint(parameter)
        target = unit.left(step, unit.entries(step.axes)[0])
        values: dict[str, list[Fraction]] = {}
        for m in mutants(d.derivation, target):
            values.setdefault(m.mistake, []).append(middle(value_of(m.form, d.lookup, d.field)))
        for mistake, first, steps in outcomes(d.derivation):
            if first.rule != "definition" and first.stage is not Stage.UPDATE:
                other = middle(d.following(steps).lookup(target))
                if abs(other - middle(d.lookup(target))) > TINY:
                    assert any(abs(other - x) < TINY for x in values[mistake.name]), (parameter, mistake.name)


@pytest.mark.parametrize("name", ["mazur", "multiclass-hinge", "cosine", "batch", "adamw", "recurrent"])
def test_in_doubles_it_is_the_same(name: str) -> None:
    """What exams draw with: the compiled function of the derivation with the mistake."""
    d = derived(name)
    given = {key: doubles(value) for key, value in d.problem.values.items()}
    numbers = {key: float(value) for key, value in d.numbers.items()}
    for mistake, _, steps in outcomes(d.derivation):
        _, gradients = lambdify(steps)(**given, **{key: numbers[key] for key in program(steps).hypers})
        following = d.following(steps)
        for parameter, made in gradients.items():
            exact = flat(following.results["adjoint", parameter])
            assert [float(middle(x)) for x in exact] == pytest.approx(flat(made), rel=1e-9, abs=1e-12), mistake.name


def doubles(x: Any) -> Any:
    return [doubles(y) for y in x] if isinstance(x, list | tuple) else float(x)


def flat(x: Any) -> list[Any]:
    return [y for row in x for y in flat(row)] if isinstance(x, list | tuple) else [x]


# ---- and it can be decided -----------------------------------------------------------------------------------------


COMPARED = ["mazur", "softmax", "hinge", "cosine", "batch", "adamw", "momentum", "recurrent", "rnn"]


@pytest.mark.parametrize("name", COMPARED)
def test_every_mutant_of_every_quantity_can_be_compared(name: str) -> None:
    d = derived(name)
    subject = Subject(d.problem, seed=1)
    compared = open_ = 0
    for step in d.derivation.steps:
        target = unit.left(step, unit.entries(step.axes)[-1])
        right = compiled(subject, target)
        for m in islice(mutants(d.derivation, target), 0, 240, 5):
            try:
                same(subject, compiled(subject, m.form), right)
                compared += 1
            except (Undecidable, TooLarge):
                open_ += 1
    assert compared > 10
    assert open_ <= compared / 50
