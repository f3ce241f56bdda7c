"""∂E/∂(parameter): what came back, times what comes in.  After each group, what its numbers say."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial as partial_of

from symbackprop.derivation import Step
from symbackprop.document import Block, Cite, Equation
from symbackprop.explain import interpretation, plan, proofs, questions
from symbackprop.explain.account import Account, placed
from symbackprop.explain.parts import Layers, added, weights
from symbackprop.explain.ways import chain, local, next_entries, spine
from symbackprop.figures.graph import graph
from symbackprop.form import Form, mul, partial, ref
from symbackprop.readings import unit


def section(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.gradients")]
    steps = {s.of: s for s in a.partials if s.of in a.graph.parameters}
    if not steps:
        return [*blocks, a.paragraph("gradient.none")]
    blocks += [a.paragraph("update.told-before")] if any(f.op == "adjoint" and f.name in steps for f in a.told) else []
    layers = Layers(a)
    for step in steps.values():
        blocks += layers.before(step.of)
        blocks += a.once("gradient.bias" if added(step) else "gradient.weight")
        blocks += a.each(step, lambda s, e: told(a, s, e))
        blocks += a.apart(partial_of(interpretation.group, a, step))
    blocks += picture(a)
    return [*blocks, *questions.stored(a), *questions.bias(a, [s for s in weights(a) if added(s)])]


def picture(a: Account) -> list[Block]:
    """The whole derivation at a glance: the program with what was computed above, what came back below."""
    if a.values is None or a.brief or not a.plots:
        return []
    values = a.values
    drawn = graph(a.names, lambda f: a.about(values(f)), a.language)
    return [a.paragraph("picture.graph", figure=Cite(drawn.name)), drawn] if drawn else []


def at(a: Account, left: Form) -> Iterable[Block]:
    """One entry, where a step needs it before its turn."""
    step = a.partial[left.name]
    entry = placed(step, left)
    if entry is not None and left not in a.told:
        yield from told(a, step, entry)


def told(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    left, right = unit.left(step, entry), a.right(step, entry)
    if left in a.told:
        return
    if step.rule == "independent":
        yield a.display(left, (right, "independent"))
        return
    if a.long(step):
        yield a.display(left, (right, "chain"))
        return
    first = not any(entry)
    if not added(step):
        yield from plan.picture(a, step, entry) if a.detail in ("normal", "full")[not first :] else ()
        yield from _whole_chain(a, step, entry) if first else ()
    symbols = chain(a, step, entry)
    tops = next_entries(step, entry)
    yield from proofs.before(a, step, tops[0], ref(step.of, *left.at)) if tops and symbols else ()
    if symbols is None:
        yield a.display(left, (right, ("loss", "rule.collect")[len(tops) > 1] if tops else "independent"))
        return
    why = "each-summand" if len(tops) > 1 else "chain"
    reason = proofs.because(a, step, tops[0], "bias" if added(step) else local(a, tops))
    yield a.display(left, (symbols, why), (right, reason), apart=len(unit.ways(step, entry)) > 1)


def _whole_chain(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    """The last factor, then the product of all of them: what the plan asked for."""
    w = ref(step.of, *unit.left(step, entry).at)
    factors = spine(a, w)
    if len(factors) < 3 or a.brief:
        return
    link = factors[-1]
    net = link.forms[0]
    factor = unit.written_out(a.steps.local(step).where(unit.place(step, entry)))
    yield from proofs.before(a, step, net, w)
    yield a.display(link, (factor, proofs.because(a, step, net, local(a, [net]))))
    yield Equation(a.lines(partial(a.error, w), (mul(*factors), "chain")))
    yield from a.once("gradient.is-delta", delta=a.math(Form("adjoint", net.args)))
