"""Questions at the places where a principle is met, and their model answers, made from the derivation.

Why two terms · what if a unit fed only one · why a stored delta may be used again · why a bias has no input factor ·
what a sign means · why a difference is a check.  The answers stand together at the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.derivation import Step
from symbackprop.document import Block, Box, Inlines, Paragraph
from symbackprop.explain.account import Account
from symbackprop.explain.ways import delta, next_entries
from symbackprop.form import ONE, Form, add, hyper, mul, partial, ref, walk
from symbackprop.language import Slot, sentence, slots
from symbackprop.numeric.field import Value
from symbackprop.readings import unit


def ask(a: Account, key: str, given: dict[str, Slot], ending: str = "") -> list[Block]:
    """A question in a box of its own; its answer waits for the end.  Each takes those slots that it has."""
    if a.brief or not a.asks:
        return []
    a.answers.append(_said(a, f"question.{key}.answer{ending}", given))
    title = a.say("question.title", number=str(len(a.answers)))
    return [Box("question", title, (Paragraph(_said(a, f"question.{key}.ask", given)),))]


def _said(a: Account, key: str, given: dict[str, Slot]) -> Inlines:
    wanted = slots(sentence(a.language, key))
    return a.say(key, **{name: value for name, value in given.items() if name in wanted})


def answers(a: Account) -> list[Block]:
    """Every answer under the number of its question."""
    if not a.answers:
        return []
    boxes = [
        Box("answer", a.say("question.answer", number=str(k)), (Paragraph(answer),))
        for k, answer in enumerate(a.answers, 1)
    ]
    return [a.heading(3, "question.answers"), *boxes]


def several_ways(a: Account, steps: Iterable[Step]) -> list[Block]:
    """Why there are several terms, and what if there were one; of the first entry that acts in several ways."""
    for step in steps:
        for entry in [] if a.long(step) else a.entries(step)[:1]:
            tops = next_entries(step, entry)
            if len(tops) > 1:
                return _two_terms(a, step, entry, tops)
    return []


def _two_terms(a: Account, step: Step, entry: tuple[int, ...], tops: list[Form]) -> list[Block]:
    left = unit.left(step, entry)
    told: dict[str, Slot] = {
        "quantity": a.math(ref(step.of, *left.at)),
        "partial": a.math(left),
        "error": a.math(a.error),
        "count": a.counted(len(tops)),
        "through": a.listed(tops),
        "first": a.math(tops[0]),
        "others": a.listed(tops[1:]),
    }
    blocks = ask(a, "terms", told)
    if not a.numeric:
        return [*blocks, *ask(a, "only", told, "-symbols")]
    kept = add(*(w.form for w in unit.ways(step, entry) if w.entry == tops[0]))
    return [*blocks, *ask(a, "only", told | {"kept": a.value(kept), "value": a.value(left)})]


def stored(a: Account) -> list[Block]:
    """Why what came back to a quantity may be used again, with the number of displays that use it."""
    count: dict[Form, int] = {}
    for step in a.partials:
        if step.of in a.graph.by_name or step.of in a.graph.parameters:
            for entry in [] if a.long(step) else a.entries(step):
                for f in dict.fromkeys(f for f in walk(unit.right(step, entry)) if f.op == "adjoint" and f in a.told):
                    count[f] = count.get(f, 0) + 1
    if not count:
        return []
    most = max(count, key=lambda f: count[f])
    told: dict[str, Slot] = {"delta": a.math(most), "quantity": a.math(ref(most.name, *most.at))}
    return ask(a, "stored", told | {"error": a.math(a.error), "count": a.counted(count[most])})


def bias(a: Account, steps: list[Step]) -> list[Block]:
    """Why the gradient of a bias has no factor for what comes in."""
    for step in steps:
        for entry in [] if a.long(step) else a.entries(step)[:1]:
            if tops := next_entries(step, entry):
                b = ref(step.of, *unit.left(step, entry).at)
                local = a.equation(partial(tops[0], b), ONE)
                return ask(a, "bias", {"bias": a.math(b), "local": local, "sum": a.math(tops[0])})
    return []


def sign_of_delta(a: Account) -> list[Block]:
    """What the sign of the last output delta says."""
    found = [f for f in a.told if f.op == "adjoint" and not any(i.terms for i in f.at)]
    if a.values is None or not found:
        return []
    left, sign = found[-1], a.values(found[-1])
    told: dict[str, Slot] = {"partial": a.equation(left, a.value(left)), "quantity": a.math(ref(left.name, *left.at))}
    return ask(a, "sign", told | {"error": a.math(a.error)}, _sign(sign))


def minus(a: Account, entry: Form) -> list[Block]:
    """Why the update subtracts."""
    if a.values is None:
        return []
    gradient = delta(entry)
    told: dict[str, Slot] = {"weight": a.math(entry), "error": a.math(a.error)}
    told |= {"partial": a.equation(gradient, a.value(gradient)), "product": a.value(mul(hyper("rate"), gradient))}
    return ask(a, "minus", told, _sign(a.values(gradient)))


def difference(a: Account) -> list[Block]:
    """Why a difference quotient is a check at all."""
    return ask(a, "difference", {})


def _sign(value: Value) -> str:
    return "-up" if value > 0 else "-down" if value < 0 else "-none"
