"""Array notation, as in NumPy: `z1 = W1 @ x + b1`.  Text to a tree; the graph gives it shapes and indices.

    equation   = name "=" expression
    expression = number | name | call | "letters" | "(" expression ")" | list | -expression
                 | expression operator expression | expression "." "T" | expression "[" items "]"

Binding, loosest first: comparisons, + −, * / @, unary −, ** (to the right), indexing.  Sizes are checked before any
work is done: 4,000 characters, 800 tokens, depth 40, 30 digits, exponents to 64.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from symbackprop.errors import ReadError

MOST_CHARACTERS, MOST_TOKENS, MOST_DEPTH, MOST_DIGITS, MOST_EXPONENT = 4_000, 800, 40, 30, 64

TOKEN = re.compile(
    r"""[ \t]*(?:
    (?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)
  | (?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)
  | (?P<quoted>"[A-Za-z,> -]*"|'[A-Za-z,> -]*')
  | (?P<sign>\*\*|>=|<=|==|[-+*/@()\[\],:.=<>])
)""",
    re.VERBOSE,
)

#       operator  binds
BINDING = {
    ">": 5, "<": 5, ">=": 5, "<=": 5, "==": 5,
    "+": 10, "-": 10,
    "*": 20, "/": 20, "@": 20,
    "**": 40,
}  # fmt: skip
UNARY = 30


class Token(NamedTuple):
    kind: str  # "number" | "name" | "quoted" | "sign" | "end"
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A node of what was written: its kind, its parts, and the column where it stands.

    number value · name text · text letters · list item … · neg x · binary operator x y · transpose x · index x item …
    call name arguments keywords · items: at tree · slice low high step (trees or None)
    """

    kind: str
    args: tuple[object, ...]
    column: int = 0

    def tree(self, k: int) -> Tree:
        part = self.args[k]
        assert isinstance(part, Tree)
        return part


@dataclass(frozen=True, slots=True)
class Statement:
    name: str
    body: Tree
    text: str


def fault(text: str, column: int, message: str) -> ReadError:
    """An error that shows the text with a caret under the place."""
    return ReadError(f"{message}\n    {text}\n    {' ' * column}^")


def tokens(text: str) -> list[Token]:
    if len(text) > MOST_CHARACTERS:
        raise ReadError(f"an equation may have {MOST_CHARACTERS} characters; this one has {len(text)}")
    out: list[Token] = []
    at, end = 0, len(text.rstrip(" \t"))
    while at < end:
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            while text[at] in " \t":
                at += 1
            raise fault(text, at, f"{character(text[at])} is not part of the array notation")
        kind = match.lastgroup
        out.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
        if len(out) > MOST_TOKENS:
            raise ReadError(f"an equation may have {MOST_TOKENS} names, numbers and signs; this one has more")
    return [*out, Token("end", "", end)]


def character(c: str) -> str:
    """A character as a message names it: itself where it is plain, else by its code point."""
    return repr(c) if c.isascii() and c.isprintable() else f"U+{ord(c):04X}"


def decimal(token: Token, text: str) -> Fraction:
    """The exact value of a decimal; its size is checked before it is computed."""
    digits, _, exponent = token.text.lower().partition("e")
    if sum(c.isdigit() for c in digits) > MOST_DIGITS:
        raise fault(text, token.column, f"a number may have {MOST_DIGITS} digits")
    if exponent and (len(exponent) > 4 or abs(int(exponent)) > MOST_EXPONENT):
        raise fault(text, token.column, f"an exponent may be {MOST_EXPONENT} at most")
    return Fraction(token.text)


class Parser:
    """A Pratt parser: each token is looked at once."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.i, self.depth = text, tokens(text), 0, 0

    def peek(self) -> str:
        token = self.tokens[self.i]
        return token.text if token.kind == "sign" else token.kind

    def next(self) -> Token:
        self.i += 1
        return self.tokens[self.i - 1]

    def want(self, sign: str) -> Token:
        token = self.next()
        if token.text != sign or token.kind != "sign":
            raise fault(self.text, token.column, f"expected {sign!r} here")
        return token

    def statement(self) -> Statement:
        name = self.next()
        if name.kind != "name":
            raise fault(self.text, name.column, "an equation starts with the name that it defines: z = …")
        self.want("=")
        body = self.expression()
        self.end()
        return Statement(name.text, body, self.text)

    def end(self) -> None:
        if self.peek() != "end":
            raise fault(self.text, self.tokens[self.i].column, "expected an operator or the end here")

    def expression(self, floor: int = 0) -> Tree:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise fault(self.text, self.tokens[self.i].column, f"parentheses may be nested {MOST_DEPTH} deep")
        left = self.postfix(self.primary())
        while (operator := self.peek()) in BINDING and BINDING[operator] > floor:
            column = self.next().column
            right = self.expression(BINDING[operator] - (operator == "**"))
            left = Tree("binary", (operator, left, right), column)
        self.depth -= 1
        return left

    def primary(self) -> Tree:
        token = self.next()
        if token.kind == "number":
            return Tree("number", (decimal(token, self.text),), token.column)
        if token.kind == "name":
            return Tree("name", (token.text,), token.column)
        if token.kind == "quoted":
            return Tree("text", (token.text[1:-1],), token.column)
        if token.text == "-":
            return Tree("neg", (self.expression(UNARY),), token.column)
        if token.text == "(":
            items = self.sequence(")")
            return items[0] if len(items) == 1 else Tree("list", items, token.column)
        if token.text == "[":
            return Tree("list", self.sequence("]"), token.column)
        what = "the equation ends" if token.kind == "end" else f"{token.text!r} stands"
        raise fault(self.text, token.column, f"{what} where a number, a name or '(' is expected")

    def sequence(self, close: str) -> tuple[Tree, ...]:
        items: list[Tree] = []
        while self.peek() != close:
            items.append(self.expression())
            if self.peek() == ",":
                self.next()
            else:
                break
        self.want(close)
        return tuple(items)

    def postfix(self, left: Tree) -> Tree:
        while True:
            sign = self.peek()
            if sign == "(" and left.kind == "name":
                left = self.call(left)
            elif sign == "[":
                left = self.subscript(left)
            elif sign == ".":
                column = self.next().column
                name = self.next()
                if name.text != "T":
                    raise fault(self.text, name.column, "only .T (transposed) may follow a dot")
                left = Tree("transpose", (left,), column)
            else:
                return left

    def call(self, name: Tree) -> Tree:
        self.want("(")
        arguments: list[Tree] = []
        keywords: list[tuple[str, Tree]] = []
        while self.peek() != ")":
            word, after = self.tokens[self.i], self.tokens[self.i + 1]
            if word.kind == "name" and after.kind == "sign" and after.text == "=":
                self.i += 2
                keywords.append((word.text, self.expression()))
            else:
                arguments.append(self.expression())
            if self.peek() != ",":
                break
            self.next()
        self.want(")")
        return Tree("call", (name.args[0], tuple(arguments), tuple(keywords)), name.column)

    def subscript(self, left: Tree) -> Tree:
        column = self.want("[").column
        items: list[Tree] = []
        while self.peek() != "]":
            items.append(self.item())
            if self.peek() != ",":
                break
            self.next()
        self.want("]")
        return Tree("index", (left, *items), column)

    def item(self) -> Tree:
        column = self.tokens[self.i].column
        bounds: list[Tree | None] = [None if self.peek() == ":" else self.expression()]
        while self.peek() == ":" and len(bounds) < 3:
            self.next()
            bounds.append(None if self.peek() in (":", ",", "]") else self.expression())
        if len(bounds) == 1:
            return Tree("at", tuple(bounds), column)
        return Tree("slice", tuple(bounds + [None] * (3 - len(bounds))), column)


@lru_cache(maxsize=1024)
def statement(text: str) -> Statement:
    """Read one equation.

    >>> statement("z1 = W1 @ x + b1").name
    'z1'
    """
    return Parser(text).statement()


def expression(text: str) -> Statement:
    """Read what stands right of an equation's sign, alone: a formula.  It defines `value`."""
    parser = Parser(text)
    body = parser.expression()
    parser.end()
    return Statement("value", body, text)


def names_in(part: object) -> Iterator[tuple[str, int]]:
    """The names of arrays in an expression, with their columns."""
    if isinstance(part, Tree):
        if part.kind == "name":
            if part.args[0] not in ("True", "False", "None"):
                yield str(part.args[0]), part.column
        else:
            for below in part.args:
                yield from names_in(below)
    elif isinstance(part, tuple):
        for below in part:
            yield from names_in(below)
