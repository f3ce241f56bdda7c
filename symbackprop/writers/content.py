"""A document as plain data for the templates of one target: dicts, lists, strings and numbers, nothing else.

Formulas arrive as `Ready` markup of the target; every other string is text that the template's escape makes inert.
Figures and tables are numbered here, so that every target cites them alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from symbackprop import language
from symbackprop.document import (
    Box, Cite, Document, Emphasis, Equation, Figure, Heading, Inlines, Line, Link, Listing, Math, Paragraph, Strong, Table,
    Text, blocks,
)  # fmt: skip
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form
from symbackprop.templating import Ready, plain_text
from symbackprop.writers.drawing import SVG, Pen, decimal, drawn
from symbackprop.writers.math import printed, printer
from symbackprop.writers.math.lines import rows, width
from symbackprop.writers.math.rules import relation

Data = dict[str, Any]

LINE = 94  # characters of a printed line, as `math.lines.width` counts them
REASON = 20  # a reason beside its line has at least this much room, else it stands above it


class DocumentFault(SymbackpropError):
    """A document that does not hang together: it cites what it does not hold."""


@dataclass(frozen=True)
class Page:
    """What the parts of one document need to know: where it goes, and which number each picture and table has."""

    target: str
    language: str
    numbers: dict[str, str] = field(default_factory=dict)  # of a figure or table by its name: "Figure 1"
    equations: frozenset[int] = frozenset()

    def math(self, form: Form, starts: bool = False) -> Ready:
        return self.ready(printed(form, self.target, self.language), starts)

    def ready(self, formula: str, starts: bool = False) -> Ready:
        """Markup of the target; `starts`: it begins a line."""
        return Ready(guarded(formula, starts) if self.target == "markdown" else formula)

    def plain(self, form: Form) -> str:
        return printed(form, "plain", self.language)


def content(document: Document, target: str) -> Data:
    """The whole document: title, language, blocks, and the words that a template prints by itself."""
    page = page_of(document, target)
    heads = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    body = [block for block in document.blocks if block not in heads[:1]]
    return {
        "title": _one_line(document.title),
        "heading": inlines(page, heads[0].content if heads else (Text(document.title),)),
        "language": document.language,
        "notation": document.notation,
        "page": language.text(document.language, "document.page", n="\0", total="\0").split("\0"),
        "blocks": [block_data(page, block) for block in body],
    }


def page_of(document: Document, target: str) -> Page:
    every = list(blocks(document))
    return Page(target, document.language, _numbers(document, every), _equations(every))


def _numbers(document: Document, every: list[Any]) -> dict[str, str]:
    out: dict[str, str] = {}
    for kind, key in ((Figure, "document.figure"), (Table, "document.table")):
        for n, block in enumerate((block for block in every if isinstance(block, kind)), 1):
            if block.name in out:
                raise DocumentFault(f"two figures or tables are called {block.name!r}")
            out[block.name] = language.text(document.language, key, n=n)
    return out


def _equations(every: list[Any]) -> frozenset[int]:
    numbers = [block.number for block in every if isinstance(block, Equation) and block.number is not None]
    if len(numbers) != len(set(numbers)):
        raise DocumentFault(f"two equations have the number {max(numbers, key=numbers.count)}")
    return frozenset(numbers)


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- inlines -----------------------------------------------------------------------------------------------------


def inlines(page: Page, some: Inlines) -> list[Data]:
    return [INLINES[type(one)](page, one) for one in some]


def _words(kind: str) -> Callable[[Page, Any], Data]:
    return lambda page, one: {"kind": kind, "text": one.text}


def _math(page: Page, one: Math) -> Data:
    formula = page.math(one.form)
    alt = page.plain(one.form)
    if one.right is not None:
        formula = page.ready(f"{formula} {relation(printer(page.target, page.language), one.rel)} {page.math(one.right)}")
        alt = f"{alt} {one.rel} {page.plain(one.right)}"
    return {"kind": "math", "math": in_line(formula) if page.target == "markdown" else formula, "alt": alt}


def _link(page: Page, one: Link) -> Data:
    """An address that is none of the web's (javascript:, file:) is printed as text."""
    if not one.url.startswith(("https://", "http://", "mailto:")):
        return {"kind": "text", "text": one.text}
    url = quote(one.url, safe="/:?&=@+,;-._%#")
    return {"kind": "link", "text": one.text, "url": Ready(re.sub("[%#&]", r"\\\g<0>", url) if page.target == "latex" else url)}


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


def anchor(name: str) -> str:
    """A name as a target of links, with letters, digits and - only."""
    return "at-" + "".join(char if char.isascii() and char.isalnum() else f"-{ord(char):x}-" for char in name)


def words(page: Page, some: Inlines) -> str:
    """The inlines as words, for alternative text."""
    return "".join(str(data.get("alt", data.get("text", ""))) for data in inlines(page, some))


# --- formulas in Markdown ----------------------------------------------------------------------------------------


def guarded(formula: str, starts: bool = False) -> str:
    """GitHub reads a line that begins with - or + as a list, and `](` as a link, inside a formula too."""
    text = re.sub(r"(?<=\n)(?=[-+*=#>~|:]|\d+[.)])", "{}", ("\n" if starts else "") + formula)
    return text.removeprefix("\n").replace("](", "] (")


def in_line(formula: str) -> Ready:
    """On one line, where GitHub loses `\\\\`."""
    return Ready(formula.replace(" \\\\\n", r" \cr ").replace("\n", " "))


# Inside \text, whatever TeX or Markdown would read as markup is its full-width twin.
_FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "\\{}$&#_^~%<>`*|[]@"}


def reason_rows(page: Page, why: Inlines, room: int) -> list[Ready]:
    r"""Words and formulas inside a formula, as \text{…} a \text{…}, on as many rows as they need."""
    rows, used = [""], 0
    for markup, length in _pieces(page, why):
        if used and used + length > room:
            rows, used = [*rows, ""], 0
        rows[-1] += markup if rows[-1] else markup.replace("{ ", "{", 1)
        used += length
    return [Ready(row.replace(r"}\text{", "")) for row in rows if row]


def _pieces(page: Page, why: Inlines) -> Iterator[tuple[str, int]]:
    """Formulas and single words, each with its length."""
    for part in inlines(page, why):
        if "math" in part:
            yield part["math"], len(part["alt"])
        else:
            style = {"emphasis": r"\textit", "strong": r"\textbf"}.get(part["kind"], r"\text")
            for word in re.findall(r"\s*\S+\s*$|\s*\S+|\s+", plain_text(part["text"])):
                yield f"{style}{{{word.translate(_FULL_WIDTH)}}}", len(word)


# --- blocks ------------------------------------------------------------------------------------------------------


def block_data(page: Page, block: Any) -> Data:
    kind = type(block).__name__.lower()
    return {"kind": kind, **BLOCKS[type(block)](page, block)}


def _equation(page: Page, block: Equation) -> Data:
    """Lines in columns: left, relation and right, reason.  `reason` is the room for reasons, as a part of the line."""
    left = max(width(line.left) if line.left else 0 for line in block.lines)
    lines = [_line(page, line, LINE - left - 4) for line in block.lines]
    widest = left + 3 + max(line["width"] for line in lines)
    reasons = [sum(len(part.get("alt", part["text"] if "text" in part else "")) for part in line["why"]) for line in lines]
    room = LINE - widest - 4
    for line, length in zip(lines, reasons, strict=True):
        line["beside"] = length <= room
    beside = max(reasons) <= room or room >= REASON
    return {
        "number": "" if block.number is None else language.text(page.language, "document.equation", n=block.number),
        "tag": "" if block.number is None else str(block.number),
        "anchor": "" if block.number is None else f"eq-{block.number}",
        "lines": lines,
        "reasons": any(reasons),
        "beside": beside,
        "reason": decimal(0.95 * min(room, max(reasons) + 2) / LINE),
        "left": left,
        "alt": "; ".join(line["alt"] for line in lines),
    }


def _line(page: Page, line: Line, room: int) -> Data:
    texts = [page.ready(text) for text in rows(line.right, room, page.target, page.language)]
    plain = rows(line.right, room, "width", page.language)
    return {
        "left": page.math(line.left, starts=True) if line.left else "",
        "rel": Ready(relation(printer(page.target, page.language), line.rel)),
        "right": texts[0],
        "more": texts[1:],
        "why": inlines(page, line.why),
        "reason": reason_rows(page, line.why, room),
        "alt": f"{page.plain(line.left) if line.left else ''} {line.rel} {page.plain(line.right)}".strip(),
        "width": max([len(plain[0]), *(len(text) + 3 for text in plain[1:])]),
    }


def _caption(page: Page, block: Figure | Table) -> Data:
    label = language.text(page.language, "document.label", what=page.numbers[block.name])
    return {
        "name": block.name,
        "anchor": anchor(block.name),
        "label": label,
        "caption": inlines(page, block.caption),
        "title": f"{label} {words(page, block.caption)}",
    }


def _table(page: Page, block: Table) -> Data:
    if {len(block.align), *map(len, block.rows)} != {len(block.header)} or set(block.align) - set("lcr"):
        raise DocumentFault(f"the table {block.name!r} has rows of unlike length, or an alignment that is not l, c or r")
    cells = [[inlines(page, cell) for cell in row] for row in block.rows]
    return {**_caption(page, block), "header": [inlines(page, cell) for cell in block.header], "rows": cells, "align": list(block.align)}


def _figure(page: Page, block: Figure) -> Data:
    return {**_caption(page, block), "alt": block.alt, **drawn(block, Pen(page.target, page.language))}


def picture(page: Page, block: Figure) -> Data:
    """A figure as a file of its own, in SVG."""
    return {**_caption(page, block), "alt": block.alt, **drawn(block, Pen("plain", page.language, SVG))}


def _box(page: Page, block: Box) -> Data:
    title = block.title or (Text(language.text(page.language, f"box.{block.kind}")),)
    return {"box": block.kind, "title": inlines(page, title), "blocks": [block_data(page, inner) for inner in block.blocks]}


BLOCKS: dict[type, Callable[[Page, Any], Data]] = {
    Heading: lambda page, block: {"level": block.level, "content": inlines(page, block.content)},
    Paragraph: lambda page, block: {"content": inlines(page, block.content)},
    Equation: _equation,
    Listing: lambda page, block: {"items": [inlines(page, item) for item in block.items]},
    Table: _table,
    Figure: _figure,
    Box: _box,
}
