"""In full detail, each kind of local factor is derived from the rules of calculus once, and cited where it is used."""

from __future__ import annotations

from symbackprop.derivation import Step
from symbackprop.document import Block, Equation, Line
from symbackprop.explain.account import Account, Why
from symbackprop.explain.forward import rule
from symbackprop.explain.lemmas import lemma, why
from symbackprop.explain.parts import added, applied
from symbackprop.form import Form

MOST = 6  # lines of one display; a longer lemma goes on in the next


def before(a: Account, step: Step, top: Form, bottom: Form) -> list[Block]:
    """The lemma for ∂top/∂bottom, where it is the first of its kind."""
    kind = _kind(a, step, top)
    if a.detail != "full" or kind in a.lemmas:
        return []
    found = lemma(a.graph, top, bottom)
    if found is None:
        return []
    left, blocks = a.names.spelled(found.left), list[Block]()
    for start in range(0, len(found.lines), MOST):
        a.displays += 1
        lines = found.lines[start : start + MOST]
        told = [
            Line(None if k else left, a.names.spelled(x.form), why=why(a.language, x)) for k, x in enumerate(lines)
        ]
        blocks.append(Equation(tuple(told), a.displays))
    a.lemmas[kind] = a.displays
    return [*a.once("lemma.idea"), *blocks]


def because(a: Account, step: Step, top: Form, reason: Why) -> Why:
    """The reason, with the lemma that a local factor follows from."""
    number = a.lemmas.get(_kind(a, step, top))
    return reason if number is None else a.say("lemma.by", reason=a.why(reason), where=a.cites([number]))


def _kind(a: Account, step: Step, top: Form) -> tuple[str, ...]:
    """What is derived, and by what: a sigmoid by its input, a weighted sum by a weight, by a bias, by what comes in."""
    definition = a.graph.by_name[top.name]
    by = "parameter" if step.of in a.graph.parameters else "quantity"
    row = applied(definition)
    if row is not None:
        return row, by
    told = rule(a, definition)
    return (told if told == "weighted-sum" else top.name), by, "added" if added(step) else ""
