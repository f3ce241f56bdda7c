"""What the spec lets one take for granted, entry by entry: equalities as ties, inequalities as ranges of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

from symbackprop.reader.lower import Lowering
from symbackprop.spec.assumptions import assumption
from symbackprop.verifier.decide.field import Region
from symbackprop.verifier.decide.lower import lowered
from symbackprop.verifier.decide.program import Node, Undecidable

if TYPE_CHECKING:
    from symbackprop.verifier.decide.subject import Subject


def differences(s: Subject) -> Iterator[tuple[Node, str]]:
    """left − right and the relation to 0, of each entry of each assumption."""
    graph = s.graph
    for k, text in enumerate(s.problem.assume):
        found, lowering = assumption(text, k), Lowering(dict(graph.shapes), graph.sample, frozenset(graph.batched))
        lowering.define(found.difference)
        for d in lowering.made:
            for at, env in s.instances(d):
                node = lowered(d.body, s, env)
                if d.name == found.difference.name:
                    yield node, found.relation
                else:
                    s.name((d.name, at), s.program.node("copy", node, (d.name, at)))


def solved(s: Subject, node: Node) -> dict[Node, Node]:
    """The last symbol in which node is linear, by the others: t₂ = 1 − t₁ from t₁ + t₂ − 1 = 0."""
    p, parts = s.program, dict[Node, Fraction]()
    _collect(s, node, Fraction(1), parts)
    parts = {x: c for x, c in parts.items() if c}
    constant = parts.pop(p.one, Fraction(0))
    if not parts and not constant:
        return {}
    for x in sorted(parts, reverse=True):
        others = [y for y in parts if y != x]
        if p.nodes[x][0] == "leaf" and x not in p.reach(*others):
            rest = p.total(p.mul(p.const(-parts[y] / parts[x]), y) for y in others)
            return {x: p.add(rest, p.const(-constant / parts[x]))}
    raise Undecidable("the assumptions leave nothing that one of them could be solved for")


def _collect(s: Subject, node: Node, factor: Fraction, parts: dict[Node, Fraction]) -> None:
    """node · factor as a sum of multiples; the number alone is that of 1."""
    p = s.program
    op, *rest = p.nodes[node]
    if node in s.ties:
        _collect(s, s.ties[node], factor, parts)
    elif op == "const":
        parts[p.one] = parts.get(p.one, Fraction(0)) + factor * rest[0]
    elif op in ("add", "sub"):
        _collect(s, rest[0], factor, parts)
        _collect(s, rest[1], -factor if op == "sub" else factor, parts)
    elif op == "copy":
        _collect(s, rest[0], factor, parts)
    elif op == "mul" and None not in (c := [p.number(x) for x in rest][:1]):
        _collect(s, rest[1], factor * (c[0] or 0), parts)
    else:
        parts[node] = parts.get(node, Fraction(0)) + factor


def ranges(s: Subject, node: Node, relation: str) -> dict[Node, Region]:
    """node rel 0 as a range of what in it is no number: 1 − ty > 0 is ty < 1."""
    u, c, flipped = s.program.bare(node)
    if s.program.number(u) is not None:
        return {}
    above = (relation in (">", ">=")) != flipped
    return {u: Region(c, inf, c + 1) if above else Region(-inf, c, c - 1)}


def within(a: Region, b: Region) -> Region:
    """What two ranges have in common."""
    low, high = max(a.low, b.low), min(a.high, b.high)
    if low >= high:
        raise Undecidable("the assumptions exclude each other")
    if isinstance(low, float):
        return Region(low, high, Fraction(high) - 1)
    return Region(low, high, low + 1 if isinstance(high, float) else (low + high) / 2)
