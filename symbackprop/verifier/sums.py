"""Σ: written out term by term, where there are not too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.form import ONE, ZERO, Axis, Form, Index, add, mul, neg, over, same, walk
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array, scalar
from symbackprop.reader.tokens import spelled
from symbackprop.verifier.meaning import Run
from symbackprop.verifier.scripts import affine

if TYPE_CHECKING:
    from symbackprop.verifier.resolve import Resolver


MOST_TERMS, MOST_NODES = 64, 20_000


def total(r: Resolver, tree: Tree) -> Array:
    variables, lower, upper, but, body = tree.args
    assert isinstance(variables, tuple) and isinstance(body, Tree)
    if not variables:
        return over_all(r, body, tree)
    outer = {v: r.letters.pop(v) for v in variables if v in r.letters}
    x = r.value(body)
    assert isinstance(lower, tuple) and isinstance(upper, tuple) and isinstance(but, tuple)
    low, high, without = spelled(lower), spelled(upper), spelled(but)
    for v in reversed(variables):
        run = r.letters.pop(v, None)
        if run is None and high.isdigit():
            run = Run(int(high), f"size {high}")
        if run is None:
            raise r.fault(tree, f"nothing in this sum depends on {v}: put {v} below a name")
        terms = part(r, low, high, run, tree)
        other = affine(without) if without else None
        axis = Axis(v, run.size, run.kind)
        x = summed(r, x, axis, tree, terms, other)
    r.letters |= outer
    return x


def over_all(r: Resolver, body: Tree, tree: Tree) -> Array:
    """Σ without an index: over the one letter that stands nowhere before it, or over the entries of a vector."""
    before = set(r.letters)
    x = r.value(body)
    new = [v for v in r.letters if v not in before]
    if len(new) == 1 and not x.shape:
        run = r.letters.pop(new[0])
        return scalar(total_of(r, x.entry(()), Axis(new[0], run.size, run.kind), tree))
    if new or len(x.shape) != 1:
        raise r.fault(tree, "a sum names its index below it: \\sum_{k}")
    axis = r.axis(x.shape[0])
    return scalar(total_of(r, x.entry((Index(0, ((1, axis.var),)),)), axis, tree))


def summed(r: Resolver, x: Array, axis: Axis, tree: Tree, terms: range | None, other: Index | None) -> Array:
    if not x.shape:
        return scalar(total_of(r, x.entry(()), axis, tree, terms, other))
    return Array(x.shape, lambda at: total_of(r, x.entry(at), axis, tree, terms, other))


def total_of(
    r: Resolver, body: Form, axis: Axis, tree: Tree, terms: range | None = None, but: Index | None = None
) -> Form:
    """Σ written out; where there are too many terms, or a size without a number, as a sum."""
    n = axis.size
    if not isinstance(n, int) or n > MOST_TERMS:
        if terms is not None or but is not None:
            raise r.fault(tree, f"a sum over a part of its axis may have {MOST_TERMS} terms")
        return over(body, axis)
    nodes = sum(1 for _ in walk(body))
    if nodes * n > MOST_NODES:
        raise r.fault(tree, f"written out, this has more than {MOST_NODES} parts")
    out = []
    for k in terms if terms is not None else range(n):
        term = body.where({axis.var: Index(k)})
        if but is not None and not but.terms:
            if but.const == k:
                continue
        elif but is not None:
            term = mul(add(ONE, neg(same(Index(k), but))), term)
        out.append(term)
    return add(*out) if out else ZERO


def part(r: Resolver, low: str, high: str, run: Run, tree: Tree) -> range | None:
    """The terms from low to high, counted from 1; None for all."""
    if not (low.isdigit() and high.isdigit()):
        if low not in ("", "1"):
            raise r.fault(tree, "a sum begins at a number: \\sum_{k=1}")
        return None
    a, b = int(low), int(high)
    if not isinstance(run.size, int):
        return None
    if a < 1 or b > run.size:
        raise r.fault(tree, f"this sum goes from {a} to {b}; there are {run.size}, counted from 1")
    return range(a - 1, b) if (a, b) != (1, run.size) else None
