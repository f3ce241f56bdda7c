"""The value of one Form whose indices are numbers, from the values of its entries: exact, or an enclosure."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul, neg, truediv

from symbackprop.form import Form
from symbackprop.numeric.field import Field, Value
from symbackprop.tables.activations import ELEMENTARY, ROWS

Lookup = Callable[[Form], Value]


def value_of(form: Form, lookup: Lookup, field: Field) -> Value:
    """The value, for those outside: a Fraction or an enclosure.  Raises KeyError where `lookup` knows no entry."""

    def value(f: Form) -> Value:
        if f.op in RULES:
            return RULES[f.op](list(map(value, f.forms)))
        if f.op == "pi":
            return field.functions["pi"]()
        if f.op == "num":
            return field.number(f.number)
        if f.op == "pow":
            return power(value(f.forms[0]), f.forms[1])
        if f.op == "fn" and f.name in ELEMENTARY:
            return field.functions[f.name](value(f.forms[0]))
        if f.op == "fn":
            return value(ROWS[f.name].value(f.forms[0]))
        if f.op == "cases":
            return chosen(f)
        return field.number(lookup(f))

    def power(x: Value, n: Form) -> Value:
        exponent = n.number if n.op == "num" else -n.forms[0].number
        if exponent.denominator == 1:
            return field.functions["power"](x, int(exponent))
        return field.functions["sqrt"](x) ** int(2 * exponent)

    def chosen(f: Form) -> Value:
        *rows, otherwise = f.forms
        for result, condition in zip(rows[::2], rows[1::2], strict=True):
            if field.functions["compare"](value(condition.forms[0]), condition.args[1], value(condition.forms[1])):
                return value(result)
        return value(otherwise)

    with field.at_precision():
        return field.out(value(form))


RULES: dict[str, Callable[[list[Value]], Value]] = {
    "neg": lambda xs: neg(xs[0]),
    "add": lambda xs: reduce(add, xs),
    "mul": lambda xs: reduce(mul, xs),
    "div": lambda xs: truediv(*xs),
}
