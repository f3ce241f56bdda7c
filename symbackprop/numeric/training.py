"""Training, step by step: the error before each update and after the last, and the parameters at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import Any, NamedTuple, Protocol

from symbackprop.derivation.steps import Steps
from symbackprop.numeric.emit import moves
from symbackprop.numeric.exact import Nested, compiled, entrywise, leaf, leaves
from symbackprop.numeric.field import BITS, PrecisionNeeded, Value, double, ends, field
from symbackprop.numeric.program import program
from symbackprop.numeric.schedule import float_power, hypers, numbers_of, starts, the
from symbackprop.progress import counted

PROVEN = 100  # so many updates are enclosed; more are computed to as many digits, without a radius
ENOUGH = Fraction(1, 10**30)
MOST_BITS = 1 << 14


class Trajectory(NamedTuple):
    errors: tuple[Value, ...]  # before update 1, …, before update n, after it
    parameters: Mapping[str, Nested]  # what is trained, after n updates
    state: Mapping[str, Nested]  # the optimizer's, after n updates: W1.m, W1.v

    @property
    def numbers(self) -> Iterator[Value]:
        yield from self.errors
        yield from leaves((*self.parameters.values(), *self.state.values()))


class Trained(Protocol):
    """What a trajectory needs of a problem."""

    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def samples(self) -> int | None: ...
    @property
    def training(self) -> Any: ...


def trajectory(steps: Steps, problem: Trained, n: int, *, fast: bool = False) -> Trajectory:
    """n updates.  Up to 100 are enclosed and keep 30 digits; more are computed with 50 digits, or `fast` in doubles.

    With order "sequential" update k is by sample k − 1, modulo their number, and the error at step k is that of the
    sample that comes next; with "mini-batch" that of the samples that come next.
    """
    if fast:
        return _fast(steps, problem, n)
    bits = BITS
    while True:
        try:
            out = _run(steps, problem, n, bits, enclosed=n <= PROVEN)
        except PrecisionNeeded:
            out = None
        if out is not None and (n > PROVEN or all(map(_sharp, out.numbers))):
            return out
        bits *= 2
        if bits > MOST_BITS:
            raise PrecisionNeeded(f"{n} updates cannot be enclosed to 30 digits")


def _sharp(x: Value) -> bool:
    low, high = ends(x)
    return high - low <= ENOUGH * max(abs(low), abs(high), ENOUGH)


def _run(steps: Steps, problem: Trained, n: int, bits: int, *, enclosed: bool) -> Trajectory:
    made = compiled(steps, "training")
    numbers = field(bits) if enclosed else field(bits).loose()
    names = [name for op, name in made.program.outputs if op == "updated"]
    with numbers.at_precision():
        change = numbers.number if enclosed else lambda x: numbers.middle(numbers.number(x))
        values = {**problem.values, **starts(steps, problem.training)}
        given = [
            {name: entrywise(leaf(steps, values, name, k), change) for name in made.program.arguments}
            for k in range(turns(steps, problem))
        ]
        now: dict[str, Nested] = {name: given[0][name] for name in names}
        errors = []
        for k in counted(range(n + 1), "training", n + 1):
            known = {name: change(x) for name, x in hypers(problem.training, k, numbers).items()}
            error, *news = made(numbers, [{**given[k % len(given)], **now}[a] for a in made.program.arguments], known)
            errors.append(error)
            if k < n:
                now = dict(zip(names, news if enclosed else (entrywise(x, numbers.middle) for x in news), strict=True))
        return _sorted(steps, errors, {name: entrywise(x, numbers.out) for name, x in now.items()}, numbers.out)


def _sorted(
    steps: Steps, errors: Sequence[Value], last: Mapping[str, Nested], out: Callable[[Value], Value]
) -> Trajectory:
    """Parameters and states apart."""
    parameters = {name: x for name, x in last.items() if name not in steps.states}
    return Trajectory(tuple(map(out, errors)), parameters, {n: x for n, x in last.items() if n in steps.states})


def turns(steps: Steps, problem: Trained) -> int:
    """After how many updates the samples come round: one, where an update sees them all."""
    if problem.samples is None or problem.training.order == "batch":
        return 1
    at_once = steps.graph.sample.size if steps.graph.sample else 1
    assert isinstance(at_once, int)
    return problem.samples // gcd(problem.samples, at_once)


def _fast(steps: Steps, problem: Trained, n: int) -> Trajectory:
    """In doubles."""
    names = [s.of for s in steps.steps if s.left.op == "updated"]
    f = moves(steps)
    needs = program(steps, updates=True).hypers
    values = {**problem.values, **starts(steps, problem.training)}
    arguments = compiled(steps, "training").program.arguments
    given = [{a: _doubles(leaf(steps, values, a, k)) for a in arguments} for k in range(turns(steps, problem))]
    now = {name: given[0][name] for name in names}
    errors = []
    for k in range(n + 1):
        known = numbers_of(problem.training, k, float_power)
        known = {name: float(x) for name, x in known.items() if x is not None}
        error, news = f(**{**given[k % len(given)], **now}, **{name: the(name, known) for name in needs})
        errors.append(error)
        if k < n:
            now = news
    return _sorted(steps, errors, now, lambda x: x)


def _doubles(x: Nested) -> Any:
    return [_doubles(row) for row in x] if isinstance(x, list | tuple) else double(Fraction(x))
