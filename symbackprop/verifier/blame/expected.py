"""What should stand on the right: the step's own form, as far written out as the writer's line is; or the number."""

from __future__ import annotations

from symbackprop.derivation import Steps
from symbackprop.derivation.steps import bare
from symbackprop.form import Form, replaced, walk
from symbackprop.verifier.blame.follow import solved
from symbackprop.verifier.blame.numbers import Numbers, as_printed, lone
from symbackprop.verifier.claims import Claim

MOST = 120  # nodes of a line that is written out


def expected(claim: Claim, steps: Steps, numbers: Numbers) -> Form | None:
    head = claim.head or claim.left
    if lone(claim.right) is not None and not claim.free:
        value = numbers.value(head)
        return None if value is None else as_printed(value, claim.right)
    pair = solved(head, claim.right)
    if pair is None or pair[0] != head:
        return None
    form = local(steps, head) if head.op == "partial" else own(steps, head)
    if form is None:
        return None
    if any(f.op in ("adjoint", "partial") for f in walk(claim.right)):
        return form
    return written_out(steps, form)


def own(steps: Steps, entry: Form) -> Form | None:
    """The entry by its step."""
    step = steps.of.get(bare(entry))
    if step is None or len(step.left.at) != len(entry.at) or any(i.variable is None for i in step.left.at):
        return None
    return step.form.where({str(i.variable): given for i, given in zip(step.left.at, entry.at, strict=True)})


def local(steps: Steps, partial: Form) -> Form | None:
    """∂a/∂b, where b's one way leads through a."""
    top, bottom = partial.forms
    step = steps.of.get(Form("adjoint", (bottom.name,)))
    if step is None or step.through != top.name or any(i.variable is None for i in step.left.at):
        return None
    if top.at != bottom.at:
        return None
    found = steps.local(step)
    return found.where({str(i.variable): given for i, given in zip(step.left.at, bottom.at, strict=True)})


def written_out(steps: Steps, form: Form) -> Form:
    """Without ∂E/∂…, where that is not too long."""

    def opened(f: Form) -> Form | None:
        if f.op != "adjoint":
            return None
        inside = own(steps, f)
        return None if inside is None else replaced(inside, opened)

    whole = replaced(form, opened)
    return whole if sum(1 for _ in walk(whole)) <= MOST else form
