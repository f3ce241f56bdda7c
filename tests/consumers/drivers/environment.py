"""Runs a consumer as its user would: in its own environment and a folder of its own, none of our modules in sight."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = Path(__file__).resolve().parents[3] / ".venv-consumers"
INSIDE = Path(__file__).resolve().parent / "inside"
KEPT = "LANG", "SYSTEMROOT", "TMPDIR"  # of the surroundings


class Refused(Exception):
    """A consumer did not take what it was given; its own words."""


@dataclass(frozen=True)
class Mark:
    """What a consumer gives for one question."""

    score: float
    most: float
    said: tuple[str, ...] = ()  # the messages of the asserts that failed


def call(program: str | Path, *arguments: str | Path, folder: Path, path: str = os.environ["PATH"]) -> str:
    """What it prints.  Its home is the folder: no settings of whoever runs the tests, and nothing left behind."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [str(word) for word in (program, *arguments)]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PATH": path, "HOME": str(folder), "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise Refused("\n".join((" ".join(command), done.stdout, done.stderr)))
    return done.stdout


def run(consumer: str, program: str, *arguments: str | Path, folder: Path) -> str:
    """A program of a consumer's environment, which `make test-consumers` makes; it may call others there."""
    there = ENVIRONMENTS / consumer / "bin"
    return call(there / program, *arguments, folder=folder, path=f"{there}{os.pathsep}{os.environ['PATH']}")


def script(consumer: str, name: str, *arguments: str | Path, folder: Path) -> str:
    """What a script in drivers/inside/ prints; `-I`: no module is taken from its folder or ours."""
    return run(consumer, "python", "-I", INSIDE / name, *arguments, folder=folder)
