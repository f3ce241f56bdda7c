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
    try:
        trees = [tree(answer), tree(key)]
        pairs = [[value(t, point) for t in trees] for point in range(POINTS)]
    except (SyntaxError, ValueError, KeyError, ArithmeticError, RecursionError, MemoryError, TypeError):
        return False
    return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in pairs)


def tree(text):
    if len(text) > LONGEST:
        raise ValueError("too long")
    return ast.parse(text.strip().replace("^", "**").replace("\u2212", "-").replace("\u00b7", "*"), mode="eval").body


def value(node, point):
    """The value of a formula where each name has a number of its own between 0.2 and 0.8."""
    if isinstance(node, ast.BinOp):
        return OPERATIONS[type(node.op)](value(node.left, point), value(node.right, point))
    if isinstance(node, ast.UnaryOp):
        return OPERATIONS[type(node.op)](value(node.operand, point))
    if isinstance(node, ast.Call):
        (argument,) = node.args
        return FUNCTIONS[node.func.id](value(argument, point))
    if isinstance(node, ast.Name):
        return 0.2 + 0.6 * int(hashlib.sha256(f"{point} {node.id}".encode()).hexdigest()[:12], 16) / 16**12
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    raise ValueError("no formula")
