r"""Where the formulas of a document stand: LaTeX, Markdown, a notebook's Markdown cells, or plain text.

A document with $, \[, \( or \begin holds its formulas in displays and between dollars; in one without, each line that
holds a relation is a formula, and may be one more row of the formula above.  Everything else is prose.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from symbackprop.errors import ReadError

MOST_BYTES, MOST_ROWS, MOST_FORMULAS = 4_000_000, 200, 20_000

ALIGNED = "align alignat aligned alignedat gather gathered split multline eqnarray flalign array IEEEeqnarray dcases"
SINGLE = "equation displaymath math dmath"
DISPLAYS = frozenset(f"{name}{star}" for name in (*ALIGNED.split(), *SINGLE.split())
                     for star in ("", "*"))  # fmt: skip
CODE = frozenset(("verbatim", "lstlisting", "minted", "Verbatim", "tikzpicture"))

OPENING = re.compile(
    r"(?<!\\)!\[(?:\\.|[^\[\]\\\n])*\]\(|"  # the words of a picture, where \[1\] are brackets
    r"\\\\|\\[$%]|\$\$|\$|\\\[|\\\(|\\begin\{([A-Za-z]+\*?)\}|^[ \t>]*```[ \t]*([A-Za-z]*)[^\n]*$|``?[^`\n]*``?|%",
    re.MULTILINE,
)
COLUMNS = r"(?:\{[^{}\n]{0,40}\})?"  # how many, or how they are set
WRAPPER = re.compile(
    rf"\\begin\{{(?:alignat|alignedat|array|IEEEeqnarray)\*?\}}(?:\[[a-z]\])?{COLUMNS}"
    rf"|\\(?:begin|end)\{{(?:{'|'.join((*ALIGNED.split(), *SINGLE.split()))})\*?\}}(?:\[[a-z]\])?"
)
INSIDE = re.compile(r"\\\\(?:\[[^\]\n]{0,20}\])?|\\[{}]|\\begin\{|\\end\{|[{}]")
DEPTH = {"{": 1, "}": -1, "\\begin{": 2}  # the brace after \begin{cases and \end{cases takes one away
COMMENT = re.compile(r"(?<!\\)%[^\n]*")
RELATION = re.compile(r"=|≈|←|:=|<|>|≤|≥|\\(?:approx|le|ge|leq|geq|leftarrow|gets|coloneqq|equiv|triangleq)\b")
MARKED = re.compile(r"\$|\\\[|\\\(|\\begin\{")
RULE = re.compile(r"\s*(?:[=~*]{3,}|-{3,})\s*")  # below a heading
LINK = re.compile(r"<?https?://\S+")
BRACED = re.compile(r"\{[^{}]*\}")  # cases, whose conditions are relations
REASON = re.compile(rf"[ \t]+[^ \t](?!.*(?:{RELATION.pattern}))")  # an indented line below a formula, with none in it
OPERATOR = re.compile(r"\s*(?:[+·*×−–⋅]|-\s|\\cdot|\\times|\\odot)")


class Row(NamedTuple):
    """One row of a formula as it is written, and where it starts in the document."""

    text: str
    offset: int


class Display(NamedTuple):
    kind: str  # "display" | "inline" | "plain"
    rows: tuple[Row, ...]
    fault: str = ""  # why it cannot be read at all
    span: tuple[int, int] = (0, 0)  # where it begins and ends, its marks counted


@dataclass(frozen=True)
class Written:
    """A document's formulas, with what is needed to say where each stands."""

    text: str
    displays: tuple[Display, ...]
    rows_of: tuple[int, ...] | None = None  # of a notebook: the row of the file for each line

    @cached_property
    def starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer("\n", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Row and column in the file, from 1."""
        line = bisect_right(self.starts, offset)
        column = offset - self.starts[line - 1] + 1
        return (self.rows_of[line - 1] if self.rows_of else line), column


def document(text: str) -> Written:
    """Raises ReadError for a document that is too large or has too many formulas, or that looks like a notebook and is
    none."""
    if len(text) > MOST_BYTES or len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        raise ReadError(f"a derivation may have {MOST_BYTES:,} bytes")
    if text.lstrip()[:1] == "{" and '"cells"' in text:
        return notebook(text)
    return Written(text, tuple(counted(marked(text) if MARKED.search(text) else plain(text))))


def counted(displays: Iterator[Display]) -> Iterator[Display]:
    """Raises ReadError for more formulas than a book has, before any of them is read."""
    count = 0
    for display in displays:
        count += len(display.rows)
        if count > MOST_FORMULAS:
            raise ReadError(f"a derivation may have {MOST_FORMULAS:,} rows of formulas")
        yield display


# --- notebooks -------------------------------------------------------------------------------------------------------


def notebook(text: str) -> Written:
    """The Markdown cells, each line with its row in the file."""
    try:
        cells = json.loads(text)["cells"]
        sources = [c["source"] for c in cells if c["cell_type"] == "markdown"]
        lines = [line for s in sources for line in [*("".join(s).splitlines()), ""]]
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        raise ReadError(
            "this looks like a notebook and is none: a list of cells, each with its type and source"
        ) from None
    joined = "\n".join(lines)
    return Written(joined, tuple(counted(marked(joined))), tuple(_rows(text, lines)))


def _rows(text: str, lines: list[str]) -> Iterator[int]:
    """The row of the file on which each line of a cell stands; lines come in the order of the file."""
    at = row = 0
    gone = False  # a line that is not found as it stands is on the row of the one before it
    for line in lines:
        found = -1 if gone or not line else text.find(json.dumps(line)[1:-1], at)
        if found < 0 and line:
            found = -1 if gone else text.find(json.dumps(line, ensure_ascii=False)[1:-1], at)
            gone = gone or found < 0
        if found >= 0:
            row += text.count("\n", at, found)
            at = found
        yield row + 1


# --- LaTeX and Markdown ----------------------------------------------------------------------------------------------


def marked(text: str) -> Iterator[Display]:
    """Each opening mark is looked for once, and each kind of closing mark once in vain at most."""
    tex = "\\documentclass" in text or "\\begin{document}" in text
    at, missing = 0, set[str]()
    while found := OPENING.search(text, at):
        mark, start, at = found[0], found.end(), found.end()
        closing = _closing(found)
        if mark[0] == "%" and tex:
            at = text.find("\n", start) + 1 or len(text)
        if closing is None or (mark[0] == "`" and not found[2]):
            continue
        end = text.find(closing, start) if closing not in missing else -1
        if mark == "$" and end >= 0:
            end = _dollar(text, start, end)
            if end < 0:
                continue
        if end < 0:
            if closing not in missing and mark != "$":
                fault = f"{mark} is never closed by {closing.strip()}"
                yield Display("display", (Row(mark, found.start()),), fault, found.span())
            missing.add(closing)
            continue
        at = end + len(closing)
        if ("```" in mark and found[2] not in ("math", "latex", "tex")) or found[1] in CODE:
            continue
        inline = mark in ("$", "\\(")
        part = inlined(text, start, end) if inline else displayed(text, found.start() if found[1] else start, end)
        yield part._replace(span=(found.start(), at))


def _closing(found: re.Match[str]) -> str | None:
    if found[1]:
        return f"\\end{{{found[1]}}}" if found[1] in DISPLAYS or found[1] in CODE else None
    if "```" in found[0]:
        return "\n```"
    return {"$$": "$$", "$": "$", "\\[": "\\]", "\\(": "\\)"}.get(found[0])


def _dollar(text: str, start: int, end: int) -> int:
    """The dollar that closes one in its paragraph; −1 where that is none: it costs $5."""
    stop = text.find("\n\n", start, end)
    return -1 if stop >= 0 or text[end - 1] == "\\" else end


def inlined(text: str, start: int, end: int) -> Display:
    if text[start : start + 1] == "`" and text[end - 1] == "`":
        start, end = start + 1, end - 1
    inner = text[start:end]
    rows = (Row(inner, start),) if RELATION.search(inner) else ()
    return Display("inline", rows)


def displayed(text: str, start: int, end: int) -> Display:
    r"""The rows of a display: what \\ parts outside of braces and cases."""
    inner = COMMENT.sub(_blank, WRAPPER.sub(_blank, text[start:end]))
    rows, deep, begin = list[Row](), 0, 0
    for found in INSIDE.finditer(inner):
        if found[0][:2] == "\\\\" and deep <= 0:
            rows.append(_row(inner[begin : found.start()], start + begin))
            begin = found.end()
        deep += DEPTH.get(found[0], 0)
    rows.append(_row(inner[begin:], start + begin))
    kept = tuple(r for r in rows if r.text)
    if len(kept) > MOST_ROWS:
        return Display("display", kept[:1], f"a display may have {MOST_ROWS} rows; this one has {len(kept)}")
    return Display("display", kept)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _row(text: str, offset: int) -> Row:
    r"""Without blanks around it, also one that was written as \ at its end."""
    bare = text.strip()
    bare = bare[:-1].rstrip() if bare.endswith("\\") else bare
    return Row(bare, offset + len(text) - len(text.lstrip()))


# --- plain text ------------------------------------------------------------------------------------------------------


def plain(text: str) -> Iterator[Display]:
    """A row that starts with its relation, or with an operator, goes on from the row above."""
    open_: list[Row] = []
    at = 0
    for line in text.split("\n"):
        line = LINK.sub(_blank, line)
        row = Row(line, at)
        at += len(line) + 1
        starts = bool(re.match(r"\s*(?:=|≈|←)", line)) and not RULE.fullmatch(line)
        goes_on = starts or (OPERATOR.match(line) and not RELATION.search(BRACED.sub("", line)))
        if open_ and goes_on and len(open_) < MOST_ROWS:
            open_.append(row)
            continue
        if open_ and REASON.match(line):
            continue
        if open_:
            yield together(open_)
        open_ = [row] if RELATION.search(line) and not RULE.fullmatch(line) else []
    if open_:
        yield together(open_)


def together(rows: list[Row]) -> Display:
    """Lines of plain text that make one chain."""
    return Display("plain", tuple(rows), "", (rows[0].offset, rows[-1].offset + len(rows[-1].text)))
