"""The plan, shown on one parameter: the whole chain in symbols beside the picture of its ways, before any number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symbackprop.derivation import Step
from symbackprop.document import Block, Cite, Equation, Inlines, Line, Paragraph, Text
from symbackprop.explain.account import Account
from symbackprop.explain.parts import added, outputs, weights
from symbackprop.explain.ways import chain, next_entries, unfolded
from symbackprop.figures import dense
from symbackprop.figures.chains import chains
from symbackprop.figures.ways import ways
from symbackprop.form import Form, add, mul, partial, ref
from symbackprop.language import Slot, joined
from symbackprop.readings import index, unit

MOST_NAMED = 6  # quantities in a sentence
Products = Sequence[tuple[Form, ...]]


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
    whole = [] if a.long(step) else unfolded(a, w)
    blocks.append(Paragraph(joined(*_said(a, tops, whole, slots))))
    blocks += picture(a, step, entry, whole)
    return [*blocks, *_chain(a, step, entry, whole, where), a.paragraph("plan.factors")]


def _said(a: Account, tops: list[Form], whole: Products, slots: Mapping[str, Slot]) -> Iterator[Inlines]:
    """By what the parameter acts, and whether the ways divide farther on."""
    divide = len(whole) > len(tops)
    if len(tops) > 1:
        yield a.say("plan.several", tops=_some(a, tops), count=a.counted(len(tops)), **slots)
    else:
        yield a.say("plan.one-first" if divide else "plan.one", tops=_some(a, tops), **slots)
    if divide:
        yield (Text(" "), *a.say("plan.divide", count=a.counted(len(whole)), error=slots["error"]))


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


def _chain(a: Account, step: Step, entry: tuple[int, ...], whole: Products, where: str) -> list[Block]:
    w = ref(step.of, *unit.left(step, entry).at)
    left = a.names.spelled(partial(a.error, w))
    first = None if a.long(step) else chain(a, step, entry)
    if first is None:
        return _general(a, step)
    rights = [(first, "each-summand" if first.op == "add" else "chain")]
    further = add(*(mul(*factors) for factors in whole))
    rights += [(further, f"further-{where}")] if whole and further != first else []
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


def picture(a: Account, step: Step, entry: tuple[int, ...], whole: Products = ()) -> list[Block]:
    """The ways from an entry to the error, or the whole chains if they are more; none where it was drawn already."""
    w = ref(step.of, *unit.left(step, entry).at)
    if w in a.pictured or a.long(step):
        return []
    drawn = (dense.paths(a.names, w, a.language) if a.problem.dense else None) or ways(
        a.names, a.steps, a.steps.adjoint(step.of), entry, a.language
    )
    if drawn is not None and len(whole) > max(edge.path for edge in drawn.edges):
        rows = [[a.names.spelled(link.forms[0]) for link in reversed(factors[1:])] for factors in whole]
        name = drawn.name.replace("paths-", "chains-").replace("ways-", "chains-")
        drawn = chains(a.names.spelled(w), rows, a.names.spelled(a.error), name, a.language) or drawn
    a.pictured.add(w)
    if drawn is None:
        return []
    return [a.paragraph("picture.ways", figure=Cite(drawn.name), weight=a.math(w), error=a.math(a.error)), drawn]
