"""Documents through templates: one sandbox a format, filled with plain data."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from symbackprop.document import Document, Figure, blocks
from symbackprop.templating import Ready, Sandbox, environment
from symbackprop.writers.content import block_data, content, picture
from symbackprop.writers.page import page_of
from symbackprop.writers.pdf import png
from symbackprop.writers.terminal import FILTERS as TERMINAL


@cache
def sandbox(format: str, templates: Path | None = None) -> Sandbox:
    """Compiled once: a document is then a matter of milliseconds."""
    env = environment(format, templates)
    env.filters |= FILTERS.get(format, {})
    return env


def quoted(text: str) -> str:
    """A block quotation; what was Ready stays so, and only that."""
    lines = re.sub(r"\n{3,}", "\n\n", text.strip()).split("\n")
    return type(text)("\n".join(f"> {line}".rstrip() for line in lines))


def fenced(lines: list[dict[str, str]]) -> Ready:
    """Text as it is written, between fences longer than any in it."""
    text = "\n".join(line["text"] for line in lines).strip("\n")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)
    return Ready(f"{fence}text\n{text}\n{fence}")


# What the templates of a format may call besides, by its name.
FILTERS: dict[str, dict[str, Callable[..., Any]]] = {"markdown": {"quoted": quoted, "fenced": fenced}, "text": TERMINAL}


def filled(
    document: Document,
    format: str,
    suffix: str,
    templates: Path | None = None,
    *,
    folder: str = "",
    target: str = "",
    **more: object,
) -> str:
    """The document through the templates of its format, or of another folder, with formulas for another target."""
    name = f"{folder or format}/document{suffix}.j2"
    return sandbox(format, templates).fill(name, {**content(document, target or format), **more})


def fragment(document: Document, format: str, suffix: str, templates: Path | None = None, **more: object) -> str:
    """The blocks alone, for a document that has the preamble of their format."""
    return sandbox(format, templates).fill(f"{format}/fragment{suffix}.j2", {**content(document, format), **more})


def preamble(format: str, suffix: str, language: str, templates: Path | None = None) -> str:
    """What fragments in LaTeX, Typst or HTML need before them."""
    return sandbox(format, templates).fill(f"{format}/preamble{suffix}.j2", {"language": language})


def pictures(document: Document, templates: Path | None = None) -> dict[str, str]:
    """Every figure by its name, as SVG."""
    page = page_of(document, "plain")
    figures = [block for block in blocks(document) if isinstance(block, Figure)]
    return {block.name: sandbox("svg", templates).fill("svg/figure.svg.j2", picture(page, block)) for block in figures}


def bitmaps(document: Document, templates: Path | None = None) -> dict[str, bytes]:
    """Every figure by its name, as PNG: Typst draws it, so its formulas look as they do in print."""
    page = page_of(document, "typst")
    fill = sandbox("typst", templates).fill
    figures = [block for block in blocks(document) if isinstance(block, Figure)]
    return {
        block.name: png(fill("typst/picture.typ.j2", {"language": document.language, "block": block_data(page, block)}))
        for block in figures
    }
