"""Functions, norms, branches and limits: trees to Forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.form import ONE, ZERO, Axis, Form, Index, cases, compare, div, fn, num, power, same, within
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array, Indices, scalar
from symbackprop.reader.tokens import Token, spelled
from symbackprop.reader.trees import branches as rows_of
from symbackprop.reader.trees import sides
from symbackprop.tables.activations import ALONG
from symbackprop.verifier import sums
from symbackprop.verifier.meaning import Run
from symbackprop.verifier.scripts import affine

if TYPE_CHECKING:
    from symbackprop.verifier.resolve import Resolver


# --- functions ----------------------------------------------------------------------------------------------------


def call(r: Resolver, tree: Tree) -> Array:
    name, sub, sup, arguments, _ = tree.args
    assert isinstance(name, str) and isinstance(sub, tuple) and isinstance(sup, tuple) and isinstance(arguments, tuple)
    primes = sum(t.text == "'" for t in sup)
    rest = tuple(t for t in sup if t.text != "'")
    if primes > 1:
        raise r.fault(tree, "second derivatives are not read: write first ones, ∂E/∂w")
    below = spelled(sub)
    if name in ("log", "ln", "lg") and below:
        if below not in ("10", "e"):
            raise r.fault(tree, "a logarithm is read to the base e or 10: write ln x / ln 2")
        name, sub = ("log10" if below == "10" else "log"), ()
    row = r.glossary.functions.get(name)
    if name == "sigma":
        row = r.glossary.sigma
    if row in ("max", "min"):
        return r.raised(largest(r, row, arguments, tree), rest, tree)
    if row in ALONG:
        return r.raised(softmax(r, row, arguments, sub, primes, tree), rest, tree)
    if len(arguments) != 1 or sub:
        raise r.fault(tree, f"{name} is of one number: {name}(z)")
    x = r.value(arguments[0])
    if row is None:
        row = activation(r, name, x, tree)
    if rest and spelled(rest).startswith("-"):
        raise r.fault(tree, f"{name}^-1 can be read in two ways: write 1/{name}(…) or its inverse by name")
    marked = row + "'" * primes
    value = r.each(lambda f: f if marked == "identity" else fn(marked, f), x, tree=tree)
    return r.raised(value, rest, tree)


def activation(r: Resolver, name: str, x: Array, tree: Tree) -> str:
    """f(z): the activation of the quantity that it is applied to."""
    entry = x.entry((Index(),) * len(x.shape))
    row = r.glossary.activations.get(entry.name) if entry.op == "ref" else None
    every = set(r.glossary.activations.values())
    row = row or (every.pop() if len(every) == 1 else None)
    if row is None or row in ALONG or row == "own":
        raise r.fault(tree, f"which function is {name} here? write its name, such as sigmoid")
    return row


def largest(r: Resolver, name: str, arguments: tuple[Tree, ...], tree: Tree) -> Array:
    """max(0, z) as z where z > 0, else 0"""
    if len(arguments) != 2:
        raise r.fault(tree, f"{name} is read of two numbers")
    x, y = map(r.value, arguments)
    if not x.shape and x.entry(()).op == "num":
        x, y = y, x
    rel = ">" if name == "max" else "<"
    return r.each(lambda a, b: cases(a, compare(a, rel, b), b), x, y, tree=tree)


def softmax(
    r: Resolver, row: str, arguments: tuple[Tree, ...], sub: tuple[Token, ...], primes: int, tree: Tree
) -> Array:
    """softmax(z)_i, or of one entry among all: softmax(z_i; (z_k))"""
    if primes:
        raise r.fault(tree, f"{row} has no slope of one variable: write ∂p_i/∂z_j")
    if len(arguments) == 2 and arguments[1].kind == "total":
        variables, _, _, _, body = arguments[1].args
        assert isinstance(variables, tuple) and isinstance(body, Tree)
        (v,) = variables
        outer = r.letters.pop(v, None)
        one, every = r.form(arguments[0]), r.form(body)
        run = r.letters.pop(v, None)
        if run is None:
            raise r.fault(tree, f"nothing depends on {v}")
        if outer:
            r.letters[v] = outer
        axis = Axis(v, run.size, run.kind)
        return scalar(ALONG[row].value(one, lambda g: sums.total_of(r, g(every), axis, tree)))
    x = r.value(arguments[0])
    if len(arguments) != 1 or not x.shape:
        raise r.fault(tree, f"{row} is of an array: {row}(z)")
    axis = r.axis(x.shape[-1])
    at_axis = Index(0, ((1, axis.var),))

    def entry(at: Indices) -> Form:
        every = x.entry((*at[:-1], at_axis))
        return ALONG[row].value(x.entry(at), lambda g: sums.total_of(r, g(every), axis, tree))

    value = Array(x.shape, entry)
    if not sub:
        return value
    i = affine(spelled(sub))
    if i is None:
        raise r.fault(tree, "below a function of an array stands an index: softmax(z)_i")
    for v in i.variables:
        if v not in r.letters:
            r.register(v, Run(x.shape[-1], f"size {x.shape[-1]}"), tree)
    return scalar(entry((i,)))


def root(r: Resolver, tree: Tree) -> Array:
    x = r.value(tree.tree(0))
    if tree.args[1] is None:
        return r.each(lambda f: fn("sqrt", f), x, tree=tree)
    n = r.form(tree.tree(1))
    return r.each(lambda f: power(f, div(ONE, n)), x, tree=tree)


def absolute(r: Resolver, tree: Tree) -> Array:
    x = r.value(tree.tree(0))
    return norm(r, tree) if x.shape and x.shape != (1,) else r.each(lambda f: fn("abs", f), x, tree=tree)


def norm(r: Resolver, tree: Tree) -> Array:
    """‖x‖ = √Σx², which of one number is |x|"""
    x = r.value(tree.tree(0))
    if not x.shape:
        return scalar(fn("abs", x.entry(())))
    return scalar(fn("sqrt", squares(r, tree).entry(())))


def squares(r: Resolver, tree: Tree) -> Array:
    """‖x‖² = Σ x²"""
    x = r.value(tree.tree(0))
    axes = [r.axis(n) for n in x.shape]
    form = power(x.entry(tuple(Index(0, ((1, a.var),)) for a in axes)), num(2))
    for axis in reversed(axes):
        form = sums.total_of(r, form, axis, tree)
    return scalar(form)


# --- branches -----------------------------------------------------------------------------------------------------


def condition(r: Resolver, tree: Tree) -> Form:
    members = [(r, t) for r, t, _ in sides(tree)]
    if len(members) != 2 or not isinstance(members[1][1], Tree):
        raise r.fault(tree, "a condition compares two numbers: z > 0")
    (_, x), (rel, y) = members
    for side, other in ((x, y), (y, x)):
        letter = index_text(side)
        if letter in r.letters and index_text(other) is None:
            raise r.fault(side, f"{letter} is an index here and no number: write the target with {letter} below it")
    return compare(r.form(x), "==" if rel == "=" else rel, r.form(y))


def indicator(r: Resolver, tree: Tree) -> Array:
    """1[z > 0] as 1 where z > 0, else 0"""
    found = guard(r, tree.tree(0))
    return scalar(found if found is not None else cases(ONE, condition(r, tree.tree(0)), ZERO))


def guard(r: Resolver, tree: Tree) -> Form | None:
    """1[1 ≤ i ≤ n], of an index; 1[i = j]"""
    members = [t for _, t, _ in sides(tree)]
    rels = [r for r, _, _ in sides(tree)[1:]]
    texts = [index_text(t) for t in members]
    if None in texts:
        return None
    places = [affine(str(t)) for t in texts]
    if rels == ["<=", "<="] and texts[0] == "1" and places[1] is not None:
        return within(places[1], int(str(texts[2])) if str(texts[2]).isdigit() else str(texts[2]))
    if rels in (["="], ["=="]) and places[0] is not None and places[1] is not None:
        return same(places[0], places[1])
    return None


def branches(r: Resolver, tree: Tree) -> Array:
    rows: list[Form] = []
    pairs = rows_of(tree)
    for k, (value, when) in enumerate(pairs):
        last = k == len(pairs) - 1
        if when is None and not last:
            raise r.fault(tree, "otherwise is the last branch")
        if when is None or (last and rows and rest(r, rows[-1], condition(r, when))):
            rows.append(r.form(value))
        elif last:
            raise r.fault(tree, "the last branch leaves something out: write otherwise")
        else:
            rows += [r.form(value), condition(r, when)]
    return scalar(cases(*rows))


def rest(r: Resolver, one: Form, other: Form) -> bool:
    """Whether two conditions leave nothing between them (but for the border, where both values are meant)."""
    (x, y), (u, v) = one.forms, other.forms
    opposite = {
        ">": ("<=", "<"),
        "<": (">=", ">"),
        ">=": ("<", "<="),
        "<=": (">", ">="),
        "==": ("!=",),
        "!=": ("==",),
    }
    return (x, y) == (u, v) and other.args[1] in opposite[str(one.args[1])]


def index_text(tree: Tree) -> str | None:
    """i, 3, i + 1: what may stand in a guard."""
    if tree.kind == "number" and str(tree.args[0]).isdigit():
        return str(tree.args[0])
    if tree.kind == "symbol" and not any(tree.args[1:]) and len(str(tree.args[0])) == 1:
        return str(tree.args[0])
    return None
