"""The arithmetic of a derivation and of all that mistakes make of it, written down once and run on many variants.

Each entry is a node on single numbers, and two nodes that compute the same are one: so what a mistake leaves as it is
costs nothing.  A run takes an array for every leaf, with one number for each candidate.

    values   the numbers, as doubles
    errors   how far they can be off: by the machine's own rounding, or by a student's, who rounds every entry

Only + − · / √ and comparisons of IEEE 754 are used (see functions.py), so that a run gives the same bits everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symbackprop.derivation.steps import Step, Steps, bare
from symbackprop.errors import DerivationError
from symbackprop.exams.functions import FUNCTIONS
from symbackprop.form import ENTRIES, Form
from symbackprop.readings import unit
from symbackprop.tables.activations import ROWS

Array = Any  # one number for each candidate
Node = tuple[Any, ...]  # operation, then numbers of nodes
EPS = 2.0**-53


class Tape:
    """Nodes in the order in which they are computed."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.known: dict[Node, int] = {}
        self.leaves: dict[Form, int] = {}

    def add(self, *node: Any) -> int:
        if node not in self.known:
            self.known[node] = len(self.nodes)
            self.nodes.append(node)
        return self.known[node]

    def leaf(self, entry: Form) -> int:
        """A number that is given; `be` and `Role` apart, one for each entry."""
        if entry not in self.leaves:
            self.leaves[entry] = self.add("leaf", entry)
        return self.leaves[entry]

    # ---- which nodes are needed ----------------------------------------------------------------------------------

    def needed(self, wanted: Iterable[int]) -> list[int]:
        """The nodes that lead to those, in order."""
        live: set[int] = set()
        waiting = list(wanted)
        while waiting:
            k = waiting.pop()
            if k not in live:
                live.add(k)
                waiting += below(self.nodes[k])
        return sorted(live)

    def leaves_of(self, node: int) -> set[int]:
        return {k for k in self.needed([node]) if self.nodes[k][0] == "leaf"}

    # ---- runs ----------------------------------------------------------------------------------------------------

    def values(self, order: Iterable[int], given: Mapping[int, Array]) -> dict[int, Array]:
        """The values of nodes in their order, from those that are given."""
        out: dict[int, Array] = dict(given)
        with np.errstate(all="ignore"):
            for k in order:
                op, *args = self.nodes[k]
                if op != "leaf":
                    out[k] = VALUES[op](out, args)
        return out

    def from_there(self, wanted: int, known: Mapping[int, Array]) -> Array:
        """A node's value from those that are known already."""
        out = dict(known)

        def value(k: int) -> Array:
            if k not in out:
                op, *args = self.nodes[k]
                for below_it in below(self.nodes[k]):
                    value(below_it)
                out[k] = VALUES[op](out, args)
            return out[k]

        return value(wanted)

    def errors(
        self,
        order: Iterable[int],
        values: Mapping[int, Array],
        entry: Callable[[Array], Array] | None,
        known: Mapping[int, Array] | None = None,
    ) -> dict[int, Array]:
        """Bounds: |what is computed − what it would be exactly|.

        With `entry`, which says how far an entry may be rounded off, those of a student; without it the machine's.
        """
        out: dict[int, Array] = dict(known or {})
        with np.errstate(all="ignore"):
            for k in order:
                op, *args = self.nodes[k]
                out[k] = ERRORS[op](values, out, args)
                if entry is None and op not in EXACT:
                    out[k] = out[k] + ULPS.get(op, 1) * EPS * np.abs(values[k])
                elif entry is not None and op == "entry":
                    out[k] = out[k] + entry(values[k])
        return out


def below(node: Node) -> list[int]:
    """The nodes that a node is computed from."""
    return [x for x in node[1:] if type(x) is int]


EXACT = frozenset({"leaf", "neg", "entry", "compare", "pick"})
ULPS = {"fn": 4, "num": 1}


def _over(fold: Callable[[Array, Array], Array]) -> Callable[[Mapping[int, Array], Sequence[Any]], Array]:
    def run(out: Mapping[int, Array], args: Sequence[Any]) -> Array:
        x = out[args[0]]
        for k in args[1:]:
            x = fold(x, out[k])
        return x

    return run


def _power(x: Array, n: Fraction) -> Array:
    """Whole and half powers by products and roots."""
    if n < 0:
        return 1.0 / _power(x, -n)
    if n.denominator == 2:
        return _power(np.sqrt(x), 2 * n)
    out = x
    for _ in range(int(n) - 1):
        out = out * x
    return out if n else np.ones_like(x)


COMPARED: dict[str, Callable[[Array, Array], Array]] = {
    ">": np.greater, "<": np.less, ">=": np.greater_equal, "<=": np.less_equal, "==": np.equal,
}  # fmt: skip


def _pick(out: Mapping[int, Array], args: Sequence[int]) -> Array:
    *rows, otherwise = args
    x = out[otherwise]
    for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
        x = np.where(out[condition], out[value], x)
    return x


VALUES: dict[str, Callable[[Mapping[int, Array], Sequence[Any]], Array]] = {
    "num": lambda out, args: np.float64(args[0].numerator) / np.float64(args[0].denominator),
    "entry": lambda out, args: out[args[0]],
    "neg": lambda out, args: -out[args[0]],
    "add": _over(lambda x, y: x + y),
    "mul": _over(lambda x, y: x * y),
    "div": lambda out, args: out[args[0]] / out[args[1]],
    "pow": lambda out, args: _power(out[args[0]], args[1].x),
    "fn": lambda out, args: FUNCTIONS[args[0]].value(out[args[1]]),
    "compare": lambda out, args: COMPARED[args[1]](out[args[0]], out[args[2]]),
    "pick": _pick,
}


# ---- how errors go on ------------------------------------------------------------------------------------------------


def _product(v: Mapping[int, Array], e: Mapping[int, Array], args: Sequence[int]) -> Array:
    """|xy − x'y'| ≤ |x|e_y + |y|e_x + e_x e_y, and the rounding of each product on the way."""
    x, error = np.abs(v[args[0]]), e[args[0]]
    for k in args[1:]:
        y = np.abs(v[k])
        error = x * e[k] + y * error + error * e[k] + EPS * x * y
        x = x * y
    return error


def _sum(v: Mapping[int, Array], e: Mapping[int, Array], args: Sequence[int]) -> Array:
    error, size = e[args[0]], np.abs(v[args[0]])
    for k in args[1:]:
        size = size + np.abs(v[k])
        error = error + e[k] + EPS * size
    return error


def _ratio(v: Mapping[int, Array], e: Mapping[int, Array], args: Sequence[int]) -> Array:
    """|x/y − x'/y'| ≤ (|x|e_y + |y|e_x) / (|y|(|y| − e_y))"""
    x, y = (np.abs(v[k]) for k in args)
    safe = y - e[args[1]]
    return np.where(safe > 0, (x * e[args[1]] + y * e[args[0]]) / (y * np.where(safe > 0, safe, 1.0)), np.inf)


def _raised(v: Mapping[int, Array], e: Mapping[int, Array], args: Sequence[Any]) -> Array:
    """|xⁿ − x'ⁿ| ≤ n·eˣ·(|x| + e_x)ⁿ⁻¹ for n ≥ 1; below, at the nearer end."""
    x, error, n = np.abs(v[args[0]]), e[args[0]], args[1].x
    end = x + error if n >= 1 else np.maximum(x - error, 0.0)
    return abs(float(n)) * error * _power(end, n - 1) + 4 * EPS * _power(x, n)


def _chosen(v: Mapping[int, Array], e: Mapping[int, Array], args: Sequence[int]) -> Array:
    *rows, otherwise = args
    error = e[otherwise]
    for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
        error = np.where(v[condition], e[value], error)
    return error


ERRORS: dict[str, Callable[[Mapping[int, Array], Mapping[int, Array], Sequence[Any]], Array]] = {
    "leaf": lambda v, e, args: 0.0,
    "num": lambda v, e, args: 0.0,
    "entry": lambda v, e, args: e[args[0]],
    "neg": lambda v, e, args: e[args[0]],
    "add": _sum,
    "mul": _product,
    "div": _ratio,
    "pow": _raised,
    "fn": lambda v, e, args: FUNCTIONS[args[0]].error(v[args[1]], e[args[1]]),
    "compare": lambda v, e, args: 0.0,
    "pick": _chosen,
}


# ---- from a derivation to nodes --------------------------------------------------------------------------------------


class Exponent:
    """A number that is no node."""

    def __init__(self, x: Fraction) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Exponent) and self.x == other.x

    def __hash__(self) -> int:
        return hash(self.x)


class Scope:
    """The nodes of a derivation's entries.  With `base`, whose steps differ at some places only, it shares the rest."""

    def __init__(self, tape: Tape, steps: Steps, base: Scope | None = None) -> None:
        self.tape, self.steps, self.base = tape, steps, base
        self.entries: dict[Form, int] = {}
        self.rights: dict[tuple[Form, Form], Form] = {} if base is None else base.rights
        self.changed = frozenset() if base is None else affected(base.steps, steps)

    def entry(self, f: Form) -> int:
        """The node of an entry whose indices are numbers."""
        if not self.own(f):
            assert self.base is not None
            return self.base.entry(f)
        if f not in self.entries:
            self.entries[f] = self._made(f)
        return self.entries[f]

    def own(self, f: Form) -> bool:
        """Whether it is not the base's."""
        return self.base is None or bare(f) in self.changed

    def _made(self, f: Form) -> int:
        step = self.steps.of.get(bare(f)) if f.op != "hyper" else None
        if step is None:
            return self.tape.leaf(f)
        k = self.node(self.right(step, f))
        return k if self.tape.nodes[k][0] in ("entry", "leaf", "num") else self.tape.add("entry", k)

    def right(self, step: Step, f: Form) -> Form:
        known = (f, step.form)
        if known not in self.rights:
            self.rights[known] = unit.right(step, place(step.left, f))
        return self.rights[known]

    def node(self, f: Form) -> int:
        tape = self.tape
        if f.op in ENTRIES or f.op == "hyper":
            return self.entry(f.be(None))
        if f.op == "num":
            return tape.add("num", f.number)
        if f.op == "pi":
            return tape.add("num", Fraction(np.pi))
        if f.op == "pow":
            exponent = f.forms[1]
            n = exponent.number if exponent.op == "num" else -exponent.forms[0].number
            return tape.add("pow", self.node(f.forms[0]), Exponent(n))
        if f.op == "fn" and f.name not in FUNCTIONS and f.name in ROWS:
            return self.node(ROWS[f.name].value(f.forms[0]))
        if f.op == "fn":
            if f.name not in FUNCTIONS:
                raise DerivationError(f"exams know no function {f.name!r}")
            return tape.add("fn", f.name, self.node(f.forms[0]))
        if f.op == "compare":
            return tape.add("compare", self.node(f.forms[0]), f.args[1], self.node(f.forms[1]))
        if f.op not in PLAIN:
            raise DerivationError(f"a form {f.op!r} has no place on a tape")
        return tape.add(PLAIN[f.op], *map(self.node, f.forms))


class Slipped(Scope):
    """The derivation with another right side of one entry, carried along to the entries that it touches."""

    def __init__(self, base: Scope, at: Form, right: Form, touched: frozenset[Form]) -> None:
        super().__init__(base.tape, base.steps, base)
        self.at, self.wrong, self.touched = at, right, touched

    def own(self, f: Form) -> bool:
        return f in self.touched

    def right(self, step: Step, f: Form) -> Form:
        return self.wrong if f == self.at else super().right(step, f)


PLAIN = {"neg": "neg", "add": "add", "mul": "mul", "div": "div", "cases": "pick"}


def place(left: Form, entry: Form) -> tuple[int, ...]:
    """The numbers of a step's axes at an entry."""
    return tuple(i.const for i, own in zip(entry.at, left.at, strict=True) if own.terms)


def affected(base: Steps, other: Steps) -> frozenset[Form]:
    """What steps that differ define, and what is computed from that: with the indices left out."""
    out: set[Form] = set()
    for step in other.steps:
        left = bare(step.left)
        right = base.of.get(left)
        if right is None or right.form != step.form or any(bare(f) in out for f in entries_in(step.form)):
            out.add(left)
    return frozenset(out)


def entries_in(form: Form) -> list[Form]:
    found: list[Form] = []
    waiting = [form]
    while waiting:
        f = waiting.pop()
        if f.op in ENTRIES:
            found.append(f)
        waiting += f.forms
    return found
