"""What the array notation calls by name, besides activations and elementary functions: one literal table.

Ties: maximum, minimum, max and min take the first of equal entries, and its slope is 1; abs has slope 0 at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from symbackprop.form import Axis, Form, Index, Size, along, cases, compare, div, fn, index, mul, num, over
from symbackprop.form import size as size_form
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import ORIGIN, Array, Indices, broadcast_shape, shape_text
from symbackprop.reader.moves import inside, joined, padded, permuted, reshaped, stacked, whole
from symbackprop.tables.activations import ALONG

if TYPE_CHECKING:
    from symbackprop.reader.lower import Lowering

Trees = tuple[Tree, ...]
Given = Mapping[str, Tree]
MOST_COMPARED = 64  # entries on the axes of a max or min: each has a definition of its own


class Function(NamedTuple):
    usage: str
    rule: Callable[[Lowering, Tree, Trees, Given], Array]
    least: int = 1
    most: int = 1
    keywords: tuple[str, ...] = ()


# ---- options -------------------------------------------------------------------------------------------------------


def _one_axis(g: Lowering, tree: Tree, rank: int) -> int:
    k = whole(g, tree)
    if not -rank <= k < rank:
        raise g.unfit(tree.column, f"there is no axis {k}: the array has {rank}")
    return k % rank


def _axes(g: Lowering, given: Given, rank: int) -> tuple[int, ...]:
    """axis=1 or axis=(0, 1); all of them where it does not say."""
    tree = given.get("axis")
    if tree is None:
        return tuple(range(rank))
    trees = [t for t in tree.args if isinstance(t, Tree)] if tree.kind == "list" else [tree]
    axes = tuple(_one_axis(g, t, rank) for t in trees)
    if len(set(axes)) < len(axes):
        raise g.unfit(tree.column, "an axis is named twice")
    return tuple(sorted(axes))


def _kept(g: Lowering, given: Given) -> bool:
    tree = given.get("keepdims")
    if tree is None:
        return False
    if tree.kind == "name" and tree.args[0] in ("True", "False"):
        return tree.args[0] == "True"
    if tree.kind == "number" and tree.args[0] in (0, 1):
        return tree.args[0] == 1
    raise g.fault(tree.column, "keepdims= is True or False")


# ---- reductions ----------------------------------------------------------------------------------------------------


def _reduced(x: Array, axes: tuple[int, ...], keep: bool, inner: Mapping[int, Index], at: Indices) -> Indices:
    """The place in x, of a place in the result and indices on the axes that are gone."""
    left = list(at)
    full = []
    for k in range(len(x.shape)):
        if k in axes:
            full.append(inner.get(k, ORIGIN))
            if keep:
                left.pop(0)
        else:
            full.append(left.pop(0))
    return tuple(full)


def _left(x: Array, axes: tuple[int, ...], keep: bool) -> tuple[Size, ...]:
    return tuple(1 if k in axes else n for k, n in enumerate(x.shape) if keep or k not in axes)


def _total(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    x = g.plain(arguments[0])
    axes, keep = _axes(g, given, len(x.shape)), _kept(g, given)
    bound = {k: g.axis(x.shape[k]) for k in axes if x.shape[k] != 1}
    inner = {k: index(a.var) for k, a in bound.items()}
    mean = tree.args[0] == "mean"

    def entry(at: Indices) -> Form:
        total = over(x.entry(_reduced(x, axes, keep, inner, at)), *bound.values())
        return mul(div(num(1), mul(*(size_form(a.size) for a in bound.values()))), total) if mean and bound else total

    return Array(_left(x, axes, keep), entry, bool(bound))


def _batch_mean(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """(1/N) Σ_n x[n] over the samples n, with axis= over those axes of each sample too: the same for all samples."""
    name = str(tree.args[0])
    if g.sample is None:
        raise g.unfit(tree.column, f"{name} is a mean over samples, and there is one sample only; give two or more")
    x = g.plain(arguments[0])
    if not g.differs(x.entry(g.anywhere(x))):
        raise g.unfit(tree.column, f"what {name} takes is the same for every sample, so it is its own mean")
    axes, keep = _axes(g, given, len(x.shape)) if "axis" in given else (), _kept(g, given)
    bound = {k: g.axis(x.shape[k]) for k in axes if x.shape[k] != 1}
    inner = {k: index(a.var) for k, a in bound.items()}
    over_all = (g.sample, *bound.values())
    share = div(num(1), mul(*(size_form(a.size) for a in over_all)))
    entry = lambda at: mul(share, over(x.entry(_reduced(x, axes, keep, inner, at)), *over_all))  # noqa: E731
    return Array(_left(x, axes, keep), entry, True, True)


def _size(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """size(x, 1): how many entries x has on its axis 1, a number or the name of one."""
    x = g.lower(arguments[0])
    n = x.shape[_one_axis(g, arguments[1], len(x.shape))]
    return Array((), lambda at: size_form(n))


def _extreme(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """max and min over axes: the best so far against the next entry, one definition each."""
    x = g.stored(g.lower(arguments[0]))
    axes, keep = _axes(g, given, len(x.shape)), _kept(g, given)
    sizes = [x.shape[k] for k in axes]
    if any(isinstance(n, str) for n in sizes):
        raise g.unfit(tree.column, f"{tree.args[0]} needs numbers for the sizes of its axes")
    numbers = [n for n in sizes if isinstance(n, int)]
    count = prod(numbers)
    if count > MOST_COMPARED:
        raise g.unfit(tree.column, f"{tree.args[0]} compares at most {MOST_COMPARED} entries; these are {count}")
    shape = _left(x, axes, keep)

    def piece(k: int) -> Array:
        inner = {}
        for axis, n in zip(reversed(axes), reversed(numbers), strict=True):
            k, inner[axis] = k // n, Index(k % n)
        return Array(shape, lambda at: x.entry(_reduced(x, axes, keep, inner, at)))

    return _first_best(g, tree, [piece(k) for k in range(count)])


def _first_best(g: Lowering, tree: Tree, pieces: list[Array]) -> Array:
    """The greatest or least of arrays, entry by entry: the best so far against the next, the first of equal ones."""
    name = str(tree.args[0])
    better = BETTER["minimum" if name == "min" else "maximum"]
    best, *others = pieces
    for k, x in enumerate(others):
        best = g.broadcast(better, tree.column, name, g.apart(best) if k else best, x)
    return best


def _along(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    name = str(tree.args[0]).replace("_", "-")  # log_softmax in a program is the row log-softmax
    x = g.plain(arguments[0])
    rank = len(x.shape)
    k = _one_axis(g, given["axis"], rank) if "axis" in given else rank - 1
    if not x.shape or x.shape[k] == 1:
        raise g.unfit(tree.column, f"{name} needs an axis with more than one entry")
    x = g.stored(x)
    axis = g.axis(x.shape[k])
    return Array(
        x.shape,
        lambda at: along(name, x.entry(at), x.entry((*at[:k], index(axis.var), *at[k + 1 :])), axis),
        True,
        True,
    )


# ---- kinks ---------------------------------------------------------------------------------------------------------

BETTER: Mapping[str, Callable[[Form, Form], Form]] = {
    "maximum": lambda x, y: cases(x, compare(x, ">=", y), y),
    "minimum": lambda x, y: cases(x, compare(x, "<=", y), y),
}


def _better(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    name = str(tree.args[0])
    return g.broadcast(BETTER[name], tree.column, name, *map(g.plain, arguments))


def _magnitude(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    x = g.plain(arguments[0])
    return Array(x.shape, lambda at: fn("abs", x.entry(at)))


def _where(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """where(x > y, a, b); a condition without a comparison holds where it is not 0, as in NumPy."""
    condition, *values = arguments
    a, b = map(g.plain, values)
    relation = str(condition.args[0]) if condition.kind == "binary" else ""
    if relation == "==":
        raise g.fault(condition.column, "where compares by >, <, >= and <=")
    if relation in (">", "<", ">=", "<="):
        x, y = g.plain(condition.tree(1)), g.plain(condition.tree(2))
        return g.broadcast(lambda x, y, a, b: cases(a, compare(x, relation, y), b), tree.column, "where", x, y, a, b)
    x = g.plain(condition)
    return g.broadcast(lambda x, a, b: cases(a, x > 0, a, x < 0, b), tree.column, "where", x, a, b)


# ---- moves ---------------------------------------------------------------------------------------------------------


def _transpose(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """transpose(x), transpose(x, (1, 0, 2)), transpose(x, axes=(1, 0, 2))."""
    x = g.lower(arguments[0])
    rank = len(x.shape)
    written = arguments[1] if len(arguments) > 1 else given.get("axes")
    if written is None:
        return permuted(x, tuple(range(rank))[::-1])
    order = tuple(_one_axis(g, t, rank) for t in _listed(written))
    if sorted(order) != list(range(rank)):
        raise g.unfit(written.column, f"transpose names each of the {rank} axes once")
    return permuted(x, order)


def _swapaxes(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    x = g.lower(arguments[0])
    i, j = (_one_axis(g, t, len(x.shape)) for t in arguments[1:])
    order = list(range(len(x.shape)))
    order[i], order[j] = j, i
    return permuted(x, tuple(order))


def _listed(tree: Tree) -> list[Tree]:
    return [t for t in tree.args if isinstance(t, Tree)] if tree.kind == "list" else [tree]


def _reshape(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """reshape(x, 6), reshape(x, (2, 3)), reshape(x, (2, -1)); also from and to axes that are named."""
    x = g.stored(g.lower(arguments[0]))
    written = [t for a in arguments[1:] for t in _listed(a)]
    sizes: list[Size] = [str(t.args[0]) if t.kind == "name" and t.args[0] in x.shape else whole(g, t) for t in written]
    named = sorted(n for n in x.shape if isinstance(n, str))
    had = prod(n for n in x.shape if isinstance(n, int))
    has = prod(n for n in sizes if isinstance(n, int) and n != -1)
    if sizes.count(-1) == 1 and has > 0 and had % has == 0:
        sizes[sizes.index(-1)], has = had // has, had
    order = [n for n in x.shape if isinstance(n, str)] == [n for n in sizes if isinstance(n, str)]
    if has != had or not order or any(isinstance(n, int) and n < 1 for n in sizes):
        text = f"the shape {shape_text(x.shape)} cannot become {shape_text(tuple(sizes))}"
        raise g.unfit(tree.column, text)
    if named and [n for n in x.shape if n != 1] != [n for n in sizes if n != 1]:
        raise g.unfit(tree.column, "axes with names are neither split nor flattened")
    return reshaped(g, x, tuple(sizes))


def _pieces(g: Lowering, tree: Tree, arguments: Trees) -> list[Array]:
    if arguments[0].kind != "list" or not arguments[0].args:
        raise g.fault(arguments[0].column, f"{tree.args[0]} takes a list: {tree.args[0]}([x, y])")
    return [g.stored(g.lower(t)) for t in _listed(arguments[0])]


def _stack(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    pieces = _pieces(g, tree, arguments)
    if len({x.shape for x in pieces}) > 1:
        raise g.misfit(tree.column, "stack", *pieces)
    axis = _one_axis(g, given["axis"], len(pieces[0].shape) + 1) if "axis" in given else 0
    return stacked(pieces, axis)


def _concatenate(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    pieces = _pieces(g, tree, arguments)
    rank = len(pieces[0].shape)
    axis = _one_axis(g, given["axis"], rank) if "axis" in given else 0
    if not rank:
        raise g.unfit(tree.column, "concatenate joins arrays with axes; for numbers there is stack")
    if len({(len(x.shape), x.shape[:axis], x.shape[axis + 1 :]) for x in pieces}) > 1:
        raise g.misfit(tree.column, "concatenate", *pieces)
    sizes = [x.shape[axis] for x in pieces]
    if any(isinstance(n, str) for n in sizes):
        raise g.unfit(tree.column, "concatenate needs numbers for the sizes along its axis")
    return joined(pieces, axis, sum(n for n in sizes if isinstance(n, int)))


# ---- products ------------------------------------------------------------------------------------------------------


def _outer(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    x, y = map(g.plain, arguments)
    if len(x.shape) != 1 or len(y.shape) != 1:
        raise g.misfit(tree.column, "outer", x, y)
    return Array(x.shape + y.shape, lambda at: mul(x.entry(at[:1]), y.entry(at[1:])))


def _conv(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """Cross-correlation, y[j] = Σ_u kernel[u]·x[stride·j + u − padding], in one or two dimensions.

    Of channels, y[o,j] = Σ_c Σ_u kernel[o,c,u]·x[c, stride·j + u − padding], where the kernel has an axis more than x.
    """
    x, kernel = map(g.plain, arguments)
    lead = len(kernel.shape) - len(x.shape)  # 1 with channels
    rank = len(x.shape) - lead
    if lead not in (0, 1) or rank not in (1, 2) or (lead and x.shape[0] != kernel.shape[1]):
        raise g.misfit(tree.column, "conv", x, kernel)
    slid = _slid(g, tree, x, kernel.shape[2 * lead :], given)
    channel = [g.axis(n) for n in x.shape[:lead] if n != 1]
    c = [index(a.var) for a in channel] or [ORIGIN] * lead

    def entry(at: Indices) -> Form:
        guards, place = slid.place(at[lead:], slid.inner)
        factors = kernel.entry((*at[:lead], *c, *slid.inner)), x.entry((*c, *place))
        return over(mul(*guards, *factors), *channel, *slid.axes)

    return Array((*kernel.shape[:lead], *slid.shape), entry, bool(channel or slid.axes))


def _pool(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """max_pool and mean_pool, y[j] = max or mean over u of x[stride·j + u], over the last axes of x."""
    x, window = g.plain(arguments[0]), tuple(whole(g, t) for t in _listed(arguments[1]))
    if not 0 < len(window) <= len(x.shape) or min(window) < 1:
        raise g.unfit(arguments[1].column, f"a window for the shape {shape_text(x.shape)} is a number for each axis")
    lead = len(x.shape) - len(window)
    slid = _slid(g, tree, x, window, {"stride": arguments[1]} | dict(given))
    shape = (*x.shape[:lead], *slid.shape)

    def at_offset(u: Indices) -> Callable[[Indices], Form]:
        return lambda at: x.entry((*at[:lead], *slid.place(at[lead:], u)[1]))

    if tree.args[0] == "max_pool":
        if prod(window) > MOST_COMPARED:
            raise g.unfit(tree.column, f"max_pool compares at most {MOST_COMPARED} entries; these are {prod(window)}")
        offsets = product(*map(range, window))
        return _first_best(g, tree, [Array(shape, at_offset(tuple(map(Index, u)))) for u in offsets])
    share = div(num(1), num(prod(window)))
    total = at_offset(slid.inner)
    return Array(shape, lambda at: mul(share, over(total(at), *slid.axes)) if slid.axes else total(at), bool(slid.axes))


class Slid(NamedTuple):
    """A window that slides over the last axes of an array: the places that it takes, and where it reads."""

    shape: tuple[int, ...]
    axes: tuple[Axis, ...]  # within the window
    inner: Indices
    place: Callable[[Indices, Indices], tuple[list[Form], Indices]]  # guards and indices for a place and an offset


def _slid(g: Lowering, tree: Tree, x: Array, window: Sequence[Size], given: Given) -> Slid:
    """stride·j + u − padding, behind a guard where it may lie outside."""
    name = str(tree.args[0])
    strides, paddings = (_each(g, given, word, len(window), low) for word, low in (("stride", 1), ("padding", 0)))
    sizes = x.shape[len(x.shape) - len(window) :]
    numbers = [(n, k) for n, k in zip(sizes, window, strict=True) if isinstance(n, int) and isinstance(k, int)]
    if len(numbers) < len(window):
        raise g.unfit(tree.column, f"{name} needs numbers for the sizes")
    if any(k > n + 2 * p for (n, k), p in zip(numbers, paddings, strict=True)):
        around = f" padded by {shape_text(tuple(paddings))}" if any(paddings) else ""
        both = f"shapes {shape_text(sizes)}{around} and {shape_text(tuple(window))}"
        raise g.unfit(tree.column, f"{both} do not fit in {name!r}")
    moves = list(zip((n for n, _ in numbers), strides, paddings, strict=True))
    shape = tuple((n + 2 * p - k) // s + 1 for (n, k), (_, s, p) in zip(numbers, moves, strict=True))
    bound = [g.axis(k) if k > 1 else None for _, k in numbers]

    def place(at: Indices, offset: Indices) -> tuple[list[Form], Indices]:
        guards, own = [], []
        for j, u, (n, s, p) in zip(at, offset, moves, strict=True):
            i = u.plus(j, s).plus(Index(p), -1)
            if p:
                guard, i = inside(i, n)
                guards.append(guard)
            own.append(i)
        return guards, tuple(own)

    return Slid(shape, tuple(a for a in bound if a), tuple(index(a.var) if a else ORIGIN for a in bound), place)


def _each(g: Lowering, given: Given, word: str, axes: int, low: int) -> list[int]:
    """stride=2 for every axis, or stride=(2, 1) for each."""
    if word not in given:
        return [low] * axes
    numbers = [whole(g, t) for t in _listed(given[word])]
    if min(numbers, default=low) < low:
        raise g.fault(given[word].column, f"a {word} is {low} or more")
    if len(numbers) not in (1, axes):
        raise g.unfit(given[word].column, f"{word}= is one number, or one for each of {axes} axes")
    return numbers * axes if len(numbers) == 1 else numbers


def _pad(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """pad(x, 1), pad(x, (0, 1)): zeros before and after the entries, on every axis or as many as each axis has."""
    x = g.stored(g.lower(arguments[0]))
    return padded(g, x, _each(g, {"width": arguments[1]}, "width", len(x.shape), 0), arguments[1])


def _einsum(g: Lowering, tree: Tree, arguments: Trees, given: Given) -> Array:
    """einsum("ij,jk->ik", x, y): letters that the result has not are summed over."""
    if arguments[0].kind != "text":
        raise g.fault(arguments[0].column, 'einsum starts with its letters in quotes: einsum("ij,jk->ik", x, y)')
    letters = str(arguments[0].args[0]).replace(" ", "")
    column = arguments[0].column
    left, arrow, right = letters.partition("->")
    own = left.split(",")
    if not arrow:
        right = "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    good = all(w.isalpha() for w in own if w) and (not right or right.isalpha())
    if not good or len(set(right)) < len(right) or set(right) - set(left):
        raise g.fault(column, "the letters of einsum are those of each array, '->' and those of the result")
    if len(own) != len(arguments) - 1:
        raise g.fault(column, f"einsum has letters for {len(own)} arrays, and {len(arguments) - 1} are given")
    arrays = [g.plain(t) for t in arguments[1:]]
    sizes: dict[str, Size] = {}
    for word, x in zip(own, arrays, strict=True):
        if len(word) != len(x.shape):
            raise g.unfit(column, f"{word!r} is for {len(word)} axes; the array's shape is {shape_text(x.shape)}")
        for c, n in zip(word, x.shape, strict=True):
            shape = broadcast_shape((sizes.get(c, n),), (n,))
            if shape is None:
                raise g.unfit(column, f"{c!r} has the size {sizes[c]} and, in {shape_text(x.shape)}, {n}")
            sizes[c] = shape[0]
    bound = {c: g.axis(n) for c, n in sizes.items() if c not in right and n != 1}

    def entry(at: Indices) -> Form:
        places = dict(zip(right, at, strict=True)) | {c: index(a.var) for c, a in bound.items()}
        factors = (
            x.entry(tuple(ORIGIN if n == 1 else places[c] for c, n in zip(word, x.shape, strict=True)))
            for word, x in zip(own, arrays, strict=True)
        )
        return over(mul(*factors), *bound.values())

    return Array(tuple(sizes[c] for c in right), entry, bool(bound))


FUNCTIONS: dict[str, Function] = {
    "sum": Function("sum(x, axis=…, keepdims=…)", _total, keywords=("axis", "keepdims")),
    "mean": Function("mean(x, axis=…, keepdims=…)", _total, keywords=("axis", "keepdims")),
    "batch_mean": Function("batch_mean(x, axis=…, keepdims=…)", _batch_mean, keywords=("axis", "keepdims")),
    "size": Function("size(x, 0)", _size, 2, 2),
    "max": Function("max(x, axis=…, keepdims=…)", _extreme, keywords=("axis", "keepdims")),
    "min": Function("min(x, axis=…, keepdims=…)", _extreme, keywords=("axis", "keepdims")),
    "maximum": Function("maximum(x, y)", _better, 2, 2),
    "minimum": Function("minimum(x, y)", _better, 2, 2),
    "abs": Function("abs(x)", _magnitude),
    "where": Function("where(x > y, a, b)", _where, 3, 3),
    "outer": Function("outer(x, y)", _outer, 2, 2),
    "transpose": Function("transpose(x, axes)", _transpose, 1, 2, ("axes",)),
    "swapaxes": Function("swapaxes(x, 0, 1)", _swapaxes, 3, 3),
    "reshape": Function("reshape(x, (2, 3))", _reshape, 2, 9),
    "stack": Function("stack([x, y], axis=…)", _stack, keywords=("axis",)),
    "concatenate": Function("concatenate([x, y], axis=…)", _concatenate, keywords=("axis",)),
    "conv": Function("conv(x, kernel, stride=…, padding=…)", _conv, 2, 2, ("stride", "padding")),
    "max_pool": Function("max_pool(x, (2, 2), stride=…)", _pool, 2, 2, ("stride",)),
    "mean_pool": Function("mean_pool(x, (2, 2), stride=…)", _pool, 2, 2, ("stride",)),
    "pad": Function("pad(x, (0, 1))", _pad, 2, 2),
    "einsum": Function('einsum("ij,jk->ik", x, y)', _einsum, 2, 9),
} | {name: Function(f"{name}(x, axis=…)", _along, keywords=("axis",)) for name in ALONG}
