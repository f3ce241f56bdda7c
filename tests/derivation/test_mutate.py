"""Each mistake, made in a step: what it writes, and the gradients that it leads to on Mazur's network."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from networks import RECURRENT

import symbackprop as sb
from symbackprop.derivation import Step, Steps
from symbackprop.derivation.mutate import CHANGES, mistaken, mistakes_in, outcomes, with_mistake
from symbackprop.language import catalogue, languages
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import middle
from symbackprop.readings import unit
from symbackprop.spec import loads
from symbackprop.tables.mistakes import MISTAKES
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@cache
def derived(name: str) -> Any:
    return sb.derive(loads(RECURRENT) if name == "recurrent" else sb.load(EXAMPLES / f"{name}.toml"))


def written(name: str, mistake: str, entry: str) -> str:
    """What the mistake writes for ∂E/∂entry (for an update, for the entry), in plain text."""
    d = derived(name)
    form = d.entry(entry)
    row = MISTAKES[mistake]
    steps: Steps = d.derivation
    update = "update" in row.stages
    step = steps.update(form.name) if update else steps.adjoint(form.name)
    assert step is not None
    wrong = mistaken(steps, step, row)
    if wrong is None:
        return ""
    at = tuple(i.const for i, k in zip(form.at, step.left.at, strict=True) if k.terms)
    return printed(d.names().spelled(unit.right(replace(step, form=wrong), at)), "plain")


TINY = Fraction(1, 10**40)


def flat(x: Any) -> list[Any]:
    return [y for row in x for y in flat(row)] if isinstance(x, tuple) else [x]


THROUGH_A2 = "δ₁^(a,2) · Wh_(1,1) + δ₂^(a,2) · Wh_(2,1)"

#   network      mistake                             of          what is written
WRITTEN = [
    ("mazur", "sign-inner-derivative", "out_o1", "target_o1 − out_o1"),
    ("softmax", "sign-inner-derivative", "a3[0]", "y₁/a₁³"),
    ("recurrent", "sign-inner-derivative", "y1[0]", "−(y₁^(1) − t₁^(1))"),
    ("mazur", "missing-activation-derivative", "net_o1", "∂E_total/∂out_o1"),
    ("mazur", "missing-activation-derivative", "net_h1", ""),
    ("mazur", "missing-hidden-derivative", "net_h1", "∂E_total/∂out_h1"),
    ("mazur", "missing-hidden-derivative", "net_o1", ""),
    ("softmax", "missing-activation-derivative", "z3[0]", ""),  # no single slope
    ("softmax", "softmax-diagonal-only", "z3[1]", "∂C/∂a₂³ · a₂³(1 − a₂³)"),
    ("mazur", "softmax-diagonal-only", "net_o1", ""),
    ("mazur", "derivative-at-net-instead-of-out", "net_h2", "∂E_total/∂out_h2 · net_h2(1 − net_h2)"),
    ("mazur", "activation-for-its-derivative", "net_o2", "∂E_total/∂out_o2 · out_o2"),
    ("mazur", "missing-path", "out_h2", "δ_o1 · w₆"),
    ("mazur", "missing-path", "out_o1", ""),
    ("softmax", "missing-path", "a2[3]", "δ₁³ · w₁₄³"),
    ("batch", "missing-path", "a1[0,0]", ""),  # one unit follows, so there is one path
    ("mazur", "path-by-own-index", "out_h2", "δ_o2 · w₈"),
    ("softmax", "path-by-own-index", "a2[0]", ""),  # four units meet three
    ("mazur", "transposed-weight-index", "out_h1", "δ_o1 · w₅ + δ_o2 · w₆"),
    ("softmax", "transposed-weight-index", "a2[0]", ""),
    ("mazur", "weight-omitted", "out_h1", "δ_o1 + δ_o2"),
    ("mazur", "paths-averaged", "out_h1", "½(δ_o1 · w₅ + δ_o2 · w₇)"),
    ("recurrent", "node-counted-twice", "h1[0]", f"2(∂loss/∂y₁^(1) · V_(1,1) + {THROUGH_A2})"),
    ("mazur", "node-counted-twice", "out_h1", ""),
    ("recurrent", "overwritten-not-accumulated", "h1[0]", THROUGH_A2),
    ("recurrent", "overwritten-not-accumulated", "b[0]", "δ₁^(a,1)"),
    ("mazur", "input-dropped", "w5", "δ_o1"),
    ("batch", "input-dropped", "W2[0,0]", "δ₁^(2[1]) + δ₁^(2[2]) + δ₁^(2[3]) + δ₁^(2[4])"),
    ("mazur", "input-dropped", "b2", ""),
    ("mazur", "shared-bias-not-summed", "b1", "δ_h1"),
    ("softmax", "shared-bias-not-summed", "b1[0]", ""),
    ("mazur", "shared-bias-averaged", "b1", "½(δ_h1 + δ_h2)"),
    ("mazur", "ascent-instead-of-descent", "w5", "w₅ + η · ∂E_total/∂w₅"),
    ("mazur", "rate-forgotten", "w5", "w₅ − ∂E_total/∂w₅"),
    ("mazur", "weight-replaced-by-gradient", "w5", "η · ∂E_total/∂w₅"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mistake", "entry", "said"), WRITTEN)
def test_what_a_mistake_writes(name: str, mistake: str, entry: str, said: str) -> None:
    assert written(name, mistake, entry) == said


def test_every_change_is_used() -> None:
    assert {row.change for row in MISTAKES.values() if row.stages} == set(CHANGES)
    assert not any(row.change for row in MISTAKES.values() if not row.stages)


# ---- numbers, from a table that was worked out apart from this package ----------------------------------------------

OK = {"w1": 4.38568e-4, "w5": 0.0821670, "b1": 0.0187256}  # what no mistake moves
BOTH = ("z1", "z2")
#   mistake                               made at        gradients of w1, w5, b1 as far as it moves them
MAZUR = [
    ("sign-inner-derivative", ("a2",), {"w1": -4.386e-4, "w5": -0.08217, "b1": -0.01873}),
    ("extra-factor-two", ("a2",), {"w1": 8.771e-4, "w5": 0.16433, "b1": 0.03745}),
    ("half-not-cancelled", ("a2",), {"w1": 2.193e-4, "w5": 0.04108, "b1": 0.00936}),
    ("loss-for-its-derivative", ("a2",), {"w1": 2.727e-4, "w5": 0.03046, "b1": 0.01156}),
    ("missing-activation-derivative", ("z2",), {"w1": 2.268e-3, "w5": 0.43983, "b1": 0.09691}),
    ("mean-factor-dropped", ("a2",), {"w1": 2.193e-4, "w5": 0.04108, "b1": 0.00936}),
    ("missing-hidden-derivative", ("z1",), {"w1": 1.8175e-3, "b1": 0.07772}),
    ("missing-every-activation-derivative", BOTH, {"w1": 9.400e-3, "w5": 0.43983, "b1": 0.40224}),
    ("derivative-at-net-instead-of-out", BOTH, {"w1": -5.67e-5, "w5": -0.05151, "b1": -0.00261}),
    ("activation-applied-twice", BOTH, {"w1": 4.714e-4, "w5": 0.09579, "b1": 0.02016}),
    ("activation-for-its-derivative", BOTH, {"w1": 4.121e-3, "w5": 0.33047, "b1": 0.17696}),
    ("half-of-the-slope", BOTH, {"w1": 9.98e-4, "w5": 0.10936, "b1": 0.04247}),
    ("wrong-activation-derivative", BOTH, {"w1": 2.768e-3, "w5": 0.19152, "b1": 0.11794}),
    ("slope-sign-inside", BOTH, {"w1": 1.141e-2, "w5": 0.57878, "b1": 0.49078}),
    ("slope-of-wrong-layer", ("z1",), {"w1": 3.395e-4, "b1": 0.01405}),
    ("output-slope-twice", ("a1",), {"w1": 8.45e-5, "b1": 0.00361}),
    ("used-updated-weights", ("a1",), {"w1": 3.647e-4, "b1": 0.01577}),
    ("missing-path", ("a1",), {"w1": 6.684e-4, "b1": 0.02836}),
    ("path-by-own-index", ("a1",), {"w1": 6.684e-4, "b1": 0.00833}),
    ("transposed-weight-index", ("a1",), {"w1": 4.616e-4, "b1": 0.02085}),
    ("missing-transpose", ("a1",), {"w1": 4.616e-4, "b1": 0.02085}),
    ("raw-error-sent-back", ("a1",), {"w1": 2.268e-3, "b1": 0.09691}),
    ("weight-omitted", ("a1",), {"w1": 1.211e-3, "b1": 0.04838}),
    ("paths-averaged", ("a1",), {"w1": 2.193e-4, "b1": 0.00936}),
    ("paths-multiplied", ("a1",), {"w1": -1.27e-5, "b1": -5.69e-4}),
    ("error-split-by-weights", ("a1",), {"w1": 5.675e-4, "b1": 0.02419}),
    ("absolute-values-added", ("a1",), {"w1": 8.98e-4, "b1": 0.03800}),
    ("net-for-input", ("W2",), {"w5": 0.05228}),
    ("weight-instead-of-input", ("W2",), {"w5": 0.05540}),
    ("wrong-input-index", ("W1",), {"w1": 8.771e-4}),
    ("wrong-hidden-unit", ("W2",), {"w5": 0.08267}),
    ("own-output-as-input", ("W2",), {"w5": 0.10406}),
    ("input-dropped", ("W1", "W2"), {"w1": 8.771e-3, "w5": 0.13850}),
    ("shared-bias-not-summed", ("b1", "b2"), {"b1": 0.00877, "b2": 0.13850}),
    ("shared-bias-averaged", ("b1",), {"b1": 0.00936}),
    ("bias-gradient-times-bias", ("b1",), {"b1": 0.00655}),
    ("rate-twice", ("W1", "W2", "b1"), {"w1": 2.193e-4, "w5": 0.04108, "b1": 0.00936}),
]


@pytest.mark.parametrize(("mistake", "at", "moved"), MAZUR)
def test_the_gradients_that_follow_on_mazur(mistake: str, at: tuple[str, ...], moved: dict[str, float]) -> None:
    d = derived("mazur")
    steps: Steps = d.derivation
    for name in at:
        step = steps.adjoint(name)
        wrong = mistaken(steps, step, MISTAKES[mistake])
        assert wrong is not None
        steps = with_mistake(steps, step, wrong)
    following = d.following(steps)
    for name, value in {**OK, **moved}.items():
        assert abs(float(following.gradient(name)) - value) <= 0.6 * 10 ** -_decimals(value), name


def test_all_of_it_is_among_the_outcomes() -> None:
    """Made in one step or in all of them, as exams want it: every figure of the table comes out."""
    d = derived("mazur")
    found: dict[str, list[dict[str, float]]] = {}
    for mistake, _, steps in outcomes(d.derivation):
        following = d.following(steps)
        found.setdefault(mistake.name, []).append({w: float(following.gradient(w)) for w in ("w1", "w5", "b1", "b2")})
    for mistake, _, moved in MAZUR:
        for name, value in moved.items():
            assert any(abs(x[name] - value) <= 0.6 * 10 ** -_decimals(value) for x in found[mistake]), (mistake, name)


NETWORKS = ("mazur", "softmax", "batch", "equations", "recurrent", "rnn", "cnn", "batchnorm")


@pytest.mark.parametrize("name", NETWORKS)
def test_every_outcome_can_be_computed(name: str) -> None:
    """In the exact field, from the steps alone; nothing before the mistake moves."""
    d = derived(name)
    args = (d.problem.values, d.problem.training)
    for mistake, first, steps in outcomes(d.derivation):
        results = evaluate(steps, *args)
        moved = [
            key
            for key, value in d.results.items()
            if any(abs(middle(x) - middle(y)) > TINY for x, y in zip(flat(value), flat(results[key]), strict=True))
        ]
        assert not {("ref", d.problem.error)} & set(moved) or first.rule == "definition", mistake.name


def _decimals(x: float) -> int:
    """Of the last digit that the table prints."""
    mantissa, power = f"{x!r}".split("e") if "e" in f"{x!r}" else (f"{x:.7g}", "0")
    return len(mantissa.partition(".")[2]) - int(power)


# ---- one entry only --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mazur", "softmax", "batch", "equations", "recurrent"])
def test_a_mistake_in_one_entry_leaves_the_others(name: str) -> None:
    d = derived(name)
    seen = set()
    for step in d.steps:
        for mistake, wrong in mistakes_in(d.derivation, step):
            seen.add(mistake.name)
            entry = unit.entries(step.axes)[-1]
            key = (step.left.op, step.of)
            args = (d.problem.values, d.problem.training.rate)
            all_wrong = evaluate(with_mistake(d.derivation, step, wrong), *args)[key]
            one = evaluate(with_mistake(d.derivation, step, wrong, entry), *args)[key]
            right, every, made = flat(d.results[key]), flat(all_wrong), flat(one)
            assert all(abs(middle(x) - middle(y)) < TINY for x, y in zip(made[:-1], right[:-1], strict=True))
            assert abs(middle(made[-1]) - middle(every[-1])) < TINY
    assert len(seen) > 8


def test_the_right_derivation_stays_as_it_is() -> None:
    d = derived("mazur")
    step: Step = d.derivation.adjoint("z1")
    before = step.form
    wrong = mistaken(d.derivation, step, MISTAKES["missing-hidden-derivative"])
    assert wrong is not None
    assert with_mistake(d.derivation, step, wrong) is not d.derivation
    assert d.derivation.adjoint("z1").form == before != wrong


# ---- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", languages())
def test_every_mistake_has_its_words_and_no_word_is_left_over(lang: str) -> None:
    wanted = {f"mistake.{name}.{part}" for name in MISTAKES for part in ("done", "why", "how")}
    assert {key for key in catalogue(lang) if key.startswith("mistake.")} == wanted
