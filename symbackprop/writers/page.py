"""What the parts of one document need to know: where it goes, and which number each picture and table has."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from symbackprop import language
from symbackprop.document import Block, Document, Equation, Figure, Table, blocks
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form
from symbackprop.templating import Ready
from symbackprop.writers.math import printed, printer


class DocumentFault(SymbackpropError):
    """A document that does not hang together: it cites what it does not hold."""


class Ruler(NamedTuple):
    """How wide a line is: in characters, as the named target of formulas counts them."""

    target: str
    line: int


SET = Ruler("width", 92)
RULERS = {"text": Ruler("text", 90)}  # and 6 before a display, 2 in a box
EVERY_RULER = (SET, *RULERS.values())


@dataclass(frozen=True)
class Page:
    target: str
    language: str
    numbers: dict[str, str] = field(default_factory=dict)  # of a figure or table by its name: "Figure 1"
    equations: frozenset[int] = frozenset()

    @property
    def ruler(self) -> Ruler:
        return RULERS.get(self.target, SET)

    def math(self, form: Form, starts: bool = False) -> Ready:
        return self.ready(printed(form, self.target, self.language), starts)

    def relation(self, sign: str) -> Ready:
        return Ready(printer(self.target, self.language).relation(sign))

    def ready(self, formula: str, starts: bool = False) -> Ready:
        """Markup of the target; `starts`: it begins a line."""
        return Ready(guarded(formula, starts) if self.target == "markdown" else formula)

    def plain(self, form: Form) -> str:
        return printed(form, "plain", self.language)


def page_of(document: Document, target: str) -> Page:
    every = list(blocks(document))
    return Page(target, document.language, _numbers(document.language, every), _equations(every))


def _numbers(lang: str, every: list[Block]) -> dict[str, str]:
    """Figures and tables are counted each for itself, in the order of reading."""
    out: dict[str, str] = {}
    for kind, key in ((Figure, "document.figure"), (Table, "document.table")):
        for n, block in enumerate((block for block in every if isinstance(block, kind)), 1):
            if block.name in out:
                raise DocumentFault(f"two figures or tables are called {block.name!r}")
            out[block.name] = language.text(lang, key, n=n)
    return out


def _equations(every: list[Block]) -> frozenset[int]:
    numbers = [block.number for block in every if isinstance(block, Equation) and block.number is not None]
    if len(numbers) != len(set(numbers)):
        raise DocumentFault(f"two equations have the number {max(numbers, key=numbers.count)}")
    return frozenset(numbers)


def anchor(name: str) -> str:
    """A name as a target of links: letters, digits and - only."""
    return "at-" + "".join(char if char.isascii() and char.isalnum() else f"-{ord(char):x}-" for char in name)


# --- formulas in Markdown ----------------------------------------------------------------------------------------


def guarded(formula: str, starts: bool = False) -> str:
    """GitHub reads a line that begins with - or + as a list, and `](` as a link, inside a formula too."""
    text = re.sub(r"(?<=\n)(?=[-+*=#>~|:]|\d+[.)])", "{}", ("\n" if starts else "") + formula)
    return text.removeprefix("\n").replace("](", "] (")


def in_line(formula: str) -> Ready:
    r"""On one line, where GitHub loses a `\\` that does not end one."""
    return Ready(formula.replace(" \\\\\n", r" \cr ").replace("\n", " "))
