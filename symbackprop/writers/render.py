"""Documents through templates: one sandbox a format, filled with plain data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from symbackprop.document import Document
from symbackprop.templating import Sandbox, environment
from symbackprop.writers.content import content

sandbox = cache(environment)


def filled(document: Document, format: str, suffix: str, templates: Path | None = None) -> str:
    """The document through the templates of its format."""
    env: Sandbox = sandbox(format, templates)
    return env.fill(f"{format}/document{suffix}.j2", content(document, format))
