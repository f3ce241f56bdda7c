"""A batch added up wrong, and a parameter moved wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from symbackprop.derivation.mutate.case import Case, Change, size
from symbackprop.derivation.mutate.factors import times
from symbackprop.derivation.mutate.loss import averaged
from symbackprop.form import Axis, Form, Index, add, adjoint, fn, hyper, mul, over, ref, replaced, updated, walk
from symbackprop.vocabulary import Kind

# ---- a batch -----------------------------------------------------------------------------------------------------


def _samples(f: Form) -> tuple[Axis, ...]:
    return tuple(a for a in f.axes if a.kind is Kind.SAMPLE)


def batch_factor(case: Case) -> Iterator[Form]:
    """Σ_n → (1/N) Σ_n; where E is a mean, N times as much, or divided twice"""
    n = prod(size(a) or 1 for f in walk(case.form) for a in _samples(f))
    if n > 1:
        if averaged(case, Kind.SAMPLE):
            yield times(n, case.form)
        yield times(Fraction(1, n), case.form)


def last_sample(case: Case) -> Form:
    """Σ_n x_n → x_N"""

    def one(f: Form) -> Form | None:
        some = _samples(f)
        if not some or not all(map(size, some)):
            return None
        inside = f.forms[0].where({a.var: Index((size(a) or 1) - 1) for a in some})
        return over(inside, *(a for a in f.axes if a not in some))

    return replaced(case.form, one)


# ---- descent -----------------------------------------------------------------------------------------------------


def gradient_alone(case: Case) -> Iterator[Form]:
    """w − η ∂E/∂w → η ∂E/∂w, ∂E/∂w, w − η w"""
    if not case.parameter or case.form.op != "add":
        return
    last = case.form.forms[-1]
    step = last.forms[0] if last.op == "neg" else last
    yield step
    g = adjoint(case.step.of, *case.step.left.at)
    if any(f == g for f in walk(step)):
        yield g
        yield replaced(case.form, lambda f: case.own if f == g else None)


# ---- what an optimizer keeps ---------------------------------------------------------------------------------------


def swapped(case: Case) -> Form:
    """β₁ ↔ β₂"""
    other = {"beta1": "beta2", "beta2": "beta1", "beta1_t": "beta2_t", "beta2_t": "beta1_t"}
    return replaced(case.form, lambda f: hyper(other[f.name]) if f.op == "hyper" and f.name in other else None)


def uncorrected(case: Case) -> Form | None:
    """m/(1 − β₁ᵗ) → m"""
    if case.form.op != "div" or not any(f.op == "hyper" and f.name.endswith("_t") for f in walk(case.form.forms[1])):
        return None
    return case.form.forms[0]


def inside_root(case: Case) -> Form:
    """√v + ε → √(v + ε)"""

    def under(f: Form) -> Form | None:
        if f.op != "add" or f.forms[0].op != "fn" or f.forms[1:] != (hyper("epsilon"),):
            return None
        return fn("sqrt", add(*f.forms[0].forms, hyper("epsilon")))

    return replaced(case.form, under)


def coupled(case: Case) -> Form | None:
    """AdamW's w − ηλw → w, with λw in the gradient instead, as in Adam with an L2 penalty"""
    name, _, line = case.step.of.partition(".")
    at, decay = case.step.left.at, hyper("weight_decay")
    decayed = case.steps.of.get(Form("ref", (f"{name}.decayed",)))
    if decayed is None or not any(f == decay for f in walk(decayed.form)):
        return None
    if line == "decayed":
        return ref(name, *at)
    g = ref(f"{name}.g", *at) if Form("ref", (f"{name}.g",)) in case.steps.of else adjoint(name, *at)
    return replaced(case.form, lambda f: add(f, decay * ref(name, *at)) if f == g else None) if line in "mv" else None


def forgotten(case: Case) -> Form | None:
    """μ v + ∂E/∂w → ∂E/∂w"""
    name, _, _ = case.step.of.partition(".")
    if case.form.op != "add" or case.step.left != updated(f"{name}.velocity", *case.step.left.at):
        return None
    kept = [x for x in case.form.forms if not any(f == hyper("momentum") for f in walk(x))]
    return add(*kept) if kept else None


def nesterov(case: Case) -> Form | None:
    """w − η v⁺ → w − η(∂E/∂w + μ v⁺), and the other way round"""
    name = case.step.of
    moved = case.steps.of.get(Form("updated", (f"{name}.velocity",)))
    if not case.parameter or moved is None:
        return None
    v, mu = updated(f"{name}.velocity", *case.step.left.at), hyper("momentum")
    new = next((x for x in moved.form.forms if not any(f == mu for f in walk(x))), None)
    if new is None or case.steps.rule.ahead:
        return None
    looking = add(new, mul(mu, v))
    if any(f == looking for f in walk(case.form)):
        return replaced(case.form, lambda f: v if f == looking else None)
    return replaced(case.form, lambda f: looking if f == v else None)


CHANGES: dict[str, Change] = {
    "batch-factor": batch_factor,
    "last-sample": last_sample,
    "gradient-alone": gradient_alone,
    "swap-betas": swapped,
    "uncorrected": uncorrected,
    "inside-root": inside_root,
    "coupled": coupled,
    "forget-momentum": forgotten,
    "nesterov": nesterov,
}
