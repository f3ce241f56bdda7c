"""Re-check a certificate, symbackprop/certificate/1.  Standard library alone; nothing of the program that wrote it.

    python checker.py certificate.json          exit 0: every statement holds; 1: one does not, and which

A certificate holds a program, numbered instructions on earlier ones: the network, entry by entry, and the two sides
of each claim.  ["adjoint", x] is ∂E/∂x and ["partial", y, x, way] is ∂y/∂x: nothing says how; they are worked out here.
    equal    The sides agree at random points of prime fields: those of the file, which its seed gives, and fresh ones.
             A symbol is a random number, and so is e^v of a new v; e^{v+w} = e^v e^w, log|ab| = log|a| + log|b| and
             √(ab) = √a √b are kept.  Every branch is tried.
    unequal  At the rational point of the file, intervals of the sides, rounded outwards, do not meet.
    meet     At the spec's numbers, with half a unit of the last digit around printed ones, they do: it can be true.
    apart    They do not: it cannot.
Taken on trust: that the program is the spec's network and the text's lines, whose hashes stand in the file.
"""

import hashlib
import json
import secrets
import sys
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partialmethod
from itertools import pairwise, product
from math import inf, prod

MERSENNE = 2**61 - 1
DRAWS, WITH_ROOTS = 3, 24  # fresh points of a claim; each root has one of two signs at random
MOST_PATTERNS, MOST_REDRAWS, SHORT, ROUNDED = 512, 4096, 2**12, 192  # bits of a rounded line
TRUE, FALSE = {"equal", "meet"}, {"unequal", "apart"}  # what a verdict rests on
BEARS = {"ok": TRUE, "carried": FALSE, "rounding": FALSE, "arithmetic": FALSE, "wrong": FALSE}


class Fault(Exception):
    """What does not hold."""


class Useless(ArithmeticError):
    """A denominator is 0 at this point, a root does not exist, or a branch is in doubt."""


class Value:
    """A number of a run, with its arithmetic."""

    def __init__(self, run, v):
        self.run, self.v = run, v

    def _of(self, op, other):
        return Value(self.run, self.run.do(op, self.v, other.v))

    __add__, __sub__ = partialmethod(_of, "add"), partialmethod(_of, "subtract")
    __mul__, __truediv__ = partialmethod(_of, "multiply"), partialmethod(_of, "divide")


def operands(file, x):
    """What an instruction hangs on, in any branch."""
    op, *rest = file["program"][x]
    tie = [file["ties"][str(x)]] if str(x) in file["ties"] else []
    some = {"leaf": tie, "const": [], "shown": [], "copy": rest[:1], "pow": rest[:1], "partial": rest[:2]}
    some |= {"adjoint": [file["error"], *rest], "select": [rest[0], *rest[-2:]]} if rest else {}
    return some.get(op, rest)


class Run:
    """The values of instructions at one point.  A subclass says what numbers are, and which branch is taken."""

    def __init__(self, file):
        self.file, self.program, self.values, self.back = file, file["program"], {}, {}

    def needs(self, x):
        return self.branch(*self.program[x][1:]) if self.program[x][0] == "select" else operands(self.file, x)

    def at(self, root):
        waiting = [root]
        while waiting:
            x = waiting[-1]
            missing = [y for y in self.needs(x) if y not in self.values] if x not in self.values else []
            waiting += missing
            if len(waiting) > 4 * len(self.program) + 4:
                raise Fault("the program goes round in circles")
            if not missing and waiting.pop() not in self.values:
                self.values[x] = self.value(x, [self.values[y] for y in self.needs(x)])
        return self.values[root]

    def value(self, x, of):
        op, *rest = self.program[x]
        rules = {
            "leaf": lambda: of[-1] if of else self.leaf(x),
            "copy": lambda: of[-1],
            "select": lambda: of[-1],
            "add": lambda: of[0] + of[1],
            "sub": lambda: of[0] - of[1],
            "mul": lambda: of[0] * of[1],
            "div": lambda: of[0] / of[1],
            "pow": lambda: prod([of[0]] * rest[1], start=self.number(1)),
            "adjoint": lambda: self.adjoints().get(rest[0], self.number(0)),
            "partial": lambda: self.tangent(*rest),
        }
        rules |= {name: lambda: getattr(self, op)(*(of if op in ("exp", "sqrt") else rest))
                  for name in ("exp", "sqrt", "log", "shown")}  # fmt: skip
        return rules[op]() if op != "const" else self.number(rest[0])

    def flows(self, x):
        """Each operand of an instruction, with the slope by it."""
        op, *rest = self.program[x]
        of, y, one, zero = [self.values[k] for k in self.needs(x)], self.values[x], self.number(1), self.number(0)
        slopes = {
            "copy": lambda: [one],
            "select": lambda: [*[zero] * (len(of) - 1), one],
            "add": lambda: [one, one],
            "sub": lambda: [one, zero - one],
            "mul": lambda: [of[1], of[0]],
            "div": lambda: [one / of[1], zero - y / of[1]],
            "pow": lambda: [prod([of[0]] * (rest[1] - 1), start=self.number(rest[1]))],
            "exp": lambda: [y],
            "log": lambda: [one / of[0]],
            "sqrt": lambda: [one / (y + y)],
        }
        return zip(self.needs(x), slopes[op](), strict=True) if op not in ("leaf", "const", "shown") else ()

    def below(self, root, stop=""):
        """The instructions that one is made of here, last first; not what is below a `stop`."""
        seen, waiting = {root}, [root]
        while waiting:
            x = waiting.pop()
            ends = self.program[x][0] == "leaf" or (x != root and self.program[x][0] == stop)
            new = set() if ends else set(self.needs(x)) - seen
            seen |= new
            waiting += new
        return sorted(seen, reverse=True)

    def adjoints(self):
        """∂E/∂x of every x, back from the error: what came to an instruction, times each slope, added up."""
        if not self.back:
            self.back = {self.file["error"]: self.number(1)}
            for x in self.below(self.file["error"]):
                for y, slope in self.flows(x):
                    part = self.back[x] * slope
                    self.back[y] = self.back[y] + part if y in self.back else part
        return self.back

    def tangent(self, top, bottom, way):
        """∂top/∂bottom: all ways, or the direct one, where every other entry that top reads stands still."""
        moved = {bottom: self.number(1)}
        for x in reversed(self.below(top, stop="copy" if way == "direct" else "")):
            if x != bottom and (way != "direct" or x == top or self.program[x][0] != "copy"):
                parts = [moved[y] * slope for y, slope in self.flows(x) if y in moved]
                moved |= {x: sum(parts[1:], start=parts[0])} if parts else {}
        return moved.get(top, self.number(0))


class Field(Run):
    """A random point of a prime field; `sides` says of each branching quantity where it lies."""

    def __init__(self, file, prime, sides, leaves):
        super().__init__(file)
        self.p, self.sides, self.leaves = prime, sides, leaves
        self.chosen = {x: low for x, (low, high) in sides.items() if low == high}
        self.exps, self.logs, self.roots = {0: 1}, {1: 0}, {}

    def do(self, op, v, w):
        if op == "divide" and not w:
            raise Useless
        made = {"add": v + w, "subtract": v - w, "multiply": v * w}
        return (made[op] if op in made else v * pow(w, -1, self.p)) % self.p

    def number(self, x):
        return Value(self, self.do("divide", Fraction(x).numerator, Fraction(x).denominator % self.p))

    def fresh(self):
        return secrets.randbelow(self.p - 3) + 2

    def needs(self, x):
        return [] if x in self.chosen else super().needs(x)

    def leaf(self, x):
        given = self.leaves.get(str(x))
        return self.number(self.chosen[x]) if x in self.chosen else Value(self, given or self.fresh())

    def branch(self, u, c, _, then, other):
        return [then if self.sides[u][0] >= Fraction(c) else other]

    def known(self, table, v, apart, joined):
        """What the table has for v, or makes of two that it has."""
        if v not in table:
            pairs = ((w, rest) for w in table if (rest := self.do(apart, v, w)) in table)
            table |= {v: self.do(joined, table[w], table[rest]) for w, rest in [*pairs][:1]}
        return table.get(v)

    def exp(self, x):
        if self.known(self.exps, x.v, "subtract", "multiply") is None:
            root, half = self.fresh(), self.do("divide", x.v, 2)
            self.exps |= {n * half % self.p: pow(root, n, self.p) for n in range(-4, 5)}
        return Value(self, self.exps[x.v])

    def sqrt(self, x):
        if self.known(self.roots, x.v, "divide", "multiply") is None:
            root = pow(x.v, (self.p + 1) // 4, self.p) * secrets.choice((1, -1)) % self.p
            if not x.v or root * root % self.p != x.v:
                raise Useless
            self.roots |= {x.v: root, pow(x.v, -1, self.p): pow(root, -1, self.p)}
        return Value(self, self.roots[x.v])

    def log(self, x):
        """log x, and e^{log x} = x: the line is meant where x is above 0."""
        found = self.log_of_size(x)
        for v, e in ((found.v, self.at(x).v), (-found.v % self.p, self.do("divide", 1, self.at(x).v))):
            self.exps.setdefault(v, e)
        return found

    def log_of_size(self, x):
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
        return Value(self, self.logs[v])

    def impossible(self):
        """Whether some u = ±w + k, with a short fraction k, and the ranges of u and w do not go together."""
        ranges = [*self.sides.items(), *ranges_of(self.file)]
        at = [(self.at(u).v, ends) for u, ends in ranges if ends[0] < ends[1]]
        for (v, (low, high)), (w, ends), sign in product(at, at, (1, -1)):
            k = short((v - sign * w) % self.p, self.p)
            if k is not None and (max(low, min(sign * e + k for e in ends)) >= min(high, max(sign * e + k for e in ends))):
                return True
        return False


def ranges_of(file):
    """What the spec assumes: instructions that lie between two numbers."""
    for u, *ends in file["assumed"]:
        yield u, tuple(other if end is None else Fraction(end) for end, other in zip(ends, (-inf, inf), strict=True))


def short(v, p):
    """The fraction a/b that v is, with |a| and b below SHORT; nothing where there is none (Wang)."""
    (a, b), (c, d) = (p, 0), (v, 1)
    while c >= SHORT:
        (a, b), (c, d) = (c, d), (a % c, b - a // c * d)
    return Fraction(c, d) if 0 < abs(d) < SHORT else None


class Point(Run):
    """A point in intervals of decimals, rounded outwards; printed numbers are intervals, too."""

    def __init__(self, file, leaves, bits):
        super().__init__(file)
        self.leaves, self.exact = leaves, {Fraction(x) for x in file["exact"]}
        self.down, self.up = (Context(prec=bits // 3 + 30, rounding=way) for way in (ROUND_FLOOR, ROUND_CEILING))

    def do(self, op, v, w):
        if op == "divide" and w[0] <= 0 <= w[1]:
            raise Useless
        return tuple(pick(getattr(c, op)(a, b) for a, b in product(v, w)) for c, pick in ((self.down, min), (self.up, max)))

    def between(self, low, high):
        ends = ((c, Fraction(x)) for c, x in ((self.down, low), (self.up, high)))
        return Value(self, tuple(c.divide(Decimal(x.numerator), Decimal(x.denominator)) for c, x in ends))

    def number(self, x):
        return self.between(x, x)

    def leaf(self, x):
        return self.number(self.leaves[str(x)])

    def shown(self, digits):
        x, (mantissa, _, power) = Fraction(digits), digits.lower().partition("e")
        whole = "." not in mantissa and not power
        unit = Fraction(10) ** (int(power or 0) - len(mantissa.partition(".")[2]))
        half = 0 if whole or x in self.exact or abs(x) == Fraction(1, 2) else unit / 2
        return self.between(x - half, x + half)

    def branch(self, u, c, _, then, other):
        if u not in self.values:
            return [u]
        low, high = (self.values[u] - self.number(c)).v
        if low <= 0 <= high:
            raise Useless
        return [u, then if low > 0 else other]

    def rising(self, name, x):
        """The decimal module's function is right to its last digit."""
        if name != "exp" and x.v[0] <= 0:
            raise Useless
        low, high = (getattr(self.down, name)(end) for end in x.v)
        return Value(self, (self.down.next_minus(low), self.up.next_plus(high)))

    exp, sqrt = (lambda self, x: self.rising("exp", x)), (lambda self, x: self.rising("sqrt", x))

    def log(self, x):
        return self.rising("ln", self.at(x))


def prime():
    """A fresh prime ≡ 3 mod 4 of 61 bits (Miller and Rabin): nobody can have written a number that it divides."""
    while True:
        p = secrets.randbelow(2**58) * 4 + 2**60 + 3
        if all(pow(a, (p - 1) // 2, p) in (1, p - 1) for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
            return p


def patterns(file, *roots):
    """Between which of its bounds each branching quantity lies, and which of its few numbers a target is."""
    seen, waiting, bounds = set(roots), list(roots), {}
    while waiting:
        x = waiting.pop()
        new = [y for y in operands(file, x) if y not in seen]
        seen, waiting = seen.union(new), waiting + new
        if file["program"][x][0] == "select":
            bounds.setdefault(file["program"][x][1], set()).add(Fraction(file["program"][x][2]))
    ways = [[{int(x): (Fraction(v), Fraction(v)) for x, v in option.items()} for option in options]
            for options in file["choices"] if any(int(x) in seen for x in options[0])]  # fmt: skip
    for u, cs in bounds.items():
        ways.append([{u: ends} for ends in pairwise((-inf, *sorted(cs), inf))])
    if prod(map(len, ways)) > MOST_PATTERNS:
        raise Fault(f"more than {MOST_PATTERNS} patterns of branches")
    rooted = any(file["program"][x][0] == "sqrt" for x in seen)
    return [{k: v for part in parts for k, v in part.items()} for parts in product(*ways)], rooted


def equal(file, left, right, **_):
    ways, rooted = patterns(file, left, right)
    for sides, point in product(ways, [*file["points"], *[None] * (WITH_ROOTS if rooted else DRAWS)]):
        for trial in range(MOST_REDRAWS):
            run = Field(file, prime() if point is None else MERSENNE, sides, point or {})
            try:
                if run.at(left).v != run.at(right).v and not run.impossible():
                    raise Fault("the sides differ at a point of a prime field")
                break
            except Useless:
                if point is not None and trial > 8:
                    break  # the symbols of the file are of no use in this pattern
        else:
            raise Fault("no point was found at which both sides exist")


def in_intervals(file, says, left, right, ends, point=None, bits=ROUNDED, **_):
    run = Point(file, file["given"] if point is None else point, bits)
    for u, (low, high) in ranges_of(file) if says == "unequal" else ():
        if not low < run.at(u).v[0] <= run.at(u).v[1] < high:
            raise Fault("the point is not one at which the assumptions hold")
    (a, b), (c, d) = found = run.at(left).v, run.at(right).v
    if (a <= d and c <= b) != (says == "meet"):
        raise Fault("the intervals of the two sides do not meet" if says == "meet" else "the intervals meet")
    if any(low > Decimal(top) or Decimal(bottom) > high for (low, high), (bottom, top) in zip(found, ends, strict=True)):
        raise Fault("a side has another value than the one that is written")


def check(file):
    """Every fault, and how many statements were checked and how many verdicts rest on none."""
    faults, checked, bare = [], 0, 0
    body = {k: v for k, v in file.items() if k != "digest"}
    if hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest() != file["digest"]:
        faults.append("the file is not as it was written: its digest differs")
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
            bare += not said
            if said and not said & BEARS.get(claim["verdict"], set()):
                faults.append(f"line {line['line']}: {claim['verdict']} does not rest on {', '.join(sorted(said))}")
            for statement in claim["statements"]:
                checked += 1
                try:
                    (equal if statement["says"] == "equal" else in_intervals)(file, **statement)
                except (Fault, ArithmeticError) as fault:
                    faults.append(f"line {line['line']}: {statement['says']}: {fault or type(fault).__name__}")
    return faults, checked, bare


def main(path):
    try:
        with open(path, encoding="utf-8") as text:
            faults, checked, bare = check(json.load(text))
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as fault:
        faults, checked, bare = [f"this is no certificate: {type(fault).__name__}: {fault}"], 0, 0
    print(*faults, f"{checked} statements checked, {len(faults)} faults; {bare} claims rest on none", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]) if len(sys.argv) == 2 else __doc__)
