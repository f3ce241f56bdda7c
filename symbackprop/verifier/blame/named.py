"""Which mistake gives a false line: the mutants of the right value, compared with it by the same decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from symbackprop.derivation import Steps
from symbackprop.form import Form, hyper, mul, num, partial
from symbackprop.verifier.blame.follow import solved
from symbackprop.verifier.blame.numbers import NOTHING, Numbers
from symbackprop.verifier.blame.world import World, concrete, entry
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.decide import Subject, compiled, same
from symbackprop.verifier.decide.lower import Env, instances
from symbackprop.verifier.decide.program import TooLarge, Undecidable
from symbackprop.verifier.mutants import mutants
from symbackprop.verifier.report import MOST_MISTAKES, Named

MOST_FACTORS, ENTRIES_TRIED = 60, 4
RATIOS = (-1, 2, Fraction(1, 2), -2, Fraction(-1, 2), 3, Fraction(1, 3), 4, Fraction(1, 4))
ENOUGH = 15  # how many times its own width a printed number is at least, before a mistake is named by it

Test = Callable[[Form], bool]


def target_of(head: Form, right: Form) -> tuple[Form, Form] | None:
    """The quantity that a line speaks of, and what it says; ∂a/∂b = x says ∂E/∂b = ∂E/∂a · x."""
    pair = solved(head, right)
    if pair is None or pair[0].op != "partial":
        return pair
    top, bottom = pair[0].forms
    return Form("adjoint", bottom.args), mul(Form("adjoint", top.args), pair[1])


class Numeric(NamedTuple):
    """The spec's numbers; in `world` some quantities have the writer's rounded ones."""

    numbers: Numbers
    world: World


def named(claim: Claim, right: Form, subject: Subject, steps: Steps, at: Numeric | None = None) -> tuple[Named, ...]:
    """The mistakes that give the right side: as an identity, or at the spec's numbers.

    Of a line with free indices, in a few of its entries, the first and the last among them.
    """
    pair = target_of(claim.head or claim.left, right)
    if pair is None:
        return ()
    found: dict[str, Named] | None = None
    for env in some(instances(claim.free, subject)):
        test = in_numbers(pair[1], at, env) if at else in_symbols(pair[1], subject, env)
        here = dict(_hits(steps, concrete(pair[0], env), test)) if test else {}
        found = here if found is None else {name: hit for name, hit in found.items() if name in here}
        if not found:
            return ()
    return tuple((found or {}).values())[:MOST_MISTAKES]


def _hits(steps: Steps, target: Form, test: Test) -> Iterator[tuple[str, Named]]:
    seen = set()
    for mutant in mutants(steps, target):
        if mutant.mistake not in seen and test(mutant.form):
            seen.add(mutant.mistake)
            yield mutant.mistake, Named(mutant.mistake, mutant.at)


def in_symbols(right: Form, subject: Subject, env: Env) -> Test | None:
    try:
        node = compiled(subject, right, env)
    except (Undecidable, TooLarge):
        return None

    def test(form: Form) -> bool:
        try:
            return same(subject, node, compiled(subject, form))
        except (Undecidable, TooLarge, KeyError):
            return False

    return test


def some(envs: list[Env]) -> list[Env]:
    """The first, the last, and a few between them."""
    last = len(envs) - 1
    return [envs[k] for k in sorted({last * j // (ENTRIES_TRIED - 1) for j in range(ENTRIES_TRIED)})]


def in_numbers(right: Form, at: Numeric, env: Env) -> Test | None:
    try:
        low, high = at.numbers.ends(right, env)
    except NOTHING:
        return None
    if (high - low) * ENOUGH > abs(low + high):
        return None

    def test(form: Form) -> bool:
        return meets(form, None) or meets(form, at.world)

    def meets(form: Form, w: World | None) -> bool:
        try:
            a, b = at.numbers.ends(form, world=w)
        except NOTHING:
            return False
        return a <= high and low <= b

    return test


def ratio(claim: Claim, subject: Subject) -> tuple[str, Form] | None:
    """What the right side is the right one times, or the right one is the right side times: a number, η, one factor."""
    if claim.free:
        return None
    p = subject.program
    try:
        right, line = (compiled(subject, f) for f in (claim.head or claim.left, claim.right))
        for form in factors(subject):
            node = compiled(subject, form)
            if same(subject, line, p.mul(right, node)):
                return "ratio", form
            if form.op != "num" and same(subject, right, p.mul(line, node)):
                return "factor", form
    except (Undecidable, TooLarge):
        pass
    return None


def factors(subject: Subject) -> Iterator[Form]:
    """What may be too much or too little in a product: numbers, the rate, entries, slopes."""
    yield from (num(r) for r in RATIOS)
    yield hyper("rate")
    entries = [entry("ref", name, at) for name, at in subject.entries if "." not in name]
    if len(entries) <= MOST_FACTORS:
        yield from entries
        yield from slopes(subject)


def slopes(subject: Subject) -> Iterator[Form]:
    """∂a/∂z of every unit."""
    for d in subject.graph.definitions:
        if d.activation is not None and d.body.op == "fn" and d.body.forms[0].op == "ref":
            for env in instances(d.axes, subject):
                yield partial(concrete(d.left, env), concrete(d.body.forms[0], env))
