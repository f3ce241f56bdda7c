"""Whether a node is 0 at every point: random points of prime fields, for each pattern of branches.

The first field has p = 2⁶¹ − 1 elements; the others have primes that nobody knows beforehand, since with a known one
somebody can write a coefficient that it divides.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from math import inf, prod
from random import Random
from secrets import SystemRandom
from typing import Any, NamedTuple

from symbackprop.verifier.decide.degrees import Degrees
from symbackprop.verifier.decide.field import MERSENNE, Draw, NoRoot, Pattern, Redraw, Region, prime
from symbackprop.verifier.decide.program import Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import Subject

BOUND = 1e-15  # an identity that is none passes with no larger probability
MOST_DRAWS = 6
MOST_PATTERNS = 512
TRIALS = 4096  # redraws where roots must exist, about 2 to the number of roots
ZEROS = 8  # points with a denominator 0, after which it is 0 in all of the pattern
PROOFS = 32  # times 2 to the number of roots: points after which they are held to depend on each other
SHORT = 2**12  # a random number is a fraction so short with probability 1e-11; it takes two of them
PRIMES = 1e16  # of the kind drawn, at least


PatternKey = tuple[tuple[Node, Region], ...]


class Identity(NamedTuple):
    holds: bool
    bound: float  # of the probability that it does not hold


class Gates(NamedTuple):
    """What the value of a node hangs on: branches (u, c), and targets that are one of a few numbers."""

    branches: frozenset[tuple[Node, Fraction]]
    leaves: frozenset[Node]
    roots: frozenset[Node]  # and the square roots in it

    def joined(self, other: Gates) -> Gates:
        """Both; the very same object where one has it all, so that most nodes share one."""
        if other is self or other is NONE:
            return self
        if self is NONE:
            return other
        return Gates(self.branches | other.branches, self.leaves | other.leaves, self.roots | other.roots)


NONE = Gates(frozenset(), frozenset(), frozenset())


class Field:
    """The draws of one subject, kept for all claims on it.

    What holds with the nodes in `free` taken for symbols holds whatever they are; the other way round it need not.
    """

    def __init__(self, subject: Subject, free: frozenset[Node] = frozenset()) -> None:
        self.subject, self.free = subject, free
        self.source = SystemRandom() if subject.seed is None else Random(subject.seed)
        self.degrees = Degrees(subject.program)
        self.draws: dict[tuple[PatternKey, int], Draw] = {}
        self.impossible: set[PatternKey] = set()
        self.gates: dict[Node, Gates] = {}
        self.proper: set[tuple[Any, ...]] = set()  # roots, in a pattern, that are independent
        self.chosen = frozenset(x for options in subject.choices for x in options[0])

    # ---- patterns ------------------------------------------------------------------------------------------------

    def gates_of(self, root: Node) -> Gates:
        p = self.subject.program
        for x in p.reach(root, free=self.free, known=self.gates):
            own = NONE
            if x in self.free:
                self.gates[x] = NONE
                continue
            if p.nodes[x][0] == "select":
                own = NONE._replace(branches=frozenset({p.nodes[x][1:3]}))
            elif p.nodes[x][0] == "sqrt":
                own = NONE._replace(roots=frozenset({x}))
            elif x in self.chosen:
                own = NONE._replace(leaves=frozenset({x}))
            for y in p.below(x):
                own = self.gates[y].joined(own)
            self.gates[x] = own
        return self.gates[root]

    def patterns(self, root: Node) -> list[Pattern]:
        """Every combination of regions and choices that the node hangs on."""
        branches, leaves, _ = self.gates_of(root)
        at: dict[Node, list[Fraction]] = {}
        for u, c in sorted(branches):
            at.setdefault(u, []).append(c)
        assumed = self.subject.ranges if branches else {}
        ways: list[list[Pattern]] = [
            [{u: x} for x in regions(cs) if u not in assumed or x.meets(assumed[u])] for u, cs in at.items()
        ]
        ways += [[{u: region}] for u, region in assumed.items() if u not in at]
        for options in self.subject.choices:
            if leaves & options[0].keys():
                ways += [[{x: Region(v, v, v) for x, v in option.items()} for option in options]]
        if prod(map(len, ways)) > MOST_PATTERNS:
            raise TooLarge(f"more than {MOST_PATTERNS} patterns of branches")
        return [{k: v for part in parts for k, v in part.items()} for parts in product(*ways)]

    def possible(self, root: Node) -> list[Pattern]:
        """Those that were not found to be impossible."""
        return [way for way in self.patterns(root) if tuple(sorted(way.items())) not in self.impossible]

    def _contradicts(self, draw: Draw) -> bool:
        """Whether the pattern puts u and su + k, for short fractions s and k, into regions that do not meet."""
        seen: list[tuple[int, Region]] = []
        for u, region in draw.pattern.items():
            if region.chosen:
                continue
            v = draw.at(u)
            for w, other in seen:
                for s, k in _affine(v, w, draw.prime):
                    low, high = sorted((s * other.low + k, s * other.high + k))
                    if max(low, region.low) >= min(high, region.high):
                        return True
            seen.append((v, region))
        return False

    # ---- draws ---------------------------------------------------------------------------------------------------

    def _new(self, pattern: Pattern, known_prime: bool) -> Draw:
        p = MERSENNE if known_prime else prime(self.source)
        return Draw(self.subject.program, self.subject.ties, p, self.source, pattern, self.free)

    def values(self, pattern: Pattern, k: int, *roots: Node) -> tuple[Draw, list[int]] | None:
        """The roots' values at draw k; nothing where the pattern cannot occur, or where a denominator is 0 in it."""
        key = tuple(sorted(pattern.items()))
        if key in self.impossible:
            return None
        zeros = 0
        for trial in range(TRIALS):
            draw = self.draws.get((key, k)) if trial == 0 else None
            new = draw is None
            draw = draw or self._new(pattern, k == 0 and trial == 0)
            try:
                if new and pattern and self._contradicts(draw) and self._contradicts(self._new(pattern, False)):
                    self.impossible.add(key)
                    return None
                found = [draw.at(x) for x in roots]
            except NoRoot:
                continue
            except Redraw:
                zeros += 1
                if zeros == ZEROS:
                    return None
                continue
            self.draws[key, k] = draw
            return draw, found
        raise Undecidable("no point was found at which all roots exist")

    # ---- identities ----------------------------------------------------------------------------------------------

    def vanishes(self, x: Node) -> Identity:
        """Whether x = 0 in every pattern."""
        if x == self.subject.program.zero:
            return Identity(True, 0.0)
        bounds = []
        for pattern in self.patterns(x):
            found = self._vanishes(x, pattern)
            if found is None:
                continue
            if not found.holds:
                return found
            bounds.append(found.bound)
        if not bounds:
            raise Undecidable("no point was found at which both sides exist")
        return Identity(True, sum(bounds))

    def _vanishes(self, x: Node, pattern: Pattern) -> Identity | None:
        """In one pattern; nothing where that cannot occur."""
        bound = 1.0
        for k in range(MOST_DRAWS):
            found = self.values(pattern, k, x)
            if found is None:
                return None
            draw, (value,) = found
            if value:
                return Identity(False, 0.0)
            bound *= self._miss(x, draw)
            if k and bound < BOUND:
                self._need_proper(draw, pattern, x)
                return Identity(True, bound)
        raise TooLarge("the degree is too high for the test")

    def equal(self, x: Node, y: Node) -> bool:
        """The same for a quick comparison of one line with many: no bound is worked out."""
        return self.vanishes(self.subject.program.sub(x, y)).holds

    def _miss(self, x: Node, draw: Draw) -> float:
        """How likely a node that is not 0 is 0 at this draw."""
        top, _, bits = self.degrees.at(x)
        # Roots make of a polynomial its norm, and a point at which all of them exist one of 2 to their number.
        degree = max(top, 1) * 4**draw.adjoined
        if draw.prime == MERSENNE and bits >= 61:
            return 1.0  # the prime may divide every coefficient
        divided = 0.0 if draw.prime == MERSENNE else bits / 60 / PRIMES
        return float(min(1.0, (1 + draw.compared) * degree / draw.prime + divided))

    def _need_proper(self, draw: Draw, pattern: Pattern, x: Node) -> None:
        """A root is a generator only where its radicand is a square of nothing made of the roots before it: a point
        where those exist and it does not proves that."""
        key = tuple(sorted(pattern.items()))
        roots = sorted({r for n in self.gates_of(x).roots for r in draw.made_of.get(n, ())})
        missing = set(roots) if (key, *roots) not in self.proper else set()
        for _ in range(PROOFS * 2 ** len(roots) if missing else 0):
            other = self._new(pattern, False)
            try:
                for r in roots:
                    other.at(r)
            except NoRoot as no:
                missing.discard(no.node)
            except Redraw:
                continue
            if not missing:
                self.proper.add((key, *roots))
                return
        if missing:
            raise Undecidable("a root of what may be a square")


def _affine(v: int, w: int, p: int) -> Iterator[tuple[Fraction, Fraction]]:
    """The short s and k with v = sw + k, where s is ±1 or k is 0."""
    for s in (1, -1):
        if (k := short((v - s * w) % p, p)) is not None:
            yield Fraction(s), k
    if v and w and (ratio := short(v * pow(w, -1, p) % p, p)) is not None:
        yield ratio, Fraction(0)


def short(v: int, p: int) -> Fraction | None:
    """The fraction a/b that v is, with |a| and b below SHORT (Wang's reconstruction)."""
    (a, b), (c, d) = (p, 0), (v, 1)
    while c >= SHORT:
        q = a // c
        (a, b), (c, d) = (c, d), (a - q * c, b - q * d)
    return Fraction(c, d) if 0 < abs(d) < SHORT else None


def regions(bounds: list[Fraction]) -> Iterator[Region]:
    """Below all bounds, between each two, above."""
    yield Region(-inf, bounds[0], bounds[0] - 1)
    yield from (Region(a, b, (a + b) / 2) for a, b in pairwise(bounds))
    yield Region(bounds[-1], inf, bounds[-1] + 1)
