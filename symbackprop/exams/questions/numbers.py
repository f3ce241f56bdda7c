"""Questions whose answer is a number: a value, the error, a partial, a delta, an update.

What they ask is an entry of the derivation; each mistake of the table that changes it is an outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from symbackprop import language as words
from symbackprop.document import Math
from symbackprop.exams.case import Case, Lot, Sheet
from symbackprop.exams.model import UPDATED, Asked
from symbackprop.exams.outcomes import Wanted
from symbackprop.exams.questions import symbolic
from symbackprop.exams.row import Row
from symbackprop.exams.source import Source
from symbackprop.exams.told import DrawnNumeric, DrawnQuestion, fixed
from symbackprop.exams.variant import Answer, Choice, Kind, Numeric, Option, Outcome, Part
from symbackprop.form import Form, shown
from symbackprop.numeric.pointer import pointer
from symbackprop.spec.numbers import Refused

GUARD = 2  # decimals of an outcome beyond those of the key
NONE = 'ask for something: ask = ["w5", "w1"]'


def value(case: Case, asked: Asked, id: str) -> Sheet:
    forms = [case.entry(word) for word in _some(asked)]
    for word, form in zip(asked.ask, forms, strict=True):
        if case.step(form) is None:
            raise Refused(f"{word} is given; ask for something that is computed, such as 'out_o1'")
    return numeric(case, asked, id, "value", forms)


def error(case: Case, asked: Asked, id: str) -> Sheet:
    if asked.ask:
        raise Refused("the error has one value: leave ask out")
    return numeric(case, asked, id, "error", [Form("ref", (case.topology.problem.error,))])


def partial(case: Case, asked: Asked, id: str) -> Sheet:
    forms = [adjoint(case, word, case.entry(word)) for word in _some(asked)]
    return (
        symbolic.sheet(case, asked, id, forms)
        if asked.form == "symbolic"
        else numeric(case, asked, id, "partial", forms)
    )


def delta(case: Case, asked: Asked, id: str) -> Sheet:
    forms = [adjoint(case, word, case.pre_activation(word)) for word in _some(asked)]
    return numeric(case, asked, id, "delta", forms)


def update(case: Case, asked: Asked, id: str) -> Sheet:
    forms = []
    for word in _some(asked):
        entry = case.entry(word)
        step = case.topology.steps.of.get(Form("updated", (entry.name,)))
        if step is None and entry.name not in case.topology.problem.parameters:
            raise Refused(f"{word} is no parameter, so no update moves it; ask for a weight or a bias")
        if step is None:
            raise Refused(f"{word} is not trained, so no update moves it; add it to train under [training]")
        if case.topology.problem.training.rate is None:
            raise Refused("an update has a value where the rate is a number; write rate = 0.5 under [training]")
        forms.append(Form("updated", entry.args))
    return numeric(case, asked, id, "update", forms)


def one(asked: Asked) -> str:
    """The one name that is asked for."""
    if len(asked.ask) != 1:
        raise Refused('ask for one thing: ask = "w1"')
    return asked.ask[0]


def _some(asked: Asked) -> Sequence[str]:
    if not asked.ask:
        raise Refused(NONE)
    return asked.ask


def adjoint(case: Case, word: str, entry: Form) -> Form:
    form = Form("adjoint", entry.args)
    if case.step(form) is None or case.topology.steps.adjoint(entry.name).rule in ("seed", "independent"):
        raise Refused(f"the error's slope by {word} is no question here: it is a fixed number")
    return form


def numeric(case: Case, asked: Asked, id: str, kind: Kind, forms: Sequence[Form]) -> Sheet:
    """One part for each form."""
    wanted = tuple(Wanted(form, pointer(form)) for form in forms)
    ids = [id if len(forms) == 1 else f"{id}.{k}" for k in range(1, len(forms) + 1)]
    uses = []
    for part, form in zip(ids, forms, strict=True):
        uses.append(case.uses(form))
        case.asked_before[part] = form
    labels = [case.label(form) for form in forms]
    text = fixed(case.paragraph(f"ask.{kind}", **slots(case, kind, forms)))
    worked = case.solution(forms)

    def build(row: Row, first: int, lot: Lot) -> DrawnQuestion:
        parts = tuple(
            Part(part, labels[k], asked.points, answer(case, asked, row, first + k, lot, part), wanted[k].asks, uses[k])
            for k, part in enumerate(ids)
        )
        return DrawnQuestion(id, kind, text, parts, worked.told(row))

    return Sheet(id, wanted, build, shows=worked.nodes)


def slots(case: Case, kind: str, forms: Sequence[Form]) -> dict[str, words.Slot]:
    if kind == "error":
        return {"error": case.math(forms[0])}
    found: dict[str, words.Slot] = {"what": case.listed(forms)}
    if kind == "update":
        found |= {"of": case.listed([Form("ref", f.args) for f in forms]), "digits": str(case.places + UPDATED)}
    return found


# ---- answers ---------------------------------------------------------------------------------------------------------


def answer(case: Case, asked: Asked, row: Row, item: int, lot: Lot, part: str) -> Answer:
    key, tolerance = row.keys[item]
    number = DrawnNumeric(key, tolerance, lambda: outcomes(case, row, item))
    return number if asked.choices is None else choice(case, number, asked.choices, lot, part)


def outcomes(case: Case, row: Row, item: int) -> tuple[Outcome, ...]:
    """What each mistake gives in this variant."""
    text = f"%.{int(row.parts[item].decimals[row.at]) + GUARD}f"
    return tuple(
        Outcome(w.mistake, Decimal(text % row.double(w.node)), case.feedback(w), case.where(w.at))
        for w in row.numbers.items[item].wrong
    )


def choice(case: Case, number: Numeric, count: int, lot: Lot, part: str) -> Choice:
    """The key among outcomes: its rank by size and its letter are drawn in turn, so that neither gives it away."""
    below = [o for o in number.outcomes if o.value < number.key]
    above = [o for o in number.outcomes if o.value > number.key]
    source = Source(lot.seed, lot.variant, part, "options")
    rank = lot.turn(count, part, "rank")
    letter = lot.turn(count, part, "letter")
    smaller = min(len(below), max(rank, count - 1 - len(above)))
    chosen = source.shuffled(below)[:smaller] + source.shuffled(above)[: count - 1 - smaller]
    places = -int(number.key.as_tuple().exponent)
    options = [
        Option(_number(f"{o.value:.{places}f}"), o.feedback, o.mistake, f"{o.value:.{places}f}")
        for o in source.shuffled(chosen)
    ]
    options.insert(min(letter, len(options)), Option(_number(number.text), case.say("right"), "", number.text))
    return Choice(tuple(options))


def _number(text: str) -> tuple[Math]:
    return (Math(shown(text)),)
