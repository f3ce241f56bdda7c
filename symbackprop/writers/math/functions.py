"""Functions, sums over indices, cases, indicators and matrices."""

from __future__ import annotations

import re
from collections.abc import Callable

from symbackprop.form import Axis, Form, Index, Symbol
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY
from symbackprop.writers.math.piece import POWER, PRODUCT, RELATION, SUM, TIGHT, Piece, Printer, Rule
from symbackprop.writers.math.symbols import checked, is_letter, name, script, spelled, symbol
from symbackprop.writers.math.target import Target

# --- functions -----------------------------------------------------------------------------------------------------

_PRINTED = re.compile(r"\\operatorname\{([A-Za-z0-9-]+)\}|\\([A-Za-z]+)|([A-Za-z])")
_FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*'*")

SPECIAL: dict[str, Callable[[Printer, Piece], Piece]] = {
    "exp": lambda p, x: Piece(p.to.sup(p.to.letter("e"), x.text), POWER, numeric=x.numeric),
    "sqrt": lambda p, x: Piece(p.to.sqrt(x.text), tall=x.tall, numeric=x.numeric),
    "abs": lambda p, x: Piece(p.to.abs(x.text), tall=x.tall, numeric=x.numeric),
}


def fn(p: Printer, f: Form) -> Piece:
    """σ(z), tanh(z), f′(z); eˣ, but exp(…) where x is tall"""
    x = p.piece(f.forms[0])
    if _is_special(p, f):
        return SPECIAL[f.name](p, x)
    return Piece(p.to.apply(function(p, f.name), x.text, x.tall), tall=x.tall, numeric=x.numeric)


def powered(p: Printer, f: Form, raised: str) -> str:
    """tanh²(z); nothing where it is no function that is written so"""
    if f.op != "fn" or _is_special(p, f):
        return ""
    x = p.piece(f.forms[0])
    return p.to.apply(p.to.sup(function(p, f.name), raised), x.text, x.tall)


def _is_special(p: Printer, f: Form) -> bool:
    return f.name in SPECIAL and not (f.name == "exp" and p.piece(f.forms[0]).tall)


def function(p: Printer, of: str) -> str:
    """The name of a function: as its row prints it, else as it is called; primes stay."""
    bare = checked(_FUNCTION, of, "the name of a function, not").rstrip("'")
    row = ACTIVATIONS.get(bare) or ELEMENTARY.get(bare) or ALONG.get(bare)
    found = _PRINTED.fullmatch(row.symbol) if row else None
    word = next(filter(None, found.groups())) if found else bare.replace("_", "-")
    text = name(p.to, word) if is_letter(word) else p.to.operator(word)
    return p.to.sup(text, p.to.prime * (len(of) - len(bare))) if of != bare else text


def along(p: Printer, f: Form) -> Piece:
    """softmax(z_i; (z_k)_{k=1}^{n}): of one entry among all"""
    x, every = map(p.piece, f.forms)
    (axis,) = f.axes
    family = p.to.family(variable(p, axis), size_of(p, axis.size), every.text)
    return Piece(p.to.apply(function(p, f.name), x.text + p.to.semicolon + family, x.tall), tall=x.tall)


def moved(p: Printer, f: Form) -> Piece:
    """E(w₅ + h): a quantity where one of those that it depends on is moved."""
    of, x = map(p.piece, f.forms)
    return Piece(p.to.apply(of.text, x.text, x.tall), tall=x.tall)


# --- indices -------------------------------------------------------------------------------------------------------


def size(p: Printer, f: Form) -> Piece:
    return Piece(size_of(p, f.args[0]))


def size_of(p: Printer, n: object) -> str:
    """A number or a name: 3, n, n_1, batch"""
    if isinstance(n, int):
        return p.to.number(str(n))
    base, _, sub = str(n).partition("_")
    return symbol(p.to, Symbol(base, sub.replace("_", ",")))


def variable(p: Printer, axis: Axis) -> str:
    return script(p.to, axis.var.replace("_", ""))


def over(p: Printer, f: Form) -> Piece:
    """Σ_{k=1}^{n} …; over two axes Σ Σ …"""
    x = p.piece(f.forms[0])
    text = p.enclosed(x) if x.level <= SUM or x.minus else x.later
    for axis in reversed(f.axes):
        text = p.to.sum(variable(p, axis), size_of(p, axis.size), text)
    return Piece(text, TIGHT, open=True, tall=True)


def same(p: Printer, f: Form) -> Piece:
    """δ_{jk}"""
    i, j = (spelled(i) for i in f.args if isinstance(i, Index))
    comma = "" if len(i) == len(j) == 1 else ","
    return Piece(p.to.sub(p.to.greek("delta"), script(p.to, i + comma + j)))


def within(p: Printer, f: Form) -> Piece:
    """1[1 ≤ i ≤ n]"""
    i, n = f.args
    assert isinstance(i, Index)
    less = p.relation("<=")
    return Piece(p.to.indicator(f"{p.to.number('1')} {less} {script(p.to, spelled(i))} {less} {size_of(p, n)}"))


# --- branches ------------------------------------------------------------------------------------------------------


def cases(p: Printer, f: Form) -> Piece:
    """Branches; always in parentheses inside something else, since the brace has no partner"""
    *rows, last = f.forms
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = [(p.piece(value).text, p.to.when(p.if_, p.piece(condition).text)) for value, condition in pairs]
    return Piece(p.to.cases([*lines, (p.piece(last).text, p.otherwise)]), RELATION, tall=True)


def compare(p: Printer, f: Form) -> Piece:
    left, right = map(p.piece, f.forms)
    return Piece(f"{left.text} {p.relation(str(f.args[1]))} {right.text}", RELATION, tall=left.tall or right.tall)


# --- gaps ----------------------------------------------------------------------------------------------------------


def blank(p: Printer, f: Form) -> Piece:
    """A box with a number; parentheses stand around it where they would around its answer"""
    answer = p.piece(f.forms[0])
    box = p.to.blank(int(str(f.args[0])), answer.text)
    after = p.to.parens(box) if answer.after and not answer.minus else ""
    return answer._replace(text=box, after=after, minus=False, open=False)


# --- matrices ------------------------------------------------------------------------------------------------------


def ones(p: Printer, f: Form) -> Piece:
    return Piece(p.to.sub(p.to.one, size_of(p, f.args[0])))


def transpose(p: Printer, f: Form) -> Piece:
    return Piece(p.to.sup(p.base(p.piece(f.forms[0])), p.to.top), POWER)


def joined(between: Callable[[Target], str]) -> Rule:
    """W a, a ⊙ b: no products of another kind inside without parentheses"""

    def rule(p: Printer, f: Form) -> Piece:
        pieces = [p.piece(x) for x in f.forms]
        texts = [x.later if x.level >= POWER and not x.minus else p.enclosed(x) for x in pieces]
        return Piece(between(p.to).join(texts), PRODUCT, tall=any(x.tall for x in pieces))

    return rule
