"""What an oracle looks at: a problem's graph at one point, every leaf a number.

Where the problem leaves numbers open, rational test points are drawn, always the same ones: |θ| ≤ 2, since beyond it
units saturate and a wrong slope hides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from random import Random
from typing import Any

from symbackprop.errors import ShapeError
from symbackprop.graph import Graph, build
from symbackprop.reader.array import Tree, statement
from symbackprop.spec.problem import Problem
from symbackprop.verifier.oracle.algebra import REAL, UndefinedValue, exactly
from symbackprop.verifier.oracle.interpret import Key, Machine

# A named size stands for these, in turn: all different, so that no wrong transposition fits by luck.
SIZES = (2, 3, 4, 5)
TRIALS = 50
MOST_ENTRIES = 400
MOST_READS = 8_000_000  # entries × entries read for one error: what bounds the time on a large network


@dataclass(frozen=True)
class Subject:
    """A problem with numbers for all its leaves, and its graph."""

    problem: Problem

    @cached_property
    def graph(self) -> Graph:
        p = self.problem
        return build(p.program, fixed_sizes(p.shapes), p.parameters, p.error, p.samples, self.batched, p.reduction)

    @cached_property
    def batched(self) -> tuple[str, ...]:
        """The leaves that lead with a sample axis: the data, and whatever has one number list for each sample."""
        p = self.problem
        if not p.samples:
            return ()
        return tuple(n for n in p.shapes if depth(p.values[n]) > len(p.shapes[n]))

    @cached_property
    def machine(self) -> Machine:
        leaves = {n: {k: exactly(v) for k, v in entries(self.problem.values[n])} for n in self.problem.shapes}
        return Machine(self.graph, leaves, REAL)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(int(n) for n in self.graph.full_shape(name))

    def keys(self, name: str) -> list[Key]:
        return list(product(*map(range, self.shape(name))))

    def chosen(self, names: Iterable[str]) -> dict[str, list[Key]]:
        """Every entry of the names; where there are too many, evenly spaced ones of each, first and last included."""
        keys = {n: self.keys(n) for n in names}
        total = sum(map(len, keys.values()))
        most = max(40, min(MOST_ENTRIES, MOST_READS // max(1, self.machine.reads)))
        if total <= most:
            return keys
        return {n: spaced(ks, max(2, most * len(ks) // total)) for n, ks in keys.items()}


def spaced(keys: list[Key], n: int) -> list[Key]:
    return keys if n >= len(keys) else [keys[k * (len(keys) - 1) // (n - 1)] for k in range(n)]


def depth(value: Any) -> int:
    return 1 + depth(value[0]) if isinstance(value, tuple | list) else 0


def entries(value: Any, at: Key = ()) -> Iterator[tuple[Key, Any]]:
    """(key, number) for each number of nested tuples."""
    if isinstance(value, tuple | list):
        for k, part in enumerate(value):
            yield from entries(part, (*at, k))
    else:
        yield at, value


# ---- points --------------------------------------------------------------------------------------------------------


def at_point(problem: Problem) -> Problem:
    """The problem with a number for every leaf: the given ones, the others drawn; named sizes get numbers, too.

    With `order = "sequential"` the first sample alone, with "mini-batch" the first of them, as in the derivation.
    """
    problem = first_samples(problem) if problem.samples and problem.training.order != "batch" else problem
    shapes = fixed_sizes(problem.shapes)
    problem = problem.replace(shapes=shapes, network=None if shapes != problem.shapes else problem.network)
    missing = [n for n in shapes if n not in problem.values]
    if not missing:
        return problem
    fault: Exception | None = None
    for trial in range(TRIALS):
        random = Random(trial)
        drawn = {n: _drawn(problem, n, random) for n in missing}
        candidate = problem.replace(values={**problem.values, **drawn})
        try:
            Subject(candidate).machine  # noqa: B018  (its making shows whether the error is defined at the point)
        except (UndefinedValue, ZeroDivisionError) as error:
            fault = error
        else:
            return candidate
    raise UndefinedValue(f"no point was found at which the error is defined: {fault}")


def first_samples(problem: Problem) -> Problem:
    """The samples of the first update; one alone has no axis."""
    size = (problem.training.batch_size or 1) if problem.training.order == "mini-batch" else 1

    def first(name: str, value: Any) -> Any:
        if depth(value) <= len(problem.shapes[name]):
            return value
        return value[0] if size == 1 else value[:size]

    values = {name: first(name, value) for name, value in problem.values.items()}
    return problem.replace(samples=None if size == 1 else size, values=values)


def fixed_sizes(shapes: Mapping[str, tuple[int | str, ...]]) -> dict[str, tuple[int | str, ...]]:
    names = dict.fromkeys(n for shape in shapes.values() for n in shape if isinstance(n, str))
    if len(names) > len(SIZES):
        raise ShapeError(f"a check puts numbers in for at most {len(SIZES)} named sizes")
    given: dict[int | str, int] = dict(zip(names, SIZES, strict=False))
    return {name: tuple(given.get(n, n) for n in shape) for name, shape in shapes.items()}


def _drawn(problem: Problem, name: str, random: Random) -> Any:
    """Sixteenths: 1/16 … 2 with either sign; a target between 0 and 1, and summing to 1, which suits every loss."""
    shape = [int(n) for n in problem.shapes[name]]
    data = (*problem.inputs, *problem.targets)
    if problem.samples and name in data:
        shape = [problem.samples, *shape]

    def number() -> Fraction:
        return Fraction(random.choice((-1, 1)) * random.randint(1, 32), 16)

    def target(n: int) -> tuple[Fraction, ...]:
        parts = [random.randint(1, 16) for _ in range(n + (n == 1))]  # one unit: p of p and 1 − p
        return tuple(Fraction(k, sum(parts)) for k in parts)[:n]

    def fill(shape: list[int]) -> Any:
        if name in problem.targets and len(shape) <= 1:
            return target(shape[0]) if shape else target(1)[0]
        return tuple(fill(shape[1:]) for _ in range(shape[0])) if shape else number()

    return fill(shape)


# ---- programs ------------------------------------------------------------------------------------------------------


def trees(problem: Problem) -> list[tuple[str, Tree]]:
    """The program as it was written, name by name."""
    return [(s.name, s.body) for s in map(statement, problem.program)]


def leading(problem: Problem, batched: Iterable[str]) -> frozenset[str]:
    """The names that differ between samples: the data and what is made of it."""
    out = set(batched)
    for name, tree in trees(problem):
        if any(n in out for n in _names(tree)):
            out.add(name)
    return frozenset(out - {problem.error})


def _names(tree: Tree) -> Iterator[str]:
    if tree.kind == "call" and tree.args[0] == "batch_mean":  # the same for all samples
        return
    if tree.kind == "name":
        yield str(tree.args[0])
    yield from _within(tree.args, _names)


def _within(parts: tuple[object, ...], visit: Callable[[Tree], Iterator[str]]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Tree):
            yield from visit(part)
        elif isinstance(part, tuple):
            yield from _within(part, visit)
