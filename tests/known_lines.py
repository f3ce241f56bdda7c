"""Lines about networks, right and wrong, and their truth by 60-digit differences: nothing of the decision is used.

The right ones are the derivation's steps written otherwise: re-ordered, expanded, factored, with definitions put in.
The wrong ones are right ones with a mutation.  Whether a line is true is then measured, whatever it was meant to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from layer_cases import CASES, problem_of
from mpmath.ctx_mp import MPContext
from small_networks import small_network

from symbackprop.derivation import steps_of
from symbackprop.form import (
    ONE,
    ZERO,
    Form,
    Index,
    add,
    cases,
    div,
    mul,
    neg,
    num,
    over,
    power,
    replaced,
    walk,
)
from symbackprop.spec import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ROWS
from symbackprop.tables.losses import LOSSES

MP = MPContext()
MP.dps = 110
STEP = MP.mpf(10) ** -30  # E(q + h) − E(q − h) over 2h: right to 60 digits
CLOSE = MP.mpf(10) ** -45
Key = tuple[int, ...]


# ---- the truth -------------------------------------------------------------------------------------------------------


class Kink(ArithmeticError):
    """The point lies on a kink, or a function has no value there."""


class Numbers:
    """A network at one point, every number with 110 digits."""

    def __init__(self, problem: Problem, seed: int) -> None:
        steps = steps_of(problem)
        self.graph, self.random, self.problem = steps.graph, Random(seed), problem
        self.leaves: dict[str, dict[Key, Any]] = {n: self._leaf(n) for n in self.graph.leaves}
        self.rate = MP.mpf(self.random.randint(1, 99)) / 100
        self.values = self.forward({})
        self.known: dict[tuple[str, Key], Any] = {}

    def _leaf(self, name: str) -> dict[Key, Any]:
        keys = list(product(*map(range, self.graph.full_shape(name))))
        p = self.problem
        if name not in (*p.inputs, *p.targets, *p.parameters):
            return {
                k: MP.mpf(Fraction(_at(p.values[name], k)).numerator) / Fraction(_at(p.values[name], k)).denominator
                for k in keys
            }
        if name in p.targets:
            return self._targets(keys)
        return {k: MP.mpf(self.random.choice((-1, 1)) * self.random.randint(50, 1500)) / 1000 for k in keys}

    def _targets(self, keys: list[Key]) -> dict[Key, Any]:
        loss = self.problem.network.loss if self.problem.network else ""
        rule = LOSSES[loss].targets if loss in LOSSES else "any"
        rows: dict[Key, list[Key]] = {}
        for k in keys:
            rows.setdefault(k[:-1], []).append(k)
        out: dict[Key, Any] = {}
        for row in rows.values():
            parts = [self.random.randint(1, 99) for _ in row]
            hot = self.random.choice(row)
            for k, part in zip(row, parts, strict=True):
                share = MP.mpf(part) / (sum(parts) if len(row) > 1 else 100)
                out[k] = (
                    MP.mpf(k == hot)
                    if rule == "one-hot"
                    else MP.mpf(self.random.choice((-1, 1)))
                    if rule == "sign"
                    else share
                )
        return out

    def forward(self, moved: dict[tuple[str, Key], Any]) -> dict[str, dict[Key, Any]]:
        """All values, with an amount added to some entries after they have been computed."""
        values = {n: {k: v + moved.get((n, k), 0) for k, v in leaf.items()} for n, leaf in self.leaves.items()}
        for d in self.graph.definitions:
            out = values[d.name] = {}
            for at in product(*(range(a.size) for a in d.axes)):  # type: ignore[arg-type]
                env = {a.var: i for a, i in zip(d.axes, at, strict=True)}
                key = tuple(_position(i, env) for i in d.at)
                out[key] = self.value(d.body, env, values) + moved.get((d.name, key), 0)
        return values

    def adjoint(self, name: str, key: Key) -> Any:
        if (name, key) not in self.known:
            plus, minus = (self.forward({(name, key): h})[self.graph.error][()] for h in (STEP, -STEP))
            self.known[name, key] = (plus - minus) / (2 * STEP)
        return self.known[name, key]

    def value(self, f: Form, env: dict[str, int], values: dict[str, dict[Key, Any]] | None = None) -> Any:
        return RULES[f.op](self, f, env, self.values if values is None else values)


    def moved_to(self, point: Iterable[tuple[tuple[str, Key], Fraction]]) -> Numbers:
        """The same network where the symbols have these numbers."""
        for (name, key), value in point:
            if name in self.leaves:
                self.leaves[name][key] = MP.mpf(value.numerator) / value.denominator
        self.values, self.known = self.forward({}), {}
        return self


def _at(value: Any, key: Key) -> Any:
    for k in key:
        value = value[k]
    return value


def _position(at: Index, env: dict[str, int]) -> int:
    return at.const + sum(c * env[v] for c, v in at.terms)


def _key(f: Form, env: dict[str, int]) -> Key:
    return tuple(_position(i, env) for i in f.at)


def _sum(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    total = MP.mpf(0)
    for at in product(*(range(a.size) for a in f.axes)):  # type: ignore[arg-type]
        total += n.value(f.forms[0], {**env, **{a.var: i for a, i in zip(f.axes, at, strict=True)}}, values)
    return total


def _product(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    guards = [g for g in f.forms if g.op in ("same", "within")]
    if any(n.value(g, env, values) == 0 for g in guards):
        return MP.mpf(0)
    return MP.fprod(n.value(g, env, values) for g in f.forms if g.op not in ("same", "within"))


def _positive(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(x: Any) -> Any:
        if x <= 0:
            raise Kink
        return function(x)

    return checked


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(MP, name) for name in "exp tanh sinh cosh sin cos erf".split()},
    "log": _positive(MP.log),
    "log10": _positive(MP.log10),
    "sqrt": _positive(MP.sqrt),
    "sigmoid": lambda x: 1 / (1 + MP.exp(-x)),
}


def _function(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    if f.name in FUNCTIONS:
        return FUNCTIONS[f.name](n.value(f.forms[0], env, values))
    return n.value(ROWS[f.name].value(f.forms[0]), env, values)


def _along(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    return n.value(ALONG[f.name].value(f.forms[0], lambda g: over(g(f.forms[1]), *f.axes)), env, values)


def _cases(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    *rows, otherwise = f.forms
    for value, condition in zip(rows[::2], rows[1::2], strict=True):
        if n.value(condition, env, values):
            return n.value(value, env, values)
    return n.value(otherwise, env, values)


def _compare(n: Numbers, f: Form, env: dict[str, int], values: Any) -> bool:
    x, y = (n.value(g, env, values) for g in f.forms)
    if abs(x - y) < CLOSE:
        raise Kink
    return bool({">": x > y, "<": x < y, ">=": x >= y, "<=": x <= y, "==": x == y}[str(f.args[1])])


def _ratio(n: Numbers, f: Form, env: dict[str, int], values: Any) -> Any:
    x, y = (n.value(g, env, values) for g in f.forms)
    if abs(y) < CLOSE:
        raise Kink
    return x / y


RULES: dict[str, Callable[[Numbers, Form, dict[str, int], Any], Any]] = {
    "num": lambda n, f, env, v: MP.mpf(f.number.numerator) / f.number.denominator,
    "pi": lambda n, f, env, v: +MP.pi,
    "hyper": lambda n, f, env, v: n.rate,
    "ref": lambda n, f, env, v: v[f.name][_key(f, env)],
    "adjoint": lambda n, f, env, v: n.adjoint(f.name, _key(f, env)),
    "updated": lambda n, f, env, v: v[f.name][_key(f, env)] - n.rate * n.adjoint(f.name, _key(f, env)),
    "neg": lambda n, f, env, v: -n.value(f.forms[0], env, v),
    "add": lambda n, f, env, v: MP.fsum(n.value(g, env, v) for g in f.forms),
    "mul": _product,
    "div": _ratio,
    "pow": lambda n, f, env, v: n.value(f.forms[0], env, v) ** n.value(f.forms[1], env, v),
    "over": _sum,
    "fn": _function,
    "along": _along,
    "cases": _cases,
    "compare": _compare,
    "same": lambda n, f, env, v: MP.mpf(_position(f.at[0], env) == _position(f.at[1], env)),
    "within": lambda n, f, env, v: MP.mpf(0 <= _position(f.at[0], env) < f.args[1]),  # type: ignore[operator]
}


class Truth:
    """Whether lines hold, at several points."""

    def __init__(self, problem: Problem, points: int = 4) -> None:
        self.problem = problem
        self.points = [Numbers(problem, seed) for seed in range(points)]
        self._branch = any(
            f.op == "cases" or (f.op == "fn" and f.name in ROWS and f.name not in FUNCTIONS)
            for d in self.points[0].graph.definitions
            for f in walk(d.body)
        )
        self.more = (
            [] if not self._branch else [Numbers(problem, seed) for seed in range(points, 3 * points)]
        )  # to meet every branch

    def __call__(self, left: Form, right: Form) -> bool | None:
        """None where too few points say anything."""
        seen = 0
        for n in self.points + self.more:
            try:
                a, b = n.value(left, {}), n.value(right, {})
            except (Kink, ZeroDivisionError):
                continue
            if abs(a - b) > CLOSE * (1 + abs(a)):
                return False
            if max(abs(a), abs(b)) < CLOSE and abs(a - b) > CLOSE * max(abs(a), abs(b)):
                return None  # e^−10000, or the rounding of a 0: who knows
            seen += 1
        return True if seen > 1 else None


    def at(self, point: Iterable[tuple[tuple[str, Key], Fraction]], left: Form, right: Form) -> bool:
        """Whether a line holds at one more point: where it rarely fails, somebody else's counterexample is measured."""
        n = Numbers(self.problem, 0).moved_to(point)
        a, b = n.value(left, {}), n.value(right, {})
        return bool(abs(a - b) <= CLOSE * (1 + abs(a)))


# ---- the lines -------------------------------------------------------------------------------------------------------


def expanded(f: Form, env: dict[str, int]) -> Form:
    """Sums and deltas written out, indices as numbers."""
    if f.op == "over":
        at = product(*(range(a.size) for a in f.axes))  # type: ignore[arg-type]
        terms = [expanded(f.forms[0], {**env, **{a.var: i for a, i in zip(f.axes, k, strict=True)}}) for k in at]
        return add(*[t for t in terms if t != ZERO] or [ZERO])
    if f.op == "same":
        return ONE if _position(f.at[0], env) == _position(f.at[1], env) else ZERO
    if f.op == "within":
        return ONE if 0 <= _position(f.at[0], env) < f.args[1] else ZERO  # type: ignore[operator]
    if f.op == "mul":
        factors = [expanded(g, env) for g in f.forms]
        if ZERO in factors:
            return ZERO
        return mul(*[g for g in factors if g != ONE] or [ONE])
    if f.op == "along":
        return expanded(ALONG[f.name].value(f.forms[0], lambda g: over(g(f.forms[1]), *f.axes)), env)
    given = {v: Index(i) for v, i in env.items()}
    return Form(
        f.op,
        tuple(
            expanded(a, env) if isinstance(a, Form) else a.where(given) if isinstance(a, Index) else a for a in f.args
        ),
    )


def base_lines(problem: Problem) -> list[tuple[Form, Form]]:
    """Every entry of every step, as one line: all of it true."""
    out = []
    for step in steps_of(problem).steps:
        if step.left.op not in ("ref", "adjoint", "updated") or "." in step.of:
            continue
        for at in product(*(range(a.size) for a in step.axes)):  # type: ignore[arg-type]
            env = {a.var: i for a, i in zip(step.axes, at, strict=True)}
            left, right = expanded(step.left, env), expanded(step.form, env)
            if len(list(walk(right))) < 400 and all(f.op in RULES for f in walk(right)):
                out.append((left, right))
    return out


def shuffled(f: Form, random: Random) -> Form:
    """Terms and factors in another order."""
    f = f.map(lambda g: shuffled(g, random))
    if f.op in ("add", "mul"):
        parts = list(f.args)
        random.shuffle(parts)
        return Form(f.op, tuple(parts))
    return f


def distributed(f: Form, random: Random) -> Form:
    """a(b + c) as ab + ac."""
    f = f.map(lambda g: distributed(g, random))
    if f.op == "mul":
        sums = [k for k, g in enumerate(f.forms) if g.op == "add"]
        if sums and random.random() < 0.8:
            k = random.choice(sums)
            return add(*(mul(*f.forms[:k], g, *f.forms[k + 1 :]) for g in f.forms[k].forms))
    return f


def factored(f: Form, random: Random) -> Form:
    """a + b as (a/c + b/c)·c."""
    if f.op == "add" and random.random() < 0.7:
        c = num(random.choice((2, 3, Fraction(1, 2), -1)))
        return mul(add(*(div(g, c) for g in f.forms)), c)
    return f.map(lambda g: factored(g, random))


def disguised(f: Form, random: Random) -> Form:
    """−(a − b) as b − a, a² as a·a, a/b as a·b⁻¹."""
    f = f.map(lambda g: disguised(g, random))
    if f.op == "neg" and f.forms[0].op == "add":
        return add(*(neg(g) for g in f.forms[0].forms))
    if f.op == "pow" and f.forms[1] == num(2) and random.random() < 0.5:
        return mul(f.forms[0], f.forms[0])
    if f.op == "div" and random.random() < 0.5:
        return mul(f.forms[0], power(f.forms[1], num(-1)))
    return f


def substituted(problem: Problem, random: Random) -> Callable[[Form], Form]:
    """Some quantities by their definitions, some adjoints by their steps: the long form of a line."""
    by = dict(base_lines(problem))
    budget = [3]

    def change(f: Form) -> Form | None:
        if f.op in ("ref", "adjoint") and f in by and budget[0] and random.random() < 0.6:
            budget[0] -= 1
            return by[f]
        return None

    return lambda f: replaced(f, change)


def mutated(f: Form, names: list[Form], random: Random) -> Form:
    """One slip: a sign, a factor, a path, an index, an exponent, a number."""
    within = {id(h) for g in walk(f) if g.op == "compare" for h in walk(g)}  # few points would show a slip there
    nodes = [g for g in walk(f) if g.op in MUTATIONS and id(g) not in within]
    if not nodes:
        return mul(num(2), f)
    chosen = random.choice(nodes)
    new = random.choice(MUTATIONS[chosen.op])(chosen, names, random)
    done = [False]

    def change(g: Form) -> Form | None:
        if g is chosen and not done[0]:
            done[0] = True
            return new
        return None

    return replaced(f, change)


def _without(f: Form, random: Random) -> Form:
    k = random.randrange(len(f.forms))
    rest = f.forms[:k] + f.forms[k + 1 :]
    return Form(f.op, rest) if len(rest) > 1 else rest[0]


def _other(f: Form, names: list[Form], random: Random) -> Form:
    same = [g for g in names if g.op == f.op and g != f and (g.name == f.name or random.random() < 0.2)]
    return random.choice(same) if same else neg(f)


MUTATIONS: dict[str, list[Callable[[Form, list[Form], Random], Form]]] = {
    "neg": [lambda f, n, r: f.forms[0]],
    "add": [
        lambda f, n, r: _without(f, r),
        lambda f, n, r: add(f.forms[0], *(neg(g) for g in f.forms[1:])),
        lambda f, n, r: div(f, num(len(f.forms))),
    ],
    "mul": [lambda f, n, r: _without(f, r), lambda f, n, r: neg(f), lambda f, n, r: add(*f.forms)],
    "div": [lambda f, n, r: div(f.forms[1], f.forms[0]), lambda f, n, r: f.forms[0]],
    "pow": [lambda f, n, r: power(f.forms[0], add(f.forms[1], ONE)), lambda f, n, r: f.forms[0]],
    "ref": [_other, _other, lambda f, n, r: mul(f, f), lambda f, n, r: add(ONE, neg(f))],
    "adjoint": [_other, _other],
    "num": [lambda f, n, r: num(f.number + 1), lambda f, n, r: num(f.number * 2)],
    "cases": [lambda f, n, r: cases(f.forms[-1], *f.forms[1:-1], f.forms[0]), lambda f, n, r: f.forms[0]],
    "fn": [lambda f, n, r: f.forms[0]],
    "hyper": [lambda f, n, r: ONE, lambda f, n, r: neg(f)],
}


def lines(problem: Problem, seed: int, most: int) -> Iterator[tuple[Form, Form]]:
    """`most` lines, half of them with a slip."""
    random = Random(seed)
    base = base_lines(problem)
    names = list(dict.fromkeys(f for _, right in base for f in walk(right) if f.op in ("ref", "adjoint")))
    for k in range(most):
        left, right = random.choice(base)
        if random.random() < 0.5:
            right = substituted(problem, random)(right)
        for change in random.sample([shuffled, distributed, factored, disguised], random.randint(1, 3)):
            if len(list(walk(right))) < 600:
                right = change(right, random)
        if k % 2:
            right = mutated(right, names, random)
        yield (left, right) if random.random() < 0.8 else (right, left)


# ---- networks of all kinds -------------------------------------------------------------------------------------------

OUTPUT = {"distribution": "softmax", "open-interval": "sigmoid", "positive": "softplus"}

NETWORKS: dict[str, Callable[[], Problem]] = {
    **{f: lambda f=f: small_network(f, "half-squared-error") for f in (*ACTIVATIONS, *ALONG)},
    **{e: lambda e=e: small_network(OUTPUT.get(LOSSES[e].outputs, "identity"), e) for e in LOSSES},
    **{case: lambda case=case: problem_of(case) for case in CASES},
}
