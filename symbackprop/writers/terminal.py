"""What the templates of plain text call: lines filled, underlined and put under each other by their width.

A blank that must not part is a no-break one until the lines are filled.  Each line goes through the escape of plain
text as it leaves, which changes nothing in a text that has been through it already.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from symbackprop.templating import Ready, plain_text
from symbackprop.writers.page import RULERS

INDENT = 6  # the room of an equation's number before its lines
WIDTH = RULERS["text"].line + INDENT


def cells(text: str) -> int:
    """How many cells of a terminal the text takes: none for an accent, two for a Chinese character."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def filled(text: str, width: int) -> list[str]:
    """Lines as full as they can be; a word that is too long has one of its own."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        if lines and cells(lines[-1]) + 1 + cells(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def whole(text: str) -> Ready:
    """A formula that stays on one line."""
    return Ready(plain_text(text).replace(" ", "\u00a0"))


def printed(lines: Sequence[str]) -> Ready:
    return Ready("\n".join(plain_text(line).replace("\u00a0", " ").rstrip() for line in lines))


def wrapped(text: str, first: str = "", rest: str | None = None) -> Ready:
    """A paragraph: `first` stands before its first line, `rest` (as many blanks, else) before the others."""
    after = " " * cells(first) if rest is None else rest
    lines = filled(" ".join(text.split("\n")), WIDTH - cells(first)) or [""]
    return printed([f"{after if k else first}{line}" for k, line in enumerate(lines)])


def underlined(text: str, level: int) -> Ready:
    lines = filled(text.replace("\n", " "), WIDTH)
    return printed([*lines, "=-."[min(level, 3) - 1] * max(map(cells, lines))])


def barred(text: str) -> Ready:
    """A bar before each line: a part set apart."""
    return printed([f"| {line}" for line in text.strip("\n").split("\n")])


def padded(text: str, width: int, align: str = "l") -> str:
    blank = width - cells(text)
    left = {"l": 0, "c": blank // 2, "r": blank}[align]
    return " " * left + text + " " * (blank - left)


def aligned(lines: list[dict[str, Any]], reasons: list[str], number: str) -> Ready:
    """A display: relations under each other, each reason beside its line, or beneath it where it has no room there."""
    reach = max(cells(line["left"]) for line in lines)
    edge = INDENT + reach + 6 + max(line["width"] for line in lines)
    out: list[str] = []
    for line, reason in zip(lines, reasons, strict=True):
        out += _with_reason(_rows(line, reach), reason, line["place"], edge)
    return printed([padded(number, INDENT) + out[0].removeprefix(" " * INDENT), *out[1:]])


def _rows(line: dict[str, Any], reach: int) -> list[str]:
    start = " " * INDENT + padded(line["left"], reach, "r")
    go_on = " " * (INDENT + reach + 6)
    return [f"{start} {line['rel']} {line['right']}", *(go_on + row for row in line["more"])]


def _with_reason(rows: list[str], reason: str, place: str, edge: int) -> list[str]:
    if not reason:
        return rows
    start = edge if place == "column" else cells(rows[0]) + 3
    if place == "above":
        return [*rows, *(" " * (INDENT + 4) + text for text in filled(f"({reason})", WIDTH - INDENT - 4))]
    texts = filled(reason, WIDTH - start)
    pairs = zip_longest(rows, texts, fillvalue="")
    return [padded(row, start) + text if text else row for row, text in pairs]


def tabled(rows: list[list[str]], columns: list[dict[str, str]]) -> Ready:
    """A table: the first row is its head; a column that is too broad is filled like a paragraph."""
    widths = [
        int(WIDTH * float(column["share"])) if column["share"] else max(cells(row[k]) for row in rows)
        for k, column in enumerate(columns)
    ]
    head, *body = [list(_lines(row, widths, columns)) for row in rows]
    rule = ["   ".join("-" * width for width in widths)]
    return printed(["  " + line for part in (head, rule, *body) for line in part])


def _lines(row: list[str], widths: list[int], columns: list[dict[str, str]]) -> Iterator[str]:
    """The lines of one row."""
    texts = [filled(text, width) for text, width in zip(row, widths, strict=True)]
    for line in zip_longest(*texts, fillvalue=""):
        yield "   ".join(padded(t, w, c["align"]) for t, w, c in zip(line, widths, columns, strict=True))


FILTERS: dict[str, Callable[..., Any]] = {
    "whole": whole,
    "wrapped": wrapped,
    "underlined": underlined,
    "barred": barred,
    "aligned": aligned,
    "tabled": tabled,
}
