"""Which deltas of the last layer have a short form, and that the short form has the same value."""

from __future__ import annotations

from typing import Any

import pytest
from small_networks import small_network

import symbackprop as sb
from symbackprop.derivation import steps_of
from symbackprop.derivation.short import short
from symbackprop.form import Form
from symbackprop.numeric.field import ends
from symbackprop.readings import unit
from symbackprop.readings.names import Names
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS
from symbackprop.writers.math import printed

SHARES = ("distribution", "one-hot")
SHORT = {  # at the first unit
    ("sigmoid", "binary-cross-entropy"): "y₁ − t₁",
    ("softmax", "cross-entropy"): "y₁ − t₁",
    ("softmax", "kl-divergence"): "y₁ − t₁",
    ("identity", "half-squared-error"): "y₁ − t₁",
    ("identity", "squared-error"): "2(y₁ − t₁)",
    ("identity", "mean-squared-error"): "y₁ − t₁",
    ("identity", "binary-cross-entropy-logits"): "σ(y₁) − t₁",
    ("identity", "cross-entropy-logits"): "e^q₁ − t₁",
    ('{ formula = "exp(z)" }', "poisson"): "y₁ − t₁",
}


def found(activation: str, loss: str, more: str = "", names: tuple[str, ...] = ("t",)) -> Any:
    problem = small_network(activation, loss, more)
    shares = names if loss in LOSSES and LOSSES[loss].targets in SHARES else ()
    return problem, short(steps_of(problem), names, shares)


@pytest.mark.parametrize(("activation", "loss"), SHORT)
def test_what_cancels(activation: str, loss: str) -> None:
    problem, short_form = found(activation, loss)
    derivation = sb.derive(problem)
    names = Names(problem, derivation.derivation.graph, NOTATIONS["bishop"])
    step = derivation.derivation.adjoint("z2")
    form = short_form.form.where(unit.place(step, (0,)))
    assert printed(names.spelled(form), "plain") == SHORT[activation, loss]
    for entry in ((0,), (1,)):
        at = unit.place(step, entry)
        wanted = derivation.number(unit.left(step, entry))
        for same in (short_form.form, short_form.product):
            low, high = ends(derivation.number(unit.written_out(same.where(at))) - wanted)
            assert abs(low) < 1e-40
            assert abs(high) < 1e-40


def test_only_a_sum_over_the_outputs_takes_that_the_targets_sum_to_one() -> None:
    assert found("softmax", "cross-entropy")[1].by_sum
    assert not found("sigmoid", "binary-cross-entropy")[1].by_sum


def test_where_the_targets_need_not_sum_to_one_a_softmax_has_no_short_form() -> None:
    steps = steps_of(small_network("softmax", "cross-entropy"))
    assert short(steps, ("t",), ("t",)) is not None
    assert short(steps, ("t",)) is None


def test_smoothed_targets_cancel_too() -> None:
    _, smooth = found("softmax", "cross-entropy", "label-smoothing = 0.1", ("t", "s"))
    assert [f.name for f in smooth.form.forms[1].forms] == ["s"]


@pytest.mark.parametrize("loss", LOSSES)
def test_nothing_else_is_said_to_cancel(loss: str) -> None:
    for activation in (*ACTIVATIONS, *ALONG):
        expected = (activation, loss) in SHORT
        short_form: Form | None = found(activation, loss)[1]
        assert (short_form is not None) == expected, activation
