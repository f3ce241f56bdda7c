"""What a reader makes of printed LaTeX: a tree again.  Independent of the printer: it knows the habits of books alone.

sum    = ["-"] term {("+" | "-") term}
term   = tight {(\\cdot | \\times) tight}
tight  = power {power}                     juxtaposition binds more than a dot
power  = atom ["^" group]
"""

from __future__ import annotations

import re
from fractions import Fraction

from symbackprop.form import Axis, Form, add, div, fn, mul, neg, num, over, power, symbol

TOKEN = re.compile(
    r"\\left\(|\\right\)|\\left\\lvert|\\right\\rvert|\\bigl\(|\\bigr\)|\\!|\\[a-zA-Z]+|[0-9]+(?:\.[0-9]+)?|\S"
)
FUNCTIONS = {r"\ln": "log", r"\tanh": "tanh", r"\sigma": "sigmoid", r"\exp": "exp"}
OPEN = ("(", r"\left(", r"\bigl(")
STARTS = (*OPEN, r"\eta", r"\sum", r"\frac", r"\sqrt", r"\left\lvert", *FUNCTIONS)


def read(text: str) -> Form:
    reader = _Reader(TOKEN.findall(text))
    form = reader.sum()
    assert not reader.tokens, reader.tokens
    return form


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = [token for token in tokens if token != r"\!"]

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, *expected: str) -> str:
        token = self.tokens.pop(0)
        assert not expected or token in expected, (token, expected)
        return token

    def group(self) -> Form:
        self.take("{")
        form = self.sum()
        self.take("}")
        return form

    def raw(self) -> str:
        self.take("{")
        out = []
        while self.peek() != "}":
            out.append(self.take())
        self.take("}")
        return "".join(out)

    def sum(self) -> Form:
        terms = [self.signed()]
        while self.peek() in ("+", "-"):
            sign, term = self.take(), self.term()
            terms.append(neg(term) if sign == "-" else term)
        return add(*terms)

    def signed(self) -> Form:
        if self.peek() == "-":
            self.take()
            return neg(self.term())
        return self.term()

    def term(self) -> Form:
        factors = [self.tight()]
        while self.peek() in (r"\cdot", r"\times"):
            self.take()
            factors.append(self.tight())
        return mul(*factors)

    def tight(self) -> Form:
        if self.peek() == r"\sum":
            return self.total()
        factors = [self.power()]
        while self.peek() and (self.peek() in STARTS or self.peek().isalpha() or self.peek() == r"\mathrm"):
            factors.append(self.total() if self.peek() == r"\sum" else self.power())
        return mul(*factors)

    def total(self) -> Form:
        self.take(r"\sum")
        self.take("_")
        var = self.raw().removesuffix("=1")
        self.take("^")
        axis = Axis(var, self.raw())
        return over(self.term(), axis)

    def power(self) -> Form:
        base = self.atom()
        if self.peek() == "^":
            self.take()
            return power(base, self.group())
        return base

    def atom(self) -> Form:
        token = self.take()
        if token in OPEN:
            form = self.sum()
            self.take(")", r"\right)", r"\bigr)")
            return form
        if token == r"\frac":
            return div(self.group(), self.group())
        if token == r"\sqrt":
            return fn("sqrt", self.group())
        if token == r"\left\lvert":
            form = self.sum()
            self.take(r"\right\rvert")
            return fn("abs", form)
        if token in FUNCTIONS:
            return self.function(FUNCTIONS[token])
        if token == "e" and self.peek() == "^":
            self.take()
            return fn("exp", self.group())
        if token[0].isdigit():
            return num(Fraction(token))
        return self.symbol(token)

    def function(self, name: str) -> Form:
        exponent = None
        if self.peek() == "^":
            self.take()
            exponent = self.group()
        self.take(*OPEN)
        form = fn(name, self.sum())
        self.take(")", r"\right)")
        return power(form, exponent) if exponent else form

    def symbol(self, token: str) -> Form:
        base = self.raw() if token == r"\mathrm" else token.removeprefix("\\")
        sub = ""
        if self.peek() == "_":
            self.take()
            sub = self.raw()
        return symbol(base, sub)


def canonical(form: Form) -> Form:
    """The tree up to what print leaves open: a leading minus, fractions that are numbers, a sum over two axes."""
    form = form.map(canonical)
    if form.op == "shown":
        return canonical(num(Fraction(str(form.args[0]))))
    if form.op == "num" and form.number < 0:
        return neg(canonical(num(-form.number)))
    if form.op == "num" and form.number.denominator != 1 and form.number.denominator % 10:
        return div(num(form.number.numerator), num(form.number.denominator))
    if form.op == "mul" and form.forms[0].op == "neg":
        return canonical(neg(mul(form.forms[0].forms[0], *form.forms[1:])))
    if form.op == "over" and len(form.axes) > 1:
        first, *rest = form.axes
        return over(canonical(over(form.forms[0], *rest)), first)
    return form
