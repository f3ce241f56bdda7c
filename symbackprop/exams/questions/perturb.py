"""What happens to the error when one number is disturbed: which way it goes, and by how much to first order."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.document import Math
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.outcomes import Wanted
from symbackprop.exams.questions.numbers import adjoint, answer, one
from symbackprop.exams.questions.options import choice
from symbackprop.exams.row import Row
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Option, Part, Question
from symbackprop.form import mul, num, ref, shown
from symbackprop.numeric.pointer import pointer

STEP = Fraction(1, 100)
SIGN = "sign-inner-derivative"


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    entry = case.entry(word)
    slope = adjoint(case, word, entry)
    change = mul(num(STEP), slope)
    error = ref(case.topology.problem.error)
    named = {"what": case.math(entry), "error": case.math(error)}
    text = fixed(case.paragraph("ask.perturb", step=Math(shown("0.01")), slope=case.math(slope), **named))
    way, label = case.say("direction"), case.say("change", error=case.math(error))
    worked = case.solution([slope, change])
    second, at, uses = f"{id}.2", pointer(slope), case.uses(change)
    case.asked_before[second] = change
    ways = {True: case.say("grows", error=case.math(error)), False: case.say("falls", error=case.math(error))}

    def build(row: Row, first: int, lot: Lot) -> Question:
        up = row.keys[first][0] > 0
        right = Option(ways[up], case.say("right"), "", "grows" if up else "falls")
        other = Option(ways[not up], case.about(SIGN), SIGN, "falls" if up else "grows")
        parts = (
            Part(f"{id}.1", way, asked.points, choice(right, [other], 2, lot, f"{id}.1"), at, uses),
            Part(second, label, asked.points, answer(case, asked, row, first, lot, second), at, uses, STEP),
        )
        return DrawnQuestion(id, "perturb", text, parts, worked.told(row))

    return Sheet(id, (Wanted(change),), build, worked.nodes, signs=(case.scope.node(change),))
