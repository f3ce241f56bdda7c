"""Documents as files: one row a format.

`render` gives a document in one format, complete in itself; `write` puts it into a folder, whole or not at all.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from symbackprop.document import Document
from symbackprop.errors import OutputError
from symbackprop.writers.files import file_name, placed
from symbackprop.writers.pdf import compiled
from symbackprop.writers.render import filled, pictures

__all__ = ["WRITERS", "Writer", "made", "render", "write"]

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


def _markdown(document: Document, templates: Path | None) -> str:
    """Pictures as data: addresses."""
    addresses = {
        name: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
        for name, svg in pictures(document, templates).items()
    }
    return filled(document, "markdown", ".md", templates, pictures=addresses)


def _markdown_files(document: Document, templates: Path | None, file: str, stem: str) -> Files:
    """Pictures beside the text, as STEM-NAME.svg."""
    drawings = pictures(document, templates)
    names = {name: file_name(stem, name) + ".svg" for name in drawings}
    if len(set(names.values())) != len(names):
        raise OutputError("two pictures would have the same file name")
    text = filled(document, "markdown", ".md", templates, pictures={name: quote(svg) for name, svg in names.items()})
    return {file: text, **{names[name]: svg for name, svg in drawings.items()}}


def _pdf(document: Document, templates: Path | None) -> bytes:
    return compiled(filled(document, "typst", ".typ", templates))


WRITERS = {
    "markdown": Writer(".md", _markdown, _markdown_files),
    "latex": Writer(".tex", _template("latex", ".tex")),
    "typst": Writer(".typ", _template("typst", ".typ")),
    "pdf": Writer(".pdf", _pdf),
}


def render(document: Document, format: str, templates: Path | None = None) -> Content:
    """The document in a format; a picture of a Markdown text is a data: address in it."""
    return writer(format).render(document, templates)


def made(
    document: Document, formats: Iterable[str], stem: str, templates: Path | None = None, family: str | None = None
) -> Files:
    """STEM.suffix for each format, and the pictures beside it, which are named after the family (else after STEM)."""
    files: Files = {}
    for row in map(writer, formats):
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
