"""What follows from what: false lines that are true once the writer's own values are put in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from symbackprop.derivation import Steps
from symbackprop.form import ENTRIES, Form, add, neg, num, replaced
from symbackprop.verifier.blame import putin
from symbackprop.verifier.blame.facts import Asker, Fact, meet
from symbackprop.verifier.blame.numbers import NOTHING, Numbers, lone, printed, unit
from symbackprop.verifier.blame.world import World, concrete, side
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.decide import Subject, same
from symbackprop.verifier.decide.lower import instances
from symbackprop.verifier.decide.program import Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import mentions

FEW, MANY = 100, 100_000  # units of its last place that a number has, before it may be cut off, or off by one


def solved(left: Form, right: Form) -> tuple[Form, Form] | None:
    """Which quantity a line gives, and what: −δ = x gives δ = −x, w⁺ − w = x gives w⁺ = w + x."""
    if left.op in ENTRIES or (left.op == "partial" and all(f.op == "ref" for f in left.forms)):
        return left, right
    if left.op == "neg":
        return solved(left.forms[0], neg(right))
    if left.op == "add" and left.forms[0].op == "updated":
        return left.forms[0], add(right, *(neg(f) for f in left.forms[1:]))
    return None


@dataclass
class Written:
    """What the writer has for the network's quantities: by which claim, and as which node."""

    by: dict[Form, int] = field(default_factory=dict)
    put: dict[Form, Node] = field(default_factory=dict)

    def add(self, key: Form, k: int, node: Node) -> None:
        self.by[key], self.put[key] = k, node

    def without(self, keys: Iterable[Form], claims: Iterable[int] = ()) -> Written:
        left_out, of = set(keys), set(claims)
        kept = {key: k for key, k in self.by.items() if key not in left_out and k not in of}
        return Written(kept, {key: self.put[key] for key in kept})


class Following:
    def __init__(self, subject: Subject, steps: Steps, numbers: Numbers, asker: Asker, facts: list[Fact]) -> None:
        self.subject, self.steps, self.numbers, self.asker, self.facts = subject, steps, numbers, asker, facts

    # ---- symbols -------------------------------------------------------------------------------------------------

    def given(self, k: int, written: Written) -> Iterator[tuple[Form, Node]]:
        """The quantities that claim k gives, with the writer's earlier values in them."""
        claim = self.facts[k].claim
        pair = solved(claim.head or claim.left, claim.right)
        if pair is None:
            return
        world = World(self.subject, self.steps, written.put)
        for env in instances(claim.free, self.subject):
            try:
                yield concrete(pair[0], env), side(pair[1], world, env)
            except (Undecidable, TooLarge):
                return

    def keys(self, k: int) -> list[Form]:
        claim = self.facts[k].claim
        pair = solved(claim.head or claim.left, claim.right)
        return [] if pair is None else [concrete(pair[0], env) for env in instances(claim.free, self.subject)]

    def follows(self, k: int, written: Written) -> list[int]:
        """The claims that make claim k true, be it with the spec's own rate; none where it is not."""
        sides = [self.facts[k].claim.right, self.facts[k].claim.head or self.facts[k].claim.left]
        trained = any(mentions(f, "updated", "hyper") for f in sides)
        return self.made_true(k, written) or (self.made_true(k, written, numbers=True) if trained else [])

    def made_true(self, k: int, written: Written, *, numbers: bool = False) -> list[int]:
        claim = self.facts[k].claim
        world = World(self.subject, self.steps, written.put)
        world.numbers = numbers
        try:
            for env in instances(claim.free, self.subject):
                sides = [side(f, world, env) for f in (claim.head or claim.left, claim.right)]
                if not same(self.subject, *sides):
                    return []
        except (Undecidable, TooLarge):
            return []
        return sorted({written.by[f] for f in world.met})

    def symbols(self, false: list[int]) -> tuple[dict[int, int], Written]:
        """Which of the false claims follow from which others; and what the others, that do not, give."""
        carried: dict[int, int] = {}
        written = Written()
        roots: list[int] = []
        for k in false:
            found = self.follows(k, written)
            if found:
                carried[k] = found[-1]
                continue
            roots.append(k)
            for key, node in self.given(k, written):
                written.add(key, k, node)
        left: list[int] = []
        while left != roots:  # what stands further down may still be what a line is built on
            left, roots = roots, []
            for k in left:
                others = written.without(self.keys(k), [k])
                found = self.follows(k, others)
                if found:
                    carried[k] = found[-1]
                    written = others
                else:
                    roots.append(k)
        return carried, written

    # ---- numbers -------------------------------------------------------------------------------------------------

    def results(self) -> Written:
        """The last printed number of each chain, for the quantity that it begins with."""
        out = Written()
        ends_: dict[int, int] = {f.claim.chain: k for k, f in enumerate(self.facts)}
        for k in ends_.values():
            claim = self.facts[k].claim
            pair = solved(claim.head or claim.left, claim.right)
            if pair and not claim.free and lone(claim.right) is not None and pair[0] not in out.by:
                out.add(concrete(pair[0], {}), k, self.numbers.node(pair[1]))
        return out

    def follows_in_numbers(self, k: int, written: Written) -> list[int]:
        """The claims whose printed numbers make claim k true."""
        claim = self.facts[k].claim
        if claim.free or lone(claim.right) is None:
            return []
        others = written.without(self.keys(k), [k])
        right = self.asker.right(claim.right, num(0), {})
        for form in self.formulas(claim):
            world = self.numbers.world(others.put)
            try:
                found = self.numbers.ends(form, world=world)
            except NOTHING:
                continue
            if world.met and meet(found, right):
                return sorted({others.by[f] for f in world.met})
        return []

    def formulas(self, claim: Claim) -> Iterator[Form]:
        """The chain's head, and what the writer says that it is."""
        head = claim.head or claim.left
        yield head
        for fact in self.facts:
            if not fact.numeric and (fact.claim.head or fact.claim.left) == head and not fact.claim.free:
                yield fact.claim.right

    def put_in(self, k: int, symbols: Form | None, written: Written) -> list[int]:
        """The claims whose printed numbers are put in for symbols, where all others are the network's."""
        claim = self.facts[k].claim
        for line in putin.lines(self.steps, claim.head or claim.left, symbols) if not claim.free else ():
            sources = [self.source(*pair, written) for pair in putin.laid(line, claim.right) or ()]
            if sources and None not in sources:
                return sorted({j for j in sources if j is not None and j >= 0})
        return []

    def source(self, quantity: Form, number: Form, written: Written) -> int | None:
        """The claim that gives this number for a quantity; −1 where the network does, nothing where nobody does."""
        j = written.by.get(quantity)
        if j is not None and self.is_printed(number, self.facts[j].claim.right):
            return j
        return -1 if self.asker.equal(quantity, number) == "true" else None

    def is_printed(self, number: Form, result: Form) -> bool:
        """Whether a number is a printed result, be it with fewer digits or without its zeros."""
        if lone(number) is None or lone(result) is None:
            return False
        shortened = unit(number) / 2 if unit(number) > unit(result) else 0
        return abs(printed(number) - printed(result)) <= shortened

    def copied(self, k: int) -> list[int]:
        """The false claim whose printed number stands in claim k, which is true with the right number in its place."""
        claim, sources = self.facts[k].claim, []
        if claim.free:
            return []
        false = [j for j, f in enumerate(self.facts) if j != k and f.false and not f.claim.free and lone(f.claim.right)]

        def right_one(f: Form) -> Form | None:
            for j in false if f.op == "shown" else ():
                wrong = self.facts[j].claim
                number = printed(wrong.right)
                if number and abs(number) == Fraction(str(f.args[0])):
                    sources.append(j)
                    head = wrong.head or wrong.left
                    return neg(head) if number < 0 else head
            return None

        mended = replaced(claim.right, right_one)
        return sources if sources and self.asker.equal(claim.head or claim.left, mended) == "true" else []

    def rounded(self, k: int) -> bool:
        """Whether the printed number was cut off; or has many digits, and is off by less than a unit of the last."""
        claim = self.facts[k].claim
        if claim.free or lone(claim.right) is None:
            return False
        value = self.numbers.value(claim.head or claim.left)
        number, last = printed(claim.right), unit(claim.right)
        if value is None or abs(number - value) >= last:
            return False
        cut_off = abs(number) <= abs(value)
        return abs(number) >= (FEW if cut_off else MANY) * last

    def between(self, k: int) -> bool:
        """Whether the printed number lies between what the rounded numbers before it give and the right one."""
        claim = self.facts[k].claim
        if claim.free or lone(claim.right) is None:
            return False
        value = self.numbers.value(claim.head or claim.left)
        try:
            low, high = self.numbers.ends(claim.left, exactly=True)
        except NOTHING:
            return False
        if value is None:
            return False
        last = unit(claim.right)
        return min(low, value) - last <= printed(claim.right) <= max(high, value) + last
