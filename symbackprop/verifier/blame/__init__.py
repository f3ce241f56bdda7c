"""Blame: a verdict for each row of a derivation, and for a wrong one what was done and what should stand there.

    judge(text, problem)        Report(lines=(Line(row=2, verdict="wrong", claims=(Judged(…),)), …))

facts.py asks of each claim whether it is true in itself and of the network; follow.py, what follows from what;
verdicts.py puts the answers together; why.py adds which mistakes give a wrong line.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from symbackprop.readings.names import Names
from symbackprop.spec.problem import Problem
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.blame import ascent
from symbackprop.verifier.blame.budget import Turn, within
from symbackprop.verifier.blame.verdicts import Bench, ground
from symbackprop.verifier.blame.why import explained
from symbackprop.verifier.claims import Claim, Unread, lines
from symbackprop.verifier.glossary import glossary
from symbackprop.verifier.report import VERDICTS, Judged, Line, Report, Verdict

__all__ = ["judge"]


def judge(
    text: str,
    problem: Problem,
    *,
    notation: str | None = None,
    exact: bool = False,
    seed: int | None = None,
    budget: float | None = None,
) -> Report:
    """The verdict on every line.  `exact` asks for proofs by polynomials; a `seed` fixes the points of the field.

    With a `budget` of seconds for a claim, a worker judges: for text that nobody vouches for.
    """
    options: dict[str, Any] = {"notation": notation, "exact": exact, "seed": seed}
    return judgement(text, problem, **options) if budget is None else within(budget, text, problem, options)


def judgement(
    text: str,
    problem: Problem,
    *,
    notation: str | None = None,
    exact: bool = False,
    seed: int | None = None,
    turn: Turn = lambda _: False,
) -> Report:
    """The same in this process.  `turn` is told of each claim before it is judged, and may leave it out."""
    on = ground(problem, seed)
    book = Names(problem, on.steps.graph, NOTATIONS[notation or problem.presentation.notation])
    names = glossary(book, on.steps)

    def bench(claims: tuple[Claim, ...]) -> Bench:
        return Bench(on, claims, exact=exact, turn=turn)

    read = lines(text, names)
    here, convention = bench(read.claims), "descent"
    found = here.judged()
    if any(j.verdict in ascent.FAULTS for j in found):
        again = lines(text, ascent.turned(names)).claims
        if ascent.speaks(again) and len(again) == len(found):
            there = bench(tuple(map(ascent.plain, again)))
            other = there.judged()
            if ascent.better(again, found, other):
                here, found, convention = there, other, "ascent"
    return Report(text, tuple(rows(text, explained(here, found), read.unread)), convention)


def rows(text: str, judged: Iterable[Judged], unread: Iterable[Unread]) -> list[Line]:
    """The claims and what could not be read, row by row."""
    written = text.split("\n")

    def said(row: int) -> str:
        return written[row - 1].strip() if 0 < row <= len(written) else ""

    out = []
    for row, some in groupby(sorted(judged, key=lambda j: j.claim.row), key=lambda j: j.claim.row):
        claims = tuple(some)
        out.append(Line(row, said(row), worst(claims), claims))
    known = {line.row: k for k, line in enumerate(out)}
    for lost in unread:
        if lost.row in known:
            line = out[known[lost.row]]
            verdict = max(line.verdict, "unread", key=VERDICTS.index)
            out[known[lost.row]] = Line(line.row, line.text, verdict, line.claims, line.unread or lost)
        else:
            known[lost.row] = len(out)
            out.append(Line(lost.row, said(lost.row), "unread", (), lost))
    return sorted(out, key=lambda line: line.row)


def worst(claims: Iterable[Judged]) -> Verdict:
    return max((c.verdict for c in claims), key=VERDICTS.index)
