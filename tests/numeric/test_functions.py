"""A function is one row: every target and both fields take it from there."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from symbackprop.derivation import Step, Steps, sweep
from symbackprop.form import Form, cases, fn, num, ref
from symbackprop.graph import Definition, Graph
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import double, ends
from symbackprop.numeric.intervals import Intervals
from symbackprop.numeric.targets import TARGETS
from symbackprop.tables import activations
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY, Activation, Elementary
from symbackprop.vocabulary import Stage

HALF = num(Fraction(1, 2))
ROOT = 1 / fn("sqrt", num(2))
NEW = [
    Activation(
        "new-leaky",
        "f",
        lambda z: cases(z, z > 0, Fraction(1, 100) * z),
        lambda z, a: cases(1, z > 0, Fraction(1, 100)),
    ),
    Activation("new-elu", "f", lambda z: cases(z, z > 0, fn("exp", z) - 1), lambda z, a: cases(1, z > 0, a + 1)),
    Activation("new-gelu", "f", lambda z: HALF * z * (1 + fn("erf", z * ROOT)), lambda z, a: fn("new-slope", z)),
    Activation("new-slope", "f", lambda z: z / (1 + z**2), lambda z, a: a),
    Activation("new-power", "f", lambda z: (1 + z**2) ** Fraction(1, 3), lambda z, a: a),
]
PLAIN: dict[str, Callable[[float], float]] = {
    "new-leaky": lambda z: z if z > 0 else z / 100,
    "new-elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "new-gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "new-slope": lambda z: z / (1 + z * z),
    "new-power": lambda z: (1 + z * z) ** (1 / 3),
}


@pytest.fixture(autouse=True)
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in NEW:
        monkeypatch.setitem(activations.ACTIVATIONS, row.name, row)
    if "erf" not in ELEMENTARY:
        monkeypatch.setitem(activations.ELEMENTARY, "erf", Elementary("erf", "erf", lambda x, y: y))


def graph(body: Callable[[Form], Form]) -> Graph:
    return Graph((Definition("E", (), (), body(ref("z"))),), {"z": (), "E": ()}, (), "E", None, frozenset())


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("z", [-1.5, 0.25, 3.0])
def test_a_row_is_all_that_a_function_needs(name: str, z: float) -> None:
    made = graph(lambda x: fn(name, x))
    steps = Steps(made, (Step(0, Stage.ERROR, "E", ref("E"), (), made.by_name["E"].body, "definition", ()),))
    wanted = PLAIN[name](z)
    for target in TARGETS:
        error, _ = lambdify(steps, target)(z=z)
        assert float(error) == pytest.approx(wanted, rel=1e-14)
    exact = evaluate(steps, {"z": Fraction(z)})["ref", "E"]
    assert double(exact) == pytest.approx(wanted, rel=1e-14)
    assert double(evaluate(steps, {"z": Fraction(z)}, numbers=Intervals(220))["ref", "E"]) == double(exact)


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {row.name for row in NEW}))
@pytest.mark.parametrize("z", [-800.0, -30.0, -0.5, 0.0, 0.5, 30.0, 800.0])
def test_every_row_of_the_table_is_right_and_stable_in_every_target(name: str, z: float) -> None:
    steps = sweep(graph(lambda x: fn(name, x)))
    low, high = ends(evaluate(steps, {"z": Fraction(z)}, bits=4000)["ref", "E"])
    for target in TARGETS:
        error, gradient = lambdify(steps, target, ("z",))(z=z)
        assert float(error) == pytest.approx(float(low + high) / 2, rel=1e-12, abs=1e-300)
        assert math.isfinite(float(gradient["z"]))
