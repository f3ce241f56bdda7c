"""∂E/∂q of what lies between the error and the parameters: output deltas, and deltas sent back.

A display says the chain rule in symbols, then each local factor, then the numbers; the slope of an activation has a
display of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from symbackprop.derivation import Step
from symbackprop.derivation.short import short
from symbackprop.document import Block, Equation, Line
from symbackprop.explain import gradients, plan, proofs, questions, update
from symbackprop.explain.account import Account
from symbackprop.explain.parts import Layers, applied, outputs
from symbackprop.explain.ways import chain, delta, local, next_entries, slope_apart
from symbackprop.form import ENTRIES, Form, mul, partial, ref, walk
from symbackprop.graph import OWN
from symbackprop.readings import index, unit
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES


def output(a: Account) -> list[Block]:
    """From the error to the pre-activations of the last layer."""
    blocks: list[Block] = [a.heading(2, "solution.output"), *plan.section(a, "output"), a.heading(3, "part.deltas")]
    of_output = outputs(a)
    found = _steps(a, lambda name: name in of_output)
    for step in found:
        if any(f.op in ENTRIES for f in walk(step.form)):  # a number in front needs no display
            if step.of in a.graph.measuring:
                blocks += a.once("back.inside-loss")
            blocks += a.each(step, lambda s, e: told(a, s, e))
    if found:
        blocks += in_short(a, found[-1])
    return [*blocks, *questions.sign_of_delta(a)]


def section(a: Account) -> list[Block]:
    """From there to every quantity that a parameter acts on."""
    blocks: list[Block] = [a.heading(2, "solution.back")]
    of_output = outputs(a)
    found = _steps(a, lambda name: name not in of_output)
    if not found:
        return [*blocks, a.paragraph("back.nothing")]
    blocks += [*plan.section(a, "hidden"), *a.once("back.reuse")]
    layers = Layers(a)
    for step in found:
        blocks += layers.before(step.of)
        blocks += a.each(step, lambda s, e: told(a, s, e))
    return [*blocks, *questions.several_ways(a, found)]


def _steps(a: Account, wanted: Callable[[str], bool]) -> list[Step]:
    return [s for s in a.partials if s.of in a.graph.by_name and s.rule != "independent" and wanted(s.of)]


# ---- one entry -------------------------------------------------------------------------------------------------


def told(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    """One entry of a partial, after what it needs."""
    left = unit.left(step, entry)
    if left in a.told:
        return
    if a.long(step):
        yield a.display(left, (a.right(step, entry), "chain"))
        return
    yield from needed(a, step, entry)
    if slope_apart(a, step):
        yield from _through_activation(a, step, entry)
    else:
        yield from _by_ways(a, step, entry)
    if ref(step.of, *left.at) in a.on_kinks:
        yield a.paragraph("back.on-kink")


def needed(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    """The updates that a step takes its weights from, told in place where they have not been told."""
    for f in walk(a.right(step, entry)):
        if f.op == "updated" and f not in a.told and a.problem.training.rate is not None:
            yield from a.once("back.weights-updated")
            yield from gradients.at(a, delta(f))
            yield from update.at(a, f)


def _through_activation(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    """∂out/∂net by itself, then ∂E/∂net = ∂E/∂out · ∂out/∂net."""
    left = unit.left(step, entry)
    (top,) = next_entries(step, entry)
    symbol = partial(top, ref(step.of, *left.at))
    slope = unit.written_out(a.steps.local(step).where(unit.place(step, entry)))
    name = applied(a.graph.by_name[top.name])
    yield from a.once(f"back.slope.{name}") if name in (*ACTIVATIONS, OWN) else ()
    yield from proofs.before(a, step, top, symbol.forms[1])
    yield a.display(symbol, (slope, proofs.because(a, step, top, "slope")))
    if top in a.on_kinks:
        yield a.paragraph("back.on-kink")
    yield a.display(left, (mul(delta(top), symbol), "delta"))


def _by_ways(a: Account, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
    left, right = unit.left(step, entry), unit.right(step, entry)
    q, tops = ref(step.of, *left.at), next_entries(step, entry)
    several = len(unit.ways(step, entry)) > 1
    symbols = chain(a, step, entry)
    if symbols is None and tops:
        yield from a.once(f"back.loss.{a.loss}") if step.through in a.graph.measuring else ()
        yield from proofs.before(a, step, a.error, q)
        yield a.display(left, (right, proofs.because(a, step, a.error, _why_of_loss(a))), apart=several)
    elif symbols is None:
        yield a.display(left, (right, "independent"))
    else:
        row = applied(a.graph.by_name[tops[0].name])
        yield from a.once(f"back.slope.{row}") if row in (*ACTIVATIONS, *ALONG) else ()
        yield from proofs.before(a, step, tops[0], q)
        why = "each-summand" if len(tops) > 1 else "chain"
        reason = proofs.because(a, step, tops[0], local(a, tops))
        yield a.display(left, (symbols, why), (right, reason), apart=several)


def _why_of_loss(a: Account) -> str:
    return "loss-slope" if a.loss.endswith("squared-error") else "loss"


# ---- the delta in short ----------------------------------------------------------------------------------------


def in_short(a: Account, step: Step) -> list[Block]:
    """What cancels in the last layer's delta, proven; or that nothing does."""
    if a.problem.network is None or a.brief:
        return []
    last = a.graph.by_name[a.graph.outputs[-1]]
    row = last.activation
    if row is None or len(set(last.uses) - set(a.graph.parameters)) != 1:
        return []
    shares = LOSSES[a.loss].targets in ("distribution", "one-hot") if a.loss in LOSSES else False
    smooth = ("s",) if a.problem.network.label_smoothing else ()
    found = short(a.steps, ("t", *smooth), ("t", *smooth) if shares else ())
    if found is None:
        saturates = row in ACTIVATIONS and ACTIVATIONS[row].saturates
        keys = [] if row == "identity" else ["back.stays"] + ["back.saturates"] * saturates
        return [a.paragraph(key) for key in keys]
    if row == "identity" and not found.by_sum:
        return []  # the delta is what the loss gives
    blocks: list[Block] = [a.paragraph("back.cancels-sum" if found.by_sum else "back.cancels")]
    entries = a.entries(replace(step, form=found.product))
    if not entries or a.long(replace(step, form=found.product)):
        general = a.names.general_case()
        left, form = map(general.spelled, index.reading(replace(step, form=found.form)))
        return [*blocks, Equation((Line(left, form, why=a.say("why.cancelled")),))]
    left, (product, form) = unit.left(step, entries[0]), (_at_entry(step, f, entries[0]) for f in found[:2])
    return [*blocks, Equation(a.lines(left, (product, "product"), (form, "cancelled")))]


def _at_entry(step: Step, form: Form, entry: tuple[int, ...]) -> Form:
    return unit.right(replace(step, form=form), entry)
