"""A batch taken sample by sample: each gradient is worked out at the weights that the sample before has moved.

    ∂E/∂w = Σ_n g_n(w)  →  Σ_n g_n(w⁽ⁿ⁾)        w⁽ⁿ⁺¹⁾ = w⁽ⁿ⁾ − η g_n(w⁽ⁿ⁾)

What is worked out at w⁽ⁿ⁾ is called z1.after1 and so on, as a momentum that looks ahead has its z1.ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbackprop.derivation.mutate.case import Case, Change, size
from symbackprop.derivation.steps import Step, Steps
from symbackprop.form import ENTRIES, Form, Index, add, hyper, over, ref, replaced, walk
from symbackprop.vocabulary import Kind, Role, Stage

MOST = 8  # samples
AFTER = ".after"  # what a name has behind it


def one_by_one(case: Case) -> Form | None:
    """Σ_n g_n → g_1 + g_2(w′) + …"""
    n = samples(case.steps)
    if not n or not case.steps.rule.plain or case.step.of not in case.steps.train:
        return None
    return add(*(part(case.steps, case.step, k) for k in range(n)))


def samples(steps: Steps) -> int:
    """How many samples stand side by side, where they can be taken one by one."""
    n = size(steps.graph.sample) if steps.graph.sample else None
    return n if n is not None and 1 < n <= MOST else 0


def part(steps: Steps, step: Step, k: int) -> Form:
    """What sample k adds to a gradient, at the weights that it finds."""

    def of_sample(f: Form) -> Form | None:
        some = [a for a in f.axes if a.kind is Kind.SAMPLE]
        if not some:
            return None
        return over(f.forms[0].where({a.var: Index(k) for a in some}), *(a for a in f.axes if a not in some))

    return at(steps, replaced(step.form, of_sample), k)


def at(steps: Steps, form: Form, k: int) -> Form:
    """The same after k samples.  What is given stays."""

    def there(f: Form) -> Form | None:
        if f.op not in ENTRIES or (f.op == "ref" and f.name not in (*steps.train, *steps.graph.by_name)):
            return None
        return Form(f.op, (f"{f.name}{AFTER}{k}", *f.args[1:]), f.role)

    return form if k == 0 else replaced(form, there)


def extended(steps: Steps) -> Steps:
    """The derivation with all that is worked out after the first sample."""
    n = samples(steps)
    if not n or not steps.rule.plain:
        return steps
    made = [step for k in range(1, n) for step in _after(steps, k)]
    made = [replace(step, id=len(steps.steps) + number) for number, step in enumerate(made)]
    return replace(steps, steps=(*steps.steps, *made))


def _after(steps: Steps, k: int) -> Iterator[Step]:
    for name in steps.train:
        step = steps.adjoint(name)
        w = ref(name, *step.left.at)
        form = at(steps, w, k - 1) - hyper("rate").be(Role.RATE) * part(steps, step, k - 1)
        yield replace(step, stage=Stage.UPDATE, left=at(steps, w, k), form=form, rule="update", terms=(), through=None)
    for step in _behind(steps):
        left, form = at(steps, step.left, k), at(steps, step.form, k)
        yield replace(step, stage=Stage.UPDATE, left=left, form=form, rule="update", terms=(), through=None)


def _behind(steps: Steps) -> Iterator[Step]:
    """The steps that the gradients of what is trained stand on."""
    own = {steps.adjoint(name).id for name in steps.train}
    wanted = set(own)
    for step in reversed(steps.steps):
        if step.id in wanted:
            wanted.update(step.uses)
    return (step for step in steps.steps if step.id in wanted - own)


def reads_after(form: Form) -> bool:
    """Whether it speaks of what is worked out after the first sample."""
    return any(f.op in ENTRIES and AFTER in f.name for f in walk(form))


CHANGES: dict[str, Change] = {"one-by-one": one_by_one}
