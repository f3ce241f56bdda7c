"""The derivative of the error by an output, written wrong."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from symbackprop.derivation.mutate.case import HOLDS, Case, Change, size
from symbackprop.derivation.mutate.factors import times
from symbackprop.form import ONE, ZERO, Form, add, adjoint, mul, neg, replaced, walk
from symbackprop.vocabulary import Kind, Stage


def undifferentiated(case: Case) -> Form | None:
    """∂E/∂out = out − t → ½(t − out)²"""
    if case.step.rule != "chain" or case.step.through is None or case.step.terms[0].axes:
        return None
    d = case.graph.by_name[case.step.through]
    came = case.steps.adjoint(d.name).form
    front = came if came.op == "num" else adjoint(d.name, *case.step.terms[0].at)
    value = d.body.where(case.at(d))
    return value if front == ONE else mul(front, value)


def times_output(case: Case) -> Form:
    """−(t − out) → (t − out) · out"""
    unsigned = case.form.forms[0] if case.form.op == "neg" else neg(case.form)
    return times(1, mul(unsigned, case.own)) if unsigned.op == "neg" else mul(unsigned, case.own)


def sign_of_terms(case: Case) -> Iterator[Form]:
    """−t/out + (1 − t)/(1 − out): the sign of one, or the second left out"""
    terms = case.form.forms if case.form.op == "add" else (case.form,)
    for k, x in enumerate(terms):
        yield add(*terms[:k], x.forms[0] if x.op == "neg" else neg(x), *terms[k + 1 :])
    if len(terms) > 1:
        yield terms[0]


def mean_factor(case: Case) -> Form | None:
    """Σ_k → (1/K) Σ_k over the outputs, and the other way round"""
    if case.step.stage is Stage.ERROR and (case.step.rule != "definition" or case.step.of != case.graph.error):
        return None
    outputs = _outputs(case)
    if outputs < 2:
        return None
    return times(outputs if averaged(case, Kind.UNIT) else Fraction(1, outputs), case.form)


def _outputs(case: Case) -> int:
    """How many outputs a sample has: those that the last sum of the error runs over."""
    error = case.graph.by_name[case.graph.error].body
    summed = [a for f in walk(error) for a in f.axes if a.kind is Kind.UNIT]
    return prod(size(a) or 1 for a in summed)


def averaged(case: Case, kind: Kind) -> bool:
    """Whether the error is a mean over the outputs, or over the samples."""
    measuring = (case.graph.by_name[name].body for name in case.graph.measuring)
    return any(
        f.op == "mul" and f.forms[0].op == "div" and any(a.kind is kind for x in f.forms[1:] for a in x.axes)
        for body in measuring
        for f in walk(body)
    )


def always(case: Case) -> Form:
    """1[t · out < 1] → 1"""

    def open_(f: Form) -> Form | None:
        values = (*f.forms[::2],) if f.op == "cases" else ()
        other = [v for v in values if v != ZERO]
        return other[0] if len(values) == 2 and len(other) == 1 else None

    return replaced(case.form, open_)


def counted_once(case: Case) -> Form | None:
    """Σ_k −(1 − t_k) 1[…] over the violations → −1"""
    counts = (f for f in walk(case.form) if f.op == "over" and any(g.op == "cases" for g in walk(f)))
    if case.step.rule != "chain" or next(counts, None) is None:
        return None

    def one(f: Form) -> Form:
        if f.op == "neg":
            return neg(one(f.forms[0]))
        numbers = [x for x in f.forms if x.op == "num"] if f.op == "mul" else []
        return mul(*numbers) if numbers else ONE

    return replaced(case.form, lambda f: one(f.forms[0]) if f.op == "over" else None)


def constant_norm(case: Case) -> Form | None:
    """b/(|a||b|) − cos · a/|a|² → b/(|a||b|): what comes back through |a|² is left out"""
    error = case.graph.by_name[case.graph.error].body
    if case.step.rule != "collect" or not any(f.op == "fn" and f.name == "sqrt" for f in walk(error)):
        return None
    flows = zip(case.step.form.forms, case.form.forms, strict=True)
    kept = [x for f, x in flows if not any(map(HOLDS["square"], walk(case.graph.by_name[str(f.args[1])].body)))]
    return add(*kept) if kept else None


CHANGES: dict[str, Change] = {
    "undifferentiated": undifferentiated,
    "times-output": times_output,
    "sign-of-terms": sign_of_terms,
    "mean-factor": mean_factor,
    "always": always,
    "once": counted_once,
    "constant-norm": constant_norm,
}
