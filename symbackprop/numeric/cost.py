"""What a form costs: an addition, a product, a division, a power, a function call, a negation count one each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod

from symbackprop.errors import ShapeError
from symbackprop.form import Axis, Form, ref
from symbackprop.tables.activations import ALONG, ELEMENTARY, ROWS


def times(axes: Iterable[Axis]) -> int:
    """How often a line, or the inside of a sum, is computed."""
    sizes = [a.size for a in axes]
    named = [n for n in sizes if isinstance(n, str)]
    if named:
        raise ShapeError(f"operations can be counted where sizes are numbers; {named[0]} is a name")
    return prod(n for n in sizes if isinstance(n, int))


def cost(f: Form) -> int:
    return COSTS.get(f.op, _free)(f)


def _free(f: Form) -> int:
    return 0


def _parts(f: Form) -> int:
    return sum(map(cost, f.forms))


def _add(f: Form) -> int:
    """x − y is one operation; only a minus in front is one of its own."""
    first, *rest = f.forms
    return len(rest) + cost(first) + sum(cost(x.forms[0] if x.op == "neg" else x) for x in rest)


def _over(f: Form) -> int:
    n = times(f.axes)
    return n * cost(f.forms[0]) + n - 1


def _fn(f: Form) -> int:
    x = f.forms[0]
    inside = 1 if f.name not in ROWS or f.name in ELEMENTARY else cost(ROWS[f.name].value(ref("z")))
    return cost(x) + inside


def _along(f: Form) -> int:
    """For one entry: its share of the sum over the axis included."""
    sums: list[int] = []

    def total(g: Callable[[Form], Form]) -> Form:
        sums.append(cost(g(ref("z"))) + 1)
        return ref("total")

    row = ALONG.get(f.name)
    return cost(row.value(ref("z"), total)) + sum(sums) if row else 1


def _cases(f: Form) -> int:
    """The dearest branch, and what the conditions cost."""
    rows = f.forms
    return max(map(cost, (*rows[:-1:2], rows[-1]))) + sum(map(cost, rows[1::2]))


COSTS: dict[str, Callable[[Form], int]] = {
    "neg": lambda f: _parts(f) + (f.forms[0].op != "num"),
    "add": _add,
    "mul": lambda f: _parts(f) + len(f.forms) - 1,
    "div": lambda f: _parts(f) + (1 if any(x.op != "num" for x in f.forms) else 0),
    "pow": lambda f: cost(f.forms[0]) + 1,
    "over": _over,
    "fn": _fn,
    "along": _along,
    "cases": _cases,
    "compare": _parts,
}
