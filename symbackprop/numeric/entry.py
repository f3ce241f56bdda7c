"""The value of one Form whose indices are numbers, from the values of its entries: exact, or a ball."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.form import Form
from symbackprop.tables.activations import ACTIVATIONS, ELEMENTARY

Number = Any  # a Fraction, or a ball of the field in use
Lookup = Callable[[Form], Number]


def value_of(form: Form, lookup: Lookup, functions: Mapping[str, Callable[[Number], Number]]) -> Number:
    """Raises KeyError for an entry that `lookup` does not know."""

    def value(f: Form) -> Number:
        rule = RULES.get(f.op)
        if rule is not None:
            return rule(*map(value, f.forms))
        if f.op == "num":
            return f.number
        if f.op == "pow":
            x, n = f.forms
            return _power(value(x), n, functions)
        if f.op == "fn":
            if f.name in ELEMENTARY:
                return functions[f.name](value(f.forms[0]))
            return value(ACTIVATIONS[f.name].value(f.forms[0]))
        if f.op == "cases":
            *rows, otherwise = f.forms
            for result, condition in zip(rows[::2], rows[1::2], strict=True):
                if HOLDS[str(condition.args[1])](value(condition.forms[0]), value(condition.forms[1])):
                    return value(result)
            return value(otherwise)
        return lookup(f)

    return value(form)


def _power(x: Number, n: Form, functions: Mapping[str, Callable[[Number], Number]]) -> Number:
    exponent = n.number if n.op == "num" else -n.forms[0].number
    if exponent.denominator == 1:
        return x ** int(exponent)
    return functions["sqrt"](x) ** int(2 * exponent)


def _sum(*xs: Number) -> Number:
    total = xs[0]
    for x in xs[1:]:
        total = total + x
    return total


def _product(*xs: Number) -> Number:
    total = xs[0]
    for x in xs[1:]:
        total = total * x
    return total


RULES: dict[str, Callable[..., Number]] = {
    "neg": lambda x: -x,
    "add": _sum,
    "mul": _product,
    "div": lambda x, y: x / y,
}

HOLDS: dict[str, Callable[[Number, Number], bool]] = {
    ">": lambda x, y: bool(x > y),
    "<": lambda x, y: bool(x < y),
    ">=": lambda x, y: bool(x >= y),
    "<=": lambda x, y: bool(x <= y),
}
