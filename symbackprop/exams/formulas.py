"""Whether a formula that was typed in is the key: the verifier judges key = answer, in the network's own quantities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from symbackprop.form import ENTRIES, Form, walk
from symbackprop.spec.problem import Problem
from symbackprop.verifier.blame import judge
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.report import Line

BUDGET = 10.0  # seconds for an answer: nobody vouches for it
LONGEST = 2_000
BACK = frozenset({"adjoint", "flow", "partial"})
Judgement = Literal["right", "wrong", "unread", "open"]


class Judged(NamedTuple):
    judgement: Judgement
    mistake: int | None = None  # which of the wrong formulas it is


def judged(problem: Problem, key: str, wrong: Sequence[str], answers: Sequence[str]) -> dict[str, Judged]:
    """Every answer; a wrong one is compared with what mistakes write, too.

    Each is a row of its own, so that none is judged by another.  A derivative of the error that the key does not
    have leaves the answer open: ∂E/∂w₅ itself is equal to its formula, and is none.
    """
    lines = rows(problem, key, answers)
    found = {answer: verdict(lines[answer]) for answer in answers}
    for k, formula in enumerate(wrong):
        left = [answer for answer, own in found.items() if own == Judged("wrong")]
        if not left:
            break
        again = rows(problem, formula, left)
        found |= {a: Judged("wrong", k) for a in left if verdict(again[a]).judgement == "right"}
    return found


def rows(problem: Problem, key: str, answers: Sequence[str]) -> dict[str, Line | None]:
    typed = {answer: written(answer) for answer in answers}
    rows = list(dict.fromkeys(text for text in typed.values() if text))
    if not rows:
        return dict.fromkeys(answers)
    report = judge("\n".join(f"{key} = {text}" for text in rows), problem, budget=BUDGET)
    lines = {rows[line.row - 1]: line for line in report.lines if line.row <= len(rows)}
    return {answer: lines.get(text) for answer, text in typed.items()}


def written(answer: str) -> str:
    """The formula alone, on one line, without what it is a formula for; nothing where no formula is left."""
    formula = re.sub(r"\s+", " ", answer.rpartition("=")[2]).strip().strip("$").strip()
    return formula if len(formula) <= LONGEST else ""


def verdict(line: Line | None) -> Judged:
    if line is None or line.unread is not None or len(line.claims) != 1:
        return Judged("unread")
    (judged,) = line.claims
    if judged.outer == "unknown":
        return Judged("open")
    if judged.outer == "false":
        return Judged("wrong")
    return Judged("right" if formula(judged.claim) else "open")


def formula(claim: Claim) -> bool:
    """Whether it is a formula in quantities, and has no derivative of the error that the key does not have."""
    used = {f.be(None) for f in entries(claim.right)}
    return bool(used) and {f for f in used if f.op in BACK} <= {f.be(None) for f in entries(claim.left)}


def entries(form: Form) -> list[Form]:
    return [f for f in walk(form) if f.op in ENTRIES or f.op in BACK]
