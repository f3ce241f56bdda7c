"""Formulas for a partial, right and as mistakes have them: what questions about the chain rule choose from.

    ∂E/∂w₁ = (δ_o1 w₅ + δ_o2 w₇) · h₁(1 − h₁) · x₁

What came back is unfolded up to the next layer's δ; all the way, where few paths lead to the error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symbackprop.exams.case import Case
from symbackprop.exams.numbers import merged
from symbackprop.exams.outcomes import Wanted, Wrong, items
from symbackprop.exams.tape import Scope
from symbackprop.form import Form, Symbol, mul, neg, replaced
from symbackprop.numeric.rounding import decimals, point, rounded
from symbackprop.readings.names import plain_name

BACK = frozenset({"adjoint", "flow"})
DEEPEST = 3  # steps, where a network has no δ


class Formula(NamedTuple):
    """A wrong formula, and the mistake that leads to it."""

    wrong: Wrong
    form: Form


def right(case: Case, asked: Form, *, whole: bool = False) -> Form:
    return flat(unfolded(case, case.scope, asked, whole))


def wrong(case: Case, asked: Form, *, whole: bool = False) -> list[Formula]:
    """Each formula that is neither right nor always the same as another, by mistake."""
    (item,) = merged(case.scope.tape, case.grids, items(case.scope, [Wanted(asked)], case.grids.known))
    known = {right(case, asked, whole=whole)}
    out = []
    for w in item.wrong:
        form = flat(unfolded(case, w.scope, asked, whole))
        if form not in known:
            known.add(form)
            out.append(Formula(w, form))
    return out


def flat(form: Form) -> Form:
    """A product of products as one: (δ · w) · h becomes δ · w · h."""
    minus, factors = product(form)
    return neg(mul(*factors)) if minus else mul(*factors)


def unfolded(case: Case, scope: Scope, asked: Form, whole: bool) -> Form:
    """The right side, with what came back put in."""

    def inside(form: Form, deltas: int, depth: int) -> Form:
        def put(f: Form) -> Form | None:
            if f.op not in BACK:
                return None
            pre = case.topology.names.kind(f.name)[0] == "pre"
            if not whole and ((pre and deltas) or depth == DEEPEST):
                return None
            return inside(_side(scope, f), deltas + pre, depth + 1)

        return replaced(form, put)

    return inside(_side(scope, asked), case.topology.names.kind(asked.name)[0] == "pre", 0)


def _side(scope: Scope, f: Form) -> Form:
    step = scope.steps.of[Form(f.op, tuple(a for a in f.args if isinstance(a, str)))]
    return scope.right(step, f.be(None))


# ---- as it is typed --------------------------------------------------------------------------------------------------


def typed(case: Case, form: Form) -> str:
    """A formula as one types it: -(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1"""
    return _typed(case, form)[0]


SUM, PRODUCT, POWER, ATOM = range(4)


Text = Callable[[Form, int], str]


def _product(factors: tuple[Form, ...], text: Text) -> str:
    return "*".join(text(f, PRODUCT) for f in factors)


def _sum(first: str, rest: list[tuple[bool, tuple[Form, ...]]], text: Text) -> str:
    return first + "".join(f" {'-' if minus else '+'} {_product(factors, text)}" for minus, factors in rest)


def product(form: Form) -> tuple[bool, tuple[Form, ...]]:
    """Whether a minus stands in front of a product, and its factors."""
    minus = form.op == "neg"
    inner = form.forms[0] if minus else form
    if inner.op != "mul":
        return minus, (inner,)
    flat: list[Form] = []
    for f in inner.forms:
        sign, more = product(f)
        minus ^= sign
        flat += more
    return minus, tuple(flat)


def _typed(case: Case, form: Form) -> tuple[str, int]:
    def text(f: Form, level: int = SUM) -> str:
        found, own = _typed(case, f)
        return found if own >= level else f"({found})"

    match form.op:
        case "num":
            n = form.number
            places = decimals(n)
            return (
                (f"{n.numerator}/{n.denominator}", PRODUCT)
                if places is None
                else (point(rounded(n, places), places), ATOM)
            )
        case "neg":
            return f"-{text(form.forms[0], PRODUCT)}", SUM
        case "add":
            return _sum(text(form.forms[0]), [product(f) for f in form.forms[1:]], text), SUM
        case "mul":
            minus, factors = product(form)
            joined = _product(factors, text)
            return (f"-{joined}", SUM) if minus else (joined, PRODUCT)
        case "div":
            return f"{text(form.forms[0], PRODUCT)}/{text(form.forms[1], POWER)}", PRODUCT
        case "pow":
            return f"{text(form.forms[0], ATOM)}**{text(form.forms[1], ATOM)}", POWER
        case "fn":
            return f"{form.name.replace('-', '_')}({text(form.forms[0])})", ATOM
        case "cases":
            *rows, otherwise = form.forms
            out = text(otherwise)
            for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
                left, rel, other = condition.args
                assert isinstance(left, Form) and isinstance(other, Form)
                out = f"where({text(left)} {rel} {text(other)}, {text(value)}, {out})"
            return out, ATOM
    spelled = case.topology.names.spelled(form)
    if spelled.op == "partial":
        top, bottom = (_word(f) for f in spelled.forms)
        return f"d{top}/d{bottom}", POWER
    return _word(spelled) + "'" * (form.op == "updated"), ATOM


def _word(spelled: Form) -> str:
    (s,) = spelled.args
    assert isinstance(s, Symbol)
    return plain_name(s).rstrip("_")
