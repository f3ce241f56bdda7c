"""A run: an exam's variants into a folder, in every format that is asked for.

Spans of variants are made and stored one after the other, so a run that was broken off goes on where it stopped; then
each format makes its files of what is stored.  A folder that is finished is left alone, or gets what it has not yet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from symbackprop.errors import OutputError, Place, SymbackpropError
from symbackprop.exams.complete import data_of
from symbackprop.exams.folder import Folder
from symbackprop.exams.formats import Piece
from symbackprop.exams.plan import Plan
from symbackprop.exams.taken import Taken
from symbackprop.exams.variant import Student
from symbackprop.exams.workers import MAKABLE, SPAN, Crew, Job, Made, Task, alone, make, maker
from symbackprop.progress import counted

LINES = "jsonl"  # always made: marking reads it
DEFAULT = (LINES, "csv")
SEATS = "seats"  # made for a roster
SCHEMA = "symbackprop/exam-folder/1"
MOST = 10_000_000  # variants

About = dict[str, Any]


def how_many(variants: int | None, students: Sequence[Student] | None) -> int:
    """One for each student, where no number is given."""
    if variants is None and students is None:
        raise SymbackpropError("say how many variants: --variants 30, or --roster roster.csv for one for each student")
    count = len(students or ()) if variants is None else variants
    if count > MOST:
        raise SymbackpropError(f"{count:,} variants; at most {MOST:,} are made")
    if students is not None and count < len(students):
        raise SymbackpropError(
            f"{count:,} variants are too few for the {len(students):,} students of the roster; leave --variants out"
        )
    return count


class Run:
    """What is made: this exam, this seed, so many variants, for these students."""

    def __init__(
        self,
        plan: Plan,
        seed: str | int | None = None,
        variants: int | None = None,
        roster: Sequence[Student] | None = None,
        formats: Iterable[str] = DEFAULT,
        templates: Path | None = None,
    ) -> None:
        self.plan = replace(plan, exam=replace(plan.exam, templates=templates)) if templates else plan
        self.seed = str(plan.words.seed if seed is None else seed)
        self.students = tuple(roster or ())
        self.count = how_many(variants, roster)
        self.formats = tuple(dict.fromkeys((LINES, *formats, *((SEATS,) if roster is not None else ()))))

    # ---- what tells it from others -------------------------------------------------------------------------------

    def about(self) -> About:
        return {
            "schema": SCHEMA,
            "exam": _digest(repr(self.plan.words), json.dumps(data_of(self.plan.base))),
            "seed": self.seed,
            "variants": self.count,
            "students": len(self.students),
            "roster": self.roster(len(self.students)),
            "templates": str(self.plan.exam.templates or ""),
        }

    def roster(self, count: int) -> str:
        """The same for rosters that begin with the same students."""
        return _digest(*(part for s in self.students[:count] for part in (s.id, s.name, s.group)))

    def differs(self, other: About) -> str:
        """Why this is no continuation of what a folder holds; nothing where it is one."""
        own = self.about()
        try:
            count, students = int(other["variants"]), int(other["students"])
            if other["seed"] != own["seed"]:
                return f"variants of another seed: {str(other['seed'])[:80]!r}"
            if other["exam"] != own["exam"]:
                return "variants of another exam, or of this one before it was changed"
            if other["templates"] != own["templates"]:
                return "variants that were written with other templates"
            same = self.roster(students) == other["roster"]
            if not same or (len(self.students) > students and students < count):
                return "variants for another roster"
            return f"{count:,} variants, more than are asked for" if count > self.count else ""
        except (KeyError, TypeError, ValueError):
            return "something else"

    # ---- making --------------------------------------------------------------------------------------------------

    def spans(self) -> list[range]:
        return [range(k, min(k + SPAN, self.count)) for k in range(0, self.count, SPAN)]

    def job(self) -> Job:
        return Job(_digest(json.dumps(self.about()), *self.formats), self.plan, self.seed, self.formats)

    def task(self, job: Job, span: range) -> Task:
        return Task(job, span.start, span.stop, self.students[span.start : span.stop])

    def made(self, spans: Sequence[range], taken: Taken, crew: Crew) -> Iterator[tuple[range, Made]]:
        """Each span in order, with keys that no other has."""
        job = self.job()
        tasks = [self.task(job, span) for span in spans]
        for task, span, result in zip(tasks, spans, crew(tasks), strict=True):
            try:
                made = result()
                again = any(mark in taken for mark in made.marks)
            except SymbackpropError:  # told by whoever knows what is taken
                again = True
            if again:
                made = make(task, taken)
            for mark in made.marks:
                taken.add(mark)
            yield span, made

    def into(self, path: Path, crew: Crew = alone) -> bool:
        """Make the folder, or what it has not yet; whether there was anything to do."""
        folder = Folder(path)
        if self.finished(folder):
            return False
        maker(self.job()).stock(0)  # what cannot be asked is told before anything is written
        with folder.locked():
            self.taken_up(folder)
            self.work(folder, crew)
        return True

    def finished(self, folder: Folder) -> bool:
        """Whether the folder has all of it.  Raises where it holds something else."""
        about = folder.about()
        if about is None:
            if folder.begun() is None and (folder.path / "variants.jsonl").exists():
                raise self.refused(folder, "variants of which nothing else is known")
            return False
        if told := self.differs(about):
            raise self.refused(folder, told)
        kept: dict[str, dict[str, int]] = about.get("formats", {})
        whole = about["variants"] == self.count and all(name in kept for name in self.formats)
        return whole and all(folder.count(top) >= n for name in self.formats for top, n in kept[name].items())

    def taken_up(self, folder: Folder) -> None:
        """Go on with what is there: its formats are made too, so that none stays behind."""
        for about in (folder.begun(), folder.about()):
            if about is not None:
                if told := self.differs(about):
                    raise self.refused(folder, told)
                both = dict.fromkeys((*about["formats"], *self.formats))
                self.formats = tuple(name for name in both if name in MAKABLE)
        folder.begin({**self.about(), "formats": list(self.formats)})

    def work(self, folder: Folder, crew: Crew) -> None:
        spans, taken, done = self.spans(), Taken(), 0
        for span in spans:
            marks = folder.stored(span, self.formats)
            if marks is None:
                break
            for mark in marks:
                taken.add(mark)
            done += 1
        left = spans[done:]
        for span, made in counted(self.made(left, taken, crew) if left else (), "variants", len(left)):
            folder.store(span, made)
        folder.finish({**self.about(), "formats": {name: self.written(folder, spans, name) for name in self.formats}})

    def written(self, folder: Folder, spans: Sequence[range], format: str) -> dict[str, int]:
        """A format's files, each in its place; how many there are below each name."""
        tops: Counter[str] = Counter()
        pieces: Iterator[Piece] = folder.pieces(spans, format)
        for name, parts in MAKABLE[format].files(self.plan.exam, pieces):
            folder.put(name, parts)
            tops[name.partition("/")[0]] += 1
        return dict(sorted(tops.items()))

    def streamed(self, format: str, crew: Crew = alone) -> Iterator[bytes]:
        """The one file of a format in parts, for standard output."""
        self.formats = (format,)

        def pieces() -> Iterator[Piece]:
            for _, made in self.made(self.spans(), Taken(), crew):
                yield from made.pieces[format]

        for k, (_, parts) in enumerate(MAKABLE[format].files(self.plan.exam, pieces())):
            if k:
                raise SymbackpropError(f"-o - takes one file, and {format} writes several; name a folder")
            yield from parts

    def refused(self, folder: Folder, told: str) -> OutputError:
        return OutputError(f"this folder holds {told}; name another with -o", Place(str(folder.path)))


def _digest(*parts: str) -> str:
    own = sha256()
    for part in parts:
        own.update(b"%d:%s" % (len(part.encode()), part.encode()))
    return own.hexdigest()
