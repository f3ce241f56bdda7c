"""Training, step by step: the error before each update and after the last, and the parameters along the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, isfinite
from typing import Any, NamedTuple, Protocol

from symbackprop.derivation.steps import Steps
from symbackprop.errors import DerivationError
from symbackprop.numeric.emit import moves
from symbackprop.numeric.exact import Nested, compiled, entrywise, leaf, leaves
from symbackprop.numeric.field import BITS, PrecisionNeeded, Value, double, ends, field
from symbackprop.numeric.program import program
from symbackprop.numeric.schedule import float_power, hypers, numbers_of, starts, the
from symbackprop.progress import counted

PROVEN = 100  # so many updates are enclosed; more are computed to as many digits, without a radius
ENOUGH = Fraction(1, 10**30)
MOST_BITS = 1 << 14
FEW = 20  # so many updates are shown one by one
DIGITS = {"1", "2", "3", "5"}  # of a longer run the steps 1, 2, 3, 5, 10, 20, 30, 50, 100, …
MUCH = 100_000  # entries moved, in all: a second or a few in 50 digits; more go in doubles

Arrays = Mapping[str, Nested]


class Diverged(DerivationError):
    """An error that has grown beyond what a double holds."""


class Trajectory(NamedTuple):
    errors: tuple[Value, ...]  # before update 1, …, before update n, after it
    parameters: Arrays  # what is trained, after n updates
    state: Arrays  # the optimizer's, after n updates: W1.m, W1.v
    along: Mapping[int, Arrays]  # the parameters at the steps that are shown, and before the last update
    precision: str  # "enclosed", "50 digits" or "double"
    reached: bool  # whether the error that was asked for was reached

    @property
    def updates(self) -> int:
        return len(self.errors) - 1

    @property
    def shown(self) -> list[int]:
        """The steps to show: all of a few, else a few of all, with the first and the last."""
        n = self.updates
        return [k for k in self.along if n <= FEW or round_number(k) or k == n]

    @property
    def numbers(self) -> Iterator[Value]:
        yield from self.errors
        yield from leaves((*self.parameters.values(), *self.state.values()))


def round_number(k: int) -> bool:
    return k == 0 or str(k).rstrip("0") in DIGITS


class Record:
    """What a run leaves behind, and when it may end.

    It may end when the errors of a whole round are small enough: of as many updates as take all samples.
    """

    def __init__(self, until: Fraction | None, turns: int) -> None:
        self.until, self.turns = until, turns
        self.errors: list[Value] = []
        self.along: dict[int, dict[str, Nested]] = {}
        self.small = 0  # so many of the last errors are small enough

    @property
    def reached(self) -> bool:
        return self.until is not None and self.small >= self.turns

    def add(self, error: Value, now: dict[str, Nested]) -> None:
        """The error after so many updates as there are errors, and what is moved at that time."""
        k = len(self.errors)
        _finite(error, k)
        self.errors.append(error)
        self.along[k] = now
        if k - 2 > FEW and not round_number(k - 2):
            del self.along[k - 2]
        self.small = self.small + 1 if self.until is not None and ends(error)[1] <= self.until else 0

    def trajectory(self, steps: Steps, out: Callable[[Value], Value], precision: str) -> Trajectory:
        """Parameters and states apart."""
        n = len(self.errors) - 1
        shown = {k for k in self.along if n <= FEW or round_number(k) or k >= n - 1}
        along = {k: {name: entrywise(x, out) for name, x in self.along[k].items()} for k in sorted(shown)}
        states = {name: x for name, x in along[n].items() if name in steps.states}
        trained = {k: {name: x for name, x in now.items() if name not in steps.states} for k, now in along.items()}
        return Trajectory(tuple(self.errors), trained[n], states, trained, precision, self.reached)


def _finite(error: Value, updates: int) -> None:
    try:
        finite = isfinite(double(error))
    except PrecisionNeeded:
        return
    except (OverflowError, ValueError):
        finite = False
    if not finite:
        raise Diverged(f"after {updates} updates the error is beyond all bounds; write a smaller rate under [training]")


class Trained(Protocol):
    """What a trajectory needs of a problem."""

    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def samples(self) -> int | None: ...
    @property
    def train(self) -> Sequence[str]: ...
    @property
    def training(self) -> Any: ...


def trajectory(
    steps: Steps, problem: Trained, n: int, *, fast: bool = False, until: Fraction | None = None
) -> Trajectory:
    """n updates.  Up to 100 are enclosed and keep 30 digits; more are computed with 50 digits, or `fast` in doubles.

    With `until`, fewer where the error gets so small.  With order "sequential" update k is by sample k − 1, modulo
    their number, and the error at step k is that of the sample that comes next; with "mini-batch" that of the samples
    that come next.
    """
    if fast:
        return _fast(steps, problem, n, until)
    bits = BITS
    while True:
        try:
            out = _run(steps, problem, n, bits, until, enclosed=n <= PROVEN)
        except PrecisionNeeded:
            out = None
        if out is not None and (n > PROVEN or all(map(_sharp, out.numbers))):
            return out
        bits *= 2
        if bits > MOST_BITS:
            raise PrecisionNeeded(f"{n} updates cannot be enclosed to 30 digits")


def training(steps: Steps, problem: Trained, n: int, until: Fraction | None = None) -> Trajectory:
    """The same, as exact as a long run allows: where it may end early, it is enclosed as far as that can be done."""
    if until is not None or n <= PROVEN:
        first = trajectory(steps, problem, min(n, PROVEN), until=until)
        if first.reached or n <= PROVEN:
            return first
    entries = sum(1 for name in problem.train for _ in leaves(problem.values[name]))
    return trajectory(steps, problem, n, until=until, fast=n * entries * (problem.samples or 1) > MUCH)


def _sharp(x: Value) -> bool:
    low, high = ends(x)
    return high - low <= ENOUGH * max(abs(low), abs(high), ENOUGH)


def _run(
    steps: Steps, problem: Trained, n: int, bits: int, until: Fraction | None, *, enclosed: bool
) -> Trajectory:
    made = compiled(steps, "training")
    numbers = field(bits) if enclosed else field(bits).loose()
    names = [name for op, name in made.program.outputs if op == "updated"]
    record = Record(until, turns(steps, problem))
    with numbers.at_precision():
        change = numbers.number if enclosed else lambda x: numbers.middle(numbers.number(x))
        values = {**problem.values, **starts(steps, problem.training)}
        given = [
            {name: entrywise(leaf(steps, values, name, k), change) for name in made.program.arguments}
            for k in range(record.turns)
        ]
        now: dict[str, Nested] = {name: given[0][name] for name in names}
        for k in counted(range(n + 1), "training", n + 1):
            known = {name: change(x) for name, x in hypers(problem.training, k, numbers).items()}
            error, *news = made(numbers, [{**given[k % len(given)], **now}[a] for a in made.program.arguments], known)
            record.add(numbers.out(error), now)
            if record.reached:
                break
            now = dict(zip(names, news if enclosed else (entrywise(x, numbers.middle) for x in news), strict=True))
        return record.trajectory(steps, numbers.out, "enclosed" if enclosed else "50 digits")


def turns(steps: Steps, problem: Trained) -> int:
    """After how many updates the samples come round: one, where an update sees them all."""
    if problem.samples is None or problem.training.order == "batch":
        return 1
    at_once = steps.graph.sample.size if steps.graph.sample else 1
    assert isinstance(at_once, int)
    return problem.samples // gcd(problem.samples, at_once)


def _fast(steps: Steps, problem: Trained, n: int, until: Fraction | None) -> Trajectory:
    """In doubles."""
    names = [s.of for s in steps.steps if s.left.op == "updated"]
    f = moves(steps)
    needs = program(steps, updates=True).hypers
    values = {**problem.values, **starts(steps, problem.training)}
    arguments = compiled(steps, "training").program.arguments
    record = Record(until, turns(steps, problem))
    given = [{a: _doubles(leaf(steps, values, a, k)) for a in arguments} for k in range(record.turns)]
    now = {name: given[0][name] for name in names}
    for k in counted(range(n + 1), "training", n + 1):
        known = numbers_of(problem.training, k, float_power)
        known = {name: float(x) for name, x in known.items() if x is not None}
        try:
            error, news = f(**{**given[k % len(given)], **now}, **{name: the(name, known) for name in needs})
        except OverflowError:
            error, news = float("inf"), now
        record.add(error, now)
        if record.reached:
            break
        now = news
    return record.trajectory(steps, lambda x: x, "double")


def _doubles(x: Nested) -> Any:
    return [_doubles(row) for row in x] if isinstance(x, list | tuple) else double(Fraction(x))
