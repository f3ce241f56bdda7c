"""A factor left out, turned round, or another in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial

from symbackprop.derivation.mutate.case import Case, Change
from symbackprop.derivation.steps import Steps
from symbackprop.form import ONE, Form, adjoint, fn, hyper, mul, neg, num, ref, replaced, updated, walk
from symbackprop.vocabulary import Role


def drop(case: Case) -> Form:
    """… · f · … → … · …"""

    def without(f: Form) -> Form:
        if f.role is case.role:
            return ONE
        f = f.map(without)
        if f.op == "mul":
            kept = [x for x in f.forms if x != ONE]
            return mul(*kept) if kept else ONE
        return f

    return without(case.form)


def negate(case: Case) -> Form:
    """−x → x and x → −x, for the product that holds the factor"""

    def product(f: Form) -> bool:
        inner = f.forms[0] if f.op == "neg" else f
        return inner.role is case.role or (inner.op in ("mul", "div") and any(map(product, inner.forms)))

    def turned(f: Form) -> Form | None:
        if not product(f):
            return None
        return f.forms[0] if f.op == "neg" else neg(f)

    return replaced(case.form, turned)


def times(k: Form | Fraction | int, f: Form) -> Form:
    """k · f, with a sign left in front and one number behind it."""
    if f.op == "neg":
        return neg(times(k, f.forms[0]))
    factors = f.forms if f.op == "mul" else (f,)
    if isinstance(k, Form):
        return mul(k, *factors)
    if factors[0].op == "num":
        k, factors = k * factors[0].number, factors[1:]
    return mul(*(() if k == 1 and factors else (num(k),)), *factors)


def rate_too(case: Case) -> Form:
    """∂E/∂w → η ∂E/∂w"""
    return times(hyper("rate").be(Role.RATE), case.form)


def raw(case: Case) -> Form:
    """δ_k → ∂E/∂out_k"""

    def sent(f: Form) -> Form | None:
        d = case.activated(f.name) if f.op == "adjoint" else None
        return adjoint(d.name, *f.at) if d is not None and d.activation != "identity" else None

    return replaced(case.form, sent)


def moved(case: Case) -> Form | None:
    """w → w⁺, where w is trained, and moves without what is sent back here"""

    def new(f: Form) -> Form:
        can = f.op == "ref" and f.name in case.steps.train and not _stands_on(case.steps, f.name, case.step.id)
        return updated(f.name, *f.at, role=f.role) if can else f

    return None if case.steps.rule.whole else case.put(new)


def _stands_on(steps: Steps, parameter: str, step: int) -> bool:
    """Whether the gradient is made of what the step gives."""
    found = set(steps.adjoint(parameter).uses)
    for s in reversed(steps.steps):
        if s.id in found:
            found.update(s.uses)
    return step in found


def net(case: Case) -> Form:
    """out → net, as the input of a weight"""

    def before(f: Form) -> Form | None:
        d = case.graph.by_name.get(f.name) if f.op == "ref" else None
        if d is None or not d.activation or not d.body.forms or d.body.forms[0].op != "ref":
            return f
        return ref(d.body.forms[0].name, *f.at, role=f.role)

    return case.put(before)


def own_weight(case: Case) -> Form:
    """out_h → w, in ∂net/∂w"""
    return case.put(lambda f: case.own.be(f.role))


def own_output(case: Case) -> Form | None:
    """out_h → out_o, the output of the unit that the weight goes to"""
    d = case.activated(case.step.through) if case.step.through is not None else None
    if d is None:
        return None
    at = case.step.terms[0].at
    return case.put(lambda f: ref(d.name, *at, role=f.role))


def product_of_functions(case: Case) -> Iterator[Form]:
    """f′(g(x)) · g′(x) → f′(x) · g′(x): the slope is taken at the input of the weight"""
    z = case.step.through
    d = case.activated(z) if z is not None else None
    if z is None or d is None or d.body.op != "fn" or d.activation == "identity":
        return
    delta = case.steps.adjoint(z)
    place = {i.terms[0][1]: k for i, k in zip(delta.left.at, case.step.terms[0].at, strict=True) if i.terms}
    for x in (f.be(None) for f in walk(case.form) if f.role is Role.INPUT and f.op == "ref"):
        sent = {z: _at(delta.form.where(place), {z: x, d.name: fn(d.body.name, x)})}
        yield replaced(case.form, partial(_sent, sent))


def _sent(sent: Mapping[str, Form], f: Form) -> Form | None:
    return sent.get(f.name) if f.op == "adjoint" else None


def _at(form: Form, others: Mapping[str, Form]) -> Form:
    """The slope with others in place of net and out."""

    def slope(f: Form) -> Form | None:
        if f.role is not Role.SLOPE:
            return None
        return replaced(f, lambda x: others.get(x.name) if x.op == "ref" else None).be(f.role)

    return replaced(form, slope)


CHANGES: dict[str, Change] = {
    "drop": drop,
    "negate": negate,
    "twice": lambda case: times(2, case.form),
    "half": lambda case: times(Fraction(1, 2), case.form),
    "rate-too": rate_too,
    "raw": raw,
    "moved": moved,
    "net": net,
    "own-weight": own_weight,
    "own-output": own_output,
    "product-of-functions": product_of_functions,
}
