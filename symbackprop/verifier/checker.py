"""Re-check a certificate, symbackprop/certificate/1.  Standard library alone; nothing of the program that wrote it.

    python checker.py certificate.json          exit 0: every statement holds; 1: one does not, and which

A certificate holds a program, numbered instructions on earlier ones: the network, entry by entry, and the two sides
of each claim.  ["adjoint", x] is ∂E/∂x and ["partial", y, x, way] is ∂y/∂x: nothing says how; they are worked out here.
    equal    The sides agree at random points of prime fields: those of the file, which its seed gives, and fresh ones.
             A symbol is a random number, and so are √π, and e^v and erf v of a new v; (cos v, sin v) is a random point
             of the circle.  e^{v+w} = e^v e^w, sin and cos of v + w, erf(−v) = −erf v, log|ab| = log|a| + log|b| and
             √(ab) = √a √b are kept.  Every branch is tried, but for those that exclude each other.
    unequal  At the rational point of the file, intervals of the sides, rounded outwards, do not meet.
    meet     At the spec's numbers, with half a unit of the last digit around printed ones, they do: it can be true.
    apart    They do not: it cannot.
Taken on trust: that the program is the spec's network and the text's lines, whose hashes stand in the file.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import cached_property, partialmethod
from itertools import pairwise, product
from math import inf, prod
from pathlib import Path
from typing import Any

MERSENNE = 2**61 - 1
DRAWS, WITH_ROOTS = 3, 24  # fresh points of a claim; each root has one of two signs at random
MOST_PATTERNS, MOST_REDRAWS, OF_NO_USE, SHORT, ROUNDED, FAR = 512, 4096, 8, 2**12, 192, 64
TRUE, FALSE = {"equal", "meet"}, {"unequal", "apart"}
BEARS = {"ok": TRUE, **dict.fromkeys(("carried", "rounding", "arithmetic", "wrong"), FALSE)}  # what a verdict rests on


class Fault(Exception):
    """What does not hold."""


class Useless(ArithmeticError):
    """A denominator is 0 at this point, a root does not exist, or a branch is in doubt."""


class Value:
    """A number of a run, with its arithmetic."""

    def __init__(self, run: Any, v: Any) -> None:
        self.run, self.v = run, v

    def _of(self, op: str, other: Any) -> Any:
        return Value(self.run, self.run.do(op, self.v, other.v))

    __add__, __sub__ = partialmethod(_of, "add"), partialmethod(_of, "subtract")
    __mul__, __truediv__ = partialmethod(_of, "multiply"), partialmethod(_of, "divide")


def power(a: Value, n: int, c: int) -> Any:
    """c aⁿ"""
    return prod([a] * n, start=a.run.number(c))


#   what it gives, of operands a, b          its slope by each of them, where it gives y
RULES: dict[str, tuple[Any, Any]] = {
    "copy": (lambda a: a, lambda one, y, a: [one]),
    "add": (lambda a, b: a + b, lambda one, y, a, b: [one, one]),
    "sub": (lambda a, b: a - b, lambda one, y, a, b: [one, one - one - one]),
    "mul": (lambda a, b: a * b, lambda one, y, a, b: [b, a]),
    "div": (lambda a, b: a / b, lambda one, y, a, b: [one / b, one - one - y / b]),
    "pow": (lambda a, n: power(a, n, 1), lambda one, y, a, n: [power(a, n - 1, n)]),
    "exp": (lambda a: a.run.exp(a), lambda one, y, a: [y]),
    "sqrt": (lambda a: a.run.sqrt(a), lambda one, y, a: [one / (y + y)]),
    "log": (None, lambda one, y, a: [one / a]),
    "sin": (lambda a: a.run.wave(a)[0], lambda one, y, a: [a.run.wave(a)[1]]),
    "cos": (lambda a: a.run.wave(a)[1], lambda one, y, a: [one - one - a.run.wave(a)[0]]),
    "erf": (lambda a: a.run.erf(a), lambda one, y, a: [(one + one) * a.run.bell(a) / a.run.sqrt(a.run.pi)]),
    "select": (lambda *of: of[-1], lambda one, y, *of: [*[one - one for _ in of[1:]], one]),
}


def operands(file: Any, x: int) -> Any:
    """What an instruction hangs on, in any branch."""
    op, *rest = file["program"][x]
    tie = [file["ties"][str(x)]] if str(x) in file["ties"] else []
    few = {"leaf": tie, "const": [], "shown": [], "pow": rest[:1], "copy": rest[:1], "partial": rest[:2]}
    few |= {"adjoint": [file["error"], *rest], "select": [*rest[:1], *rest[-2:]]}
    return few.get(op, rest)


class Run:
    """The values of instructions at one point.  A subclass says what numbers are, and which branch is taken."""

    branch: Any
    leaf: Any
    number: Any
    exp: Any
    pi: Any

    def __init__(self, file: Any) -> None:
        self.file, self.program = file, file["program"]
        self.values: dict[int, Value] = {}
        self.back: dict[int, Any] = {}

    def bell(self, x: Value) -> Any:
        """e^{−x²}"""
        return self.exp(power(x, 2, -1))

    def needs(self, x: int) -> Any:
        op, *rest = self.program[x]
        return self.branch(*rest) if op == "select" else operands(self.file, x)

    def at(self, root: int) -> Any:
        waiting = [root]
        while waiting:
            x = waiting[-1]
            missing = [y for y in self.needs(x) if y not in self.values] if x not in self.values else []
            waiting += missing
            if len(waiting) > 4 * len(self.program):
                raise Fault("the program goes round in circles")
            if not missing and waiting.pop() not in self.values:
                self.values[x] = self.value(x, *(self.values[y] for y in self.needs(x)))
        return self.values[root]

    def value(self, x: int, *of: Any) -> Any:
        op, *rest = self.program[x]
        if op == "leaf":
            return of[-1] if of else self.leaf(x)
        if op == "pi":
            return self.pi
        if op == "adjoint":
            return self.adjoints().get(rest[0], self.number(0))
        own = {"const": "number", "shown": "shown", "log": "log", "partial": "tangent"}
        return getattr(self, own[op])(*rest) if op in own else RULES[op][0](*of, *(rest[1:] if op == "pow" else ()))

    def flows(self, x: int) -> Any:
        """Each operand of an instruction, with the slope by it."""
        op, *rest = self.program[x]
        if op in ("leaf", "const", "shown", "pi"):
            return ()
        of = [*(self.values[k] for k in self.needs(x)), *(rest[1:] if op == "pow" else ())]
        return zip(self.needs(x), RULES[op][1](self.number(1), self.values[x], *of), strict=True)

    def below(self, root: int, stop: str = "") -> list[int]:
        """The instructions that one is made of here, last first; not what is below a `stop`."""
        seen, waiting = {root}, [root]
        while waiting:
            x = waiting.pop()
            ends = self.program[x][0] == "leaf" or (x != root and self.program[x][0] == stop)
            new = set() if ends else set(self.needs(x)) - seen
            seen, waiting = seen | new, waiting + list(new)
        return sorted(seen, reverse=True)

    def adjoints(self) -> dict[int, Any]:
        """∂E/∂x of every x, back from the error: what came to an instruction, times each slope, added up."""
        if not self.back:
            self.back = {self.file["error"]: self.number(1)}
            for x in self.below(self.file["error"]):
                for y, slope in self.flows(x):
                    part = self.back[x] * slope
                    self.back[y] = self.back[y] + part if y in self.back else part
        return self.back

    def tangent(self, top: int, bottom: int, way: str) -> Any:
        """∂top/∂bottom: all ways, or the direct one, where every other entry that top reads stands still."""
        moved = {bottom: self.number(1)}
        for x in reversed(self.below(top, stop="copy" if way == "direct" else "")):
            if x != bottom and (way != "direct" or x == top or self.program[x][0] != "copy"):
                parts = [moved[y] * slope for y, slope in self.flows(x) if y in moved]
                moved |= {x: sum(parts[1:], start=parts[0])} if parts else {}
        return moved.get(top, self.number(0))


class Field(Run):
    """A random point of a prime field; `sides` says between which numbers each branching quantity lies."""

    def __init__(self, file: Any, prime: int, sides: Any, leaves: Any) -> None:
        super().__init__(file)
        self.p, self.sides, self.leaves = prime, sides, leaves
        self.chosen = {x: low for x, (low, high) in sides.items() if low == high}
        self.exps, self.logs, self.roots = {0: 1}, {1: 0}, dict[int, int]()
        self.waves, self.erfs = {0: (0, 1)}, dict[int, int]()

    def do(self, op: str, v: Any, w: Any) -> Any:
        if op == "turn":  # by the angle of another point (sin, cos)
            return (v[0] * w[1] + v[1] * w[0]) % self.p, (v[1] * w[1] - v[0] * w[0]) % self.p
        if op == "divide" and not w:
            raise Useless
        made = {"add": v + w, "subtract": v - w, "multiply": v * w}
        return (made[op] if op in made else v * pow(w, -1, self.p)) % self.p

    def number(self, x: Any) -> Value:
        return Value(self, self.do("divide", Fraction(x).numerator, Fraction(x).denominator % self.p))

    def fresh(self) -> int:
        return secrets.randbelow(self.p - 3) + 2

    def needs(self, x: int) -> Any:
        return [] if x in self.chosen else super().needs(x)

    def leaf(self, x: int) -> Value:
        given = self.leaves.get(str(x))
        return self.number(self.chosen[x]) if x in self.chosen else Value(self, given or self.fresh())

    def branch(self, u: int, c: str, _: str, then: int, other: int) -> list[int]:
        return [then if self.sides[u][0] >= Fraction(c) else other]

    def known(self, table: dict[int, Any], v: int, apart: str, joined: str) -> Any:
        """What the table has for v, or makes of two that it has."""
        if v not in table:
            pairs = ((w, rest) for w in table if (rest := self.do(apart, v, w)) in table)
            table.update([(v, self.do(joined, table[w], table[rest])) for w, rest in [*pairs][:1]])
        return table.get(v)

    def exp(self, x: Value) -> Value:
        if self.known(self.exps, x.v, "subtract", "multiply") is None:
            root, half = self.fresh(), self.do("divide", x.v, 2)
            self.exps |= {n * half % self.p: pow(root, n, self.p) for n in range(-4, 5)}
        return Value(self, self.exps[x.v])

    def wave(self, x: Value) -> Any:
        """sin and cos: 2t/(1 + t²) and (1 − t²)/(1 + t²), for half the angle."""
        if self.known(self.waves, x.v, "subtract", "turn") is None:
            t, half, at = self.fresh(), self.do("divide", x.v, 2), (0, 1)
            sin, cos = (self.do("divide", above, 1 + t * t) for above in (2 * t, 1 - t * t))
            for n in range(5):
                self.waves |= {n * half % self.p: at, -n * half % self.p: (-at[0] % self.p, at[1])}
                at = self.do("turn", at, (sin, cos))
        return [Value(self, v) for v in self.waves[x.v]]

    def erf(self, x: Value) -> Value:
        """No more is known of it than erf(−v) = −erf v."""
        if x.v not in self.erfs:
            new = self.fresh()
            self.erfs |= {x.v: new, -x.v % self.p: -new % self.p}
        return Value(self, self.erfs[x.v])

    @cached_property
    def pi(self) -> Value:
        root = self.fresh()
        self.roots |= {pow(root, 2 * n, self.p): pow(root, n, self.p) for n in (1, -1)}
        return Value(self, root * root % self.p)

    def sqrt(self, x: Value) -> Value:
        if self.known(self.roots, x.v, "divide", "multiply") is None:
            root = pow(x.v, (self.p + 1) // 4, self.p) * secrets.choice((1, -1)) % self.p
            if not x.v or root * root % self.p != x.v:
                raise Useless
            self.roots |= {x.v: root, pow(x.v, -1, self.p): pow(root, -1, self.p)}
        return Value(self, self.roots[x.v])

    def log(self, x: int) -> Any:
        """log x, and e^{log x} = x: the line is meant where x is above 0."""
        found = self.log_of_size(x)
        for v, e in ((found.v, self.at(x).v), (-found.v % self.p, self.do("divide", 1, self.at(x).v))):
            self.exps.setdefault(v, e)
        return found

    def log_of_size(self, x: int) -> Any:
        """log|x|, which of a product is a sum whatever the signs."""
        op, *rest = self.program[x]
        if op in ("mul", "div", "copy", "pow"):
            a, *others = map(self.log_of_size, operands(self.file, x))
            return a * self.number(rest[1]) if op == "pow" else a - others[0] if op == "div" else sum(others, start=a)
        v = self.at(x).v
        self.logs = {e: w for w, e in self.exps.items()} | self.logs
        found = [self.known(self.logs, w, "divide", "add") for w in ((v, self.p - v) if v else ())]
        new = next((w for w in found if w is not None), None)
        self.logs[v] = self.fresh() if new is None else new
        self.logs[self.do("divide", 1, v)] = -self.logs[v] % self.p
        return Value(self, self.logs[v])

    def impossible(self) -> bool:
        """Whether some u = ±w + k or u = kw, with a short fraction k, and the ranges of u and w do not go together."""
        ranges = [*self.sides.items(), *ranges_of(self.file)]
        at = [(self.at(u).v, ends) for u, ends in ranges if ends[0] < ends[1]]
        for (v, (low, high)), (w, ends) in product(at, at):
            found: list[Any] = [(s, short((v - s * w) % self.p, self.p)) for s in (1, -1)]
            found.append((short(self.do("divide", v, w), self.p), 0))
            moved = [[s * end + k for end in ends] for s, k in found if s and k is not None]
            if any(max(low, min(m)) >= min(high, max(m)) for m in moved):
                return True
        return False


def ranges_of(file: Any) -> Any:
    """What the spec assumes: instructions that lie between two numbers."""
    for u, *ends in file["assumed"]:
        yield u, tuple(other if end is None else Fraction(end) for end, other in zip(ends, (-inf, inf), strict=True))


def short(v: int, p: int) -> Fraction | None:
    """The fraction a/b that v is, with |a| and b below SHORT; nothing where there is none (Wang)."""
    (a, b), (c, d) = (p, 0), (v, 1)
    while c >= SHORT:
        (a, b), (c, d) = (c, d), (a % c, b - a // c * d)
    return Fraction(c, d) if 0 < abs(d) < SHORT else None


class Point(Run):
    """A point in intervals of decimals, rounded outwards; printed numbers are intervals, too."""

    def __init__(self, file: Any, leaves: Any, bits: int) -> None:
        super().__init__(file)
        self.leaves, self.exact = leaves, {Fraction(x) for x in file["exact"]}
        ways = (Context(bits // 3 + 30, way, MIN_EMIN, MAX_EMAX) for way in (ROUND_FLOOR, ROUND_CEILING))
        self.down, self.up = ways

    def do(self, op: str, v: Any, w: Any) -> Any:
        if op == "divide" and w[0] <= 0 <= w[1]:
            raise Useless
        ways: Any = ((min, self.down), (max, self.up))
        return tuple(pick(getattr(context, op)(a, b) for a, b in product(v, w)) for pick, context in ways)

    def between(self, low: Any, high: Any) -> Value:
        ends = ((self.down, Fraction(low)), (self.up, Fraction(high)))
        return Value(self, tuple(c.divide(Decimal(x.numerator), Decimal(x.denominator)) for c, x in ends))

    def number(self, x: Any) -> Value:
        return self.between(x, x)

    def leaf(self, x: int) -> Value:
        return self.number(self.leaves[str(x)])

    def shown(self, digits: str) -> Value:
        x, (mantissa, _, power) = Fraction(digits), digits.lower().partition("e")
        whole = "." not in mantissa and not power
        unit = Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))
        half = 0 if whole or x in self.exact or abs(x) == Fraction(1, 2) else unit / 2
        return self.between(x - half, x + half)

    def branch(self, u: int, c: str, _: str, then: int, other: int) -> list[int]:
        if u not in self.values:
            return [u]
        low, high = (self.values[u] - self.number(c)).v
        if low <= 0 <= high:
            raise Useless
        return [u, then if low > 0 else other]

    def rising(self, name: str, x: Value) -> Value:
        """The decimal module's function is right to its last digit."""
        if name != "exp" and x.v[0] <= 0:
            raise Useless
        low, high = (getattr(self.down, name)(end) for end in x.v)
        return Value(self, (self.down.next_minus(low), self.up.next_plus(high)))

    exp, sqrt = partialmethod(rising, "exp"), partialmethod(rising, "sqrt")

    def log(self, x: int) -> Value:
        return self.rising("ln", self.at(x))

    def series(self, first: Value, ratio: Any) -> Any:
        """first (1 + r₀ + r₀ r₁ + …).  Once |r| ≤ ½ all later ones are: the rest is less than the last term."""
        term, total, n = first, first, 0
        small = self.up.scaleb(size(first), -self.up.prec)
        while n == 0 or size(term) > small or size(ratio(n - 1)) > Decimal("0.5"):
            term, n = term * ratio(n), n + 1
            total += term
        return total + Value(self, (size(term).copy_negate(), size(term)))

    def erf_at(self, x: Value) -> Any:
        """2/√π e^{−x²} (x + 2x³/3 + 4x⁵/15 + …), and 1 − e^{−x²} < erf x < 1 for a large x."""
        if size(x) > FAR:
            end = (self.number(1) - self.bell(self.number(FAR))).v[0]
            return Value(self, (end, Decimal(1)) if x.v[0] > 0 else (Decimal(-1), end.copy_negate()))
        first = self.number(2) * x * self.bell(x) / self.sqrt(self.pi)
        return self.series(first, lambda n: x * x * self.number(Fraction(2, 2 * n + 3)))

    def erf(self, x: Value) -> Value:
        """It rises."""
        low, high = (self.erf_at(Value(self, (end, end))).v for end in x.v)
        return Value(self, (low[0], high[1]))

    @cached_property
    def pi(self) -> Any:
        """2 (1 + 1/3 + 1·2/(3·5) + …), by Euler."""
        return self.series(self.number(2), lambda n: self.number(Fraction(n + 1, 2 * n + 3)))

    def wave_at(self, end: Decimal) -> Any:
        """sin x, cos x and −sin x by their series, whole turns taken away."""
        x, turn = Value(self, (end, end)), self.pi + self.pi
        x -= self.number(round((x / turn).v[0])) * turn
        if size(x) > FAR:
            raise Useless
        by = [lambda n, k=k: power(x, 2, -1) / self.number((2 * n + k) * (2 * n + k + 1)) for k in (2, 1)]
        sin, cos = map(self.series, (x, self.number(1)), by)
        return sin, cos, self.number(0) - sin

    def wave(self, x: Value) -> Any:
        """sin and cos of an interval: at its ends, and ±1 where the slope may be 0, at most 1.5 from an end."""
        if self.up.subtract(x.v[1], x.v[0]) > 3:
            return [Value(self, (Decimal(-1), Decimal(1)))] * 2
        low, high, found = self.wave_at(x.v[0]), self.wave_at(x.v[1]), []
        for k in (0, 1):
            (a, b), (c, d) = low[k + 1].v, high[k + 1].v
            ends = [*low[k].v, *high[k].v]
            top, bottom = b >= 0 >= c and max(ends) > 0, a <= 0 <= d and min(ends) < 0
            found.append(Value(self, (Decimal(-1) if bottom else min(ends), Decimal(1) if top else max(ends))))
        return found


def size(x: Value) -> Any:
    return max(end.copy_abs() for end in x.v)


def prime() -> int:
    """A fresh prime ≡ 3 mod 4 of 61 bits (Miller and Rabin): nobody can have written a number that it divides."""
    while True:
        p = secrets.randbelow(2**58) * 4 + 2**60 + 3
        if all(pow(a, (p - 1) // 2, p) in (1, p - 1) for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
            return p


def patterns(file: Any, *roots: int) -> tuple[list[Any], bool]:
    """Where each branching quantity lies, and which of its few numbers a target is; and whether roots occur."""
    seen, waiting, bounds = set(roots), list(roots), dict[int, set[Fraction]]()
    while waiting:
        x = waiting.pop()
        new = [y for y in operands(file, x) if y not in seen]
        seen, waiting = seen.union(new), waiting + new
        if file["program"][x][0] == "select":
            bounds.setdefault(file["program"][x][1], set()).add(Fraction(file["program"][x][2]))
    ways: list[Any] = [[{u: ends} for ends in pairwise((-inf, *sorted(cs), inf))] for u, cs in bounds.items()]
    ways += [
        [{int(x): (Fraction(v), Fraction(v)) for x, v in option.items()} for option in options]
        for options in file["choices"] if any(int(x) in seen for x in options[0])
    ]  # fmt: skip
    if prod(map(len, ways)) > MOST_PATTERNS:
        raise Fault(f"more than {MOST_PATTERNS} patterns of branches")
    joined = [{k: v for part in parts for k, v in part.items()} for parts in product(*ways)]
    return joined, any(file["program"][x][0] == "sqrt" for x in seen)


def equal(file: Any, left: int, right: int, **_: Any) -> None:
    ways, rooted = patterns(file, left, right)
    for sides, point in product(ways, [*file["points"], *[None] * (WITH_ROOTS if rooted else DRAWS)]):
        for trial in range(MOST_REDRAWS):
            run = Field(file, prime() if point is None else MERSENNE, sides, point or {})
            try:
                if run.at(left).v != run.at(right).v and not run.impossible():
                    raise Fault("the sides differ at a point of a prime field")
                break
            except Useless:
                if point is not None and trial == OF_NO_USE:
                    break  # in this pattern the symbols of the file are no point
        else:
            raise Fault("no point was found at which both sides exist")


def in_intervals(file: Any, says: str, left: int, right: int, ends: Any, point: Any = None, **more: Any) -> None:
    run = Point(file, file["given"] if point is None else point, more.get("bits", ROUNDED))
    for u, (low, high) in ranges_of(file) if says == "unequal" else ():
        if not low < run.at(u).v[0] <= run.at(u).v[1] < high:
            raise Fault("the point is not one at which the assumptions hold")
    (a, b), (c, d) = found = run.at(left).v, run.at(right).v
    if (a <= d and c <= b) != (says == "meet"):
        raise Fault("the intervals of the two sides " + ("do not meet" if says == "meet" else "meet"))
    if any(low > Decimal(top) or Decimal(end) > high for (low, high), (end, top) in zip(found, ends, strict=True)):
        raise Fault("a side has another value than the one that is written")


HOW: dict[str, Any] = {"equal": equal, **dict.fromkeys(("unequal", "meet", "apart"), in_intervals)}


def check(file: Any) -> tuple[list[str], int, int]:
    """Every fault, how many statements were checked, and how many claims rest on none."""
    faults, statements, bare = [], 0, 0
    body = json.dumps({k: v for k, v in file.items() if k != "digest"}, sort_keys=True)
    if hashlib.sha256(body.encode()).hexdigest() != file["digest"]:
        faults.append("the file is not as it was written: its digest differs")
    for k, (op, *_) in enumerate(file["program"]):
        if op != "leaf" and not all(0 <= y < k for y in operands(file, k)):
            return [*faults, f"instruction {k} does not come after what it needs"], 0, 0
    for k, point in enumerate(file["points"]):
        for x, v in point.items():
            drawn = hashlib.sha256(f"{file['seed']} {k} {file['program'][int(x)][1]}".encode()).digest()
            if v != int.from_bytes(drawn, "big") % MERSENNE:
                faults.append(f"point {k} is not the one that the seed gives")
    for line in file["lines"]:
        if line["claims"] and line["verdict"] not in {claim["verdict"] for claim in line["claims"]}:
            faults.append(f"line {line['line']}: no claim has its verdict")
        for claim in line["claims"]:
            said = {statement["says"] for statement in claim["statements"]}
            statements, bare = statements + len(claim["statements"]), bare + (not said)
            if said and not said & BEARS.get(claim["verdict"], set()):
                faults.append(f"line {line['line']}: {claim['verdict']} does not rest on {', '.join(sorted(said))}")
            for statement in claim["statements"]:
                try:
                    HOW[statement["says"]](file, **statement)
                except (Fault, ArithmeticError) as fault:
                    faults.append(f"line {line['line']}: {statement['says']}: {str(fault) or type(fault).__name__}")
    return faults, statements, bare


def main(path: str) -> int:
    try:
        faults, statements, bare = check(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        faults, statements, bare = [f"this is no certificate: {type(fault).__name__}: {fault}"], 0, 0
    print(*faults, f"{statements} statements, {len(faults)} faults; {bare} claims rest on no statement", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
