"""From occurrences to an adjoint: ∂E/∂q[K] = Σ over all places where q[K] is used.

An occurrence q[at] holds for K = at.  The equations K = at are solved for the index variables; what they do not fix
is summed over, and what they only allow is a guard.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symbackprop.derivation.walk import Chain, Part
from symbackprop.form import Axis, Form, Given, Index, add, index, over, same, within
from symbackprop.vocabulary import Kind


class Term(NamedTuple):
    """One way back: a product of factors, summed over the units (paths) or samples that q feeds.

    The first factor is what came back to the definition that uses q; where that is a number it is in `const`.
    """

    through: str
    axes: tuple[Axis, ...]
    guards: tuple[Form, ...]
    chain: Chain

    @property
    def form(self) -> Form:
        chain = Chain(self.chain.const, self.guards + self.chain.factors) if self.guards else self.chain
        if not self.axes:
            return chain.form
        return Chain(Fraction(1)).times(over(chain.form, *self.axes)).form


def gather(part: Part, up: Form | None, domain: tuple[Axis, ...], target: tuple[Index, ...], through: str) -> Term:
    """The term that one occurrence adds to the adjoint of q[target]."""
    sizes = {a.var: a for a in domain + part.bound}
    given: Given = {}
    guards: list[Form] = []
    for wanted, at in zip(target, part.at, strict=True):
        at = at.where(given)
        unit = [v for c, v in at.terms if c == 1 and v in sizes and v not in given]
        if unit:
            v = unit[0]
            solved = wanted.plus(at.plus(index(v), -1), -1)
            given = {n: x.where({v: solved}) for n, x in given.items()} | {v: solved}
            if at != index(v):
                guards.append(within(solved, sizes[v].size))
        elif at != wanted:
            guards.append(same(at, wanted))
    left = tuple(_as_path(a) for v, a in sizes.items() if v not in given)
    factors = ((up,) if up is not None else ()) + part.chain.factors
    chain = Chain(part.chain.const).times(*(f.where(given) for f in factors))
    return _kronecker(Term(through, left, tuple(g.where(given) for g in guards), chain))


def _as_path(axis: Axis) -> Axis:
    return axis._replace(kind=Kind.PATH) if axis.kind is Kind.UNIT else axis


def _kronecker(term: Term) -> Term:
    """Two indices that are the same one make δ equal to 1."""
    if not any(f.op == "same" and f.args[0] == f.args[1] for g in term.guards for f in (g,)):
        return term
    return term._replace(guards=tuple(g for g in term.guards if not (g.op == "same" and g.args[0] == g.args[1])))


def total(terms: tuple[Term, ...]) -> Form:
    return add(*(t.form for t in terms))

