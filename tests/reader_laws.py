"""When two Forms are the same but for what print leaves open: a minus that leads a product, products in products."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.form import ONE, Form, add, div, mul, neg, num, power


def canonical(form: Form) -> Form:
    """Numbers as numbers, a sum in a sum and a product in a product as one, each minus before its product."""
    form = form.map(canonical)
    if form.op == "shown":
        return canonical(num(Fraction(str(form.args[0]))))
    if form.op == "num" and form.number < 0:
        return neg(num(-form.number))
    if form.op == "neg" and form.forms[0].op == "neg":
        return form.forms[0].forms[0]
    if form.op == "fn" and form.name == "abs" and form.forms[0].op == "fn" and form.forms[0].name == "abs":
        return form.forms[0]  # ||x||, on one line
    if form.op == "mul":
        return _product(form)
    if form.op == "add":
        return add(*(t for x in form.forms for t in (x.forms if x.op == "add" else (x,))))
    if form.op == "div":
        top, bottom = form.forms
        if top.op == "neg":
            return neg(canonical(div(top.forms[0], bottom)))
        if top.op == bottom.op == "num" and bottom.number:
            return num(top.number / bottom.number)
    if form.op == "neg" and _zero(form.forms[0]):
        return form.forms[0]
    if form.op == "pow" and form.forms[0].op == "num" and form.forms[1].op == "neg" and form.forms[0].number:
        return power(form.forms[0], form.forms[1])
    return form


def _zero(form: Form) -> bool:
    """0, 0 · x or 0/x: a minus before it says nothing; before 0² it stays, as the number is not worked out."""
    return form == num(0) or (form.op in ("mul", "div") and _zero(form.forms[0]))


def _product(form: Form) -> Form:
    minus, factors = False, list[Form]()
    for x in form.forms:
        if x.op == "neg":
            minus, x = not minus, x.forms[0]
        factors += x.forms if x.op == "mul" else (x,)
    number = Fraction(1)
    for x in factors:
        number *= x.number if x.op == "num" else 1
    rest = [x for x in factors if x.op != "num"]
    lead = [num(number)] if number != 1 or not rest else []
    product = mul(*lead, *rest) if lead or rest else ONE
    return neg(product) if minus and number else product
