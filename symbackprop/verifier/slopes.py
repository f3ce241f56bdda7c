"""Derivatives as people write them: ∂E/∂w, ∂/∂w (…), ∇_W E, Δw, and the limit of a difference quotient."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from symbackprop.form import Form, Index, add, div, mul, neg, num, partial, ref, shown, symbol
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array, Indices, scalar
from symbackprop.reader.tokens import Token, spelled
from symbackprop.reader.trees import factors, trees

if TYPE_CHECKING:
    from symbackprop.verifier.resolve import Resolver


def divided(r: Resolver, tree: Tree) -> Array:
    top, bottom = (t.tree(0) if t.kind == "group" and t.tree(0).kind == "d" else t for t in trees(tree.args))
    if top.kind == "d" and bottom.kind == "d" and top.args and bottom.args:
        return derivative(r, r.value(top.tree(0)), bottom.tree(0), tree)
    if "d" in (top.kind, bottom.kind):
        for t in (top, bottom):
            r.value(t if t.kind != "d" else t.tree(0) if t.args else Tree("number", ("1",), t.column))
        raise r.fault(tree, "a derivative is written ∂E/∂w, or ∂/∂w before what it differentiates")
    x, y = r.value(top), quotient_bottom(r, bottom)
    if y.shape and prod(n for n in y.shape if isinstance(n, int)) != 1 and not x.shape:
        raise r.fault(tree, "nothing is divided by an array: write its entries")
    return r.each(div, x, y, tree=tree)


def quotient_bottom(r: Resolver, tree: Tree) -> Array:
    """2h, w, or whatever stands below."""
    if tree.kind == "group":
        return quotient_bottom(r, tree.tree(0))
    if tree.kind == "beside" and len(tree.args) == 2 and all(_step(t) or t.kind == "number" for t in trees(tree.args)):
        return scalar(mul(*(_step(t) or r.form(t) for t in trees(tree.args))))
    if tree.kind == "product" and all(_step(t) or t.kind == "number" for _, t in factors(tree)):
        return scalar(mul(*(_step(t) or r.form(t) for _, t in factors(tree))))
    return scalar(step) if (step := _step(tree)) else r.value(tree)


def derivative(r: Resolver, x: Array, by: Tree, tree: Tree) -> Array:
    y = r.value(by)
    if y.shape:
        bottoms: Callable[[Indices], Form] = y.entry
    else:
        bottoms = lambda at: y.entry(())  # noqa: E731
    sample = bottoms((Index(),) * len(y.shape))
    if sample.op not in ("ref", "updated", "flow"):
        raise r.fault(by, "a derivative is by a quantity of the network; [presentation.names] gives one a name")
    rank = len(x.shape)
    return Array((*x.shape, *y.shape), lambda at: slope(r, x.entry(at[:rank]), bottoms(at[rank:])))


def slope(r: Resolver, top: Form, bottom: Form) -> Form:
    if top.op == "ref" and top.name == r.glossary.error and bottom.op in ("ref", "flow"):
        return Form("adjoint", bottom.args) if bottom.op == "ref" else bottom
    return partial(top, bottom)


def gradient(r: Resolver, tree: Tree) -> Array:
    """∇_W E"""
    sub = tree.args[0]
    assert isinstance(sub, tuple)
    if not sub:
        raise r.fault(tree, "∇ says below it with respect to what: ∇_W E")
    x = last(r, sub, tree) or r.inner(sub, tree)
    entry = x.entry((Index(),) * len(x.shape))
    if entry.op != "ref":
        raise r.fault(tree, "below ∇ stands an array of the network: ∇_W E")
    return Array(x.shape, lambda at: Form("adjoint", x.entry(at).args))


def last(r: Resolver, sub: tuple[Token, ...], tree: Tree) -> Array | None:
    """∇_a: where a is what every layer gives, it is what the last one gives."""
    base = spelled(sub)
    for sup in (f"{r.glossary.layers}", f"({r.glossary.layers})"):
        meaning = r.glossary.exact.get((base, "", sup))
        if meaning and meaning.form.name in r.glossary.outputs.values():
            return r.array(meaning)
    return None


def alone(r: Resolver, tree: Tree) -> Array:
    """dW without a fraction, as notes beside a program call ∂E/∂W."""
    if tree.args and r.text[tree.column : tree.column + 1] == "d":
        x = r.value(tree.tree(0))
        entry = x.entry((Index(),) * len(x.shape))
        if entry.op == "ref" and entry.name != r.glossary.error:
            return Array(x.shape, lambda at: Form("adjoint", x.entry(at).args))
    raise r.fault(tree, "a differential stands in a fraction, ∂E/∂w")


def change(r: Resolver, tree: Tree) -> Array:
    """Δw = w⁺ − w"""
    x = r.value(tree.tree(0))
    entry = x.entry((Index(),) * len(x.shape))
    if entry.op != "ref":
        raise r.fault(tree, "Δ stands before a parameter: Δw")
    return Array(x.shape, lambda at: add(Form("updated", x.entry(at).args), neg(x.entry(at))))


def error(r: Resolver, tree: Tree) -> bool:
    value = r.value(tree)
    return not value.shape and value.entry(()).args[:1] == (r.glossary.error,) and value.entry(()).op != "adjoint"


def is_error(r: Resolver, tree: Tree) -> None:
    if tree.kind != "symbol" or not error(r, tree):
        raise r.fault(tree, "∇ stands before the error: ∇_W E")


def moved(r: Resolver, of: Tree, at: Tree) -> Array:
    """E(w + h); E(w) is E."""
    if at.kind == "list" or at.tree(0).kind == "symbol":
        return r.value(of)
    return scalar(Form("moved", (r.form(of), stepped(r, at.tree(0)))))


def stepped(r: Resolver, tree: Tree) -> Form:
    """w + h, with the step h, which is nobody's quantity."""
    items = trees(tree.args) if tree.kind == "sum" else [tree]
    return add(*(_step(t) or r.form(t) for t in items))


def limit(r: Resolver, tree: Tree) -> Array:
    """lim (E(w + h) − E(w))/h, which is ∂E/∂w."""
    f = r.form(tree.tree(1))
    h = str(tree.args[0])
    found = difference_quotient(f, symbol(h))
    if found is None:
        raise r.fault(tree, "a limit is read of a difference quotient: (E(w + h) − E(w))/h")
    return scalar(slope(r, *found))


def difference_quotient(f: Form, h: Form | None = None) -> tuple[Form, Form] | None:
    """(E(w + h) − E(w))/h, or with w − h over 2h: what is differentiated, and by what.  Without h, with any step."""
    if f.op != "div" or f.forms[0].op != "add" or len(f.forms[0].forms) != 2:
        return None
    up, down = f.forms[0].forms
    if up.op != "moved" or down.op != "neg" or up.forms[1].op != "add" or len(up.forms[1].forms) != 2:
        return None
    of, (w, step), low = up.forms[0], up.forms[1].forms, down.forms[0]
    if h not in (None, step):
        return None
    forward = low == of and f.forms[1] == step
    central = low == Form("moved", (of, add(w, neg(step)))) and f.forms[1] in twice(step)
    return (of, w) if forward or central else None


def twice(step: Form) -> tuple[Form, ...]:
    """2h, or as the number that it is."""
    if step.op != "shown":
        return (mul(num(2), step),)
    return mul(num(2), step), shown(format(2 * Decimal(str(step.args[0])), "f"))


def approximated(f: Form, error: str) -> Form | None:
    """∂E/∂w, where a difference quotient of the error stands for it: what ≈ says."""
    found = difference_quotient(f)
    if found is None or found[1].op != "ref" or found[0] != ref(error):
        return None
    return Form("adjoint", found[1].args)


def _step(tree: Tree) -> Form | None:
    """The step of a difference quotient: h or −h."""
    if tree.kind == "neg" and (inner := _step(tree.tree(0))):
        return neg(inner)
    if tree.kind == "symbol" and tree.args[0] == "h" and not any(tree.args[1:]):
        return symbol("h")
    return None
