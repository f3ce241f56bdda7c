"""What should stand on the right: the number; or the step, unfolded as far as the writer's own line is."""

from __future__ import annotations

from symbackprop.derivation import Steps
from symbackprop.form import ENTRIES, Form, mul, neg, replaced, walk
from symbackprop.readings import unit
from symbackprop.verifier.blame.follow import solved
from symbackprop.verifier.blame.numbers import Numbers, as_printed
from symbackprop.verifier.blame.world import own
from symbackprop.verifier.claims import Claim, decimals

MOST = 120  # nodes of a line that is written out


def carried(claim: Claim, numbers: Numbers) -> Form | None:
    """The number of HEAD, where rightly worked out numbers stand that began with a wrong one."""
    put_in = [f for f in walk(claim.right) if f.op == "shown"]
    if claim.free or not put_in or any(f.op in ENTRIES for f in walk(claim.right)):
        return None
    value = numbers.value(claim.head or claim.left)
    return None if value is None else as_printed(value, max(put_in, key=decimals))


def expected(claim: Claim, steps: Steps, numbers: Numbers) -> Form | None:
    """The right side of HEAD = …"""
    head = claim.head or claim.left
    bare = claim.right.forms[0] if claim.right.op == "neg" else claim.right
    if bare.op in ("shown", "num") and not claim.free and head.op != "partial":
        value = numbers.value(head)
        if value is not None or bare.op == "shown":
            return None if value is None else as_printed(value, claim.right)
    pair = solved(head, claim.right)
    if pair is None or pair[0] != head:
        return None
    if head.op == "partial":
        return local(steps, head)
    form = by_step(steps, head)
    return None if form is None else unfolded(steps, form, claim.right)


def by_step(steps: Steps, entry: Form) -> Form | None:
    """The entry by its step, its sums written out where its indices are numbers."""
    found = own(steps, entry)
    if found is None:
        return None
    step, given = found
    if any(i.terms for i in entry.at):
        return step.form.where(given)
    return unit.right(step, tuple(given[a.var].const for a in step.axes))


def local(steps: Steps, partial: Form) -> Form | None:
    """∂a/∂b, where b's one way leads through a."""
    top, bottom = partial.forms
    found = own(steps, Form("adjoint", bottom.args))
    if found is None or found[0].through != top.name or top.at != bottom.at:
        return None
    return steps.local(found[0]).where(found[1])


def unfolded(steps: Steps, form: Form, line: Form) -> Form:
    """In the quantities of a line: ∂E/∂… is put in step by step, down to those that the line speaks of.

    δ_h1 · i₁ beside a line with δ_o1 in it        (δ_o1 · w₅ + δ_o2 · w₇) · h₁(1 − h₁) · i₁
    """
    spoken = {(f.op, f.name) for f in walk(line) if f.op == "adjoint"}

    def opened(f: Form) -> Form | None:
        if f.op != "adjoint" or (f.op, f.name) in spoken:
            return None
        inside = by_step(steps, f)
        return None if inside is None else replaced(inside, opened)

    whole = flat(replaced(form, opened))
    if sum(1 for _ in walk(whole)) > MOST:
        return form
    if any(f.op in ENTRIES for f in walk(line)) and not any(f.op == "shown" for f in walk(line)):
        return whole
    return min(form, whole, key=lambda f: abs(leaves(f) - leaves(line)))  # of numbers, by how many there are


def leaves(form: Form) -> int:
    return sum(not f.forms for f in walk(form))


def of_one(form: Form) -> bool:
    """Whether it is made of one quantity, o(1 − o): a slope stays together."""
    return len({f for f in walk(form) if f.op in ENTRIES}) == 1


def flat(form: Form) -> Form:
    """Products within products as one, with one sign in front: (−(x · y)) · z as −x · y · z."""
    form = form.map(flat) if form.forms and not of_one(form) else form
    if form.op == "neg" and form.forms[0].op == "neg":
        return form.forms[0].forms[0]
    if form.op != "mul":
        return form
    factors, minus = list[Form](), False
    for f in form.forms:
        bare = f.forms[0] if f.op == "neg" else f
        minus ^= bare is not f
        factors += bare.forms if bare.op == "mul" and not of_one(bare) else (bare,)
    whole = mul(*factors)
    return neg(whole) if minus else whole
