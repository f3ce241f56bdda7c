"""Each kind of layer: its derivation against independent routes, and its words."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from layer_cases import CASES, problem_of

import symbackprop as sb
from symbackprop.layers import written
from symbackprop.layers.kinds import LAYERS
from symbackprop.spec import Problem, dumps, loads, understood
from symbackprop.verifier import oracle

OWN = ("central differences", "complex step")
each = pytest.mark.parametrize("case", CASES)


def adjoints(p: Problem) -> dict[str, Any]:
    results = sb.derive(p).results
    return {name: value for (op, name), value in results.items() if op == "adjoint" and "." not in name}


def test_every_kind_has_a_case() -> None:
    assert {layer.get("kind", "dense") for _, layers in CASES.values() for layer in layers} == set(LAYERS)


SEVERAL = ("cnn", "residual", "dropout", "conv1d", "dense on rows")  # torch has them all, in tests/oracles


@pytest.mark.parametrize(("case", "samples"), [*((case, None) for case in CASES), *((case, 2) for case in SEVERAL)])
def test_the_oracle_agrees(case: str, samples: int | None) -> None:
    p = problem_of(case, samples)
    verdict = oracle.check(p, adjoints(p), only=OWN)
    assert verdict.agrees, oracle.report(verdict)
    assert verdict.compared == verdict.total > 0
    assert {o.route: o.digits for o in verdict.outcomes if not o.why_not}["complex step"] == 45


@pytest.mark.parametrize("case", SEVERAL)
def test_a_wrong_gradient_of_it_is_found(case: str) -> None:
    p = problem_of(case)
    found = adjoints(p)
    found["x"] = _doubled(found["x"])
    assert not oracle.check(p, found, only=OWN).agrees


def _doubled(value: Any) -> Any:
    return tuple(map(_doubled, value)) if isinstance(value, tuple | list) else 2 * value


@pytest.mark.parametrize("samples", [None, 2])
@each
def test_what_is_written_out_is_read_in_equal(case: str, samples: int | None) -> None:
    p = problem_of(case, samples)
    again = loads(dumps(p))
    assert again == p
    assert dumps(again) == dumps(p)


@pytest.mark.parametrize("language", ["en", "id"])
@each
def test_a_solution_names_each_layer(case: str, language: str) -> None:
    text = sb.solution(sb.derive(problem_of(case)), lang=language).render("markdown")
    word = {"en": "Layer ", "id": "Lapisan ke-"}[language]
    for k in range(1, len(CASES[case][1]) + 1):
        assert re.search(rf"^### {word}{k}\b", text, re.MULTILINE)


def test_each_sample_may_have_its_own_mask() -> None:
    layers = [{"kind": "dropout", "rate": 0.5, "mask": [[1, 0], [0, 1]]}, {"units": 1, "activation": "tanh"}]
    p = understood(
        {
            "network": {"inputs": 2, "loss": "half-squared-error", "layers": layers},
            "data": {"inputs": [[1, 2], [3, 4]], "targets": [[0], [1]]},
        }
    )
    assert p.inputs == ("x", "m1")
    assert sb.derive(p.replace(values={**p.values, "W2": ((Fraction(1), Fraction(1)),), "b2": (Fraction(0),)})).results[
        "ref", "a1"
    ] == ((2, 0), (0, 8))
    assert loads(dumps(p)) == p


def test_a_chain_of_dense_layers_is_told_as_books_do() -> None:
    layers = [{"units": 2, "activation": "tanh", "name": "h"}, {"units": 2, "activation": "tanh", "inputs": "h"}]
    network = {"inputs": 2, "loss": "half-squared-error", "layers": layers}
    assert understood({"network": network}).dense is not None
    layers[1]["inputs"] = "x"
    branched = understood({"network": network})
    assert branched.dense is None
    assert branched.warnings == ("network.layers[0]: no layer takes what layer 1 gives, so it has no effect",)


def test_numbers_in_equations_are_exact() -> None:
    assert written(Fraction(1, 2)) == "0.5"
    assert written(Fraction(2, 3)) == "(2/3)"
    assert written(1 - Fraction(10**29 - 1, 10**29 * 7)) == f"({6 * 10**29 + 1}/{7 * 10**29})"


CNN = Path(__file__).resolve().parents[2] / "examples" / "cnn.toml"


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_example_of_a_convolution_is_told_in_every_format(language: str) -> None:
    derivation = sb.derive(sb.load(CNN))
    assert oracle.check(derivation.problem, adjoints(derivation.problem), only=OWN).agrees
    assert derivation.trajectory(1).errors[1] < derivation.trajectory(1).errors[0]
    solution = sb.solution(derivation, lang=language)
    for name in ("markdown", "latex", "typst"):
        assert "None" not in str(solution.render(name))
    assert bytes(solution.render("pdf")).startswith(b"%PDF")


def test_a_shifted_index_counts_from_1() -> None:
    """With j = u = 1 for the first ones, x[j + u − 1] is the first entry, too."""
    text = sb.solution(sb.derive(sb.load(CNN)), readings=("index",)).render("markdown")
    assert "x_{1,r+i-1,s+k-1}" in text
