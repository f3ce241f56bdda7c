"""nbgrader: a course is a folder with source/ASSIGNMENT/*.ipynb, as our format writes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from drivers.environment import Mark, run, script

Marks = dict[str, dict[str, Mark]]  # student, graded cell


def release(course: Path, assignment: str) -> list[Path]:
    """The students' notebooks that nbgrader makes of source/ASSIGNMENT/, in release/ASSIGNMENT/."""
    run("nbgrader", "nbgrader", "generate_assignment", assignment, "--create", "--force", folder=course)
    return sorted((course / "release" / assignment).glob("*.ipynb"))


def nbgrader_marks(course: Path, assignment: str, submitted: dict[str, list[Path]]) -> Marks:
    """What autograding gives each student for these notebooks; the assignment has been released before."""
    for student, notebooks in submitted.items():
        folder = course / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in notebooks:
            shutil.copy(notebook, folder)
    run("nbgrader", "nbgrader", "autograde", assignment, "--create", "--force", folder=course)
    database = f"sqlite:///{course.resolve() / 'gradebook.db'}"
    marks = json.loads(script("nbgrader", "nbgrader_marks.py", database, assignment, folder=course))
    return {
        student: {cell: Mark(*both, said.get(cell, ())) for cell, both in marks[student].items()}
        for student in submitted
        for said in [failures(course / "autograded" / student / assignment)]
    }


def failures(folder: Path) -> dict[str, tuple[str, ...]]:
    """What the asserts of each cell said that failed."""
    cells = [cell for path in folder.glob("*.ipynb") for cell in json.loads(path.read_text())["cells"]]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: tuple(output["evalue"] for output in errors)
        for cell in cells
        if (errors := [output for output in cell.get("outputs", ()) if output["output_type"] == "error"])
    }
