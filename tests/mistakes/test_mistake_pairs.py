"""Each mistake with a derivation that makes it and one that does not: NAME.md in this folder, as a difference.

Lines with + belong to the right derivation, lines with − to the wrong one, all others to both.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from symbackprop.derivation import Steps, steps_of
from symbackprop.readings.names import Names
from symbackprop.spec import load
from symbackprop.spec.problem import Problem
from symbackprop.tables.mistakes import MISTAKES
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.blame import judge
from symbackprop.verifier.claims import Claim, lines
from symbackprop.verifier.decide import Subject, compiled, decide, same
from symbackprop.verifier.glossary import glossary
from symbackprop.verifier.mutants import mutants
from symbackprop.verifier.report import MOST_MISTAKES

HERE = Path(__file__).parent

# The names that reports, exams and people's notes use: none may ever change.
NAMES = """
    sign-inner-derivative extra-factor-two half-not-cancelled loss-for-its-derivative square-derivative-times-output
    missing-activation-derivative missing-hidden-derivative missing-every-activation-derivative
    derivative-at-net-instead-of-out activation-applied-twice activation-for-its-derivative half-of-the-slope
    wrong-activation-derivative slope-sign-inside used-updated-weights missing-path path-by-own-index
    transposed-weight-index raw-error-sent-back weight-omitted paths-averaged paths-multiplied error-split-by-weights
    absolute-values-added slope-of-wrong-layer output-slope-twice net-for-input weight-instead-of-input
    wrong-input-index wrong-hidden-unit own-output-as-input input-dropped shared-bias-not-summed shared-bias-averaged
    bias-gradient-times-bias bias-not-updated extra-activation-derivative rate-twice mean-factor-dropped
    sign-inner-derivative-log softmax-diagonal-only softmax-skipped softmax-diagonal-sign hinge-indicator-dropped
    hinge-violations-not-counted cosine-norm-constant relu-value-instead-of-derivative chain-rule-as-product
    node-counted-twice overwritten-not-accumulated wrong-weight-index unit-biases-given-total
    ascent-instead-of-descent rate-forgotten weight-replaced-by-gradient batch-mean-for-sum last-sample-only
    sequential-for-batch bias-regularised adam-beta-swap adam-no-bias-correction adam-epsilon-inside-root adamw-coupled
    momentum-dropped nesterov-form arithmetic-slip value-not-carried-forward missing-transpose
    algebra-difference-of-squares
""".split()
SEEN_IN_STEPS = [name for name in NAMES if MISTAKES[name].stages]


class Pair(NamedTuple):
    problem: Problem
    steps: Steps
    good: str
    bad: str
    row: int  # of the line in which they differ


@cache
def network(name: str) -> tuple[Problem, Steps]:
    problem = load(HERE / "networks" / f"{name}.toml")
    return problem, steps_of(problem)


@cache
def pair(name: str) -> Pair:
    text = (HERE / f"{name}.md").read_text(encoding="utf-8")
    found = re.search(r"\(networks/([\w-]+)\.toml\)", text)
    assert found is not None
    rows = text.partition("```diff\n")[2].partition("\n```")[0].split("\n")
    good, bad = ([row for row in rows if row[0] in f" {sign}"] for sign in "+-")
    differs = [k for k, (x, y) in enumerate(zip(good, bad, strict=True), 1) if x != y]
    assert len(differs) == 1
    plain = ("\n".join(row[2:] for row in some) for some in (good, bad))
    return Pair(*network(found[1]), *plain, differs[0])


def claim(pair: Pair, text: str) -> Claim:
    """What the line says in which the two differ."""
    names = glossary(Names(pair.problem, pair.steps.graph, NOTATIONS[pair.problem.presentation.notation]), pair.steps)
    read = lines(text, names)
    assert not read.unread
    (found,) = (c for c in read.claims if c.row == pair.row)
    return found


# ---- there is one for each -----------------------------------------------------------------------------------------


def test_the_names_are_those_of_the_table() -> None:
    assert list(dict.fromkeys(NAMES)) == NAMES
    assert set(NAMES) == set(MISTAKES)


def test_each_has_its_pair_and_no_pair_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.md")} == set(NAMES)


def test_every_network_is_used() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.md"))
    assert set(re.findall(r"networks/([\w-]+)\.toml", told)) == {p.stem for p in (HERE / "networks").glob("*.toml")}


# ---- the mutant is the wrong line ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SEEN_IN_STEPS)
def test_the_mutant_is_the_wrong_line_and_not_the_right_one(name: str) -> None:
    p = pair(name)
    good, bad = claim(p, p.good), claim(p, p.bad)
    s = Subject(p.problem, seed=1)
    assert good.left == bad.left
    assert decide(s, good.left, good.right).outcome == "equal"
    assert decide(s, bad.left, bad.right).outcome == "unequal"
    wrong, right = compiled(s, bad.right), compiled(s, good.right)
    made = [compiled(s, m.form) for m in mutants(p.steps, bad.left) if m.mistake == name]
    assert any(same(s, node, wrong) for node in made)
    assert not all(same(s, node, right) for node in made)


# ---- the verifier finds the line and names the mistake -------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_right_derivation_is_accepted(name: str) -> None:
    p = pair(name)
    report = judge(p.good, p.problem, seed=1)
    assert {line.verdict for line in report.lines} <= {"ok", "rounding"}
    assert len(report.lines) == p.good.count("\n") + 1


@pytest.mark.parametrize("name", NAMES)
def test_the_line_is_found_and_the_mistake_named(name: str) -> None:
    p = pair(name)
    report = judge(p.bad, p.problem, seed=1)
    assert report.first_wrong == p.row
    line = next(line for line in report.lines if line.row == p.row)
    named = [mistake.mistake for c in line.claims for mistake in c.mistakes]
    assert name in named
    assert all(len(c.mistakes) <= MOST_MISTAKES for c in line.claims)
    assert all(other.verdict in ("ok", "carried") for other in report.lines if other.row != p.row)
