"""Seventeen published worked examples: every figure recomputed, and those of layers derived in the layers form."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import check_cases
import numpy as np
import pytest
from layered import CASES, EXPRESSIBLE, NO_LAYERS, Row, ours, theirs

import symbackprop as sb
from symbackprop.spec.problem import Problem

HERE = Path(__file__).parent
CLOSE = {"rel": 1e-10, "abs": 1e-10}


def test_the_recomputation_reproduces_every_stored_status() -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "check_cases.py")], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout
    assert "TOTAL 17 cases" in done.stdout
    assert done.stdout.rstrip().endswith("problems 0")


def test_each_case_is_in_layers_or_says_why_not() -> None:
    assert EXPRESSIBLE.keys() | NO_LAYERS.keys() == CASES.keys()
    assert not EXPRESSIBLE.keys() & NO_LAYERS.keys()
    networks = {name for name, case in CASES.items() if case["model"]["kind"] in ("mlp", "cnn")}
    assert networks == EXPRESSIBLE.keys()


@dataclass
class Ours:
    """A case answered by derivations: what its expressions may ask for."""

    case: check_cases.Case
    row: Row
    problem: Problem

    @classmethod
    def of(cls, name: str) -> Ours:
        return cls(check_cases.Case(CASES[name]), EXPRESSIBLE[name], ours(CASES[name], EXPRESSIBLE[name]))

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        run = self.case.run()
        return {name: np.shape(run[name]) for name in self.row.names}

    def shaped(self, data: dict[str, Any], name: str) -> Any:
        return theirs(data[self.row.names[name]], name, self.shapes[name], self.row)

    @cached_property
    def data(self) -> dict[str, Any]:
        return sb.derive(self.problem).data()

    def after(self, steps: int) -> dict[str, Any]:
        """The derivation at the parameters that `steps` updates lead to."""
        if not steps:
            return self.data
        values = {**self.problem.values, **{n: fractions(v) for n, v in self.updated(steps).items()}}
        return sb.derive(self.problem.replace(values=values)).data()

    def updated(self, steps: int) -> dict[str, Any]:
        training = self.problem.training.model_copy(update={"steps": steps})
        moved: dict[str, Any] = sb.derive(self.problem.replace(training=training)).data()["updated"]
        return {n: v for n, v in moved.items() if n in self.problem.train}

    def partial(self, out: str, name: str) -> Any:
        """D("a2[0]", "z2"): ∂(an entry)/∂(a quantity), as the adjoint of an error that picks that entry."""
        of, _, at = out.partition("[")
        quantity, k = self.row.names[of], int(at.rstrip("]"))
        pick = tuple(Fraction(j == k) for j in range(self.shapes[of][0]))
        picked = self.problem.replace(
            program=(*self.problem.program[:-1], f"Q = sum(pick*{quantity})"),
            error="Q",
            shapes={**self.problem.shapes, "pick": (len(pick),)},
            values={**self.problem.values, "pick": pick},
            network=None,
        )
        return self.shaped(sb.derive(picked).data()["adjoints"], name)

    def asks(self) -> dict[str, Any]:
        """The names and functions of a published item's expression, all answered by symbackprop."""

        def seen(data: dict[str, Any]) -> dict[str, Any]:
            return {n: self.shaped(data["values"], n) for n in self.row.names}

        return {
            **check_cases.FUN,
            **seen(self.data),
            "G": lambda n, k=0: self.shaped(self.after(k)["adjoints"], n),
            "D": self.partial,
            "NEW": lambda n, k=1: self.shaped(self.updated(k), n),
            "AFTER": lambda e, k=1: check_cases.ev(e, {**check_cases.FUN, **seen(self.after(k))}),
        }


def fractions(value: Any) -> Any:
    return tuple(map(fractions, value)) if isinstance(value, list) else Fraction(value)


@pytest.mark.parametrize("name", EXPRESSIBLE)
def test_every_published_figure_comes_out(name: str) -> None:
    """Its true value, whatever the page prints."""
    asks = Ours.of(name).asks()
    for item in CASES[name]["published"]:
        assert float(check_cases.ev(item["q"], asks)) == pytest.approx(item["truth"], **CLOSE), item["label"]


@pytest.mark.parametrize("name", EXPRESSIBLE)
def test_every_nodes_adjoint_is_that_of_the_complex_step(name: str) -> None:
    mine = Ours.of(name)
    nodes = [*mine.case.leaf, *mine.case.samples[0], *(n for n, _ in mine.case.prog)]
    assert set(nodes) == set(mine.row.names), "a node of the case has no name here"
    for node in nodes:
        found = mine.shaped(mine.data["adjoints"], node)
        np.testing.assert_allclose(found, mine.case.deriv("loss", node), rtol=1e-10, atol=1e-10, err_msg=node)
