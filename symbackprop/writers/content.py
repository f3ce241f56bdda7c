"""A document as plain data for the templates of one target: dicts, lists, strings and numbers, nothing else.

Formulas arrive as `Ready` markup of the target; every other string is text that the template's escape makes inert.
Figures and tables are numbered here, and lines are broken here, so that every target does both alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from symbackprop import language
from symbackprop.document import Block, Box, Document, Equation, Figure, Heading, Line, Listing, Paragraph, Table, Text
from symbackprop.templating import Ready
from symbackprop.writers.drawing import SVG, Pen, decimal, drawn
from symbackprop.writers.inlines import Data, inlines, reason_rows, words
from symbackprop.writers.math import printed
from symbackprop.writers.math.lines import rows, width
from symbackprop.writers.page import EVERY_RULER, DocumentFault, Page, anchor, page_of

NUMBER = 6  # room for the number of an equation
REASON = 20  # a reason beside its line has at least this much room, else it stands above it


def content(document: Document, target: str) -> Data:
    """The whole document: title, language, blocks, and the words that a template prints by itself."""
    page = page_of(document, target)
    heads = [block for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    return {
        "title": " ".join(document.title.split()),
        "heading": inlines(page, heads[0].content if heads else (Text(document.title),)),
        "language": document.language,
        "notation": document.notation,
        "page": language.text(document.language, "document.page", n="\0", total="\0").split("\0"),
        "contents": language.text(document.language, "document.contents"),
        "blocks": _anchored([block_data(page, block) for block in document.blocks if block not in heads[:1]]),
    }


def _anchored(blocks: list[Data]) -> list[Data]:
    """Each heading outside of boxes with its place in the order of reading, as a target of links."""
    count = itertools.count(1)
    return [b | {"anchor": f"part-{next(count)}"} if b["kind"] == "heading" else b for b in blocks]


def block_data(page: Page, block: Block) -> Data:
    """One block, with its kind."""
    kind = type(block).__name__.lower()
    return {"kind": kind, **BLOCKS[type(block)](page, block)}


def broken(data: Any) -> bool:
    """Whether a line goes on in another row, or a column has a part of the page."""
    if isinstance(data, list):
        return any(map(broken, data))
    if not isinstance(data, dict):
        return False
    if data.get("more") or data.get("share"):
        return True
    return any(broken(x) for x in data.values() if isinstance(x, list | dict))


# --- displays ------------------------------------------------------------------------------------------------------


def _equation(page: Page, block: Equation) -> Data:
    """Lines in columns: left, relation and right, reason.

    Where each reason stands is decided here: `column` beside the widest line, wrapped if need be (`room` is its part of
    the line's width); where that is too narrow, `close` behind its own line, and `above` where it does not fit there.
    """
    ruler, whole = page.ruler
    left = _left(block, ruler)
    lines = [_line(page, line, whole - left - 4) for line in block.lines]
    room = whole - left - max(line["width"] for line in lines) - 7
    longest = max(line["length"] for line in lines)
    beside = longest <= room or room >= REASON
    for line in lines:
        own = whole - left - line["first_width"] - 7
        line["place"] = "column" if beside else "close" if line["length"] <= own else "above"
        line["fits"] = line["length"] <= room  # a target that cannot wrap it asks this
    number = block.number
    return {
        "number": "" if number is None else language.text(page.language, "document.equation", n=number),
        "tag": "" if number is None else str(number),
        "anchor": "" if number is None else f"eq-{number}",
        "lines": lines,
        "beside": beside,
        "wide": _wide(lines, whole - left - 4, NUMBER if number else 0),
        "room": decimal(0.92 * min(room, longest + 2) / whole),
        "widths": _widths(left + 2, min(room, longest + 2) if beside and longest else 0, whole),
        "alt": "; ".join(line["alt"] for line in lines),
    }


def _wide(lines: list[Data], room: int, number: int) -> bool:
    """Whether a fraction that cannot be broken is broader than the page, the number behind the last line counted."""
    *above, last = (int(line["width"]) for line in lines)
    return max([*above, last + number]) > room


def _widths(left: int, reason: int, whole: int) -> list[Ready]:
    """Percents of the page for what stands left, right of the relation, as a reason, as a number."""
    first, why, number = (round(100 * part / whole) for part in (left, reason, NUMBER))
    return [decimal(part) for part in (first, 100 - first - why - number, why, number)]


def _left(block: Equation, ruler: str) -> int:
    return max(width(line.left, ruler) if line.left else 0 for line in block.lines)


def undivided(block: Equation, line: Line) -> bool:
    """Whether the right side stands on one row of the display, in every target: only then can one gap stand for it."""
    one = all(len(rows(line.right, whole - _left(block, ruler) - 4, ruler)) == 1 for ruler, whole in EVERY_RULER)
    return one and "\n" not in printed(line.right, "latex")


def _line(page: Page, line: Line, room: int) -> Data:
    ruler = page.ruler.target
    plain = rows(line.right, room, ruler, page.language, ruler)
    first, *more = (page.ready(text) for text in rows(line.right, room, page.target, page.language, ruler))
    return {
        "left": page.math(line.left, starts=True) if line.left else "",
        "rel": page.relation(line.rel),
        "right": first,
        "more": more,
        "why": inlines(page, line.why),
        "reason": reason_rows(page, line.why, room),
        "length": len(words(page, line.why)),
        "alt": f"{page.plain(line.left) if line.left else ''} {line.rel} {page.plain(line.right)}".strip(),
        "first_width": len(plain[0]),
        "width": max([len(plain[0]), *(len(text) + 3 for text in plain[1:])]),
    }


# --- tables, figures, boxes ------------------------------------------------------------------------------------------


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
        raise DocumentFault(f"the table {block.name!r} wants rows of one length and a letter l, c or r for each column")
    return {
        **_caption(page, block),
        "header": [inlines(page, cell) for cell in block.header],
        "rows": [[inlines(page, cell) for cell in row] for row in block.rows],
        "columns": _columns(page, block),
    }


def _columns(page: Page, block: Table) -> list[Data]:
    """The alignment of each column, and its part of the page's width where the table is broader than the page."""
    cells = zip(block.header, *block.rows, strict=True)
    widths = [max(len(words(page, cell)) for cell in column) for column in cells]
    whole = page.ruler.line
    shares = _shares(widths, whole - 4 * len(widths))
    return [
        {
            "align": align,
            "share": decimal(share / whole) if share else "",
            "percent": decimal(100 * (share or width + 4) / whole),
        }
        for align, share, width in zip(block.align, shares, widths, strict=True)
    ]


def _shares(widths: list[int], room: int) -> list[float]:
    """Columns that are broader than an equal part share what the others leave; 0 is as broad as it is."""
    if sum(widths) <= room:
        return [0.0] * len(widths)
    fair = room / len(widths)
    narrow = sum(width for width in widths if width <= fair)
    broad = sum(width > fair for width in widths)
    return [0.0 if width <= fair else (room - narrow) / broad for width in widths]


def _figure(page: Page, block: Figure) -> Data:
    return {**_caption(page, block), "alt": block.alt, **drawn(block, Pen(page.target, page.language))}


def picture(page: Page, block: Figure) -> Data:
    """A figure as a file of its own, in SVG."""
    return {**_caption(page, block), "alt": block.alt, **drawn(block, Pen("plain", page.language, SVG))}


def _box(page: Page, block: Box) -> Data:
    return {
        "box": block.kind,
        "title": inlines(page, block.title or (Text(language.text(page.language, f"box.{block.kind}")),)),
        "blocks": [block_data(page, inner) for inner in block.blocks],
    }


BLOCKS: dict[type, Callable[[Page, Any], Data]] = {
    Heading: lambda page, block: {"level": block.level, "anchor": "", "content": inlines(page, block.content)},
    Paragraph: lambda page, block: {"content": inlines(page, block.content)},
    Equation: _equation,
    Listing: lambda page, block: {"items": [inlines(page, item) for item in block.items]},
    Table: _table,
    Figure: _figure,
    Box: _box,
}
