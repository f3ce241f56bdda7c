"""A partial as a formula, typed in: equal in the quantities of the network counts, however it is written."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.difficulty import ways
from symbackprop.exams.model import Asked
from symbackprop.exams.questions import formulas
from symbackprop.exams.row import Row
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Part, Question, Written
from symbackprop.form import Form
from symbackprop.numeric.pointer import pointer

FEW = 4  # paths that are written out


def sheet(case: Case, asked: Asked, id: str, forms: Sequence[Form]) -> Sheet:
    ids = [id if len(forms) == 1 else f"{id}.{k}" for k in range(1, len(forms) + 1)]
    parts = tuple(
        Part(part, case.label(form), asked.points, written(case, form), pointer(form))
        for part, form in zip(ids, forms, strict=True)
    )
    key = "symbolic" if all(ways(case, [f]) <= FEW for f in forms) else "symbolic-short"
    text = fixed(case.paragraph(f"ask.{key}", what=case.listed(forms)))
    worked = case.solution(forms)

    def build(row: Row, first: int, lot: Lot) -> Question:
        return DrawnQuestion(id, "partial", text, parts, worked.told(row))

    keys = [
        (form, part.answer.form) for form, part in zip(forms, parts, strict=True) if isinstance(part.answer, Written)
    ]
    checked = tuple((form, case.scope.node(key)) for form, key in keys if key is not None)
    return Sheet(id, (), build, worked.nodes, checked)


def written(case: Case, form: Form) -> Written:
    whole = ways(case, [form]) <= FEW
    right = formulas.right(case, form, whole=whole)
    outcomes = tuple(
        (f.wrong.mistake, formulas.typed(case, f.form), case.feedback(f.wrong))
        for f in formulas.wrong(case, form, whole=whole)
    )
    return Written(formulas.typed(case, right), right, (case.symbols(right),), outcomes)
