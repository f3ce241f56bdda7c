"""The right letter with the wrong index.

An index goes round: (i + s) mod n is i + s where that is below n, else i + s − n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from symbackprop.derivation.mutate.case import Case, Change
from symbackprop.form import Form, Index, add, mul, ref, within

MOST = 4  # other units that are tried


def shifted(f: Form, k: int, by: int, n: int) -> Form:
    """The entry with its index k moved on by so many, round the end."""
    if not f.at[k].terms:
        return f

    def entry(i: Index) -> Form:
        at = (*f.at[:k], i, *f.at[k + 1 :])
        return mul(within(i, n), ref(f.name, *at, role=f.role))

    i = f.at[k].plus(Index(by))
    return add(entry(i), entry(i.plus(Index(-n)))).be(f.role)


def another(case: Case) -> Iterator[Form]:
    """x_i → x_i′, h_j → h_j′, w_kj → w_kj′ and w_k′j, with each other index"""
    for name in _named(case):
        shape = case.graph.full_shape(name)
        samples = len(shape) - len(case.graph.shapes[name])
        for k in reversed(range(samples, len(shape))):
            n = shape[k]
            for by in range(1, min(n, MOST + 1)) if isinstance(n, int) else ():
                yield _instead(case, name, partial(shifted, k=k, by=by, n=int(n)))


def _named(case: Case) -> Iterator[str]:
    """The quantities that the row speaks of."""
    for name in dict.fromkeys(f.name for f in case.factors() if f.op == "ref"):
        given = "given" if name in case.graph.leaves else "computed"
        if case.mistake.source in ("any", given):
            yield name


def _instead(case: Case, name: str, other: Callable[[Form], Form]) -> Form:
    return case.put(lambda f: other(f) if f.op == "ref" and f.name == name else f)


def _entry_of(name: str, f: Form) -> Form:
    return ref(name, *f.at, role=f.role)


def other_array(case: Case) -> Iterator[Form]:
    """w_kj of another layer, where that has a matrix of the same shape"""
    for name in _named(case):
        for other in case.graph.parameters:
            if other != name and case.graph.shapes[other] == case.graph.shapes[name]:
                yield _instead(case, name, partial(_entry_of, other))


def another_weight(case: Case) -> Iterator[Form]:
    yield from another(case)
    yield from other_array(case)


def transpose(case: Case) -> Form:
    """w_kj → w_jk, where there is such a weight"""

    def turned(f: Form) -> Form | None:
        if f.op != "ref" or len(f.at) != 2 or len(set(case.graph.shapes[f.name])) != 1:
            return f
        return ref(f.name, *reversed(f.at)).be(f.role)

    return case.put(turned)


CHANGES: dict[str, Change] = {"another": another, "another-weight": another_weight, "transpose": transpose}
