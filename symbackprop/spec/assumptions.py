"""What a spec lets one take for granted: assume = ["sum(t) == 1", "t*y < 1"].

An equality fixes a symbol by others; an inequality leaves out branches and points.  Each is left − right rel 0, entry
by entry, in the array notation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import NamedTuple

from symbackprop.reader.array import Statement, Tree, expression, fault, names_in
from symbackprop.spec.words import choices

RELATIONS = ("==", ">", "<", ">=", "<=")
MOVED = frozenset(("+", "-"))
SCALED = frozenset(("*", "/"))


class Assumption(NamedTuple):
    relation: str
    difference: Statement  # left − right, under a name that no quantity has


def assumption(text: str, number: int) -> Assumption:
    """Raises ReadError for what is no comparison of two sides."""
    body = expression(text).body
    if body.kind != "binary" or body.args[0] not in RELATIONS:
        raise fault(text, body.column, f"an assumption compares two sides by {choices(RELATIONS)}: sum(t) == 1")
    relation, left, right = body.args
    difference = Tree("binary", ("-", left, right), body.column)
    return Assumption(str(relation), Statement(f"assume {number}", difference, text))


def check(text: str, number: int, known: Container[str], symbols: Container[str]) -> Assumption:
    """The same, where its names are there and an equality can be solved.  Raises ReadError."""
    found = assumption(text, number)
    body = found.difference.body
    for name, column in names_in(body):
        if name not in known:
            raise fault(text, column, f"no equation has {name}")
    if not any(name in symbols for name, _ in names_in(body)):
        raise fault(text, 0, "an assumption is about arrays that [shapes] leaves without numbers; these have some")
    if found.relation == "==" and not any(name in symbols for name in solvable(body)):
        raise fault(text, body.column, "an equality must be linear in an array that is given: sum(t) == 1, y == 1 - x")
    return found


def solvable(body: Tree) -> list[str]:
    """The arrays in which it is linear, with numbers for coefficients."""
    alone, all_of = Counter(linear(body)), Counter(name for name, _ in names_in(body))
    return [name for name in alone if alone[name] == all_of[name]]


def linear(tree: Tree) -> Iterator[str]:
    """The names to which only sums, differences and numbers are applied."""
    if tree.kind == "name":
        yield str(tree.args[0])
    elif tree.kind in ("neg", "transpose", "index"):
        yield from linear(tree.tree(0))
    elif tree.kind == "call" and tree.args[0] in ("sum", "mean"):
        arguments = tree.args[1]
        assert isinstance(arguments, tuple)
        for part in arguments[:1]:
            yield from linear(part)
    elif tree.kind == "binary":
        operator, left, right = str(tree.args[0]), tree.tree(1), tree.tree(2)
        if operator in MOVED or (operator in SCALED and right.kind == "number"):
            yield from linear(left)
        if operator in MOVED or (operator == "*" and left.kind == "number"):
            yield from linear(right)
