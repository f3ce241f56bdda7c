"""Otter: assign makes the student's notebook and the autograder of a master notebook, run grades one submission."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.environment import Mark, run


@dataclass(frozen=True)
class Assigned:
    student: Path
    solved: Path  # the same with its solutions
    autograder: Path  # what grades it


def assign(master: Path, folder: Path) -> Assigned:
    """Otter runs the tests on the solutions meanwhile: a master whose key fails is refused."""
    run("otter", "otter", "assign", master.resolve(), "dist", "--no-pdfs", folder=folder)
    made = folder / "dist"
    (autograder,) = (made / "autograder").glob("*-autograder_*.zip")
    return Assigned(made / "student" / master.name, made / "autograder" / master.name, autograder)


def otter_marks(autograder: Path, submitted: Path, folder: Path) -> dict[str, Mark]:
    """What the autograder gives a notebook, question by question."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(submitted, folder / submitted.name)
    run("otter", "otter", "run", submitted.name, "-a", autograder.resolve(), "-o", ".", "--no-logo", folder=folder)
    tests = json.loads((folder / "results.json").read_text())["tests"]
    return {test["name"]: mark(test) for test in tests if "max_score" in test}


def mark(test: dict[str, Any]) -> Mark:
    said = re.findall(r"AssertionError: (.+)", test["output"])
    return Mark(test["score"], test["max_score"], tuple(said))
