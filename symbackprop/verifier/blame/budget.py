"""The judgement in a worker: a claim on which it spends more than its budget is unknown, and the others are judged.

Text that nobody vouches for is judged so.  The worker that outlives its budget, or is gone, is started anew without
that claim.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from symbackprop.verifier.decide.worker import SPAWN, START
from symbackprop.verifier.report import Line, Report

if TYPE_CHECKING:
    from symbackprop.spec.problem import Problem

MOST_LOST = 3  # claims; after so many, all are unknown
Turn = Callable[[int], bool]  # tells that a claim's turn has come; whether it is to be left out


def within(seconds: float, text: str, problem: Problem, options: dict[str, Any]) -> Report:
    """The report, at most `seconds` being spent on a claim."""
    lost: list[int] = []
    while True:
        ours, theirs = SPAWN.Pipe()
        left_out = None if len(lost) > MOST_LOST else frozenset(lost)
        process = SPAWN.Process(target=serve, args=(theirs, text, problem, options, left_out), daemon=True)
        process.start()
        theirs.close()
        try:
            report, claim = _watched(ours, seconds)
        finally:
            process.kill()
            process.join()
            ours.close()
        if report is not None:
            return report
        if claim is None or left_out is None:  # the network itself is too large to take in
            return Report(text, (Line(1, "", "unknown"),))
        lost.append(claim)


def _watched(line: Any, seconds: float) -> tuple[Report | None, int | None]:
    """The report; or the claim at which nothing more came."""
    claim = None
    try:
        while line.poll(START if claim is None else seconds):
            said = line.recv()
            if isinstance(said, Report):
                return said, claim
            claim = said
    except EOFError:
        pass
    return None, claim


def serve(line: Any, text: str, problem: Problem, options: dict[str, Any], left_out: frozenset[int] | None) -> None:
    """The worker: it says whose turn it is, and at last the report."""
    from symbackprop.verifier.blame import judgement

    def turn(claim: int) -> bool:
        line.send(claim)
        return left_out is None or claim in left_out

    line.send(judgement(text, problem, turn=turn, **options))
