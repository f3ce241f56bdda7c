r"""Where in the author's document each judged row stands, and what kind of document it is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from symbackprop.reader.documents import MARKED, Display, Row, Written, document
from symbackprop.verifier.claims import Claim, Unread
from symbackprop.verifier.report import VERDICTS, Judged, Line, Report

Kind = Literal["latex", "markdown", "plain"]

TEX = re.compile(
    r"\\documentclass|\\begin\{document\}|^[ \t]*\\(?:sub)*section\b|^[ \t]*\\(?:par|item|noindent)\b", re.M
)
MARKDOWN = re.compile(
    r"^#{1,6} |^ {0,3}(?:```|~~~)|\*\*|^ *(?:[-*+]|\d+\.) |\]\(|\$`|\$\$\s*\\begin\{(?:align|gather)", re.M
)


def kind(text: str, suffix: str = "") -> Kind:
    """What the document is written in: its suffix says it, or else its signs do."""
    if suffix in (".tex", ".ltx") or TEX.search(text):
        return "latex"
    if suffix in (".md", ".markdown", ".ipynb") or (text.lstrip()[:1] == "{" and '"cells"' in text):
        return "markdown"
    if not MARKED.search(text):
        return "plain"
    return "markdown" if MARKDOWN.search(text) else "latex"


@dataclass(frozen=True)
class Spot:
    """A row of a formula, and what was judged in it: a line of the report, or the part of one."""

    display: Display
    row: Row
    line: Line

    @property
    def end(self) -> int:
        """Behind the last character of the row."""
        return self.row.offset + len(self.row.text)


def spots(report: Report, written: Written | None = None) -> list[Spot]:
    """Every judged row of a formula, in the order of the document."""
    written = written or document(report.text)
    rows = sorted(((d, r) for d in written.displays for r in d.rows), key=lambda pair: pair[1].offset)
    found = [(k, line, part) for line, part, k in _marks(report, written, [row for _, row in rows])]
    out = []
    for (k, line), some in groupby(found, key=lambda f: (f[0], f[1])):
        display, row = rows[k]
        out.append(Spot(display, row, _part(line, [part for _, _, part in some])))
    return out


def _marks(report: Report, written: Written, rows: list[Row]) -> Iterator[tuple[Line, Judged | Unread, int]]:
    """Each claim and each unread row with the row of a formula in which it stands.

    The lines of a notebook may all be on one row of the file: the first place that fits and lies ahead is taken.
    """
    starts = [row.offset for row in rows]
    last, chain, offsets = -1, None, _offsets(written)
    for line in report.lines:
        for part in _parts(line):
            at = part.claim if isinstance(part, Judged) else part
            own = at.chain if isinstance(at, Claim) else None
            for offset in offsets(at.row, at.column):
                k = bisect_right(starts, offset) - 1
                inside = k >= 0 and offset <= starts[k] + len(rows[k].text)
                if inside and (offset > last or (offset == last and own == chain)):
                    last, chain = offset, own
                    yield line, part, k
                    break


def _parts(line: Line) -> list[Judged | Unread]:
    """In the order of the row."""
    parts: list[tuple[int, int, Judged | Unread]] = [(j.claim.column, k, j) for k, j in enumerate(line.claims)]
    if line.unread:
        parts.append((line.unread.column, len(parts), line.unread))
    return [part for _, _, part in sorted(parts, key=lambda p: p[:2])]


def _offsets(written: Written) -> Callable[[int, int], Iterator[int]]:
    """Where a row and column of the file may be in the text."""
    of: dict[int, list[tuple[int, int]]] = {}
    ends = [*written.starts[1:], len(written.text) + 1]
    for k, (start, end) in enumerate(zip(written.starts, ends, strict=True)):
        of.setdefault(written.rows_of[k] if written.rows_of else k + 1, []).append((start, end))
    return lambda row, column: (start + column - 1 for start, end in of.get(row, ()) if start + column - 1 < end)


def _part(line: Line, parts: list[Judged | Unread]) -> Line:
    """The line, or as much of it as stands in one row of a formula."""
    judged = tuple(p for p in parts if isinstance(p, Judged))
    unread = next((p for p in parts if isinstance(p, Unread)), None)
    if judged == line.claims and unread == line.unread:
        return line
    verdicts = [j.verdict for j in judged] + (["unread"] if unread else [])
    return replace(line, claims=judged, unread=unread, verdict=max(verdicts, key=VERDICTS.index))
