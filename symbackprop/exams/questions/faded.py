"""A whole derivation with gaps: each gap is a part, and a later one builds on those before it.

Level 1 leaves out what comes back, level 2 the values of the forward pass too.
"""

from __future__ import annotations

import numpy as np

from symbackprop.document import Block, Equation, Line, Paragraph
from symbackprop.exams.case import BACKWARD, Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.numbers import sampled
from symbackprop.exams.outcomes import Wanted
from symbackprop.exams.questions.numbers import adjoint, answer, one
from symbackprop.exams.questions.order import side
from symbackprop.exams.row import Row
from symbackprop.exams.told import Blocks, DrawnQuestion
from symbackprop.exams.variant import Part, Question
from symbackprop.explain.account import Account
from symbackprop.form import blank, shown
from symbackprop.numeric.pointer import pointer
from symbackprop.spec.numbers import Refused

MOST_GAPS, MOST_LINES = 24, 120
OFTEN = 0.5  # of some draws: a line that is 0 more often, as where a target is 0, is printed
WIDTH = shown("0.0000")  # of every gap


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    form = adjoint(case, word, case.entry(word))
    told = {f: side(case, f) for f in case.above(form) if (s := case.step(f)) is not None and s.rule != "seed"}
    gaps = [f for f in told if asked.level == 2 or case.stage(f) in BACKWARD]
    values = sampled(case.scope.tape, case.grids, map(case.scope.node, gaps))
    gaps = [f for f in gaps if np.mean(values[case.scope.node(f)] != 0) >= OFTEN]
    if not gaps:
        raise Refused(f"every derivative on the way to {word} is 0; ask for another quantity")
    if len(gaps) > MOST_GAPS or len(told) > MOST_LINES:
        most = f"at most {MOST_LINES} lines with {MOST_GAPS} gaps are told"
        raise Refused(f"{len(told)} lines with {len(gaps)} gaps, {most}: ask for a quantity nearer to the error")
    ids = [f"{id}.{k}" for k in range(1, len(gaps) + 1)]
    uses = []
    for part, gap in zip(ids, gaps, strict=True):
        uses.append(case.uses(gap))
        case.asked_before[part] = gap
    numbers = {gap: k for k, gap in enumerate(gaps, 1)}
    labels = [case.say("gap", number=str(k)) for k in numbers.values()]
    head = Paragraph(case.say("ask.faded", what=case.math(form)))

    def lines(a: Account) -> Blocks:
        out: list[Block] = [head]
        for left, right in told.items():
            gap = Line(None, blank(numbers[left], WIDTH)) if left in numbers else None
            out.append(Equation((case.symbolic(a, left, right), gap) if gap else case.lines_asked(a, left, right)))
        return tuple(out)

    kept = {left: right for left, right in told.items() if left not in numbers}
    text = case.printed(kept, lines)
    worked = case.printed(told, lambda a: tuple(Equation(case.lines(a, left, right)) for left, right in told.items()))
    wanted = tuple(Wanted(gap, pointer(gap) if gap.op in ("ref", "adjoint") else None) for gap in gaps)

    def build(row: Row, first: int, lot: Lot) -> Question:
        parts = tuple(
            Part(part, labels[k], asked.points, answer(case, asked, row, first + k, lot, part), wanted[k].asks, uses[k])
            for k, part in enumerate(ids)
        )
        return DrawnQuestion(id, "faded", text.told(row), parts, worked.told(row))

    return Sheet(id, wanted, build, (*text.nodes, *worked.nodes), told=tuple(told))
