"""Lines of rounded numbers: an interval of half a unit in the last digit for each, propagated.

Two questions, kept apart.  Is the line's own arithmetic true, so that what is printed on both sides can be one number?
And is its value true of the network, at the numbers of the spec?  A whole number, a fraction and a number that the
spec gives are exact; so is 0.5, which nobody rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from symbackprop.form import Form, walk
from symbackprop.verifier.decide.balls import Ball, Point, Undefined
from symbackprop.verifier.decide.lower import lowered
from symbackprop.verifier.decide.program import Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import Subject
from symbackprop.verifier.decide.updates import numbers_of

BITS = 192
HALF = Fraction(1, 2)
Ends = tuple[Fraction, Fraction]


class Judged(NamedTuple):
    """Whether it can be true, and the ends of what the left side can be."""

    outcome: Literal["true", "false", "unknown"]
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)


def ends(digits: str, exact: frozenset[Fraction] = frozenset()) -> Ends:
    """0.1868 is anything from 0.18675 to 0.18685."""
    number = Fraction(digits)
    mantissa, _, power = digits.lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    if (not point and not power) or number in exact or abs(number) == HALF:
        return number, number
    half = HALF * Fraction(10) ** (int(power or 0) - len(decimals))
    return number - half, number + half


def arithmetic(subject: Subject, left: Form, right: Form) -> Judged:
    """Whether left = right as printed: the two intervals meet.  An entry stands for its value at the spec's numbers."""
    try:
        (a, b), (c, d) = (span(subject, side) for side in (left, right))
    except (Undecidable, Undefined, TooLarge, ZeroDivisionError):
        return Judged("unknown")
    return Judged("true" if a <= d and c <= b else "false", a, b)


def value(subject: Subject, entry: Form, printed: Form) -> Judged:
    """Whether the entry of the network has the value that is printed."""
    return arithmetic(subject, entry, printed)


def span(subject: Subject, side: Form) -> Ends:
    """From where to where a side's value can lie."""
    exact = given(subject)
    shown = {str(f.args[0]) for f in walk(side) if f.op == "shown"}
    inside = {subject.program.node("shown", digits): ends(digits, exact) for digits in shown}
    subject.rounded = True
    try:
        node = lowered(side, subject, {})
    finally:
        subject.rounded = False
    point = Rounded(subject, inside)
    return point.numbers.ends(point.at(node))


class Rounded(Point):
    """The spec's own point, with a ball for each number as it is printed."""

    def __init__(self, subject: Subject, inside: dict[Node, Ends]) -> None:
        super().__init__(subject.program, subject.ties, subject.given_number, BITS)
        self.inside = inside
        self.free = frozenset(inside)

    def symbol(self, x: Node) -> Ball:
        return self.numbers.between(*self.inside[x]) if x in self.inside else super().symbol(x)


def given(subject: Subject) -> frozenset[Fraction]:
    """All numbers of the spec."""
    return frozenset((*_flat(tuple(subject.problem.values.values())), *numbers_of(subject.problem.training).values()))


def _flat(value: Any) -> Iterator[Fraction]:
    if isinstance(value, tuple | list):
        for part in value:
            yield from _flat(part)
    else:
        yield Fraction(value)
