"""Form to text: one rule for each op.

The promise: read back with these habits of books, the text gives the same tree.

    sum < product < juxtaposition a(1 − a), 2a, f Σ … < power < letter, function, fraction
    Σ takes all factors to its right and stops at + and −
    factors are parted by ·  (× between two numbers, where the language wants it)

A product is juxtaposed only when all that follows its first factor stands in parentheses, when it is a number before
one letter, or when it ends in Σ after one factor; it then stands in a longer product without parentheses:
−(t₁ − out) · out(1 − out) · out_h1.  One freedom is taken, as books do: a minus that leads a product is read as the
minus of its first factor or of the whole, which is the same number.  A sum over two axes prints as Σ Σ.
"""

from __future__ import annotations

from functools import cache

from symbackprop.writers.math import arithmetic, functions
from symbackprop.writers.math.piece import Piece, Printer, Rule
from symbackprop.writers.math.targets import TARGETS

RULES: dict[str, Rule] = {
    "num": arithmetic.num,
    "shown": arithmetic.shown,
    "symbol": arithmetic.named,
    "neg": arithmetic.neg,
    "add": arithmetic.add,
    "mul": arithmetic.mul,
    "div": arithmetic.div,
    "pow": arithmetic.power,
    "partial": arithmetic.partial,
    "fn": functions.fn,
    "along": functions.along,
    "moved": functions.moved,
    "size": functions.size,
    "pi": lambda p, f: Piece(p.to.greek("pi")),
    "over": functions.over,
    "same": functions.same,
    "within": functions.within,
    "cases": functions.cases,
    "compare": functions.compare,
    "blank": functions.blank,
    "ones": functions.ones,
    "transpose": functions.transpose,
    "matmul": functions.joined(lambda to: to.beside),
    "hadamard": functions.joined(lambda to: to.odot),
}


@cache
def printer(target: str, lang: str = "en") -> Printer:
    """The printer of a target, by its name, in a language."""
    return Printer(TARGETS[target], lang, RULES)
