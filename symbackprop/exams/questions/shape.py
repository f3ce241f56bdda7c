"""What shape has the gradient of an array?  Mistakes with the chain rule for matrices give others."""

from __future__ import annotations

from symbackprop.document import Inlines, Math, Paragraph, Text
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.questions.numbers import one
from symbackprop.exams.row import Row
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Part, Question, Written
from symbackprop.form import Form, walk
from symbackprop.readings import matrix
from symbackprop.spec.numbers import Refused


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    graph = case.topology.steps.graph
    name = word if word in graph.shapes else case.entry(word).name
    if name not in graph.live:
        raise Refused(f"the error does not depend on {word}")
    shape = tuple(int(n) for n in graph.full_shape(name))
    if not shape:
        raise Refused(f"{word} is a single number; ask for the shape of an array, such as 'W1'")
    whole = case.topology.names.bold(Form("adjoint", (name,)))
    assert whole is not None
    key = text_of(shape)
    outcomes = tuple((mistake, text_of(other), case.about(mistake)) for mistake, other in wrong(shape))
    answer = Written(key, None, (Text(key),), outcomes, spellings(shape))
    text = fixed(Paragraph(asking(case, name, whole)))
    why = fixed(Paragraph(case.say("why.shape", what=Math(whole), shape=key)))

    def build(row: Row, first: int, lot: Lot) -> Question:
        return DrawnQuestion(id, "shape", text, (Part(id, (Math(whole), Text(":")), asked.points, answer),), why)

    return Sheet(id, (), build)


def asking(case: Case, name: str, whole: Form) -> Inlines:
    """The question, with the equation in which the array stands: it tells rows from columns."""
    names, steps = case.topology.names, case.topology.steps
    bold = names.bold(Form("ref", (name,)))
    slots = (
        {"what": Math(whole), "array": Math(bold)} if bold is not None else {"what": Math(whole), "array": Text(name)}
    )
    for step in steps.steps:
        if step.rule == "definition" and any(f.op == "ref" and f.name == name for f in walk(step.form)):
            right, left = matrix.reading(step, steps), names.bold(Form("ref", (step.of,)))
            if right is not None and left is not None:
                return case.say("ask.shape-in", equation=Math(left, "=", names.whole(right)), **slots)
    return case.say("ask.shape", **slots)


def text_of(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def spellings(shape: tuple[int, ...]) -> tuple[str, ...]:
    comma = ", ".join(map(str, shape))
    return tuple(dict.fromkeys(("×".join(map(str, shape)), f"({comma})", f"[{comma}]", comma)))


def wrong(shape: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Turned round, without what comes in, and that alone; each once."""
    found = [("missing-transpose", shape[::-1]), ("input-dropped", shape[:1]), ("raw-error-sent-back", shape[-1:])]
    known, out = {shape}, []
    for mistake, other in found:
        if other not in known:
            known.add(other)
            out.append((mistake, other))
    return out
