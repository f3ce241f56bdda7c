"""Options of a choice in the variant's own order: each letter is right equally often."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.exams.case import Lot
from symbackprop.exams.source import Source
from symbackprop.exams.variant import Choice, Option


def choice(right: Option, wrong: Sequence[Option], count: int, lot: Lot, part: str) -> Choice:
    """The right option among some of the wrong ones."""
    chosen = Source(lot.seed, lot.variant, part, "options").shuffled(wrong)[: count - 1]
    place = lot.turn(len(chosen) + 1, part, "letter")
    return Choice((*chosen[:place], right, *chosen[place:]))
