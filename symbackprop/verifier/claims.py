r"""A derivation as somebody wrote it, as claims: left rel right, each side a Form over the network's entries.

A chain a = b = c makes a claim at each of its signs, a = b and b = c, and each remembers the chain's head a.  A row
that cannot be read is told with its place; no part of a document is passed over silently but prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from symbackprop.errors import ReadError
from symbackprop.form import ENTRIES, Axis, Form, Index, free, walk
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array, broadcast_shape, shape_text, spread
from symbackprop.reader.documents import Display, Row, Written, document
from symbackprop.reader.tokens import MOST_CHARACTERS, Token, tokens
from symbackprop.reader.written import OPERATORS, RELATIONS, Grammar, sides
from symbackprop.verifier.glossary import Glossary
from symbackprop.verifier.resolve import Choice, Layer, NoSuchLayer, Resolver

MOST_READINGS = 256
PARTS = frozenset((",", ";", "⇒", ":"))
DEEPER, SHALLOWER = frozenset(("(", "[", "{", "{{", "begin")), frozenset((")", "]", "}", "}}", "end"))
LABEL = re.compile(r"\s*(?:\(\d{1,4}\)|\d{1,4}[.)]|[*•-])\s+")
PROSE = re.compile(r"[^\W\d_][\w\s,.'’()-]*")
PAIR = re.compile(r"\b([^\W\d_]{2,}),? (?=([^\W\d_]{2,})\b)")
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Claim:
    """left rel right, for every value of `free`.  Row and column, from 1, are those of the sign between them."""

    row: int
    column: int
    left: Form
    right: Form
    rel: str
    free: tuple[Axis, ...] = ()
    head: Form | None = field(default=None, compare=False)  # what the chain began with
    chain: int = 0  # claims of one chain have one number

    @property
    def digits(self) -> int | None:
        """How many decimals the right side has, where it is a printed number."""
        form = self.right.forms[0] if self.right.op == "neg" else self.right
        return decimals(form) if form.op == "shown" else None


class Unread(NamedTuple):
    """A row that could not be read: where reading stopped, and why."""

    row: int
    column: int
    why: str


class Lines(NamedTuple):
    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...]


def exact(form: Form) -> Fraction:
    """The value of a printed number, taken as it stands."""
    return Fraction(str(form.args[0]))


def decimals(form: Form) -> int:
    """How many places a printed number has after the point: 0.750 has 3, 3.5e-5 has 6."""
    digits, _, exponent = str(form.args[0]).partition("e")
    return len(digits.partition(".")[2]) - int(exponent or 0)


def half_unit(form: Form) -> Fraction:
    """Half a unit of the last place that is printed."""
    return Fraction(1, 2) / Fraction(10) ** decimals(form)


def lines(text: str, names: Glossary) -> Lines:
    """Every claim of a derivation, in the order of its rows, and every row that is not read."""
    reader = _Reader(document(text), names)
    for display in reader.written.displays:
        reader.display(display)
    return Lines(tuple(reader.claims), tuple(dict.fromkeys(sorted(reader.unread))))


class Part(NamedTuple):
    """What is read in one go: a stretch of tokens, their text, and where that starts in the document."""

    text: str
    tokens: list[Token]
    offset: int


class Member(NamedTuple):
    """One side in a chain, with the sign before it."""

    rel: str
    tree: Tree
    column: int
    part: Part


class _Reader:
    def __init__(self, written: Written, names: Glossary) -> None:
        self.written, self.names = written, names
        self.claims: list[Claim] = []
        self.unread: list[Unread] = []
        self.chain = 0

    def refuse(self, offset: int, error: ReadError | str) -> None:
        self.unread.append(Unread(*self.written.place(offset), str(error)))

    # ---- rows to chains ----

    def display(self, display: Display) -> None:
        if display.fault:
            return self.refuse(display.rows[0].offset, display.fault)
        parts: list[Part] = []
        for row in display.rows:
            if display.kind == "plain" and len(row.text) <= MOST_CHARACTERS:
                bare = trimmed(row, self.names)
                if sentence(row.text, bare.text, self.names):
                    continue
                row = bare
            try:
                some = tokens(row.text, self.names.known, self.names.whole)[:-1]
            except ReadError as error:
                self.flush(parts, display)
                self.refuse(row.offset + column_of(error), error)
                continue
            parts = self.row(row, some, parts, display)
        self.flush(parts, display)
        return None

    def row(self, row: Row, some: list[Token], parts: list[Part], display: Display) -> list[Part]:
        """The parts of the chain that is open after this row."""
        for k, (before, piece) in enumerate(pieces(bared(some), display.kind == "plain", self.names)):
            if not piece:
                continue
            relation = any(_relates(t) for t in top(piece))
            first, open_ = piece[0], bool(parts)
            goes_on = first.kind == "sign" and (first.text in OPERATORS or first.text in "+-") and k == 0 and open_
            if goes_on and (not relation or first.text not in "-"):
                parts[-1] = self.joined(parts[-1], row, piece)
            elif _relates(first) and open_:
                parts.append(self.part(row, piece))
            elif relation or (not open_ and k == 0):
                self.flush(parts, display)
                parts = [] if relation and remark(piece, self.names) else [self.part(row, piece)]
            elif before != "word" and not (before == "," and k and not open_):
                self.refuse(row.offset + first.column, "no relation stands here")
        return parts

    def part(self, row: Row, piece: list[Token]) -> Part:
        return Part(row.text, piece, row.offset)

    def joined(self, part: Part, row: Row, piece: list[Token]) -> Part:
        """A part that goes on in the next row."""
        shift = row.offset - part.offset
        text = f"{part.text}{' ' * (shift - len(part.text))}{row.text}"
        return Part(text, [*part.tokens, *(t._replace(column=t.column + shift) for t in piece)], part.offset)

    # ---- chains to claims ----

    def flush(self, parts: list[Part], display: Display) -> None:
        """The claims of a chain, now that all its parts are there."""
        members = [m for part in parts for m in self.members(part)]
        parts.clear()
        if len(members) == 1 and display.kind == "display" and not members[0].rel:
            self.refuse(members[0].part.offset + members[0].column, "no relation stands in this formula")
        if len(members) > 1:
            self.chain += 1
            self.settle(members)

    def members(self, part: Part) -> Iterator[Member]:
        end = part.tokens[-1].column + len(part.tokens[-1].text)
        grammar = Grammar(part.text, [*part.tokens, Token("end", "", end)], self.names.calls, self.names.generic)
        try:
            chain = grammar.chain()
            if grammar.here.kind != "end":
                raise grammar.stop()
        except ReadError as error:
            return self.refuse(part.offset + column_of(error), error)
        for rel, tree, column in sides(chain):
            yield Member(rel, tree, column, part)
        return None

    def settle(self, members: list[Member]) -> None:
        """Claims between neighbours; a member that cannot be read is told and left out."""
        while len(members) > 1:
            attempt = Attempt(self.names, members)
            try:
                for resolver, values in attempt.solve({}):
                    self.claim(members, resolver, values)
                return
            except ReadError as error:
                k = attempt.at
                self.refuse(members[k].part.offset + (column_of(error) or members[k].column), error)
                members = members[:k] + members[k + 1 :]
            except RecursionError:  # a sum of hundreds of terms is nested as deeply
                self.refuse(members[0].part.offset + members[0].column, "more terms or factors than a row may have")
                return

    def claim(self, members: list[Member], resolver: Resolver, values: list[Array]) -> None:
        head = None
        for (x, y), m in zip(pairwise(values), members[1:], strict=True):
            shape = common(x, y)
            where = m.part.offset + m.column
            if shape is None:
                self.refuse(where, f"the sides have {shape_text(x.shape)} and {shape_text(y.shape)} entries")
                continue
            axes = tuple(Axis(v, n) for v, n in zip(fresh(resolver), shape, strict=False))
            at = tuple(Index(0, ((1, a.var),)) for a in axes)
            left, right = spread_to(x, at), spread_to(y, at)
            free_ = [v for v in dict.fromkeys((*free(left), *free(right))) if v not in {a.var for a in axes}]
            unknown = [v for v in free_ if v not in resolver.letters]
            if unknown:
                self.refuse(where, f"what does {unknown[0]} run over? no quantity in this line says it")
                continue
            lost = [v for v in free_ if v not in free(left)]
            if lost:
                self.refuse(where, f"which {lost[0]} is meant? nothing left of the sign says it")
                continue
            letters = tuple(Axis(v, resolver.letters[v].size, resolver.letters[v].kind) for v in free_)
            row, column = self.written.place(where)
            head = head if head is not None else left
            self.claims.append(Claim(row, column, left, right, m.rel, letters + axes, head, self.chain))


class Attempt:
    """All readings of one chain: for every layer that a letter may mean, the one assignment of names that fits."""

    def __init__(self, names: Glossary, members: list[Member]) -> None:
        self.names, self.members, self.at, self.tries = names, members, 0, 0

    def solve(self, layers: dict[str, int]) -> list[tuple[Resolver, list[Array]]]:
        try:
            return [self.only(layers)]
        except Layer as asked:
            letter = asked.letter
        out = []
        error: ReadError | None = None
        for value in range(1, self.names.layers + 1):
            try:
                out += self.solve({**layers, letter: value})
            except NoSuchLayer as missing:
                error = missing
        if not out:
            raise error or ReadError(f"no layer fits {letter}")
        return out

    def only(self, layers: dict[str, int]) -> tuple[Resolver, list[Array]]:
        found: list[tuple[Resolver, list[Array]]] = []
        errors: list[tuple[int, ReadError]] = []
        open_: list[dict[tuple[str, str, str], int]] = [{}]
        while open_:
            choices = open_.pop()
            self.tries += 1
            if self.tries > MOST_READINGS:
                raise ReadError("this row can be read in too many ways: write the layers")
            resolver = Resolver(self.names, choices, dict(layers))
            try:
                found.append((resolver, [self.value(resolver, k) for k in range(len(self.members))]))
            except Choice as asked:
                open_ += [{**choices, asked.key: k} for k in range(asked.options)]
                key = asked.key
            except ReadError as error:
                errors.append((self.at, error))
        if len(found) == 1:
            return found[0]
        if not found:
            self.at, first = max(errors, key=lambda e: e[0])
            raise first
        self.at = 0
        raise ReadError(
            f"which layer is meant? {key[0]}{'_' + key[1] if key[1] else ''} stands for several quantities here"
        )

    def value(self, resolver: Resolver, k: int) -> Array:
        self.at, member = k, self.members[k]
        resolver.text = member.part.text
        value = resolver.value(member.tree)
        if value.shape:
            value.entry((Index(),) * len(value.shape))  # what its entries hold is read now, so that it fails here
        return value


# --- tokens ----------------------------------------------------------------------------------------------------------


def _relates(t: Token) -> bool:
    return t.kind == "sign" and t.text in RELATIONS


def top(some: list[Token]) -> Iterator[Token]:
    """The tokens outside of all brackets."""
    deep = 0
    for t in some:
        if t.kind in ("sign", "command"):
            deep -= t.text in SHALLOWER
            if deep <= 0:
                yield t
            deep += t.text in DEEPER
        elif deep <= 0:
            yield t


def bared(some: list[Token]) -> list[Token]:
    """A row without the braces around all of it."""
    while len(some) > 2 and some[0].text == "{" and some[-1].text == "}":
        deep = 0
        for k, t in enumerate(some):
            deep += (t.text == "{") - (t.text == "}")
            if not deep and k < len(some) - 1:
                return some
        some = some[1:-1]
    return some


def pieces(some: list[Token], is_plain: bool, names: Glossary) -> list[tuple[str, list[Token]]]:
    """A row cut at words, commas and ⇒ outside of brackets, each piece with what stands before it."""
    out: list[tuple[str, list[Token]]] = [("", [])]
    outside = {id(t) for t in top(some)}
    for t in some:
        cut = t.kind == "word" or (t.kind == "sign" and t.text in PARTS) or (t.text == "." and t.kind == "sign")
        if t.kind == "sign" and t.text == "&" and id(t) in outside:
            continue
        if cut and id(t) in outside:
            out.append(("word" if t.kind == "word" or t.text in ".:" else ",", []))
            if t.text == ":":
                out = [("", [])] if not any(_relates(x) for _, p in out for x in p) else out
        else:
            out[-1][1].append(t)
    return [(b, unworded(p, names)) for b, p in out] if is_plain else out


def unworded(piece: list[Token], names: Glossary) -> list[Token]:
    """Words of prose before a formula in plain text: so dE/dw5 = …"""
    first = next((k for k, t in enumerate(piece) if _relates(t)), 0)
    k = 0
    while k < first and piece[k].kind == "name" and len(piece[k].text) > 1 and not known(piece[k].text, names):
        if k + 1 < len(piece) and piece[k + 1].glued:
            break
        k += 1
    return piece[k:] if k < first else piece


def known(word: str, names: Glossary) -> bool:
    return word in names.known or word in names.whole


def remark(piece: list[Token], names: Glossary) -> bool:
    """k = 1, 2: what an index runs over is no claim."""
    head = piece[0]
    if head.text == "h" and len(piece) == 3 and _relates(piece[1]) and piece[2].kind == "number":
        return True  # the step of a difference quotient
    single = len(head.text) == 1 and head.text.isalpha() and head.text not in names.bases
    return head.kind == "name" and single and len(piece) > 1 and _relates(piece[1])


def sentence(text: str, bare: str, names: Glossary) -> bool:
    """Whether words of prose stand on both sides: let the step be h = 0.01 on each side."""
    left, relation, _ = (*re.split(r"([=≈←])", text, maxsplit=1), "", "")[:3]
    right = re.split(r"[=≈←]", bare, maxsplit=1)[-1]
    return bool(relation) and all(any(not known(a, names) and not known(b, names) for a, b in PAIR.findall(part))
                                  for part in (left, right))  # fmt: skip


def trimmed(row: Row, names: Glossary) -> Row:
    """A line of plain text without its number, its comment and the reason behind it."""
    text = row.text
    label = LABEL.match(text)
    start = label.end() if label else 0
    end = min((k for k in (text.find("#", start), text.find("//", start)) if k >= 0), default=len(text))
    body = text[:end].rstrip()
    for gap in re.finditer(r"\s{2,}(?=\S)", body):
        rest = body[gap.end() :]
        if gap.start() and PROSE.fullmatch(rest) and any(w not in names.known for w in WORD.findall(rest)):
            body = body[: gap.start()]
            break
    if body.endswith((")", "]")) and (k := max(body.rfind("("), body.rfind("["))) > 0:
        words = body[k + 1 : -1].split()
        if body[k - 1] == " " and words and all(WORD.fullmatch(w.strip(",.")) and w not in names.known for w in words):
            body = body[:k].rstrip()
    relation = re.search(r"[=≈←]", body[start:])
    for gap in re.finditer(r"\s{2,}(?=\S)", body[start : start + relation.start()] if relation else ""):
        if any(not known(w, names) for w in WORD.findall(body[start : start + gap.start()])):
            start += gap.end()
            break
    body = body[start:]
    lead = len(body) - len(body.lstrip())
    return Row(body.strip(), row.offset + start + lead)


def column_of(error: ReadError) -> int:
    """The place of the caret in the message."""
    *_, last = str(error.faults[0].message).split("\n")
    return len(last) - 5 if last.strip(" ") == "^" else 0


def common(x: Array, y: Array) -> tuple[int | str, ...] | None:
    """The shape of a line; one number may stand for a whole array."""
    one = [(1,) * len(z.shape) for z in (x, y)]
    if len(x.shape) == len(y.shape):
        return broadcast_shape(x.shape, y.shape)
    if not x.shape or not y.shape:
        other, k = (y, 1) if not x.shape else (x, 0)
        alone = (x if not x.shape else y).entry(())
        return () if other.shape == one[k] else None if any(f.op in ENTRIES for f in walk(alone)) else other.shape
    return None


def spread_to(x: Array, at: tuple[Index, ...]) -> Form:
    return x.entry((Index(),) * len(x.shape)) if len(x.shape) > len(at) else spread(x, at)


def fresh(resolver: Resolver) -> list[str]:
    """Letters for the axes of an array that no index of the line is called by."""
    return [v for v in "ijkmpqrsuv" if v not in resolver.letters]
