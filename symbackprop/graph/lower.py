"""Trees of the array notation to indexed Forms, with NumPy's shapes and broadcasting.

An `Array` is a shape and a function from indices to the Form of that entry.  A sum inside a product, a function, a
power or a denominator gets a definition of its own, so that in a definition every sum is an outermost one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symbackprop.errors import ShapeError
from symbackprop.form import (
    Axis,
    Form,
    Index,
    Size,
    add,
    along,
    div,
    fn,
    index,
    mul,
    neg,
    num,
    over,
    power,
    ref,
    walk,
)
from symbackprop.form import size as size_form
from symbackprop.reader.array import Statement, Tree, fault
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY

Indices = tuple[Index, ...]


class Array(NamedTuple):
    shape: tuple[Size, ...]
    entry: Callable[[Indices], Form]
    sums: bool = False  # whether an entry holds a sum


class Made(NamedTuple):
    name: str
    at: Indices
    axes: tuple[Axis, ...]
    body: Form


@dataclass
class Lowering:
    """The state of one program: shapes known so far, definitions made so far."""

    shapes: dict[str, tuple[Size, ...]]
    sample: Axis | None
    leading: frozenset[str]

    def __post_init__(self) -> None:
        self.made: list[Made] = []
        self.batched = set(self.leading)
        self.count = 0
        self.text = self.stem = ""

    # ---- definitions -------------------------------------------------------------------------------------------

    def define(self, line: Statement) -> None:
        self.text, self.stem = line.text, line.name
        if line.name in self.shapes:
            raise fault(line.text, 0, f"{line.name} is defined twice")
        self.add(line.name, self.lower(line.body))

    def add(self, name: str, array: Array) -> Array:
        at = tuple(Index() if n == 1 else index(self.variable("j")) for n in array.shape)
        axes = tuple(Axis(i.variables[0], n) for i, n in zip(at, array.shape, strict=True) if n != 1)
        body = array.entry(at)
        if self.sample and any(f.op == "ref" and f.name in self.batched for f in walk(body)):
            self.batched.add(name)
            at, axes = (index(self.sample.var), *at), (self.sample, *axes)
        self.shapes[name] = array.shape
        self.made.append(Made(name, at, axes, body))
        return self.named(name)

    def reduce(self, name: str, *, mean: bool) -> None:
        """Turn the error of a sample, just defined, into that of all samples."""
        assert self.sample
        last = self.made.pop()
        total = _merged(over(last.body, self.sample))
        if mean:
            total = mul(div(num(1), size_form(self.sample.size)), total)
        self.batched.discard(name)
        self.made.append(Made(name, last.at[1:], last.axes[1:], total))

    def named(self, name: str) -> Array:
        first = (index(self.sample.var),) if self.sample and name in self.batched else ()
        return Array(self.shapes[name], lambda at: ref(name, *first, *at))

    def alone(self, array: Array) -> Array:
        """The array, under a name of its own where its entries hold a sum."""
        if not array.sums:
            return array
        self.count += 1
        return self.add(f"{self.stem}.{self.count}", array)  # a dot: no name of a user's can have one

    def variable(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # ---- expressions -------------------------------------------------------------------------------------------

    def lower(self, tree: Tree) -> Array:
        rule = RULES.get(tree.kind)
        if rule is None:
            raise fault(self.text, tree.column, "this is not built into the array notation")
        return rule(self, tree)

    def number(self, tree: Tree) -> Array:
        value = tree.args[0]
        assert isinstance(value, Fraction)
        return Array((), lambda at: num(value))

    def known(self, tree: Tree) -> Array:
        name = tree.args[0]
        assert isinstance(name, str)
        if name not in self.shapes:
            raise fault(self.text, tree.column, f"{name} is used before it is defined")
        return self.named(name)

    def negative(self, tree: Tree) -> Array:
        x = self.lower(tree.tree(0))
        return Array(x.shape, lambda at: neg(x.entry(at)), x.sums)

    def transposed(self, tree: Tree) -> Array:
        x = self.lower(tree.tree(0))
        return Array(x.shape[::-1], lambda at: x.entry(at[::-1]), x.sums)

    def binary(self, tree: Tree) -> Array:
        operator = tree.args[0]
        x, y = self.lower(tree.tree(1)), self.lower(tree.tree(2))
        if operator == "@":
            return self.matmul(self.alone(x), self.alone(y), tree)
        if operator == "/" and tree.tree(2).kind == "number" and tree.tree(1).kind != "number":
            by = tree.tree(2).args[0]
            assert isinstance(by, Fraction)
            if by == 0:
                raise fault(self.text, tree.column, "division by zero")
            return Array(x.shape, lambda at: mul(num(1 / by), x.entry(at)), x.sums)
        if operator in ("*", "/", "**"):
            number = tree.tree(1).kind == "number"
            x = self.alone(x)
            y = y if operator == "*" and number else self.alone(y)
        combine = OPERATORS.get(str(operator))
        if combine is None:
            raise fault(self.text, tree.column, f"{operator} has its place inside where(…) only")
        return self.broadcast(combine, x, y, tree)

    def broadcast(self, combine: Callable[[Form, Form], Form], x: Array, y: Array, tree: Tree) -> Array:
        """NumPy's rule: shapes are aligned at their ends; an axis of size 1 stands for any size."""
        rank = max(len(x.shape), len(y.shape))
        wide = [(1,) * (rank - len(a.shape)) + a.shape for a in (x, y)]
        for m, n in zip(*wide, strict=True):
            if m != n and 1 not in (m, n):
                raise self.misfit(tree, x, y)
        shape = tuple(n if m == 1 else m for m, n in zip(*wide, strict=True))

        def entry(a: Array, at: Indices) -> Form:
            own = at[rank - len(a.shape) :]
            return a.entry(tuple(Index() if n == 1 else i for i, n in zip(own, a.shape, strict=True)))

        return Array(shape, lambda at: combine(entry(x, at), entry(y, at)), x.sums or y.sums)

    def matmul(self, x: Array, y: Array, tree: Tree) -> Array:
        """Σ_i x[…,i]·y[i] or Σ_i x[…,i]·y[i,…], for vectors and matrices."""
        if not (1 <= len(x.shape) <= 2 and 1 <= len(y.shape) <= 2) or x.shape[-1] != y.shape[0]:
            raise self.misfit(tree, x, y)
        rows = len(x.shape) - 1
        shape = x.shape[:-1] + y.shape[1:]
        n = x.shape[-1]
        if n == 1:
            return Array(shape, lambda at: mul(x.entry((*at[:rows], Index())), y.entry((Index(), *at[rows:]))))
        axis = Axis(self.variable("i"), n)
        i = index(axis.var)
        return Array(shape, lambda at: over(mul(x.entry((*at[:rows], i)), y.entry((i, *at[rows:]))), axis), True)

    def misfit(self, tree: Tree, x: Array, y: Array) -> ShapeError:
        return ShapeError(
            str(fault(self.text, tree.column, f"shapes {_shape(x)} and {_shape(y)} do not fit in {tree.args[0]!r}"))
        )

    def call(self, tree: Tree) -> Array:
        name, arguments, keywords = tree.args
        assert isinstance(name, str) and isinstance(arguments, tuple) and isinstance(keywords, tuple)
        name = name.replace("_", "-")  # leaky_relu in a program is the row leaky-relu
        if len(arguments) != 1 or keywords:
            raise fault(self.text, tree.column, f"{name} takes one argument")
        if name in ACTIVATIONS or name in ELEMENTARY:
            x = self.alone(self.lower(arguments[0]))
            return Array(x.shape, x.entry if name == "identity" else lambda at: fn(name, x.entry(at)))
        if name in ALONG:
            return self.along(name, self.alone(self.lower(arguments[0])), tree)
        if name in ("sum", "mean"):
            return self.total(self.alone(self.lower(arguments[0])), mean=name == "mean")
        raise fault(self.text, tree.column, f"no function is called {name}")

    def along(self, name: str, x: Array, tree: Tree) -> Array:
        if not x.shape or x.shape[-1] == 1:
            raise ShapeError(str(fault(self.text, tree.column, f"{name} needs an axis with more than one entry")))
        if x.entry(tuple(map(index, "abcdef"[: len(x.shape)]))).op != "ref":
            self.count += 1
            x = self.add(f"{self.stem}.{self.count}", x)
        axis = Axis(self.variable("i"), x.shape[-1])
        return Array(x.shape, lambda at: along(name, x.entry(at), x.entry((*at[:-1], index(axis.var))), axis), True)

    def total(self, x: Array, *, mean: bool) -> Array:
        axes = {k: Axis(self.variable("i"), n) for k, n in enumerate(x.shape) if n != 1}
        if not axes:
            return Array((), lambda at: x.entry((Index(),) * len(x.shape)))
        at_all = tuple(index(axes[k].var) if k in axes else Index() for k in range(len(x.shape)))

        def entry(at: Indices) -> Form:
            total = over(x.entry(at_all), *axes.values())
            return mul(div(num(1), mul(*(size_form(a.size) for a in axes.values()))), total) if mean else total

        return Array((), entry, True)


RULES: dict[str, Callable[[Lowering, Tree], Array]] = {
    "number": Lowering.number,
    "name": Lowering.known,
    "neg": Lowering.negative,
    "transpose": Lowering.transposed,
    "binary": Lowering.binary,
    "call": Lowering.call,
}

OPERATORS: dict[str, Callable[[Form, Form], Form]] = {
    "+": add,
    "-": lambda x, y: add(x, neg(y)),
    "*": lambda x, y: neg(mul(x.forms[0], y)) if x.op == "neg" else mul(x, y),  # -t·ln a is −(t·ln a), as a book has it
    "/": div,
    "**": power,
}


def _shape(array: Array) -> str:
    return "×".join(map(str, array.shape)) or "one number"


def _merged(total: Form) -> Form:
    """Σ_n Σ_k x as one sum over n and k, also behind a constant factor: the way that a book writes it."""
    if total.op == "over" and total.forms[0].op == "over":
        return over(total.forms[0].forms[0], *total.axes, *total.forms[0].axes)
    return total
