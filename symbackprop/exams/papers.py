"""Papers as the folder of an exam has them: read back from variants.jsonl, to be marked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from symbackprop.errors import Place, SpecError
from symbackprop.spec import understood
from symbackprop.spec.problem import Problem

LINES = "variants.jsonl"
Sort = Literal["number", "choice", "order", "words"]


@dataclass(frozen=True)
class Asked:
    """One thing that was asked, with its key and what each mistake gives."""

    id: str
    kind: str
    label: str
    points: Fraction
    key: str
    sort: Sort
    tolerance: Decimal = Decimal(0)
    wrong: tuple[tuple[str, str, str], ...] = ()  # mistake, what it gives, what is said of it
    options: tuple[tuple[str, str | None], ...] = ()  # of a choice: text, mistake
    also: tuple[str, ...] = ()
    of: str | None = None  # the entry of the derivation that it is made from, and how many times that it is
    times: Fraction = Fraction(1)
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A variant, and whose it is."""

    id: str
    student: str
    name: str
    group: str
    spec: dict[str, Any]
    asked: dict[str, Asked]

    @cached_property
    def problem(self) -> Problem:
        return understood(self.spec)

    @property
    def language(self) -> str:
        return self.problem.presentation.language


def papers(folder: Path, wanted: Collection[str] | None = None) -> Iterator[Paper]:
    """The papers of a folder; those of some students or variants only, by their ids in small letters."""
    path = folder / LINES
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    data = json.loads(line)
                    names = {data["id"].lower(), data.get("student", {}).get("id", "").lower()}
                    if wanted is None or not names.isdisjoint(wanted):
                        yield paper(data)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    told = f"this line holds no variant ({type(error).__name__}); make the exam again"
                    raise SpecError(told, Place(str(path), number)) from None
    except FileNotFoundError:
        raise SpecError(f"no exam lies here: there is no {LINES}", Place(str(folder))) from None
    except OSError as error:
        raise SpecError(f"this cannot be read: {error.strerror}", Place(str(path))) from None


def paper(data: dict[str, Any]) -> Paper:
    student = data.get("student", {})
    asked = [question(part) for part in data["questions"]]
    return Paper(
        data["id"],
        student.get("id", ""),
        student.get("name", ""),
        student.get("group", ""),
        data["spec"],
        {part.id: part for part in asked},
    )


def question(data: dict[str, Any]) -> Asked:
    number = data["tolerance"] is not None
    sort: Sort = "number" if number else "choice" if "options" in data else "order" if "items" in data else "words"
    return Asked(
        id=data["id"],
        kind=data["kind"],
        label=data["label"],
        points=Fraction(str(data["points"])),
        key=data["digits"] if number else data["key"],
        sort=sort,
        tolerance=Decimal(str(data["tolerance"] or 0)),
        wrong=tuple((d["mistake"], str(d["value"]), d["feedback"]) for d in data["distractors"]),
        options=tuple((o["text"], o["mistake"]) for o in data.get("options", ())),
        also=tuple(data.get("also", ())),
        of=data["of"],
        times=Fraction(str(data["times"])),
        uses=tuple(data["uses"]),
    )
