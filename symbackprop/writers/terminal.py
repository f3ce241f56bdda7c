"""A document on a terminal: paragraphs, and tables drawn by rich; a picture as what it shows, in words."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text as Plain

from symbackprop.document import Block, Document, Figure, Heading, Inline, Inlines, Math, Paragraph, Table
from symbackprop.writers.math import printed

WIDTH = 100


def text(document: Document) -> str:
    """The document without colours, in lines of at most WIDTH characters."""
    out = StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, highlight=False, emoji=False, markup=False)
    console.print(Plain(document.title), "")
    for block in document.blocks:
        console.print(shown(block, document.language), "")
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().split("\n")) + "\n"


def shown(block: Block, language: str) -> Plain | Grid:
    if isinstance(block, Paragraph | Heading):
        return Plain(line(block.content, language))
    if isinstance(block, Figure):
        return Plain(block.alt)
    assert isinstance(block, Table), f"a terminal does not show {type(block).__name__}"
    grid = Grid(title=Plain(line(block.caption, language)))
    for head, side in zip(block.header, block.align, strict=True):
        grid.add_column(Plain(line(head, language)), justify="right" if side == "r" else "left")
    for row in block.rows:
        grid.add_row(*(Plain(line(cell, language)) for cell in row))
    return grid


def line(inlines: Inlines, language: str) -> str:
    return "".join(word(part, language) for part in inlines)


def word(part: Inline, language: str) -> str:
    if isinstance(part, Math):
        right = "" if part.right is None else f" {part.rel} {printed(part.right, 'plain', language)}"
        return printed(part.form, "plain", language) + right
    return str(getattr(part, "text", getattr(part, "target", "")))
