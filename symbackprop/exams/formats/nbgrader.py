"""nbgrader: source/ with keys and hidden tests for the instructor, release/ as nbgrader makes it of that.

An assignment is a variant: `nbgrader autograde v00001`.  Both are written here, so that nothing has to be run before
students get their notebooks; the release is equal to nbgrader's own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.cells import (
    Cell,
    cell,
    file_of,
    head,
    hidden_tests,
    judged,
    label,
    notebook,
    points,
    shown_test,
    task,
    variable,
)
from symbackprop.exams.variant import Exam, Part, Variant

GAP = "# YOUR CODE HERE\nraise NotImplementedError()"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?\n### END SOLUTION", re.S)
HIDDEN = re.compile(r"\n### BEGIN HIDDEN TESTS\n.*?\n### END HIDDEN TESTS", re.S)


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    cells = list(source(exam, variant))
    yield f"nbgrader/source/{variant.id}/{file_of(exam)}", notebook(cells)
    yield f"nbgrader/release/{variant.id}/{file_of(exam)}", notebook([released(c) for c in cells])


def source(exam: Exam, variant: Variant) -> Iterator[Cell]:
    yield graded("given", "markdown", head(exam, variant), locked=True)
    for question in variant.questions:
        yield graded(f"{question.id}-text", "markdown", task(exam, question), locked=True)
        for part in question.parts:
            yield from answered(exam, part)


def answered(exam: Exam, part: Part) -> Iterator[Cell]:
    """nbgrader's ids are letters, digits, _ and -, as a variable's name is."""
    name = variable(part.id)
    key = f"{name} = {judged(name, part.answer).key}"
    tests = [shown_test(exam, part), "### BEGIN HIDDEN TESTS", *hidden_tests(exam, part), "### END HIDDEN TESTS"]
    yield graded(f"{name}-asked", "markdown", label(exam, part), locked=True)
    yield graded(name, "code", f"### BEGIN SOLUTION\n{key}\n### END SOLUTION", solution=True)
    worth = float(points(part.points))
    yield graded(f"{name}-test", "code", "\n".join(tests), grade=True, locked=True, points=worth)


def graded(id: str, kind: str, source: str, **own: Any) -> Cell:
    whole = {"schema_version": 3, "grade_id": id, "grade": False, "solution": False, "locked": False, "task": False}
    return cell(id, kind, source, nbgrader=whole | own)


# --- what students get --------------------------------------------------------------------------------------------


def released(of: Cell) -> Cell:
    """Without key and hidden tests, with what nbgrader locks, and its checksum."""
    text = HIDDEN.sub("", SOLUTION.sub(GAP, "".join(of["source"])))
    own = of["metadata"]["nbgrader"]
    locks = {"deletable": False} | ({} if own["solution"] else {"editable": False})
    checked = own | {"cell_type": of["cell_type"], "checksum": checksum(text, of["cell_type"], own)}
    return cell(of["id"], of["cell_type"], text, nbgrader=checked, **locks)


def checksum(text: str, kind: str, own: dict[str, Any]) -> str:
    """MD5 of the text, the kind, whether it is graded, a solution, locked, its id, and its points."""
    words = [text, kind, str(own["grade"]), str(own["solution"]), str(own["locked"]), own["grade_id"]]
    whole = "".join(words + ([str(own["points"])] if own["grade"] else []))
    return hashlib.md5(whole.encode(), usedforsecurity=False).hexdigest()


NBGRADER = Format(pieces, lacks=("carried", "plain-feedback", "masters"))
