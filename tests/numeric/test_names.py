"""Nothing from outside reaches a source but names that the gate lets through."""

from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.derivation import sweep
from symbackprop.errors import SymbackpropError
from symbackprop.form import ref
from symbackprop.graph import Definition, Graph, build
from symbackprop.numeric.emit import lambdify, source
from symbackprop.numeric.names import GATE
from symbackprop.numeric.targets import TARGETS

HOSTILE = [
    "__import__('os').system('id')",
    "x\n    import os",
    "a b", "x;y", "_x", "x_", "a__b", "é", "\u0445", "x.y", "", "1x", "lambda: 0",
    "x→y", "x'", 'x"', "x\\", "x#", "x\u2028y", "x\x00", "x.1\n", ".1",
]  # fmt: skip


def of(name: str, other: str = "w") -> Graph:
    """E = (name·other)², whatever the name is."""
    body = (ref(name) * ref(other)) ** 2
    shapes = {name: (), other: (), "E": ()}
    return Graph((Definition("E", (), (), body),), shapes, (other,), "E", None, frozenset())


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("target", TARGETS)
def test_a_hostile_name_is_refused(name: str, target: str) -> None:
    with pytest.raises(SymbackpropError, match="is no name"):
        source(sweep(of(name)), target)
    with pytest.raises(SymbackpropError, match="is no name"):
        source(sweep(of("x", name)), target)


@pytest.mark.parametrize("target", TARGETS)
def test_a_hostile_size_is_refused(target: str) -> None:
    graph = build(("E = sum(x)",), {"x": ('"""; import os',), "W": ("n", '"""')}, ("x", "W"), "E")
    with pytest.raises(SymbackpropError, match="is no name"):
        source(sweep(graph), target)


@given(st.text())
def test_no_text_is_a_name_unless_the_gate_says_so(name: str) -> None:
    if name in ("w", "E"):
        return
    if GATE.fullmatch(name):
        ast.parse(source(sweep(of(name))))
    else:
        with pytest.raises(SymbackpropError):
            source(sweep(of(name)))


@pytest.mark.parametrize(
    "name",
    [
        *keyword.kwlist,
        "sum",
        "range",
        "exp",
        "f",
        "np",
        "float",
        "len",
        "max",
        "mpf",
        "j",
        "i",
        "s1",
        "d_w",
        "batch",
        "zip",
    ],
)
@pytest.mark.parametrize("target", TARGETS)
def test_a_name_that_python_or_the_program_needs_gets_an_underscore(name: str, target: str) -> None:
    if name in ("None", "True", "False"):
        name = name.lower()
    f = lambdify(sweep(of(name)), target)
    error, gradient = f(**{name: 3.0, "w": 2.0})
    assert (float(error), float(gradient["w"])) == (36, 36)
    error, gradient = f(**{name: [3.0, 1.0], "w": 2.0})
    assert (float(error), float(gradient["w"])) == (40, 40)


def test_index_letters_are_not_names_of_quantities() -> None:
    graph = build(("i = W @ j", "k = tanh(i)", "l = sum(k*m)"), {"W": (2, 2), "j": (2,), "m": (2,)}, ("W",), "l")
    values = {"W": [[1.0, 2.0], [3.0, 4.0]], "j": [0.1, 0.2], "m": [0.5, 0.7]}
    results = [lambdify(sweep(graph), target)(**values) for target in TARGETS]
    assert len({round(float(error), 12) for error, _ in results}) == 1
    assert len({round(float(gradient["W"][1][0]), 12) for _, gradient in results}) == 1
