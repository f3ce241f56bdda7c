"""A report's certificate, symbackprop/certificate/1: what its verdicts rest on, to be checked without any algebra.

    written(report, problem)        bytes; symbackprop/verifier/checker.py, which shares no code with this, checks them

The network and the sides of the claims are one straight-line program.  Derivatives are left open in it, ["adjoint", x]
and ["partial", y, x, way], so that the checker works them out by itself.  Nothing is claimed of a line that is unknown
or unread, nor of what the checker has no rule for.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from math import prod
from random import Random
from secrets import token_hex
from typing import Any

from symbackprop.form import Form
from symbackprop.spec.problem import Problem
from symbackprop.spec.write import dumps
from symbackprop.verifier.decide import (
    ALL_WAYS,
    SPARSE,
    SPEC_NUMBERS,
    Counterexample,
    Decision,
    Subject,
    digits,
    outward,
)
from symbackprop.verifier.decide.balls import Undefined
from symbackprop.verifier.decide.field import MERSENNE
from symbackprop.verifier.decide.identity import MOST_PATTERNS
from symbackprop.verifier.decide.lower import instances, lowered
from symbackprop.verifier.decide.program import OPERANDS, Node, TooLarge, Undecidable
from symbackprop.verifier.decide.subject import mentions
from symbackprop.verifier.report import Judged, Report

SCHEMA = "symbackprop/certificate/1"
POINTS = 2  # of the prime field
CHECKED = frozenset((*OPERANDS, "const", "leaf", "shown", "pi", "adjoint", "partial")) - {"atan"}  # no spec has it
SUPPORTS = {"equal": ("ok",), "meet": ("ok",)}  # the verdicts that may rest on a statement; of the others these:
AGAINST = ("carried", "rounding", "arithmetic", "wrong")
Statement = dict[str, Any]


def written(report: Report, problem: Problem, *, seed: str | None = None) -> bytes:
    """The file.  With a seed the points, and so the bytes, are the same each time."""
    sheet = Sheet(problem)
    lines = [
        {
            "line": line.row,
            "text": line.text,
            "verdict": line.verdict,
            "claims": [
                {"verdict": c.verdict, "column": c.claim.column, "statements": list(statements(sheet, c))}
                for c in line.claims
            ],
        }
        for line in report.lines
    ]
    hashes = {"text": digest(report.text.encode()), "spec": digest(_spec(problem))}
    return sealed({"schema": SCHEMA, **hashes, **program(sheet, lines, seed or token_hex(16)), "lines": lines})


def sealed(body: Mapping[str, Any]) -> bytes:
    """With a digest of all the rest, which tells damage from a line that does not hold."""
    found = digest(json.dumps(body, sort_keys=True).encode())
    return (json.dumps({**body, "digest": found}, indent=1) + "\n").encode()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _spec(problem: Problem) -> bytes:
    """The file that it came from, else its text."""
    at = problem.path
    return at.read_bytes() if at is not None and at.is_file() else dumps(problem).encode()


class Sheet(Subject):
    """A network whose derivatives stay open: instructions of their own."""

    def adjoint(self, name: str, at: tuple[int, ...]) -> Node:
        return self.program.node("adjoint", self.entry(name, at))

    def partial(self, top: Node, bottom: Node) -> Node:
        p = self.program
        if top == self.error:
            return p.node("adjoint", bottom)
        direct = not self.total and bottom in p.reach(_body(self, top), stop="copy")
        return p.node("partial", top, bottom, "direct" if direct else "all")

    def flow(self, name: str, through: str, at: tuple[int, ...]) -> Node:
        p, bottom = self.program, self.entry(name, at)
        tops = (top for (other, _), top in list(self.entries.items()) if other == through)
        reads = (top for top in tops if bottom in p.reach(_body(self, top), stop="copy"))
        return p.total(p.mul(p.node("adjoint", t), p.node("partial", t, bottom, "direct")) for t in reads)

    @cached_property
    def judge(self) -> Subject:
        """The same with its derivatives written out, to be worked out here."""
        return Subject(self.problem, self.assume)

    def read(self, route: str) -> None:
        """Claims are lowered as the decision read them."""
        self.total, numbers = ALL_WAYS in route, SPEC_NUMBERS in route
        if numbers != self.numbers:
            self.numbers, self._moved = numbers, {}


def _body(s: Subject, top: Node) -> Node:
    return s.program.nodes[top][1] if s.program.nodes[top][0] == "copy" else top


# ---- statements ----------------------------------------------------------------------------------------------------


def statements(sheet: Sheet, judged: Judged) -> Iterator[Statement]:
    """What the verdict on a claim rests on, as far as the checker has rules for it."""
    if judged.verdict in ("unknown", "unread"):
        return
    try:
        found = [s for d in judged.decisions for s in decided(sheet, d)] or list(in_digits(sheet, judged))
    except (Undecidable, TooLarge, ZeroDivisionError):
        return
    wanted = [s for s in found if judged.verdict in SUPPORTS.get(s["says"], AGAINST)]
    yield from (s for s in wanted if _checkable(sheet, s["left"], s["right"]))


def _checkable(sheet: Sheet, *roots: Node) -> bool:
    """Whether the checker has a rule for every instruction, and not more branches than it tries."""
    nodes, used = sheet.program.nodes, hangs_on(sheet, *roots)
    branches = Counter(u for u, _ in {nodes[x][1:3] for x in used if nodes[x][0] == "select"})
    choices = (len(options) for options in sheet.choices if options[0].keys() & used)
    ways = prod((*(n + 1 for n in branches.values()), *choices))
    return ways <= MOST_PATTERNS and all(nodes[x][0] in CHECKED for x in used)


def hangs_on(s: Subject, *roots: Node) -> set[Node]:
    """Every instruction that the checker comes across: those below, ties, and the error's below a derivative."""
    p, seen, waiting = s.program, set[Node](), list(roots)
    while waiting:
        if (x := waiting.pop()) in seen:
            continue
        seen.add(x)
        op, *rest = p.nodes[x]
        open_ = (s.error, rest[0]) if op == "adjoint" else rest[:2] if op == "partial" else p.below(x)
        waiting += (*open_, *(s.ties[y] for y in (x,) if y in s.ties))
    return seen


def decided(sheet: Sheet, decision: Decision) -> Iterator[Statement]:
    if decision.claim is None or decision.outcome == "unknown":
        return
    left, right, axes = decision.claim
    sheet.read(decision.route)
    example = decision.counterexample
    for env in instances(axes, sheet) if example is None else [dict(example.at)]:
        sides = {side: lowered(form, sheet, env) for side, form in (("left", left), ("right", right))}
        at = {"at": env} if env else {}
        if example is None:
            yield {"says": "equal", "route": decision.route, **at, **sides}
        else:
            ends = [[str(end) for end in side] for side in (example.left, example.right)]
            point = _point(sheet, example, *sides.values())
            yield {"says": "unequal", "route": decision.route, **at, **sides, "point": point} | {
                "ends": ends,
                "bits": example.bits,
            }


def _point(sheet: Sheet, example: Counterexample, *roots: Node) -> dict[Node, str]:
    """The number of every symbol; those on which neither side hangs are the same point's, where that is known."""
    nodes, shown = sheet.program.nodes, dict(example.point)
    below = sorted(hangs_on(sheet, *roots, *sheet.ranges))
    free = [x for x in below if nodes[x][0] == "leaf" and x not in sheet.ties]
    known = {x: shown[nodes[x][1], nodes[x][2]] for x in free if (nodes[x][1], nodes[x][2]) in shown}
    fits = (k for k in range(SPARSE) if all(sheet.test_number(x, k) == known[x] for x in free if x in known))
    k = next(fits, 0)
    bound = {x for options in sheet.choices for x in options[0]} if not sheet.ranges else set(free)
    numbers = {x: sheet.test_number(x, k) if x in bound else _other(sheet, x, k) for x in free if x not in known}
    return {x: str((known | numbers)[x]) for x in free}


def _other(sheet: Sheet, x: Node, k: int) -> Fraction:
    """A number near that of point k, and on no kink of what neither side hangs on."""
    return sheet.test_number(x, k) * Fraction(9973 + Random(f"{sheet.program.nodes[x]}").randrange(9973), 19937)


def in_digits(sheet: Sheet, judged: Judged) -> Iterator[Statement]:
    """A line with printed numbers: against itself, and its value against the network's."""
    claim = judged.claim
    if not any(mentions(side, "shown") for side in (claim.left, claim.right)):
        return
    sheet.read("")
    for left in dict.fromkeys((claim.left, claim.left if claim.head is None else claim.head)):
        yield from rounded(sheet, left, claim.right)


def rounded(sheet: Sheet, left: Form, right: Form) -> Iterator[Statement]:
    """Whether the intervals of both sides meet, at the numbers of the spec."""
    try:
        (a, b), (c, d) = (digits.span(sheet.judge, side) for side in (left, right))
    except (Undefined, Undecidable, TooLarge, ZeroDivisionError):
        return
    sheet.rounded = True
    try:
        sides = {side: lowered(form, sheet, {}) for side, form in (("left", left), ("right", right))}
    finally:
        sheet.rounded = False
    ends = [[str(end) for end in outward(*side)] for side in ((a, b), (c, d))]
    yield {"says": "meet" if a <= d and c <= b else "apart", "route": "digits", **sides, "ends": ends}


# ---- the program ---------------------------------------------------------------------------------------------------


def program(sheet: Sheet, lines: list[dict[str, Any]], seed: str) -> dict[str, Any]:
    """What the statements hang on, numbered anew from 0; they are told their new numbers."""
    said = [s for line in lines for claim in line["claims"] for s in claim["statements"]]
    sides = (s[side] for s in said for side in ("left", "right"))
    used = sorted(hangs_on(sheet, *sides, sheet.error, *sheet.ranges))
    new = {x: k for k, x in enumerate(used)}
    for s in said:
        s |= {side: new[s[side]] for side in ("left", "right")}
        s |= {"point": {str(new[x]): v for x, v in s["point"].items()}} if "point" in s else {}
    leaves = [x for x in used if sheet.program.nodes[x][0] == "leaf"]
    free = [x for x in leaves if x not in sheet.ties and not any(x in options[0] for options in sheet.choices)]
    names = {x: _name(sheet.program.nodes[x]) for x in leaves}
    return {
        "seed": seed,
        "program": [instruction(sheet, x, new) for x in used],
        "error": new[sheet.error],
        "ties": {str(new[x]): new[sheet.ties[x]] for x in leaves if x in sheet.ties},
        "choices": [
            [{str(new[x]): str(v) for x, v in option.items()} for option in options]
            for options in sheet.choices
            if all(x in new for x in options[0])
        ],
        "assumed": [[new[u], *map(_end, (r.low, r.high))] for u, r in sheet.ranges.items()],
        "given": dict(_given(sheet, leaves, new)),
        "exact": [str(x) for x in sorted(digits.given(sheet.judge))],
        "points": [{str(new[x]): drawn(seed, k, names[x]) for x in free} for k in range(POINTS)],
    }


def drawn(seed: str, k: int, name: str) -> int:
    """A symbol's number at point k, which nobody chose."""
    return int.from_bytes(hashlib.sha256(f"{seed} {k} {name}".encode()).digest(), "big") % MERSENNE


def _end(end: Fraction | float) -> str | None:
    return None if isinstance(end, float) else str(end)


def _given(sheet: Sheet, leaves: Iterable[Node], new: Mapping[Node, Node]) -> Iterator[tuple[str, str]]:
    for x in leaves:
        with suppress(Undecidable):
            yield str(new[x]), str(sheet.given_number(x))


def instruction(sheet: Sheet, x: Node, new: Mapping[Node, Node]) -> list[Any]:
    """["add", x, y], ["const", "1/2"], ["leaf", "W1[0,1]"], ["select", u, "0", ">", x, y] …"""
    op, *rest = sheet.program.nodes[x]
    if op in ("leaf", "const", "shown"):
        return [op, _name((op, *rest)) if op == "leaf" else str(rest[0])]
    if op == "copy":
        return [op, new[rest[0]], _name(("", *rest[1]))]
    if op == "select":
        u, c, strict, then, other = rest
        return [op, new[u], str(c), ">" if strict else ">=", new[then], new[other]]
    if op == "pow":
        return [op, new[rest[0]], rest[1]]
    return [op, *(new[y] if isinstance(y, int) else y for y in rest)]


def _name(parts: tuple[Any, ...]) -> str:
    _, name, at = parts
    return f"{name}[{','.join(map(str, at))}]" if at else str(name)
