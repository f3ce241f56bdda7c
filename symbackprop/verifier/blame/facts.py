"""Two questions of each claim, kept apart: are its two sides equal (inner), and is the right one the head (outer)?

A line of symbols is asked as an identity, a line with numbers put in at the spec's numbers, as intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from symbackprop.form import ENTRIES, Form, num, walk
from symbackprop.verifier.blame import putin
from symbackprop.verifier.blame.numbers import NOTHING, Numbers, lone
from symbackprop.verifier.claims import Claim, half_unit
from symbackprop.verifier.decide import Counterexample, Decision, Subject, decide
from symbackprop.verifier.decide.digits import Ends
from symbackprop.verifier.decide.lower import instances
from symbackprop.verifier.oracle.verdict import entry_of
from symbackprop.verifier.report import Truth
from symbackprop.verifier.slopes import approximated

NAMES = ENTRIES | {"partial", "hyper"}
TRUTH: dict[str, Truth] = {"equal": "true", "unequal": "false", "unknown": "unknown"}
EQUALITIES = frozenset(("=", "==", "≈", "←", "→"))
EXACT = 6  # digits: a number of the spec with no more is written as it is


@dataclass(frozen=True)
class Fact:
    """A claim with its answers.  `numeric`: decided at the spec's numbers."""

    claim: Claim
    numeric: bool
    inner: Truth
    outer: Truth
    decisions: tuple[Decision, ...] = ()

    @property
    def counterexample(self) -> Counterexample | None:
        return next((d.counterexample for d in self.decisions if d.counterexample), None)

    @property
    def false(self) -> bool:
        return self.outer == "false"


def unasked(claim: Claim) -> Fact:
    return Fact(claim, numeric=False, inner="unknown", outer="unknown")


def numeric(form: Form) -> bool:
    """Whether a side is made of numbers alone."""
    return not any(f.op in NAMES for f in walk(form))


def with_digits(form: Form) -> bool:
    return any(f.op == "shown" for f in walk(form))


class Asker:
    """What is asked of one network."""

    def __init__(self, subject: Subject, numbers: Numbers, *, exact: bool = False) -> None:
        self.subject, self.numbers, self.exact = subject, numbers, exact

    def fact(self, claim: Claim, before: Fact | None) -> Fact:
        """`before` is the claim to the left in the same chain."""
        if claim.rel not in EQUALITIES:
            return unasked(claim)
        if claim.rel == "≈" and (derivative := approximated(claim.right, self.subject.graph.error)):
            return replace(self.fact(replace(claim, right=derivative), before), claim=claim)
        left, right, head = claim.left, claim.right, claim.head or claim.left
        if numeric(right) or numeric(left):
            return self._of_numbers(claim, before)
        decision = decide(self.subject, left, right, claim.free, exact=self.exact)
        if decision.outcome != "equal" and (with_digits(left) or with_digits(right)):
            return self._of_numbers(claim, before)
        inner = TRUTH[decision.outcome]
        if inner != "true" and (self.put_in(claim, head, before) or self.classed(claim, head)):
            return Fact(claim, True, "true", before.outer if before else "true")
        if before is None or head == left:
            return Fact(claim, False, inner, inner, (decision,))
        if inner == "true" and not before.numeric:
            return Fact(claim, False, inner, before.outer, (decision,))
        whole = decide(self.subject, head, right, claim.free)
        return Fact(claim, False, inner, TRUTH[whole.outcome], (decision, whole))

    def put_in(self, claim: Claim, head: Form, before: Fact | None) -> bool:
        """Whether whole numbers of the spec are put in: net = w₁·1 + w₂·2."""
        for symbols in putin.lines(self.numbers.steps, head, before.claim.right if before else None):
            pairs = putin.laid(symbols, claim.right)
            if pairs and all(self.numbers.value(f) == self.numbers.value(number) for f, number in pairs):
                return True
        return False

    def classed(self, claim: Claim, head: Form) -> bool:
        """Whether the spec's targets are put in, which only tell one class from the others: δ₂ = p₂ − 1, E = −ln p₂."""
        names = [f for f in walk(claim.right) if f.op in NAMES]
        if any(f.op not in ("ref", "hyper") or f.name in self.aimed for f in names) or not self.sorted:
            return False
        return all(decide(self.sorted, f, claim.right, claim.free).outcome == "equal" for f in {claim.left, head})

    @cached_property
    def aimed(self) -> set[str]:
        """The quantities that hang on targets."""
        found = set(self.subject.problem.targets)
        for d in self.subject.graph.definitions:
            if any(f.op == "ref" and f.name in found for f in walk(d.body)):
                found.add(d.name)
        return found

    @cached_property
    def sorted(self) -> Subject | None:
        """The network with the spec's targets, where each of them is 0, 1 or −1."""
        s = self.subject
        entries = [
            (name, at)
            for name in s.problem.targets if name in s.problem.values
            for at in product(*(range(s.size(n)) for n in s.graph.full_shape(name)))
        ]  # fmt: skip
        values = {(name, at): Fraction(entry_of(s.problem.values[name], at)) for name, at in entries}
        if not values or not set(values.values()) <= {-1, 0, 1}:
            return None
        return Subject(s.problem, {**s.assume, **{at: num(value) for at, value in values.items()}}, s.seed)

    def _of_numbers(self, claim: Claim, before: Fact | None) -> Fact:
        inner = self.agree(claim, claim.left)
        if inner == "unknown" and before is None and not with_digits(claim.right):
            decision = decide(self.subject, claim.left, claim.right, claim.free)  # ∂z/∂b = 1
            return Fact(claim, False, TRUTH[decision.outcome], TRUTH[decision.outcome], (decision,))
        outer = inner if before is None else self.agree(claim, claim.head or claim.left)
        return Fact(claim, True, inner, outer)

    def equal(self, left: Form, right: Form) -> Truth:
        """Whether two sides without indices can be one number."""
        try:
            return "true" if meet(self.numbers.ends(left), self.numbers.ends(right)) else "false"
        except NOTHING:
            return "unknown"

    def agree(self, claim: Claim, left: Form) -> Truth:
        """Whether left can be the right side, at the spec's numbers."""
        try:
            envs = instances(claim.free, self.subject)
            answers = [meet(self.numbers.ends(left, env), self.right(claim.right, left, env)) for env in envs]
        except NOTHING:
            return "unknown"
        return "true" if all(answers) else "false"

    def right(self, form: Form, left: Form, env: dict[str, int]) -> Ends:
        """A lone number on the right is a result, so it is rounded; what the spec gives is copied."""
        number = lone(form)
        if number is None:
            return self.numbers.ends(form, env)
        value, half = Fraction(str(number.args[0])), half_unit(number)
        value = -value if form.op == "neg" else value
        if left.op in ("ref", "hyper") and self.copied(left, env):
            return value, value
        return value - half, value + half

    def copied(self, left: Form, env: dict[str, int]) -> bool:
        """Whether it is a number of the spec, and short."""
        known = self.numbers.value(left, env)
        leaf = left.op == "hyper" or left.name in self.numbers.steps.graph.leaves
        return leaf and known is not None and short(known)


def short(x: Fraction) -> bool:
    return x.limit_denominator(10**EXACT) == x and 10**EXACT % x.denominator == 0


def meet(x: Ends, y: Ends) -> bool:
    return x[0] <= y[1] and y[0] <= x[1]
