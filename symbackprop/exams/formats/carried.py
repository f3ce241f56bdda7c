"""What notebooks and question folders carry along, since symbackprop is not where they are graded: when an answer is right.

Nothing that a student writes is evaluated: a formula is read into a tree, of which only arithmetic is worked out.
"""

import ast
import hashlib
import math
from decimal import Decimal

FUNCTIONS = {
    "exp": math.exp, "log": math.log, "ln": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "abs": abs,
    "sin": math.sin, "cos": math.cos, "sigmoid": lambda z: 1 / (1 + math.exp(-z)), "relu": lambda z: max(z, 0.0),
}  # fmt: skip
OPERATIONS = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.Pow: math.pow, ast.USub: lambda a: -a, ast.UAdd: lambda a: a,
}  # fmt: skip
POINTS = 5
LONGEST = 2000


def near(answer, key, tolerance):
    """|answer - key| <= tolerance, in decimals: 0.0827 is as near to 0.0822 as 0.0005."""
    return math.isfinite(answer) and abs(Decimal(repr(float(answer))) - Decimal(key)) <= Decimal(tolerance)


def same(answer, keys):
    """Whether it says what one of the keys says: with the same signs, or as a formula with the same values."""
    return any(bare(answer) == bare(key) or equal(answer, key) for key in keys)


def bare(text):
    return "".join(text.split()).lower().replace("\u00d7", "x")


def equal(answer, key):
    """Whether both have the same values wherever one has any: at positive points, then at points of any sign."""
    try:
        trees = [tree(answer), tree(key)]
        pairs = [[known(t, point) for t in trees] for point in range(2 * POINTS)]
    except (SyntaxError, KeyError, RecursionError, MemoryError, TypeError, AttributeError):
        return False
    alike = all(a == b or (None not in (a, b) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)) for a, b in pairs)
    return alike and any(a is not None for a, _ in pairs)


def known(node, point):
    try:
        return value(node, point)
    except (ArithmeticError, ValueError):
        return None


def tree(text):
    if len(text) > LONGEST:
        raise SyntaxError("too long")
    return ast.parse(text.strip().replace("^", "**").replace("\u2212", "-").replace("\u00b7", "*"), mode="eval").body


def value(node, point):
    """The value of a formula where each name has a number of its own, 0.2 to 0.8 in size."""
    if isinstance(node, ast.BinOp):
        return OPERATIONS[type(node.op)](value(node.left, point), value(node.right, point))
    if isinstance(node, ast.UnaryOp):
        return OPERATIONS[type(node.op)](value(node.operand, point))
    if isinstance(node, ast.Call) and node.func.id == "where" and len(node.args) == 3:
        condition, yes, no = node.args
        return value(yes if holds(condition, point) else no, point)
    if isinstance(node, ast.Call):
        if len(node.args) != 1 or node.keywords:
            raise SyntaxError("no formula")
        return FUNCTIONS[node.func.id](value(node.args[0], point))
    if isinstance(node, ast.Name):
        number = int(hashlib.sha256(f"{point} {node.id}".encode()).hexdigest()[:12], 16)
        return (0.2 + 0.6 * number / 16**12) * (-1 if point >= POINTS and number % 2 else 1)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    raise SyntaxError("no formula")


def holds(node, point):
    """A comparison of two formulas."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise SyntaxError("no formula")
    a, b = value(node.left, point), value(node.comparators[0], point)
    return {ast.Gt: a > b, ast.GtE: a >= b, ast.Lt: a < b, ast.LtE: a <= b}[type(node.ops[0])]
