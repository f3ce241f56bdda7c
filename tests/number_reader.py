"""What a printed numeric line says, by a reader that shares nothing with the printer.

A number with all its decimals stands for an interval of half a unit in its last digit; one with fewer is exact.
"""

from __future__ import annotations

import re
from typing import Any

from mpmath import iv

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:(?:\.|\{,\})\d+)?)|(?P<word>\\[a-zA-Z]+|[a-z]+)|(?P<sign>[-+(){}^/<>,])|(?P<skip>\\[!,;]|&))"
)


FUNCTIONS = {"ln": iv.log, "exp": iv.exp, "sqrt": iv.sqrt, "tanh": lambda x: 1 - 2 / (iv.exp(2 * x) + 1)}


class Reader:
    """Numbers, + − · ×, parentheses, \\frac, powers, e^{…}, \\ln, \\tanh: recursive descent."""

    def __init__(self, text: str, places: int) -> None:
        self.places = places
        text = text.replace(r"\left", "").replace(r"\right", "").replace(r"\operatorname", "")
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if match is None:
                raise ValueError(text[at:])
            at = match.end()
            if match.lastgroup != "skip":
                self.tokens.append(match[0].strip())
        self.tokens.append("end")
        self.i = 0

    def peek(self) -> str:
        return self.tokens[self.i]

    def next(self) -> str:
        self.i += 1
        return self.tokens[self.i - 1]

    def want(self, sign: str) -> None:
        if self.next() != sign:
            raise ValueError(sign)

    def all(self) -> Any:
        out = self.sum()
        self.want("end")
        return out

    def sum(self) -> Any:
        total = self.product()
        while self.peek() in "+-":
            total = total + self.product() if self.next() == "+" else total - self.product()
        return total

    def product(self) -> Any:
        if self.peek() == "-":
            self.next()
            return -self.product()
        out = self.power()
        while self.peek() in (r"\cdot", r"\times", "/") or self.peek() == "(" or self.peek()[:1].isdigit():
            sign = self.next() if self.peek() in (r"\cdot", r"\times", "/") else ""
            factor = self.power() if self.peek() != "-" else -self.power()
            out = out / factor if sign == "/" else out * factor
        return out

    def power(self) -> Any:
        base = self.atom()
        if self.peek() == "^":
            self.next()
            base = base ** self.group()
        return base

    def group(self) -> Any:
        if self.peek() == "{":
            self.next()
            out = self.sum()
            self.want("}")
            return out
        return self.atom()

    def atom(self) -> Any:
        token = self.next()
        if token == "(":
            out = self.sum()
            self.want(")")
            return out
        if token == "{":
            out = self.sum()
            self.want("}")
            return out
        if token == r"\frac":
            top = self.group()
            return top / self.group()
        if token == "e":
            self.want("^")
            return self.function("exp", self.group())
        if token == r"\sqrt":
            return self.function("sqrt", self.group())
        if token in (r"\ln", r"\tanh", r"\exp"):
            if self.peek() == "^":
                raise ValueError(token)
            return self.function(token[1:], self.power())
        if token[0].isdigit():
            return self.number(token.replace("{,}", "."))
        raise ValueError(token)

    # what a subclass may make other things of
    def number(self, token: str) -> Any:
        return printed(token, self.places)

    def function(self, name: str, x: Any) -> Any:
        return FUNCTIONS[name](x)


def printed(token: str, places: int) -> Any:
    decimals = len(token.partition(".")[2])
    x = iv.mpf(token)
    return x + iv.mpf([-1, 1]) / 2 / 10**decimals if decimals >= places else x


def numeric(text: str, places: int) -> Any:
    try:
        return Reader(text, places).all()
    except (ValueError, KeyError):
        return None
