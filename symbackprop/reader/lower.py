"""Trees of the array notation to indexed Forms, with NumPy's shapes and broadcasting.

A sum inside a product, a function, a power or a denominator gets a definition of its own, so that in a definition
every sum is an outermost one.  What is called by name stands in functions.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import NamedTuple

from symbackprop.errors import ReadError, ShapeError
from symbackprop.form import (
    ENTRIES,
    Axis,
    Form,
    Index,
    add,
    div,
    fn,
    free,
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
from symbackprop.reader.arrays import ORIGIN, Array, Indices, Shape, broadcast_shape, shape_text, spread
from symbackprop.reader.functions import FUNCTIONS
from symbackprop.reader.moves import indexed
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY

CONSTANTS = {"True": Fraction(1), "False": Fraction(0)}


class Made(NamedTuple):
    name: str
    at: Indices
    axes: tuple[Axis, ...]
    body: Form


@dataclass
class Lowering:
    """The state of one program: shapes known so far, definitions made so far."""

    shapes: dict[str, Shape]
    sample: Axis | None
    leading: frozenset[str]

    def __post_init__(self) -> None:
        self.made: list[Made] = []
        self.batched = set(self.leading)
        self.count, self.parts = 0, Counter[str]()
        self.text = self.stem = ""

    # ---- definitions -------------------------------------------------------------------------------------------

    def define(self, line: Statement) -> None:
        self.text, self.stem = line.text, line.name
        if line.name in self.shapes:
            raise self.fault(0, f"{line.name} is defined twice")
        self.add(line.name, self.raw(line.body))

    def add(self, name: str, array: Array) -> Array:
        at = tuple(ORIGIN if n == 1 else index(self.variable("j")) for n in array.shape)
        axes = tuple(Axis(i.variables[0], n) for i, n in zip(at, array.shape, strict=True) if n != 1)
        body = array.entry(at)
        if self.sample and self.differs(body):
            self.batched.add(name)
            at, axes = (index(self.sample.var), *at), (self.sample, *axes)
        self.shapes[name] = array.shape
        self.made.append(Made(name, at, axes, body))
        return self.named(name)

    def differs(self, body: Form) -> bool:
        """Whether an entry is one of each sample, and no sum over them."""
        return self.sample is not None and self.sample.var in free(body)

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

    def apart(self, array: Array) -> Array:
        """The array, under a name of its own."""
        self.parts[self.stem] += 1
        return self.add(f"{self.stem}.{self.parts[self.stem]}", array)  # a dot: no name of a user's can have one

    def alone(self, array: Array) -> Array:
        """The array, under a name of its own where its entries hold a sum."""
        return self.apart(array) if array.sums else array

    def stored(self, array: Array) -> Array:
        """The array, under a name of its own unless its entries are entries of a quantity already."""
        return array if array.entry(self.anywhere(array)).op == "ref" else self.apart(array)

    def anywhere(self, array: Array) -> Indices:
        """A place in the array, to look at what an entry is."""
        return tuple(ORIGIN if n == 1 else index(f"any{k}") for k, n in enumerate(array.shape))

    def variable(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def axis(self, n: int | str) -> Axis:
        return Axis(self.variable("i"), n)

    # ---- faults ------------------------------------------------------------------------------------------------

    def fault(self, column: int, message: str) -> ReadError:
        return fault(self.text, column, message)

    def unfit(self, column: int, message: str) -> ShapeError:
        return ShapeError(str(fault(self.text, column, message)))

    def misfit(self, column: int, what: object, *arrays: Array) -> ShapeError:
        *first, last = (shape_text(x.shape) for x in arrays)
        return self.unfit(column, f"shapes {', '.join(first)} and {last} do not fit in {what!r}")

    # ---- expressions -------------------------------------------------------------------------------------------

    def raw(self, tree: Tree) -> Array:
        rule = RULES.get(tree.kind)
        if rule is None:
            raise self.fault(tree.column, MISPLACED.get(tree.kind, "this is not part of the array notation"))
        return rule(self, tree)

    def lower(self, tree: Tree) -> Array:
        """An array that may stand inside another."""
        array = self.raw(tree)
        return self.apart(array) if array.whole else array

    def plain(self, tree: Tree) -> Array:
        """An array that may stand inside a product or a function."""
        return self.alone(self.lower(tree))

    def number(self, tree: Tree) -> Array:
        value = tree.args[0]
        assert isinstance(value, Fraction)
        return Array((), lambda at: num(value))

    def known(self, tree: Tree) -> Array:
        name = tree.args[0]
        assert isinstance(name, str)
        if name in self.shapes:
            return self.named(name)
        if name in CONSTANTS:
            return Array((), lambda at: num(CONSTANTS[name]))
        raise self.fault(tree.column, f"{name} is used before it is defined")

    def negative(self, tree: Tree) -> Array:
        x = self.lower(tree.tree(0))
        return Array(x.shape, lambda at: neg(x.entry(at)), x.sums)

    def transposed(self, tree: Tree) -> Array:
        x = self.lower(tree.tree(0))
        return Array(x.shape[::-1], lambda at: x.entry(at[::-1]), x.sums)

    def indexed(self, tree: Tree) -> Array:
        return indexed(self, self.lower(tree.tree(0)), tree)

    def binary(self, tree: Tree) -> Array:
        operator = str(tree.args[0])
        combine = OPERATORS.get(operator)
        if combine is None and operator != "@":
            raise self.fault(tree.column, f"{operator} has its place inside where(…) only")
        x, y = self.lower(tree.tree(1)), self.lower(tree.tree(2))
        if combine is None:
            return self.matmul(self.alone(x), self.alone(y), tree)
        if operator == "/" and tree.tree(2).kind == "number":
            by = tree.tree(2).args[0]
            assert isinstance(by, Fraction)
            if by == 0:
                raise self.fault(tree.column, "division by zero")
            if tree.tree(1).kind != "number":
                return Array(x.shape, lambda at: mul(num(1 / by), x.entry(at)), x.sums)
        if operator == "/" and x.sums and not y.shape and _bare(scale := y.entry(())):
            return Array(x.shape, lambda at: mul(div(num(1), scale), x.entry(at)), True)  # a number before the sum
        if operator == "**":
            return self.power(self.alone(x), y, tree)
        if operator in ("*", "/"):
            number = tree.tree(1).kind == "number"
            x = self.alone(x)
            y = y if operator == "*" and number else self.alone(y)
        return self.broadcast(combine, tree.column, operator, x, y)

    def broadcast(self, combine: Callable[..., Form], column: int, what: object, *arrays: Array) -> Array:
        shape = broadcast_shape(*(x.shape for x in arrays))
        if shape is None:
            raise self.misfit(column, what, *arrays)
        return Array(shape, lambda at: combine(*(spread(x, at) for x in arrays)), any(x.sums for x in arrays))

    def power(self, x: Array, y: Array, tree: Tree) -> Array:
        exponent = _constant(y.entry(())) if not y.shape else None
        if exponent is None:
            raise self.fault(tree.column, "an exponent is a number; for others write exp(y*log(x))")
        if exponent == 0:
            raise self.fault(tree.column, "a power with exponent 0 is 1")
        x = self.radicand(x) if exponent.denominator != 1 else x
        return Array(x.shape, lambda at: power(x.entry(at), num(exponent)))

    def radicand(self, x: Array) -> Array:
        """What stands below a root, under a name of its own where the root might take it apart: √(b²) is not b."""
        return self.apart(x) if x.entry(self.anywhere(x)).op in ("pow", "mul", "div") else x

    def matmul(self, x: Array, y: Array, tree: Tree) -> Array:
        """Σ_i x[…,j,i]·y[…,i,k]; a vector is a row on the left and a column on the right, as in NumPy."""
        a, b = min(len(x.shape), 2), min(len(y.shape), 2)
        if not a or not b or x.shape[-1] != y.shape[-b]:
            raise self.misfit(tree.column, "@", x, y)
        lead = broadcast_shape(x.shape[:-a], y.shape[:-b])
        if lead is None:
            raise self.misfit(tree.column, "@", x, y)
        rank, n = len(lead), x.shape[-1]
        shape = lead + x.shape[-a:-1] + (y.shape[-1:] if b == 2 else ())

        def entry(at: Indices, i: Index) -> Form:
            left = (*at[:rank], *at[rank : rank + a - 1], i)
            right = (*at[:rank], i, *at[rank + a - 1 :])
            return mul(spread(x, left), spread(y, right))

        if n == 1:
            return Array(shape, lambda at: entry(at, ORIGIN))
        axis = self.axis(n)
        return Array(shape, lambda at: over(entry(at, index(axis.var)), axis), True)

    def call(self, tree: Tree) -> Array:
        name, arguments, keywords = tree.args
        assert isinstance(name, str) and isinstance(arguments, tuple) and isinstance(keywords, tuple)
        row = name.replace("_", "-")  # leaky_relu in a program is the row leaky-relu
        name = row if row in ACTIVATIONS or row in ALONG else name
        if name in ACTIVATIONS or name in ELEMENTARY:
            if len(arguments) != 1 or keywords:
                raise self.fault(tree.column, f"{name} takes one argument")
            x = self.plain(arguments[0])
            x = self.radicand(x) if name == "sqrt" else x
            return Array(x.shape, x.entry if name == "identity" else lambda at: fn(name, x.entry(at)))
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.fault(tree.column, f"no function is called {name}")
        if not function.least <= len(arguments) <= function.most:
            raise self.fault(tree.column, f"{name} is written {function.usage}")
        given: dict[str, Tree] = {}
        for word, value in keywords:
            if word not in function.keywords or word in given:
                twice = "twice" if word in given else "not"
                raise self.fault(value.column, f"{word}= is {twice} an option of {name}: {function.usage}")
            given[word] = value
        return function.rule(self, tree, arguments, given)


RULES: dict[str, Callable[[Lowering, Tree], Array]] = {
    "number": Lowering.number,
    "name": Lowering.known,
    "neg": Lowering.negative,
    "transpose": Lowering.transposed,
    "index": Lowering.indexed,
    "binary": Lowering.binary,
    "call": Lowering.call,
}

MISPLACED = {
    "list": "a list stands in stack([…]), concatenate([…]), reshape and axis= only",
    "text": "a text in quotes is the first argument of einsum only",
}


def terms(x: Form) -> tuple[Form, ...]:
    """A sum goes on: x + y + z is one sum of three."""
    return x.forms if x.op == "add" else (x,)


OPERATORS: dict[str, Callable[[Form, Form], Form]] = {
    "+": lambda x, y: add(*terms(x), y),
    "-": lambda x, y: add(*terms(x), neg(y)),
    "*": lambda x, y: neg(mul(x.forms[0], y)) if x.op == "neg" else mul(x, y),  # -t·ln a is −(t·ln a), as a book has it
    "/": div,
    "**": power,
}


def _constant(f: Form) -> Fraction | None:
    """The number that a form is, where it is one."""
    if f.op == "num":
        return f.number
    parts = [_constant(x) for x in f.forms]
    values = [x for x in parts if x is not None]
    if len(values) < len(parts) or not values:
        return None
    if f.op == "neg":
        return -values[0]
    if f.op == "div" and values[1]:
        return values[0] / values[1]
    if f.op in ("add", "mul"):
        return sum(values) + Fraction(0) if f.op == "add" else prod(values) * Fraction(1)
    return None


def _bare(f: Form) -> bool:
    """Whether a form holds no entry of a quantity: √2, a size."""
    return not any(part.op in ENTRIES for part in walk(f))


def _merged(total: Form) -> Form:
    """Σ_n Σ_k x as one sum over n and k, also behind a constant factor: the way that a book writes it."""
    if total.op == "over" and total.forms[0].op == "over":
        return over(total.forms[0].forms[0], *total.axes, *total.forms[0].axes)
    return total
