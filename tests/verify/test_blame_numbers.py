"""Hand-ins of numbers, each worked out from the ones printed before it: rounding is no fault, and one slip is one."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import small_network

import symbackprop as sb
from symbackprop.form import ENTRIES, Form, neg, replaced, shown
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.field import ends, field
from symbackprop.numeric.rounding import decimals
from symbackprop.readings import unit
from symbackprop.verifier.blame import judge
from symbackprop.vocabulary import Stage
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).parents[2] / "examples"
NETWORKS = ["mazur", "sigmoid", "tanh", "softmax", "relu"]
SLIP = Fraction(103, 100)


@cache
def network(name: str) -> sb.Derivation:
    if name == "mazur":
        return sb.derive(EXAMPLES / "mazur.toml")
    return sb.derive(small_network(name, "cross-entropy" if name == "softmax" else "half-squared-error"))


class HandIn(NamedTuple):
    lines: tuple[tuple[Form, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    def row(self, entry: Form) -> int:
        return 1 + [left for left, _ in self.lines].index(entry)


def handed_in(name: str, places: int, work: str, slip: Form | None = None) -> HandIn:
    """Every quantity to so many decimals, from the rounded ones before it; one of them may be 3 % off."""
    d = network(name)
    names, values, lines = d.names("mazur"), dict[Form, Fraction](), []
    hidden = {*d.problem.targets, *d.problem.inputs, d.derivation.graph.error}

    def look(f: Form) -> Fraction:
        if f in values or f.op == "hyper":
            return values.get(f, Fraction(1, 2))
        value = d.problem.values[f.name]
        for i in f.at:
            value = value[i.const]
        return Fraction(value)

    for step in (s for s in d.steps if s.left.op != "flow"):
        for at in unit.entries(step.axes):
            left, right = unit.left(step, at), unit.right(step, at)
            value = sum(ends(value_of(right, look, field(200)))) / 2 * (SLIP if left == slip else 1)
            values[left] = Fraction(f"{float(value):.{places}f}")
            if work == "numbers" and step.stage is not Stage.UPDATE:
                right = replaced(right, lambda f: number(look(f), places) if f.op in ENTRIES else None)
            parts = [left, *([right] if work else []), number(values[left], places, zeros=True)]
            if step.left.op != "adjoint" or step.of not in hidden:
                lines.append((left, " = ".join(printed(names.spelled(f), "plain") for f in parts)))
    return HandIn(tuple(lines))


def number(x: Fraction, places: int, *, zeros: bool = False) -> Form:
    digits = f"{abs(float(x)):.{places}f}"
    own = decimals(x)
    if not zeros and own is not None and own <= places:
        digits = digits.rstrip("0").rstrip(".")
    return neg(shown(digits)) if x < 0 else shown(digits)


WAYS = ["", "symbols", "numbers"]


@pytest.mark.parametrize("work", WAYS)
@pytest.mark.parametrize("name", NETWORKS)
def test_rounded_at_every_step_is_no_fault(name, work):
    for places in (3, 4, 5, 9):
        hand_in = handed_in(name, places, work)
        report = judge(hand_in.text, network(name).problem, notation="mazur")
        assert len(report.lines) == len(hand_in.lines)
        assert {x.text: x.verdict for x in report.lines if x.verdict not in ("ok", "rounding")} == {}


@settings(max_examples=30)
@given(st.sampled_from(NETWORKS), st.integers(5, 9), st.sampled_from(WAYS), st.randoms(use_true_random=False))
def test_a_slip_costs_one_line(name, places, work, random):
    entries = [left for left, _ in handed_in(name, places, "").lines]
    slip = random.choice(entries)
    hand_in = handed_in(name, places, work, slip)
    if hand_in.lines[hand_in.row(slip) - 1] == handed_in(name, places, work).lines[hand_in.row(slip) - 1]:
        return  # 3 % of nothing
    report = judge(hand_in.text, network(name).problem, notation="mazur")
    faults = [x.row for x in report.lines if x.verdict in ("wrong", "arithmetic")]
    assert faults == [hand_in.row(slip)], hand_in.text
    assert {x.verdict for x in report.lines} <= {"ok", "rounding", "carried", "wrong", "arithmetic"}
