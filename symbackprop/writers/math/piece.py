"""A printed node and the printer that makes it: text, with all that its neighbours must know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from symbackprop import language as languages
from symbackprop.form import Form
from symbackprop.writers.math.symbols import Unprintable
from symbackprop.writers.math.target import Target

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
    """Forms in one target and language, by the rules of `rules`.  It keeps nothing but a cache."""

    def __init__(self, to: Target, lang: str, rules: Mapping[str, Rule]) -> None:
        self.to = to
        self.rules = rules
        self.mark = languages.decimal_mark(lang)
        self.times = to.times if languages.text(lang, "math.number-product") == "×" else to.dot
        self.if_, self.otherwise = languages.text(lang, "math.if"), to.words(languages.text(lang, "math.otherwise"))
        self.piece = lru_cache(maxsize=1 << 16)(self._piece)

    def _piece(self, form: Form) -> Piece:
        rule = self.rules.get(form.op)
        if rule is None:
            raise Unprintable(f"{form.op!r} is not spelled yet: a document holds symbols, not entries of quantities")
        return rule(self, form)

    def enclosed(self, piece: Piece) -> str:
        """In parentheses."""
        return self.to.tall_parens(piece.text) if piece.tall else self.to.parens(piece.text)

    def base(self, piece: Piece) -> str:
        """Under a power or a ⊤: an atom, or in parentheses."""
        return self.enclosed(piece) if piece.level < ATOM or piece.text != piece.later else piece.text

    def side(self, piece: Piece) -> str:
        """Of a fraction that is written on one line."""
        return self.enclosed(piece) if piece.level < POWER or piece.minus else piece.later

    def relation(self, sign: str) -> str:
        if sign not in self.to.relations:
            raise Unprintable(f"{sign!r} is no relation: {' '.join(self.to.relations)} are")
        return self.to.relations[sign]


Rule = Callable[[Printer, Form], Piece]
