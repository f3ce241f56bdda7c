"""Why a line is wrong: the mistakes that give it, and what it is the right one times."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.form import Form
from symbackprop.verifier.blame import putin
from symbackprop.verifier.blame.named import Numeric, named, ratio
from symbackprop.verifier.blame.numbers import lone
from symbackprop.verifier.blame.verdicts import Bench
from symbackprop.verifier.report import Judged, Named, Reason


def explained(bench: Bench, judged: list[Judged]) -> list[Judged]:
    """The wrong claims with their mistakes."""
    return [_with_mistakes(bench, k, one) if one.verdict == "wrong" else one for k, one in enumerate(judged)]


def _with_mistakes(bench: Bench, k: int, judged: Judged) -> Judged:
    fact, claim, on = bench.facts[k], judged.claim, bench.on
    bench.turn(k)
    if not fact.numeric:
        found = ratio(claim, on.subject)
        reason = judged.reason if found is None else Reason(f"reason.{found[0]}", (("ratio", found[1]),))
        return replace(judged, mistakes=named(claim, claim.right, on.subject, on.steps), reason=reason)
    last = bench.last(k)
    right = last.claim.right if last.inner == "true" else claim.right
    others = on.numbers.world(bench.written.without(bench.follow.keys(k), [k]).put)
    mistakes = named(claim, right, on.subject, on.steps, Numeric(on.numbers, others))
    return replace(judged, mistakes=mistakes or _after_updates(bench, k) or _not_carried(bench, k))


def _not_carried(bench: Bench, k: int) -> tuple[Named, ...]:
    """The quantity for which another number is put in than it has."""
    claim = bench.facts[k].claim
    if claim.free or bench.single(claim):
        return ()
    for line in putin.lines(bench.on.steps, claim.head or claim.left, bench.symbols(k)):
        for entry, number in putin.laid(line, claim.right) or ():
            if bench.asker.equal(entry, number) == "false":
                return (Named("value-not-carried-forward", entry),)
    return ()


def _after_updates(bench: Bench, k: int) -> tuple[Named, ...]:
    """The mistakes that give a number that is printed after the updates."""
    claim = bench.facts[k].claim
    head = claim.head or claim.left
    computed = head.op in ("ref", "updated") and bench.on.steps.forward(head.name) is not None
    if not computed or lone(claim.right) is None or claim.free:
        return ()
    return bench.on.later.named(head, bench.asker.right(claim.right, Form("updated", head.args), {}))
