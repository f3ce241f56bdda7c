"""Exam files that the tests here share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from symbackprop.exams.plan import Plan, load, loads

EXAMPLES = Path(__file__).parents[1] / "examples"

DRAW = """
[draw]
weights = { min = 0.10, max = 0.95, step = 0.05 }
biases = { min = 0.10, max = 0.90, step = 0.05 }
inputs = { min = 0.05, max = 0.95, step = 0.05 }
targets = { min = 0.01, max = 0.99, step = 0.01 }
"""


def exam(*questions: str, network: str = "mazur.toml", digits: int = 6, draw: str = DRAW, more: str = "") -> str:
    """The text of an exam with these questions: 'kind = "partial"; ask = "w5"'."""
    asked = "".join("\n[[question]]\n" + q.replace("; ", "\n") + "\n" for q in questions)
    return f'network = "{network}"\n{more}\n{draw}\n[tolerance]\ndigits = {digits}\n{asked}'


def planned(*questions: str, **words: object) -> Plan:
    return loads(exam(*questions, **words), "exam.toml", EXAMPLES)  # type: ignore[arg-type]


@cache
def quiz() -> Plan:
    return load(EXAMPLES / "quiz.toml")
