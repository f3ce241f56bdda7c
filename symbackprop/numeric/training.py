"""Training, step by step: the error before each update and after the last, and the parameters at the end."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from symbackprop.derivation.steps import Steps
from symbackprop.errors import SpecError
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import Nested, compiled, entrywise, leaf, leaves, the_rate
from symbackprop.numeric.field import BITS, PrecisionNeeded, Value, double, ends, field
from symbackprop.numeric.program import program
from symbackprop.progress import counted

PROVEN = 100  # so many updates are enclosed; more are computed to as many digits, without a radius
ENOUGH = Fraction(1, 10**30)
MOST_BITS = 1 << 14


class Trajectory(NamedTuple):
    errors: tuple[Value, ...]  # before update 1, …, before update n, after it
    parameters: Mapping[str, Nested]  # what is trained, after n updates


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
    sample that comes next.
    """
    if fast:
        return _fast(steps, problem, n)
    bits = BITS
    while True:
        try:
            out = _run(steps, problem, n, bits, enclosed=n <= PROVEN)
        except PrecisionNeeded:
            out = None
        if out is not None and (n > PROVEN or all(map(_sharp, (*out.errors, *leaves(tuple(out.parameters.values())))))):
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
        samples = _samples(steps, problem)
        given = [
            {name: entrywise(leaf(steps, problem.values, name, k), change) for name in made.program.arguments}
            for k in range(samples)
        ]
        rate = change(the_rate(problem.training.rate)) if made.program.hypers else None
        now: dict[str, Nested] = {name: given[0][name] for name in names}
        errors = []
        for k in counted(range(n + 1), "training", n + 1):
            error, *news = made(numbers, [{**given[k % samples], **now}[a] for a in made.program.arguments], rate)
            errors.append(error)
            if k < n:
                now = dict(zip(names, news if enclosed else (entrywise(x, numbers.middle) for x in news), strict=True))
        return Trajectory(
            tuple(numbers.out(e) for e in errors), {name: entrywise(x, numbers.out) for name, x in now.items()}
        )


def _samples(steps: Steps, problem: Trained) -> int:
    """How many samples the updates take in turn: one, where a step sees them all."""
    return problem.samples or 1 if problem.training.order == "sequential" and steps.graph.sample is None else 1


def _fast(steps: Steps, problem: Trained, n: int) -> Trajectory:
    """In doubles."""
    names = [s.of for s in steps.steps if s.left.op == "updated"]
    f = lambdify(steps, "python", names)
    if problem.training.rate is None:
        raise SpecError("the rate is a symbol: an update has a value where it is a number")
    rate = double(problem.training.rate)
    samples = _samples(steps, problem)
    arguments = compiled(steps, "training").program.arguments
    given = [{a: _doubles(leaf(steps, problem.values, a, k)) for a in arguments} for k in range(samples)]
    more = {"rate": rate} if _needs_rate(steps) else {}
    now = {name: given[0][name] for name in names}
    errors = []
    for k in range(n + 1):
        error, gradients = f(**{**given[k % samples], **now}, **more)
        errors.append(error)
        if k < n:
            now = {name: _moved(now[name], gradients[name], rate) for name in names}
    return Trajectory(tuple(errors), now)


def _needs_rate(steps: Steps) -> bool:
    return bool(program(steps, [s.of for s in steps.steps if s.left.op == "updated"]).hypers)


def _doubles(x: Nested) -> Any:
    return [_doubles(row) for row in x] if isinstance(x, list | tuple) else double(Fraction(x))


def _moved(x: Any, by: Any, rate: float) -> Any:
    return [_moved(a, b, rate) for a, b in zip(x, by, strict=True)] if isinstance(x, list) else x - rate * by
