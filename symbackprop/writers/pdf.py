"""Typst to PDF, in memory, with one compiler for all documents of a process."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from symbackprop.errors import MissingExtra, Place, TemplateFault

_one_at_a_time = Lock()


@cache
def _compiler() -> Any:
    """The compiler with its own fonts only, so that the same document is the same bytes on every machine."""
    try:
        import typst
    except ImportError:
        raise MissingExtra("writing PDF", "pdf") from None
    return typst.Compiler(ignore_system_fonts=True)


def compiled(source: str, standards: tuple[str, ...] = ("ua-1",)) -> bytes:
    """The PDF, which Typst itself has checked against the accessibility standard PDF/UA-1."""
    compiler = _compiler()
    import typst

    try:
        with _one_at_a_time:
            pdf: bytes = compiler.compile(source.encode(), format="pdf", pdf_standards=list(standards), timestamp=0)
    except typst.TypstError as error:
        place = Place("typst/document.typ.j2")
        raise TemplateFault(f"Typst cannot read what its template gave: {error}", place) from error
    return pdf
