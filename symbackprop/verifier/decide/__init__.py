"""The decision: whether left = right holds for a network, with three outcomes and never a guess.

    subject = Subject(problem)
    decide(subject, left, right)        Decision("equal", bound=3e-28, …)

equal     an identity in random points of prime fields, wrong with probability at most `bound`
unequal   at a rational point left − right is a ball without 0: a proof, and the counterexample
unknown   neither

It sees the spec and its graph alone.  It imports neither derivation nor readings nor numeric nor explain.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cache
from math import prod
from typing import Literal
from weakref import WeakKeyDictionary

from symbackprop.form import Axis, Form
from symbackprop.verifier.decide.balls import Point
from symbackprop.verifier.decide.conditions import conditions
from symbackprop.verifier.decide.identity import Field, Identity
from symbackprop.verifier.decide.lower import Env, instances, lowered
from symbackprop.verifier.decide.program import Entry, Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import Subject, mentions

__all__ = ["Counterexample", "Decision", "Subject", "compiled", "decide", "same"]

Outcome = Literal["equal", "unequal", "unknown"]
BITS = (128, 512)
POINTS = 12  # of the fixed sequence
SPARSE = 48  # of it, where branches may hide the difference
TRIES = 16  # times as many are looked at where the spec assumes something
ALL_WAYS, SPEC_NUMBERS = "all ways of ∂a/∂b", "the spec's numbers of the training"  # readings, as a route names them
MOST_FORMS = 20_000
DIGITS = 160  # of a counterexample's values: no fewer than the balls have


@dataclass(frozen=True)
class Counterexample:
    """A point where the sides differ; each side is inside its two ends."""

    point: tuple[tuple[Entry, Fraction], ...]
    left: tuple[Decimal, Decimal]
    right: tuple[Decimal, Decimal]
    at: tuple[tuple[str, int], ...] = ()  # the values of the free indices
    bits: int = BITS[0]


@dataclass(frozen=True)
class Decision:
    """`route` says how: "field", "ball", or why it is unknown; `claim` is what was decided, for all of its axes."""

    outcome: Outcome
    bound: float = 0.0
    conditions: tuple[Form, ...] = ()
    counterexample: Counterexample | None = None
    route: str = ""
    claim: tuple[Form, Form, tuple[Axis, ...]] | None = dataclasses.field(default=None, compare=False, repr=False)


class Desk:
    """What is kept of a subject between claims."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.field = subject, Field(subject)
        self.coarse = (Field(subject, subject.branched), Field(subject, subject.branched | subject.returned))
        self.points: dict[tuple[int, int], Point] = {}
        self.holds: dict[int, bool] = {}

    def point(self, k: int, bits: int) -> Point:
        if (k, bits) not in self.points:
            s = self.subject
            self.points[k, bits] = Point(s.program, s.ties, cache(lambda x: s.test_number(x, k)), bits)
        return self.points[k, bits]

    def allowed(self, most: int) -> Iterator[int]:
        """The numbers of the first points at which the spec's assumptions are seen to hold."""
        ranges = self.subject.ranges.items()
        for k in range(most * (TRIES if ranges else 1)):
            if k not in self.holds:
                self.holds[k] = all(self.point(k, BITS[0]).lies_between(u, r.low, r.high) for u, r in ranges)
            if self.holds[k] and (most := most - 1) < 0:
                return
            if self.holds[k]:
                yield k


_DESKS: WeakKeyDictionary[Subject, Desk] = WeakKeyDictionary()


def desk(subject: Subject) -> Desk:
    if subject not in _DESKS:
        _DESKS[subject] = Desk(subject)
    return _DESKS[subject]


# ---- one claim -----------------------------------------------------------------------------------------------------


def decide(subject: Subject, left: Form, right: Form, axes: tuple[Axis, ...] = (), *, exact: bool = False) -> Decision:
    """Whether left = right, for every value of the free axes.  `exact` asks for a proof by polynomials besides.

    Where the first reading fails two more are tried: ∂a/∂b over all ways from b to a, and the spec's own numbers for
    the rate and the options.
    """
    try:
        found = _decided(subject, left, right, axes, exact)
    except RecursionError:
        found = Decision("unknown", route="nested too deeply")
    return replace(found, claim=(left, right, axes))


def _decided(subject: Subject, left: Form, right: Form, axes: tuple[Axis, ...], exact: bool) -> Decision:
    if sum(written_out(side, subject) for side in (left, right)) > MOST_FORMS:
        return Decision("unknown", route=f"more than {MOST_FORMS:,} nodes")
    first = _read(subject, left, right, axes)
    if first.outcome == "equal":
        return _certified(subject, left, right, axes, first) if exact else first
    for other in _readings(subject, left, right, axes):
        if other.outcome == "equal":
            return other
    return first


def written_out(form: Form, subject: Subject) -> int:
    """How many nodes a side has when its sums are written out."""
    terms = prod(subject.size(a.size) for a in form.axes) if form.op == "over" else 1
    return terms * (1 + sum(written_out(f, subject) for f in form.forms))


def _certified(subject: Subject, left: Form, right: Form, axes: tuple[Axis, ...], found: Decision) -> Decision:
    """The same with a bound of 0, where polynomials can say."""
    from symbackprop.verifier.decide.exact import proven

    field, p = desk(subject).field, subject.program
    try:
        for env in instances(axes, subject):
            difference = p.sub(lowered(left, subject, env), lowered(right, subject, env))
            if not proven(subject, difference, field.possible(difference)):
                return replace(found, route=f"{found.route}; polynomials leave it open")
    except (Undecidable, TooLarge, ZeroDivisionError, ImportError) as fault:
        return replace(found, route=f"{found.route}; no exact certificate: {fault}")
    return replace(found, bound=0.0, route="polynomials")


def _readings(subject: Subject, left: Form, right: Form, axes: tuple[Axis, ...]) -> Iterator[Decision]:
    if any(mentions(side, "partial") for side in (left, right)):
        subject.total = True
        try:
            yield _read(subject, left, right, axes, ALL_WAYS)
        finally:
            subject.total = False
    if not subject.numbers and any(mentions(side, "updated", "hyper") for side in (left, right)):
        yield _read(subject.twin, left, right, axes, SPEC_NUMBERS)


def _read(subject: Subject, left: Form, right: Form, axes: tuple[Axis, ...], reading: str = "") -> Decision:
    try:
        decisions = []
        for env in instances(axes, subject):
            decisions.append(_instance(desk(subject), left, right, env))
            if decisions[-1].outcome == "unequal":
                return decisions[-1]
    except (TooLarge, Undecidable) as fault:
        return Decision("unknown", route=str(fault))
    except ZeroDivisionError as fault:
        return Decision("unknown", route=f"{fault}")
    if (unknown := next((d for d in decisions if d.outcome == "unknown"), None)) is not None:
        return unknown
    held = dict.fromkeys(c for d in decisions for c in d.conditions)
    route = f"field; {reading}" if reading else "field"
    return Decision("equal", sum(d.bound for d in decisions), tuple(held), route=route)


def _instance(here: Desk, left: Form, right: Form, env: Env) -> Decision:
    s, field = here.subject, here.field
    x, y = lowered(left, s, env), lowered(right, s, env)
    difference = s.program.sub(x, y)
    reason = "no identity, and no point was found that shows it"
    try:
        found = _identity(here, difference, {x, y})
    except Undecidable as fault:
        found, reason = Identity(False, 0.0), str(fault)
    gates = field.gates_of(difference)
    if found.holds:
        kinks = (at for at in sorted(gates.branches) if not s.excludes(*at))
        held = conditions(s, (left, right), kinks, env)
        return Decision("equal", found.bound, held)
    example = _counterexample(here, x, y, env, SPARSE if gates.branches else POINTS)
    if example is None:
        return Decision("unknown", route=reason)
    return Decision("unequal", counterexample=example, route="ball")


def _identity(here: Desk, difference: Node, sides: set[Node]) -> Identity:
    """Where there are too many patterns, what branches is tried as a symbol, but for the sides themselves, then what
    came back to each quantity, too: an identity then holds all the more."""
    try:
        return here.field.vanishes(difference)
    except TooLarge:
        branched = here.subject.branched
        own = (Field(here.subject, branched - sides),) if branched & sides else ()
        for field in (*own, *here.coarse):
            with suppress(TooLarge):
                found: Identity = field.vanishes(difference)
                if found.holds:
                    return found
        return Identity(False, 0.0)


def _counterexample(here: Desk, x: Node, y: Node, env: Env, points: int) -> Counterexample | None:
    for bits in BITS:
        for k in here.allowed(points):
            at = here.point(k, bits)
            if at.differ(x, y):
                a, b = (outward(*at.numbers.ends(at.at(side))) for side in (x, y))
                return Counterexample(_symbols(here, at, x, y), a, b, tuple(env.items()), bits)
    return None


def outward(low: Fraction, high: Fraction) -> tuple[Decimal, Decimal]:
    """Both ends as decimals, which stay short however small the number is."""
    rounded = (
        Context(prec=DIGITS, rounding=way).divide(Decimal(x.numerator), Decimal(x.denominator))
        for x, way in ((low, ROUND_FLOOR), (high, ROUND_CEILING))
    )
    a, b = rounded
    return a, b


def _symbols(here: Desk, at: Point, x: Node, y: Node) -> tuple[tuple[Entry, Fraction], ...]:
    """The numbers of the symbols that the sides hang on, those of the training too."""
    p = here.subject.program
    leaves = (n for n in p.reach(x, y) if p.nodes[n][0] == "leaf")
    return tuple(((p.nodes[n][1], p.nodes[n][2]), at.exactly(n)) for n in leaves)


# ---- one line with many --------------------------------------------------------------------------------------------


def compiled(subject: Subject, form: Form, env: Env | None = None) -> Node:
    """A side, ready for `same`.

    Raises Undecidable or TooLarge where nothing can be said of it.
    """
    try:
        return lowered(form, subject, env or {})
    except ZeroDivisionError as fault:
        raise Undecidable(str(fault)) from None


def same(subject: Subject, x: Node, y: Node) -> bool:
    """Whether two compiled sides are equal; a side's values are kept, so that many comparisons cost little.

    Raises Undecidable or TooLarge where nothing can be said.
    """
    try:
        return desk(subject).field.equal(x, y)
    except ZeroDivisionError as fault:
        raise Undecidable(str(fault)) from None
