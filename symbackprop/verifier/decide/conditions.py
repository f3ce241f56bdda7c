"""Where a line is meant: what must not be 0 for both sides to exist, and the kinks that are left out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop.form import Form, Index, compare, num
from symbackprop.verifier.decide.lower import Env, lowered
from symbackprop.verifier.decide.program import Node, Program
from symbackprop.verifier.decide.subject import Subject


def conditions(
    s: Subject, sides: tuple[Form, ...], kinks: Iterator[tuple[Node, Fraction]], env: Env
) -> tuple[Form, ...]:
    """Each as x ≠ c, once."""
    out = dict.fromkeys(compare(f, "≠", num(0)) for side in sides for f in divisors(side, s, env))
    for u, c in kinks:
        if u in s.names:
            out[compare(s.form(u), "≠", num(c))] = None
    return tuple(out)


def divisors(form: Form, s: Subject, env: Env) -> Iterator[Form]:
    """What is divided by and may be 0, factor by factor; a sum is judged at the first value of its index."""
    below = {**env, **{a.var: 0 for a in form.axes}}
    for f in form.forms:
        yield from divisors(f, s, below)
    bottom = form.forms[1] if form.op == "div" else form.forms[0] if _inverse(form) else None
    for f in () if bottom is None else factors(bottom):
        if not never_zero(s.program, lowered(f, s, below)):
            yield f.where({v: Index(i) for v, i in below.items()})


def _inverse(form: Form) -> bool:
    return (
        form.op == "pow"
        and form.forms[1].op in ("neg", "num")
        and (form.forms[1].op == "neg" or form.forms[1].number < 0)
    )


def factors(form: Form) -> Iterator[Form]:
    if form.op in ("mul", "neg"):
        for f in form.forms:
            yield from factors(f)
    elif form.op == "pow":
        yield from factors(form.forms[0])
    else:
        yield form


def never_zero(p: Program, x: Node) -> bool:
    op, *rest = p.nodes[x]
    if op in ("mul", "div"):
        return never_zero(p, rest[0]) and never_zero(p, rest[1])
    if op == "sub" and rest[0] == p.zero:
        return never_zero(p, rest[1])
    if op in ("copy", "pow"):
        return never_zero(p, rest[0])
    return p.number(x) != 0 if op == "const" else positive(p, x)


def positive(p: Program, x: Node) -> bool:
    """Above 0 on all reals, as far as signs of parts show; 1 − a of a share a is."""
    op, *rest = p.nodes[x]
    if op == "const":
        return bool(rest[0] > 0)
    if op in ("exp", "pi"):
        return True
    if op == "sub" and rest[0] == p.one:
        return _share(p, rest[1])
    if op == "add":
        parts = [positive(p, y) for y in rest]
        return all(parts) or (any(parts) and all(ok or _square(p, y) for ok, y in zip(parts, rest, strict=True)))
    if op in ("mul", "div"):
        return positive(p, rest[0]) and positive(p, rest[1])
    return op in ("copy", "pow", "sqrt") and positive(p, rest[0])


def _square(p: Program, x: Node) -> bool:
    op, *rest = p.nodes[x]
    return (op == "pow" and rest[1] % 2 == 0) or (op == "add" and all(_square(p, y) for y in rest))


def _share(p: Program, x: Node) -> bool:
    """a/(a + b + …) of positive parts: below 1."""
    op, *rest = p.nodes[x]
    if op == "copy":
        return _share(p, rest[0])
    if op != "div":
        return False
    terms = list(_terms(p, rest[1]))
    return len(terms) > 1 and rest[0] in terms and all(positive(p, y) for y in terms)


def _terms(p: Program, x: Node) -> Iterator[Node]:
    op, *rest = p.nodes[x]
    if op == "add":
        for y in rest:
            yield from _terms(p, y)
    else:
        yield x
