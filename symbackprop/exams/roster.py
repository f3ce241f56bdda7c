"""A roster: who gets a paper.  A CSV with the columns id, name and group."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from symbackprop.errors import Place, SpecError
from symbackprop.exams.tables import Faults, table, text_of
from symbackprop.exams.variant import Student

COLUMNS = ("id", "name", "group")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{k}" for kind in ("com", "lpt") for k in range(1, 10))})
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")


def load(path: str | Path) -> tuple[Student, ...]:
    """The students of a roster; `-` is standard input."""
    return loads(text_of(Path(path)), str(path))


def loads(text: str, name: str = "<text>") -> tuple[Student, ...]:
    """The students of a roster's text.  Raises SpecError with every fault at once."""
    faults: Faults = []
    students: list[Student] = []
    lines: dict[str, int] = {}  # ids as if they were all small, each with its line
    for line, row in table(text, name, COLUMNS, ("id",), faults):
        student = Student(row["id"].strip(), plain(row["name"]), plain(row["group"]))
        faults += ((Place(name, line, key=key), told) for key, told in wrong(student))
        first = lines.setdefault(student.id.lower(), line)
        if first != line:
            faults.append((Place(name, line, key="id"), f"the id {student.id!r} stands in line {first} already"))
        students.append(student)
    if not students and not faults:
        faults.append((Place(name), "nobody stands in this roster; write a line for each student below the head"))
    if faults:
        raise SpecError.of(sorted(faults, key=lambda fault: fault[0].line or 0))
    return tuple(students)


def plain(text: str) -> str:
    """A line break is a blank."""
    return BREAKS.sub(" ", text).strip()


def wrong(student: Student) -> Iterator[tuple[str, str]]:
    """What is wrong with a student's line, by column."""
    if not student.id:
        yield "id", "every student has an id; write one of letters, digits, '.', '_' and '-'"
    elif not ID.fullmatch(student.id):
        allowed = "at most 64 letters, digits, '.', '_' and '-', a letter or digit first"
        yield "id", f"{student.id[:80]!r} is no id; write {allowed}"
    elif student.id.lower().partition(".")[0] in DEVICES:
        yield "id", f"{student.id!r} is the name of a device, which no file may have; put a letter before it"
    for key, text in (("name", student.name), ("group", student.group)):
        for char in dict.fromkeys(filter(refused, text)):
            yield key, f"U+{ord(char):04X} is not allowed: it prints nothing, or turns the text round; take it out"


def refused(char: str) -> bool:
    """What prints nothing and gives orders: controls, turns of direction, what is no character."""
    return char in BIDI or unicodedata.category(char) == "Cc" or ord(char) & 0xFFFE == 0xFFFE
