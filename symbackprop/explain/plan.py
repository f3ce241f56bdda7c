"""The plan, shown on one parameter: the whole chain in symbols beside the picture of its ways, before any number."""

from __future__ import annotations

from symbackprop.derivation import Step
from symbackprop.document import Block, Equation, Inlines, Line
from symbackprop.explain.account import Account
from symbackprop.explain.parts import added, outputs, weights
from symbackprop.explain.ways import chain, next_entries, unfolded
from symbackprop.figures import dense
from symbackprop.figures.ways import ways
from symbackprop.form import Form, partial, ref
from symbackprop.language import joined
from symbackprop.readings import index, unit

MOST_NAMED = 6  # quantities in a sentence


def section(a: Account, where: str) -> list[Block]:
    """The plan for a parameter that acts on an output at once, or for one behind it."""
    step = subject(a, where)
    if step is None:
        return []
    if a.symbolic(step):
        return [a.heading(3, f"plan.{where}-general"), a.paragraph("back.general"), *_general(a, step)]
    entry = (0,) * len(step.axes)
    left = unit.left(step, entry)
    w = ref(step.of, *left.at)
    tops = next_entries(step, entry)
    blocks: list[Block] = [a.heading(3, f"plan.{where}", weight=a.math(w))]
    slots = {"weight": a.math(w), "error": a.math(a.error)}
    blocks.append(a.paragraph("plan.reads", partial=a.math(partial(a.error, w)), **slots))
    several = {"count": str(len(tops))} if len(tops) > 1 else {}
    key = "plan.several" if several else "plan.one"
    blocks.append(a.paragraph(key, tops=_some(a, tops), **slots, **several))
    blocks += picture(a, step, entry)
    return [*blocks, *_chain(a, step, entry, where), a.paragraph("plan.factors")]


def _some(a: Account, tops: list[Form]) -> Inlines:
    """a, b and c; of many the first ones."""
    if len(tops) <= MOST_NAMED:
        return a.listed(tops)
    comma = a.text("list.between")
    return joined(*(part for top in tops[: MOST_NAMED - 1] for part in (a.math(top), comma)), "…")


def subject(a: Account, where: str) -> Step | None:
    """The parameter that the plan is shown on: a weight, or else a bias; the last of its kind."""
    near = outputs(a)
    found = [s for s in weights(a) if all(t.through in near for t in s.terms) is (where == "output")]
    return next((s for s in found if not added(s)), found[0] if found else None)


def _chain(a: Account, step: Step, entry: tuple[int, ...], where: str) -> list[Block]:
    w = ref(step.of, *unit.left(step, entry).at)
    left = a.names.spelled(partial(a.error, w))
    first = None if a.long(step) else chain(a, step, entry)
    if first is None:
        return _general(a, step)
    whole = unfolded(a, w)
    rights = [(first, "each-summand" if first.op == "add" else "chain")]
    rights += [(whole, f"further-{where}")] if whole is not None and whole != first else []
    lines = [
        Line(None if k else left, a.names.spelled(right), why=a.say(f"why.{why}"))
        for k, (right, why) in enumerate(rights)
    ]
    return [Equation(tuple(lines))]


def _general(a: Account, step: Step) -> list[Block]:
    """One line for every entry, where there are too many ways for one another beside."""
    left, right = map(a.names.general_case().spelled, index.reading(step))
    return [Equation((Line(left, right, why=a.say("why.each-summand")),))]


# ---- the picture -----------------------------------------------------------------------------------------------


def picture(a: Account, step: Step, entry: tuple[int, ...]) -> list[Block]:
    """The ways from an entry to the error; none where it has been drawn already."""
    w = ref(step.of, *unit.left(step, entry).at)
    if w in a.pictured or a.long(step):
        return []
    drawn = (dense.paths(a.names, w, a.language) if a.problem.dense else None) or ways(
        a.names, a.steps, a.steps.adjoint(step.of), entry, a.language
    )
    a.pictured.add(w)
    return [drawn] if drawn is not None else []
