"""Numbers, symbols, sums, products, fractions and powers: where the minus, the dot and the parentheses stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.form import Form, Symbol
from symbackprop.writers.math.functions import powered
from symbackprop.writers.math.piece import ATOM, POWER, PRODUCT, SUM, TIGHT, Piece, Printer
from symbackprop.writers.math.symbols import Unprintable, is_letter, symbol

Part = tuple[str, Piece, str]  # the operator before a term or factor, its node, its text

# --- numbers and names -----------------------------------------------------------------------------------------

_SHOWN = re.compile(r"(-?)([0-9]+(?:\.[0-9]+)?)(?:e([+-]?[0-9]+))?")


LARGEST = 10**9  # denominator of a fraction that is printed as one


def num(p: Printer, f: Form) -> Piece:
    """2, -½; 1.0507009873554805, where the fraction would be longer than that"""
    top, bottom = abs(f.number.numerator), f.number.denominator
    if bottom > LARGEST and (digits := _decimal(top, bottom)):
        return _signed(p, f.number < 0, Piece(p.to.number(digits.replace(".", p.mark)), numeric=True))
    text = p.to.number(str(top)) if bottom == 1 else p.to.frac(p.to.number(str(top)), p.to.number(str(bottom)))
    level = ATOM if bottom == 1 or len(text) == 1 else TIGHT if p.to.flat else POWER
    return _signed(p, f.number < 0, Piece(text, level, tall=bottom != 1 and not p.to.flat, numeric=True))


def _decimal(top: int, bottom: int) -> str:
    """The whole decimal, where it has at most 40 places."""
    places = next((k for k in range(41) if 10**k % bottom == 0), 0)
    digits = str(top * 10**places // bottom).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else ""


def shown(p: Printer, f: Form) -> Piece:
    """0.751365070; 3.5e-5 as 3.5 · 10⁻⁵, which is a product"""
    found = _SHOWN.fullmatch(str(f.args[0]))
    if found is None:
        raise Unprintable(f"{f.args[0]!r} is no number as it is printed: 0.75, -3 and 3.5e-5 are")
    sign, digits, exponent = found.groups()
    text = p.to.number(digits.replace(".", p.mark))
    if exponent is None:
        return _signed(p, bool(sign), Piece(text, numeric=True))
    raised = (p.to.sign if int(exponent) < 0 else "") + p.to.number(str(abs(int(exponent))))
    return _signed(p, bool(sign), Piece(text + p.times + p.to.sup(p.to.number("10"), raised), PRODUCT, numeric=True))


def _signed(p: Printer, negative: bool, number: Piece) -> Piece:
    """A negative number stands in parentheses where something stands before it."""
    if not negative:
        return number
    whole = number._replace(text=p.to.sign + number.text)
    return whole._replace(after=p.enclosed(whole))


def named(p: Printer, f: Form) -> Piece:
    s = f.args[0]
    assert isinstance(s, Symbol)
    return Piece(symbol(p.to, s), POWER if s.sup else ATOM)


# --- sums and products -------------------------------------------------------------------------------------------


def neg(p: Printer, f: Form) -> Piece:
    x = p.piece(f.forms[0])
    if x.level <= SUM or x.minus:
        x = Piece(p.enclosed(x), max(x.level, TIGHT), tall=x.tall, numeric=x.numeric)
    return x._replace(text=p.to.sign + x.later, after=x.later, minus=True)


def terms(p: Printer, f: Form) -> Iterator[Part]:
    """a − b + (−3) …"""
    for k, x in enumerate(map(p.piece, f.forms)):
        if x.level <= SUM:
            yield p.to.plus if k else "", x, p.enclosed(x)
        elif k == 0:
            yield "", x, x.text
        else:
            yield p.to.minus if x.minus else p.to.plus, x, x.later


def add(p: Printer, f: Form) -> Piece:
    parts = list(terms(p, f))
    text = "".join(operator + text for operator, _, text in parts)
    return Piece(text, SUM, tall=any(x.tall for _, x, _ in parts), numeric=all(x.numeric for _, x, _ in parts))


def factors(p: Printer, f: Form) -> Iterator[Part]:
    """a · b(1 − b) · (−3) …; a minus of the first factor leads the product."""
    pieces = [p.piece(x) for x in f.forms]
    for k, x in enumerate(pieces):
        closed = x.level >= TIGHT and not (x.open and k < len(pieces) - 1)
        if k == 0:
            yield "", x, x.text if closed else _leading(p, x)
        else:
            dot = p.times if x.numeric and pieces[k - 1].numeric else p.to.dot
            yield dot, x, x.later if closed and not x.minus else p.enclosed(x)


def _leading(p: Printer, x: Piece) -> str:
    return p.to.sign + p.enclosed(x._replace(text=x.later)) if x.minus else p.enclosed(x)


def mul(p: Printer, f: Form) -> Piece:
    parts = list(factors(p, f))
    beside = _juxtaposed(p, f)
    text = "".join((operator if beside is None or not operator else beside) + text for operator, _, text in parts)
    return Piece(
        text,
        PRODUCT if beside is None else TIGHT,
        _after(p, parts[0], text),
        parts[0][1].minus,
        parts[-1][1].open,
        any(x.tall for _, x, _ in parts),
        all(x.numeric for _, x, _ in parts),
    )


def _after(p: Printer, lead: Part, text: str) -> str:
    """A product where something stands before it: without its minus, or with its first number in parentheses."""
    _, first, written = lead
    if first.minus:
        return text.removeprefix(p.to.sign)
    return first.after + text.removeprefix(written) if first.after and written == first.text else ""


def _juxtaposed(p: Printer, f: Form) -> str | None:
    """What stands in place of · in a(1 − a), 2a and f Σ …; None where the dot stays."""
    first, *rest = f.forms
    if first.op == "neg":
        (first,) = first.forms
    piece = p.piece(first)
    if first.op not in ("symbol", "num", "size", "fn") or piece.level < POWER or piece.after:
        return None
    if all(_bracketed(x) for x in rest):
        return p.to.tight
    if len(rest) == 1 and rest[0].op == "over":
        return " "
    return p.to.tight if len(rest) == 1 and first.op == "num" and _letter(rest[0]) else None


def _bracketed(f: Form) -> bool:
    return f.op == "add" or (f.op == "pow" and f.forms[0].op == "add")


def _letter(f: Form) -> bool:
    if f.op == "pow":
        return _letter(f.forms[0])
    return f.op == "pi" or (isinstance(f.args[0], Symbol) and is_letter(f.args[0].base))


# --- fractions and powers ------------------------------------------------------------------------------------------


def div(p: Printer, f: Form) -> Piece:
    top, bottom = map(p.piece, f.forms)
    numeric = top.numeric and bottom.numeric
    if p.to.flat:
        return Piece(p.to.frac(p.side(top), p.side(bottom)), TIGHT, numeric=numeric)
    return Piece(p.to.frac(top.text, bottom.text), POWER, tall=True, numeric=numeric)


FORMULAS = frozenset({"neg", "add", "mul", "div", "pow", "fn", "along", "over", "cases"})


def partial(p: Printer, f: Form) -> Piece:
    """∂y/∂x; of a formula ∂/∂x (1 + x)"""
    x, by = map(p.piece, f.forms)
    if f.forms[0].op in FORMULAS:
        by_x = p.to.frac(p.to.partial, p.to.partial + (by.text if by.level >= POWER else p.enclosed(by)))
        return Piece(f"{by_x} {p.enclosed(x)}", TIGHT, tall=not p.to.flat)
    top, bottom = (p.to.partial + (x.text if x.level >= POWER else p.enclosed(x)) for x in map(p.piece, f.forms))
    return Piece(p.to.frac(top, bottom), TIGHT if p.to.flat else POWER, tall=not p.to.flat)


def power(p: Printer, f: Form) -> Piece:
    base, exponent = f.forms
    x, raised = p.piece(base), _exponent(p, exponent)
    if exponent.op == "num" and exponent.number > 0 and (text := powered(p, base, raised)):
        return x._replace(text=text, level=POWER)
    return Piece(p.to.sup(p.base(x), raised), POWER, tall=x.tall, numeric=x.numeric and p.piece(exponent).numeric)


def _exponent(p: Printer, f: Form) -> str:
    if f.op == "num" and f.number.denominator != 1:  # a small fraction is read better on one line
        top, bottom = p.to.number(str(abs(f.number.numerator))), p.to.number(str(f.number.denominator))
        return (p.to.sign if f.number < 0 else "") + top + p.to.slash + bottom
    return p.piece(f).text
