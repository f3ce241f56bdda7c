"""A straight-line program: numbered nodes, each an operation on earlier ones.  Equal nodes are one node.

    const x · leaf entry · copy x entry            an exact number; a symbol; a quantity's entry, which is x
    add x y · sub x y · mul x y · div x y · pow x n
    exp x · log x · sqrt x · sin x · cos x · erf x · atan x · pi
    select u c strict x y                          x where u > c (or u ≥ c), else y

The same program is run in a prime field, in balls, for its degree, and with polynomials.  What a course takes for
granted is written in at once: tanh and σ by exponentials, log xy = log x + log y where both are above 0, √(4x) = 2√x.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from fractions import Fraction
from math import isqrt
from typing import Any

from symbackprop.errors import SymbackpropError
from symbackprop.verifier.decide.signs import positive

Node = int
Entry = tuple[str, tuple[int, ...]]

MOST_NODES = 2_000_000
MOST_EXPONENT = 64
MOST_BITS = 20_000  # of a number's numerator or denominator
LARGEST_PRIME = 100  # log 6 = log 2 + log 3; a larger factor keeps a logarithm of its own
FOLDED = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y}


class TooLarge(SymbackpropError):
    """More nodes, or a larger exponent, than a decision takes on."""


class Undecidable(SymbackpropError):
    """Something that no rule of the decision covers."""


class Program:
    def __init__(self) -> None:
        self.nodes: list[tuple[Any, ...]] = []
        self.operands: list[tuple[Node, ...]] = []
        self.at: dict[tuple[Any, ...], Node] = {}
        self.zero, self.one = self.const(Fraction(0)), self.const(Fraction(1))

    def node(self, *parts: Any) -> Node:
        found = self.at.get(parts)
        if found is None:
            if len(self.nodes) >= MOST_NODES:
                raise TooLarge(f"more than {MOST_NODES:,} operations")
            found = self.at[parts] = len(self.nodes)
            self.nodes.append(parts)
            self.operands.append(tuple(parts[k] for k in OPERANDS.get(parts[0], ())))
        return found

    # ---- what is below a node -----------------------------------------------------------------------------------

    def below(self, x: Node) -> tuple[Node, ...]:
        return self.operands[x]

    def reach(
        self, *roots: Node, stop: str = "", free: Container[Node] = (), known: Container[Node] = ()
    ) -> list[Node]:
        """All nodes that the roots are made of, in order.  Those below a node of kind `stop` or a free one, and those
        that are known, are left out."""
        seen, waiting = {x for x in roots if x not in known}, [x for x in roots if x not in known]
        operands = self.operands
        while waiting:
            x = waiting.pop()
            if x in free or (stop and self.nodes[x][0] == stop):
                continue
            for y in operands[x]:
                if y not in seen and y not in known:
                    seen.add(y)
                    waiting.append(y)
        return sorted(seen)

    # ---- arithmetic ----------------------------------------------------------------------------------------------

    def number(self, x: Node) -> Fraction | None:
        parts = self.nodes[x]
        return parts[1] if parts[0] == "const" else None

    def const(self, value: Fraction | int) -> Node:
        if bits(value) > MOST_BITS:
            raise TooLarge(f"a number of more than {MOST_BITS:,} bits")
        return self.node("const", Fraction(value))

    def _folded(self, op: str, x: Node, y: Node) -> Node:
        a, b = self.number(x), self.number(y)
        return self.node(op, x, y) if a is None or b is None else self.const(FOLDED[op](a, b))

    def add(self, x: Node, y: Node) -> Node:
        if self.zero in (x, y):
            return y if x == self.zero else x
        for a, b in ((x, y), (y, x)):
            if self.nodes[b][:2] == ("sub", self.zero):
                return self.sub(a, self.nodes[b][2])
        return self._folded("add", x, y)

    def sub(self, x: Node, y: Node) -> Node:
        return x if y == self.zero else self._folded("sub", x, y)

    def neg(self, x: Node) -> Node:
        return self.sub(self.zero, x)

    def mul(self, x: Node, y: Node) -> Node:
        if self.zero in (x, y):
            return self.zero
        return y if x == self.one else x if y == self.one else self._folded("mul", x, y)

    def div(self, x: Node, y: Node) -> Node:
        b = self.number(y)
        if b == 0:
            raise ZeroDivisionError("a division by 0")
        if b is None:
            return self.node("div", x, y)
        return self.mul(x, self.const(1 / b))

    def pow(self, x: Node, n: Fraction) -> Node:
        if abs(n) > MOST_EXPONENT:
            raise TooLarge(f"an exponent of {n}; {MOST_EXPONENT} is the most")
        if n.denominator == 2:
            return self.pow(self.sqrt(x), 2 * n)
        if n.denominator != 1:
            return self.exp(self.mul(self.const(n), self.log(x)))
        if n < 0:
            return self.div(self.one, self.pow(x, -n))
        a = self.number(x)
        if n in (0, 1):
            return x if n else self.one
        if a is not None and int(n) * bits(a) > MOST_BITS:
            raise TooLarge(f"a number of more than {MOST_BITS:,} bits")
        return self.node("pow", x, int(n)) if a is None else self.const(a ** int(n))

    def total(self, terms: Iterator[Node]) -> Node:
        out = self.zero
        for x in terms:
            out = self.add(out, x)
        return out

    # ---- functions -----------------------------------------------------------------------------------------------

    def exp(self, x: Node) -> Node:
        """e^{log y} = y, e^{−x} = 1/e^x."""
        op, *rest = self.nodes[x]
        if op == "log":
            return int(rest[0])
        if op == "sub" and rest[0] == self.zero:
            return self.div(self.one, self.exp(rest[1]))
        return self.one if x == self.zero else self.node("exp", x)

    def log(self, x: Node) -> Node:
        op, *rest = self.nodes[x]
        if op == "exp":
            return int(rest[0])
        if self.splits(x):
            a, *others = map(self.log, self.operands[x])
            if op == "pow":
                return self.mul(self.const(rest[1]), a)
            return (self.add if op == "mul" else self.sub)(a, *others)
        return self._log_of_number(rest[0]) if op == "const" else self.node("log", x)

    def splits(self, x: Node) -> bool:
        """Whether the logarithm of x is made of those of its parts, which all are above 0 then."""
        return self.nodes[x][0] in ("mul", "div", "pow") and all(positive(self, y) for y in self.operands[x])

    def _log_of_number(self, value: Fraction) -> Node:
        if value <= 0:
            raise ZeroDivisionError(f"the logarithm of {value}")
        parts = [(f, 1) for f in factors(value.numerator)] + [(f, -1) for f in factors(value.denominator)]
        return self.total(self.mul(self.const(s), self.node("log", self.const(f))) for f, s in parts)

    def sqrt(self, x: Node) -> Node:
        """√(c x) = √c √x for a positive number c."""
        op, *rest = self.nodes[x]
        if op == "const":
            return self._root_of_number(rest[0])
        for k in (0, 1) if op == "mul" else (0,) if op == "div" else ():
            c = self.number(rest[k])
            if c is not None and c > 0 and c != 1:
                y = rest[1 - k] if op == "mul" else self.div(self.one, rest[1])
                return self.mul(self._root_of_number(c), self.sqrt(y))
        if op == "div" and rest[0] == self.one:
            return self.div(self.one, self.sqrt(rest[1]))
        return self.node("sqrt", x)

    def _root_of_number(self, value: Fraction) -> Node:
        """√(p/q) = √(pq) / q, with squares of small numbers taken out."""
        if value < 0:
            raise ZeroDivisionError(f"the square root of {value}")
        inside, outside = value.numerator * value.denominator, Fraction(1, value.denominator)
        if (root := isqrt(inside)) ** 2 == inside:
            return self.const(root * outside)
        for f in range(2, LARGEST_PRIME):
            while inside % (f * f) == 0:
                inside, outside = inside // (f * f), outside * f
        return self.mul(self.const(outside), self.node("sqrt", self.const(inside)))

    def sigmoid(self, x: Node) -> Node:
        e = self.exp(x)
        return self.div(e, self.add(self.one, e))

    def tanh(self, x: Node) -> Node:
        square = self.pow(self.exp(x), Fraction(2))
        return self.div(self.sub(square, self.one), self.add(square, self.one))

    def cosh(self, x: Node, sign: int = 1) -> Node:
        e = self.exp(x)
        return self.div(self.add(e, self.div(self.const(sign), e)), self.const(2))

    def plain(self, op: str, x: Node) -> Node:
        at_zero = {"sin": self.zero, "cos": self.one, "erf": self.zero, "atan": self.zero}
        return at_zero[op] if x == self.zero else self.node(op, x)

    def function(self, name: str, x: Node) -> Node:
        made = FUNCTIONS.get(name)
        if made is None:
            raise Undecidable(f"no rule for the function {name}")
        return int(made(self, x))

    # ---- branches ------------------------------------------------------------------------------------------------

    def where(self, x: Node, rel: str, y: Node, then: Node, other: Node) -> Node:
        """`then` where x rel y.  The condition is brought to u > c, with a number c and u without one in front."""
        u, c, flipped = self.bare(self.sub(x, y))
        if rel == "==":
            return then if u == self.zero and c == 0 else other  # elsewhere it holds on a kink alone
        rel = FLIPPED[rel] if flipped else rel
        if (value := self._fixed(u)) is not None:
            return then if HOLDS[rel](value, c) else other
        if rel in ("<", "<="):  # u < c is not u ≥ c
            return self._select(u, c, rel == "<=", other, then)
        return self._select(u, c, rel == ">", then, other)

    def bare(self, x: Node) -> tuple[Node, Fraction, bool]:
        """u and c, so that x > 0 is u > c, or where the last is true u < c."""
        return self._bare(x, Fraction(0), False)

    def _fixed(self, x: Node) -> Fraction | None:
        """The number of a node that is one, also under a name."""
        op, *rest = self.nodes[x]
        return self._fixed(rest[0]) if op == "copy" else self.number(x)

    def _bare(self, u: Node, c: Fraction, flipped: bool) -> tuple[Node, Fraction, bool]:
        """u ~ c without the number in front: 1 − ta ~ 0 is −(ta) ~ −1."""
        op, *rest = self.nodes[u]
        if op in ("add", "sub", "mul"):
            a, b = self.number(rest[0]), self.number(rest[1])
            if op == "add" and a is not None:
                return self._bare(rest[1], c - a, flipped)
            if op == "add" and b is not None:
                return self._bare(rest[0], c - b, flipped)
            if op == "sub" and b is not None:
                return self._bare(rest[0], c + b, flipped)
            if op == "sub" and a is not None:
                return self._bare(rest[1], a - c, not flipped)
            for k, factor in ((0, a), (1, b)):
                if op == "mul" and factor:
                    return self._bare(rest[1 - k], c / factor, flipped ^ (factor < 0))
        return u, c, flipped

    def _select(self, u: Node, c: Fraction, strict: bool, x: Node, y: Node) -> Node:
        return x if x == y else self.node("select", u, c, strict, x, y)


HOLDS = {
    ">": lambda x, c: x > c,
    "<": lambda x, c: x < c,
    ">=": lambda x, c: x >= c,
    "<=": lambda x, c: x <= c,
}
FLIPPED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}

# Where the operands of a node stand among its parts.
OPERANDS: dict[str, tuple[int, ...]] = {
    "copy": (1,), "add": (1, 2), "sub": (1, 2), "mul": (1, 2), "div": (1, 2), "pow": (1,), "exp": (1,), "log": (1,),
    "sqrt": (1,), "sin": (1,), "cos": (1,), "erf": (1,), "atan": (1,), "select": (1, 4, 5),
}  # fmt: skip

FUNCTIONS: dict[str, Any] = {
    "exp": Program.exp,
    "log": Program.log,
    "sqrt": Program.sqrt,
    "sigmoid": Program.sigmoid,
    "tanh": Program.tanh,
    "cosh": Program.cosh,
    "log10": lambda p, x: p.div(p.log(x), p.log(p.const(10))),
    "sinh": lambda p, x: p.cosh(x, -1),
    "softplus": lambda p, x: p.log(p.add(p.one, p.exp(x))),
    "tan": lambda p, x: p.div(p.plain("sin", x), p.plain("cos", x)),
    **{name: lambda p, x, name=name: p.plain(name, x) for name in ("sin", "cos", "erf", "atan")},
}


def bits(value: Fraction | int) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def factors(n: int) -> Iterator[int]:
    """The prime factors of n below LARGEST_PRIME, and what is left."""
    for f in range(2, LARGEST_PRIME):
        while n % f == 0:
            yield f
            n //= f
    if n > 1:
        yield n
