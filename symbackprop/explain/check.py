"""The check in view: the gradient by central differences, and the error after the update."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.document import Block, Box, Equation, Line, Math, Paragraph
from symbackprop.explain import interpretation, questions
from symbackprop.explain.account import Account
from symbackprop.form import Form, add, div, mul, neg, num, ref, shown, symbol
from symbackprop.numeric import field as fields
from symbackprop.numeric.entry import value_of
from symbackprop.numeric.field import Value, ends
from symbackprop.numeric.rounding import digits
from symbackprop.readings import unit

STEP = "0.0001"
PLACES = 15  # the difference of two errors loses the digits that they share


def section(a: Account) -> list[Block]:
    blocks: list[Block] = [*_differences(a), *_after(a)]
    blocks += a.apart(lambda: interpretation.section(a))
    blocks += questions.answers(a)
    return [a.heading(2, "solution.check"), *(blocks or [a.paragraph("check.symbols")])] if a.asks else []


def _differences(a: Account) -> list[Block]:
    if a.changed is None:
        return []
    blocks: list[Block] = [a.paragraph("check.plan", step=Math(symbol("h"), "=", shown(STEP)))]
    for name in _moved(a):
        step = a.steps.adjoint(name)
        entry = (0,) * len(step.axes)
        full = (0,) * len(a.graph.shapes[name])
        w, error = ref(name, *full), ref(a.graph.error)
        up, down = (a.changed(name, full, s + STEP) for s in ("", "-"))
        high, low = (_places(v, PLACES) for v in (up, down))
        h = symbol("h")
        moved = [Form("moved", (a.names.spelled(error), add(a.names.spelled(w), s))) for s in (h, neg(h))]
        quotient = div(add(moved[0], neg(moved[1])), mul(shown("2"), h))
        numbers = div(add(shown(high), neg(shown(low))), mul(shown("2"), shown(STEP)))
        difference = _slope(up, down)
        left = a.names.derivative(Form("adjoint", w.args))
        lines = (
            Line(left, quotient, "≈", a.say("why.difference")),
            Line(None, numbers, "=", a.say("why.moved-error")),
            Line(None, shown(a.digits(difference)), "=", a.say("why.result.quotient")),
        )
        assert a.values is not None
        exact = a.values(unit.left(step, entry))
        blocks.append(Equation(lines))
        told = {"difference": a.decimal(difference), "derivative": Math(left, "=", shown(a.digits(exact)))}
        blocks.append(Paragraph(a.say("check.agrees", **told)))
    return [*blocks, a.paragraph("check.tolerance"), *questions.difference(a)]


def _moved(a: Account) -> list[str]:
    """The arrays whose first entry is moved: a weight near the error and the one farthest from it."""
    steps = [s.of for s in a.partials if s.of in a.graph.parameters]
    arrays = [name for name in steps if len(a.graph.shapes[name]) > 1] or steps
    return list(dict.fromkeys((arrays[0], arrays[-1]))) if arrays else []


def _slope(up: Value, down: Value) -> Value:
    """(up − down)/(2h)."""
    ends = {ref("up"): up, ref("down"): down}
    rise = mul(num(1 / (2 * Fraction(STEP))), add(ref("up"), neg(ref("down"))))
    return value_of(rise, lambda f: ends[f], fields.field())


def _places(value: object, places: int) -> str:
    return digits(value, places).text


def _after(a: Account) -> list[Block]:
    if len(a.trajectory) < 2 or (a.problem.samples and a.problem.training.order != "batch"):
        return []  # one after the other, the next error is that of other samples
    before, after = a.trajectory[0], a.trajectory[1]
    key = "check.falls" if ends(after)[1] < ends(before)[0] else "check.rises"
    error = a.math(ref(a.graph.error))
    blocks: list[Block] = [a.paragraph(key, error=error, before=a.decimal(before), after=a.decimal(after))]
    if a.other_rule is not None:
        mode = "updated" if a.problem.training.hidden_deltas_from == "updated-weights" else "old"
        after_it = a.equation(a.error, shown(a.digits(after)))
        other = a.paragraph(f"check.rule-{mode}", after=after_it, other=a.decimal(a.other_rule))
        blocks.append(Box("note", a.say("note.title"), (other, *_source(a))))
    return blocks


def _source(a: Account) -> list[Block]:
    """What the source prints, against what its own rule gives."""
    if a.problem.source is None:
        return []
    out: list[Block] = []
    for claim in a.claims:
        places = len(claim.printed.partition(".")[2])
        rule, other = _places(claim.by_rule, places), _places(claim.by_other, places)
        key = "right" if claim.printed == rule else "other-rule" if claim.printed == other else "neither"
        updates = a.say("check.updates" if claim.updates != 1 else "check.one-update", count=str(claim.updates))
        out.append(
            a.paragraph(
                f"check.source-{key}",
                author=a.problem.source.author,
                updates=updates,
                printed=Math(shown(claim.printed)),
                quantity=Math(a.names.spelled(claim.quantity)),
                rule=Math(shown(rule)),
            )
        )
    return out
