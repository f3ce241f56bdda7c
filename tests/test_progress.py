"""Long work shows its progress on a terminal, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from symbackprop.progress import counted, shown

MAZUR = Path(__file__).resolve().parent.parent / "examples" / "mazur.toml"
COMMAND = [
    sys.executable,
    "-c",
    "from symbackprop.cli import main; main()",
    "derive",
    str(MAZUR),
    "--to",
    "latex,typst",
]


def test_on_a_terminal_there_is_a_bar_that_goes_away(tmp_path):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    env = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(COMMAND, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=env) as process:
        os.close(theirs)
        seen = b"".join(iter(lambda: read(ours), b""))
        assert process.stdout.read() == b""
    assert process.returncode == 0
    assert b"writing" in seen
    assert seen.rstrip().endswith(b"mazur.typ")


def read(terminal: int) -> bytes:
    """What is there; nothing once the other side is closed."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def test_elsewhere_there_are_only_the_names_of_the_files(tmp_path):
    env = os.environ | {"FORCE_COLOR": "1", "TERM": "xterm"}
    done = subprocess.run(COMMAND, cwd=tmp_path, capture_output=True, text=True, env=env, check=True)
    assert done.stdout == ""
    assert done.stderr.splitlines() == [str(Path("outputs") / name) for name in ("mazur.tex", "mazur.typ")]


def test_counting_changes_nothing():
    assert list(counted(range(3), "x", 3)) == [0, 1, 2]
    with shown():
        assert list(counted(range(3), "x", 3)) == [0, 1, 2]
