"""How the questions did: how difficult each was, how well it tells students apart, and which mistakes were made.

difficulty       p = Σ earned / Σ points: the share of its points that was earned
discrimination   r of what the question earned and what all others did (point-biserial, corrected for itself)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from symbackprop.exams.marking import VERDICTS, Mark, Marked, Verdict


@dataclass(frozen=True)
class Item:
    """A question over all who answered the exam."""

    id: str
    kind: str
    points: Fraction
    count: int
    difficulty: float
    discrimination: float | None  # nothing where all earned the same
    verdicts: dict[Verdict, int]
    mistakes: dict[str, int]  # the most frequent first
    chosen: dict[str, int]  # of a choice: "right", or the mistake that the option comes from


@dataclass(frozen=True)
class Totals:
    count: int
    points: Fraction
    mean: float
    deviation: float | None  # of a sample; nothing for one student


def items(all_of_them: Sequence[Marked]) -> tuple[Item, ...]:
    """In the order of the paper."""
    ids = dict.fromkeys(mark.asked.id for one in all_of_them for mark in one.marks)
    return tuple(item(id, all_of_them) for id in ids)


def item(id: str, all_of_them: Sequence[Marked]) -> Item:
    both = [(one, mark) for one in all_of_them for mark in one.marks if mark.asked.id == id]
    marks = [mark for _, mark in both]
    verdicts = Counter(mark.verdict for mark in marks)
    earned = [float(mark.earned) for mark in marks]
    others = [float(one.earned - mark.earned) for one, mark in both]
    return Item(
        id,
        marks[0].asked.kind,
        marks[0].asked.points,
        len(marks),
        float(sum(mark.earned for mark in marks) / sum(mark.asked.points for mark in marks)),
        correlation(earned, others),
        {verdict: verdicts[verdict] for verdict in VERDICTS},
        dict(Counter(mark.mistake for mark in marks if mark.mistake).most_common()),
        dict(Counter(filter(None, map(chosen, marks))).most_common()),
    )


def chosen(mark: Mark) -> str:
    if mark.asked.sort != "choice":
        return ""
    return "right" if mark.verdict == "right" else mark.mistake


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²)"""
    mx, my = sum(x) / len(x), sum(y) / len(y)
    dx, dy = [a - mx for a in x], [b - my for b in y]
    spread = sqrt(sum(a * a for a in dx) * sum(b * b for b in dy))
    flat = max(map(abs, dx)) < 1e-12 or max(map(abs, dy)) < 1e-12
    return None if flat else sum(a * b for a, b in zip(dx, dy, strict=True)) / spread


def totals(all_of_them: Sequence[Marked]) -> Totals:
    earned = [float(one.earned) for one in all_of_them]
    mean = sum(earned) / len(earned)
    squares = sum((x - mean) ** 2 for x in earned)
    deviation = sqrt(squares / (len(earned) - 1)) if len(earned) > 1 else None
    return Totals(len(earned), max(one.points for one in all_of_them), mean, deviation)
