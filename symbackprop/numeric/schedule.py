"""The numbers of each update: the rate as it falls, the options, the powers of β; and where an optimizer starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbackprop.derivation.steps import Steps
from symbackprop.errors import SpecError
from symbackprop.numeric.field import LONGEST, Field, Value
from symbackprop.spec.training import options_of, strength
from symbackprop.tables.optimizers import Option

if TYPE_CHECKING:
    from symbackprop.spec.model import Decay, Training

Nested = Any
Power = Callable[[Fraction, Fraction], Value]
FADING = Fraction(96, 100)  # of Nadam's momentum (Dozat 2016)


def numbers_of(training: Training, update: int, power: Power) -> dict[str, Value]:
    """What the lines of the update with that number, from 0, may name."""
    options = options_of(training)
    done = training.state.get("step", 0) + update
    out: dict[str, Value] = {key.replace("-", "_"): value for key, value in options.items()}
    out["rate"] = None if training.rate is None else rate_after(training.rate, training.decay, done, power)
    out["l1"], out["l2"] = strength(training.l1), strength(training.l2)
    if training.clip is not None:
        out["clip"] = training.clip.norm if training.clip.norm is not None else training.clip.value
    if update == 0 and "velocity" not in training.state and "dampening" in out:
        out["dampening"] = Fraction(0)  # the first velocity is the gradient itself
    return out | powers(options, done + 1, power)


def powers(options: Mapping[str, Option], t: int, power: Power) -> dict[str, Value]:
    """β₁ᵗ, β₂ᵗ, and what Nadam's momentum is made of; t counts updates from 1."""
    out = {f"{key}_t": power(Fraction(options[key]), Fraction(t)) for key in ("beta1", "beta2") if key in options}
    if "momentum-decay" in options:
        fall = Fraction(options["momentum-decay"])
        out |= {"fading": power(FADING, t * fall), "fading_next": power(FADING, (t + 1) * fall)}
    return out


def rate_after(rate: Fraction, decay: Decay | None, done: int, power: Power) -> Value:
    """The rate of the update that comes after `done` of them."""
    return rate if decay is None else FALLS[decay.kind](rate, decay.factor, done, decay.every or 1, power)


FALLS: dict[str, Callable[[Fraction, Fraction, int, int, Power], Value]] = {
    "inverse-time": lambda rate, factor, t, every, power: rate / (1 + factor * t),
    "exponential": lambda rate, factor, t, every, power: rate * power(factor, Fraction(t)),
    "step": lambda rate, factor, t, every, power: rate * power(factor, Fraction(t // every)),
}


def exact_power(numbers: Field) -> Power:
    """x to the power n: a fraction where it is a short one, else what the field has for it."""

    def power(x: Fraction, n: Fraction) -> Value:
        if x == 0:
            return Fraction(int(n == 0))
        if n.denominator == 1 and n * max(x.numerator.bit_length(), x.denominator.bit_length()) < LONGEST:
            return x ** int(n)
        return numbers.functions["power"](numbers.number(x), numbers.number(n))

    return power


def float_power(x: Fraction, n: Fraction) -> float:
    return float(float(x) ** float(n))


def hypers(training: Training, update: int, numbers: Field) -> dict[str, Value]:
    """The same as numbers of a field."""
    found = numbers_of(training, update, exact_power(numbers))
    return {name: numbers.number(value) for name, value in found.items() if value is not None}


def the(name: str, given: Mapping[str, Value]) -> Value:
    if name not in given:
        raise SpecError("the rate is a symbol: an update has a value where it is a number")
    return given[name]


def starts(steps: Steps, training: Training) -> dict[str, Nested]:
    """The state before the first update, by its name: W1.m."""
    options = options_of(training)
    out = {}
    for name, (state, shape) in steps.states.items():
        parameter = name.removesuffix(f".{state.name}")
        given = training.state.get(state.name, {})
        start = options[state.start] if state.start in options else Fraction(state.start)
        out[name] = given[parameter] if parameter in given else _filled(Fraction(start), shape)
    return out


def _filled(value: Fraction, shape: tuple[int | str, ...]) -> Nested:
    if not shape:
        return value
    n = shape[0]
    assert isinstance(n, int), "a state has numbers where its parameter has"
    return (_filled(value, shape[1:]),) * n
