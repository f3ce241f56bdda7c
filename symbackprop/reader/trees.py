r"""The trees of formulas as people write them, and the signs that they are parted by.

The kinds of a tree: number text · symbol base accent sub sup · neg x · sum x … · product (operator x) … · beside x … ·
div x y · scripted x sub sup · group x · list x … · call name sub sup x … · d x · change x · nabla sub · sqrt x n ·
abs x · norm x · total variables lower upper but body · limit variable body · indicator chain · cases (value when) … ·
chain (relation x) …
"""

from __future__ import annotations

from typing import cast

from symbackprop.reader.array import Tree
from symbackprop.reader.tokens import Token

RELATIONS = frozenset(("=", ":=", "==", "←", "→", "≈", "<", ">", "<=", ">=", "!="))
OPERATORS = frozenset("·×*⊙@")
CLOSING = {"(": ")", "[": "]", "{": "}", "{{": "}}"}
Scripts = tuple[Token, ...]
NONE: Scripts = ()
BEGINS = frozenset("([{∂∇Δ\U0001d7d9") | {"{{"}
CONDITION_WORDS = frozenset("if jika for untuk when bila otherwise else lainnya selain itu".split())


def sides(chain: Tree) -> list[tuple[str, Tree, int]]:
    """Of a chain: the relation before each side, the side, and where the relation stands."""
    return cast(list[tuple[str, Tree, int]], list(chain.args))


def factors(product: Tree) -> list[tuple[str, Tree]]:
    """Of a product: the operator before each factor, and the factor."""
    return cast(list[tuple[str, Tree]], list(product.args))


def branches(cases: Tree) -> list[tuple[Tree, Tree | None]]:
    """Of cases: each value with its condition; None for otherwise."""
    return cast(list[tuple[Tree, Tree | None]], list(cases.args))


def trees(args: tuple[object, ...]) -> list[Tree]:
    return [a for a in args if isinstance(a, Tree)]
