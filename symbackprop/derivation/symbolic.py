"""Forms to SymPy.  What an entry, a sum or a choice of branches becomes is the caller's to say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy
from sympy import Expr

from symbackprop.form import ENTRIES, Form
from symbackprop.tables.activations import ELEMENTARY, ROWS

Scalar = Callable[[Form], Expr]
SYMPY: dict[str, Any] = {"log10": lambda x: sympy.log(x, 10)}  # what SymPy does not have by our name


def scalars(entry: Scalar, choose: Callable[[Form, Scalar], Expr], total: Scalar) -> Scalar:
    """Form to SymPy: rows as their values, everything else as it stands."""
    @cache
    def value(f: Form) -> Expr:
        return entry(f) if f.op in ENTRIES or f.op == "hyper" else rules[f.op](f)

    def function(f: Form) -> Expr:
        if f.name in ELEMENTARY:
            known = SYMPY.get(f.name) or getattr(sympy, f.name)
            return known(value(f.forms[0]))
        return value(ROWS[f.name].value(f.forms[0]))

    rules: dict[str, Scalar] = {
        "num": lambda f: sympy.Rational(f.number.numerator, f.number.denominator),
        "size": lambda f: sympy.Symbol(str(f.args[0]), positive=True, integer=True),
        "pi": lambda f: sympy.pi,
        "neg": lambda f: -value(f.forms[0]),
        "add": lambda f: sympy.Add(*map(value, f.forms)),
        "mul": lambda f: sympy.Mul(*map(value, f.forms)),
        "div": lambda f: value(f.forms[0]) / value(f.forms[1]),
        "pow": lambda f: value(f.forms[0]) ** value(f.forms[1]),
        "partial": lambda f: sympy.diff(value(f.forms[0]), value(f.forms[1])),
        "over": total,
        "same": entry,
        "within": entry,
        "fn": function,
        "cases": lambda f: choose(f, value),
    }
    return value


COMPARE: dict[str, str] = {">": "Gt", "<": "Lt", ">=": "Ge", "<=": "Le"}


def piecewise(f: Form, value: Scalar) -> Any:
    """Branches as SymPy's Piecewise."""
    *rows, otherwise = f.forms
    pairs = [
        (value(result), getattr(sympy, COMPARE[str(c.args[1])])(value(c.forms[0]), value(c.forms[1])))
        for result, c in zip(rows[::2], rows[1::2], strict=True)
    ]
    return sympy.Piecewise(*pairs, (value(otherwise), True))
