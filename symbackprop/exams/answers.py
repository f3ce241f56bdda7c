"""What students wrote: the table of answers, and how an answer is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from symbackprop.errors import Place, SpecError
from symbackprop.exams.papers import Asked, Paper, papers
from symbackprop.exams.tables import Faults, table, text_of
from symbackprop.templating import plain_text

COLUMNS = ("student", "question", "answer")
NUMBER = re.compile(r"[+-]?(?:\d{1,20}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,3})?", re.ASCII)
SIGNS = str.maketrans({"−": "-", "–": "-", "\u00a0": None, "\u202f": None, " ": None, "'": None})
BEFORE = re.compile(r".*=", re.S)
QUESTION = re.compile(r"q?(\d+(?:\.\d+)?)\.?", re.ASCII)


class HandedIn(NamedTuple):
    """A student's paper with the answers to its questions."""

    paper: Paper
    answers: dict[str, str]


def load(path: str | Path, folder: Path) -> list[HandedIn]:
    """The answers of a file, with the papers of a folder; `-` is standard input."""
    return loads(text_of(Path(path)), str(path), folder)


def loads(text: str, name: str, folder: Path) -> list[HandedIn]:
    """In the order in which students first stand in the table.  Raises SpecError with every fault at once."""
    faults: Faults = []
    rows = list(table(text, name, COLUMNS, COLUMNS, faults))
    known = by_student(papers(folder, {row["student"].strip().lower() for _, row in rows}))
    found: dict[str, HandedIn] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, row in rows:
        paper = known.get(row["student"].strip().lower())
        if paper is None:
            faults.append((Place(name, line, key="student"), nobody(row["student"].strip(), known)))
            continue
        id = question(row["question"])
        if id not in paper.asked:
            faults.append((Place(name, line, key="question"), no_question(row["question"].strip(), paper)))
            continue
        first = lines.setdefault((paper.id, id), line)
        if first != line:
            told = f"{row['student'].strip()} answers {id} in line {first} already; leave one of the two"
            faults.append((Place(name, line), told))
        found.setdefault(paper.id, HandedIn(paper, {})).answers[id] = plain_text(row["answer"]).strip()
    if not rows and not faults:
        faults.append((Place(name), "no answer stands here; write a line for each below the head"))
    if faults:
        raise SpecError.of(sorted(faults, key=lambda fault: fault[0].line or 0))
    return list(found.values())


def by_student(some: Iterable[Paper]) -> dict[str, Paper]:
    """By the ids of students, and of variants where no student has that id."""
    found: dict[str, Paper] = {}
    students: dict[str, Paper] = {}
    for paper in some:
        found[paper.id.lower()] = paper
        if paper.student:
            students[paper.student.lower()] = paper
    return found | students


def question(text: str) -> str:
    """q3.2, also as Q3.2 and 3.2."""
    found = QUESTION.fullmatch(text.strip().lower())
    return f"q{found[1]}" if found else text.strip()


def nobody(student: str, known: Sequence[str] | dict[str, Paper]) -> str:
    if not student:
        return "nobody is named; write the id of a student or of a variant"
    near = get_close_matches(student.lower(), known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"no student and no variant of this exam is called {student[:80]!r}{hint}"


def no_question(text: str, paper: Paper) -> str:
    parts = [id for id in paper.asked if id.startswith(f"{question(text)}.")]
    told = f"write {', '.join(parts)}" if parts else f"there are {', '.join(paper.asked)}"
    return f"variant {paper.id} has no question {text[:80]!r}; {told}"


# ---- reading ---------------------------------------------------------------------------------------------------------


def number(text: str) -> Decimal | None:
    """A number, with a point or a comma before its decimals; of a chain w = … = 0.3 the last."""
    bare = BEFORE.sub("", text).translate(SIGNS)
    return Decimal(bare.replace(",", ".")) if NUMBER.fullmatch(bare) else None


def letter(text: str, asked: Asked) -> int | None:
    """Which option: by its letter, (b), or by what stands there."""
    found = re.fullmatch(r"\(?([a-z])[.)]?", text.strip().lower())
    texts = [option for option, _ in asked.options]
    if found and ord(found[1]) - ord("a") < len(texts):
        return ord(found[1]) - ord("a")
    return texts.index(text.strip()) if texts.count(text.strip()) == 1 else None


def order(text: str, asked: Asked) -> str | None:
    """The items by their letters: cadb, also c, a, d, b."""
    bare = re.sub(r"[\s,;.>→()-]+", "", text).lower()
    return bare if sorted(bare) == sorted(asked.key) else None


def words(text: str) -> str:
    """Without blanks, brackets around the whole, and other signs for ×."""
    bare = re.sub(r"\s+", "", text).lower().replace("×", "x").replace("*", "x")
    shape = re.fullmatch(r"[(\[]?(\d+(?:[x,;]\d+)*)[,;]?[)\]]?", bare)
    return re.sub("[,;]", "x", shape[1]) if shape else bare
