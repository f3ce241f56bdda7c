"""Derivatives as nodes: back from the error to everything, or forward from one entry.

Each operation knows its own slopes, and a quantity's entry is a node of its own: ∂E/∂a and ∂E/∂z stay apart where
a = z.  Nothing here knows a network, let alone the derivation that is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symbackprop.verifier.decide.program import Node, Program

# (program, the node, its operands) → ∂node/∂operand, one for each operand.
Slopes = Callable[[Program, Node, tuple[Node, ...]], tuple[Node, ...]]


def _pow(p: Program, x: Node, of: tuple[Node, ...]) -> tuple[Node, ...]:
    n = p.nodes[x][2]
    return (p.mul(p.const(n), p.pow(of[0], Fraction(n - 1))),)


def _erf(p: Program, x: Node, of: tuple[Node, ...]) -> tuple[Node, ...]:
    bell = p.exp(p.neg(p.pow(of[0], Fraction(2))))
    return (p.div(p.mul(p.const(2), bell), p.sqrt(p.node("pi"))),)


def _atan(p: Program, x: Node, of: tuple[Node, ...]) -> tuple[Node, ...]:
    return (p.div(p.one, p.add(p.one, p.pow(of[0], Fraction(2)))),)


SLOPES: dict[str, Slopes] = {
    "copy": lambda p, x, of: (p.one,),
    "add": lambda p, x, of: (p.one, p.one),
    "sub": lambda p, x, of: (p.one, p.const(-1)),
    "mul": lambda p, x, of: (of[1], of[0]),
    "div": lambda p, x, of: (p.div(p.one, of[1]), p.neg(p.div(x, of[1]))),
    "pow": _pow,
    "exp": lambda p, x, of: (x,),
    "log": lambda p, x, of: (p.div(p.one, of[0]),),
    "sqrt": lambda p, x, of: (p.div(p.const(Fraction(1, 2)), x),),
    "sin": lambda p, x, of: (p.plain("cos", of[0]),),
    "cos": lambda p, x, of: (p.neg(p.plain("sin", of[0])),),
    "erf": _erf,
    "atan": _atan,
}


def _flows(p: Program, x: Node) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """Each operand, with how a derivative passes between it and the node: the same factor both ways."""
    op, *rest = p.nodes[x]
    if op == "select":  # the condition itself has no slope
        u, c, strict, then, other = rest
        yield then, lambda d: p.node("select", u, c, strict, d, p.zero) if d != p.zero else d
        yield other, lambda d: p.node("select", u, c, strict, p.zero, d) if d != p.zero else d
        return
    of = p.below(x)
    if not of:
        return
    for operand, slope in zip(of, SLOPES[op](p, x, of), strict=True):
        yield operand, lambda d, slope=slope: p.mul(d, slope)  # type: ignore[misc]


def adjoints(p: Program, error: Node) -> dict[Node, Node]:
    """∂error/∂x for every node x that it is made of."""
    out: dict[Node, Node] = {error: p.one}
    for x in reversed(p.reach(error)):
        if x not in out:
            continue
        for operand, passed in _flows(p, x):
            part = passed(out[x])
            out[operand] = p.add(out[operand], part) if operand in out else part
    return out


def tangent(p: Program, top: Node, bottom: Node, *, within: Node | None = None) -> Node:
    """∂top/∂bottom.  With `within`, top's own body, the entries that it reads stand still: the local derivative."""
    root = top if within is None else within
    out: dict[Node, Node] = {bottom: p.one}
    for x in p.reach(root, stop="copy") if within is not None else p.reach(root):
        if x in out or (within is not None and p.nodes[x][0] == "copy"):
            continue
        parts = [passed(out[y]) for y, passed in _flows(p, x) if y in out] if out.keys() & set(p.below(x)) else []
        if parts:
            out[x] = p.total(iter(parts))
    return out.get(root, p.zero)
