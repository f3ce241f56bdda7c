"""What should stand on the right: the step's own form, as far written out as the writer's line is; or the number."""

from __future__ import annotations

from symbackprop.derivation import Steps
from symbackprop.form import Form, replaced, walk
from symbackprop.verifier.blame.follow import solved
from symbackprop.verifier.blame.numbers import Numbers, as_printed, lone
from symbackprop.verifier.blame.world import own
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
    form = local(steps, head) if head.op == "partial" else by_step(steps, head)
    if form is None:
        return None
    if any(f.op in ("adjoint", "partial") for f in walk(claim.right)):
        return form
    return written_out(steps, form)


def by_step(steps: Steps, entry: Form) -> Form | None:
    """The entry by its step."""
    found = own(steps, entry)
    return None if found is None else found[0].form.where(found[1])


def local(steps: Steps, partial: Form) -> Form | None:
    """∂a/∂b, where b's one way leads through a."""
    top, bottom = partial.forms
    found = own(steps, Form("adjoint", bottom.args))
    if found is None or found[0].through != top.name or top.at != bottom.at:
        return None
    return steps.local(found[0]).where(found[1])


def written_out(steps: Steps, form: Form) -> Form:
    """Without ∂E/∂…, where that is not too long."""

    def opened(f: Form) -> Form | None:
        if f.op != "adjoint":
            return None
        inside = by_step(steps, f)
        return None if inside is None else replaced(inside, opened)

    whole = replaced(form, opened)
    return whole if sum(1 for _ in walk(whole)) <= MOST else form
