"""Which factor is missing in the chain rule?  Each wrong one is what a mistake writes in its place."""

from __future__ import annotations

from symbackprop.document import Equation, Line, Paragraph
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.outcomes import Wrong
from symbackprop.exams.questions import formulas
from symbackprop.exams.questions.numbers import adjoint, one
from symbackprop.exams.questions.options import choice
from symbackprop.exams.row import Row
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Option, Part, Question
from symbackprop.form import ONE, Form, blank, mul, neg, shown
from symbackprop.spec.numbers import Refused

OPTIONS, FEWEST = 4, 2
GAP = blank(1, shown("0.000"))  # as wide whatever the answer is


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    form = adjoint(case, word, case.entry(word))
    right = formulas.right(case, form)
    minus, factors = formulas.product(right)
    if len(factors) < FEWEST:
        raise Refused(
            f"the formula for {word} is no product of factors; ask for another quantity, such as a weighted sum"
        )
    wrong: dict[int, list[tuple[Form, Wrong]]] = {}
    for f in formulas.wrong(case, form):
        found = differing(factors, minus, f.form)
        if found is not None and found[1] not in [other for other, _ in wrong.get(found[0], [])]:
            wrong.setdefault(found[0], []).append((found[1], f.wrong))
    if not wrong:
        raise Refused(f"no mistake of the table changes one factor of the formula for {word}; ask for another quantity")
    place = max(wrong, key=lambda k: (len(wrong[k]), k))
    line = mul(*(GAP if k == place else case.topology.names.spelled(f) for k, f in enumerate(factors)))
    display = Equation((Line(case.spelled(form), neg(line) if minus else line),))
    text = fixed(Paragraph(case.say("ask.missing-factor", what=case.math(form))), display)
    options = [
        Option((case.symbols(f),), case.feedback(w), w.mistake, formulas.typed(case, f)) for f, w in wrong[place]
    ]
    key = Option((case.symbols(factors[place]),), case.say("right"), "", formulas.typed(case, factors[place]))
    worked = case.solution([form])

    def build(row: Row, first: int, lot: Lot) -> Question:
        answer = choice(key, options, asked.choices or OPTIONS, lot, id)
        part = Part(id, case.say("gap", number="1"), asked.points, answer)
        return DrawnQuestion(id, "missing-factor", text, (part,), worked.told(row))

    return Sheet(id, (), build, worked.nodes, ((form, case.scope.node(right)),))


def differing(factors: tuple[Form, ...], minus: bool, other: Form) -> tuple[int, Form] | None:
    """The one factor in which the other product differs, and what stands there; 1 where it is left out."""
    sign, theirs = formulas.product(other)
    if sign != minus:
        return None
    if len(theirs) == len(factors):
        places = [k for k, (a, b) in enumerate(zip(factors, theirs, strict=True)) if a != b]
        return (places[0], theirs[places[0]]) if len(places) == 1 else None
    left_out = [k for k in range(len(factors)) if factors[:k] + factors[k + 1 :] == theirs]
    return (left_out[0], ONE) if left_out else None
