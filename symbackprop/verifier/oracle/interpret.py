"""A graph's definitions, evaluated entry by entry in any algebra.

Each definition's Form is turned into a function of its indices once.  While the base values are computed, each entry
notes which entries read it, so that a change of one entry is carried through only what depends on it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from symbackprop.form import Form, Index, over
from symbackprop.graph import Definition, Graph
from symbackprop.tables.activations import ALONG, ROWS
from symbackprop.verifier.oracle.algebra import MP, TIED, Algebra, UnknownFunction, Value

Key = tuple[int, ...]
Env = dict[str, int]
Evaluate = Callable[[Env], Value]


class Effect(NamedTuple):
    """The error after a change, and how the comparisons on the way were decided."""

    error: Value
    decisions: tuple[bool, ...]
    tied: bool  # whether a comparison of two equal numbers was touched by the change


class Machine:
    """The values of every entry; `tie` says how a comparison of equal numbers is decided, None: as it is written."""

    def __init__(self, graph: Graph, leaves: dict[str, dict[Key, Any]], algebra: Algebra) -> None:
        self.graph, self.algebra, self.values = graph, algebra, {n: dict(v) for n, v in leaves.items()}
        self.tie: bool | None = None
        self.tied = False
        self.decisions: list[bool] = []
        self.reads = 0
        self.readers: dict[tuple[str, Key], set[tuple[int, Key]]] = {}
        self.reader: tuple[int, Key] | None = None
        self.programs = [compiled(d.body, self) for d in graph.definitions]
        self.envs: list[dict[Key, Env]] = [_entries(d) for d in graph.definitions]
        self.evaluate()

    def evaluate(self) -> None:
        for k, (d, program) in enumerate(zip(self.graph.definitions, self.programs, strict=True)):
            out = self.values[d.name] = {}
            for key, env in self.envs[k].items():
                self.reader = (k, key)
                out[key] = program(dict(env))
        self.reader = None

    @property
    def error(self) -> Value:
        return self.values[self.graph.error][()]

    def effect(self, name: str, key: Key, amount: Value) -> Effect:
        """The error with `amount` added to one entry, after the entry has been computed."""
        self.decisions, self.tied = [], False
        old: list[tuple[str, Key, Value]] = []
        waiting: list[tuple[int, Key]] = []
        waits: set[tuple[int, Key]] = set()

        def put(name: str, key: Key, value: Value) -> None:
            old.append((name, key, self.values[name][key]))
            self.values[name][key] = value
            for reader in self.readers.get((name, key), ()):
                if reader not in waits:
                    waits.add(reader)
                    heapq.heappush(waiting, reader)

        put(name, key, self.values[name][key] + amount)
        try:
            while waiting:  # definitions stand in topological order, so the first that waits is ready
                k, at = heapq.heappop(waiting)
                put(self.graph.definitions[k].name, at, self.programs[k](dict(self.envs[k][at])))
            return Effect(self.error, tuple(self.decisions), self.tied)
        finally:
            for n, at, value in reversed(old):
                self.values[n][at] = value


def _entries(d: Definition) -> dict[Key, Env]:
    envs = (
        {a.var: i for a, i in zip(d.axes, at, strict=True)} for at in product(*(range(_whole(a.size)) for a in d.axes))
    )
    return {tuple(position(i, env) for i in d.at): env for env in envs}


def _whole(size: int | str) -> int:
    assert isinstance(size, int), "the oracle's graphs have numbers for sizes"
    return size


def position(at: Index, env: Env) -> int:
    return at.const + sum(c * env[v] for c, v in at.terms)


# ---- Forms to functions --------------------------------------------------------------------------------------------


def compiled(form: Form, m: Machine) -> Evaluate:
    rule = RULES.get(form.op)
    if rule is None:
        raise UnknownFunction(f"a definition holds {form.op!r}")
    return rule(form, m)


def _num(form: Form, m: Machine) -> Evaluate:
    value = m.algebra.number(form.number)
    return lambda env: value


def _pi(form: Form, m: Machine) -> Evaluate:
    value = 4 * m.algebra.functions["atan"](m.algebra.number(Fraction(1)))
    return lambda env: value


def _ref(form: Form, m: Machine) -> Evaluate:
    name, at = form.name, form.at
    bare = [i.variable for i in at]

    def entry(env: Env) -> Value:
        key = tuple(env[v] if v is not None else position(i, env) for v, i in zip(bare, at, strict=True))
        if m.reader is not None:
            m.reads += 1
            m.readers.setdefault((name, key), set()).add(m.reader)
        return m.values[name][key]

    return entry


def _neg(form: Form, m: Machine) -> Evaluate:
    x = compiled(form.forms[0], m)
    return lambda env: -x(env)


def _add(form: Form, m: Machine) -> Evaluate:
    first, *rest = (compiled(f, m) for f in form.forms)

    def total(env: Env) -> Value:
        out = first(env)
        for x in rest:
            out = out + x(env)
        return out

    return total


def _mul(form: Form, m: Machine) -> Evaluate:
    guards = [compiled(f, m) for f in form.forms if f.op in ("same", "within")]
    first, *rest = [compiled(f, m) for f in form.forms if f.op not in ("same", "within")] or [lambda env: 1]
    zero = m.algebra.number(Fraction(0))

    def times(env: Env) -> Value:
        if any(not g(env) for g in guards):  # what stands beside a guard may lie outside its array
            return zero
        out = first(env)
        for x in rest:
            out = out * x(env)
        return out

    return times


def _div(form: Form, m: Machine) -> Evaluate:
    x, y = (compiled(f, m) for f in form.forms)
    return lambda env: x(env) / y(env)


def _pow(form: Form, m: Machine) -> Evaluate:
    base, exponent = form.forms
    x = compiled(base, m)
    if exponent.op == "num" and exponent.number.denominator == 1:
        n = int(exponent.number)
        return lambda env: x(env) ** n
    y = compiled(exponent, m)
    return lambda env: x(env) ** y(env)


def _over(form: Form, m: Machine) -> Evaluate:
    x = compiled(form.forms[0], m)
    names = [a.var for a in form.axes]
    ranges = [range(_whole(a.size)) for a in form.axes]
    zero = m.algebra.number(Fraction(0))

    def total(env: Env) -> Value:
        out = zero
        for at in product(*ranges):
            env.update(zip(names, at, strict=True))
            out = out + x(env)
        return out

    return total


def _fn(form: Form, m: Machine) -> Evaluate:
    x = compiled(form.forms[0], m)
    if function := m.algebra.functions.get(form.name):
        return lambda env: function(x(env))
    if form.name in ROWS:  # the definition of a row is taken as given; its slope is what is judged
        return compiled(ROWS[form.name].value(form.forms[0]), m)
    raise UnknownFunction(f"the oracle knows no function {form.name}")


def _along(form: Form, m: Machine) -> Evaluate:
    if form.name not in ALONG:
        raise UnknownFunction(f"the oracle knows no function {form.name}")
    x, on_axis = form.forms
    return compiled(ALONG[form.name].value(x, lambda g: over(g(on_axis), *form.axes)), m)


def _cases(form: Form, m: Machine) -> Evaluate:
    *rows, otherwise = (compiled(f, m) for f in form.forms)
    if piecewise := m.algebra.piecewise:
        return lambda env: piecewise([x(env) for x in rows], otherwise(env))

    def first_true(env: Env) -> Value:
        for value, condition in zip(rows[::2], rows[1::2], strict=True):
            if condition(env):
                return value(env)
        return otherwise(env)

    return first_true


def _compare(form: Form, m: Machine) -> Evaluate:
    x, y = (compiled(f, m) for f in form.forms)
    rel = str(form.args[1])
    if relation := m.algebra.relation:
        return lambda env: relation(x(env), rel, y(env))

    def holds(env: Env) -> bool:
        a, b = x(env), y(env)
        difference = MP.re(a) - MP.re(b)
        equal = bool(abs(difference) < TIED)
        moved = equal and MP.im(a) != MP.im(b)
        m.tied = m.tied or moved
        out = m.tie if moved and m.tie is not None else RELATIONS[rel](difference, equal)
        m.decisions.append(out)
        return out

    return holds


RELATIONS: dict[str, Callable[[Value, bool], bool]] = {
    ">": lambda d, equal: bool(d > 0) and not equal,
    "<": lambda d, equal: bool(d < 0) and not equal,
    ">=": lambda d, equal: bool(d > 0) or equal,
    "<=": lambda d, equal: bool(d < 0) or equal,
    "==": lambda d, equal: equal,
}


def _same(form: Form, m: Machine) -> Evaluate:
    i, j = form.at
    return lambda env: int(position(i, env) == position(j, env))


def _within(form: Form, m: Machine) -> Evaluate:
    i, n = form.args
    assert isinstance(i, Index)
    assert isinstance(n, int)
    return lambda env: int(0 <= position(i, env) < n)


RULES: dict[str, Callable[[Form, Machine], Evaluate]] = {
    "num": _num,
    "pi": _pi,
    "ref": _ref,
    "neg": _neg,
    "add": _add,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "over": _over,
    "fn": _fn,
    "along": _along,
    "cases": _cases,
    "compare": _compare,
    "same": _same,
    "within": _within,
}
