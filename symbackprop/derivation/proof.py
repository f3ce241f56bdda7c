"""SymPy derives every factor again, and a step exists only when the two agree.

Sums and entries become symbols, so that SymPy differentiates a scalar; kinks are taken branch by branch, never as
Max, Min or Abs (those become Heaviside and prove nothing).  Equality is `cancel(together(d.rewrite(exp))) == 0`.
Each shape of definition is proven once in a process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

import sympy
from sympy import Expr

from symbackprop.derivation.symbolic import Scalar, scalars
from symbackprop.derivation.walk import Part
from symbackprop.errors import DerivationError
from symbackprop.form import ENTRIES, Axis, Form, Index, add, num, replaced
from symbackprop.tables.activations import ALONG, ELEMENTARY, ROWS


def prove(body: Form, left: Form, found: tuple[Part, ...]) -> None:
    """Raise DerivationError unless SymPy finds the same factor at every place."""
    if body.op == "along":
        _prove_row(body.name)
        return
    names: dict[str, str] = {}
    variables: dict[str, str] = {}

    def plain(x: Form | Index | Axis) -> Form | Index | Axis:
        """The same with names by number, so that a shape is proven once."""
        if isinstance(x, Axis):
            return Axis(variables.setdefault(x.var, f"v{len(variables)}"), 2)
        if isinstance(x, Index):
            return Index(x.const, tuple((c, variables.setdefault(v, f"v{len(variables)}")) for c, v in x.terms))
        args = tuple(plain(a) if isinstance(a, Form | Index | Axis) else a for a in x.args)
        if x.op in ENTRIES:
            args = (names.setdefault(x.name, f"q{len(names)}"), *args[1:])
        return Form(x.op, args)

    def plain_form(x: Form) -> Form:
        out = plain(x)
        assert isinstance(out, Form)
        return out

    shape = plain_form(body), plain_form(left)
    factors = tuple(
        (plain_form(Form("ref", (p.name, *p.at))), plain_form(p.chain.form)) for p in found
    )
    if not _agree(*shape, factors):
        raise DerivationError(f"the factors found in the definition of {left.name} are not what SymPy derives")


@lru_cache(maxsize=4096)
def same_value(one: Form, other: Form, definitions: tuple[tuple[Form, Form], ...] = ()) -> bool:
    """Whether two forms are equal in every branch, with entries by their definitions and ∂y/∂x as SymPy finds it."""
    given = dict(definitions)
    return all(
        is_zero(scalar(one) - scalar(other))
        for branch in _branches(add(one, other, *given.values()))
        for scalar in (_scalar(given, branch),)
    )


@lru_cache(maxsize=4096)
def _agree(body: Form, left: Form, factors: tuple[tuple[Form, Form], ...]) -> bool:
    ours: dict[Form, list[Form]] = defaultdict(list)
    for place, factor in factors:
        ours[place].append(factor)
    unread = set(ours)
    for branch in _branches(body):
        scalar = _scalar({left: body}, branch)
        for place, theirs in _by_sympy(body, scalar):
            mine = sum((scalar(f) for f in ours.get(place, ())), start=sympy.Integer(0))
            if not is_zero(mine - theirs):
                return False
            unread.discard(place)
    return not unread


def _by_sympy(body: Form, scalar: Scalar) -> Iterator[tuple[Form, Expr]]:
    """Every place with the derivative that SymPy finds there, outer sums times inner ones."""
    found: dict[Form, Expr] = {}

    def descend(form: Form, outer: Expr) -> None:
        whole = scalar(form)
        for inner in _outermost(form, lambda f: f.op == "over"):
            descend(inner.forms[0], outer * sympy.diff(whole, scalar(inner)))
        for place in dict.fromkeys(_outermost(form, lambda f: f.op in ENTRIES, stop="over")):
            plain = Form("ref", place.args)
            found[plain] = found.get(plain, sympy.Integer(0)) + outer * sympy.diff(whole, scalar(place))

    descend(body, sympy.Integer(1))
    yield from found.items()


def _outermost(form: Form, wanted: Callable[[Form], bool], stop: str = "") -> Iterator[Form]:
    if wanted(form):
        yield form
    elif form.op != stop:
        for f in form.forms:
            yield from _outermost(f, wanted, stop)


Branch = dict[Form, bool]


def _branches(body: Form) -> Iterator[Branch]:
    """Every assignment of true and false to the conditions in the body and in the rows that it applies."""
    conditions: dict[Form, None] = {}

    def visit(f: Form) -> None:
        if f.op == "compare":
            conditions[f] = None
        if f.op == "fn" and f.name not in ELEMENTARY:
            visit(ROWS[f.name].value(f.forms[0]))
        for g in f.forms:
            visit(g)

    visit(body)
    for truth in product((True, False), repeat=len(conditions)):
        yield dict(zip(conditions, truth, strict=True))


def _scalar(definitions: dict[Form, Form], branch: Branch) -> Scalar:
    """Entries and sums as symbols, cases as the branch says."""

    def symbol(f: Form) -> Expr:
        if f in definitions:
            return value(definitions[f])
        return sympy.Symbol(f"{f.op} {f.args}", real=True)

    def choose(f: Form, value: Scalar) -> Expr:
        *rows, otherwise = f.forms
        for result, condition in zip(rows[::2], rows[1::2], strict=True):
            if branch[condition]:
                return value(result)
        return value(otherwise)

    value = scalars(symbol, choose, symbol)
    return value


@lru_cache(maxsize=64)
def _prove_row(name: str) -> None:
    """p_i = f(z_i, Σ_k g(z_k)): the derivative by z_v, once for v ≠ i and once for v = i."""
    row = ALONG[name]
    form = {n: Form("ref", (n,)) for n in ("i", "v", "total")}
    inside: list[Form] = []

    def total(g: Callable[[Form], Form]) -> Form:
        inside.append(g(form["v"]))
        return form["total"]

    p_i = row.value(form["i"], total)
    scalar = _scalar({}, {})
    i, v, s = (scalar(form[n]) for n in ("i", "v", "total"))
    p_v = replaced(p_i, lambda f: form["v"] if f == form["i"] else None)
    direct = sympy.diff(scalar(p_i), i)
    by_total = sympy.diff(scalar(p_i), s) * sympy.diff(scalar(inside[0]), v)
    for delta, theirs in ((0, by_total), (1, direct + by_total)):
        ours = scalar(row.slope(p_i, p_v, num(delta)))
        difference = ours - theirs
        if not is_zero(difference.subs(v, i) if delta else difference):
            raise DerivationError(f"the slope in the row {name} is not what SymPy derives")


def is_zero(difference: Expr) -> bool:
    return bool(difference == 0 or sympy.cancel(sympy.together(difference.rewrite(sympy.exp))) == 0)
