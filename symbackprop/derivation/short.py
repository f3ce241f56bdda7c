"""Whether ∂E/∂z of the last layer has a short form: sigmoid with binary cross-entropy gives a − t.

No list of pairs.  The steps are unfolded down to entries, SymPy works out what the product is, and a candidate counts
only when the quotient of the two is proven to be one number.  A sum over the outputs is worked out by its
Kronecker deltas, and by Σ_k t_k = 1 where the targets are shares of 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import sympy
from sympy import Expr

from symbackprop.derivation.steps import Steps
from symbackprop.derivation.symbolic import Scalar, scalars
from symbackprop.derivation.walk import Chain
from symbackprop.form import ENTRIES, Axis, Form, Index, fn, ref, replaced, walk
from symbackprop.graph import Definition


class Short(NamedTuple):
    """∂E/∂z as the product that the chain rule gives, and the same in short."""

    product: Form
    form: Form
    by_sum: bool  # whether it takes that the targets sum to 1


class _NoShortForm(Exception):
    """Branches, or a sum that Kronecker deltas and Σ t = 1 do not take away."""


def short(steps: Steps, targets: tuple[str, ...], shares: tuple[str, ...] = ()) -> Short | None:
    """The short form of the last layer's delta; `shares` are the targets that sum to 1 and are not negative."""
    output = steps.graph.by_name[steps.graph.outputs[-1]]
    (pre,) = {name for name in output.uses if name not in steps.graph.parameters} or {""}
    if not pre or output.activation is None:
        return None
    step = steps.adjoint(pre)
    product = _unfolded(steps, step.form, output)
    at = step.left.at
    work = _Work(output, at, shares)
    try:
        found = work.value(product)
        for candidate in _candidates(steps, output, at, targets):
            quotient = found / work.value(candidate)
            if not _may_be_constant(quotient):
                continue
            ratio = sympy.cancel(sympy.together(quotient.rewrite(sympy.exp)))
            if ratio.is_Rational and ratio != 0:
                number = Fraction(int(ratio.p), int(ratio.q))
                return Short(product, Chain(number, (candidate,)).form, work.summed)
    except _NoShortForm:
        pass
    return None


def _may_be_constant(quotient: Expr) -> bool:
    """Whether it is the same at two points: what differs there need not be worked out."""
    symbols = sorted(quotient.free_symbols, key=str)
    points = [{s: sympy.Rational(3 * k + n, 7 * k + 5) for k, s in enumerate(symbols, 1)} for n in (1, 2)]
    one, other = (sympy.N(quotient.xreplace(point), 30) for point in points)
    return bool(abs(one - other) < 1e-20)


def _candidates(steps: Steps, output: Definition, at: tuple[Index, ...], targets: tuple[str, ...]) -> Iterator[Form]:
    """a − t, σ(a) − t, eᵃ − t, and eˡ − t for a log-softmax l inside the loss."""
    a = ref(output.name, *at)
    inside = [d for d in steps.graph.definitions if d.name in steps.graph.measuring and d.body.op == "along"]
    guesses = [a, fn("sigmoid", a), fn("exp", a)]
    guesses += [fn("exp", ref(d.name, *at)) for d in inside if len(d.at) == len(at)]
    for t in targets:
        yield from (guess - ref(t, *at) for guess in guesses)


def _unfolded(steps: Steps, form: Form, output: Definition) -> Form:
    """The form with its adjoints put in, down to ∂E/∂E = 1."""
    inside = {*steps.graph.measuring, output.name}
    count = 0

    def put(f: Form) -> Form | None:
        nonlocal count
        if f.op not in ("adjoint", "flow") or f.name not in inside:
            return None
        found = next(s for s in steps.steps if s.left.op == f.op and _who(s.left) == _who(f))
        given = {i.variables[0]: j for i, j in zip(found.left.at, f.at, strict=True) if i.terms}
        count += 1
        return replaced(_fresh(found.form, count).where(given), put).be(f.role)

    return replaced(form, put)


def _who(f: Form) -> tuple[object, ...]:
    """The entry without its indices: a quantity, and for a flow what it came through."""
    return tuple(a for a in f.args if not isinstance(a, Index))


def _fresh(form: Form, count: int) -> Form:
    """The form with its bound variables renamed: put in twice, they stay apart."""
    bound = {a.var: f"{a.var}'{count}" for f in walk(form) for a in f.axes}

    def new(x: object) -> object:
        if isinstance(x, Form):
            return Form(x.op, tuple(map(new, x.args)), x.role)
        if isinstance(x, Axis):
            return x._replace(var=bound.get(x.var, x.var))
        if isinstance(x, Index):
            return Index(x.const, tuple((c, bound.get(v, v)) for c, v in x.terms))
        return x

    out = new(form)
    assert isinstance(out, Form)
    return out


class _Work:
    """Forms as SymPy expressions in the entries of one unit, j; of any other in a sum, k."""

    def __init__(self, output: Definition, at: tuple[Index, ...], shares: tuple[str, ...]) -> None:
        self.output, self.shares, self.summed = output, shares, False
        self.unit = {v for i in at for v in i.variables}  # j, and the sample
        self.delta: int | None = None  # what δ_jk is taken to be, inside a sum
        self.value: Scalar = self.valued()

    def valued(self) -> Scalar:
        return scalars(self.entry, self.branches, self.total)

    def branches(self, f: Form, value: Scalar) -> Expr:
        raise _NoShortForm

    def entry(self, f: Form) -> Expr:
        """An output by its definition, where that is a function of z alone; any other entry is a symbol."""
        if f.op == "same":
            if self.delta is None:
                raise _NoShortForm
            return sympy.Integer(self.delta)
        if f.op not in ENTRIES:
            raise _NoShortForm
        body = self.output.body
        if f.name == self.output.name and body.op != "along":
            given = {i.variables[0]: j for i, j in zip(self.output.at, f.at, strict=True) if i.terms}
            return self.valued()(body.where(given))
        own = all(v in self.unit for i in f.at for v in i.variables)
        return sympy.Symbol(f"{f.name} {'j' if own else 'k'}", real=True)

    def total(self, f: Form) -> Expr:
        """Σ_k (δ_jk g + h): g at j, and h where it is c · t_k with Σ t_k = 1."""
        if self.delta is not None or len(f.axes) > 1:
            raise _NoShortForm
        values = []
        for self.delta in (0, 1):
            values.append(self.valued()(f.forms[0]))
        self.delta = None
        rest, whole = values
        others = {s: sympy.Symbol(s.name[:-1] + "j", real=True) for s in whole.free_symbols if s.name.endswith(" k")}
        at_unit = (whole - rest).xreplace(others)
        if sympy.cancel(rest) == 0:
            return at_unit
        for name in self.shares:
            share = sympy.Symbol(f"{name} k", real=True)
            each = sympy.cancel(sympy.together(rest / share))
            if not any(s.name.endswith(" k") for s in each.free_symbols):
                self.summed = True
                return at_unit + each
        raise _NoShortForm
