"""The seventeen published programs as they stand: every node's adjoint to 1e-10 of a complex step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from against_numpy import nested

from symbackprop.derivation import sweep
from symbackprop.graph import build
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import entrywise, evaluate
from symbackprop.numeric.field import double

PUBLISHED = Path(__file__).parent.parent / "published"
CASES = {c["id"]: c for c in json.loads((PUBLISHED / "published.json").read_text(encoding="utf-8"))["cases"]}

# What only the recomputation's own small language has, in the array notation.
SPELLED = {
    "absv(": "abs(",
    "conv_valid(": "conv(",
    "where(1-r,": "where(1-r > 0,",
    "l2n(yc)": "(yc / sqrt(sum(yc*yc, axis=-1, keepdims=True)))",
    "l2n(pc)": "(pc / sqrt(sum(pc*pc, axis=-1, keepdims=True)))",
    "cosh(pl-yl)": "0.5*exp(pl-yl) + 0.5*exp(yl-pl)",
}
CANNOT: dict[str, str] = {}  # case: what it waits for


def check_case(name: str) -> Any:
    import sys

    sys.path.insert(0, str(PUBLISHED))
    try:
        import check_cases
    finally:
        sys.path.remove(str(PUBLISHED))
    return check_cases.Case(CASES[name])


def spelled(line: str) -> str:
    for theirs, ours in SPELLED.items():
        line = line.replace(theirs, ours)
    return line


def test_there_are_seventeen_and_each_is_done_or_says_why_not() -> None:
    assert len(CASES) == 17
    assert CANNOT.keys() <= CASES.keys()


@pytest.mark.parametrize("name", [n for n in CASES if n not in CANNOT])
def test_every_adjoint(name: str) -> None:
    case = check_case(name)
    leaves = case.leaf | case.samples[0]
    program = tuple(map(spelled, CASES[name]["program"]))
    graph = build(program, {n: v.shape for n, v in leaves.items()}, tuple(CASES[name]["params"]), "loss")
    steps = sweep(graph)
    numbers = evaluate(steps, {n: nested(v.tolist()) for n, v in leaves.items()})
    run = case.run()
    for node in [*leaves, *(k for k, _ in case.prog)]:
        value, slope = (
            np.array(entrywise(numbers[op, node], double), float) for op in ("ref", "adjoint")
        )
        np.testing.assert_allclose(value, np.real(run[node]), rtol=1e-10, atol=1e-10, err_msg=node)
        np.testing.assert_allclose(slope, case.deriv("loss", node), rtol=1e-10, atol=1e-10, err_msg=node)
    for target in ("python", "numpy"):
        error, slopes = lambdify(steps, target)(
            **{n: v.tolist() if target == "python" else v for n, v in leaves.items()}
        )
        assert error == pytest.approx(float(np.real(run["loss"])), rel=1e-10)
        for node in graph.parameters:
            np.testing.assert_allclose(slopes[node], case.deriv("loss", node), rtol=1e-9, atol=1e-10, err_msg=target)
