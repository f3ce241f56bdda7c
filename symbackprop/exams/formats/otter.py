"""Otter: the master notebook of each variant, of which `otter assign` makes the student's and the autograder.

The master holds keys and tests; the student's notebook is what Otter leaves of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

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

CONFIG = """# ASSIGNMENT CONFIG
name: {name}
init_cell: true
export_cell: false
check_all_cell: false
solutions_pdf: false
template_pdf: false
generate:
  pdf: false
  zips: false"""


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield f"otter/{variant.id}/{file_of(exam)}", notebook(list(cells(exam, variant)))


def cells(exam: Exam, variant: Variant) -> Iterator[Cell]:
    yield cell("config", "raw", CONFIG.format(name=json.dumps(f"{exam.name} {variant.id}")))
    yield cell("given", "markdown", head(exam, variant))
    for question in variant.questions:
        yield cell(f"{question.id}-text", "markdown", task(exam, question))
        for part in question.parts:
            yield from asked(exam, part)


def asked(exam: Exam, part: Part) -> Iterator[Cell]:
    """All points are the hidden tests': Otter would share them out evenly."""
    name = variable(part.id)
    worth = points(part.points)
    rows = [
        ("begin", "raw", f"# BEGIN QUESTION\nname: {name}\npoints: {worth}"),
        ("asked", "markdown", label(exam, part)),
        ("solution", "raw", "# BEGIN SOLUTION"),
        ("answer", "code", f"{name} = {judged(name, part.answer).key} # SOLUTION"),
        ("solved", "raw", "# END SOLUTION"),
        ("tests", "raw", "# BEGIN TESTS"),
        ("shown", "code", test("points: 0", shown_test(exam, part))),
        ("hidden", "code", test(f"hidden: true\npoints: {worth}", *hidden_tests(exam, part))),
        ("tested", "raw", "# END TESTS"),
        ("end", "raw", "# END QUESTION"),
    ]
    for place, kind, text in rows:
        yield cell(f"{name}-{place}", kind, text)


def test(config: str, *lines: str) -> str:
    return "\n".join(['""" # BEGIN TEST CONFIG', config, '""" # END TEST CONFIG', *lines])


OTTER = Format(pieces, lacks=("carried", "plain-feedback", "masters"))
