"""A folder of hand-ins: each judged by itself, then who made which mistake in which row.

A hand-in that cannot be used is listed with its fault and stops nobody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from symbackprop.document import Document, Heading, Inlines, Paragraph, Table, Text
from symbackprop.errors import OutputError, Place, SymbackpropError, one_line
from symbackprop.language import listed, say, text
from symbackprop.reader.documents import MOST_BYTES
from symbackprop.spec.files import decoded, read, standard_input
from symbackprop.spec.problem import Problem
from symbackprop.verdicts.told import counted, so_many
from symbackprop.verdicts.verified import FORMATS, Verified, verified
from symbackprop.verifier.report import VERDICTS, Report, Verdict
from symbackprop.workers import Cluster
from symbackprop.writers.csv import rows as csv_rows

SPAWN = get_context("spawn")  # a fork would copy the caller's threads and locks
REPORT = ".report"  # in the name of what is written, which is never a hand-in


@dataclass(frozen=True)
class Desk:
    """What all hand-ins are judged with."""

    problem: Problem
    formats: tuple[str, ...]
    notation: str | None = None
    lang: str | None = None
    exact: bool = False
    budget: float | None = None  # seconds for a claim, where nobody looks on

    @property
    def language(self) -> str:
        return self.lang or self.problem.presentation.language

    def verified(self, text: str, name: str) -> Verified:
        return verified(
            text,
            self.problem,
            notation=self.notation,
            lang=self.lang,
            exact=self.exact,
            name=name,
            budget=self.budget,
        )

    def judged(self, path: Path) -> HandIn:
        return self.judged_text(Handed.in_(path))

    def judged_text(self, handed: Handed) -> HandIn:
        if handed.fault:
            return HandIn(handed.name, fault=handed.fault)
        try:
            found = self.verified(handed.text, handed.name)
        except SymbackpropError as error:
            return HandIn(handed.name, fault=_told(error))
        except Exception as error:  # one hand-in never stops the others
            return HandIn(handed.name, fault=f"a fault of the program: {type(error).__name__}: {one_line(str(error))}")
        return HandIn.of(handed.name, found, {f: found.render(f) for f in self.formats})


class Handed(NamedTuple):
    """A hand-in as it was read, or why it cannot be: a cluster's workers see no file of this machine."""

    name: str
    text: str = ""
    fault: str = ""

    @classmethod
    def in_(cls, path: Path) -> Handed:
        try:
            return cls(path.name, given(path))
        except SymbackpropError as error:
            return cls(path.name, fault=_told(error))


def _told(error: SymbackpropError) -> str:
    return "; ".join(one_line(fault.message) for fault in error.faults)


@dataclass(frozen=True)
class HandIn:
    name: str
    fault: str = ""
    counts: dict[Verdict, int] = field(default_factory=dict)
    first_wrong: int | None = None
    mistakes: dict[str, tuple[int, ...]] = field(default_factory=dict)  # the likeliest of each wrong row
    unread: tuple[tuple[int, int, str], ...] = ()
    reports: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, found: Verified, reports: dict[str, str]) -> HandIn:
        report = found.report
        return cls(name, "", counted(report), report.first_wrong, likeliest(report), found.unread, reports)

    @property
    def status(self) -> int:
        return 1 if self.first_wrong is not None else 2 if self.fault or self.unread else 0


def given(path: Path) -> str:
    """The text of a derivation; - is standard input."""
    name = str(path)
    return decoded(standard_input(MOST_BYTES) if name == "-" else read(path, MOST_BYTES), name)


def likeliest(report: Report) -> dict[str, tuple[int, ...]]:
    """The first mistake that is named for each claim, with its rows."""
    out: dict[str, tuple[int, ...]] = {}
    for line in report.lines:
        for name in dict.fromkeys(j.mistakes[0].mistake for j in line.claims if j.mistakes):
            out[name] = (*out.get(name, ()), line.row)
    return out


def hand_ins(folder: Path) -> list[Path]:
    """The files of a folder by name, without hidden ones and without reports."""
    try:
        found = [p for p in folder.iterdir() if p.is_file() and p.name[0] != "." and REPORT not in p.suffixes]
    except OSError as error:
        raise SymbackpropError(f"this folder cannot be read: {error.strerror}", Place(str(folder))) from error
    if not found:
        raise SymbackpropError("no hand-in lies in this folder", Place(str(folder)))
    return sorted(found, key=lambda p: p.name)


def stems(names: Sequence[str]) -> dict[str, str]:
    """What each hand-in's report is called after: its stem, or its whole name where another has that stem."""
    used = Counter(Path(name).stem.casefold() for name in names)
    return {name: Path(name).stem if used[Path(name).stem.casefold()] == 1 else name for name in names}


# --- one by one, by several processes, or by a cluster ----------------------------------------------------------------


def judged_by(crew: Cluster, paths: Sequence[Path], desk: Desk) -> Iterator[HandIn]:
    """In the order of the paths, by the workers of a cluster."""
    for path, result in zip(paths, crew(desk.judged_text, map(Handed.in_, paths)), strict=True):
        try:
            yield result()
        except SymbackpropError as error:  # its worker ended, and so did those that tried again
            yield HandIn(path.name, fault=_told(error))


def judged(paths: Sequence[Path], desk: Desk, workers: int = 1) -> Iterator[HandIn]:
    """In the order of the paths."""
    if workers == 1 or len(paths) == 1:
        yield from map(desk.judged, paths)
        return
    with ProcessPoolExecutor(min(workers, len(paths)), SPAWN) as pool:
        tasks = [pool.submit(desk.judged, path) for path in paths]
        for path, task in zip(paths, tasks, strict=True):
            try:
                yield task.result()
            except BrokenExecutor:
                yield _alone(path, desk)


def _alone(path: Path, desk: Desk) -> HandIn:
    """Once more, in a process of its own: a process that ends takes the others' tasks with it."""
    with ProcessPoolExecutor(1, SPAWN) as pool:
        try:
            return pool.submit(desk.judged, path).result()
        except BrokenExecutor:
            return HandIn(path.name, fault="the process that judged it ended: it may want too much memory")


# --- the table -------------------------------------------------------------------------------------------------------


def table(hand_ins: Sequence[HandIn]) -> str:
    """For a spreadsheet: a line for each hand-in, with a column for each verdict and for each mistake."""
    made = mistakes(hand_ins)
    head = ["hand-in", "first_wrong", *VERDICTS, *made, "fault"]
    return csv_rows([head, *(_line(one, made) for one in hand_ins)])


def _line(one: HandIn, made: Iterable[str]) -> list[str]:
    counts = ["" if one.fault else str(one.counts[v]) for v in VERDICTS]
    rows = [" ".join(map(str, one.mistakes.get(name, ()))) for name in made]
    return [one.name, "" if one.first_wrong is None else str(one.first_wrong), *counts, *rows, one.fault]


def mistakes(hand_ins: Iterable[HandIn]) -> dict[str, int]:
    """How many hand-ins have each mistake, the most frequent first."""
    return dict(Counter(name for one in hand_ins for name in one.mistakes).most_common())


def document(hand_ins: Sequence[HandIn], lang: str) -> Document:
    """The same for a reader, with how many made each mistake."""

    def words(*keys: str) -> tuple[Inlines, ...]:
        return tuple(say(lang, f"class.{key}") for key in keys)

    n = len(hand_ins)
    header = words("hand-in", "first-wrong", "rows", "mistakes")
    rows = tuple(_cells(one, lang) for one in hand_ins)
    count = say(lang, "class.count-one" if n == 1 else "class.count", n=str(n))
    made = mistakes(hand_ins)
    counts = tuple(((Text(name),), say(lang, f"mistake.{name}.done"), (Text(str(k)),)) for name, k in made.items())
    last = (
        Table(words("mistake", "meaning", "hand-ins"), counts, "llr", say(lang, "class.made"), "mistakes")
        if counts
        else Paragraph(say(lang, "class.none"))
    )
    title = say(lang, "class.title")
    return Document(
        text(lang, "class.title"), lang, (Heading(1, title), Table(header, rows, "lrll", count, "hand-ins"), last)
    )


def _cells(one: HandIn, lang: str) -> tuple[Inlines, ...]:
    if one.fault:
        return (Text(one.name),), (), say(lang, "class.unusable", why=one.fault), ()
    counts = so_many(one.counts, lang)
    made = [
        say(lang, "class.made-at", mistake=name, rows=", ".join(map(str, rows))) for name, rows in one.mistakes.items()
    ]
    first = () if one.first_wrong is None else (Text(str(one.first_wrong)),)
    return (Text(one.name),), first, listed(lang, counts), listed(lang, made)


def apart(folder: Path, out: Path) -> None:
    """Raise where the reports would lie among the hand-ins."""
    if out.exists() and out.resolve() == folder.resolve():
        raise OutputError("the hand-ins lie here; name another folder with -o", Place(str(out)))


def report_names(names: Sequence[str], format: str) -> dict[str, str]:
    """Ana.md is judged in Ana.report.html."""
    return {name: f"{stem}{REPORT}{FORMATS[format].suffix}" for name, stem in stems(names).items()}
