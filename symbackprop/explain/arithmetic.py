"""Numbers worked out so that a reader can follow: at most two operations, one inside the other, from line to line.

    1/(1 + e^(−z)) = 1/(1 + e^(−0.3775)) = 1/(1 + 0.685572915) = 0.593269992

The depth of a form is how many operations stand one inside the other.  A sign is none, and a sum of products is one:
a weighted sum.  Every stage is made from the form itself, so that each value is the exact one, rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symbackprop.form import ENTRIES, ONE, ZERO, Form, cases

MOST = 2  # operations from one line to the next

Value = Callable[[Form], Form]  # the value of a form, as it is printed
Holds = Callable[[Form], bool]  # whether a condition does


def depth(form: Form) -> int:
    """How many operations stand one inside the other."""
    if form.op in ENTRIES or form.op in LEAVES:
        return 0
    below = [depth(f) for f in form.forms]
    if form.op in ("neg", "compare"):
        return max(below)
    if form.op == "div" and below == [0, 0] and all(f.op == "num" for f in form.forms):
        return 0
    if form.op == "add" and all(map(_product, form.forms)):
        return 1
    return 1 + max(below, default=0)


LEAVES = frozenset({"num", "shown", "pi", "size", "hyper", "partial", "symbol"})


def _product(term: Form) -> bool:
    """Whether a term of a sum is a number or a product of numbers."""
    return depth(term) == 0 or (_bare(term).op == "mul" and depth(term) == 1)


def _bare(form: Form) -> Form:
    return form.forms[0] if form.op == "neg" else form


def stages(form: Form, value: Value, holds: Holds, *, apart: bool = False) -> Iterator[Form]:
    """The lines between the numbers put in and the value, both left out; or up to the value of each term, `apart`."""
    most = max(map(depth, form.forms)) if apart and form.op == "add" else depth(form)
    for k in range(1 if most % MOST else MOST, most - MOST + 1, MOST):
        yield without_minus_zero(collapsed(form, k, value, holds))


def collapsed(form: Form, k: int, value: Value, holds: Holds) -> Form:
    """The form with everything up to that depth worked out; of branches, the one that counts."""
    if form.op == "cases":
        return collapsed(chosen(form, holds), k, value, holds)
    named = form.op in ENTRIES or form.op in ("hyper", "partial")
    if named or (form.op not in (*LEAVES, "neg") and 0 < depth(form) <= k):  # a sign stays: 1 − 0.2
        return value(form).be(form.role)
    return form.map(lambda f: collapsed(f, k, value, holds))


def chosen(form: Form, holds: Holds) -> Form:
    """The branch that counts: the first one whose condition holds."""
    *rows, otherwise = form.forms
    return next((x for x, c in zip(rows[::2], rows[1::2], strict=True) if holds(c)), otherwise)


def indicator(condition: Form) -> Form:
    """1 where the condition holds, else 0."""
    return cases(ONE, condition, ZERO)


def without_minus_zero(form: Form) -> Form:
    """0 · x for −0 · x; behind another term the minus stays, since there it subtracts."""
    if form.op == "neg" and _zero(form.forms[0]):
        return without_minus_zero(form.forms[0])
    if form.op == "add":
        first, *others = form.forms
        kept = (f.map(without_minus_zero) if f.op == "neg" else without_minus_zero(f) for f in others)
        return replace(form, args=(without_minus_zero(first), *kept))
    return form.map(without_minus_zero)


def _zero(form: Form) -> bool:
    """Whether a number or the first one of a product is 0."""
    if form.op in ("mul", "div"):
        return _zero(form.forms[0])
    return form.op == "shown" and not str(form.args[0]).strip("0.")


def apart(form: Form, value: Value) -> Form | None:
    """A sum with the value of each of its terms; None where there is nothing to see in that."""
    if form.op != "add" or all(depth(f) == 0 for f in form.forms):
        return None
    return form.map(value)


def operation(form: Form) -> str:
    """What the last step does: the key of the sentence that says so."""
    form = _bare(form)
    if form.op == "add":
        minus = "-minus" if len(form.forms) == 2 and form.forms[1].op == "neg" else ""
        return ("weighted" if any(depth(f) for f in form.forms) else "sum") + minus
    return OPERATIONS.get(form.op, "value")


OPERATIONS = {"mul": "product", "div": "quotient", "pow": "power", "fn": "function", "cases": "case"}
