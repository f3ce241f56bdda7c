"""The options of [training]: what each optimizer takes, and whether the words fit together.

The keys themselves stand in model.py, with the other tables.  An option that is left out has its row's default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbackprop.spec.faults import Slip
from symbackprop.spec.numbers import Path, Refused, array, described, named, number, quoted, shape
from symbackprop.spec.words import UNKNOWN, choices, whole
from symbackprop.tables.optimizers import EVERY, OPTIMIZERS, Option

if TYPE_CHECKING:
    from symbackprop.spec.model import Training

Shape = tuple[int | str, ...]
AT: Path = ("training",)
STATES = tuple(dict.fromkeys(state.name for row in OPTIMIZERS.values() for state in row.states))


# ---- readers ---------------------------------------------------------------------------------------------------


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"true or false is wanted, without quotes, not {named(value)}")
    return value


def between(low: int, high: int | None, example: str, *, low_too: bool = True) -> Callable[[object], Fraction]:
    """A number from low up, below high."""

    def read(value: object) -> Fraction:
        n = number(value)
        if n < low or (n == low and not low_too) or (high is not None and n >= high):
            small = "small" if n <= low else "large"
            bounds = f"from {low}" if low_too else f"above {low}"
            bounds += f" and below {high}" if high is not None else ""
            raise Refused(f"{named(value)} is too {small}; write one {bounds}, such as {example}")
        return n

    return read


def state_of(value: object) -> dict[str, Any]:
    """{ velocity = { w = 0.3 }, step = 2 }"""
    example = "{ velocity = { w = 0.3 } }"
    if not isinstance(value, Mapping):
        raise Refused(f"a table is wanted, such as state = {example}, not {named(value)}")
    out: dict[str, Any] = {}
    faults: list[tuple[Path, str]] = []
    for key, part in value.items():
        try:
            out[str(key)] = whole(0, 1_000_000, 2)(part) if key == "step" else _of_parameters(str(key), part)
        except Refused as refused:
            faults += [((str(key), *at), told) for at, told in refused.faults]
    if faults:
        raise Refused(*faults)
    return out


def _of_parameters(key: str, value: object) -> dict[str, Any]:
    if key not in STATES:
        raise Refused(f"no optimizer has a state {quoted(key)}; write {choices((*STATES, 'step'))}")
    if not isinstance(value, Mapping):
        raise Refused(f"a table by parameter is wanted, such as {key} = {{ w = 0.3 }}, not {named(value)}")
    out: dict[str, Any] = {}
    faults: list[tuple[Path, str]] = []
    for parameter, numbers in value.items():
        try:
            out[str(parameter)] = array(numbers)
        except Refused as refused:
            faults += [((str(parameter), *at), told) for at, told in refused.faults]
    if faults:
        raise Refused(*faults)
    return out


# ---- what the words say ----------------------------------------------------------------------------------------


def options_of(training: Training) -> dict[str, Option]:
    """The optimizer's options by name, as they are given or by its row."""
    out: dict[str, Option] = {}
    for key, default in OPTIMIZERS[training.optimizer].options.items():
        given = getattr(training, key.replace("-", "_"))
        out[key] = default if given is None else given
    return out


def penalised(training: Training, weights: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Which parameters have which penalty."""
    out = []
    for key in ("l1", "l2"):
        penalty = getattr(training, key)
        if strength(penalty):
            out.append((key, getattr(penalty, "parameters", weights)))
    return tuple(out)


def strength(penalty: Any) -> Fraction:
    return Fraction(0) if penalty is None else penalty if isinstance(penalty, Fraction) else penalty.strength


# ---- checks ----------------------------------------------------------------------------------------------------

ADVICE = {
    "weight-decay": "write l2 = 0.01 instead, which adds λw to the gradient; adamw alone keeps them apart",
    "momentum": 'write optimizer = "sgd" or "momentum"',
    "nesterov": 'write optimizer = "sgd" or "momentum"',
}


def fits(training: Training, parameters: Mapping[str, Shape], samples: int | None) -> Iterator[Slip]:
    """`parameters` are those of the network with their shapes; samples None where their number is not known."""
    if training.optimizer is UNKNOWN:
        return
    given = {key: value for key in EVERY if (value := getattr(training, key.replace("-", "_"))) is not None}
    yield from of_the_optimizer(training, given)
    yield from together(training, given)
    yield from shaped(training)
    yield from batches(training, samples)
    yield from penalties(training, parameters)
    yield from starts(training, parameters)


def of_the_optimizer(training: Training, given: Mapping[str, Any]) -> Iterator[Slip]:
    known = OPTIMIZERS[training.optimizer].options
    for key in given:
        if key not in known:
            advice = ADVICE.get(key, f"it has {', '.join(known)}; leave it out")
            yield Slip((*AT, key), f"{key} is no option of {training.optimizer}; {advice}")


def together(training: Training, given: Mapping[str, Any]) -> Iterator[Slip]:
    """What hangs on another word."""
    sgd = training.optimizer == "sgd"
    for key in ("dampening", "nesterov"):
        if sgd and given.get(key) and not given.get("momentum"):
            yield Slip((*AT, key), f"{key} needs a momentum; write momentum = 0.9")
    if sgd and given.get("nesterov") and given.get("dampening"):
        yield Slip((*AT, "dampening"), "nesterov goes without dampening; leave one of the two out")
    if training.hidden_deltas_from == "updated-weights":
        more = [key for key in ("clip", "l1", "l2") if getattr(training, key) is not None]
        if not sgd or given or more:
            advice = 'write optimizer = "sgd" with a rate alone, or hidden-deltas-from = "old-weights"'
            yield Slip((*AT, "hidden-deltas-from"), f"updated-weights is a mistake of plain gradient descent; {advice}")


def shaped(training: Training) -> Iterator[Slip]:
    """What a table of options needs to say."""
    decay, clip = training.decay, training.clip
    if decay is not None and UNKNOWN not in (decay, decay.kind, decay.every):
        if decay.kind == "step" and decay.every is None:
            yield Slip((*AT, "decay"), "a decay by steps says after how many updates; write every = 10")
        elif decay.kind != "step" and decay.every is not None:
            yield Slip((*AT, "decay", "every"), 'every belongs to kind = "step"; leave it out')
    if (
        clip is not None
        and UNKNOWN not in (clip, clip.norm, clip.value)
        and (clip.norm is None) == (clip.value is None)
    ):
        yield Slip((*AT, "clip"), "write either norm = 1.0, for the whole gradient, or value = 0.5, for each entry")


def batches(training: Training, samples: int | None) -> Iterator[Slip]:
    size = training.batch_size
    if training.order == "mini-batch":
        if size is None:
            yield Slip((*AT, "order"), "a mini-batch has a size; write batch-size = 2")
        elif size is not UNKNOWN and samples is not None and size >= samples:
            advice = 'write a smaller one, or order = "batch"'
            yield Slip((*AT, "batch-size"), f"{size} samples make an update, and there are {samples}; {advice}")
    elif size is not None and training.order is not UNKNOWN:
        yield Slip((*AT, "batch-size"), 'a batch-size belongs to mini-batches; write order = "mini-batch"')


def penalties(training: Training, parameters: Mapping[str, Shape]) -> Iterator[Slip]:
    for key in ("l1", "l2"):
        on = getattr(getattr(training, key), "parameters", ())
        for k, name in enumerate(() if on is UNKNOWN else on):
            if parameters and name not in parameters:
                yield Slip((*AT, key, "parameters", k), unknown(name, parameters))


def starts(training: Training, parameters: Mapping[str, Shape]) -> Iterator[Slip]:
    """Each start value belongs to a state of the optimizer and has the shape of its parameter."""
    if training.state is UNKNOWN:
        return
    row = OPTIMIZERS[training.optimizer]
    own = {state.name: state for state in row.states}
    for key, table in training.state.items():
        if key == "step":
            continue
        if key not in own:
            has = f"it has {', '.join(own)}" if own else "it has none"
            yield Slip((*AT, "state", key), f"{key} is no state of {row.name}; {has}")
            continue
        for name, value in table.items():
            at = (*AT, "state", key, name)
            if not parameters:
                continue
            if name not in parameters:
                yield Slip(at, unknown(name, parameters))
            elif shape(value) != (wanted := () if own[key].scalar else parameters[name]):
                sizes = " × ".join(map(str, wanted)) or "one number"
                yield Slip(at, f"{key} of {name} has {described(value)}, but {name} is {sizes}")


def unknown(name: str, parameters: Mapping[str, Shape]) -> str:
    return f"no parameter is called {quoted(name)}; write {choices(parameters)}"
