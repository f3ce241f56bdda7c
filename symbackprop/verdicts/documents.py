r"""The author's own document, copied as it stands, with each row's verdict beside it.

Markdown gets a quotation below each display, LaTeX a mark behind each row and a list below its display.  A document in
another language than the format's is shown as source, with the verdicts between its lines.  What is copied is the
author's: a \write18 or a script in it stays what it was; what is added is escaped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from symbackprop.reader.documents import Written, document
from symbackprop.templating import Ready, latex_text, plain_text
from symbackprop.verdicts.places import Spot, kind, spots
from symbackprop.verdicts.shown import data, row
from symbackprop.verdicts.told import Row, Told
from symbackprop.writers.inlines import Data
from symbackprop.writers.page import Page
from symbackprop.writers.render import sandbox

FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
BEGIN = re.compile(r"(?m)^(?:[^%\n\\]|\\.)*?(\\begin\{document\})")
BRACES = re.compile(r"\\.|[{}]|\n[ \t]*\n")
Fill = Callable[[str, Data], Ready]
LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ∂∇∑∏√⊙∞⋅≤≥≠≈⇒"  # that an author may have typed as they are


# --- Markdown --------------------------------------------------------------------------------------------------------


def markdown(told: Told, suffix: str = "", templates: Path | None = None) -> str:
    if kind(told.report.text, suffix) != "markdown":
        return _listing(told, "markdown", ".md", templates)
    written = document(told.report.text)
    ends = list(dict.fromkeys(_block_ends(written)))
    notes: dict[int, list[Row]] = {}
    for spot, r in _told_spots(told, written):
        after = ends[min(bisect_left(ends, spot.display.span[1]), len(ends) - 1)]
        notes.setdefault(after, []).append(r)
    put = {at: _quotation(told, rows, _lead(written.text, at), templates) for at, rows in notes.items()}
    end = _quotation(told, [], "", templates, whole=True)
    return _inserted(written.text.rstrip("\n"), put) + end.rstrip("\n") + "\n"


def _block_ends(written: Written) -> Iterator[int]:
    """Where a block of Markdown ends: before an empty line that stands in no fence and no formula."""
    text, fence = written.text.rstrip("\n"), ""
    inside = sorted(d.span for d in written.displays)
    k = at = 0
    lines = text.split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        found = FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line[found.end() :].strip():
            fence = ""
        at += len(line)
        while k < len(inside) and inside[k][1] <= at:
            k += 1
        if not after.strip(" \t>") and not fence and not (k < len(inside) and inside[k][0] < at):
            yield at
        at += 1
    yield len(text)


def _lead(text: str, at: int) -> str:
    """What a line below begins with: the indentation of a list, the > of a quotation."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    found = re.match(r"[ \t>]*", line)
    return found[0] if found else ""


def _quotation(told: Told, rows: list[Row], lead: str, templates: Path | None, whole: bool = False) -> str:
    page = Page("markdown", told.language)
    given = {"rows": [row(page, r) for r in rows], "ends": data(told, "markdown")["ends"] if whole else []}
    quoted = sandbox("markdown", templates).fill("markdown/verdicts.md.j2", given).strip("\n")
    return f"\n{lead.rstrip()}\n" + "\n".join((lead + line).rstrip() for line in quoted.split("\n"))


# --- LaTeX -----------------------------------------------------------------------------------------------------------


def latex(told: Told, suffix: str = "", templates: Path | None = None) -> str:
    if kind(told.report.text, suffix) != "latex":
        return _listing(told, "latex", ".tex", templates)
    written = document(told.report.text)
    fill = sandbox("latex", templates).fill
    page = Page("latex", told.language)
    put: dict[int, str] = {}
    last: list[Row] = []
    pairs = list(_told_spots(told, written))
    deep = _deep(written.text, {spot.display.span[0] for spot, _ in pairs})
    for display, some in groupby(pairs, key=lambda pair: pair[0].display):
        rows = list(some)
        inline, end = display.kind == "inline", display.span[1]
        for spot, r in rows if not display.fault else ():
            at = end if inline else _behind(written.text, spot.end)
            put[at] = put.get(at, "") + fill("latex/mark.tex.j2", {"inline": inline, "row": row(page, r)}).strip("\n")
        telling = [r for _, r in rows if r.says]  # that the others are ok, their marks say
        if display.fault or inline or display.span[0] in deep:
            last += telling
        elif telling:
            below = fill("latex/verdicts.tex.j2", {"rows": [row(page, r) for r in telling], "ends": []})
            put[end] = put.get(end, "") + below.rstrip("\n")
    whole = data(told, "latex")
    ends = fill("latex/verdicts.tex.j2", {"rows": [row(page, r) for r in last], "ends": whole["ends"]})
    return _dressed(written.text, put, ends, {**whole, "marks": fill("latex/marks.tex.j2", whole)}, fill)


def _behind(text: str, at: int) -> int:
    r"""Behind the blank of a `\ ` that ends a row, too."""
    slashes = len(text[:at]) - len(text[:at].rstrip("\\"))
    return at + slashes % 2


def _deep(text: str, starts: Iterable[int]) -> set[int]:
    r"""Which of the places stand in an argument, \footnote{…}, where no list may stand; a paragraph begins anew."""
    out, at, depth = set[int](), 0, 0
    for start in sorted(starts):
        for sign in BRACES.finditer(text, at, start):
            depth = {"{": depth + 1, "}": depth - 1}.get(sign[0], 0 if sign[0][0] == "\n" else depth)
        at = start
        if depth > 0:
            out.add(start)
    return out


def _dressed(text: str, put: dict[int, str], ends: str, given: Data, fill: Fill) -> str:
    """The document with what the marks need in its preamble; around a part of a document, a whole one."""
    begin = BEGIN.search(text)
    if begin is None:
        return fill(
            "latex/report.tex.j2", {**given, "letters": letters(), "body": Ready(f"{_inserted(text, put)}\n{ends}")}
        )
    put[begin.start(1)] = f"{given['marks']}{put.get(begin.start(1), '')}"
    end = text.rfind("\\end{document}")
    end = len(text) if end < 0 else end
    put[end] = f"{put.get(end, '')}\n{ends}"
    return _inserted(text, put)


def letters() -> list[Data]:
    """What pdfTeX prints for a letter that somebody typed as it is."""
    return [{"code": f"{ord(c):04X}", "command": Ready(latex_text(c))} for c in LETTERS]


# --- any other -------------------------------------------------------------------------------------------------------


def html(told: Told, suffix: str = "", templates: Path | None = None, *, whole: bool = True) -> str:
    """A page, or a part of one: the text line by line, with formulas as they were read."""
    name = "html/report.html.j2" if whole else "html/report-fragment.html.j2"
    return sandbox("html", templates).fill(name, {**data(told, "html"), "parts": parts(told, "html")})


def _listing(told: Told, format: str, suffix: str, templates: Path | None) -> str:
    """The source line by line, with what is said of each."""
    fill = sandbox(format, templates).fill
    some = parts(told, format)
    for part in some:
        rows = [part["row"]] if part["row"] else []
        part["notes"] = fill(f"{format}/verdicts{suffix}.j2", {"rows": rows, "ends": []})
    given = {**data(told, format), "parts": some}
    if format == "latex":
        body, marks = fill("latex/listing.tex.j2", given), fill("latex/marks.tex.j2", given)
        return fill("latex/report.tex.j2", {**given, "marks": marks, "body": body, "letters": letters()})
    return fill(f"{format}/report{suffix}.j2", given)


def parts(told: Told, target: str) -> list[Data]:
    """Lines of the text up to a judged one, with the verdict on it; at last the lines that are left."""
    written, page = document(told.report.text), Page(target, told.language)
    rows = {r.line.row: row(page, r) for r in told.rows}
    lines = written.text.split("\n")
    of = written.rows_of or tuple(range(1, len(lines) + 1))
    out: list[Data] = []
    some: list[str] = []
    for k, line in enumerate(lines):
        some.append(line)
        if of[k] in rows and (k + 1 == len(lines) or of[k + 1] != of[k]):
            out.append({"lines": _numbered(some, of[k + 1 - len(some) : k + 1]), "row": rows[of[k]]})
            some = []
    if any(line.strip() for line in some):
        out.append({"lines": _numbered(some, of[len(lines) - len(some) :]), "row": None})
    return out


def _numbered(lines: list[str], numbers: Iterable[int]) -> list[Data]:
    return [{"number": str(n), "text": plain_text(line)} for n, line in zip(numbers, lines, strict=True)]


def _told_spots(told: Told, written: Written) -> Iterator[tuple[Spot, Row]]:
    """Each spot with its own part of what is told of its line."""
    rows = {r.line.row: r for r in told.rows}
    for spot in spots(told.report, written):
        yield spot, rows[spot.line.row].part(spot.line)


def _inserted(text: str, put: dict[int, str]) -> str:
    out, last = [], 0
    for at in sorted(put):
        out += [text[last:at], put[at]]
        last = at
    return "".join([*out, text[last:]])
