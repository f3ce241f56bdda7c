"""A program run at one random point of a prime field.

A symbol gets a random number, and so does each exponential, logarithm and so on of something new: they are generators.
A table keeps them in step: e^{2v}, e^{−v}, e^{v+w} are made of those that are there, and √v is a number whose square
is v.  All of it is a map of rings, so an identity between the functions holds here; what fails here is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from symbackprop.verifier.decide.program import Node, Program
from symbackprop.verifier.decide.run import Run
from symbackprop.verifier.decide.signs import positive

MERSENNE = 2**61 - 1
TWICE = 4  # e^{nv/2} is known for |n| up to this, once e^v is


class Source(Protocol):
    def randrange(self, start: int, stop: int) -> int: ...


class Redraw(ArithmeticError):
    """The point is of no use: a denominator is 0 there, or a root is no number of the field."""


class NoRoot(Redraw):
    """At this point the radicand is no square."""

    def __init__(self, node: Node) -> None:
        self.node = node


class Region(NamedTuple):
    """The numbers between two bounds, and one of them; for a target of a few values that one alone."""

    low: Fraction | float
    high: Fraction | float
    at: Fraction

    @property
    def chosen(self) -> bool:
        return self.low == self.high

    def meets(self, other: Region) -> bool:
        return max(self.low, other.low) < min(self.high, other.high)

    def number(self, share: Fraction) -> Fraction:
        """A number in it, 0 < share < 1: between both bounds, or up to 2 from the one."""
        low, high = (None if isinstance(end, float) else end for end in (self.low, self.high))
        if low is None:
            return share * 2 if high is None else high - 2 * share
        return low + (2 if high is None else high - low) * share


Pattern = Mapping[Node, Region]  # where each branching quantity lies; a target of a few values is one of them


class Draw(Run):
    """One point and one pattern."""

    def __init__(
        self,
        program: Program,
        ties: Mapping[Node, Node],
        prime: int,
        source: Source,
        pattern: Pattern,
        free: frozenset[Node] = frozenset(),
    ) -> None:
        super().__init__(program, ties, free)
        self.steps = STEPS
        self.prime, self.source, self.pattern = prime, source, pattern
        self.compared = 0  # how often two values were asked whether they are the same
        self.exps: dict[int, int] = {0: 1}
        self.bases: list[tuple[int, int]] = []  # (v, e^v)
        self.logs: dict[int, int] = {1: 0}
        self.parts: list[tuple[int, int]] = []  # (v, log v), v above 0
        self.roots: dict[int, int] = {}
        self.radicals: dict[int, frozenset[Node]] = {}  # of each root the nodes that are generators in it
        self.factors: set[int] = set()  # the radicands that are above 0 for certain
        self.adjoined = 0
        self.made_of: dict[Node, frozenset[Node]] = {}
        self.waves: dict[int, tuple[int, int]] = {}  # v: sin v, cos v
        self.others: dict[tuple[str, int], int] = {}

    def above(self, u: Node, c: Fraction) -> bool:
        return self.pattern[u].at > c

    def fresh(self) -> int:
        return self.source.randrange(2, self.prime - 1)

    def number(self, value: Fraction) -> int:
        return value.numerator * self.inverse(value.denominator % self.prime) % self.prime

    def leaf(self, x: Node) -> int:
        if (region := self.pattern.get(x)) and region.chosen:
            return self.number(region.at)
        return int(self.at(self.ties[x])) if x in self.ties else self.fresh()

    def inverse(self, x: int) -> int:
        if not x:
            raise Redraw
        return pow(x, -1, self.prime)

    # ---- generators ----------------------------------------------------------------------------------------------

    def exp(self, v: int) -> int:
        p = self.prime
        self.compared += len(self.exps) * (1 + 2 * len(self.bases))
        if v in self.exps:
            return self.exps[v]
        for w, e in self.bases:
            if (rest := (v - w) % p) in self.exps:
                return self._known(v, self.exps[rest] * e % p)
            if (rest := (v + w) % p) in self.exps:
                return self._known(v, self.exps[rest] * self.inverse(e) % p)
        root, half = self.fresh(), v * pow(2, -1, p) % p
        self.bases.append((v, root * root % p))
        for n in range(-TWICE, TWICE + 1):
            self.exps.setdefault(n * half % p, pow(root, n, p))
        for n in (1, -1, 2, -2):
            self.logs.setdefault(pow(root, 2 * n, p), n * v % p)
        return self.exps[v]

    def _known(self, v: int, e: int) -> int:
        self.exps[v] = e
        self.logs.setdefault(e, v)
        return e

    def log_at(self, x: Node) -> int:
        """The logarithm of a node: of a product of positive parts by theirs, also under a name."""
        op, *rest = self.program.nodes[x]
        if op == "copy" and x not in self.free:
            return self.log_at(rest[0])
        if op == "exp":
            return int(self.at(rest[0]))
        if not self.program.splits(x):
            return self.log(self.at(x), positive(self.program, x))
        a, *others = map(self.log_at, self.program.operands[x])
        return (rest[1] * a if op == "pow" else a + others[0] if op == "mul" else a - others[0]) % self.prime

    def log(self, v: int, above_zero: bool) -> int:
        """log v; where v is known to be above 0 also of products and ratios with what else is."""
        p = self.prime
        if not v:
            raise Redraw
        self.compared += len(self.logs) * (1 + 2 * len(self.bases) + 2 * len(self.parts))
        if v in self.logs:
            return self.logs[v]
        for factor, its in [*((e, w) for w, e in self.bases), *self.parts] if above_zero else ():
            if (rest := v * self.inverse(factor) % p) in self.logs:
                return self._logged(v, (self.logs[rest] + its) % p)
            if (rest := v * factor % p) in self.logs:
                return self._logged(v, (self.logs[rest] - its) % p)
        log = self.fresh()
        if above_zero:
            self.parts.append((v, log))
        return self._logged(v, log)

    def _logged(self, v: int, log: int) -> int:
        p = self.prime
        for n in (1, -1):
            self.logs.setdefault(pow(v, n, p), n * log % p)
        for n in (1, -1, 2, -2):
            self.exps.setdefault(n * log % p, pow(v, n, p))
        return log

    def sqrt(self, v: int, node: Node) -> int:
        if not v:
            raise Redraw
        if v not in self.roots:
            self._root(v, node)
        self.made_of[node] = self.radicals[v]
        return self.roots[v]

    def _root(self, v: int, node: Node) -> None:
        """√(uw) = √u √w, √(w/u) = √w / √u where all are above 0; else a new one."""
        p, above_zero = self.prime, positive(self.program, self.program.operands[node][0])
        self.compared += len(self.roots) * (1 + 2 * len(self.factors))
        for u in self.factors if above_zero else ():
            root = self.roots[u]
            for other, factor in ((v * self.inverse(u) % p, root), (v * u % p, self.inverse(root))):
                if other in self.factors:
                    self.roots[v] = self.roots[other] * factor % p
                    self.radicals[v] = self.radicals[other] | self.radicals[u]
                    return
        root = pow(v, (p + 1) // 4, p)
        if root * root % p != v:
            raise NoRoot(node)
        self.adjoined += 1
        root = root if self.fresh() & 1 else p - root
        self.roots[v], self.roots[self.inverse(v)] = root, self.inverse(root)
        self.radicals[v] = self.radicals[self.inverse(v)] = frozenset({node})
        if above_zero:
            self.factors |= {v, self.inverse(v)}

    def wave(self, v: int) -> tuple[int, int]:
        """sin and cos on the circle: 2u/(1 + u²), (1 − u²)/(1 + u²)."""
        p = self.prime
        self.compared += len(self.waves)
        if v not in self.waves:
            u = self.fresh()
            below = self.inverse((1 + u * u) % p)
            s, c = 2 * u * below % p, (1 - u * u) * below % p
            twice = 2 * s * c % p, (c * c - s * s) % p
            for w, (sin, cos) in ((v, (s, c)), (2 * v % p, twice)):
                self.waves.setdefault(w, (sin, cos))
                self.waves.setdefault(-w % p, (-sin % p, cos))
        return self.waves[v]

    def odd(self, op: str, v: int) -> int:
        """A function of which no more is known than f(−v) = −f(v)."""
        self.compared += len(self.others)
        if (op, v) not in self.others:
            self.others[op, v] = self.fresh()
            self.others[op, -v % self.prime] = self.prime - self.others[op, v]
        return self.others[op, v]

    def pi(self) -> int:
        root = self.fresh()
        v = root * root % self.prime
        self.roots[v], self.radicals[v] = root, frozenset()
        self.factors.add(v)
        return v


Parts = tuple[Any, ...]

STEPS: dict[str, Callable[[Draw, Node, Parts], int]] = {
    "const": lambda d, x, n: d.number(n[1]),
    "leaf": lambda d, x, n: d.leaf(x),
    "copy": lambda d, x, n: d.values[n[1]],
    "add": lambda d, x, n: (d.values[n[1]] + d.values[n[2]]) % d.prime,
    "sub": lambda d, x, n: (d.values[n[1]] - d.values[n[2]]) % d.prime,
    "mul": lambda d, x, n: d.values[n[1]] * d.values[n[2]] % d.prime,
    "div": lambda d, x, n: d.values[n[1]] * d.inverse(d.values[n[2]]) % d.prime,
    "pow": lambda d, x, n: pow(d.values[n[1]], n[2], d.prime),
    "exp": lambda d, x, n: d.exp(d.values[n[1]]),
    "log": lambda d, x, n: d.log_at(n[1]),
    "sqrt": lambda d, x, n: d.sqrt(d.values[n[1]], x),
    "sin": lambda d, x, n: d.wave(d.values[n[1]])[0],
    "cos": lambda d, x, n: d.wave(d.values[n[1]])[1],
    "erf": lambda d, x, n: d.odd("erf", d.values[n[1]]),
    "atan": lambda d, x, n: d.odd("atan", d.values[n[1]]),
    "pi": lambda d, x, n: d.pi(),
}


def prime(source: Source) -> int:
    """A prime ≡ 3 mod 4 of 61 bits, so that a root is a power."""
    while True:
        p = source.randrange(2**58, 2**59) * 4 + 3
        if all(p % small for small in SMALL) and all(_strong(p, a) for a in WITNESSES):
            return p


SMALL = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)  # enough below 3.3e24 (Sorenson and Webster 2015)


def _strong(p: int, a: int) -> bool:
    """Miller and Rabin's test, for p ≡ 3 mod 4."""
    return pow(a, (p - 1) // 2, p) in (1, p - 1)
