"""Updates that are written as a program has them, with the same letter on both sides: w ← w − η ∂E/∂w is about w⁺."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby

from symbackprop.form import ENTRIES, Form, walk
from symbackprop.verifier.blame.numbers import lone
from symbackprop.verifier.claims import Claim

Given = Callable[[Claim], bool]  # whether a claim is true of the head as it was given


def assigned(claims: Iterable[Claim], parameters: frozenset[str], given: Given) -> tuple[Claim, ...]:
    """The claims, with w⁺ at the head of each chain that moves w."""
    out: list[Claim] = []
    for _, group in groupby(claims, key=lambda c: c.chain):
        chain = tuple(group)
        head = chain[0].head or chain[0].left
        moves = head.op == "ref" and head.name.partition(".")[0] in parameters
        out += map(after, chain) if moves and becomes(chain[0], given) else chain
    return tuple(out)


def becomes(claim: Claim, given: Given) -> bool:
    """Whether what stands right is what the left side becomes."""
    left, right = claim.left, claim.right
    if claim.rel == "←":
        return True
    parts = [f for f in walk(right) if f.op in ENTRIES | {"partial", "hyper"}]
    if not parts:  # w = 0.4 − 0.5 · 0.08
        return lone(right) is None and right.op != "num" and not given(claim)
    summands = right.forms if right.op == "add" else (right,)
    return left in summands and len(summands) > 1  # as an equation it would say that the rest is 0


def after(claim: Claim) -> Claim:
    """The claim about w⁺."""
    head = claim.head or claim.left
    plus = Form("updated", head.args)
    left = plus if claim.left == head else claim.left
    return replace(claim, left=left, head=plus, rel="=" if claim.rel == "←" else claim.rel)
