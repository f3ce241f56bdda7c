"""The chain rule, walking down one definition: every occurrence of a quantity, with its factor as a book writes it.

For d[j] = body the walk gives, for each place where a quantity stands, ∂body/∂(that place) as an ordered product.
SymPy cannot print such a product (it sorts, and turns −(t − a) into a − t), so SymPy proves it instead: see proof.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from symbackprop.form import (
    ENTRIES,
    ONE,
    ZERO,
    Axis,
    Form,
    Index,
    cases,
    div,
    fn,
    index,
    mul,
    num,
    power,
    same,
)
from symbackprop.tables.activations import ALONG, ELEMENTARY, ROWS
from symbackprop.vocabulary import Role

HALF = Fraction(1, 2)


class Chain(NamedTuple):
    """const · factor · factor · …: signs and numbers in front, nothing else moved."""

    const: Fraction = Fraction(1)
    factors: tuple[Form, ...] = ()

    def times(self, *more: Form) -> Chain:
        """One factor more, on the right; its sign and number go to the front."""
        const, factors = self.const, list(self.factors)
        for f in more:
            while f.op == "neg":
                const, f = -const, f.forms[0]
            if f.op == "num":
                const *= f.number
            elif f.op == "div" and f.forms[1].op == "num":
                const /= f.forms[1].number
                if f.forms[0].op == "num":
                    const *= f.forms[0].number
                else:
                    factors.append(f.forms[0].be(f.role))
            else:
                factors.append(f)
        return Chain(const, tuple(factors)) if const else Chain(Fraction(0))

    def tidy(self) -> Chain:
        """Equal bases meet at the place of the first: out²·(1/out) is out.  Where none comes twice, nothing moves."""
        flat = [piece for f in self.factors for piece in pieces(f)]
        bases = [base(f)[0] for f in flat]
        if len(set(bases)) == len(bases) and not any(f.op == "num" for f in flat) and not _hyperbolic(bases):
            return self
        const, out = self.const, list[tuple[Form, Fraction, Role | None]]()
        for f in flat:
            while f.op == "neg":
                const, f = -const, f.forms[0]
            b, n = base(f)
            if b.op == "num" and n.denominator == 1:
                const *= b.number ** int(n)
                continue
            k = next((k for k, (c, _, _) in enumerate(out) if c == b), None)
            if k is None:
                out.append((b, n, f.role))
            else:
                out[k] = (b, out[k][1] + n, out[k][2])
        return Chain(const, tuple(raised(b, n, role) for b, n, role in _tangents(out) if n))

    @property
    def form(self) -> Form:
        """The product as one Form, with what is divided by below one line."""
        up, down = list[Form](), list[Form]()
        for f in self.factors:
            if f.op == "div" and f.forms[0] == ONE:
                down.append(f.forms[1])
            else:
                up.append(f)
        k = abs(self.const)
        if k != 1 and not down:
            up.insert(0, num(k))
        elif k.numerator != 1 or not up:
            up.insert(0, num(k.numerator))
        if down and k.denominator != 1:
            down.insert(0, num(k.denominator))
        product = mul(*up) if up else ONE
        if down:
            product = div(product, mul(*down))
        return -product if self.const < 0 else product


def base(f: Form) -> tuple[Form, Fraction]:
    """f as base and exponent, the exponent a number."""
    if f.op == "pow" and f.forms[1].op == "num":
        b, n = base(f.forms[0])
        return b, n * f.forms[1].number
    if f.op == "fn" and f.name == "sqrt":
        b, n = base(f.forms[0])
        return b, n * HALF
    if f.op == "div" and f.forms[0] == ONE:
        b, n = base(f.forms[1])
        return b, -n
    return f, Fraction(1)


Powers = list[tuple[Form, Fraction, Role | None]]


def _hyperbolic(bases: list[Form]) -> bool:
    return {"sinh", "cosh"} <= {b.name for b in bases if b.op == "fn"}


def _tangents(powers: Powers) -> Powers:
    """sinh x / cosh x is tanh x, at the place of the first of the two."""
    for k, (b, n, role) in enumerate(powers):
        for m, (c, other, _) in enumerate(powers):
            if {b.op, c.op} == {"fn"} and (b.name, c.name) == ("sinh", "cosh") and b.forms == c.forms and n == -other:
                out = [p for i, p in enumerate(powers) if i not in (k, m)]
                out.insert(min(k, m), (fn("tanh", b.forms[0]), n, role))
                return _tangents(out)
    return powers


def raised(b: Form, n: Fraction, role: Role | None) -> Form:
    if n < 0:
        return div(ONE, raised(b, -n, None), role)
    return (b if n == 1 else fn("sqrt", b) if n == HALF else power(b, num(n))).be(role)


def pieces(f: Form) -> Iterator[Form]:
    """A factor taken apart into the factors of its products and quotients, each with the role of the whole."""
    if f.op == "mul":
        for x in f.forms:
            yield from pieces(x.be(x.role or f.role))
    elif f.op == "div":
        yield from pieces(f.forms[0].be(f.role))
        for x in pieces(f.forms[1]):
            yield div(ONE, x, f.role)
    else:
        yield f


class Part(NamedTuple):
    """One occurrence: the quantity's place, the sums that it stands in, and its factor."""

    name: str
    at: tuple[Index, ...]
    bound: tuple[Axis, ...]
    chain: Chain


def parts(body: Form, left: Form) -> Iterator[Part]:
    """Every occurrence of a quantity in `body`, where left = body.  Slopes are written in terms of `left`."""
    for part in _parts(body, left, Chain(), ()):
        if part.chain.const:
            yield part._replace(chain=part.chain.tidy())


def _parts(f: Form, out: Form | None, chain: Chain, bound: tuple[Axis, ...]) -> Iterator[Part]:
    rule = f.op
    if rule in ENTRIES:
        yield Part(f.name, f.at, bound, chain)
    elif rule == "neg":
        yield from _parts(f.forms[0], None, chain.times(num(-1)), bound)
    elif rule == "add":
        for x in f.forms:
            yield from _parts(x, None, chain, bound)
    elif rule == "mul":
        for k, x in enumerate(f.forms):
            others = (y for n, y in enumerate(f.forms) if n != k)
            yield from _parts(x, None, chain.times(*others), bound)
    elif rule == "div":
        x, y = f.forms
        yield from _parts(x, None, chain.times(div(ONE, y)), bound)
        if y.op != "num":
            yield from _parts(y, None, chain.times(num(-1), div(x, power(y, num(2)))), bound)
    elif rule == "pow":
        x, exponent = f.forms
        n = exponent.number if exponent.op == "num" else -exponent.forms[0].number
        yield from _parts(x, None, chain.times(num(n), raised(x, n - 1, None) if n != 1 else ONE), bound)
    elif rule == "over":
        yield from _parts(f.forms[0], None, chain, bound + f.axes)
    elif rule == "fn":
        row = ELEMENTARY.get(f.name) or ROWS[f.name]
        slope = row.slope(f.forms[0], out or f).be(Role.SLOPE)
        yield from _parts(f.forms[0], None, chain.times(slope), bound)
    elif rule == "along":
        yield from _along(f, out or f, chain, bound)
    elif rule == "cases":
        for k in range(0, len(f.forms), 2):
            flags = [ZERO if n != k else ONE if n % 2 == 0 else x for n, x in enumerate(f.forms)]
            gate = cases(*(x if n % 2 else flags[n] for n, x in enumerate(f.forms)))
            yield from _parts(f.forms[k], None, chain.times(gate.be(Role.GATE)), bound)


def _along(f: Form, out: Form, chain: Chain, bound: tuple[Axis, ...]) -> Iterator[Part]:
    """p_i = f(z)_i: one occurrence z_v on the axis, with the factor that the row gives for ∂p_i/∂z_v."""
    entry, on_axis = f.forms
    (axis,) = f.axes
    i = next(i for i, k in zip(entry.at, on_axis.at, strict=True) if i != k)
    v = index(axis.var)
    given = {i.variables[0]: v} if i.terms else {}
    other = out.where(given) if given else out
    slope = ALONG[f.name].slope(out, other, same(i, v))
    yield Part(on_axis.name, on_axis.at, (*bound, axis), chain.times(slope.be(Role.SLOPE)))
