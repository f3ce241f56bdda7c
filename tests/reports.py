"""Reports made by hand: a text that is read, with a verdict given to each of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import symbackprop as sb
from symbackprop.readings.names import Names
from symbackprop.spec.problem import Problem
from symbackprop.verdicts.told import Teller, Told
from symbackprop.verifier.claims import lines
from symbackprop.verifier.glossary import Glossary, glossary
from symbackprop.verifier.report import Judged, Line, Reason, Report

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
OK: dict[str, Any] = {
    "verdict": "ok", "reason": Reason("reason.identity"), "inner": "true", "outer": "true"
}  # fmt: skip
WRONG: dict[str, Any] = {
    "verdict": "wrong", "reason": Reason("reason.differs"), "inner": "false", "outer": "false"
}  # fmt: skip


@cache
def mazur() -> tuple[Problem, Names, Glossary]:
    problem = sb.load(EXAMPLES / "mazur.toml")
    derivation = sb.derive(problem)
    names = derivation.names()
    return problem, names, glossary(names, derivation.derivation)


def report(text: str, said: Mapping[int, Mapping[str, Any]] | None = None) -> Report:
    """Each claim is ok, or what is said of its row."""
    _, _, known = mazur()
    read, written = lines(text, known), text.splitlines()
    rows: dict[int, Line] = {}
    for row, some in groupby(read.claims, key=lambda c: c.row):
        judged = tuple(Judged(claim, **{**OK, **(said or {}).get(row, {})}) for claim in some)
        rows[row] = Line(row, written[row - 1], judged[0].verdict, judged)
    for lost in read.unread:
        line = rows.get(lost.row, Line(lost.row, written[lost.row - 1], "unread"))
        rows[lost.row] = replace(line, unread=lost, verdict="wrong" if line.verdict == "wrong" else "unread")
    return Report(text, tuple(rows[row] for row in sorted(rows)))


def told(text: str, said: Mapping[int, Mapping[str, Any]] | None = None, lang: str = "en") -> Told:
    return Teller(mazur()[1], lang).told(report(text, said))
