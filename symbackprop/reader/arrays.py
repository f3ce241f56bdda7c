"""An array before it has a name: a shape, and a function from indices to the Form of that entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symbackprop.form import Form, Index, Size

Indices = tuple[Index, ...]
Shape = tuple[Size, ...]
ORIGIN = Index()


class Array(NamedTuple):
    shape: Shape
    entry: Callable[[Indices], Form]
    sums: bool = False  # whether an entry holds a sum
    whole: bool = False  # whether it can only be the whole of a definition: a function along an axis


def scalar(form: Form) -> Array:
    """One number as an array."""
    return Array((), lambda at: form)


def broadcast_shape(*shapes: Shape) -> Shape | None:
    """NumPy's rule: shapes are aligned at their ends; an axis of size 1 stands for any size.  None: they do not fit."""
    rank = max(map(len, shapes), default=0)
    out: list[Size] = []
    for sizes in zip(*((1,) * (rank - len(s)) + s for s in shapes), strict=True):
        wide = {n for n in sizes if n != 1}
        if len(wide) > 1:
            return None
        out.append(wide.pop() if wide else 1)
    return tuple(out)


def spread(x: Array, at: Indices) -> Form:
    """The entry of x that stands at a place of the array that x is broadcast to."""
    own = at[len(at) - len(x.shape) :]
    return x.entry(tuple(ORIGIN if n == 1 else i for i, n in zip(own, x.shape, strict=True)))


def shape_text(shape: Shape) -> str:
    return "×".join(map(str, shape)) or "one number"


def transposed(x: Array) -> Array:
    """A vector is a column; transposed, it is a row."""
    if len(x.shape) == 1:
        return Array((1, *x.shape), lambda at: x.entry(at[1:]))
    if len(x.shape) == 2:
        return Array(x.shape[::-1], lambda at: x.entry(at[::-1]))
    return x
