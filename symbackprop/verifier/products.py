"""Products: numbers, entry by entry, rows times columns; and what stands side by side and is no product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.form import ONE, Form, Index, mul, num, shown
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array, Indices, scalar, shape_text, transposed
from symbackprop.reader.tokens import Token
from symbackprop.reader.trees import factors, trees
from symbackprop.verifier import slopes, sums

if TYPE_CHECKING:
    from symbackprop.verifier.resolve import Resolver


def product(r: Resolver, tree: Tree) -> Array:
    pairs = [(o, r.value(t)) for o, t in factors(tree)]
    return multiplied(r, pairs, tree)


def multiplied(r: Resolver, pairs: list[tuple[str, Array]], tree: Tree) -> Array:
    if not any(x.shape for _, x in pairs):
        return scalar(mul(*_powers_of_ten([x.entry(()) for _, x in pairs])))
    out = pairs[0][1]
    for operator, x in pairs[1:]:
        plain = operator in ("⊙", "*") or not out.shape or not x.shape
        out = r.each(_times, out, x, tree=tree) if plain else matmul(r, out, x, operator, tree)
    return out


def matmul(r: Resolver, x: Array, y: Array, operator: str, tree: Tree) -> Array:
    """Rows times columns; a vector is a column.  Two vectors with a dot have their inner product."""
    if operator == "·" and len(x.shape) == len(y.shape) == 1 and x.shape == y.shape:
        x = transposed(x)
    if x.shape in ((1,), (1, 1)) or y.shape in ((1,), (1, 1)):
        a, b = (x.shape + (1,))[:2], (y.shape + (1,))[:2]
        if a[1] != b[0]:
            return r.each(_times, _bare(x), _bare(y), tree=tree)
    if len(x.shape) > 2 or len(y.shape) > 2 or (x.shape + (1,))[1] != y.shape[0]:
        raise r.fault(tree, f"these do not multiply: {shape_text(x.shape)} and {shape_text(y.shape)}")
    n = y.shape[0]
    shape = (x.shape[0],) + (y.shape[1:] if len(y.shape) == 2 else ())

    def entry(at: Indices, k: Index) -> Form:
        left = x.entry((at[0], k)) if len(x.shape) == 2 else x.entry((at[0],))
        right = y.entry((k, *at[1:]))
        return _times(left, right)

    if n == 1:
        return Array(shape, lambda at: entry(at, Index()))
    axis = r.axis(n)
    return Array(shape, lambda at: sums.total_of(r, entry(at, Index(0, ((1, axis.var),))), axis, tree))


def beside(r: Resolver, tree: Tree) -> Array:
    """Factors side by side; E(w + h), ∇ E and ∂/∂w (…) are no products."""
    parts = trees(tree.args)
    pairs: list[tuple[str, Array]] = []
    k = 0
    while k < len(parts):
        f, rest = parts[k], parts[k + 1 :]
        if _operator(f):
            if not rest:
                raise r.fault(f, "what is differentiated here?")
            body = rest[0] if len(rest) == 1 else Tree("beside", tuple(rest), rest[0].column)
            pairs.append(("", slopes.derivative(r, r.value(body), f.tree(1).tree(0), f)))
            break
        if f.kind == "symbol" and rest and (mark := update_mark(rest[0])):
            base, accent, sub, sup = f.args
            assert isinstance(sup, tuple)
            marked = Tree("symbol", (base, accent, sub, (*sup, Token("name", mark, f.column))), f.column)
            pairs.append(("", r.symbol(marked)))
            k += 2
            continue
        if f.kind == "nabla" and rest:
            slopes.is_error(r, rest[0])
            k += 1
        elif f.kind == "symbol" and rest and rest[0].kind in ("group", "list") and slopes.error(r, f):
            pairs.append(("", slopes.moved(r, f, rest[0])))
            k += 2
            continue
        if not (f.kind == "number" and f.args[0] == "1" and rest and rest[0].kind == "indicator"):
            pairs.append(("", r.value(f)))
        k += 1
    return multiplied(r, pairs, tree) if len(pairs) > 1 else pairs[0][1]


def update_mark(tree: Tree) -> str:
    """w(t+1), w(baru): what says that the update is over, or still to come."""
    if tree.kind != "group":
        return ""
    inner = tree.tree(0)
    parts = trees(inner.args) if inner.kind == "sum" else [inner]
    text = "+".join(str(t.args[0]) for t in parts if t.kind in ("symbol", "number") and not any(t.args[1:]))
    return text if text in ("t+1", "t", "new", "baru", "old", "lama") else ""


def _operator(tree: Tree) -> bool:
    """∂/∂w, before what it differentiates"""
    return (
        tree.kind == "div"
        and tree.tree(0).kind == "d"
        and not tree.tree(0).args
        and tree.tree(1).kind == "d"
        and bool(tree.tree(1).args)
    )


def _bare(x: Array) -> Array:
    """An array of one entry as that number."""
    return scalar(x.entry((Index(),) * len(x.shape))) if x.shape in ((1,), (1, 1)) else x


def _times(x: Form, y: Form) -> Form:
    """A product that goes on; ones leave no trace."""
    if x == ONE or y == ONE:
        return y if x == ONE else x
    return mul(*(x.forms if x.op == "mul" else (x,)), y)


def _powers_of_ten(factors: list[Form]) -> list[Form]:
    """3.5 · 10⁻⁵ is one printed number."""
    out: list[Form] = []
    for f in factors:
        exponent = _ten(f)
        if exponent is not None and out and out[-1].op == "shown" and "e" not in str(out[-1].args[0]):
            out[-1] = shown(f"{out[-1].args[0]}e{exponent}")
        else:
            out.append(f)
    return out


def _ten(f: Form) -> int | None:
    if f.op != "pow" or f.forms[0] != num(10):
        return None
    n = f.forms[1]
    minus, n = n.op == "neg", n.forms[0] if n.op == "neg" else n
    return (-1 if minus else 1) * int(n.number) if n.op == "num" and n.number.denominator == 1 else None
