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
MOST_TERMS = 20_000
POWERS = 4  # e^{nv} is known for |n| up to this


class Polynomials:
    """A program run in Q(symbols, generators).  A generator comes for each symbol, and for each exponential and
    logarithm of something new."""

    def __init__(self, subject: Subject, root: Node, pattern: Pattern) -> None:
        flint = importlib.import_module("flint")
        self.subject, self.program, self.pattern = subject, subject.program, pattern
        below = self.program.reach(root)
        names = [f"x{k}" for k, x in enumerate(below) if self.program.nodes[x][0] in ("leaf", "exp", "log")]
        self.ring = flint.fmpq_mpoly_ctx.get(tuple(names) or ("x",), "degrevlex")
        self.free = list(self.ring.gens())
        self.one: Poly = self.ring.constant(1)
        self.values: dict[Node, Quotient] = {}
        self.exps: list[tuple[Quotient, Quotient]] = []
        self.logs: list[tuple[Quotient, Quotient]] = []
        for x in below:
            self.values[x] = self._value(x)

    def _value(self, x: Node) -> Quotient:
        op, *rest = self.program.nodes[x]
        if op == "leaf":
            return self._symbol(x)
        if op == "const":
            return self.ring.constant(rest[0].numerator) / rest[0].denominator, self.one
        if op == "select":
            u, c, _, then, other = rest
            return self.values[then if self.pattern[u].at > c else other]
        if op == "pow":
            top, bottom = self.values[rest[0]]
            return self._short(top ** rest[1], bottom ** rest[1])
        if op not in ("copy", "add", "sub", "mul", "div", "exp", "log"):
            raise Undecidable(f"no exact rule for {op}")
        return self._of(op, *(self.values[y] for y in self.program.below(x)))

    def _of(self, op: str, a: Quotient, b: Quotient | None = None) -> Quotient:
        if op == "exp":
            return self._exp(a)
        if op == "log":
            return self._generator(self.logs, a)
        if b is None:
            return a
        if op in ("mul", "div"):
            c, d = b if op == "mul" else (b[1], b[0])
            return self._short(a[0] * c, a[1] * d)
        sign = 1 if op == "add" else -1
        return self._short(a[0] * b[1] + sign * b[0] * a[1], a[1] * b[1])

    def _symbol(self, x: Node) -> Quotient:
        if x in self.pattern:
            value = self.pattern[x].at
            return self.ring.constant(value.numerator) / value.denominator, self.one
        tie = self.subject.ties.get(x)
        if tie is None:
            return self.free.pop(), self.one
        for y in self.program.reach(tie):
            if y not in self.values:
                self.values[y] = self._value(y)
        return self.values[tie]

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
        common = top.gcd(bottom)
        if common != 1:
            top, bottom = top / common, bottom / common
        if len(top) + len(bottom) > MOST_TERMS:
            raise TooLarge(f"more than {MOST_TERMS:,} terms")
        return top, bottom


def proven(subject: Subject, x: Node, patterns: list[Pattern]) -> bool:
    """Whether x = 0 as a quotient of polynomials, in every pattern.

    Raises Undecidable or TooLarge where polynomials cannot say, and ImportError without python-flint.
    """
    return all(bool(Polynomials(subject, x, pattern).values[x][0] == 0) for pattern in patterns)
