"""Symbols: a base with scripts, checked letter by letter, then written in a target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.errors import SymbackpropError
from symbackprop.form import GREEK, Index, Symbol

if TYPE_CHECKING:
    from symbackprop.writers.math.target import Target

_BASE = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_SCRIPT = re.compile(r"[A-Za-z0-9,+\-'()\[\] →←]*")
_CALLIGRAPHIC = re.compile(r"[A-Z]")
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+|'+|.")


class Unprintable(SymbackpropError):
    """A formula that holds what no document may show."""


def checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    """The text, when every character may stand in a formula."""
    if not pattern.fullmatch(text):
        raise Unprintable(f"{text!r} cannot be {what} of a symbol: letters, digits, , + - ' ( ) [ ] → ← and blanks can")
    return text


def symbol(to: Target, s: Symbol) -> str:
    """w with sub 5, net with sub h1, delta with sub o1, W with sup (2); the digits of x1 are a subscript."""
    base, sub = checked(_BASE, s.base, "the base"), s.sub
    stem = base.rstrip("0123456789")
    if stem != base and not sub and (len(stem) == 1 or stem in GREEK):
        base, sub = stem, base[len(stem) :]
    text = to.script(checked(_CALLIGRAPHIC, base, "the calligraphic base")) if s.script else name(to, base)
    if s.bold and not s.script:
        text = to.bold(text, base)
    if s.accent:
        text = to.accent(_accent(s.accent), text)
    if sub:
        text = to.sub(text, script(to, sub))
    if s.sup:
        text = to.sup(text, script(to, s.sup))
    return to.apply(text, script(to, s.of), False) if s.of else text


def is_letter(base: str) -> bool:
    """One letter, Latin or Greek, which needs no dot after a number."""
    return len(base) == 1 or base in GREEK


def name(to: Target, base: str) -> str:
    """A letter in italics, a Greek letter, a word upright."""
    return to.letter(base) if len(base) == 1 else to.greek(base) if base in GREEK else to.word(base)


def _accent(accent: str) -> str:
    if accent not in ("hat", "bar", "tilde"):
        raise Unprintable(f"{accent!r} is no accent: 'hat', 'bar' and 'tilde' are")
    return accent


def script(to: Target, text: str) -> str:
    """A sub- or superscript: h1, kj, "j,k", total, (t+1), eta."""
    tokens = _TOKEN.findall(checked(_SCRIPT, text, "a sub- or superscript"))
    if not _balanced(text):
        raise Unprintable(f"{text!r} cannot be a sub- or superscript of a symbol: a bracket has no partner")
    return "".join(_part(to, token) for token in tokens).strip()


def _balanced(text: str) -> bool:
    """Typst would take a lone bracket for its own."""
    brackets = re.sub(r"[^()\[\]]", "", text)
    while (inner := re.sub(r"\(\)|\[\]", "", brackets)) != brackets:
        brackets = inner
    return not brackets


def _part(to: Target, token: str) -> str:
    if token == " ":
        return to.space
    if token[0] == "'":
        return to.prime * len(token)
    if token == "-":
        return to.sign
    if token in to.arrows:
        return to.apart(to.arrows[token])
    if not token.isalpha():
        return to.apart(to.number(token) if token.isdecimal() else to.mark(token))
    if token in GREEK:
        return to.apart(to.greek(token))
    if len(token) > 2 and not set(token) <= set("ijklmn"):  # a word; kj and ijk are indices side by side
        return to.apart(to.word(token))
    return "".join(to.apart(to.letter(char)) for char in token)


def spelled(i: Index) -> str:
    """An index as a book counts, from 1: const + Σ c·v for variables that count from 0 becomes that for ones from 1."""
    const = i.const + 1 - sum(c for c, _ in i.terms)
    text = "".join(f"{'-' if c < 0 else '+'}{abs(c) if abs(c) != 1 else ''}{v}" for c, v in i.terms).removeprefix("+")
    if not text:
        return str(const)
    return f"{text}{const:+d}" if const else text
