"""Put the steps in order: a chain in which each needs the one before, so that there is one right order.

Where another question tells the steps in their order, others are asked for: of the same chain, else of another entry.
"""

from __future__ import annotations

from symbackprop.document import Paragraph
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.questions.numbers import one
from symbackprop.exams.row import Row
from symbackprop.exams.source import Source
from symbackprop.exams.tape import place
from symbackprop.exams.told import DrawnQuestion, fixed
from symbackprop.exams.variant import Order, Part, Question
from symbackprop.form import Form
from symbackprop.readings import unit
from symbackprop.spec.numbers import Refused

MOST, FEWEST = 7, 3


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    entry = case.entry(word)
    if len(chain_to(case, entry)) < FEWEST:
        raise Refused(f"fewer than {FEWEST} steps lead to {word}; ask for a parameter of an earlier layer")
    siblings = [f for f in case.names.entries.values() if f.name == entry.name and f != entry]
    steps = next((steps for f in (entry, *siblings) if len(steps := untold(case, f)) >= FEWEST), None)
    if steps is None:
        raise Refused(f"another question tells the steps that lead to {word} in their order; ask for another parameter")
    form = steps[-1]
    items = [(case.equal(f, side(case, f)),) for f in steps]
    text = fixed(Paragraph(case.say("ask.order", what=case.math(form))))
    worked = case.solution([form])

    def build(row: Row, first: int, lot: Lot) -> Question:
        order = mixed(len(items), lot, id)
        answer = Order(tuple(items[k] for k in order), tuple(k + 1 for k in order), case.say("why.order"))
        part = Part(id, case.say("the-order"), asked.points, answer)
        return DrawnQuestion(id, "order", text, (part,), worked.told(row))

    return Sheet(id, (), build, worked.nodes, ((form, case.scope.node(form)),))


def untold(case: Case, entry: Form) -> list[Form]:
    """Steps that lead to an entry, of which at most two stand in their order in another question."""
    steps = chain_to(case, entry)
    few = chosen(steps)
    return few if len(case.told.intersection(few)) < FEWEST else chosen([f for f in steps if f not in case.told])


def chain_to(case: Case, entry: Form) -> list[Form]:
    """Up to the entry's update where there is a rate, else its partial, else itself."""
    ends = [Form("adjoint", entry.args), entry]
    if case.topology.problem.training.rate is not None:
        ends.insert(0, Form("updated", entry.args))
    return next((chain(case, form) for form in ends if case.step(form) is not None), [])


def side(case: Case, entry: Form) -> Form:
    step = case.step(entry)
    assert step is not None
    return unit.right(step, place(step.left, entry))


def chain(case: Case, form: Form) -> list[Form]:
    """The longest row of entries, each computed from the one before, up to the form."""
    known: dict[Form, list[Form]] = {}

    def longest(entry: Form) -> list[Form]:
        if entry not in known:
            step = case.step(entry)
            if step is None or step.rule in ("seed", "independent"):
                known[entry] = []
            else:
                known[entry] = [*max(map(longest, case.below(entry)), key=len, default=[]), entry]
        return known[entry]

    return longest(form)


def chosen(steps: list[Form]) -> list[Form]:
    """At most so many, spread over the whole, the last one among them."""
    n = min(MOST, len(steps))
    return [steps[(k + 1) * len(steps) // n - 1] for k in range(n)]


def mixed(n: int, lot: Lot, part: str) -> list[int]:
    """Any order but the right one."""
    source = Source(lot.seed, lot.variant, part, "order")
    while True:
        order = source.shuffled(range(n))
        if order != list(range(n)):
            return order
