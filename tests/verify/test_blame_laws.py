"""Laws: a right derivation is right in any order; a wrong line in it is wrong, and the others right or carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import small_network

import symbackprop as sb
from symbackprop.derivation.mutate import mistakes_in
from symbackprop.derivation.steps import Step
from symbackprop.form import Form, Index, replaced
from symbackprop.readings import unit
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.blame import judge
from symbackprop.verifier.decide import Subject, decide
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).parents[2] / "examples"
NETWORKS = ["mazur", "batch", "sigmoid", "tanh", "softmax", "relu"]


@cache
def network(name: str) -> sb.Derivation:
    if name in ("mazur", "batch"):
        return sb.derive(EXAMPLES / f"{name}.toml")
    return sb.derive(small_network(name, "cross-entropy" if name == "softmax" else "half-squared-error"))


@cache
def lines_of(name: str) -> tuple[tuple[Form, Step, tuple[int, ...]], ...]:
    """Every entry that has a line of its own."""
    d = network(name)
    hidden = {*d.problem.targets, *d.problem.inputs, d.derivation.graph.error}
    steps = [s for s in d.steps if s.left.op != "flow" and not (s.left.op == "adjoint" and s.of in hidden)]
    return tuple((unit.left(s, at), s, at) for s in steps for at in unit.entries(s.axes) if s.of != "Ek")


def written(name: str, opened: Random, wrong: Mapping[Form, Form]) -> list[tuple[Form, Form]]:
    """A derivation: each line its step, with some of the derivatives in it written out as they stand above."""
    rights = {left: wrong.get(left) or unit.right(s, at) for left, s, at in lines_of(name)}

    def right(left: Form) -> Form:
        def open_(f: Form) -> Form | None:
            return right(f) if f.op == "adjoint" and f in rights and opened.random() < 0.6 else None

        return replaced(rights[left], open_)

    return [(left, right(left)) for left in rights]


def text(name: str, lines: list[tuple[Form, Form]], notation: str) -> str:
    names = network(name).names(notation)
    return "\n".join(" = ".join(f"{printed(names.spelled(f), 'plain')}" for f in line) for line in lines)


@settings(max_examples=25)
@given(st.sampled_from(NETWORKS), st.sampled_from(sorted(NOTATIONS)), st.randoms(use_true_random=False))
def test_a_right_derivation_is_right_in_any_order(name, notation, random):
    lines = written(name, random, {})
    random.shuffle(lines)
    report = judge(text(name, lines, notation), network(name).problem, notation=notation)
    assert {line.text: line.verdict for line in report.lines if line.verdict != "ok"} == {}
    assert len(report.lines) == len(lines)


@settings(max_examples=25)
@given(st.sampled_from(NETWORKS), st.sampled_from(sorted(NOTATIONS)), st.randoms(use_true_random=False), st.booleans())
def test_one_wrong_line_is_the_only_one(name, notation, random, shuffled):
    d = network(name)
    left, step, at = random.choice(lines_of(name))
    wrongs = [unit.right(replace(step, form=form), at) for _, form in mistakes_in(d.derivation, step)]
    wrongs = [f for f in wrongs if decide(subject(name), left, f).outcome == "unequal"]
    if not wrongs:
        return
    lines = written(name, random, {left: random.choice(wrongs)})
    if shuffled:
        random.shuffle(lines)
    row = 1 + [one for one, _ in lines].index(left)
    report = judge(text(name, lines, notation), d.problem, notation=notation)
    assert report.convention == "descent"
    assert [x.row for x in report.lines if x.verdict == "wrong"] == [row], text(name, lines, notation)
    assert {x.verdict for x in report.lines} <= {"ok", "wrong", "carried"}


@cache
def subject(name: str) -> Subject:
    return Subject(network(name).problem)


@pytest.mark.parametrize("name", ["mazur", "softmax", "relu"])
def test_every_mistake_of_a_line_is_among_those_that_are_named(name):
    """Of the first entries of each step: whatever the table changes there alone, the judge calls by its name."""
    d = network(name)
    for step in d.steps:
        if (entry := next((e for e in lines_of(name) if e[1] is step), None)) is None:
            continue
        left, _, at = entry
        for mistake, form in mistakes_in(d.derivation, step):
            wrong = unit.right(replace(step, form=form), at)
            if mistake.every or decide(subject(name), left, wrong).outcome != "unequal":
                continue  # what is made in all steps at once has another name in one of them alone
            report = judge(text(name, [(left, wrong)], "mazur"), d.problem, notation="mazur")
            claims = [c for line in report.lines for c in line.claims]
            named = [m.mistake for c in claims for m in c.mistakes]
            assert mistake.name in named or len(named) == 4, (mistake.name, report.text, named)


def test_the_entries_are_those_of_the_steps():
    left, step, at = lines_of("mazur")[0]
    assert left.at == tuple(map(Index, at))
    assert at in set(product(*(range(int(a.size)) for a in step.axes)))
