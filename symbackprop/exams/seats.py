"""seats.csv: where students sit, so that neighbours have different networks; where there is but one, as they come."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.source import digest
from symbackprop.exams.variant import Exam, Variant
from symbackprop.writers import csv

PLACE = "seats.csv"
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
    rows = [
        (group, str(seat), one.student, one.name, one.variant)
        for group in sorted(groups)
        for seat, one in enumerate(apart(groups[group]), 1)
    ]
    yield PLACE, (csv.rows([HEAD, *rows]).encode(),)


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
