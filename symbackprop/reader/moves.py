"""Moves: arrays whose entries are entries of other arrays, at affine indices; pieces stand behind guards."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from symbackprop.form import ZERO, Axis, Form, Index, Size, add, index, mul, over, same, within
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import ORIGIN, Array, Indices, Shape, shape_text

if TYPE_CHECKING:
    from symbackprop.reader.lower import Lowering

LARGEST = 1_000_000  # a bound, a size, an axis


def whole(g: Lowering, tree: Tree) -> int:
    """An integer as it is written: 2, -1."""
    bare = tree.tree(0) if tree.kind == "neg" else tree
    value = bare.args[0]
    if not isinstance(value, Fraction) or value.denominator != 1 or value > LARGEST:
        raise g.fault(tree.column, "an integer stands here: 2 or -1")
    return -int(value) if tree.kind == "neg" else int(value)


def indexed(g: Lowering, x: Array, tree: Tree) -> Array:
    """x[2], x[:, 1], x[1:3], x[-1], x[::-1], x[None]."""
    items = [item for item in tree.args[1:] if isinstance(item, Tree)]
    new = [item.kind == "at" and item.tree(0).kind == "name" and item.tree(0).args[0] == "None" for item in items]
    if len(items) - sum(new) > len(x.shape):
        raise g.unfit(tree.column, f"{len(items)} indices for the shape {shape_text(x.shape)}")
    sizes = list(x.shape)
    shape: list[Size] = []
    maps: list[tuple[int, int]] = []  # of each axis of x: its index is start + step · (the next index of the result)
    fixed: list[bool] = []
    kept: list[bool] = []  # of each axis of the result: whether it is one of x
    for item, fresh in zip(items, new, strict=True):
        if fresh:
            shape.append(1)
            kept.append(False)
            continue
        n = sizes.pop(0)
        if item.kind == "at":
            maps.append((_position(g, item.tree(0), n), 0))
            fixed.append(True)
        else:
            start, step, length = _range(g, item, n)
            maps.append((start, step))
            fixed.append(False)
            shape.append(length)
            kept.append(True)
    rest = len(sizes)
    maps += [(0, 1)] * rest
    fixed += [False] * rest
    shape += sizes
    kept += [True] * rest

    def entry(at: Indices) -> Form:
        left = [i for i, keep in zip(at, kept, strict=True) if keep]
        pairs = zip(maps, fixed, strict=True)
        return x.entry(tuple(Index(start) if f else Index(start).plus(left.pop(0), step) for (start, step), f in pairs))

    return Array(tuple(shape), entry, x.sums)


def _position(g: Lowering, tree: Tree, n: Size) -> int:
    k = whole(g, tree)
    if isinstance(n, str):
        if k:
            raise g.unfit(tree.column, f"the axis has the size {n}, so that only its entry 0 is known to exist")
        return 0
    if not -n <= k < n:
        raise g.unfit(tree.column, f"there is no entry {k}: the axis has {n}, from 0 to {n - 1}")
    return k % n


def _range(g: Lowering, item: Tree, n: Size) -> tuple[int, int, Size]:
    low, high, step = (whole(g, b) if isinstance(b, Tree) else None for b in item.args)
    if (low, high, step) == (None, None, None):
        return 0, 1, n
    if isinstance(n, str):
        raise g.unfit(item.column, f"the axis has the size {n}: a slice needs a number, or is ':'")
    if step == 0:
        raise g.fault(item.column, "a slice's step is not 0")
    steps = range(n)[slice(low, high, step)]
    if not steps:
        raise g.unfit(item.column, f"the slice is empty: the axis has {n}, from 0 to {n - 1}")
    return steps.start, steps.step, len(steps)


def permuted(x: Array, order: tuple[int, ...]) -> Array:
    """Axis k of the result is axis order[k] of x."""
    back = [order.index(k) for k in range(len(order))]
    return Array(tuple(x.shape[k] for k in order), lambda at: x.entry(tuple(at[k] for k in back)), x.sums)


def stacked(pieces: list[Array], axis: int) -> Array:
    """Σ_p δ(j, p) · x_p: the entry of the piece whose number stands on the new axis."""
    one = pieces[0].shape
    shape = (*one[:axis], len(pieces), *one[axis:])

    def entry(at: Indices) -> Form:
        rest = (*at[:axis], *at[axis + 1 :])
        if len(pieces) == 1:
            return pieces[0].entry(rest)
        return _terms([(same(at[axis], Index(p)), x.entry(rest)) for p, x in enumerate(pieces)])

    return Array(shape, entry, len(pieces) > 1)


def joined(pieces: list[Array], axis: int, total: int) -> Array:
    """Σ_p [0 ≤ j − start_p < n_p] · x_p[j − start_p]."""
    one = pieces[0].shape
    shape = (*one[:axis], total, *one[axis + 1 :])

    def entry(at: Indices) -> Form:
        start, terms = 0, []
        for x in pieces:
            n = x.shape[axis]
            assert isinstance(n, int)
            place = at[axis].plus(Index(start), -1)
            guard = same(at[axis], Index(start)) if n == 1 else within(place, n)
            terms.append((guard, x.entry((*at[:axis], ORIGIN if n == 1 else place, *at[axis + 1 :]))))
            start += n
        return terms[0][1] if len(terms) == 1 else _terms(terms)

    return Array(shape, entry, len(pieces) > 1)


def inside(i: Index, n: int) -> tuple[Form, Index]:
    """The guard that there is an entry i among n, and its index behind it."""
    return (same(i, ORIGIN), ORIGIN) if n == 1 else (within(i, n), i)


def padded(g: Lowering, x: Array, widths: list[int], tree: Tree) -> Array:
    """[0 ≤ j − width < n] · x[j − width]: zeros around the entries."""
    if any(w and isinstance(n, str) for n, w in zip(x.shape, widths, strict=True)):
        raise g.unfit(tree.column, "pad needs numbers for the sizes along its axes")

    def entry(at: Indices) -> Form:
        guards, own = [], []
        for i, n, w in zip(at, x.shape, widths, strict=True):
            if w and isinstance(n, int):
                guard, i = inside(i.plus(Index(w), -1), n)
                guards.append(guard)
            own.append(i)
        return mul(*guards, x.entry(tuple(own)))

    shape = tuple(n + 2 * w if isinstance(n, int) else n for n, w in zip(x.shape, widths, strict=True))
    return Array(shape, entry, any(widths))


def _terms(terms: list[tuple[Form, Form]]) -> Form:
    return add(*(mul(guard, x) for guard, x in terms if x != ZERO)) if terms else ZERO


Group = tuple[list[int], list[int]]  # axes of the old shape, axes of the new one, with as many entries


def reshaped(g: Lowering, x: Array, shape: Shape) -> Array:
    """The same entries in order.  Neighbouring axes that are split or flattened have one flat index between them:

    x[…, flat − Σ stride·i, …] summed over the leading axes i that are flattened, behind the guard that it exists.
    """
    groups = _groups(x.shape, shape)
    bound: dict[int, Axis] = {}
    for old, _ in groups:
        bound |= {k: g.axis(x.shape[k]) for k in old[:-1]}

    def entry(at: Indices) -> Form:
        own = [ORIGIN] * len(x.shape)
        guards: list[Form] = []
        for old, new in groups:
            flat = _flat([at[k] for k in new], [shape[k] for k in new])
            if len(old) > 1:
                leading = [index(bound[k].var) for k in old[:-1]]
                for k, i in zip(old, leading, strict=False):
                    own[k] = i
                flat = flat.plus(_flat([*leading, ORIGIN], [x.shape[k] for k in old]), -1)
                guards.append(within(flat, x.shape[old[-1]]))
            own[old[-1]] = flat
        body = x.entry(tuple(own))
        return over(mul(*guards, body), *bound.values()) if bound else body

    return Array(shape, entry, x.sums or bool(bound))


def _flat(at: list[Index], sizes: list[Size]) -> Index:
    out = ORIGIN
    for i, n in zip(at, sizes, strict=True):
        out = i.plus(out, n) if isinstance(n, int) else i
    return out


def _groups(old: Shape, new: Shape) -> list[Group]:
    """Runs of neighbouring axes, as short as can be, that hold as many entries; axes of size 1 belong nowhere."""
    a = [k for k, n in enumerate(old) if n != 1]
    b = [k for k, n in enumerate(new) if n != 1]
    out: list[Group] = []
    while a:
        left, right = [a.pop(0)], [b.pop(0)]
        while (p := _size(old, left)) != (q := _size(new, right)):
            if isinstance(p, int) and isinstance(q, int) and p > q:
                right.append(b.pop(0))
            else:
                left.append(a.pop(0))
        out.append((left, right))
    return out


def _size(shape: Shape, axes: list[int]) -> Size:
    sizes = [shape[k] for k in axes]
    return sizes[0] if len(sizes) == 1 else prod(n for n in sizes if isinstance(n, int))
