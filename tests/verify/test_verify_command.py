"""verify as a user runs it: what it prints, what it leaves, how it ends; a folder of hand-ins; sb.verify.

Where the report of the example moves: read it, then `python tests/verify/test_verify_command.py` puts it into the docs.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

import symbackprop as sb
from symbackprop.errors import MissingExtra, ReadError
from symbackprop.verdicts import hand_ins
from symbackprop.verdicts.data import Report
from symbackprop.verdicts.hand_ins import Handed, HandIn
from symbackprop.verdicts.terminal import coloured
from symbackprop.workers import cluster, gathered

CHECKOUT = Path(__file__).resolve().parent.parent.parent
MAZUR = CHECKOUT / "examples" / "mazur.toml"
HANDIN = CHECKOUT / "examples" / "handin.md"
RIGHT = "dE/dw5 = -(t1-o1)*o1*(1-o1)*h1\n"
WRONG = "dE/dw5 = -(t1-o1)*h1\n"
PRINTED = re.compile(r"(?<=```text\n)(.*?)(?=```)", re.DOTALL)
LOST = "dE/dw5 = dE/dq * h1\n"


def run(*words: str, cwd: Path, given: str | bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from symbackprop.cli import main; main()", "verify", *words]
    data = given.encode() if isinstance(given, str) else given
    done = subprocess.run(command, cwd=cwd, input=data, capture_output=True, check=False)
    out, error = (some.decode("utf-8") for some in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(command, done.returncode, out, error)


def spec(*words: str) -> list[str]:
    return ["--spec", str(MAZUR), *words]


# ---- one derivation --------------------------------------------------------------------------------------------------


def test_the_example_is_judged_as_the_documentation_prints_it(tmp_path: Path) -> None:
    done = run(str(HANDIN), *spec(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    verdicts = re.findall(r"(?m)^ *(\d+)  (ok|wrong|carried)\b", done.stdout)
    assert dict(verdicts) == {
        "7": "ok", "8": "ok", "9": "ok", "17": "ok", "18": "wrong", "26": "ok", "27": "carried", "28": "wrong",
        "32": "ok", "35": "ok",
    }  # fmt: skip
    page, front = ((CHECKOUT / name).read_text(encoding="utf-8") for name in ("docs/verify.md", "README.md"))
    assert PRINTED.findall(page) == [done.stdout]
    assert any(block in done.stdout for block in PRINTED.findall(front))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        (RIGHT, 0, ""),
        (WRONG, 1, ""),
        (LOST, 2, "-:1:14: no quantity is called q; say first what it stands for, q = …\n"),
        (LOST + WRONG, 1, "-:1:14: no quantity is called q; say first what it stands for, q = …\n"),
        ("w5+ = 0.4 - 0.5*0.082167041 = 0.357\n", 1, ""),
    ],
)
def test_the_exit_status(text: str, status: int, said: str, tmp_path: Path) -> None:
    done = run("-", *spec("--to", "json"), cwd=tmp_path, given=text)
    assert (done.returncode, done.stderr) == (status, said)
    report = Report.model_validate_json(done.stdout)
    wrong = [line.line for line in report.lines if line.verdict in ("wrong", "arithmetic")]
    assert report.first_wrong == (wrong[0] if wrong else None)


def test_files_of_each_format_in_indonesian(tmp_path: Path) -> None:
    (tmp_path / "ana.txt").write_text(WRONG, encoding="utf-8")
    done = run("ana.txt", *spec("--to", "text,json,markdown", "--to", "latex,html", "--lang", "id", "-o", "there"),
               cwd=tmp_path)  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    made = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "there").iterdir()}
    assert set(made) == {f"ana.report.{suffix}" for suffix in ("txt", "json", "md", "tex", "html")}
    assert all("salah" in text for name, text in made.items() if "json" not in name)
    assert json.loads(made["ana.report.json"])["language"] == "id"


def test_a_certificate_beside_the_report(tmp_path: Path) -> None:
    done = run("-", *spec("--certificate", "there/a.json"), cwd=tmp_path, given=RIGHT + WRONG)
    assert done.returncode == 1
    made = json.loads((tmp_path / "there" / "a.json").read_text(encoding="utf-8"))
    assert made["schema"] == "symbackprop/certificate/1"
    done = run(".", *spec("--certificate", "a.json"), cwd=tmp_path)
    assert (done.returncode, "of one derivation" in done.stderr) == (2, True)


def test_the_notation_is_the_one_asked_for(tmp_path: Path) -> None:
    text = r"$$ \delta^2_1 = (a^2_1 - y_1)\, a^2_1 (1 - a^2_1) $$"
    assert run("-", *spec("--notation", "nielsen"), cwd=tmp_path, given=text).returncode == 0


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("a.txt", b"All is well.\n", [], "a.txt: no equation stands here; write one a line"),
        ("a.txt", b"x" * 4_000_001, [], "a.txt: over 3,906 kB, the most that is read"),
        ("a.txt", b"w5 = 0.4\n\xe9", [], "a.txt:2: byte 0xe9 is not UTF-8"),
        ("b.txt", b"", [], "a.txt: there is no such file"),
        ("a.txt", b"w5 = 0.4\n", ["--to", "jsonn"], "did you mean 'json'?"),
        ("a.txt", b"w5 = 0.4\n", ["--to", "json,text"], "-o - takes one format"),
        ("a.txt", b"w5 = 0.4\n", ["--lang", "fr"], "there are en, id"),
        ("a.txt", b"w5 = 0.4\n", ["--notation", "mazurr"], "did you mean 'mazur'?"),
        ("a.txt", b"w5 = 0.4\n", ["-o", "a.txt"], "a.txt"),
        ("a.ipynb", b'{"cells": 1}', [], "a.txt: there is no such file"),
    ],
)
def test_what_cannot_be_used_ends_with_2(
    name: str, content: bytes, words: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("a.txt", *spec(*words), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_standard_input_is_one_thing(tmp_path: Path) -> None:
    done = run("-", "--spec", "-", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not both" in done.stderr


def test_a_terminal_gets_colours_beside_the_words() -> None:
    text = coloured("  1  ok      w₅ = 0.4; 1  ok\n 12  wrong   w₆ = 1\n", "en")
    assert [(text.plain[s.start : s.end], s.style) for s in text.spans] == [("ok", "green"), ("wrong", "bold red")]


# ---- a folder of hand-ins --------------------------------------------------------------------------------------------

HAND_INS = {
    "ana.txt": RIGHT.encode(),
    "ana.md": WRONG.encode(),
    "=cmd.txt": (WRONG + RIGHT + LOST).encode(),
    "bad.txt": b"\xff",
    "none.txt": b"nothing here\n",
    ".hidden": b"w5 = 0.4",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "class").mkdir()
    for name, content in HAND_INS.items():
        (tmp_path / "class" / name).write_bytes(content)
    return tmp_path


def test_a_folder_gives_a_report_each_and_a_table(folder: Path) -> None:
    done = run("class", *spec("--to", "markdown,html", "-o", "out"), cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    made = {p.name for p in (folder / "out").iterdir()}
    assert made == {"class.csv", "class.md", "class.html"} | {
        f"{stem}.report.{suffix}" for stem in ("ana.txt", "ana.md", "=cmd") for suffix in ("md", "html")
    }
    assert f"{Path('class', '=cmd.txt')}:3:14: no quantity is called q" in done.stderr
    assert f"{Path('class', 'none.txt')}: no equation stands here" in done.stderr
    with (folder / "out" / "class.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["hand-in"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"'=cmd.txt", "ana.md", "ana.txt", "bad.txt", "none.txt"}  # no formula for a spreadsheet
    assert (rows["'=cmd.txt"]["first_wrong"], rows["'=cmd.txt"]["ok"], rows["'=cmd.txt"]["unread"]) == ("1", "1", "1")
    assert rows["ana.md"]["missing-activation-derivative"] == "1"
    assert "not UTF-8" in rows["bad.txt"]["fault"]
    table = (folder / "out" / "class.md").read_text(encoding="utf-8")
    assert "missing-activation-derivative (1)" in table
    assert re.search(r"missing-activation-derivative \| The slope .* \| 2 \|", table)


def test_several_processes_leave_the_same(folder: Path) -> None:
    one, two = (run("class", *spec("--to", "text", "-o", f"out{k}", "--workers", str(k)), cwd=folder) for k in (1, 2))
    assert (one.returncode, two.returncode) == (1, 1)
    first, second = ({p.name: p.read_bytes() for p in (folder / f"out{k}").iterdir()} for k in (1, 2))
    assert first == second


@pytest.mark.needs("distributed")
def test_a_cluster_leaves_the_same(folder: Path, scheduler: str) -> None:
    crews = {"one": (), "cluster": ("--dask", scheduler)}
    one, two = (run("class", *spec("--to", "text", "-o", out, *crew), cwd=folder) for out, crew in crews.items())
    assert (one.returncode, two.returncode) == (1, 1)
    assert one.stderr.replace(str(Path("one", "class")), str(Path("cluster", "class"))) == two.stderr
    first, second = ({p.name: p.read_bytes() for p in (folder / out).iterdir()} for out in crews)
    assert first == second


def test_a_cluster_is_asked_for_alone_and_needs_its_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("class", *spec("-o", "out", "--workers", "2", "--dask", "tcp://127.0.0.1:1"), cwd=folder)
    assert (done.returncode, "give one of the two" in done.stderr) == (2, True)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"--dask needs the extra 'cluster'"):
        cluster("tcp://127.0.0.1:1")
    assert not (folder / "out").exists()


def test_a_worker_that_ends_spoils_its_own_hand_in_alone(folder: Path) -> None:
    def crew(work: Callable[[Handed], HandIn], tasks: Iterable[Handed]) -> Iterator[Callable[[], HandIn]]:
        return (partial(gathered, Ended() if task.name == "ana.md" else Done(work, task)) for task in tasks)

    desk = hand_ins.Desk(sb.load(MAZUR), ("text",))
    paths = hand_ins.hand_ins(folder / "class")
    by_crew, alone = (list(some) for some in (hand_ins.judged_by(crew, paths, desk), hand_ins.judged(paths, desk)))
    assert [one.name for one in by_crew] == [path.name for path in paths]
    assert [(a.name, a.fault) for a, b in zip(by_crew, alone, strict=True) if a != b] == [
        ("ana.md", "a worker of the cluster failed: OSError: gone")
    ]


class Ended:
    def result(self) -> HandIn:
        raise OSError("gone")


class Done(NamedTuple):
    work: Callable[[Handed], HandIn]
    task: Handed

    def result(self) -> HandIn:
        return self.work(self.task)


def test_without_a_folder_for_reports_the_table_is_printed(folder: Path) -> None:
    done = run("class", *spec("--lang", "id"), cwd=folder)
    assert "Kesalahan, dan berapa jawaban yang memuatnya" in done.stdout
    assert {p.name for p in folder.iterdir()} == {"class"}
    done = run("class", *spec("--to", "json"), cwd=folder)
    assert done.stdout.startswith("hand-in,first_wrong,ok,")


@pytest.mark.parametrize(
    ("kept", "status"), [(["ana.txt"], 0), (["ana.txt", "none.txt"], 2), (["none.txt", "ana.md"], 1)]
)
def test_the_exit_status_of_a_class(kept: list[str], status: int, folder: Path) -> None:
    for path in (folder / "class").iterdir():
        if path.name not in kept:
            path.unlink()
    assert run("class", *spec(), cwd=folder).returncode == status


def test_reports_never_lie_among_the_hand_ins(folder: Path) -> None:
    done = run("class", *spec("-o", "class"), cwd=folder)
    assert done.returncode == 2
    assert "name another folder with -o" in done.stderr
    assert {p.name for p in (folder / "class").iterdir()} == set(HAND_INS)
    (folder / "empty").mkdir()
    assert "no hand-in lies in this folder" in run("empty", *spec(), cwd=folder).stderr


def test_a_process_that_ends_loses_one_hand_in_and_no_other(folder: Path) -> None:
    desk = Ending(sb.load(MAZUR), ("text",))
    paths = [folder / "class" / name for name in ("ana.txt", "ana.md", "none.txt")]
    found = {one.name: one for one in hand_ins.judged(paths, desk, 2)}
    assert "the process that judged it ended" in found["ana.md"].fault
    assert (found["ana.txt"].status, found["ana.txt"].fault) == (0, "")
    assert found["none.txt"].fault.startswith("no equation")


class Ending(hand_ins.Desk):
    """One whose process ends at a hand-in."""

    def judged(self, path: Path) -> hand_ins.HandIn:
        if path.name == "ana.md":
            os._exit(3)
        return super().judged(path)


# ---- in Python -------------------------------------------------------------------------------------------------------


def test_verify_in_python(tmp_path: Path) -> None:
    problem = sb.load(MAZUR)
    report = sb.verify(RIGHT + WRONG, problem)
    assert (report.first_wrong, report.convention) == (2, "descent")
    assert [(line.line, line.verdict) for line in report.lines] == [(1, "ok"), (2, "wrong")]
    assert report.lines[1].mistakes[0] == "missing-activation-derivative"
    assert json.loads(report.json())["lines"][1]["counterexample"] == report.lines[1].counterexample
    assert str(report).splitlines()[0].startswith("1  ok     ∂E_total/∂w₅ = ")
    for suffix, text in (("md", report.markdown()), ("tex", report.latex()), ("html", report.html())):
        assert report.write(tmp_path / f"a.{suffix}").read_text(encoding="utf-8") == text
    with pytest.raises(sb.SymbackpropError, match=r"no report has the suffix '\.pdf'"):
        report.write(tmp_path / "a.pdf")
    assert "salah" in str(sb.verify(WRONG, problem, lang="id"))
    with pytest.raises(ReadError, match="no equation stands here"):
        sb.verify("well", problem)


if __name__ == "__main__":
    page = CHECKOUT / "docs" / "verify.md"
    said = f"{sb.verify(HANDIN.read_text(encoding='utf-8'), sb.load(MAZUR))}\n"
    page.write_text(PRINTED.sub(lambda _: said, page.read_text(encoding="utf-8"), count=1), encoding="utf-8")
