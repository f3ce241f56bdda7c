"""A sum over the ways back, added up wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import prod

from symbackprop.derivation.mutate.case import Case, Change, paths, size, units
from symbackprop.derivation.mutate.factors import times
from symbackprop.form import Axis, Form, Index, add, fn, index, mul, neg, num, over, ref, replaced
from symbackprop.vocabulary import Role


def over_paths(form: Form, change: Callable[[Form, tuple[Axis, ...]], Form | None]) -> Form:
    """The Form with each sum over units changed; `change` gets what is summed and the axes of the units."""

    def sums(f: Form) -> Form | None:
        some = paths(f)
        if not some:
            return None
        inside = change(f.forms[0], some)
        return None if inside is None else over(inside, *(a for a in f.axes if a not in some))

    return replaced(form, sums)


def first(case: Case) -> Form:
    """Σ_k x_k → x_1"""
    if case.step.rule == "collect":
        return case.form.forms[0]
    return over_paths(case.form, lambda x, some: x.where({a.var: Index(0) for a in some}))


def own(case: Case) -> Form:
    """Σ_k x_kj → x_jj, where the layers are equally wide"""

    def one(x: Form, some: tuple[Axis, ...]) -> Form | None:
        mine = units(case.step)
        if len(mine) != 1 or len(some) != 1 or mine[0].size != some[0].size:
            return None
        return x.where({some[0].var: index(mine[0].var)})

    return over_paths(case.form, one)


def diagonal_sign(case: Case) -> Form | None:
    """Σ_i x_ij → Σ_i x_ij − 2 x_jj: p_j(p_j − 1) on the diagonal"""
    diagonal = own(case)
    return None if diagonal == case.form else add(case.form, neg(times(2, diagonal)))


def mean(case: Case) -> Form:
    """Σ_k x_k → (1/n) Σ_k x_k"""

    def averaged(f: Form) -> Form | None:
        sizes = [size(a) for a in paths(f)]
        if not sizes or not all(sizes):
            return None
        return mul(num(Fraction(1, prod(n for n in sizes if n))), f)

    return replaced(case.form, averaged)


def multiplied(case: Case) -> Form:
    """Σ_k x_k → Π_k x_k"""

    def factors(x: Form, some: tuple[Axis, ...]) -> Form | None:
        sizes = [size(a) for a in some]
        if not all(sizes):
            return None
        every = product(*(range(n) for n in sizes if n))
        return mul(*(x.where({a.var: Index(k) for a, k in zip(some, at, strict=True)}) for at in every))

    return over_paths(case.form, factors)


def absolute(case: Case) -> Form:
    """Σ_k x_k → Σ_k |x_k|"""
    return replaced(case.form, lambda f: over(fn("abs", f.forms[0]), *f.axes) if paths(f) else None)


def split(case: Case) -> Form:
    """w_kj → w_kj / Σ_j w_kj"""
    axes = {a.var: a for a in case.step.axes}

    def share(f: Form) -> Form | None:
        j = f.at[-1].variable if f.op == "ref" and f.at else None
        if j not in axes:
            return f
        every = Axis(f"{j}.every", axes[j].size)
        return (f / over(ref(f.name, *f.at[:-1], every.var), every)).be(Role.WEIGHT)

    return case.put(share)


def last(case: Case) -> Iterator[Form]:
    """x + y → y, and where the use that comes last has been written first, x"""
    yield from reversed(case.form.forms) if case.form.op == "add" else ()


CHANGES: dict[str, Change] = {
    "first": first,
    "own": own,
    "diagonal-sign": diagonal_sign,
    "mean": mean,
    "multiply": multiplied,
    "absolute": absolute,
    "split": split,
    "last": last,
}
