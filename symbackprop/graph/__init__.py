"""A program in array notation becomes indexed definitions in topological order: z[j] = Σ_i W[j,i]·a[i] + b[j].

Everything downstream works on these definitions; nothing downstream knows a layer or an array operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from symbackprop.errors import ShapeError
from symbackprop.form import ENTRIES, Axis, Form, Index, Size, ref, walk
from symbackprop.reader.array import statement
from symbackprop.reader.lower import Lowering
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.vocabulary import Kind

Shape = tuple[Size, ...]
OWN = "own"  # an activation that is no row, but a formula


@dataclass(frozen=True)
class Definition:
    """name[at] = body, for every value of `axes` (an axis of size 1 has index 0 and no variable)."""

    name: str
    at: tuple[Index, ...]
    axes: tuple[Axis, ...]
    body: Form
    activation: str | None = None  # the row that it applies, where it applies one to a whole quantity

    @property
    def left(self) -> Form:
        return ref(self.name, *self.at)

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The quantities in the body, in order of appearance."""
        return tuple(dict.fromkeys(f.name for f in walk(self.body) if f.op in ENTRIES))


@dataclass(frozen=True)
class Graph:
    """Definitions, last one the error.  `shapes` are those of one sample; `batched` quantities lead with `sample`."""

    definitions: tuple[Definition, ...]
    shapes: Mapping[str, Shape]
    parameters: tuple[str, ...]
    error: str
    sample: Axis | None
    batched: frozenset[str]
    outputs: tuple[str, ...] = ()  # of the layers, first to last, where the program comes from layers
    recipe: tuple[Any, ...] = ()  # what it was built from

    def resized(self, change: Callable[[Size], Size]) -> Graph:
        """The same program on arrays of other sizes."""
        program, shapes, *rest = self.recipe
        return _build(program, tuple((name, tuple(map(change, shape))) for name, shape in shapes), *rest)

    @cached_property
    def by_name(self) -> dict[str, Definition]:
        return {d.name: d for d in self.definitions}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        return tuple(n for n in self.shapes if n not in self.by_name)

    @cached_property
    def live(self) -> frozenset[str]:
        """The quantities that the error depends on."""
        live = {self.error}
        for d in reversed(self.definitions):
            if d.name in live:
                live.update(d.uses)
        return frozenset(live)

    @cached_property
    def measuring(self) -> frozenset[str]:
        """The definitions that only measure the output: those after the last layer, or, where there are no layers,
        after the last one that holds a parameter or applies an activation.  They make up the error."""
        held = {*self.parameters}
        last = max(
            (
                k
                for k, d in enumerate(self.definitions)
                if d.name in self.outputs or (not self.outputs and (d.activation or held & set(d.uses)))
            ),
            default=-1,
        )
        return frozenset(d.name for d in self.definitions[last + 1 :])

    def full_shape(self, name: str) -> Shape:
        """The shape with the sample axis where there is one."""
        shape = self.shapes[name]
        return (self.sample.size, *shape) if self.sample and name in self.batched else shape


def build(
    program: tuple[str, ...],
    shapes: Mapping[str, Shape],
    parameters: tuple[str, ...],
    error: str,
    samples: int | None = None,
    batched: tuple[str, ...] = (),
    reduction: str = "sum",
    outputs: tuple[str, ...] = (),
) -> Graph:
    """The graph of a program; `outputs` are those of its layers, where it has any.

    With `samples`, the leaves in `batched` and all that depends on them lead with a sample axis, and the error is
    reduced over it: E = Σ_n E_n, or (1/N) Σ_n E_n where `reduction` is "mean".

    Raises ReadError for text that is no equation, ShapeError where shapes do not fit.
    """
    return _build(program, tuple(shapes.items()), parameters, error, samples, batched, reduction, outputs)


@lru_cache(maxsize=64)
def _build(
    program: tuple[str, ...],
    shapes: tuple[tuple[str, Shape], ...],
    parameters: tuple[str, ...],
    error: str,
    samples: int | None,
    batched: tuple[str, ...],
    reduction: str,
    outputs: tuple[str, ...],
) -> Graph:
    sample = Axis("n", samples, Kind.SAMPLE) if samples else None
    lowering = Lowering(dict(shapes), sample, frozenset(batched))
    for text in program:
        line = statement(text)
        lowering.define(line)
        if line.name == error and sample and error in lowering.batched:
            lowering.reduce(error, mean=reduction == "mean")
    if error not in lowering.shapes:
        raise ShapeError(f"no equation defines the error, {error}")
    if lowering.shapes[error]:
        raise ShapeError(f"the error {error} must be one number; it has shape {lowering.shapes[error]}")
    return Graph(
        tuple(
            _with_activation(Definition(d.name, d.at, d.axes, d.body), lowering.shapes, outputs) for d in lowering.made
        ),
        dict(lowering.shapes),
        parameters,
        error,
        sample,
        frozenset(lowering.batched),
        outputs,
        (program, shapes, parameters, error, samples, batched, reduction, outputs),
    )


def _with_activation(d: Definition, shapes: Mapping[str, Shape], outputs: tuple[str, ...]) -> Definition:
    """A layer's output applies its activation, a row or `own`; in other programs a call of a row is one."""
    body = d.body
    name = body.name if body.op in ("fn", "along") else "identity" if body.op == "ref" and body.at == d.at else None
    if name == "identity" and body.op == "ref" and shapes[body.name] != shapes[d.name]:
        name = None  # a slice
    plain = body.op != "fn" or body.forms[0].op == "ref"  # σ(z); not σ(2z), which is a formula of one's own
    if outputs:
        name = (name if plain and (name in ACTIVATIONS or name in ALONG) else OWN) if d.name in outputs else None
    applies = name == OWN or name in ACTIVATIONS or name in ALONG
    return Definition(d.name, d.at, d.axes, body, name) if applies else d


