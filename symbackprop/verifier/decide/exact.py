"""The exact certificate, on request: both sides as quotients of polynomials over the rationals, cross-multiplied.

python-flint's fmpq_mpoly does the arithmetic (the extra `exact`), with a cap on terms.  No point is drawn: what comes
out 0 is an identity with no error at all.
"""

from __future__ import annotations

import importlib
from typing import Any

from symbackprop.verifier.decide.field import Pattern
from symbackprop.verifier.decide.program import Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import Subject

Poly = Any
Quotient = tuple[Poly, Poly]
MOST_TERMS = 2_000
GENERATORS = ("leaf", "exp", "log")
POWERS = 4  # e^{nv} is known for |n| up to this


class Polynomials:
    """A program run in Q(symbols, generators).  A generator comes for each symbol, and for each exponential and
    logarithm of something new."""

    def __init__(self, subject: Subject, root: Node, pattern: Pattern, symbols: frozenset[Node]) -> None:
        flint = importlib.import_module("flint")
        self.subject, self.program, self.pattern, self.symbols = subject, subject.program, pattern, symbols
        below = self.program.reach(root, free=symbols)
        below = self.program.reach(root, *(subject.ties[x] for x in below if x in subject.ties), free=symbols)
        names = [f"x{k}" for k, x in enumerate(below) if x in symbols or self.program.nodes[x][0] in GENERATORS]
        self.ring = flint.fmpq_mpoly_ctx.get(tuple(names) or ("x",), "degrevlex")
        self.free = list(self.ring.gens())
        self.one: Poly = self.ring.constant(1)
        self.values: dict[Node, Quotient] = {}
        self.exps: list[tuple[Quotient, Quotient]] = []
        self.logs: list[tuple[Quotient, Quotient]] = []
        for x in below:
            self._at(x)

    def _at(self, root: Node) -> Quotient:
        for x in self.program.reach(root, free=self.symbols, known=self.values):
            if x not in self.values:
                self.values[x] = self._value(x)
        return self.values[root]

    def _value(self, x: Node) -> Quotient:
        op, *rest = self.program.nodes[x]
        if x in self.symbols:
            return self.free.pop(), self.one
        if op == "leaf":
            return self._symbol(x)
        if op == "const":
            return self.ring.constant(rest[0].numerator) / rest[0].denominator, self.one
        if op == "select":
            u, c, _, then, other = rest
            return self.values[then if self.pattern[u].at > c else other]
        if op == "pow":
            return self._power(self.values[rest[0]], rest[1])
        if op == "log":
            return self._log(rest[0])
        if op not in ("copy", "add", "sub", "mul", "div", "exp"):
            raise Undecidable(f"no exact rule for {op}")
        return self._of(op, *(self.values[y] for y in self.program.below(x)))

    def _power(self, a: Quotient, n: int) -> Quotient:
        out = (self.one, self.one)
        for _ in range(n):
            out = self._of("mul", out, a)
        return out

    def _of(self, op: str, a: Quotient, b: Quotient | None = None) -> Quotient:
        if op == "exp":
            return self._exp(a)
        if b is None:
            return a
        if op in ("mul", "div"):
            c, d = b if op == "mul" else (b[1], b[0])
            self._bounded((a[0], c), (a[1], d))
            return self._short(a[0] * c, a[1] * d)
        self._bounded((a[0], b[1]), (b[0], a[1]), (a[1], b[1]))
        sign = 1 if op == "add" else -1
        return self._short(a[0] * b[1] + sign * b[0] * a[1], a[1] * b[1])

    def _symbol(self, x: Node) -> Quotient:
        if (region := self.pattern.get(x)) and region.chosen:
            value = region.at
            return self.ring.constant(value.numerator) / value.denominator, self.one
        tie = self.subject.ties.get(x)
        return self._at(tie) if tie is not None else (self.free.pop(), self.one)

    def _log(self, x: Node) -> Quotient:
        """log of a product or ratio as that of its parts, also under a name."""
        op, *rest = self.program.nodes[x]
        if op == "copy" and x not in self.symbols:
            return self._log(rest[0])
        if op in ("mul", "div") and self.program.splits(x):
            return self._of("add" if op == "mul" else "sub", self._log(rest[0]), self._log(rest[1]))
        return self.values[rest[0]] if op == "exp" else self._generator(self.logs, self.values[x])

    def _exp(self, v: Quotient) -> Quotient:
        """e^{nv}, e^{v ± w} from those that are there."""
        for w, e in self.exps:
            for n in (*range(1, POWERS + 1), *range(-POWERS, 0)):
                if self._same(v, (n * w[0], w[1])):
                    return (e[0] ** n, self.one) if n > 0 else (self.one, e[0] ** -n)
        for k, (w, e) in enumerate(self.exps):
            for u, f in self.exps[:k]:
                for sign in (1, -1):
                    if self._same(v, self._of("add", w, (sign * u[0], u[1]))):
                        return self._of("mul" if sign == 1 else "div", e, f)
                if self._same(v, self._of("sub", u, w)):
                    return self._of("div", f, e)
        return self._generator(self.exps, v)

    def _generator(self, table: list[tuple[Quotient, Quotient]], v: Quotient) -> Quotient:
        for w, g in table:
            if self._same(v, w):
                return g
        table.append((v, (self.free.pop(), self.one)))
        return table[-1][1]

    def _same(self, a: Quotient, b: Quotient) -> bool:
        return bool(a[0] * b[1] == b[0] * a[1])

    def _short(self, top: Poly, bottom: Poly) -> Quotient:
        if bottom == 0:
            raise ZeroDivisionError("a division by 0")
        if len(top) + len(bottom) > MOST_TERMS:
            raise TooLarge(f"more than {MOST_TERMS:,} terms")
        common = top.gcd(bottom)
        return (top, bottom) if common == 1 else (top / common, bottom / common)

    def _bounded(self, *products: tuple[Poly, Poly]) -> None:
        """Sizes are checked before the products are made."""
        if any(len(a) * len(b) > 10 * MOST_TERMS for a, b in products):
            raise TooLarge(f"more than {MOST_TERMS:,} terms")


def proven(subject: Subject, x: Node, patterns: list[Pattern]) -> bool:
    """Whether x = 0 as a quotient of polynomials, in every pattern: first with each weighted sum and what came
    back to each quantity taken for a symbol, which keeps the polynomials short, at last with all written out.

    Raises Undecidable or TooLarge where polynomials cannot say, and ImportError without python-flint.
    """
    levels = (subject.combined | subject.returned, subject.combined, frozenset[Node]())
    return any(_vanishes(subject, x, patterns, symbols) for symbols in levels)


def _vanishes(subject: Subject, x: Node, patterns: list[Pattern], symbols: frozenset[Node]) -> bool:
    return all(bool(Polynomials(subject, x, way, symbols).values[x][0] == 0) for way in patterns)
