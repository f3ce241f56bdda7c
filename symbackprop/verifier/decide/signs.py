"""What is above 0, or never 0, on all reals: as far as the signs of parts show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbackprop.verifier.decide.program import Node, Program


def never_zero(p: Program, x: Node) -> bool:
    op, *rest = p.nodes[x]
    if op in ("mul", "div"):
        return never_zero(p, rest[0]) and never_zero(p, rest[1])
    if op == "sub" and rest[0] == p.zero:
        return never_zero(p, rest[1])
    if op in ("copy", "pow"):
        return never_zero(p, rest[0])
    return p.number(x) != 0 if op == "const" else positive(p, x)


def positive(p: Program, x: Node) -> bool:
    """Above 0 on all reals, as far as signs of parts show; 1 − a of a share a is."""
    op, *rest = p.nodes[x]
    if op == "const":
        return bool(rest[0] > 0)
    if op in ("exp", "pi"):
        return True
    if op == "sub" and rest[0] == p.one:
        return _share(p, rest[1])
    if op == "add":
        parts = [positive(p, y) for y in rest]
        return all(parts) or (any(parts) and all(ok or _square(p, y) for ok, y in zip(parts, rest, strict=True)))
    if op in ("mul", "div"):
        return positive(p, rest[0]) and positive(p, rest[1])
    return op in ("copy", "pow", "sqrt") and positive(p, rest[0])


def _square(p: Program, x: Node) -> bool:
    op, *rest = p.nodes[x]
    return (op == "pow" and rest[1] % 2 == 0) or (op == "add" and all(_square(p, y) for y in rest))


def _share(p: Program, x: Node) -> bool:
    """a/(a + b + …) of positive parts: below 1."""
    op, *rest = p.nodes[x]
    if op == "copy":
        return _share(p, rest[0])
    if op != "div":
        return False
    terms = list(_terms(p, rest[1]))
    return len(terms) > 1 and rest[0] in terms and all(positive(p, y) for y in terms)


def _terms(p: Program, x: Node) -> Iterator[Node]:
    op, *rest = p.nodes[x]
    if op == "add":
        for y in rest:
            yield from _terms(p, y)
    else:
        yield x
