"""Typst to PDF and to pictures, in memory, with one compiler for all documents of a process."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from symbackprop.errors import MissingExtra, Place, TemplateFault

_one_at_a_time = Lock()


@cache
def _compiler(own_fonts_only: bool) -> Any:
    try:
        import typst
    except ImportError:
        raise MissingExtra("writing PDF and drawing pictures", "pdf") from None
    return typst.Compiler(ignore_system_fonts=own_fonts_only)


def compiled(source: str) -> bytes:
    """The PDF, which Typst itself has checked against the accessibility standard PDF/UA-1.

    Typst's own fonts make it the same bytes on every machine.  They know no Chinese, say: a text that has some takes
    the machine's fonts, and PDF/UA, which refuses letters that no font has, is then not asked for.
    """
    try:
        return _pdf(source, own_fonts_only=True, standards=["ua-1"])
    except RuntimeError as error:
        if "could not be displayed" not in str(error):
            raise _fault(error) from error
    try:
        return _pdf(source, own_fonts_only=False, standards=[])
    except RuntimeError as error:
        raise _fault(error) from error


def png(source: str) -> bytes:
    """The only page, at 216 dots an inch."""
    try:
        with _one_at_a_time:
            picture: bytes = _compiler(True).compile(source.encode(), format="png", ppi=216)
    except RuntimeError as error:
        raise _fault(error) from error
    return picture


def _pdf(source: str, own_fonts_only: bool, standards: list[str]) -> bytes:
    with _one_at_a_time:
        pdf: bytes = _compiler(own_fonts_only).compile(
            source.encode(), format="pdf", pdf_standards=standards, timestamp=0
        )
    return pdf


def _fault(error: RuntimeError) -> TemplateFault:
    """typst.TypstError, a RuntimeError: since all text is escaped, the template is what cannot be read."""
    return TemplateFault(f"Typst cannot read what its template gave: {error}", Place("typst/document.typ.j2"))
