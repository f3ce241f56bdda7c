r"""A derivation as somebody wrote it, as claims: left rel right, each side a Form over the network's entries.

A chain a = b = c makes a claim at each of its signs, a = b and b = c, and each remembers the chain's head a.  A row
that cannot be read is told with its place; no part of a document is passed over silently but prose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from symbackprop.errors import ReadError
from symbackprop.form import ENTRIES, Axis, Form, Index, free, walk
from symbackprop.reader.arrays import Array, broadcast_shape, shape_text, spread
from symbackprop.reader.documents import Display, Row, Written, document
from symbackprop.reader.tokens import MOST_CHARACTERS, Token, tokens
from symbackprop.reader.trees import OPERATORS, sides
from symbackprop.reader.written import Grammar
from symbackprop.verifier.attempt import Attempt, Member, Part
from symbackprop.verifier.definitions import defined, new_name
from symbackprop.verifier.glossary import Glossary
from symbackprop.verifier.prose import bared, pieces, relates, remark, sentence, top, trimmed, unworded_end, wordy
from symbackprop.verifier.resolve import Resolver


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
    defines: str = ""  # the name that the text gives to the right side; both sides are that

    @property
    def digits(self) -> int | None:
        """How many decimals the right side has, where it is a printed number."""
        form = self.right.forms[0] if self.right.op == "neg" else self.right
        return decimals(form) if form.op == "shown" else None


class Unread(NamedTuple):
    """A row that could not be read: where reading stopped, and in one line why and what to write instead."""

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


class _Reader:
    def __init__(self, written: Written, names: Glossary) -> None:
        self.written, self.names = written, names
        self.claims: list[Claim] = []
        self.unread: list[Unread] = []
        self.chain = 0

    def refuse(self, offset: int, error: ReadError | str) -> None:
        self.unread.append(Unread(*self.written.place(offset), str(error).partition("\n")[0]))

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
        counting, said = any(t.text == "…" for t in some), False
        for k, (before, piece) in enumerate(pieces(bared(some), display.kind == "plain", self.names)):
            if not piece:
                continue
            relation = any(relates(t) for t in top(piece))
            if display.kind == "plain" and not relation and wordy(piece, self.names):
                said = True
                continue
            piece = unworded_end(piece, self.names) if said else piece
            first, open_ = piece[0], bool(parts)
            goes_on = first.kind == "sign" and (first.text in OPERATORS or first.text in "+-") and k == 0 and open_
            if goes_on and (not relation or first.text not in "-"):
                parts[-1] = self.joined(parts[-1], row, piece)
            elif relates(first) and open_:
                parts.append(self.part(row, piece))
            elif relation or (not open_ and k == 0):
                self.flush(parts, display)
                parts = [] if relation and remark(piece, self.names, counting) else [self.part(row, piece)]
            elif before != "word" and not (before == "," and k and not open_):
                self.refuse(row.offset + first.column, "no relation stands here: write = or ≈ between two sides")
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
        if len(members) == 1 and (display.kind == "display" or members[0].rel):
            missing = "nothing stands left of this sign" if members[0].rel else "no relation stands in this formula"
            where = members[0].part.offset + members[0].column
            self.refuse(where, f"{missing}: write = or ≈ between two sides")
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
        try:
            self.claims_of(members)
        except RecursionError:  # a sum of hundreds of terms is nested as deeply
            where = members[0].part.offset + members[0].column
            self.refuse(where, "more terms or factors than a row may have: write it in two rows")

    def claims_of(self, members: list[Member]) -> None:
        """Claims between neighbours; a member that cannot be read is told and left out."""
        if self.define(members):
            return
        while len(members) > 1:
            attempt = Attempt(self.names, members)
            try:
                for resolver, values in attempt.solve({}):
                    self.claim(members, resolver, values)
                return
            except ReadError as error:
                members = self.without(members, attempt.at, error)

    def without(self, members: list[Member], k: int, error: ReadError) -> list[Member]:
        """The chain without a member that cannot be read."""
        self.refuse(members[k].part.offset + (column_of(error) or members[k].column), error)
        return members[:k] + members[k + 1 :]

    def define(self, members: list[Member]) -> bool:
        """Whether the chain begins with a new name, which stands from here on for what is behind its sign."""
        name = new_name(self.names, members[0].tree) if members[1].rel in ("=", ":=") else None
        while name and len(members) > 1:
            attempt = Attempt(self.names, members[1:])
            try:
                readings = attempt.solve({})
                break
            except ReadError as error:
                members = self.without(members, attempt.at + 1, error)
        else:
            return name is not None
        (resolver, values), *more = readings
        row = None if more else defined(name, values[0], resolver)
        if row is None:
            return False
        self.claim(members, resolver, [values[0], *values], str(name))
        self.names = self.names.defining(name.base, row)
        return True

    def claim(self, members: list[Member], resolver: Resolver, values: list[Array], name: str = "") -> None:
        head, said, unsaid = None, dict[str, Index](), set[str]()
        for k, ((x, y), m) in enumerate(zip(pairwise(values), members[1:], strict=True)):
            shape = common(x, y)
            where = m.part.offset + m.column
            if shape is None:
                self.refuse(where, f"the sides have {shape_text(x.shape)} and {shape_text(y.shape)} entries")
                continue
            axes = tuple(Axis(v, n) for v, n in zip(fresh(resolver), shape, strict=False))
            at = tuple(Index(0, ((1, a.var),)) for a in axes)
            left, right = spread_to(x, at).where(said), spread_to(y, at).where(said)
            named = free(left)
            free_ = [v for v in dict.fromkeys((*named, *free(right))) if v not in {a.var for a in axes}]
            unknown = [v for v in free_ if v not in resolver.letters]
            if unknown:
                self.refuse(where, f"what does {unknown[0]} run over? no quantity in this line says it")
                continue
            lost = [v for v in free_ if v not in named]
            meant = {v: i for v in lost if (i := self.names.only_unit(v, left)) is not None}
            said, right = said | meant, right.where(meant)
            free_, lost = ([v for v in some if v not in meant] for some in (free_, lost))
            if unsaid & set(free_):
                continue  # which has been told
            unsaid |= set(lost)
            if lost:
                self.refuse(where, f"which {lost[0]} is meant? nothing left of the sign says it: write its number")
                continue
            letters = tuple(Axis(v, resolver.letters[v].size, resolver.letters[v].kind) for v in free_)
            row, column = self.written.place(where)
            head = head if head is not None else left
            rel = m.rel if m.rel != ":=" else "←" if left in walk(right) else "="  # w := w − …, or a definition
            defines = "" if k else name
            self.claims.append(Claim(row, column, left, right, rel, letters + axes, head, self.chain, defines))


def column_of(error: ReadError) -> int:
    """The place of the caret in the message."""
    *_, last = str(error.faults[0].message).split("\n")
    return len(last) - 5 if last.strip(" ") == "^" else 0


def common(x: Array, y: Array) -> tuple[int | str, ...] | None:
    """The shape of a line; one number may stand for a whole array."""
    if not x.shape and not y.shape:
        return ()
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
