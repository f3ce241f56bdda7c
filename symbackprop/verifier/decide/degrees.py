"""How large a claim is: the degree of its numerator in all symbols and generators, and its coefficients' length.

A polynomial of degree d that is not 0 vanishes at a random point of F_p with probability d/p at most (Schwartz and
Zippel).  Fractions are taken as they come, without a common denominator: a bound, not the degree.
"""

from __future__ import annotations

from typing import NamedTuple

from symbackprop.verifier.decide.program import Node, Program

GENERATED = 8  # e^v may come as a product of two generators to the 4th


class Size(NamedTuple):
    top: int  # degree of the numerator
    bottom: int  # degree of the denominator
    bits: int  # log₂ of the sum of absolute coefficients, of either


class Degrees:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.of: dict[Node, Size] = {}
        self.widest = 1  # of what stands in an exponential: a logarithm may turn into it

    def at(self, root: Node) -> Size:
        if root not in self.of:
            for x in self.program.reach(root, known=self.of):
                self.of[x] = self._size(x)
        return self.of[root]

    def _size(self, x: Node) -> Size:
        op, *rest = self.program.nodes[x]
        if op == "const":
            value = rest[0]
            return Size(0, 0, max(abs(value.numerator).bit_length(), value.denominator.bit_length()))
        if op == "leaf":
            return Size(1, 0, 0)
        a, *others = (self.of[y] for y in self.program.below(x)) if op != "pi" else (Size(2, 0, 0),)
        if op == "exp":
            self.widest = max(self.widest, a.top, a.bottom)
            return Size(GENERATED, GENERATED, 0)
        if op == "log":
            return Size(self.widest + 1, self.widest + 1, 8)
        if op in ("copy", "pi"):
            return a
        if op == "pow":
            return Size(*(n * rest[1] for n in a))
        if op == "select":
            b, c = others
            return Size(*map(max, b, c))
        if op in ("sqrt", "erf", "atan", "sin", "cos"):
            return Size(2, 2, 2)
        (b,) = others
        bits = a.bits + b.bits
        if op == "mul":
            return Size(a.top + b.top, a.bottom + b.bottom, bits)
        if op == "div":
            return Size(a.top + b.bottom, a.bottom + b.top, bits)
        return Size(max(a.top + b.bottom, b.top + a.bottom), a.bottom + b.bottom, bits + 1)
