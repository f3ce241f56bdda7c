"""Runs: the same bytes however they are made, broken off, or taken up again; one at a time; nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from exam_texts import EXAMPLES, exam, planned
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import MissingExtra, OutputError, SpecError, SymbackpropError
from symbackprop.exams import run as module
from symbackprop.exams import taken as taken_module
from symbackprop.exams import workers
from symbackprop.exams.folder import STATE, Folder
from symbackprop.exams.formats.jsonl import Lines
from symbackprop.exams.run import DEFAULT, MOST, Run
from symbackprop.exams.taken import Taken
from symbackprop.exams.variant import Student
from symbackprop.exams.variants import variants
from symbackprop.exams.workers import Result, Task, alone, make, processes

ONE = 'kind = "partial"; ask = "w5"'
PLAN = planned(ONE, network=str(EXAMPLES / "mazur.toml"))
FEW = "[draw]\nw1 = { min = 0.1, max = 0.9, step = 0.05 }\n"  # 17 values
ROSTER = tuple(Student(f"s{k}", f"Name {k}", "AB"[k % 2]) for k in range(5))


@pytest.fixture(autouse=True)
def short_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPAN", 3)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_lines_are_the_variants(tmp_path: Path) -> None:
    assert Run(PLAN, 7, 8).into(tmp_path)
    writer = Lines(PLAN.exam)
    expected = [writer.line(variant) for variant in variants(PLAN, 7, 8)]
    assert (tmp_path / "variants.jsonl").read_text("utf-8").splitlines() == expected
    assert set(tree(tmp_path)) == {"variants.jsonl", "keys.csv", "exam.json"}


def test_keys_that_are_taken_in_an_earlier_span(tmp_path: Path) -> None:
    """Of 17 values, 15 are asked for in spans that know nothing of each other."""
    plan = planned('kind = "partial"; ask = "w1"', draw=FEW, digits=8)
    expected = [variant.id + variant.questions[0].parts[0].answer.text for variant in variants(plan, 1, 12)]
    Run(plan, 1, 12).into(tmp_path)
    lines = map(json.loads, (tmp_path / "variants.jsonl").read_text("utf-8").splitlines())
    assert [line["id"] + line["questions"][0]["digits"] for line in lines] == expected
    with pytest.raises(SpecError, match=r"have keys of their own.*ask for fewer variants"):
        Run(plan, 1, 40).into(tmp_path / "more")


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    Run(PLAN, 7, 10, formats=("csv", "moodle")).into(tmp_path / "one")
    Run(PLAN, 7, 10, formats=("csv", "moodle")).into(tmp_path / "two", processes(2))
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_roster_has_a_paper_for_each_and_seats(tmp_path: Path) -> None:
    Run(PLAN, 7, roster=ROSTER).into(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "variants.jsonl").read_text("utf-8").splitlines()]
    assert [line["student"]["id"] for line in lines] == [s.id for s in ROSTER]
    seats = (tmp_path / "seats.csv").read_text("utf-8").splitlines()
    assert len(seats) == len(ROSTER) + 1
    assert seats[1].startswith("A,1,")


# ---- again -----------------------------------------------------------------------------------------------------------


def test_a_second_run_does_nothing(tmp_path: Path) -> None:
    Run(PLAN, 7, 4).into(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    assert not Run(PLAN, 7, 4).into(tmp_path)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("name", ["variants.jsonl", "keys.csv"])
def test_what_was_lost_is_made_again(name: str, tmp_path: Path) -> None:
    Run(PLAN, 7, 4).into(tmp_path)
    whole = tree(tmp_path)
    (tmp_path / name).unlink()
    assert Run(PLAN, 7, 4).into(tmp_path)
    assert tree(tmp_path) == whole


def test_more_variants_and_more_formats_complete_it(tmp_path: Path) -> None:
    Run(PLAN, 7, 4).into(tmp_path / "grown")
    Run(PLAN, 7, 7, formats=("gift",)).into(tmp_path / "grown")
    Run(PLAN, 7, 7, formats=("csv", "gift")).into(tmp_path / "whole")
    assert tree(tmp_path / "grown") == tree(tmp_path / "whole")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (lambda: Run(PLAN, 8, 4), "variants of another seed: '7'"),
        (lambda: Run(planned(ONE, digits=5), 7, 4), "variants of another exam"),
        (lambda: Run(PLAN, 7, 3), "4 variants, more than are asked for"),
        (lambda: Run(PLAN, 7, 4, ROSTER[:4]), "variants for another roster"),
    ],
)
def test_another_exam_is_refused_and_nothing_is_touched(other: object, told: str, tmp_path: Path) -> None:
    Run(PLAN, 7, 4).into(tmp_path)
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=f"this folder holds {told}.*name another with -o"):
        other().into(tmp_path)  # type: ignore[operator]
    assert tree(tmp_path) == before


def test_a_roster_may_grow_at_its_end(tmp_path: Path) -> None:
    Run(PLAN, 7, roster=ROSTER[:3]).into(tmp_path / "grown")
    Run(PLAN, 7, roster=ROSTER).into(tmp_path / "grown")
    Run(PLAN, 7, roster=ROSTER).into(tmp_path / "whole")
    assert tree(tmp_path / "grown") == tree(tmp_path / "whole")
    with pytest.raises(OutputError, match="another roster"):
        Run(PLAN, 7, roster=ROSTER[::-1]).into(tmp_path / "whole")


def test_files_of_somebody_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "variants.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="of which nothing else is known"):
        Run(PLAN, 7, 4).into(tmp_path)
    assert tree(tmp_path) == {"variants.jsonl": b"mine"}


# ---- broken off ------------------------------------------------------------------------------------------------------


class Struck(BaseException):
    """What no code here expects."""


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.booleans())
def test_wherever_it_is_broken_off_it_ends_the_same(strikes: list[int], whole: bool) -> None:
    """A run dies while its n-th file is written, the next one too, …; the last one ends."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPAN", 3)
        out, put = Path(name) / "broken", Folder.put
        left = [0]

        def dying(self: Folder, name: str, parts: Iterable[bytes]) -> None:
            left[0] -= 1
            put(self, name, torn(parts) if left[0] == 0 else parts)

        def torn(parts: Iterable[bytes]) -> Iterator[bytes]:
            for part in parts:
                yield part[: len(part) // 2]
                raise Struck

        patch.setattr(Folder, "put", dying)
        patch.setattr(Folder, "cleared", lambda self, lock=None, new=False: None)  # the dead tidy nothing up
        for n in strikes:
            left[0] = n
            try:
                Run(PLAN, 7, 8).into(out)
            except Struck:
                assert all(p.read_bytes() in once().values() for p in out.glob("*.*") if p.is_file())
        patch.undo()
        patch.setattr(module, "SPAN", 3)
        Run(PLAN, 7, 8).into(out)
        Folder(out).cleared()
        assert tree(out) == once()


KNOWN: dict[str, bytes] = {}


def once() -> dict[str, bytes]:
    """The folder of a run that nobody disturbed."""
    from tempfile import TemporaryDirectory

    if not KNOWN:
        with TemporaryDirectory() as name:
            Run(PLAN, 7, 8).into(Path(name))
            KNOWN.update(tree(Path(name)))
    return KNOWN


KILLED = """
import os, signal, sys
from pathlib import Path
from symbackprop.exams import run
from symbackprop.exams.folder import Folder
from symbackprop.exams.plan import load

run.SPAN, put, files = 3, Folder.put, 0

def killed(self, name, parts):
    global files
    files += 1
    put(self, name, struck() if files == int(sys.argv[3]) else parts)

def struck():
    yield b"half"
    os.kill(os.getpid(), signal.SIGKILL)

Folder.put = killed
run.Run(load(sys.argv[1]), 7, 8).into(Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("file", ["3", "6"])
def test_after_a_kill_the_next_run_ends_it(file: str, tmp_path: Path) -> None:
    path, out = tmp_path / "exam.toml", tmp_path / "out"
    path.write_text(exam(ONE, network=str(EXAMPLES / "mazur.toml")), "utf-8")
    from symbackprop.exams.plan import load

    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(out), file], check=False)
    assert done.returncode == -9
    assert (out / STATE).is_dir()
    with pytest.raises(OutputError, match="variants of another seed"):
        Run(load(path), 8, 8).into(out)
    assert Run(load(path), 7, 8).into(out)
    assert tree(out).keys() == {"variants.jsonl", "keys.csv", "exam.json"}
    assert tree(out) == once()


def test_what_fails_at_once_leaves_nothing(tmp_path: Path) -> None:
    plan = planned('kind = "update"; ask = "w1"', digits=2)
    with pytest.raises(SpecError):
        Run(plan, 1, 4).into(tmp_path / "new" / "er")
    assert not (tmp_path / "new" / "er").exists()


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Folder.put

    def full(self: Folder, name: str, parts: Iterable[bytes]) -> None:
        put(self, name, no_room(parts) if name == "keys.csv" else parts)

    def no_room(parts: Iterable[bytes]) -> Iterator[bytes]:
        yield next(iter(parts))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "put", full)
    with pytest.raises(OutputError, match=r"keys.csv: cannot be written: No space left on device"):
        Run(PLAN, 7, 8).into(tmp_path)
    assert not (tmp_path / "keys.csv").exists()
    monkeypatch.undo()
    monkeypatch.setattr(module, "SPAN", 3)
    Run(PLAN, 7, 8).into(tmp_path)
    assert tree(tmp_path) == once()


# ---- one at a time ---------------------------------------------------------------------------------------------------


def test_a_second_run_is_refused_while_one_is_at_work(tmp_path: Path) -> None:
    seen = []

    def crew(tasks: Iterable[Task]) -> Iterator[Result]:
        for task in tasks:
            with pytest.raises(OutputError, match="another run is at work in this folder"):
                Run(PLAN, 7, 8).into(tmp_path)
            seen.append(task)
            yield partial(make, task)

    Run(PLAN, 7, 8).into(tmp_path, crew)
    assert len(seen) == 3
    assert tree(tmp_path) == once()


def test_what_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        Run(PLAN, 7, 2).into(tmp_path / "file" / "below")


# ---- how many --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "roster", "told"),
    [
        (None, None, "say how many variants"),
        (MOST + 1, None, "at most 10,000,000 are made"),
        (2, ROSTER, "too few for the 5 students"),
    ],
)
def test_how_many_cannot_be_made(count: int | None, roster: tuple[Student, ...] | None, told: str) -> None:
    with pytest.raises(SymbackpropError, match=told):
        Run(PLAN, 7, count, roster)


def test_standard_output_has_the_same_bytes(tmp_path: Path) -> None:
    Run(PLAN, 7, 8).into(tmp_path)
    for format, name in zip(DEFAULT, ("variants.jsonl", "keys.csv"), strict=True):
        assert b"".join(Run(PLAN, 7, 8).streamed(format)) == (tmp_path / name).read_bytes()
    with pytest.raises(SymbackpropError, match="otter writes several"):
        list(Run(PLAN, 7, 2).streamed("otter"))


# ---- crews -----------------------------------------------------------------------------------------------------------


def test_little_is_made_ahead() -> None:
    submitted: list[int] = []

    def submit(task: int) -> int:
        submitted.append(task)
        return task

    most = 0
    for k, result in enumerate(workers.ahead(submit, range(20), 4, lambda x: x)):  # type: ignore[arg-type]
        assert result() == k
        most = max(most, len(submitted) - k)
    assert most <= 4
    assert submitted == list(range(20))


def test_a_cluster_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"--dask needs the extra 'cluster'"):
        workers.cluster("tcp://127.0.0.1:1")


@pytest.mark.needs("distributed")
def test_a_cluster_makes_the_same_bytes(tmp_path: Path, scheduler: str) -> None:
    Run(PLAN, 7, 8).into(tmp_path, workers.cluster(scheduler))
    assert tree(tmp_path) == once()


def test_alone_makes_in_order() -> None:
    run = Run(PLAN, 7, 5)
    results = alone(run.task(run.job(), span) for span in run.spans())
    assert [len(result().marks) for result in results] == [3, 2]


# ---- marks of keys ---------------------------------------------------------------------------------------------------


MARKS = st.binary(min_size=8, max_size=8)


@given(st.lists(MARKS, max_size=60), st.lists(MARKS, max_size=5))
def test_taken_is_a_set(marks: list[bytes], others: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taken_module, "YOUNG", 4)
        taken = Taken(marks)
        assert len(taken) == len(set(marks))
        assert all(mark in taken for mark in marks)
        assert all((mark in taken) == (mark in marks) for mark in others)
