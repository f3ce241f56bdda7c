"""The slope of an activation, written wrong: σ′ = out(1 − out) as net(1 − net), out, 1 − out, out(1 + out) …"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symbackprop.derivation.mutate.case import Case, Change, units
from symbackprop.derivation.mutate.factors import drop
from symbackprop.form import Form, Index, adjoint, fn, index, mul, power, ref, replaced, walk
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.mistakes import TAKEN_FOR
from symbackprop.vocabulary import Kind, Role


def _inside(case: Case, change: Callable[[Form], Form | None]) -> Form:
    """The change made within the slope."""
    return case.put(lambda f: replaced(f, change).be(f.role))


def at_net(case: Case) -> Form:
    """out(1 − out) → net(1 − net)"""
    through = case.step.through
    return _inside(case, lambda f: ref(case.step.of, *f.at) if f.op == "ref" and f.name == through else None)


def applied_twice(case: Case) -> Form | None:
    """f′(net) → f′(out): out(1 − out) → f(out)(1 − f(out))"""
    d = case.graph.by_name[case.step.through] if case.step.through is not None else None
    if d is None or d.body.op != "fn":
        return None

    def again(f: Form) -> Form | None:
        if f.op != "ref" or f.name not in (d.name, case.step.of):
            return None
        out = ref(d.name, *f.at)
        return fn(d.body.name, out) if f.name == d.name else out

    return _inside(case, again)


def value(case: Case) -> Form | None:
    """out(1 − out) → out"""
    if case.step.through is None:
        return None
    left = drop(case)
    return left if left == case.form else mul(left, ref(case.step.through, *case.step.left.at))


def half(case: Case) -> Form:
    """out(1 − out) → 1 − out"""
    return case.put(lambda f: mul(*f.forms[1:]).be(f.role) if f.op == "mul" else f)


def others(case: Case) -> Form | None:
    """f′ → g′ of another activation: 1 − out² for a sigmoid"""
    if case.step.through is None:
        return None
    at = case.step.left.at
    z, a = ref(case.step.of, *at), ref(case.step.through, *at)
    other = ACTIVATIONS[TAKEN_FOR.get(case.graph.by_name[case.step.through].activation or "", "sigmoid")]
    left = drop(case)
    return None if left == case.form else mul(left, other.slope(z, a).be(Role.SLOPE))


def sign_inside(case: Case) -> Form:
    """out(1 − out) → out(1 + out)"""

    def plus(f: Form) -> Form | None:
        if f.op != "add":
            return None
        return Form("add", tuple(x.forms[0] if x.op == "neg" else x for x in f.forms))

    return _inside(case, plus)


def false_square(case: Case) -> Form:
    """1 − out² → (1 − out)²"""

    def square(f: Form) -> Form | None:
        if f.op != "add" or len(f.forms) != 2 or f.forms[1].op != "neg" or f.forms[1].forms[0].op != "pow":
            return None
        base, exponent = f.forms[1].forms[0].forms
        return power(f.forms[0] - base, exponent)

    return _inside(case, square)


def of_next_layer(case: Case) -> Form | None:
    """f′(net_h) → f′(net_o) of the unit with the same number, or of the first one"""
    if case.step.through is None:
        return None
    z = case.steps.adjoint(case.step.through).through
    if z is None or case.activated(z) is None:
        return None
    theirs, mine = case.steps.adjoint(z), units(case.step)
    if len(units(theirs)) > 1 or any(f.axes for f in walk(theirs.form)):
        return None
    same = [a.size for a in units(theirs)] == [a.size for a in mine]
    place = {a.var: index(mine[0].var) if same else Index(0) for a in units(theirs)}
    samples = [a for a in case.step.axes if a.kind is Kind.SAMPLE]
    place |= {a.var: index(b.var) for a in theirs.axes for b in samples if a.kind is Kind.SAMPLE}
    slope = case.steps.local(theirs).where(place)
    return case.put(lambda f: slope.be(f.role))


def once_more(case: Case) -> Form:
    """δ_k → δ_k · f′(net_k), sent back"""

    def again(f: Form) -> Form | None:
        step = case.steps.of.get(Form("adjoint", (f.name,))) if f.op == "adjoint" else None
        d = case.activated(f.name) if step is not None else None
        if step is None or d is None or d.activation == "identity" or any(x.axes for x in walk(step.form)):
            return None
        place = {i.terms[0][1]: k for i, k in zip(step.left.at, f.at, strict=True) if i.terms}
        return mul(f, case.steps.local(step).where(place).be(Role.SLOPE))

    return replaced(case.form, again)


def extra(case: Case) -> Form | None:
    """δ = out − t → (out − t) · f′(net), where the loss has taken the slope away already"""
    through = case.step.through
    d = case.graph.by_name[through] if through is not None else None
    if d is None or d.activation in (None, "identity"):
        return None
    if d.activation in ALONG:
        out = ref(d.name, *case.step.left.at)
        return mul(case.form, (out * (1 - out)).be(Role.SLOPE))
    return mul(case.form, case.steps.local(case.step).be(Role.SLOPE))


def gate_alone(case: Case) -> Iterator[Form]:
    """came · 1[net > 0] → 1[net > 0], which overwrites what came back; → came · out"""
    yield from case.factors()
    made = value(case)
    if made is not None:
        yield made


def skipped(case: Case) -> Form:
    """Σ_i ∂E/∂p_i · ∂p_i/∂z_j → ∂E/∂p_j"""
    assert case.step.through is not None
    return adjoint(case.step.through, *case.step.left.at)


CHANGES: dict[str, Change] = {
    "at-net": at_net,
    "applied-twice": applied_twice,
    "value": value,
    "half-slope": half,
    "other-slope": others,
    "sign-inside": sign_inside,
    "false-square": false_square,
    "next-slope": of_next_layer,
    "slope-once-more": once_more,
    "extra-slope": extra,
    "gate-alone": gate_alone,
    "skip": skipped,
}
