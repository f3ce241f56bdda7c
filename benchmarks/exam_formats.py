"""How long 300 students' papers and files take, format by format, on one core.  `python benchmarks/exam_formats.py`

Writing alone: the variants are drawn already, and each format starts with nothing set.  R/exams needs 67 ms for one
exercise of a quiz of its own, and its PDF export makes 1.4 papers a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import process_time

from symbackprop.exams.formats import Format
from symbackprop.exams.formats.table import FORMATS
from symbackprop.exams.formats.typst import sources
from symbackprop.exams.plan import load
from symbackprop.exams.variant import Exam, Student, Variant
from symbackprop.exams.variants import variants
from symbackprop.writers.pdf import compiled

EXAMPLES = Path(__file__).parents[1] / "examples"
STUDENTS = 300
WANTED = 10.0  # seconds for all text formats, and for the papers in PDF
R_EXAMS_PDF = 1 / 1.4
NO_TEXT = ("pdf", "docx")


def written(format: Format, exam: Exam, some: Iterable[Variant]) -> int:
    pieces = (piece for variant in some for piece in format.pieces(exam, variant))
    return sum(len(part) for _, content in format.files(exam, pieces) for part in content)


def papers(exam: Exam, some: Iterable[Variant], key: bool) -> None:
    for variant in some:
        paper, answers = (text for _, text in sources(exam, variant))
        compiled(answers if key else paper)


def main() -> None:
    plan = load(EXAMPLES / "quiz.toml")
    roster = [Student(f"S{k:03}", f"Student {k}") for k in range(STUDENTS)]
    some = list(variants(plan, "benchmark", roster=roster))
    total = 0.0
    for name in (name for name in FORMATS if name not in NO_TEXT):
        start = process_time()
        size = written(FORMATS[name], plan.exam, some)
        took = process_time() - start
        total += took
        print(f"{name:13} {took:6.2f} s for {STUDENTS} students, {size / 1e6:6.1f} MB")
    print(f"{'all of these':13} {total:6.2f} s: {total / WANTED:.2f} of the {WANTED:.0f} s wanted")
    for what, key in (("papers", False), ("keys", True)):
        start = process_time()
        papers(plan.exam, some, key)
        took = process_time() - start
        pace = STUDENTS * R_EXAMS_PDF / took
        print(f"PDF, {what:8} {took:6.2f} s: {took / WANTED:.2f} of the {WANTED:.0f} s, {pace:.0f} times R/exams")


if __name__ == "__main__":
    main()
