"""When an answer is right.  Notebooks and question folders carry this along: symbackprop is not where they are graded.

In a notebook these names stand among the student's own: all but two have an underscore.

Nothing that a student writes is evaluated: a formula is read into a tree, of which only arithmetic is worked out.
"""

import ast
import hashlib
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

# Typed so, since Otter trips over an annotation of what is not in a function.
_FUNCTIONS = dict[str, Callable[[float], float]]({
    "exp": math.exp, "log": math.log, "ln": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "abs": abs,
    "sin": math.sin, "cos": math.cos, "sigmoid": lambda z: 1 / (1 + math.exp(-z)), "relu": lambda z: max(z, 0.0),
})  # fmt: skip
_OPERATIONS = dict[type, Callable[..., float]]({
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Pow: math.pow, ast.USub: lambda a: -a, ast.UAdd: lambda a: a,
})  # fmt: skip
_RELATIONS = dict[type, Callable[[float, float], bool]]({
    ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b, ast.Lt: lambda a, b: a < b, ast.LtE: lambda a, b: a <= b,
})  # fmt: skip
_POINTS = 5
_LONGEST = 2000


def is_near(answer: float, key: str, tolerance: str) -> bool:
    """|answer − key| ≤ tolerance, in decimals: 0.0827 is as near to 0.0822 as 0.0005."""
    return math.isfinite(answer) and abs(Decimal(repr(float(answer))) - Decimal(key)) <= Decimal(tolerance)


def is_same(answer: str, keys: Sequence[str]) -> bool:
    """Whether it says what one of the keys says: with the same signs, or as a formula with the same values."""
    return any(_bare(answer) == _bare(key) or _equal(answer, key) for key in keys)


def _bare(text: str) -> str:
    return "".join(text.split()).lower().replace("\u00d7", "x")


def _equal(answer: str, key: str) -> bool:
    """Whether both have the same values wherever one has any: at positive points, then at points of any sign."""
    try:
        trees = [_tree(answer), _tree(key)]
        pairs = [[_known(t, point) for t in trees] for point in range(2 * _POINTS)]
    except (SyntaxError, KeyError, RecursionError, MemoryError, ValueError):
        return False
    alike = [a == b or (a is not None and b is not None and _close(a, b)) for a, b in pairs]
    return all(alike) and any(a is not None for a, _ in pairs)


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _tree(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise SyntaxError("too long")
    return ast.parse(text.strip().replace("^", "**").replace("\u2212", "-").replace("\u00b7", "*"), mode="eval").body


def _known(node: ast.expr, point: int) -> Any:
    try:
        return _value(node, point)
    except (ArithmeticError, ValueError):
        return None


def _value(node: ast.expr, point: int) -> float:
    """The value of a formula where each name has a number of its own, 0.2 to 0.8 in size."""
    if isinstance(node, ast.BinOp):
        return _OPERATIONS[type(node.op)](_value(node.left, point), _value(node.right, point))
    if isinstance(node, ast.UnaryOp):
        return _OPERATIONS[type(node.op)](_value(node.operand, point))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id == "where" and len(node.args) == 3:
            condition, yes, no = node.args
            return _value(yes if _holds(condition, point) else no, point)
        if len(node.args) == 1:
            return _FUNCTIONS[node.func.id](_value(node.args[0], point))
    if isinstance(node, ast.Name):
        number = int(hashlib.sha256(f"{point} {node.id}".encode()).hexdigest()[:12], 16)
        return (0.2 + 0.6 * number / 16**12) * (-1 if point >= _POINTS and number % 2 else 1)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(str(node.value))
    raise SyntaxError("no formula")


def _holds(node: ast.expr, point: int) -> bool:
    """A comparison of two formulas."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise SyntaxError("no formula")
    return _RELATIONS[type(node.ops[0])](_value(node.left, point), _value(node.comparators[0], point))
