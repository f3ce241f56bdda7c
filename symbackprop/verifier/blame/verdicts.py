"""From answers to verdicts: each claim's, with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from symbackprop.derivation import Steps, steps_of
from symbackprop.form import Form
from symbackprop.spec.problem import Problem
from symbackprop.verifier.blame.assigned import assigned
from symbackprop.verifier.blame.budget import Turn
from symbackprop.verifier.blame.expected import carried, expected
from symbackprop.verifier.blame.facts import EQUALITIES, Asker, Fact, numeric, unasked
from symbackprop.verifier.blame.follow import Following, Written
from symbackprop.verifier.blame.later import Later
from symbackprop.verifier.blame.numbers import Numbers, as_printed, lone
from symbackprop.verifier.blame.world import by_its_steps
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.decide import Subject
from symbackprop.verifier.report import Judged, Named, Reason, Verdict


class Ground(NamedTuple):
    """What all claims of a text are judged on."""

    subject: Subject
    steps: Steps
    numbers: Numbers
    later: Later


def ground(problem: Problem, seed: int | None = None) -> Ground:
    steps = steps_of(problem)
    subject = by_its_steps(Subject(problem, seed=seed), steps)
    return Ground(subject, steps, Numbers(subject, steps, problem), Later(steps, problem))


class Bench:
    """One text's claims before one network."""

    def __init__(self, on: Ground, claims: tuple[Claim, ...], *, exact: bool, turn: Turn) -> None:
        self.on, self.turn = on, turn
        self.subject, self.steps, self.numbers, _ = on
        self.asker = Asker(on.subject, on.numbers, exact=exact)
        self.facts: list[Fact] = []
        self.left_out: set[int] = set()
        parameters = frozenset(on.subject.graph.parameters)
        claims = assigned(claims, parameters, lambda c: self.asker.agree(c, c.left) == "true")
        for k, claim in enumerate(claims):
            if turn(k):
                self.left_out.add(k)
                self.facts.append(unasked(claim))
            else:
                self.facts.append(self.asker.fact(claim, self.before(k, claim)))
        self.facts = [self.settled(k, fact) for k, fact in enumerate(self.facts)]
        self.found: dict[int, Judged] = {}
        self.waiting: set[int] = set()
        self.carried: dict[int, int] = {}
        self.written = Written()
        self.follow = Following(on.subject, on.steps, on.numbers, self.asker, self.facts)

    def before(self, k: int, claim: Claim | None = None) -> Fact | None:
        """The claim to the left in the same chain."""
        claim = claim or self.facts[k].claim
        return self.facts[k - 1] if k and self.facts[k - 1].claim.chain == claim.chain else None

    def last(self, k: int) -> Fact:
        """The last claim of the chain."""
        chain = self.facts[k].claim.chain
        return next(f for f in reversed(self.facts) if f.claim.chain == chain)

    def settled(self, k: int, fact: Fact) -> Fact:
        """What is not what a right expression is, is not right."""
        before = self.before(k)
        if fact.outer == "unknown" and fact.inner == "false" and before and before.outer == "true":
            return replace(fact, outer="false")
        return fact

    def judged(self) -> list[Judged]:
        named = [k for k, f in enumerate(self.facts) if f.false and not (f.numeric and numeric(f.claim.right))]
        false = [k for k in named if not self.repeats(k)]
        self.carried, roots = self.follow.symbols(false)
        self.written = self.numbers_written(roots)
        return [self.claim(k) for k in range(len(self.facts))]

    def repeats(self, k: int) -> bool:
        """Whether a false claim only re-arranges what stands to the left of it."""
        before = self.before(k)
        return before is not None and before.false and self.facts[k].inner == "true"

    def numbers_written(self, roots: Written) -> Written:
        """The printed results, and the values of wrong expressions."""
        results = self.follow.results()
        return Written({**roots.by, **results.by}, {**roots.put, **results.put})

    # ---- one claim -----------------------------------------------------------------------------------------------

    def claim(self, k: int) -> Judged:
        """The verdict on a claim, which may hang on those that it follows from."""
        if k not in self.found:
            self.waiting.add(k)
            self.turn(k)
            self.found[k] = self.decided(k)
            self.waiting.discard(k)
        return self.found[k]

    def faulty(self, k: int) -> bool:
        """Whether a false claim is more than rounded."""
        return self.facts[k].false and (k in self.waiting or self.claim(k).verdict != "rounding")

    def decided(self, k: int) -> Judged:
        fact = self.facts[k]
        if k in self.left_out:
            return self.say(k, "unknown", "budget")
        if fact.claim.rel not in EQUALITIES:
            return self.say(k, "unknown", "relation")
        if self.repeats(k):
            if self.faulty(k - 1):
                return self.say(k, "carried", "repeated", after=k - 1)
            return self.say(k, "rounding", "rounded", after=k - 1)
        if fact.outer == "true":
            before = self.before(k)
            wrong_middle = fact.inner == "false" and not (before and before.false and not self.faulty(k - 1))
            return self.say(k, "arithmetic", "middle") if wrong_middle else self.say(k, "ok", self.well(fact))
        if fact.outer == "unknown":
            return self.say(k, "unknown", "undecided")
        if k in self.carried:
            return self.say(k, "carried", "carried", after=self.carried[k])
        return self.number(k) if fact.numeric else self.wrong(k)

    def later(self, k: int) -> bool:
        """Whether a number without a plus is that after the updates: E = 0.291 below them."""
        claim = self.facts[k].claim
        head = claim.head or claim.left
        if head.op != "ref" or lone(claim.right) is None or claim.free:
            return False
        return self.asker.agree(claim, Form("updated", head.args)) == "true"

    def number(self, k: int) -> Judged:
        """A false line with numbers in it."""
        fact, before, follow = self.facts[k], self.before(k), self.follow
        alone = lone(fact.claim.right) is not None
        sources = [] if alone else follow.put_in(k, self.symbols(k), self.written) or follow.copied(k)
        if sources:
            return self.following(k, sources)
        if self.last(k) is not fact and self.last(k).outer == "true":
            return self.say(k, "arithmetic", "middle")
        if before and before.numeric and before.outer == "true":
            rounded = follow.between(k) if fact.inner == "true" else follow.rounded(k)
            return self.say(k, "rounding", "rounded") if rounded else self.slipped(k)
        if self.later(k):
            return self.say(k, "ok", "later")
        if follow.rounded(k):
            return self.say(k, "rounding", "rounded")
        if found := follow.follows_in_numbers(k, self.written):
            return self.following(k, found)
        if alone and ((before and before.outer == "true") or numeric(fact.claim.head or fact.claim.left)):
            return self.slipped(k)
        return self.wrong(k)

    def symbols(self, k: int) -> Form | None:
        """The right line of symbols before claim k in its chain."""
        before = self.before(k)
        return before.claim.right if before and before.outer == "true" else None

    def following(self, k: int, sources: list[int]) -> Judged:
        """A false line that is true with the numbers of these claims: one of them is at fault, or they are rounded."""
        faulty = [j for j in sources if self.faulty(j)]
        if faulty:
            return self.say(k, "carried", "carried", after=faulty[-1])
        return self.say(k, "rounding", "rounded", after=sources[-1])

    def slipped(self, k: int) -> Judged:
        """What is worked out is right, and the result is not."""
        slip = Named("arithmetic-slip", self.facts[k].claim.head or self.facts[k].claim.left)
        return replace(self.say(k, "arithmetic", "result"), mistakes=(slip,))

    def wrong(self, k: int) -> Judged:
        fact = self.facts[k]
        known = fact.numeric and self.numbers.value(fact.claim.head or fact.claim.left) is not None
        return self.say(k, "wrong", "value" if known and not fact.claim.free else "differs")

    def well(self, fact: Fact) -> str:
        if not fact.numeric:
            return "identity"
        return "substituted" if lone(fact.claim.right) is None else "number"

    def single(self, claim: Claim) -> bool:
        """Whether the right side is one number."""
        return lone(claim.right) is not None or claim.right.op == "num"

    # ---- reasons -------------------------------------------------------------------------------------------------

    def say(self, k: int, verdict: Verdict, key: str, *, after: int | None = None) -> Judged:
        fact = self.facts[k]
        claim = fact.claim
        row = None if after is None else self.facts[after].claim.row
        slots: dict[str, Form | str | int] = {}
        if key in ("value", "result", "rounded"):
            value = self.numbers.value(claim.head or claim.left)
            slots["value"] = claim.right if value is None else as_printed(value, claim.right)
        if key == "carried":
            slots["row"] = row or claim.row
        speaks = verdict not in ("ok", "unknown") and key != "repeated"  # what stands before it has its right line
        return Judged(
            claim,
            verdict,
            Reason(f"reason.{key}", tuple(slots.items())),
            fact.inner,
            fact.outer,
            expected=self.expected(claim, verdict) if speaks else None,
            counterexample=fact.counterexample if verdict in ("wrong", "carried") else None,
            decisions=fact.decisions,
            after=row,
        )

    def expected(self, claim: Claim, verdict: Verdict) -> Form | None:
        """What was carried along is right in its form: only its number differs."""
        number = carried(claim, self.numbers) if verdict == "carried" else None
        return number or expected(claim, self.steps, self.numbers)
