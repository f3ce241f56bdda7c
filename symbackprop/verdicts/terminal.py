"""Verdicts in colour, for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.verdicts.told import word
from symbackprop.verifier.report import Verdict

if TYPE_CHECKING:
    from rich.text import Text

STYLES: dict[Verdict, str] = {
    "ok": "green",
    "wrong": "bold red",
    "arithmetic": "bold red",
    "carried": "yellow",
    "rounding": "cyan",
    "unknown": "magenta",
    "unread": "magenta",
}


def coloured(report: str, language: str) -> Text:
    """The text with the word behind each row's number in the colour of its verdict."""
    from rich.text import Text

    text = Text(report)
    styles = {word(language, verdict): style for verdict, style in STYLES.items()}
    words = "|".join(map(re.escape, sorted(styles, key=len, reverse=True)))
    for found in re.finditer(rf"(?m)^ *\d+  ({words})\b", report):
        text.stylize(styles[found[1]], *found.span(1))
    return text
