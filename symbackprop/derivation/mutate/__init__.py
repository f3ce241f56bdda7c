"""A mistake, made in a step: the row says which, and the step's Form comes out wrong as a student writes it.

    ∂E/∂a[j] = Σ_k δ[k] · W[k,j]        missing-path                δ[1] · W[1,j]
    δ[j] = ∂E/∂a[j] · a[j](1 − a[j])    missing-hidden-derivative   ∂E/∂a[j]

A change takes the whole step in index form, so one row works for every network, every entry and every reading.  Some
mistakes can be written in several ways (any other index is a wrong one): the likeliest comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symbackprop.derivation.mutate import bias, factors, indices, loss, moves, sequential, slopes, sums
from symbackprop.derivation.mutate.case import Case, Change, applies, whole
from symbackprop.derivation.steps import Step, Steps, bare
from symbackprop.form import ENTRIES, ONE, Form, Index, add, index, mul, neg, same, walk
from symbackprop.tables.mistakes import MISTAKES, Mistake

CHANGES: dict[str, Change] = {
    **factors.CHANGES,
    **indices.CHANGES,
    **slopes.CHANGES,
    **sums.CHANGES,
    **bias.CHANGES,
    **loss.CHANGES,
    **moves.CHANGES,
    **sequential.CHANGES,
}


def ways_to(steps: Steps, step: Step, mistake: Mistake) -> Iterator[Form]:
    """Every Form that the step gets by the mistake; none where it cannot be made there."""
    if not applies(steps, step, mistake):
        return
    right = whole(steps, step)
    made = CHANGES[mistake.change](Case(steps, step, mistake, right))
    some = (made,) if made is None or isinstance(made, Form) else made
    yield from dict.fromkeys(wrong for wrong in some if wrong is not None and wrong != right)


def mistaken(steps: Steps, step: Step, mistake: Mistake) -> Form | None:
    """The step's Form with the mistake in it; None where the mistake cannot be made in this step."""
    return next(ways_to(steps, step, mistake), None)


def mistakes_in(steps: Steps, step: Step) -> Iterator[tuple[Mistake, Form]]:
    """Every mistake that can be made in a step, with each Form that it gives."""
    for mistake in MISTAKES.values():
        for wrong in ways_to(steps, step, mistake):
            yield mistake, wrong


def with_mistake(steps: Steps, step: Step, wrong: Form, entry: tuple[int, ...] | None = None) -> Steps:
    """The derivation in which the step is wrong (for one entry only, where one is named): for its numbers.

    right + 1[at the entry] · (wrong − right) would lose digits, so both stand whole: 1[…]·wrong + (1 − 1[…])·right.
    """
    if entry is not None and step.axes:
        here = mul(*(same(index(a.var), Index(k)) for a, k in zip(step.axes, entry, strict=True)))
        wrong = add(mul(here, wrong), mul(add(ONE, neg(here)), whole(steps, step)))
    return with_mistakes(steps, {step.id: wrong})


def with_mistakes(steps: Steps, wrong: Mapping[int, Form]) -> Steps:
    """The derivation in which several steps are wrong, in an order in which it can be computed."""
    if any(map(sequential.reads_after, wrong.values())):
        steps = sequential.extended(steps)
    made = [replace(s, form=wrong[s.id]) if s.id in wrong else s for s in steps.steps]
    return replace(steps, steps=_in_order(made))


def _in_order(some: list[Step]) -> tuple[Step, ...]:
    """Each step behind those that it reads: a wrong one may read what comes later, an updated weight."""
    by_left = {bare(s.left): s for s in some}
    out: dict[int, Step] = {}

    def place(step: Step) -> None:
        if step.id not in out:
            for f in walk(step.form):
                if f.op in ENTRIES and (read := by_left.get(bare(f))) is not None and read is not step:
                    place(read)
            out[step.id] = step

    for step in some:
        place(step)
    return tuple(out.values())


def outcomes(steps: Steps) -> Iterator[tuple[Mistake, Step, Steps]]:
    """Every way in which the numbers come out wrong: a mistake, the first step that has it, and the derivation with
    it: made in one step, and in all steps of that stage where it can be made."""
    for mistake in MISTAKES.values():
        for stage in mistake.stages:
            made = ((s, mistaken(steps, s, mistake)) for s in steps.steps if s.stage is stage)
            wrong = [(step, form) for step, form in made if form is not None]
            if not mistake.every and len(wrong) > 1:
                for step, form in wrong:
                    yield mistake, step, with_mistakes(steps, {step.id: form})
            if wrong:
                yield mistake, wrong[0][0], with_mistakes(steps, {step.id: form for step, form in wrong})
