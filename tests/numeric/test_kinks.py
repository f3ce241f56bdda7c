"""Numbers that lie exactly on a kink are told; a smooth change of branch is none."""

from __future__ import annotations

import pytest
from small_networks import small_network

import symbackprop as sb
from symbackprop.spec import loads

ON_ZERO = [[0, 0]]  # the first unit of each layer has no bias, so that its weighted sum is 0


@pytest.mark.parametrize(
    ("activation", "told"), [("relu", 1), ("leaky-relu", 1), ("selu", 1), ("elu", 0), ("softsign", 0), ("tanh", 0)]
)
def test_a_weighted_sum_on_the_kink_of_an_activation(activation: str, told: int) -> None:
    problem = small_network(activation, "half-squared-error", inputs=ON_ZERO)
    values = {**problem.values, "b1": (0, 0)}
    assert len(sb.derive(problem.replace(values=values)).on_kinks) == told


@pytest.mark.parametrize(
    ("loss", "targets", "told"),
    [
        ("absolute-error", [[0, 0.5]], 1),
        ("huber", [[1, 0.5]], 0),
        ("hinge", [[-1, 1]], 0),
        ("squared-hinge", [[-1, 1]], 0),
        ('{ formula = "abs(t - a)" }', [[0, 0.5]], 1),
        ('{ formula = "abs(t - a)**2" }', [[0, 0.5]], 0),
    ],
)
def test_an_output_on_the_kink_of_a_loss(loss: str, targets: list[list[float]], told: int) -> None:
    problem = small_network("identity", loss, inputs=ON_ZERO, targets=targets)
    values = {**problem.values, "b1": (0, 0)}
    derivation = sb.derive(problem.replace(values=values))
    assert len(derivation.on_kinks) == told
    assert len(derivation.warnings) == told
    assert ("kink" in sb.solution(derivation).render("markdown")) == bool(told)


def test_equal_entries_of_a_maximum_in_equations() -> None:
    text = """
[equations]
program = ["m = maximum(x, w)", "E = sum(m)"]
error = "E"
parameters = ["w"]
[values]
x = [1, 2]
w = [1, 3]
"""
    (warning,) = sb.derive(loads(text)).warnings
    assert warning.startswith("m1 lies exactly on a kink")
