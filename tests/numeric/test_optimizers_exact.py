"""Optimizers by hand: rational cases to the last digit, and what an update takes from which samples."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.numeric.field import ends
from symbackprop.numeric.pointer import value_at
from symbackprop.numeric.training import trajectory

PROBE = """
[equations]
program = ["E = sum(g*w)"]
error = "E"
parameters = ["w"]
[values]
g = [3, -4]
w = [1, 2]
[training]
rate = 0.5
"""

LINE = """
[equations]
program = ["y = w*x", "E = (y - t)**2/2"]
error = "E"
parameters = ["w"]
[values]
w = 2
[[samples]]
x = 1
t = 1
[[samples]]
x = 2
t = 2
[[samples]]
x = 3
t = 0
[training]
rate = 0.1
"""


def run(words: str, spec: str = PROBE) -> Any:
    problem = sb.loads(f"{spec}{words}\n")
    return sb.derive(problem).trajectory()


def fractions(text: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, text.split()))


def test_momentum_keeps_the_rate_inside_its_velocity() -> None:
    """v = ½·(3, −4), w = (1, 2) − v; then v = 0.9 v + ½ g."""
    one = run('optimizer = "momentum"')
    assert one.parameters["w"] == fractions("-1/2 4")
    assert one.state["w.velocity"] == fractions("3/2 -2")
    two = run('optimizer = "momentum"\nsteps = 2')
    assert two.state["w.velocity"] == fractions("2.85 -3.8")
    assert two.parameters["w"] == fractions("-3.35 7.8")


def test_a_velocity_may_be_given() -> None:
    moved = run('optimizer = "momentum"\nmomentum = 0.5\nstate = { velocity = { w = [0.3, 0] } }')
    assert moved.state["w.velocity"] == fractions("1.65 -2")


def test_dampening_does_not_act_on_the_first_gradient() -> None:
    words = 'optimizer = "sgd"\nmomentum = 0.9\ndampening = 0.5\n'
    assert run(words).state["w.velocity"] == fractions("3 -4")
    assert run(words + "steps = 2").state["w.velocity"] == fractions("4.2 -5.6")
    assert run(words + "state = { velocity = { w = [0, 0] } }").state["w.velocity"] == fractions("1.5 -2")


def test_nesterov_takes_the_gradient_ahead() -> None:
    """E = (w − 1)²/2 at w = 2 with v = 1, μ = ½: w − μv = 1.5, g = ½, v⁺ = ½ + 0.1·½."""
    spec = LINE.replace("[[samples]]\nx = 2\nt = 2\n", "").replace("[[samples]]\nx = 3\nt = 0\n", "")
    words = 'optimizer = "momentum"\nnesterov = true\nmomentum = 0.5\nstate = { velocity = { w = 1 } }'
    moved = run(words, spec)
    assert moved.state["w.velocity"] == Fraction("0.55")
    assert moved.parameters["w"] == Fraction("1.45")
    data = sb.derive(sb.loads(f"{spec}{words}\n")).data()
    assert data["adjoints"]["w"] == 1.0  # at the starting parameters
    assert data["values"]["y"] == 2.0


def test_adagrad_and_rmsprop_have_their_root_where_they_are_told() -> None:
    words = "epsilon = 16\nepsilon-inside-root = true"
    outside = run('optimizer = "adagrad"\nepsilon = 1')
    assert outside.parameters["w"] == (1 - Fraction(3, 8), 2 + Fraction(2, 5))
    inside = run(f'optimizer = "adagrad"\n{words}')
    assert inside.parameters["w"][0] == 1 - Fraction(3, 10)
    assert run('optimizer = "rmsprop"\nrho = 0.75\nepsilon = 1').parameters["w"][0] == 1 - Fraction(3, 5)
    assert run('optimizer = "adagrad"\ninitial-accumulator = 16\nepsilon = 0').parameters["w"][0] == Fraction(7, 10)


def test_adam_without_its_correction() -> None:
    """m = ½·3, v = ¼·9, w = 1 − ½·(3/2)/(3/2 + ½)."""
    words = 'optimizer = "adam"\nbeta1 = 0.5\nbeta2 = 0.75\nepsilon = 0.5\n'
    assert run(words + "bias-correction = false").parameters["w"][0] == 1 - Fraction(3, 8)
    assert run(words).parameters["w"][0] == 1 - Fraction(3, 2) / Fraction(7, 2)


def test_adam_counts_on_from_a_given_step() -> None:
    """t = 2: m̂ = m/(1 − ¼), v̂ = v/(1 − 9/16)."""
    words = 'optimizer = "adam"\nbeta1 = 0.5\nbeta2 = 0.75\nepsilon = 0\nstate = { step = 1, m = { w = [1, 1] } }'
    moved = run(words)
    assert moved.state["w.m"] == fractions("2 -3/2")
    low, high = ends(moved.parameters["w"][0])
    assert low <= high
    wanted = 1 - 0.5 * (2 / 0.75) / (2.25 / 0.4375) ** 0.5
    assert float(low) == pytest.approx(wanted, rel=1e-15)
    assert sb.derive(sb.loads(f"{PROBE}{words}\n")).data()["state"]["step"] == 2


def test_the_whole_gradient_is_cut_by_its_norm() -> None:
    assert run("clip = { norm = 1 }").parameters["w"] == (1 - Fraction(3, 10), 2 + Fraction(4, 10))
    assert run("clip = { norm = 5 }").parameters["w"] == fractions("-1/2 4")
    assert run("clip = { value = 1 }").parameters["w"] == fractions("1/2 5/2")


def test_penalties_are_on_the_gradient_of_the_update_alone() -> None:
    problem = sb.loads(f"{PROBE}l2 = 0.1\n")
    data = sb.derive(problem).data()
    assert data["adjoints"]["w"] == [3.0, -4.0]
    assert data["error"]["value"] == -5.0
    assert data["updated"]["w"] == [1 - 0.5 * 3.1, 2 + 0.5 * 3.8]
    assert run("l1 = 0.2").parameters["w"] == (1 - Fraction(8, 5), 2 + Fraction(19, 10))
    both = run('l1 = 0.2\nl2 = { strength = 0.1, parameters = ["w"] }\nclip = { value = 1 }')
    assert both.parameters["w"] == (1 - Fraction(13, 20), 2 + Fraction(6, 20))


@pytest.mark.parametrize(
    ("words", "rates"),
    [
        ('kind = "inverse-time", factor = 0.5', "1/2 1/3 1/4"),
        ('kind = "exponential", factor = 0.5', "1/2 1/4 1/8"),
        ('kind = "step", factor = 0.1, every = 2', "1/2 1/2 1/20"),
    ],
)
def test_the_rate_falls(words: str, rates: str) -> None:
    moved = run(f"steps = 3\ndecay = {{ {words} }}")
    assert moved.parameters["w"][0] == 1 - 3 * sum(fractions(rates))


def test_mini_batches_come_in_their_order_and_round_again() -> None:
    """Samples 1 and 2, then 3 and 1."""
    words = 'order = "mini-batch"\nbatch-size = 2\n'
    w = Fraction(2)
    given = [(1, 1), (2, 2), (3, 0)]
    errors = []
    for k in range(3):
        batch = [given[(2 * k + i) % 3] for i in range(2)]
        errors.append(sum((w * x - t) ** 2 / Fraction(2) for x, t in batch))
        if k < 2:
            w -= Fraction(1, 10) * sum((w * x - t) * x for x, t in batch)
    moved = run(words + "steps = 2", LINE)
    assert moved.parameters["w"] == w
    assert moved.errors == tuple(errors)
    data = sb.derive(sb.loads(f"{LINE}{words}")).data()
    assert data["values"]["y"] == [2.0, 4.0]
    assert data["error"]["value"] == 2.5
    fast = trajectory(sb.derive(sb.loads(LINE + words)).derivation, sb.loads(f"{LINE}{words}steps = 2\n"), 2, fast=True)
    assert fast.errors == pytest.approx([float(e) for e in errors])


def test_mini_batches_of_one_are_sequential() -> None:
    one = run('order = "mini-batch"\nbatch-size = 1\nsteps = 5', LINE)
    assert one.parameters == run('order = "sequential"\nsteps = 5', LINE).parameters


def test_a_thousand_updates_of_adam() -> None:
    """More than are enclosed: the digits agree with doubles."""
    problem = sb.loads(LINE + 'optimizer = "adam"\nsteps = 1000\n')
    long = sb.derive(problem).trajectory()
    fast = trajectory(sb.derive(problem).derivation, problem, 1000, fast=True)
    low, _ = ends(long.errors[-1])
    assert float(low) == pytest.approx(fast.errors[-1], rel=1e-9)


def test_every_line_of_an_update_has_its_number() -> None:
    derivation = sb.derive(sb.loads(f'{PROBE}optimizer = "adam"\n'))
    found = {key for key in derivation.results if "." in key[1]}
    assert found >= {("updated", "w.m"), ("updated", "w.v"), ("ref", "w.mhat"), ("ref", "w.vhat"), ("ref", "w.m")}
    steps = derivation.derivation.updates("w")
    assert [s.of for s in steps] == ["w.m", "w.v", "w.mhat", "w.vhat", "w"]
    assert steps[-1].uses == (steps[2].id, steps[3].id)


def test_without_a_rate_the_update_stays_symbols() -> None:
    derivation = sb.derive(sb.loads(PROBE.replace("rate = 0.5", 'optimizer = "adam"')))
    data = derivation.data()
    assert "updated" not in data
    assert "eta" in next(s["unit"] for s in data["steps"] if s["of"] == "w" and s["rule"] == "update")


def test_a_pointer_leads_into_what_updates_make() -> None:
    """/updated and /state are those after the updates of [training], or after as many as are asked for."""
    problem = sb.loads(f'{PROBE}optimizer = "momentum"\nsteps = 2\n')
    steps = sb.derive(problem).derivation
    assert value_at(steps, problem, "/updated/w/0") == Fraction("-3.35")
    assert value_at(steps, problem, "/updated/w/0", 1) == Fraction(-1, 2)
    assert value_at(steps, problem, "/state/velocity/w/1") == Fraction("-3.8")
    assert value_at(steps, problem, "/adjoints/w/1", 1) == -4
    with pytest.raises(SymbackpropError, match="is no number"):
        value_at(steps, problem, "/state/m/w/1")
