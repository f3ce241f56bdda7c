"""Where a line is meant: what must not be 0 for both sides to exist, and the kinks that are left out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop.form import Form, Index, compare, num
from symbackprop.verifier.decide.lower import Env, lowered
from symbackprop.verifier.decide.program import Node
from symbackprop.verifier.decide.signs import never_zero
from symbackprop.verifier.decide.subject import Subject


def conditions(
    s: Subject, sides: tuple[Form, ...], kinks: Iterator[tuple[Node, Fraction]], env: Env
) -> tuple[Form, ...]:
    """Each as x ≠ c, once."""
    out = dict.fromkeys(compare(f, "≠", num(0)) for side in sides for f in divisors(side, s, env))
    for u, c in kinks:
        if (form := s.form(u)) is not None:
            out[compare(form, "≠", num(c))] = None
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
