"""Second derivatives: the steps of a first sweep are definitions themselves, and are swept once more.

    ∂²E/∂p∂q = ∂/∂q (∂E/∂p)              for one entry p and every quantity q: a row of the Hessian
    (H·v)_q  = ∂/∂q Σ_p Δp · ∂E/∂p       for a direction v, whose entries are leaves Δp

In the second graph an adjoint is a quantity called ∂W1, and what came back through one use is ∂a1→z2.  Names of a spec
begin with a Latin letter, so that no quantity of anybody's is called so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from symbackprop.derivation.steps import Step, Steps
from symbackprop.derivation.sweep import sweep
from symbackprop.form import ENTRIES, Axis, Form, Index, add, over, ref
from symbackprop.graph import Definition, Graph, Shape


def row(first: Steps, entry: Form) -> Steps:
    """∂/∂q of ∂E/∂p, for one entry p whose indices are numbers."""
    return sweep(_graph(first, ref(adjoint_of(entry.name), *entry.at)))


def product(first: Steps, names: Iterable[str]) -> Steps:
    """∂/∂q of Σ Δp · ∂E/∂p, over all entries p of the quantities in `names`."""
    shapes = {name: first.graph.full_shape(name) for name in names}
    total = add(*(_along(first.adjoint(name)) for name in shapes))
    return sweep(_graph(first, total, {direction_of(name): shape for name, shape in shapes.items()}))


def adjoint_of(name: str) -> str:
    """What ∂E/∂name is called in the second graph."""
    return f"∂{name}"


def is_adjoint(name: str) -> bool:
    return name.startswith("∂")


def direction_of(name: str) -> str:
    """What the part of a direction that belongs to a quantity is called."""
    return f"Δ{name}"


def _along(step: Step) -> Form:
    """Σ Δp · ∂E/∂p over the entries p of one quantity."""
    at = step.left.at
    return over(ref(direction_of(step.of), *at) * ref(adjoint_of(step.of), *at), *step.axes)


def _graph(first: Steps, wanted: Form, directions: Mapping[str, Shape] | None = None) -> Graph:
    """What `wanted` needs of the first derivation, as definitions; `wanted` itself is the last, called ∂∂E."""
    graph = first.graph
    shapes = {**graph.shapes, **(directions or {})}
    made = list(graph.definitions)
    for step in first.steps:
        if step.left.op in ("adjoint", "flow"):
            made.append(_definition(step))
            shapes[made[-1].name] = graph.full_shape(step.of)
    error = adjoint_of(adjoint_of(graph.error))
    made.append(Definition(error, (), (), wanted))
    shapes[error] = ()
    whole = replace(graph, definitions=tuple(made), shapes=shapes, error=error, recipe=())
    kept = tuple(d for d in made if d.name in whole.live)
    gone = whole.by_name.keys() - {d.name for d in kept}
    return replace(whole, definitions=kept, shapes={name: n for name, n in shapes.items() if name not in gone})


def _definition(step: Step) -> Definition:
    """A backward step as the definition of a quantity.  Its variables become its own: first adjoints borrow theirs from
    the definitions that they came through."""

    def place(i: Index) -> Index:
        return i._replace(terms=tuple((c, f"{v}/{step.id}") for c, v in i.terms))

    def axis(a: Axis) -> Axis:
        return a._replace(var=f"{a.var}/{step.id}")

    def own(f: Form) -> Form:
        if f.op in ENTRIES:
            return ref(_called(f), *map(place, f.at), role=f.role)
        return replace(f, args=tuple(change[type(a)](a) if type(a) in change else a for a in f.args))

    change: dict[type, Callable[[Any], object]] = {Index: place, Axis: axis, Form: own}

    left = own(step.left)
    return Definition(left.name, left.at, tuple(map(axis, step.axes)), own(step.form))


def _called(entry: Form) -> str:
    """The name in the second graph of what an entry is an entry of."""
    if entry.op == "ref":
        return entry.name
    through = f"→{entry.args[1]}" if entry.op == "flow" else ""
    return adjoint_of(entry.name) + through
