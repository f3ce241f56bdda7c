"""`exam`, `mark` and sb.exam as a user runs them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from exam_texts import EXAMPLES, exam

import symbackprop as sb
from symbackprop.exams.formats.table import FORMATS

QUIZ = EXAMPLES / "quiz.toml"
ROSTER = 'id;name;group\nana;"Ana\nLi";A\nbudi;=cmd|calc;B\n'


def run(*words: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from symbackprop.cli import main; main()", *words]
    return subprocess.run(command, cwd=cwd, input=given, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with papers for two students."""
    here: Path = tmp_path_factory.mktemp("quiz")
    (here / "roster.csv").write_text(ROSTER, "utf-8")
    done = run("exam", str(QUIZ), "--roster", "roster.csv", "--seed", "7", "-o", "out", cwd=here)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "out\n")
    return here


def keys(folder: Path) -> list[dict[str, str]]:
    with (folder / "keys.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_exam_leaves_a_paper_for_each_student(made: Path) -> None:
    out = made / "out"
    assert {p.name for p in out.iterdir()} == {"variants.jsonl", "keys.csv", "seats.csv", "seats.html", "exam.json"}
    lines = [json.loads(line) for line in (out / "variants.jsonl").read_text("utf-8").splitlines()]
    assert [line["student"] for line in lines] == [
        {"id": "ana", "name": "Ana Li", "group": "A"},
        {"id": "budi", "name": "=cmd|calc", "group": "B"},
    ]
    assert {line["id"] for line in lines} == {row["variant"] for row in keys(out)}
    assert {row["name"] for row in keys(out)} == {"Ana Li", "'=cmd|calc"}  # no formula for a spreadsheet


def test_a_second_run_says_that_all_is_there(made: Path) -> None:
    done = run("exam", str(QUIZ), "--roster", "roster.csv", "--seed", "7", "-o", "out", cwd=made)
    assert (done.returncode, done.stderr) == (0, "out: all of it is here already\n")
    other = run("exam", str(QUIZ), "--roster", "roster.csv", "--seed", "8", "-o", "out", cwd=made)
    assert (other.returncode, other.stderr) == (
        2, "out: this folder holds variants of another seed: '7'; name another with -o\n",
    )  # fmt: skip


def test_mark_gives_the_keys_full_marks(made: Path) -> None:
    rows = [["student", "question", "answer"], *([r["student"], r["question"], r["key"]] for r in keys(made / "out"))]
    rows[3][2] = "0,5"
    with (made / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    done = run("mark", "out", "--answers", "answers.csv", "--to", "json", cwd=made)
    assert (done.returncode, done.stderr) == (0, "")
    ana, budi = json.loads(done.stdout)["students"]
    assert (ana["earned"], ana["points"]) == (11, 12)
    assert ana["answers"][2]["verdict"] == "wrong"
    assert (budi["earned"], budi["points"]) == (12, 12)
    both = run("mark", "out", "--answers", "-", "--to", "text,csv", "-o", "marks", cwd=made,
               given=(made / "answers.csv").read_text("utf-8"))  # fmt: skip
    assert both.returncode == 0
    assert {p.name for p in (made / "marks").iterdir()} == {"marks.txt", "marks.csv"}
    assert "'=cmd|calc" in (made / "marks" / "marks.csv").read_text("utf-8")


def test_mark_tells_every_fault(made: Path) -> None:
    done = run("mark", "out", "--answers", "-", cwd=made, given="student,question,answer\nzed,q1,1\nana,q99,1\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(":")[:2] for line in done.stderr.splitlines()] == [["-", "2"], ["-", "3"]]


def test_standard_output_and_input(tmp_path: Path) -> None:
    text = exam('kind = "partial"; ask = "w5"', network=str(EXAMPLES / "mazur.toml"))
    done = run("exam", "-", "--variants", "3", "--to", "jsonl", "-o", "-", cwd=tmp_path, given=text)
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["v00001", "v00002", "v00003"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "say how many variants: --variants 30, or --roster roster.csv"),
        (["--variants", "3", "--to", "moodel"], "no exam format is called 'moodel'; did you mean 'moodle'?"),
        (["--variants", "3", "--workers", "2", "--dask", "tcp://127.0.0.1:1"], "give one of the two"),
        (["--variants", "3", "--templates", "nowhere"], "nowhere: there is no such folder of templates"),
        (["--variants", "3", "--roster", "none.csv"], "none.csv: there is no such file"),
        (["--variants", "1", "--roster", "two.csv"], "1 variants are too few for the 2 students"),
        (["--roster", "bad.csv"], "bad.csv:2: id: 'CON' is the name of a device"),
        (["--variants", "3", "-o", "two.csv"], "two.csv"),
        (["--variants", "3", "-o", "-"], "-o - takes one format"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(words: list[str], told: str, tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("id\na\nb\n")
    (tmp_path / "bad.csv").write_text("id\nCON\n")
    before = sorted(tmp_path.rglob("*"))
    done = run("exam", str(QUIZ), *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_every_format_is_listed_with_what_it_lacks(tmp_path: Path) -> None:
    lines = run("list", "formats", cwd=tmp_path).stdout.splitlines()
    for name in FORMATS:
        (line,) = (line for line in lines if line.split()[0] == name and "of an exam." in line)
        assert len(line) > 60 or name == "jsonl"


def test_the_package_gives_the_same_variants(made: Path) -> None:
    found = [variant.id for variant in sb.exam(QUIZ, seed=7, roster=made / "roster.csv")]
    lines = (made / "out" / "variants.jsonl").read_text("utf-8").splitlines()
    assert found == [json.loads(line)["id"] for line in lines]
    assert len(list(sb.exam(QUIZ, seed=7, variants=4))) == 4
