"""From occurrences to an adjoint: ∂E/∂q[K] = Σ over all places where q[K] is used.

An occurrence q[at] holds for K = at.  The equations K = at are solved for the index variables; what they do not fix
is summed over, and what they only allow is a guard.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symbackprop.derivation.walk import Chain, Part
from symbackprop.form import ONE, Axis, Form, Given, Index, add, index, mul, over, same, within
from symbackprop.vocabulary import Kind


class Term(NamedTuple):
    """One way back: a product of factors, summed over the units (paths) or samples that q feeds.

    The first factor is what came back to the definition that uses q; where that is a number it is in `const`.
    `at` is the entry of that definition which the way goes through.
    """

    through: str
    axes: tuple[Axis, ...]
    guards: tuple[Form, ...]
    chain: Chain
    at: tuple[Index, ...]

    @property
    def form(self) -> Form:
        inside = self.chain.form
        if self.guards:  # outside any ratio: what a guard excludes is not even computed
            rest = inside.forms if inside.op == "mul" else () if inside == ONE else (inside,)
            inside = mul(*self.guards, *rest)
        if not self.axes:
            return inside
        return Chain(Fraction(1)).times(over(inside, *self.axes)).form


def gather(
    part: Part,
    up: Form | None,
    domain: tuple[Axis, ...],
    target: tuple[Index, ...],
    through: Form,
    target_axes: tuple[Axis, ...],
) -> Term:
    """The term that one occurrence adds to the adjoint of q[target]."""
    sizes = {a.var: a for a in domain + part.bound}
    known = sizes | {a.var: a for a in target_axes}
    given: Given = {}
    guards: list[Form] = []

    def solve(v: str, solved: Index) -> None:
        nonlocal given
        given = {n: x.where({v: solved}) for n, x in given.items()} | {v: solved}
        guards.append(within(solved, sizes[v].size))

    for wanted, at in zip(target, part.at, strict=True):
        at = at.where(given)
        unit = [(v, c) for c, v in at.terms if abs(c) == 1 and v in sizes and v not in given]
        if unit:
            v, c = max(unit, key=lambda u: u[1])
            rest = at.plus(index(v), -c)
            solve(v, wanted.plus(rest, -1) if c == 1 else rest.plus(wanted, -1))
        elif at != wanted:
            guards.append(same(at, wanted))
    guards += [f for f in part.chain.factors if f.op in ("same", "within")]
    for guard in [g for g in guards if g.op == "same"]:  # δ fixes an index that is summed over otherwise
        i, j = (x.where(given) for x in guard.at)
        for one, other in ((i, j), (j, i)):
            v_one = one.variable
            if v_one in sizes and v_one not in given and v_one not in other.variables:
                solve(v_one, other)
                guards.remove(guard)
                break
    left = tuple(_as_path(a) for v, a in sizes.items() if v not in given)
    others = tuple(f for f in part.chain.factors if f.op not in ("same", "within"))
    factors = ((up,) if up is not None else ()) + others
    chain = Chain(part.chain.const).times(*(f.where(given) for f in factors))
    kept = dict.fromkeys(g for g in (g.where(given) for g in guards) if not _holds(g, known))
    return Term(through.name, left, tuple(kept), chain, tuple(i.where(given) for i in through.at))


def _holds(guard: Form, axes: dict[str, Axis]) -> bool:
    """Whether the guard is 1 wherever its indices run."""
    if guard.op == "same":
        return guard.args[0] == guard.args[1]
    i, n = guard.args
    assert isinstance(i, Index)
    if i.variable in axes and axes[i.variable].size == n:
        return True
    sizes = [axes[v].size for v in i.variables]
    if not isinstance(n, int) or any(isinstance(m, str) for m in sizes):
        return False
    ends = [c * (m - 1) for c, m in zip((c for c, _ in i.terms), sizes, strict=True) if isinstance(m, int)]
    return i.const + sum(e for e in ends if e < 0) >= 0 and i.const + sum(e for e in ends if e > 0) < n


def _as_path(axis: Axis) -> Axis:
    return axis._replace(kind=Kind.PATH) if axis.kind is Kind.UNIT else axis


def total(terms: tuple[Term, ...]) -> Form:
    return add(*(t.form for t in terms))

