"""Documents as files: one row a format.

`render` gives a document in one format, complete in itself; `write` puts it into a folder, whole or not at all.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from symbackprop import language
from symbackprop.document import Document
from symbackprop.errors import OutputError
from symbackprop.progress import counted
from symbackprop.writers import json, notebook
from symbackprop.writers.files import file_name, placed
from symbackprop.writers.office import converted
from symbackprop.writers.pdf import compiled
from symbackprop.writers.render import filled, fragment, pictures, preamble

if TYPE_CHECKING:
    from symbackprop.sheets import Solution

__all__ = ["WHOLE", "WRITERS", "Whole", "Writer", "addresses", "cell", "made", "render", "write"]

Content = str | bytes
Files = dict[str, Content]


@dataclass(frozen=True)
class Writer:
    """A format.  `beside`: the document with the files that lie beside it, where it is not complete in itself."""

    suffix: str
    render: Callable[[Document, Path | None], Content]
    beside: Callable[[Document, Path | None, str, str], Files] | None = None


def _template(format: str, suffix: str) -> Callable[[Document, Path | None], Content]:
    return lambda document, templates: filled(document, format, suffix, templates)


def addresses(document: Document, templates: Path | None = None) -> dict[str, str]:
    """Pictures as data: addresses."""
    return {
        name: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
        for name, svg in pictures(document, templates).items()
    }


def _markdown(document: Document, templates: Path | None) -> str:
    return filled(document, "markdown", ".md", templates, pictures=addresses(document, templates))


def _markdown_files(document: Document, templates: Path | None, file: str, stem: str) -> Files:
    """Pictures beside the text, as STEM-NAME.svg."""
    drawings = pictures(document, templates)
    names = {name: file_name(stem, name) + ".svg" for name in drawings}
    if len(set(names.values())) != len(names):
        raise OutputError("two pictures would have the same file name")
    text = filled(document, "markdown", ".md", templates, pictures={name: quote(svg) for name, svg in names.items()})
    return {file: text, **{names[name]: svg for name, svg in drawings.items()}}


def _html(document: Document, templates: Path | None) -> str:
    """Pictures inside the page."""
    return filled(document, "html", ".html", templates, pictures=pictures(document, templates))


def cell(document: Document, templates: Path | None = None) -> str:
    """The document as a part of a page in HTML, with the rules that it needs: what a notebook shows."""
    part = fragment(document, "html", ".html", templates, pictures=pictures(document, templates))
    return preamble("html", ".html", document.language, templates) + part


def _fragment(document: Document, templates: Path | None) -> str:
    return fragment(document, "latex", ".tex", templates)


def _fragment_files(document: Document, templates: Path | None, file: str, stem: str) -> Files:
    r"""The blocks to \input, and the preamble that they need."""
    start = preamble("latex", ".tex", document.language, templates)
    return {file: _fragment(document, templates), file.replace(".fragment.", ".preamble."): start}


def _exam(document: Document, templates: Path | None) -> str:
    """A question for the class exam, with that class's words in the document's language."""
    keys = "solution point points question page score total".split()
    words = {key: language.text(document.language, f"exam-class.{key}") for key in keys}
    return filled(document, "latex", ".tex", templates, folder="latex-exam", words=words)


def _siunitx(document: Document, templates: Path | None) -> str:
    mark = language.decimal_mark(document.language)
    return filled(
        document, "latex", ".tex", templates, folder="latex-siunitx", target="latex-siunitx", decimal_mark=mark
    )


def _pdf(document: Document, templates: Path | None) -> bytes:
    return compiled(filled(document, "typst", ".typ", templates))


def _office(format: str) -> Callable[[Document, Path | None], Content]:
    return lambda document, templates: converted(document, format, templates)


WRITERS = {
    "markdown": Writer(".md", _markdown, _markdown_files),
    "latex": Writer(".tex", _template("latex", ".tex")),
    "latex-fragment": Writer(".fragment.tex", _fragment, _fragment_files),
    "latex-exam": Writer(".exam.tex", _exam),
    "latex-siunitx": Writer(".siunitx.tex", _siunitx),
    "typst": Writer(".typ", _template("typst", ".typ")),
    "pdf": Writer(".pdf", _pdf),
    "html": Writer(".html", _html),
    "text": Writer(".txt", _template("text", ".txt")),
    "docx": Writer(".docx", _office("docx")),
    "odt": Writer(".odt", _office("odt")),
    "epub": Writer(".epub", _office("epub")),
}


@dataclass(frozen=True)
class Whole:
    """A format that takes more of a solution than its document: its numbers, its program."""

    suffix: str
    text: Callable[[Solution], str]


def _json(solution: Solution) -> str:
    return json.text(solution.derivation)


WHOLE = {
    "ipynb": Whole(".ipynb", notebook.text),
    "json": Whole(".json", _json),
}


def render(document: Document, format: str, templates: Path | None = None) -> Content:
    """The document in a format; a picture of a Markdown text is a data: address in it."""
    return writer(format).render(document, templates)


def made(
    document: Document, formats: Iterable[str], stem: str, templates: Path | None = None, family: str | None = None
) -> Files:
    """STEM.suffix for each format, and the pictures beside it, which are named after the family (else after STEM)."""
    files: Files = {}
    rows = {format: writer(format) for format in formats}  # an unknown one is told before the work begins
    for row in counted(rows.values(), "writing", len(rows)):
        name = file_name(stem) + row.suffix
        if row.beside:
            files |= row.beside(document, templates, name, family or stem)
        else:
            files[name] = row.render(document, templates)
    return files


def write(
    document: Document, formats: Iterable[str], folder: Path, stem: str, templates: Path | None = None
) -> list[Path]:
    """Write FOLDER/STEM.suffix for each format; nothing is written unless every format could be made."""
    return [placed(folder / name, data) for name, data in made(document, formats, stem, templates).items()]


def writer(format: str) -> Writer:
    if format not in WRITERS:
        raise OutputError(f"no format is called {format!r}: {', '.join(WRITERS)} are")
    return WRITERS[format]
