"""Verdicts in colour, for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symbackprop.verdicts.told import word
from symbackprop.verifier.report import Verdict

if TYPE_CHECKING:
    from rich.text import Text

    from symbackprop.verdicts.verified import Verified

STYLES: dict[Verdict, str] = {
    "ok": "green",
    "wrong": "bold red",
    "arithmetic": "bold red",
    "carried": "yellow",
    "rounding": "cyan",
    "unknown": "magenta",
    "unread": "magenta",
}


def coloured(report: str, found: Verified) -> Text:
    """The text with the word behind each row's number in the colour of its verdict."""
    from rich.text import Text

    text = Text(report)
    for line in found.report.lines:
        said = re.escape(word(found.language, line.verdict))
        text.highlight_regex(rf"(?m)^ *{line.row}  {said}\b", STYLES[line.verdict])
    return text
