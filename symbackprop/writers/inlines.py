"""Inlines as plain data, and as words and formulas inside a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from symbackprop import language
from symbackprop.document import Cite, Emphasis, Inlines, Link, Math, Strong, Text
from symbackprop.templating import Ready, plain_text
from symbackprop.writers.page import DocumentFault, Page, anchor, in_line

Data = dict[str, Any]

WHOLE = 30  # an inline formula of so many characters does not go over the end of a line


def inlines(page: Page, some: Inlines) -> list[Data]:
    """Each as a dict with its kind; `alt` says a formula in words."""
    return [INLINES[type(one)](page, one) for one in some]


def words(page: Page, some: Inlines) -> str:
    """The inlines as plain text."""
    return "".join(data.get("alt") or data["text"] for data in inlines(page, some))


def _words(kind: str) -> Callable[[Page, Any], Data]:
    return lambda page, one: {"kind": kind, "text": one.text}


def _math(page: Page, one: Math) -> Data:
    formula, alt = page.math(one.form), page.plain(one.form)
    if one.right is not None:
        formula = page.ready(f"{formula} {page.relation(one.rel)} {page.math(one.right)}")
        alt = f"{alt} {one.rel} {page.plain(one.right)}"
    shown = in_line(formula) if page.target == "markdown" else formula
    return {"kind": "math", "math": shown, "alt": alt, "whole": len(alt) <= WHOLE}


def _link(page: Page, one: Link) -> Data:
    """An address that is none of the web's (javascript:, file:) is printed as text."""
    if not one.url.startswith(("https://", "http://", "mailto:")):
        return {"kind": "text", "text": one.text}
    url = quote(one.url, safe="/:?&=@+,;-._%#")
    tex = page.target.startswith("latex")
    return {"kind": "link", "text": one.text, "url": Ready(re.sub("[%#&]", r"\\\g<0>", url) if tex else url)}


def _cite(page: Page, one: Cite) -> Data:
    if isinstance(one.target, int):
        text = language.text(page.language, "document.equation", n=one.target)
        known = one.target in page.equations
        return {"kind": "cite", "text": text, "anchor": f"eq-{one.target}" if known else ""}
    if one.target not in page.numbers:
        raise DocumentFault(f"no figure or table is called {one.target!r}")
    return {"kind": "cite", "text": page.numbers[one.target], "anchor": anchor(one.target)}


INLINES: dict[type, Callable[[Page, Any], Data]] = {
    Text: _words("text"),
    Emphasis: _words("emphasis"),
    Strong: _words("strong"),
    Math: _math,
    Link: _link,
    Cite: _cite,
}

# --- reasons, for displays that are all TeX ------------------------------------------------------------------------

# Inside \text, whatever TeX or Markdown would read as markup is its full-width twin.
_FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "\\{}$&#_^~%<>`*|[]@"}


def reason_rows(page: Page, why: Inlines, room: int) -> list[Ready]:
    r"""Words and formulas inside a formula, as \text{…} a \text{…}, on as many rows as they need."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for style, word, length in _words_and_formulas(page, why):
        if used and used + length > room:
            rows, used = [*rows, []], 0
        rows[-1].append((style, word))
        used += length
    return [_row(row) for row in rows if row]


def _row(parts: list[tuple[str, str]]) -> Ready:
    """Neighbours of one style in one group."""
    groups = groupby(parts, key=itemgetter(0))
    joined = [(style, "".join(word for _, word in some)) for style, some in groups]
    if joined[0][0]:
        joined[0] = joined[0][0], joined[0][1].lstrip()
    return Ready("".join(f"{style}{{{words}}}" if style else words for style, words in joined))


def _words_and_formulas(page: Page, why: Inlines) -> Iterator[tuple[str, str, int]]:
    """Single words with their style, and formulas, which have none; each with its length."""
    for part in inlines(page, why):
        if "math" in part:
            yield "", part["math"], len(part["alt"])
        else:
            style = {"emphasis": r"\textit", "strong": r"\textbf"}.get(part["kind"], r"\text")
            for word in re.findall(r"\s*\S+\s*$|\s*\S+|\s+", plain_text(part["text"])):
                yield style, word.translate(_FULL_WIDTH), len(word)
