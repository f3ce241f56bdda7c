"""The rules of the calculus course, one a line: from ∂/∂z(…) to a slope, with every step shown.

    ∂/∂z 1/(1 + e⁻ᶻ) = −(∂/∂z(1 + e⁻ᶻ))/(1 + e⁻ᶻ)² = −(∂1/∂z + ∂e⁻ᶻ/∂z)/(1 + e⁻ᶻ)² = …

A rule rewrites one unevaluated derivative and is named by its key in the catalogue.  What has been left out of a line
(zeros, ones, exponents 2 − 1) is left out in a line of its own.  Nothing here consults SymPy: it is the judge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symbackprop.explain.folding import collected, folded, inner
from symbackprop.form import (
    ENTRIES,
    ONE,
    ZERO,
    Form,
    Given,
    Index,
    add,
    cases,
    div,
    mul,
    neg,
    num,
    over,
    partial,
    power,
    replaced,
    walk,
)
from symbackprop.tables.activations import ELEMENTARY, ROWS

Rules = tuple[str, ...]


class Worked(NamedTuple):
    """One line and the keys of the rules that lead to it from the line before."""

    form: Form
    rules: Rules


# What is left out after the derivatives are taken, and what is put in before.
DEFINITION, SUMS, SIMPLIFY, COLLECT = "rule.definition", "rule.sums", "rule.simplify", "rule.collect"
CHAIN = "rule.chain"

FUNCTIONS = {
    "exp": "rule.exponential",
    "log": "rule.logarithm",
    "log10": "rule.logarithm",
    "sqrt": "rule.root",
    "tanh": "rule.hyperbolic",
    "sinh": "rule.hyperbolic",
    "cosh": "rule.hyperbolic",
    "sin": "rule.trigonometric",
    "cos": "rule.trigonometric",
    "erf": "rule.error-function",
    "abs": "rule.absolute",
}
ACTIVATION = "rule.activation"  # the slope of a row, which has a lemma of its own


def worked(form: Form, by: Form) -> tuple[Worked, ...]:
    """∂form/∂by, from the unevaluated derivative to a form without zeros, ones and open exponents."""
    lines = [Worked(partial(form, by), (DEFINITION,))]
    while wanted := _pending(lines[-1].form):
        lines.append(_next(lines[-1].form, [rule_for(f) for f in wanted]))
    for change, rule in ((inner, SUMS), (folded, SIMPLIFY), (collected, COLLECT)):
        if (simpler := change(lines[-1].form)) != lines[-1].form:
            lines.append(Worked(simpler, (rule,)))
    return tuple(lines)


def _pending(form: Form) -> tuple[Form, ...]:
    """The unevaluated derivatives, from left to right."""
    return tuple(dict.fromkeys(f for f in walk(form) if f.op == "partial"))


def _next(form: Form, found: list[Worked]) -> Worked:
    """The first rule that has something to do, wherever it has; all that is 0 or 1 comes at the end, at once."""
    rules = next((w.rules for w in found if w.rules not in AT_ONCE), None)
    chosen = AT_ONCE if rules is None else (rules,)
    wanted = (w for w in found if w.rules in chosen)
    said = dict.fromkeys(rule for w in wanted for rule in w.rules)

    def change(f: Form) -> Form | None:
        if f.op != "partial":
            return None
        new = rule_for(f)
        return new.form if new.rules in chosen else f

    return Worked(replaced(form, change), tuple(said))


CONSTANT, VARIABLE = ("rule.constant",), ("rule.variable",)
AT_ONCE = (CONSTANT, VARIABLE)


def rule_for(derivative: Form) -> Worked:
    """The unevaluated derivative rewritten by the one rule that fits."""
    form, by = derivative.forms
    if form == by:
        return Worked(ONE, VARIABLE)
    return RULES[form.op](form, by) if depends(form, by) else Worked(ZERO, CONSTANT)


# ---- one function a rule -------------------------------------------------------------------------------------------


def _minus(f: Form, by: Form) -> Worked:
    """(−x)′ = −x′"""
    return Worked(neg(partial(f.forms[0], by)), ("rule.factor",))


def _sum(f: Form, by: Form) -> Worked:
    """(x + y − w)′ = x′ + y′ − w′"""
    terms = (neg(partial(x.forms[0], by)) if x.op == "neg" else partial(x, by) for x in f.forms)
    return Worked(add(*terms), ("rule.sum",))


def _product(f: Form, by: Form) -> Worked:
    """(c·x)′ = c·x′, and (x·y)′ = x′·y + x·y′"""
    constant = [x for x in f.forms if not depends(x, by)]
    moving = [x for x in f.forms if depends(x, by)]
    if constant:
        return _multiple(constant, mul(*moving), by)
    terms = (mul(*(partial(x, by) if n == k else x for n, x in enumerate(moving))) for k in range(len(moving)))
    return Worked(add(*terms), ("rule.product",))


def _multiple(constant: list[Form], x: Form, by: Form) -> Worked:
    """(c·xⁿ)′ = n·c·xⁿ⁻¹·x′, and (c·x)′ = c·x′"""
    if x == by:
        return _raised(constant, x, ONE, by)
    if x.op == "pow":
        base, n = x.forms
        return _raised(constant, base, n, by)
    return Worked(mul(*constant, partial(x, by)), ("rule.factor",))


def _quotient(f: Form, by: Form) -> Worked:
    """(x/c)′ = (1/c)·x′, (c/y)′ = −c·y′/y², (x/y)′ = (x′·y − x·y′)/y²"""
    x, y = f.forms
    if not depends(y, by):
        return _multiple([num(1 / y.number) if y.op == "num" else div(ONE, y)], x, by)
    if not depends(x, by):
        top = partial(y, by) if x == ONE else mul(x, partial(y, by))
        return Worked(neg(div(top, power(y, num(2)))), ("rule.reciprocal",))
    return Worked(div(mul(partial(x, by), y) - mul(x, partial(y, by)), power(y, num(2))), ("rule.quotient",))


def _power(f: Form, by: Form) -> Worked:
    """(xⁿ)′ = n·xⁿ⁻¹·x′"""
    x, n = f.forms
    return _raised([], x, n, by)


def _raised(constant: list[Form], x: Form, n: Form, by: Form) -> Worked:
    """n·c·xⁿ⁻¹·x′, the exponent as it is written: 2 − 1"""
    outer = (n, *constant, power(x, n - 1))
    return _by_chain(outer, x, by, "rule.power")


def _by_chain(outer: tuple[Form, ...], x: Form, by: Form, rule: str) -> Worked:
    """The outer derivative times the inner one, which is 1 for x itself."""
    if x == by:
        return Worked(mul(*outer), (rule,))
    return Worked(mul(*outer, partial(x, by)), (rule, CHAIN))


def _function(f: Form, by: Form) -> Worked:
    """f(x)′ = f′(x)·x′"""
    row = ELEMENTARY.get(f.name) or ROWS[f.name]
    return _by_chain((row.slope(f.forms[0], f),), f.forms[0], by, FUNCTIONS.get(f.name, ACTIVATION))


def _cases(f: Form, by: Form) -> Worked:
    """Each branch by itself; its condition stays."""
    rows = (partial(x, by) if k % 2 == 0 else x for k, x in enumerate(f.forms))
    return Worked(cases(*rows), ("rule.cases",))


def _over(f: Form, by: Form) -> Worked:
    """(Σ_k f(z_k))′ by z_j: only the term with k = j moves.  An axis that z has not stays: Σ_k (c_k·z)′"""
    given = places(f, by)[0]
    left = tuple(a for a in f.axes if a.var not in given)
    moving = over(partial(f.forms[0].where(given), by), *left)
    return Worked(moving, ("rule.only-term" if given else "rule.sum",))


RULES: dict[str, Callable[[Form, Form], Worked]] = {
    "neg": _minus,
    "add": _sum,
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "fn": _function,
    "cases": _cases,
    "over": _over,
}

# ---- what depends on what ------------------------------------------------------------------------------------------


def depends(form: Form, by: Form) -> bool:
    """Whether the entry stands in the form, where a sum may bring it in.  Two index variables mean two entries."""
    if form.op == "over":
        return bool(places(form, by))
    if form.op == "compare":
        return False  # a condition has no slope
    return form == by or any(depends(f, by) for f in form.forms)


def places(f: Form, by: Form) -> list[Given]:
    """The indices at which a term of the sum holds the entry; more than one where two entries of the term may be it."""
    bound = {a.var for x in walk(f) for a in x.axes}
    own = {a.var for a in f.axes}
    found = (matched(x.at, by.at, bound) for x in walk(f.forms[0]) if x.op in ENTRIES and x.name == by.name)
    out: list[Given] = []
    for given in found:
        if given is not None and (mine := {v: i for v, i in given.items() if v in own}) not in out:
            out.append(mine)
    return out


def matched(at: tuple[Index, ...], wanted: tuple[Index, ...], variables: set[str]) -> Given | None:
    """What the variables must be for the indices to be those that are wanted."""
    given: Given = {}
    for i, j in zip(at, wanted, strict=True):
        if i.variable in variables:
            i = given.setdefault(str(i.variable), j)
        if i != j:
            return None
    return given
