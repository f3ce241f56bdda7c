"""Forms to nodes: the entries of a network from its definitions, and whatever a claim says of them.

An index is a number here: sums are written out, δ_ij and guards are decided.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from symbackprop.form import Axis, Form, Index, over
from symbackprop.tables.activations import ALONG, ROWS
from symbackprop.verifier.decide.backward import tangent
from symbackprop.verifier.decide.program import FUNCTIONS, Node, TooLarge, Undecidable

if TYPE_CHECKING:
    from symbackprop.verifier.decide.subject import Subject

Env = dict[str, int]
MOST_TERMS = 20_000


def lowered(form: Form, s: Subject, env: Env) -> Node:
    rule = RULES.get(form.op)
    if rule is None:
        raise Undecidable(f"no rule for {form.op}")
    return rule(form, s, env)


def position(at: Index, env: Env) -> int:
    return at.const + sum(c * env[v] for c, v in at.terms)


def key(form: Form, env: Env) -> tuple[int, ...]:
    return tuple(position(i, env) for i in form.at)


def _add(form: Form, s: Subject, env: Env) -> Node:
    return s.program.total(lowered(f, s, env) for f in form.forms)


def _mul(form: Form, s: Subject, env: Env) -> Node:
    p = s.program
    guards = [f for f in form.forms if f.op in GUARDS]
    if not all(GUARDS[f.op](f, s, env) for f in guards):  # what stands beside a guard may lie outside its array
        return p.zero
    out = p.one
    for f in form.forms:
        if f.op not in GUARDS:
            out = p.mul(out, lowered(f, s, env))
    return out


def _pow(form: Form, s: Subject, env: Env) -> Node:
    p = s.program
    base, exponent = (lowered(f, s, env) for f in form.forms)
    n = p.number(exponent)
    return p.pow(base, n) if n is not None else p.exp(p.mul(exponent, p.log(base)))


def _over(form: Form, s: Subject, env: Env) -> Node:
    ranges = [range(s.size(a.size)) for a in form.axes]
    if prod(map(len, ranges)) > MOST_TERMS:
        raise TooLarge(f"a sum of more than {MOST_TERMS:,} terms")
    names = [a.var for a in form.axes]
    x = form.forms[0]
    return s.program.total(lowered(x, s, {**env, **dict(zip(names, at, strict=True))}) for at in product(*ranges))


def _fn(form: Form, s: Subject, env: Env) -> Node:
    if form.name.endswith("'"):
        return _slope(form, s, env)
    if form.name not in FUNCTIONS and form.name in ROWS:
        return lowered(ROWS[form.name].value(form.forms[0]), s, env)
    return s.program.function(form.name, lowered(form.forms[0], s, env))


def _slope(form: Form, s: Subject, env: Env) -> Node:
    """σ′(x): the slope of σ, by an argument of its own, which is x."""
    x = lowered(form.forms[0], s, env)
    own = s.program.node("copy", x, (form.name, (x,)))
    name = form.name.removesuffix("'")
    if name in FUNCTIONS or name not in ROWS:
        return tangent(s.program, s.program.function(name, own), own)
    s.entries[form.name, (x,)] = own
    body = lowered(ROWS[name].value(Form("ref", (form.name, Index(x)))), s, env)
    del s.entries[form.name, (x,)]
    return tangent(s.program, body, own)


def _along(form: Form, s: Subject, env: Env) -> Node:
    if form.name not in ALONG:
        raise Undecidable(f"no rule for the function {form.name}")
    x, on_axis = form.forms
    return lowered(ALONG[form.name].value(x, lambda g: over(g(on_axis), *form.axes)), s, env)


def _cases(form: Form, s: Subject, env: Env) -> Node:
    *rows, otherwise = form.forms
    out = lowered(otherwise, s, env)
    for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
        then = lowered(value, s, env)
        if condition.op in GUARDS:
            out = then if GUARDS[condition.op](condition, s, env) else out
        elif condition.op == "compare":
            x, y = (lowered(f, s, env) for f in condition.forms)
            out = s.program.where(x, str(condition.args[1]), y, then, out)
        else:
            raise Undecidable(f"no rule for the condition {condition.op}")
    return out


def _partial(form: Form, s: Subject, env: Env) -> Node:
    top, bottom = form.forms
    if bottom.op != "ref":
        raise Undecidable("a derivative with respect to what is no quantity")
    return s.partial(lowered(top, s, env), s.entry(bottom.name, key(bottom, env)))


def _guard(form: Form, s: Subject, env: Env) -> Node:
    return s.program.one if GUARDS[form.op](form, s, env) else s.program.zero


def _same(form: Form, s: Subject, env: Env) -> bool:
    i, j = form.at
    return position(i, env) == position(j, env)


def _within(form: Form, s: Subject, env: Env) -> bool:
    i, n = form.args
    assert isinstance(i, Index)
    return 0 <= position(i, env) < s.size(n)  # type: ignore[arg-type]


def _shown(form: Form, s: Subject, env: Env) -> Node:
    """In a line of symbols the number itself; in a line of numbers anything that it may be rounded from."""
    digits = str(form.args[0])
    return s.program.node("shown", digits) if s.rounded else s.program.const(Fraction(digits))


def _binary(operation: str) -> Callable[[Form, Subject, Env], Node]:
    def rule(form: Form, s: Subject, env: Env) -> Node:
        x, y = (lowered(f, s, env) for f in form.forms)
        return getattr(s.program, operation)(x, y)  # type: ignore[no-any-return]

    return rule


GUARDS: dict[str, Callable[[Form, Subject, Env], bool]] = {"same": _same, "within": _within}

RULES: dict[str, Callable[[Form, Subject, Env], Node]] = {
    "num": lambda f, s, env: s.program.const(f.number),
    "shown": _shown,
    "pi": lambda f, s, env: s.program.node("pi"),
    "size": lambda f, s, env: s.program.const(s.size(f.args[0])),  # type: ignore[arg-type]
    "hyper": lambda f, s, env: s.hyper(f.name),
    "ref": lambda f, s, env: s.entry(f.name, key(f, env)),
    "adjoint": lambda f, s, env: s.adjoint(f.name, key(f, env)),
    "updated": lambda f, s, env: s.updated(f.name, key(f, env)),
    "flow": lambda f, s, env: s.flow(f.name, str(f.args[1]), key(f, env)),
    "partial": _partial,
    "neg": lambda f, s, env: s.program.neg(lowered(f.forms[0], s, env)),
    "add": _add,
    "mul": _mul,
    "div": _binary("div"),
    "pow": _pow,
    "over": _over,
    "fn": _fn,
    "along": _along,
    "cases": _cases,
    "same": _guard,
    "within": _guard,
}


def instances(axes: tuple[Axis, ...], s: Subject) -> list[Env]:
    """Every value of the free axes of a claim."""
    names = [a.var for a in axes]
    return [dict(zip(names, at, strict=True)) for at in product(*(range(s.size(a.size)) for a in axes))]
