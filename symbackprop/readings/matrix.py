"""The matrix reading: δ¹ = (W²ᵀ δ²) ⊙ f′(z¹), with shapes.

A product of entries is read by its index sets: equal sets multiply entry by entry (⊙), one contracted index makes a
product of matrices, none an outer product, and a single set that is summed a product with 1.  What has no such reading
has none (`None`).  Arrays are Forms without indices; the tests prove a reading by working it out entry by entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from weakref import WeakKeyDictionary

from symbackprop.derivation import Step, Steps, sweep
from symbackprop.derivation.walk import Chain
from symbackprop.errors import ShapeError
from symbackprop.form import ENTRIES, ONE, UNIT, Axis, Form, Size, add, fn, free, mul, neg, num, replaced, size, walk
from symbackprop.graph import Definition, Graph
from symbackprop.vocabulary import Role

Vars = tuple[str, ...]


def matmul(*xs: Form) -> Form:
    return Form("matmul", xs)


def transpose(x: Form) -> Form:
    return x.forms[0] if x.op == "transpose" else Form("transpose", (x,))


def hadamard(*xs: Form) -> Form:
    return xs[0] if len(xs) == 1 else Form("hadamard", xs)


def ones(n: Size) -> Form:
    return Form("ones", (n,))


def reading(step: Step, steps: Steps) -> Form | None:
    """The right side of a step with whole arrays; None where it has no such reading."""
    whole_axes = _same_without_ones(steps)
    found = _plain(whole_axes.steps[step.id], steps.graph) if whole_axes else None
    return None if found is None else replaced(found, lambda f: ones(1) if f == ones(UNIT) else None)


_KNOWN: WeakKeyDictionary[Steps, Steps | None] = WeakKeyDictionary()


def _same_without_ones(steps: Steps) -> Steps | None:
    """The derivation with a variable for each axis of size 1 too: a column of one entry is still a column.

    None where a program counts on the numbers of its axes: a convolution, an array that is flattened.
    """
    if not any(1 in shape for shape in steps.graph.shapes.values()):
        return steps
    if steps not in _KNOWN:
        _KNOWN[steps] = _with_axes_of_one(steps)
    return _KNOWN[steps]


def _with_axes_of_one(steps: Steps) -> Steps | None:
    try:
        graph = steps.graph.resized(lambda n: UNIT if n == 1 else n)
    except ShapeError:
        return None
    if list(graph.shapes) != list(steps.graph.shapes):  # a sum over one entry got a name of its own
        return None
    return sweep(graph, steps.train, from_updated=steps.from_updated, rule=steps.rule)


def _plain(step: Step, graph: Graph) -> Form | None:
    if any(not i.terms for f in walk(step.form) if f.op in ENTRIES for i in f.at):
        return None  # a slice: x[1] is a row of x, and has no name
    target = tuple(a.var for a in step.axes)
    sizes = {a.var: a.size for f in walk(step.form) for a in f.axes} | {a.var: a.size for a in step.axes}
    if step.form.op == "along":
        return Form("fn", (step.form.name, whole(step.form.forms[0])))
    d = graph.by_name.get(step.through or "")
    if d is not None and d.body.op == "along":
        return _along(step, d) if len(step.axes) <= 2 else None
    return _sum(step.form, target, sizes)


def _sum(form: Form, target: Vars, sizes: dict[str, Size]) -> Form | None:
    terms = form.forms if form.op == "add" else (form,)
    out = [_term(t, target, sizes) for t in terms]
    return None if any(t is None for t in out) else add(*(t for t in out if t is not None))


def _term(form: Form, target: Vars, sizes: dict[str, Size]) -> Form | None:
    if form.op == "neg":
        inner = _term(form.forms[0], target, sizes)
        return None if inner is None else neg(inner)
    chain, bound = _flat(form)
    if not bound and _elementwise(form, target):
        return whole(form)
    return product(chain, target, sizes, bound)


def _flat(form: Form) -> tuple[Chain, tuple[Axis, ...]]:
    """A product, perhaps under one sum and behind a number, as factors and summed axes."""
    if form.op == "over":
        chain, bound = _flat(form.forms[0])
        return chain, form.axes + bound
    if form.op == "mul":
        chain, bound = Chain(), ()
        for x in form.forms:
            inner, more = _flat(x)
            chain, bound = Chain(chain.const * inner.const, chain.factors + inner.factors), bound + more
        return chain, bound
    if form.op == "neg":
        chain, bound = _flat(form.forms[0])
        return Chain(-chain.const, chain.factors), bound
    return Chain().times(form), ()


def _elementwise(form: Form, target: Vars) -> bool:
    """Whether every entry in the Form stands at the target's own indices, in order (or has none)."""
    if any(f.op in ("same", "within", "over", "along") for f in walk(form)):
        return False
    places = {tuple(i.variable for i in f.at if i.terms) for f in walk(form) if f.op in ENTRIES}
    return bool(places) and places <= {target, ()} and (not target or target in places)


def whole(form: Form) -> Form:
    """Entries as whole arrays, products of entries as ⊙."""
    if form.op in ENTRIES:
        return Form(form.op, tuple(a for a in form.args if isinstance(a, str)), form.role)
    below = form.map(whole)
    if form.op == "mul":
        numbers = tuple(f for f, x in zip(below.forms, form.forms, strict=True) if not free(x))
        arrays = tuple(f for f, x in zip(below.forms, form.forms, strict=True) if free(x))
        return mul(*numbers, hadamard(*arrays)) if arrays else mul(*numbers)
    return below


def product(chain: Chain, target: Vars, sizes: dict[str, Size], bound: Iterable[Axis]) -> Form | None:
    """const · Σ_bound Π factors, as a tree of arrays with the target's axes."""
    groups: dict[frozenset[str], list[tuple[Form, Vars]]] = {}
    scalars: list[Form] = []
    for f in chain.factors:
        if any(x.op in ("same", "within", "over", "along") for x in walk(f)):
            return None
        entries = (x for x in walk(f) if x.op in ENTRIES and any(i.terms for i in x.at))
        places = {tuple(i.variable for i in x.at if i.terms) for x in entries}
        if not places:
            scalars.append(whole(f))
            continue
        if len(places) > 1 or None in (order := places.pop()) or len(order) > 2:
            return None
        groups.setdefault(frozenset(v for v in order if v), []).append((whole(f), tuple(v for v in order if v)))
    summed = [a.var for a in bound]
    arrays = [_joint(some) for some in groups.values()]
    for v in target:
        if not any(v in order for _, order in arrays):
            arrays.append((ones(sizes[v]), (v,)))
    for v in list(summed):
        if not any(v in order for _, order in arrays):
            scalars.insert(0, size(sizes[v]))
            summed.remove(v)
    array = _combine(arrays, target, summed, sizes)
    if array is None:
        return None
    const = Fraction(abs(chain.const))
    front = ([] if const == 1 else [num(const)]) + scalars
    if front and array != ONE:
        array = mul(*front, array)
    elif front:
        array = mul(*front)
    return neg(array) if chain.const < 0 else array


def _joint(some: list[tuple[Form, Vars]]) -> tuple[Form, Vars]:
    """Factors on one index set, entry by entry, in the order of the first."""
    order = some[0][1]
    return hadamard(*(f if o == order else transpose(f) for f, o in some)), order


def _combine(arrays: list[tuple[Form, Vars]], target: Vars, summed: list[str], sizes: dict[str, Size]) -> Form | None:
    if not arrays:
        return ONE
    if len(arrays) == 1:
        return _alone(*arrays[0], target, sizes)
    if len(arrays) == 2 and len(summed) <= 1:
        return _pair(arrays[0], arrays[1], target, summed)
    return None


def _alone(x: Form, order: Vars, target: Vars, sizes: dict[str, Size]) -> Form | None:
    left = [v for v in order if v not in target]
    if not left:
        return x if order == target else transpose(x)
    if len(order) == 1:
        return matmul(transpose(ones(sizes[left[0]])), x)
    if len(left) == 2:
        return matmul(transpose(ones(sizes[order[0]])), x, ones(sizes[order[1]]))
    return matmul(x, ones(sizes[left[0]])) if order[1] == left[0] else matmul(transpose(x), ones(sizes[left[0]]))


def _pair(a: tuple[Form, Vars], b: tuple[Form, Vars], target: Vars, summed: list[str]) -> Form | None:
    (x, p), (y, q) = a, b
    shared = set(p) & set(q)
    if not summed:
        if len(target) == 2 and not shared and len(p) == len(q) == 1:
            (x, p), (y, q) = ((x, p), (y, q)) if p[0] == target[0] else ((y, q), (x, p))
            return matmul(x, transpose(y))
        return None
    (s,) = summed
    if shared != {s}:
        return None
    if len(target) == 2:
        (x, p), (y, q) = ((x, p), (y, q)) if target[0] in p else ((y, q), (x, p))
        return matmul(x if p[-1] == s else transpose(x), y if q[0] == s else transpose(y))
    if len(target) == 1:
        (m, p), (v, q) = (a, b) if len(p) == 2 else (b, a)
        return matmul(m if p[1] == s else transpose(m), v) if (len(p), len(q)) == (2, 1) else None
    return matmul(transpose(x), y) if len(p) == len(q) == 1 else None


def _along(step: Step, d: Definition) -> Form | None:
    """What goes back through a function along an axis; over several samples, row by row."""
    if len(step.terms) != 1 or step.terms[0].chain.const != 1:
        return None
    p = Form("ref", (d.name,))
    back = Form("adjoint", (d.name,), Role.DELTA)
    return BACK[d.body.name](p, back, ones(step.axes[-1].size), len(step.axes) == 1)


def _softmax(p: Form, back: Form, one: Form, vector: bool) -> Form:
    """p ⊙ (p̄ − (pᵀp̄) 1)"""
    if vector:
        return hadamard(p, add(back, neg(mul(matmul(transpose(p), back), one))))
    return hadamard(p, add(back, neg(matmul(hadamard(p, back), one, transpose(one)))))


def _log_softmax(p: Form, back: Form, one: Form, vector: bool) -> Form:
    """p̄ − (1ᵀp̄) exp p"""
    if vector:
        return add(back, neg(mul(matmul(transpose(one), back), fn("exp", p))))
    return add(back, neg(hadamard(fn("exp", p), matmul(back, one, transpose(one)))))


BACK: dict[str, Callable[[Form, Form, Form, bool], Form]] = {"softmax": _softmax, "log-softmax": _log_softmax}
