"""What happens to a bias, which has no input beside it."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.mutate.case import Case, Change, units
from symbackprop.derivation.mutate.factors import times
from symbackprop.form import ONE, Axis, Form, adjoint, hyper, index, mul, over, replaced, walk


def times_bias(case: Case) -> Form | None:
    """∂E/∂b = δ → δ · b"""
    return None if case.weighs else mul(case.form, case.own)


def total(case: Case) -> Form | None:
    """∂E/∂b_j = δ_j → Σ_j δ_j"""
    axes = units(case.step)
    if case.weighs or len(axes) != 1:
        return None
    (j,) = axes
    every = Axis(f"{j.var}.every", j.size)
    return over(case.form.where({j.var: index(every.var)}), every)


def kept(case: Case) -> Form | None:
    """b⁺ = b − η ∂E/∂b → b"""
    return case.own if case.parameter and not case.weighs else None


def penalised(case: Case) -> Iterator[Form]:
    """∂E/∂b → ∂E/∂b + λ b, where the penalty is on the weights alone; and λ w → 2 λ w, w where it is"""
    if any(f == LAMBDA for f in walk(case.form)):
        yield replaced(case.form, lambda f: times(2, f) if f.op == "mul" and LAMBDA in f.forms else None)
        yield replaced(case.form, lambda f: ONE if f == LAMBDA else None)
    elsewhere = any(f == LAMBDA for s in case.steps.steps if s.of != case.step.of for f in walk(s.form))
    if case.parameter and not case.weighs and elsewhere:
        g = adjoint(case.step.of, *case.step.left.at)
        yield replaced(case.form, lambda f: g + LAMBDA * case.own if f == g else None)


LAMBDA = hyper("l2")

CHANGES: dict[str, Change] = {"times-bias": times_bias, "total": total, "keep": kept, "penalise": penalised}
