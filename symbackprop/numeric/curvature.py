"""The numbers of a Hessian, exact or enclosed: row by row, H·v along a direction, and the whole by its columns H·e.

A row is one derivation for each entry; a product is one for all directions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from symbackprop.derivation import Steps, second
from symbackprop.errors import Place, SpecError
from symbackprop.form import Form, ref
from symbackprop.graph import Shape
from symbackprop.numeric.exact import Nested, evaluate
from symbackprop.numeric.field import Value
from symbackprop.spec.numbers import Refused, array, shape

MOST_PARAMETERS = 100  # of a whole Hessian: ten thousand entries


@dataclass
class Curvature:
    """The second derivatives of one derivation, by the entries of `names` where all are meant."""

    first: Steps
    values: Mapping[str, Any]
    names: tuple[str, ...]
    derived: dict[Form, Steps] = field(default_factory=dict)
    evaluated: dict[Form, Mapping[str, Nested]] = field(default_factory=dict)

    def steps(self, p: Form) -> Steps:
        """The steps of ∂/∂q (∂E/∂p), for every quantity q."""
        if p not in self.derived:
            self.derived[p] = second.row(self.first, p)
        return self.derived[p]

    def entry(self, p: Form, q: Form) -> Value:
        """∂²E/∂p∂q."""
        if p not in self.evaluated:
            self.evaluated[p] = self._slopes(self.steps(p), {})
        return at(self.evaluated[p][q.name], q)

    def along(self, direction: Mapping[str, Nested]) -> dict[str, Nested]:
        """H·v by the same names; a quantity that the direction leaves out stays where it is."""
        given = {
            second.direction_of(name): direction.get(name, filled(self.first.graph.full_shape(name)))
            for name in self.names
        }
        slopes = self._slopes(self.products, given)
        return {name: slopes[name] for name in self.names}

    def columns(self) -> Iterator[tuple[Form, dict[str, Nested]]]:
        """Every entry e of the parameters, with H·e."""
        for e in self.entries():
            yield e, self.along({e.name: filled(self.first.graph.full_shape(e.name), e)})

    def entries(self) -> Iterator[Form]:
        for name in self.names:
            for k in product(*(range(int(n)) for n in self.first.graph.full_shape(name))):
                yield ref(name, *k)

    @cached_property
    def products(self) -> Steps:
        return second.product(self.first, self.names)

    def _slopes(self, steps: Steps, directions: Mapping[str, Nested]) -> dict[str, Nested]:
        results = evaluate(steps, {**self.values, **directions})
        return {name: results["adjoint", name] for name in self.first.graph.leaves}


def at(array: Nested, entry: Form) -> Value:
    for i in entry.at:
        array = array[i.const]
    return array


def filled(sizes: Shape, one: Form | None = None, before: tuple[int, ...] = ()) -> Nested:
    """Zeros, but 1 at one entry."""
    if not sizes:
        return Fraction(one is not None and tuple(i.const for i in one.at) == before)
    return tuple(filled(sizes[1:], one, (*before, k)) for k in range(int(sizes[0])))


def read(direction: Mapping[str, object], shapes: Mapping[str, Shape]) -> dict[str, Nested]:
    """A direction as somebody writes it, exact.  Raises SpecError that tells all its faults."""
    out: dict[str, Nested] = {}
    faults: list[tuple[Place, str]] = []
    for name, given in direction.items():
        if name not in shapes:
            known = ", ".join(shapes)
            faults.append((Place(key=str(name)), f"no direction goes there; a part is called by its array: {known}"))
            continue
        try:
            out[name] = array(given)
        except Refused as refused:
            faults += [(Place(key=name), message) for _, message in refused.faults]
            continue
        if shape(out[name]) != shapes[name]:
            faults.append((Place(key=name), f"has shape {shape(out[name])}; the array's is {shapes[name]}"))
    if faults:
        raise SpecError.of(faults)
    return out
