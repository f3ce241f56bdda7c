"""A formula as runs of letters, each upright or italic, on the line, below or above it: what SVG text is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from symbackprop.form import Form
from symbackprop.writers.math.piece import Printer
from symbackprop.writers.math.plain import ACCENTS, PLAIN
from symbackprop.writers.math.rules import RULES

# Marks of our own inside the printed text; no checked text holds a control character.
ITALIC, UPRIGHT, DOWN, UP, BACK = "\x01", "\x02", "\x03", "\x04", "\x05"

MARKED = replace(
    PLAIN,
    name="marked",
    letter=lambda char: f"{ITALIC}{char}{UPRIGHT}",
    greek=lambda name: f"{ITALIC}{PLAIN.greek(name)}{UPRIGHT}",
    script=lambda capital: f"{ITALIC}{PLAIN.script(capital)}{UPRIGHT}",
    accent=lambda kind, x: x[:2] + ACCENTS[kind] + x[2:],
    sub=lambda base, sub: f"{base}{DOWN}{sub}{BACK}",
    sup=lambda base, sup: f"{base}{UP}{sup}{BACK}",
)


class Run(NamedTuple):
    text: str
    italic: bool
    shift: int  # -1 below, 0 on the line, 1 above

    def data(self) -> dict[str, str | bool | int]:
        return {"text": self.text, "italic": self.italic, "shift": self.shift}


@cache
def _printer(lang: str) -> Printer:
    return Printer(MARKED, lang, RULES)


def runs(form: Form, lang: str = "en") -> list[Run]:
    return list(_runs(_printer(lang).piece(form).text))


def _runs(marked: str) -> Iterator[Run]:
    italic, shifts = False, [0]
    for part in re.findall("[\x01-\x05]|[^\x01-\x05]+", marked):
        if part in (ITALIC, UPRIGHT):
            italic = part == ITALIC
        elif part in (DOWN, UP):
            shifts.append(-1 if part == DOWN else 1)
        elif part == BACK:
            shifts.pop()
        else:
            yield Run(part, italic, shifts[-1])
