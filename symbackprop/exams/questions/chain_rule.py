"""Which of these formulas is the partial?  Each wrong one is what a mistake makes of it."""

from __future__ import annotations

from symbackprop.document import Paragraph
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.questions import formulas
from symbackprop.exams.questions.numbers import adjoint, one
from symbackprop.exams.questions.options import choice
from symbackprop.exams.row import Row
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Option, Part, Question
from symbackprop.spec.numbers import Refused

OPTIONS = 4


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    form = adjoint(case, word, case.entry(word))
    right = formulas.right(case, form)
    wrong = [
        Option((case.symbols(f.form),), case.feedback(f.wrong), f.wrong.mistake, formulas.typed(case, f.form))
        for f in formulas.wrong(case, form)
    ]
    if not wrong:
        raise Refused(f"no mistake of the table changes the formula for {word}; ask for another quantity")
    key = Option((case.symbols(right),), case.say("right"), "", formulas.typed(case, right))
    text = fixed(Paragraph(case.say("ask.chain-rule", what=case.math(form))))
    worked = case.solution([form])

    def build(row: Row, first: int, lot: Lot) -> Question:
        answer = choice(key, wrong, asked.choices or OPTIONS, lot, id)
        part = Part(id, case.label(form), asked.points, answer)
        return DrawnQuestion(id, "chain-rule", text, (part,), worked.told(row))

    return Sheet(id, (), build, worked.nodes, ((form, case.scope.node(right)),))
