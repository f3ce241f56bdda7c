"""What is graded away from symbackprop: numbers in decimals, formulas by their values, and nothing evaluated."""

import ast
import inspect

import pytest

from symbackprop.exams.formats import carried
from symbackprop.exams.formats.carried import is_near, is_same

KEY = "-(t1-o1)*o1*(1-o1)*h1"


@pytest.mark.parametrize(
    ("answer", "yes"),
    [
        (0.0822, True),
        (0.0827, True),
        (0.0817, True),
        (0.08271, False),
        (0.08169, False),
        (float("inf"), False),
        (1, False),
    ],
)
def test_near(answer, yes):
    assert is_near(answer, "0.0822", "0.0005") is yes


@pytest.mark.parametrize(
    "text",
    [KEY, " (o1 - t1) * h1 * o1 * (1 - o1) ", "h1*(o1-t1)*(o1-o1^2)", "−(t1−o1)·o1·(1−o1)·h1", "(o1-t1)*(o1-o1**2)*h1"],
)
def test_equal_formulas_are_the_same(text):
    assert is_same(text, [KEY])


@pytest.mark.parametrize(
    "text",
    ["", "(", "h1", "(t1-o1)*o1*(1-o1)*h1", "-(t1-o1)*h1", "o1/0", "9^9^9^9", "x" * 5000, "(" * 1500, "h1()", "h1.real",
     "[h1]", "lambda: 1", "__import__('os').getcwd()", "print(1)", "True", "1j", "exp(1, 2)", "exp(x=1)", "'a'*9"],
)  # fmt: skip
def test_others_are_not(text):
    assert not is_same(text, [KEY])


def test_shapes_are_compared_as_they_are_written():
    assert is_same(" 2 X 3", ["2x3"])
    assert is_same("(2,3)", ["2x3", "(2, 3)"])
    assert not is_same("3x2", ["2x3", "(2, 3)"])


def test_functions():
    assert is_same("sigmoid(z)*(1-sigmoid(z))", ["exp(-z)/(1+exp(-z))^2"])
    assert is_same("ln(p)", ["log(p)"])
    assert is_same("dE/dz1*x", ["x*dE/dz1"])


def test_cases_are_told_apart_on_both_sides():
    key = "where(z > 0, d, 0)"
    assert is_same("where(0 < z, d, 0)", [key])
    assert is_same("where(z <= 0, 0, d)", [key])
    for wrong in ("d", "0", "where(z > 0, d, 1)", "where(z > 0, z, 0)", "where(1, d, 0)", "where(z, d, 0)", "z > 0"):
        assert not is_same(wrong, [key])


def test_it_fits_into_any_notebook():
    """No name of a student's is taken; Otter trips over an annotation outside of a function."""
    body = ast.parse(inspect.getsource(carried)).body
    assert not [node for node in body if isinstance(node, ast.AnnAssign)]
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    names |= {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets}
    assert {name for name in names if not name.startswith("_")} == {"is_near", "is_same"}
    imported = {alias.name for node in body if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
    assert imported == {"ast", "hashlib", "math", "Any", "Callable", "Decimal", "Sequence"}
