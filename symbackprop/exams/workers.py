"""Who makes the variants: this process, several, or a cluster; the same bytes from each.

A task is a span of variants.  It is made as if no other variant had taken any keys; where one of them has (which is
seen when the spans come together, in order), the span is made once more by whoever knows which keys are taken.

    Crew = (make, tasks) → what each task gives, in order, each to be called for
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

from symbackprop import workers
from symbackprop.errors import SymbackpropError
from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.table import FORMATS
from symbackprop.exams.plan import Plan
from symbackprop.exams.seats import SEATS
from symbackprop.exams.taken import Taken
from symbackprop.exams.variant import Student
from symbackprop.exams.variants import Maker
from symbackprop.workers import AHEAD, ahead

SPAN = 128  # variants of a task

MAKABLE: dict[str, Format] = {**FORMATS, "seats": SEATS}


class Job(NamedTuple):
    """What is the same for all tasks."""

    key: str  # the same for jobs that make the same
    plan: Plan
    seed: str
    formats: tuple[str, ...]


class Task(NamedTuple):
    """Variants start … stop − 1; the students among them are those of the first."""

    job: Job
    start: int
    stop: int
    students: tuple[Student, ...] = ()


class Made(NamedTuple):
    """The marks of the keys, and what every format has of the variants."""

    marks: tuple[bytes, ...]
    pieces: dict[str, list[Piece]]


_kept = threading.local()  # a maker is one thread's own


def maker(job: Job) -> Maker:
    """The last job's maker is kept: its networks are derived once."""
    if getattr(_kept, "key", None) != job.key:
        _kept.key, _kept.maker = job.key, Maker(job.plan, job.seed)
    return _kept.maker  # type: ignore[no-any-return]


def make(task: Task, taken: Taken | None = None) -> Made:
    job, own = task.job, maker(task.job)
    own.taken = Taken() if taken is None else taken
    asked = [(k, own_student(task, k)) for k in range(task.start, task.stop)]
    marks: list[bytes] = []
    pieces: dict[str, list[Piece]] = {name: [] for name in job.formats}
    for mark, variant in own.marked(asked):
        marks.append(mark)
        for name in job.formats:
            pieces[name] += MAKABLE[name].pieces(job.plan.exam, variant)
    return Made(tuple(marks), pieces)


def own_student(task: Task, k: int) -> Student | None:
    place = k - task.start
    return task.students[place] if place < len(task.students) else None


# ---- crews -----------------------------------------------------------------------------------------------------------

Result = Callable[[], Made]
Crew = Callable[[Iterable[Task]], Iterator[Result]]


def alone(tasks: Iterable[Task]) -> Iterator[Result]:
    for task in tasks:
        yield partial(make, task)


def processes(count: int) -> Crew:
    """Spawned ones: a fork would copy the caller's threads and locks."""

    def run(tasks: Iterable[Task]) -> Iterator[Result]:
        pool = ProcessPoolExecutor(count, get_context("spawn"))
        try:
            yield from ahead(lambda task: pool.submit(make, task), tasks, AHEAD * count, _ended)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    return run


def _ended(future: Any) -> Made:
    try:
        return future.result()  # type: ignore[no-any-return]
    except BrokenExecutor:
        told = "a process that made variants has ended, perhaps for want of memory; run this again with fewer --workers"
        raise SymbackpropError(told) from None


def cluster(address: str) -> Crew:
    return partial(workers.cluster(address), make)
