"""The unit reading: numbers for the indices, every sum written out.  ∂E/∂w₅ = −(t₁ − out)·out(1 − out)·out_h1."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import NamedTuple

from symbackprop.derivation import Step, Term
from symbackprop.form import ONE, ZERO, Axis, Form, Given, Index, add, mul, neg, num, ref
from symbackprop.tables.activations import ALONG


class Way(NamedTuple):
    """One summand of a partial: the units and samples that it goes through, its factors in order with the number
    in front of them, and the entry of the next quantity that it goes through."""

    through: tuple[int, ...]
    factors: tuple[Form, ...]
    form: Form
    const: Fraction
    entry: Form


def place(step: Step, entry: tuple[int, ...]) -> Given:
    """The numbers for the index variables of a step."""
    return dict(zip((a.var for a in step.axes), map(Index, entry), strict=True))


def entries(axes: tuple[Axis, ...]) -> list[tuple[int, ...]]:
    """Every entry of a quantity, in the order of reading.  Its sizes must be numbers."""
    return list(product(*(range(_number(a)) for a in axes)))


def left(step: Step, entry: tuple[int, ...]) -> Form:
    return step.left.where(place(step, entry))


def right(step: Step, entry: tuple[int, ...]) -> Form:
    """The right side at one entry, as it stands in the step, with its sums written out."""
    return written_out(step.form.where(place(step, entry)))


def ways(step: Step, entry: tuple[int, ...]) -> tuple[Way, ...]:
    """The summands of a partial, one for each way back, with their factors apart."""
    out = []
    for term in step.terms:
        for numbers in entries(term.axes):
            given = place(step, entry) | dict(zip((a.var for a in term.axes), map(Index, numbers), strict=True))
            way = _way(term, numbers, given)
            if way is not None:
                out.append(way)
    return tuple(out)


def _way(term: Term, numbers: tuple[int, ...], given: Given) -> Way | None:
    form = written_out(term.chain.form.where(given))
    if form == ZERO or any(written_out(g.where(given)) == ZERO for g in term.guards):
        return None
    factors = tuple(written_out(f.where(given)).be(f.role) for f in term.chain.factors)
    return Way(numbers, factors, form, term.chain.const, ref(term.through, *(i.where(given) for i in term.at)))


def written_out(form: Form) -> Form:
    """Sums over numbered axes as sums of terms; Kronecker deltas and guards as 1 or 0, with what follows."""
    if form.op == "over":
        body = form.forms[0]
        return _sum([
            written_out(body.where(dict(zip((a.var for a in form.axes), map(Index, numbers), strict=True))))
            for numbers in entries(form.axes)
        ])
    if form.op == "along":
        entry, on_axis = form.forms
        (axis,) = form.axes
        row = ALONG[form.name]
        every = [on_axis.where({axis.var: Index(n)}) for (n,) in entries((axis,))]
        return row.value(entry, lambda g: add(*(g(x) for x in every)))
    if form.op == "same":
        return num(int(form.args[0] == form.args[1]))
    if form.op == "within":
        at, n = form.args
        assert isinstance(at, Index) and isinstance(n, int)
        return num(int(0 <= at.const < n))
    below = form.map(written_out)
    if form.op == "add":
        return _sum([t for f, x in zip(form.forms, below.forms, strict=True) for t in _terms(f, x)])
    if form.op == "mul":
        return _product(below)
    if form.op == "neg" and below.forms[0].op == "neg":
        return below.forms[0].forms[0]
    return below


def _terms(form: Form, written: Form) -> tuple[Form, ...]:
    """The terms that a summand has become: a sum that was Σ joins the sum that it stands in."""
    return written.forms if form.op == "over" and written.op == "add" else (written,)


def _sum(terms: list[Form]) -> Form:
    kept = [t for t in terms if t != ZERO and t != neg(ZERO)]
    return add(*kept) if kept else ZERO


def _product(f: Form) -> Form:
    """Zeros, ones and signs that came from written-out deltas; a product without them stays as it is."""
    if ZERO in f.forms:
        return ZERO
    minus = False
    kept = []
    for x in f.forms:
        if x.op == "neg":
            minus, x = not minus, x.forms[0].be(x.role)
        if x != ONE:
            kept.append(x)
    product_ = mul(*kept) if kept else ONE
    return neg(product_) if minus else product_


def _number(axis: Axis) -> int:
    assert isinstance(axis.size, int), "a symbolic size cannot be written out"
    return axis.size
