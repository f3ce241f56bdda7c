"""A worked solution as a stranger reads its Markdown: headings, displays line by line, pictures, boxes, tables, words.

It knows Markdown and the habits of printed mathematics, nothing of the program that wrote it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from number_reader import Reader


@dataclass(frozen=True)
class Line:
    """left relation right, with the reason that stands beside or above it."""

    left: str
    right: str
    why: str

    @cached_property
    def numeric(self) -> bool:
        """Whether it has no letters left: numbers and functions of numbers alone."""
        bare = re.sub(r"\\begin\{cases\}|\\end\{cases\}|\\text\{[^{}]*\}|\\[a-zA-Z]+|\{,\}", " ", self.right)
        return re.search(r"[A-Za-z]", re.sub(r"e\^", " ", bare)) is None and not GREEK.search(self.right)

    @cached_property
    def cites(self) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\((\d+)\)", self.why)))


@dataclass
class Block:
    kind: str  # heading · display · picture · box · table · words
    text: str
    part: str = ""  # the heading of the second level that it stands under
    under: str = ""  # that of the third
    at: int = 0
    level: int = 0
    number: int | None = None
    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    file: str = ""
    inner: list[Block] = field(default_factory=list)

    @property
    def left(self) -> str:
        return self.lines[0].left if self.lines else ""

    @property
    def symbolic(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.numeric)

    @property
    def numbers(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.numeric)

    @property
    def value(self) -> str:
        return plain(self.numbers[-1].right) if self.numbers else ""


GREEK = re.compile(
    r"\\(?:partial|delta|eta|sigma|mu|beta|epsilon|lambda|rho|theta|gamma|alpha|mathrm|mathbf|mathop)(?![a-z])"
)
DISPLAY = re.compile(r"\$\$\n(.*?)\n\$\$", re.S)


def read(markdown: str) -> list[Block]:
    """The blocks in the order of reading; those in a box are inside it."""
    found = list(_blocks(markdown))
    part = under = ""
    for k, block in enumerate(found):
        if block.kind == "heading":
            part, under = (block.text, "") if block.level == 2 else (part, block.text)
        block.part, block.under, block.at = part, under, k
    return found


def _blocks(markdown: str) -> Iterator[Block]:
    for chunk in _chunks(markdown):
        first = chunk[0]
        text = "\n".join(chunk)
        if first.startswith("#"):
            yield Block("heading", first.lstrip("# "), level=len(first) - len(first.lstrip("#")))
        elif first.startswith(">"):
            inside = "\n".join(line.removeprefix(">").removeprefix(" ") for line in chunk)
            title, _, rest = inside.partition("\n")
            yield Block("box", title.strip("* "), inner=read(rest))
        elif first == "$$":
            yield _display("\n".join(chunk[1:-1]))
        elif picture := re.match(r"!\[(.*)\]\(([^()]*)\)$", text):
            yield Block("picture", picture[1], file=picture[2])
        elif first.startswith("|"):
            rows = tuple(tuple(cell.strip() for cell in row.strip("|").split(" | ")) for row in chunk[2:])
            yield Block("table", text, rows=rows)
        elif words := re.sub(r"<a id=\"[^\"]*\"></a>", "", text).strip():
            yield Block("words", words)


def _chunks(markdown: str) -> Iterator[list[str]]:
    """Lines up to an empty one; a display is one, with the empty lines that it might hold."""
    chunk: list[str] = []
    inside = False
    for line in [*markdown.split("\n"), ""]:
        if line == "$$":
            if not inside and chunk:
                yield chunk
                chunk = []
            chunk.append(line)
            inside = not inside
            if inside:
                continue
        elif line.strip() or inside:
            chunk.append(line)
            continue
        if chunk:
            yield chunk
        chunk = []


def _display(text: str) -> Block:
    tag = re.search(r"\\tag\{(\d+)\}", text)
    body = re.search(r"\\begin\{aligned\}\n(.*)\n\\end\{aligned\}", text, re.S)
    lines = tuple(_lines(body[1])) if body else ()
    return Block("display", text, number=int(tag[1]) if tag else None, lines=lines)


def _lines(body: str) -> Iterator[Line]:
    """A row may be a reason for the next one, or go on from the one before."""
    cases = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.S)
    body = cases.sub(lambda found: found[0].replace("\\\\", "\\;;").replace("&", "\\,,").replace("\n", " "), body)
    rows: list[Line] = []
    above = ""
    for row in (row.strip() for row in body.split("\\\\")):
        if alone := re.fullmatch(r"& (\\text\{.*\})", row, re.S):
            above = alone[1]
        elif row.startswith(r"& \qquad {}"):
            more, why = _reason(row.removeprefix(r"& \qquad {}"))
            last = rows.pop()
            rows.append(Line(last.left, f"{last.right} {more}", last.why or why))
        else:
            left, _, rest = row.partition("& ")
            right, why = _reason(re.sub(r"^(?:=|\\approx|\\leftarrow|<|>)\s*", "", rest.lstrip("& ")))
            rows.append(Line(left.strip(), right, _words(why or above)))
            above = ""
    for row in rows:
        yield Line(row.left, row.right.replace("\\;;", "\\\\").replace("\\,,", "&"), _words(row.why))


def _reason(row: str) -> tuple[str, str]:
    right, _, why = row.partition("&&")
    if not why and (beside := re.search(r"\\qquad (\\text\{.*)", right, re.S)):
        right, why = right[: beside.start()], beside[1]
    return right.strip(), why.strip()


def _words(why: str) -> str:
    return re.sub(r"\\text\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", why).strip()


# --- formulas ---------------------------------------------------------------------------------------------------------

QUANTITY = re.compile(
    r"(?:\\(?:mathrm|mathbf)\{\w+\}|\\(?:delta|eta|gamma|beta|mu|epsilon)(?![a-z])|(?<![\\A-Za-z])(?!e\^)[A-Za-z](?![A-Za-z{]))"
    r"(?:_\{(?:[^{}]|\{[^{}]*\})*\}|\^\{(?:[^{}]|\{[^{}]*\})*\})*"
)


def plain(number: str) -> str:
    return number.replace("{,}", ".").replace("{}", "").strip()


def quantities(formula: str, known: set[str]) -> list[str]:
    """The names in a formula, each as often as it stands; a power of a known name is that name."""
    found = []
    for match in QUANTITY.finditer(re.sub(r"\\(?:begin|end|text)\{[^{}]*\}", " ", formula)):
        name = match[0]
        base = re.sub(r"\^\{[^{}]*\}$", "", name)
        found.append(base if name not in known and base in known else name)
    return found


def group(text: str, at: int) -> int:
    """The end of the group in braces that begins there."""
    depth = 0
    for k in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[k], 0)
        if depth == 0:
            return k + 1
    raise ValueError(text[at:])


def partials(formula: str) -> list[tuple[str, str]]:
    """(top, bottom) of every ∂top/∂bottom, in order."""
    found = []
    for match in re.finditer(r"\\frac(?=\{\\partial )", formula):
        middle = group(formula, match.end())
        end = group(formula, middle)
        if formula[middle:].startswith(r"{\partial "):
            found.append((formula[match.end() + 10 : middle - 1].strip(), formula[middle + 10 : end - 1].strip()))
    return found


def partial(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


def summands(formula: str) -> list[str]:
    """What stands between the signs + and − of the outermost level; without an outermost pair of brackets."""
    depth, out, at = 0, [], 0
    formula = re.sub(r"\\left|\\right", "", formula).strip()
    for k, char in enumerate(formula):
        if char in "({[" or formula.startswith(r"\begin", k):
            depth += 1
        elif char in ")}]" or formula.startswith(r"\end{", k):
            depth -= 1
        elif char in "+-" and depth == 0:
            if formula[at:k].strip():
                out.append(formula[at:k].strip())
            at = k + 1
    return [*out, formula[at:].strip()]


RELATIONS = {">": operator.gt, "<": operator.lt, r"\ge": operator.ge, r"\le": operator.le, "=": operator.eq}


def chosen(formula: str, places: int) -> str:
    """With every distinction of cases between numbers replaced by the case that holds."""
    innermost = re.compile(r"\\begin\{cases\}((?:(?!\\begin\{cases\}).)*?)\\end\{cases\}", re.S)
    while found := innermost.search(formula):
        formula = formula[: found.start()] + f"({_case(found[1], places)})" + formula[found.end() :]
    return re.sub(r"\{\}", "", formula)


def _case(rows: str, places: int) -> str:
    for row in rows.split("\\\\"):
        value, _, condition = row.partition("&")
        words = re.search(r"(.*?)(\\ge|\\le|>|<|=)(.*)", re.sub(r"\\text\{[^{}]*\}", "", condition))
        if words is None:
            return value.strip()
        one, other = (Reader(plain(side), 99).all() for side in (words[1], words[3]))
        if RELATIONS[words[2]](one, other):
            return value.strip()
    raise ValueError(rows)


def general(d: Block) -> bool:
    """Told for every unit: letters for indices."""
    return re.search(r"_\{[\w,]*[a-z][^{}]*\}", d.left.replace("mathrm", "")) is not None and not d.numbers


class Depth:
    """How many operations stand one inside the other; a sum of products, a weighted sum, counts as one."""

    def __init__(self, depth: int = 0, kind: str = "number", inside: int = 0) -> None:
        self.depth, self.kind, self.inside = depth, kind, inside

    def _under(self, kind: str) -> int:
        return self.inside if self.kind == kind else self.depth

    def __add__(self, other: Depth) -> Depth:
        inside = max(x.inside if x.kind in ("sum", "product") else x.depth for x in (self, other))
        return Depth(inside + 1, "sum", inside)

    __sub__ = __add__

    def __neg__(self) -> Depth:
        return self

    def __mul__(self, other: Depth) -> Depth:
        inside = max(self._under("product"), other._under("product"))
        return Depth(inside + 1, "product", inside)

    def __truediv__(self, other: Depth) -> Depth:
        if self.kind == other.kind == "whole":
            return Depth()
        return Depth(max(self.depth, other.depth) + 1, "quotient")

    def __pow__(self, other: Depth) -> Depth:
        return Depth(max(self.depth, other.depth) + 1, "power")


class Depths(Reader):
    """The same reader of numbers, which counts operations instead of doing them."""

    def number(self, token: str) -> Depth:
        return Depth(kind="whole" if "." not in token else "number")

    def function(self, name: str, x: Depth) -> Depth:
        return Depth(x.depth + 1, name)


def depth(formula: str, places: int) -> int:
    return int(Depths(chosen(formula, places), places).all().depth)
