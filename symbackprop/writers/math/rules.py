"""Form to text: which parts a formula has and where parentheses must stand, one rule for each op.

The promise: read back with these habits of books, the text gives the same tree.

    sum < product < juxtaposition a(1 − a), 2a, f Σ … < power < letter, function, fraction
    Σ takes all factors to its right and stops at + and −
    factors are parted by ·  (× between two numbers, where the language wants it)

A product is juxtaposed only when all that follows its first factor stands in parentheses, when it is a number
before one letter, or when it ends in Σ after one factor; it then stands in a longer product without parentheses:
−(t₁ − out) · out(1 − out) · out_h1.  One freedom is taken, as books do: a minus that leads a product is read as the
minus of its first factor or of the whole, which is the same number.  Over two axes prints as Σ Σ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from symbackprop import language as languages
from symbackprop.form import Axis, Form, Index, Symbol
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY
from symbackprop.writers.math.symbols import Unprintable, checked, name, script, spelled, symbol
from symbackprop.writers.math.targets import TARGETS, Target

RELATION, SUM, PRODUCT, TIGHT, POWER, ATOM = range(6)


class Piece(NamedTuple):
    """A printed node: its text, how tightly that holds together, and how it begins and ends."""

    text: str
    level: int = ATOM
    after: str = ""  # the text where something stands before it: a negative number in parentheses
    minus: bool = False  # the text is a minus and `after`
    open: bool = False  # ends in Σ, which would take the next factor
    tall: bool = False
    numeric: bool = False  # no symbol in it

    @property
    def later(self) -> str:
        return self.after or self.text


class Printer:
    """Forms in one target and language.  It keeps nothing but a cache."""

    def __init__(self, to: Target, lang: str) -> None:
        self.to = to
        self.mark = languages.decimal_mark(lang)
        self.times = to.times if languages.text(lang, "math.number-product") == "×" else to.dot
        self.if_, self.otherwise = languages.text(lang, "math.if"), to.words(languages.text(lang, "math.otherwise"))
        self.piece = lru_cache(maxsize=1 << 16)(self._piece)

    def _piece(self, form: Form) -> Piece:
        rule = RULES.get(form.op)
        if rule is None:
            raise Unprintable(f"{form.op!r} is not spelled yet: a document holds symbols, not entries of quantities")
        return rule(self, form)

    def enclosed(self, piece: Piece) -> str:
        return self.to.tall_parens(piece.text) if piece.tall else self.to.parens(piece.text)

    def base(self, piece: Piece) -> str:
        """Under a power, over ⊤: an atom or parentheses."""
        return self.enclosed(piece) if piece.level < ATOM or piece.text != piece.later else piece.text

    def flat(self, piece: Piece) -> str:
        """A side of a fraction that is written on one line."""
        return self.enclosed(piece) if piece.level < POWER or piece.minus else piece.later


@cache
def printer(target: str, lang: str = "en") -> Printer:
    return Printer(TARGETS[target], lang)


# --- numbers and names -----------------------------------------------------------------------------------------

_SHOWN = re.compile(r"(-?)([0-9]+(?:\.[0-9]+)?)(?:e([+-]?[0-9]+))?")


def _signed(p: Printer, negative: bool, text: str, level: int, tall: bool = False) -> Piece:
    if not negative:
        return Piece(text, level, numeric=True, tall=tall)
    whole = Piece(p.to.sign + text, tall=tall)
    return Piece(whole.text, level, p.enclosed(whole), numeric=True, tall=tall)


def _num(p: Printer, f: Form) -> Piece:
    top, bottom = abs(f.number.numerator), f.number.denominator
    text = p.to.number(str(top)) if bottom == 1 else p.to.frac(p.to.number(str(top)), p.to.number(str(bottom)))
    level = ATOM if bottom == 1 or len(text) == 1 else TIGHT if p.to.flat else POWER
    return _signed(p, f.number < 0, text, level, tall=bottom != 1 and not p.to.flat)


def _shown(p: Printer, f: Form) -> Piece:
    """0.751365070; 3.5e-5 as 3.5 · 10⁻⁵, which is a product."""
    found = _SHOWN.fullmatch(str(f.args[0]))
    if found is None:
        raise Unprintable(f"{f.args[0]!r} is no number as it is printed: 0.75, -3 and 3.5e-5 are")
    sign, digits, exponent = found.groups()
    text = p.to.number(digits.replace(".", p.mark))
    if exponent is None:
        return _signed(p, bool(sign), text, ATOM)
    raised = f"{p.to.sign if int(exponent) < 0 else ''}{abs(int(exponent))}"
    return _signed(p, bool(sign), text + p.times + p.to.sup(p.to.number("10"), raised), PRODUCT)


def _symbol(p: Printer, f: Form) -> Piece:
    s = f.args[0]
    assert isinstance(s, Symbol)
    return Piece(symbol(p.to, s), POWER if s.sup else ATOM)


def _size(p: Printer, f: Form) -> Piece:
    return Piece(size(p, f.args[0]))


def size(p: Printer, n: object) -> str:
    """A number or a name: 3, n, n_1, batch."""
    if isinstance(n, int):
        return p.to.number(str(n))
    base, _, sub = str(n).partition("_")
    return symbol(p.to, Symbol(base, sub.replace("_", ",")))


def variable(p: Printer, var: str) -> str:
    return script(p.to, var.replace("_", ""))


# --- arithmetic ------------------------------------------------------------------------------------------------

Part = tuple[str, Piece, str]  # operator before it, the node, its text


def _neg(p: Printer, f: Form) -> Piece:
    x = p.piece(f.forms[0])
    body = p.enclosed(x) if x.level <= SUM or x.minus else x.later
    return Piece(p.to.sign + body, max(x.level, TIGHT) if x.level <= SUM else x.level, body, True, x.open, x.tall, x.numeric)


def terms(p: Printer, f: Form) -> Iterator[Part]:
    """a − b + (−3) …"""
    for k, x in enumerate(map(p.piece, f.forms)):
        if x.level <= SUM:
            yield p.to.plus if k else "", x, p.enclosed(x)
        elif k == 0:
            yield "", x, x.text
        else:
            yield p.to.minus if x.minus else p.to.plus, x, x.later


def factors(p: Printer, f: Form) -> Iterator[Part]:
    """a · b(1 − b) · (−3) …, with a leading minus in the first text."""
    pieces = [p.piece(x) for x in f.forms]
    for k, x in enumerate(pieces):
        closed = x.level >= TIGHT and not (x.open and k < len(pieces) - 1)
        dot = p.times if k and x.numeric and pieces[k - 1].numeric else p.to.dot
        if k == 0:
            yield "", x, x.text if closed else p.to.sign + p.enclosed(x._replace(text=x.later)) if x.minus else p.enclosed(x)
        else:
            yield dot, x, x.later if closed and not x.minus else p.enclosed(x)


def _add(p: Printer, f: Form) -> Piece:
    parts = list(terms(p, f))
    return Piece(
        "".join(operator + text for operator, _, text in parts),
        SUM,
        tall=any(x.tall for _, x, _ in parts),
        numeric=all(x.numeric for _, x, _ in parts),
    )


def _mul(p: Printer, f: Form) -> Piece:
    parts = list(factors(p, f))
    tight = juxtaposed(p, f)
    beside = p.to.tight if tight != "over" else " "
    text = "".join((beside if tight and operator else operator) + text for operator, _, text in parts)
    after, minus = "", parts[0][1].minus
    if minus:
        after = text.removeprefix(p.to.sign)
    elif parts[0][1].after:  # a negative number leads
        after = parts[0][1].after + text.removeprefix(parts[0][2])
    return Piece(
        text,
        TIGHT if tight else PRODUCT,
        after,
        minus,
        parts[-1][1].open,
        any(x.tall for _, x, _ in parts),
        all(x.numeric for _, x, _ in parts),
    )


def juxtaposed(p: Printer, f: Form) -> str:
    """Whether no dot is needed: a(1 − a) and 2a "tight", f Σ … "over", else ""."""
    first, *rest = f.forms
    if first.op == "neg":
        first = first.forms[0]
    piece = p.piece(first)
    if first.op not in ("symbol", "num", "shown", "size", "fn") or piece.level < POWER or piece.after:
        return ""
    if all(_bracketed(x) for x in rest):
        return "tight"
    if len(rest) == 1 and rest[0].op == "over":
        return "over"
    return "tight" if len(rest) == 1 and first.op == "num" and _one_letter(rest[0]) else ""


def _bracketed(f: Form) -> bool:
    return f.op == "add" or (f.op == "pow" and f.forms[0].op == "add")


def _one_letter(f: Form) -> bool:
    if f.op == "pow":
        return _one_letter(f.forms[0])
    return isinstance(f.args[0], Symbol) and len(name(TARGETS["plain"], f.args[0].base)) == 1


def _div(p: Printer, f: Form) -> Piece:
    top, bottom = map(p.piece, f.forms)
    numeric = top.numeric and bottom.numeric
    if p.to.flat:
        return Piece(p.to.frac(p.flat(top), p.flat(bottom)), TIGHT, numeric=numeric)
    return Piece(p.to.frac(top.text, bottom.text), POWER, tall=True, numeric=numeric)


def _pow(p: Printer, f: Form) -> Piece:
    base, exponent = f.forms
    raised = _exponent(p, exponent)
    x = p.piece(base)
    if base.op == "fn" and exponent.op == "num" and exponent.number > 0 and base.name not in SPECIAL:  # tanh²(x)
        argument = p.piece(base.forms[0])
        name_ = p.to.sup(function(p, base.name), raised)
        return x._replace(text=p.to.apply(name_, argument.text, argument.tall), level=POWER)
    return Piece(p.to.sup(p.base(x), raised), POWER, tall=x.tall, numeric=x.numeric and p.piece(exponent).numeric)


def _exponent(p: Printer, f: Form) -> str:
    if f.op == "num" and f.number.denominator != 1:  # small fractions are read better on one line
        top, bottom = p.to.number(str(abs(f.number.numerator))), p.to.number(str(f.number.denominator))
        slash = r"\/" if p.to.name == "typst" else "/"
        return f"{p.to.sign if f.number < 0 else ''}{top}{slash}{bottom}"
    return p.piece(f).text


# --- functions, sums, cases ---------------------------------------------------------------------------------------

_PRINTED = re.compile(r"\\operatorname\{([A-Za-z0-9-]+)\}|\\([A-Za-z]+)|([A-Za-z])")
_FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]*'*")


def function(p: Printer, of: str) -> str:
    """σ, tanh, relu, f′: the name that the function's row gives, else its own."""
    bare = checked(_FUNCTION, of, "the name of a function, not").rstrip("'")
    row = ACTIVATIONS.get(bare) or ELEMENTARY.get(bare) or ALONG.get(bare)
    found = _PRINTED.fullmatch(row.symbol) if row else None
    word = next(filter(None, found.groups())) if found else bare.replace("_", "-")
    text = name(p.to, word) if len(name(TARGETS["plain"], word)) == 1 else p.to.operator(word)
    primes = len(of) - len(bare)
    return p.to.sup(text, p.to.prime * primes) if primes else text


def _fn(p: Printer, f: Form) -> Piece:
    x = p.piece(f.forms[0])
    if f.name in SPECIAL and not (f.name == "exp" and x.tall):
        return SPECIAL[f.name](p, x)
    return Piece(p.to.apply(function(p, f.name), x.text, x.tall), tall=x.tall, numeric=x.numeric)


def _moved(p: Printer, f: Form) -> Piece:
    """E(w₅ + h): a quantity where one of those that it depends on is moved."""
    of, x = (p.piece(g) for g in f.forms)
    return Piece(p.to.apply(of.text, x.text, x.tall), tall=x.tall)


SPECIAL: dict[str, Callable[[Printer, Piece], Piece]] = {
    "exp": lambda p, x: Piece(p.to.sup(p.to.letter("e"), x.text), POWER, numeric=x.numeric),
    "sqrt": lambda p, x: Piece(p.to.sqrt(x.text), tall=x.tall, numeric=x.numeric),
    "abs": lambda p, x: Piece(p.to.abs(x.text), tall=x.tall, numeric=x.numeric),
}


def _along(p: Printer, f: Form) -> Piece:
    """softmax(z_i; (z_k)_{k=1}^{n}): of one entry among all."""
    x, every = map(p.piece, f.forms)
    (axis,) = f.axes
    family = p.to.family(variable(p, axis.var), size(p, axis.size), every.text)
    semicolon = r" \; " if p.to.name == "typst" else "; "
    return Piece(p.to.apply(function(p, f.name), x.text + semicolon + family, x.tall), tall=x.tall)


def _over(p: Printer, f: Form) -> Piece:
    x = p.piece(f.forms[0])
    text = p.enclosed(x) if x.level <= SUM or x.minus else x.later
    for axis in reversed(f.axes):
        text = limits(p, axis, text)
    return Piece(text, TIGHT, open=True, tall=True)


def limits(p: Printer, axis: Axis, body: str) -> str:
    return p.to.sum(variable(p, axis.var), size(p, axis.size), body)


def _cases(p: Printer, f: Form) -> Piece:
    """Branches; always in parentheses inside something else, since the brace has no partner."""
    *rows, last = f.forms
    lines = [(p.piece(v).text, p.to.when(p.if_, p.piece(c).text)) for v, c in zip(rows[::2], rows[1::2], strict=True)]
    return Piece(p.to.cases([*lines, (p.piece(last).text, p.otherwise)]), RELATION, tall=True)


def _compare(p: Printer, f: Form) -> Piece:
    left, right = map(p.piece, f.forms)
    return Piece(f"{left.text} {relation(p, str(f.args[1]))} {right.text}", RELATION, tall=left.tall or right.tall)


def relation(p: Printer, sign: str) -> str:
    if sign not in p.to.relations:
        raise Unprintable(f"{sign!r} is no relation: {' '.join(p.to.relations)} are")
    return p.to.relations[sign]


def _partial(p: Printer, f: Form) -> Piece:
    top, bottom = (p.to.partial + (x.text if x.level >= POWER else p.enclosed(x)) for x in map(p.piece, f.forms))
    return Piece(p.to.frac(top, bottom), TIGHT if p.to.flat else POWER, tall=not p.to.flat)


# --- indices and matrices -------------------------------------------------------------------------------------


def _same(p: Printer, f: Form) -> Piece:
    i, j = (spelled(i) for i in f.args if isinstance(i, Index))
    comma = "" if len(i) == len(j) == 1 else ","
    return Piece(p.to.sub(p.to.greek("delta"), script(p.to, i + comma + j)))


def _within(p: Printer, f: Form) -> Piece:
    i, n = f.args
    assert isinstance(i, Index)
    less = relation(p, "<=")
    return Piece(p.to.indicator(f"1 {less} {script(p.to, spelled(i))} {less} {size(p, n)}"))


def _ones(p: Printer, f: Form) -> Piece:
    return Piece(p.to.sub(p.to.one, size(p, f.args[0])))


def _transpose(p: Printer, f: Form) -> Piece:
    return Piece(p.to.sup(p.base(p.piece(f.forms[0])), p.to.top), POWER)


def _joined(between: Callable[[Target], str]) -> Callable[[Printer, Form], Piece]:
    def rule(p: Printer, f: Form) -> Piece:
        pieces = [p.piece(x) for x in f.forms]
        texts = [x.later if x.level >= POWER and not x.minus else p.enclosed(x) for x in pieces]
        return Piece(between(p.to).join(texts), PRODUCT, tall=any(x.tall for x in pieces))

    return rule


RULES: dict[str, Callable[[Printer, Form], Piece]] = {
    "num": _num,
    "shown": _shown,
    "size": _size,
    "symbol": _symbol,
    "partial": _partial,
    "neg": _neg,
    "add": _add,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "fn": _fn,
    "along": _along,
    "moved": _moved,
    "over": _over,
    "cases": _cases,
    "compare": _compare,
    "same": _same,
    "within": _within,
    "ones": _ones,
    "transpose": _transpose,
    "matmul": _joined(lambda to: to.beside),
    "hadamard": _joined(lambda to: to.odot),
}
