"""Runs a consumer as its user would: in its own environment, in a folder of its own, with none of our modules in sight."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENTS = Path(__file__).resolve().parents[3] / ".venv-consumers"
INSIDE = Path(__file__).resolve().parent / "inside"
ROOM = "PATH", "LANG", "SYSTEMROOT", "TMPDIR"  # what a program needs to run at all


class Refused(Exception):
    """A consumer did not take what it was given; its own words."""


def program(consumer: str, name: str = "python") -> Path:
    """A program of its environment, which `make test-consumers` makes."""
    return ENVIRONMENTS / consumer / "bin" / name


def run(*command: str | Path, folder: Path, **more: str) -> str:
    """What it prints.  Its home is the folder: no settings of whoever runs the tests, and nothing left behind."""
    folder.mkdir(parents=True, exist_ok=True)
    room = {name: os.environ[name] for name in ROOM if name in os.environ}
    own = {"HOME": str(folder), "MPLCONFIGDIR": str(folder), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**room, **own, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise Refused(f"{' '.join(str(word) for word in command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def script(consumer: str, name: str, *arguments: str | Path, folder: Path) -> str:
    """What a script in drivers/inside/ prints; `-I`: its folder is not searched for modules."""
    return run(program(consumer), "-I", INSIDE / name, *arguments, folder=folder)
