"""Where students sit, so that neighbours have different networks; where there is but one, as they come.

seats.csv is for a spreadsheet, seats.html a page to print, in the exam's language.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from symbackprop import language as words
from symbackprop.document import Block, Document, Heading, Inlines, Table, Text
from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.source import digest
from symbackprop.exams.variant import Exam, Variant
from symbackprop.writers import csv, render

PLACE, PAGE = "seats.csv", "seats.html"
MOST_PRINTED = 20_000  # seats: a longer page opens in no browser
HEAD = ("group", "seat", "student", "name", "variant")


class Seated(NamedTuple):
    """A student, and what tells the networks of variants apart."""

    group: str
    student: str
    name: str
    variant: str
    network: str


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    if variant.student is not None:
        who = variant.student
        seated = Seated(who.group, who.id, who.name, variant.id, network(variant))
        yield PLACE, json.dumps(seated, ensure_ascii=False).encode()


def network(variant: Variant) -> str:
    """The same for variants that differ in numbers alone."""
    problem = variant.problem
    return digest(*problem.program, problem.error, *(str(sorted(problem.shapes.items())),)).hex()[:16]


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    groups: dict[str, list[Seated]] = defaultdict(list)
    for _, content in pieces:
        seated = Seated(*json.loads(content))
        groups[seated.group].append(seated)
    rooms = {
        group: [(str(seat), one.student, one.name, one.variant) for seat, one in enumerate(apart(groups[group]), 1)]
        for group in sorted(groups)
    }
    rows = [(group, *row) for group, room in rooms.items() for row in room]
    yield PLACE, (csv.rows([HEAD, *rows]).encode(),)
    if len(rows) <= MOST_PRINTED:
        page = render(document(rooms, exam.title or exam.name, exam.language), "html")
        yield PAGE, (page.encode() if isinstance(page, str) else page,)


def document(rooms: Mapping[str, Sequence[tuple[str, ...]]], title: str, lang: str) -> Document:
    """A table for each group."""

    def say(key: str, **slots: words.Slot) -> Inlines:
        return words.say(lang, f"seats.{key}", **slots)

    head = tuple(say(f"head-{key}") for key in HEAD[1:])
    blocks: list[Block] = [Heading(1, say("title", title=title))]
    for k, (group, room) in enumerate(rooms.items(), 1):
        rows = tuple(tuple((Text(cell),) for cell in row) for row in room)
        if group:
            blocks.append(Heading(2, say("group", group=group)))
        blocks.append(Table(head, rows, "rlll", say("caption"), f"seats-{k}"))
    return Document(words.text(lang, "seats.title", title=title), lang, tuple(blocks))


def apart(some: Sequence[Seated]) -> list[Seated]:
    """In an order in which neighbours have different networks, where there is one.

    Next is always somebody of the network that most are left of, other than the last one's.
    """
    left: dict[str, list[Seated]] = defaultdict(list)
    for one in sorted(some, key=lambda one: one.variant, reverse=True):
        left[one.network].append(one)
    counts = Counter({name: len(ones) for name, ones in left.items()})
    out: list[Seated] = []
    while counts:
        last = out[-1].network if out else ""
        name = max(counts, key=lambda name: (name != last, counts[name], name))
        out.append(left[name].pop())
        counts[name] -= 1
        if not counts[name]:
            del counts[name]
    return out


SEATS = Format(pieces, files)
