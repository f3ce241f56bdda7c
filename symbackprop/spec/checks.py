"""Whether the words fit together: one check a rule, each of which tells every place where it does not hold.

A check sees the spec with the arrays of files read in, and UNKNOWN where a value is faulty already: it says nothing
about those, so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeGuard

from symbackprop.layers.dense import BIAS
from symbackprop.spec import equations, training
from symbackprop.spec.faults import Slip
from symbackprop.spec.hints import MISSING
from symbackprop.spec.model import GROUPS, Dense, Spec
from symbackprop.spec.numbers import (
    MOST_NUMBERS,
    Array,
    Path,
    Refused,
    counted,
    described,
    quoted,
    rows,
    shape,
    written,
)
from symbackprop.spec.words import UNKNOWN, choices, several_of
from symbackprop.tables.activations import ALONG
from symbackprop.tables.losses import LOSSES

Size = int | str
LAYERS: Path = ("network", "layers")
QUANTITY = re.compile(r"x|t|E|Ek|eta|[WbzaE]\d*")  # what the program calls its own
ROW_RULE = "row j holds the weights into unit j"


def layer_by_layer(spec: Spec) -> Iterator[tuple[Path, Dense, Size, Size]]:
    """Each layer with its key path, what comes in and how many units it has."""
    before = spec.layered.inputs
    for k, layer in enumerate(spec.layered.layers):
        yield (*LAYERS, k), layer, before, layer.units
        before = layer.units


def known(*values: object) -> bool:
    return all(value is not UNKNOWN for value in values)


def numbers(value: object) -> TypeGuard[Array]:
    """An array that is there and can be looked at."""
    return isinstance(value, Fraction | tuple)


def there_are_layers(spec: Spec) -> Iterator[Slip]:
    if not spec.layered.layers:
        yield Slip(LAYERS, "there are no layers; write [[network.layers]] above each layer")


def names_of_sizes_are_free(spec: Spec) -> Iterator[Slip]:
    sizes: list[tuple[Path, Size]] = [(("network", "inputs"), spec.layered.inputs)]
    sizes += [((*at, "units"), units) for at, _, _, units in layer_by_layer(spec)]
    loss = spec.layered.loss
    inside = {line.split(" = ")[0] for line in LOSSES[loss].equations} if isinstance(loss, str) else set()
    for at, size in sizes:
        if isinstance(size, str) and (QUANTITY.fullmatch(size) or size in inside):
            yield Slip(at, f"{quoted(size)} is a quantity of the network; call the size otherwise, such as 'n'")


def sizes_are_within_bounds(spec: Spec) -> Iterator[Slip]:
    total = 0
    for at, _, inputs, units in layer_by_layer(spec):
        if isinstance(inputs, int) and isinstance(units, int):
            total += inputs * units + units
            if total > MOST_NUMBERS:
                yield Slip((*at, "units"), f"up to here {total:,} parameters; at most {MOST_NUMBERS:,} are allowed")
                return


def weights_fit(spec: Spec) -> Iterator[Slip]:
    for at, layer, inputs, units in layer_by_layer(spec):
        if numbers(layer.weights) and known(inputs, units):
            yield from fits((*at, "weights"), layer.weights, (units, inputs), ROW_RULE)


def biases_fit(spec: Spec) -> Iterator[Slip]:
    for at, layer, _, units in layer_by_layer(spec):
        if layer.biases is None or not known(layer.bias):
            continue
        if BIAS[layer.bias] is None:
            yield Slip((*at, "biases"), 'the layer has bias = "none"; leave the biases out, or write bias = "unit"')
        elif numbers(layer.biases) and known(units):
            why = {"shared": "one for the whole layer", "unit": "one for each unit"}[layer.bias]
            sizes = () if layer.bias == "shared" else (units,)
            yield from fits((*at, "biases"), layer.biases, sizes, f'bias = "{layer.bias}" is {why}')


def fits(at: Path, value: Array, sizes: tuple[Size, ...], rule: str) -> Iterator[Slip]:
    """weights has 2 rows of 3, expected 2 rows of 2: row j holds the weights into unit j."""
    key = at[-1]
    if symbols := [size for size in sizes if isinstance(size, str)]:
        advice = f"give it a number, or leave {key} out"
        yield Slip(at, f"{key} has numbers, but the size {quoted(symbols[0])} is a name; {advice}")
    elif shape(value) != sizes:
        turned = shape(value) == sizes[::-1]
        hint = "; these are its columns: turn the array round" if turned and len(sizes) == 2 else ""
        expected = wanted([size for size in sizes if isinstance(size, int)])
        yield Slip(at, f"{key} has {described(value)}, expected {expected}: {rule}{hint}")


def wanted(sizes: Sequence[int]) -> str:
    match list(sizes):
        case []:
            return "one number"
        case [n]:
            return f"a list of {counted(n, 'number')}"
        case [n, m]:
            return rows(n, m)
    return " × ".join(map(str, sizes))  # pragma: no cover  # layers of more axes are to come


def softmax_has_rivals(spec: Spec) -> Iterator[Slip]:
    for at, layer, _, units in layer_by_layer(spec):
        if isinstance(layer.activation, str) and layer.activation in ALONG and units == 1:
            advice = 'give it two units or more, or write activation = "sigmoid"'
            yield Slip((*at, "activation"), f"{layer.activation} of one unit is always 1; {advice}")


def data_is_whole(spec: Spec) -> Iterator[Slip]:
    data = spec.data
    if data.file is not None:
        if data.inputs is not None or data.targets is not None:
            yield Slip(("data", "file"), "the samples stand here and in a file; leave one of the two out")
    elif data.inputs is None and data.targets is not None:
        yield Slip(("data", "targets"), "there are targets without inputs; write inputs, a row for each sample")
    elif data.targets is None and data.inputs is not None:
        yield Slip(("data", "inputs"), "there are inputs without targets; write targets, a row for each sample")


def data_fits(spec: Spec) -> Iterator[Slip]:
    """A row for each sample, as long as there are inputs or last units; as many rows of one as of the other."""
    inputs, targets = spec.data.inputs, spec.data.targets
    last = spec.layered.layers[-1].units if spec.layered.layers else UNKNOWN
    wide = True
    for key, value, size in (("inputs", inputs, spec.layered.inputs), ("targets", targets, last)):
        if numbers(value) and known(size):
            found = list(rows_fit(("data", key), value, size))
            yield from found
            wide = wide and not found
    if wide and numbers(inputs) and numbers(targets) and (n := length(inputs)) != (m := length(targets)):
        yield Slip(("data", "targets"), f"targets has {counted(m, 'row')}, inputs has {n}: a row for each sample")


def length(value: Array) -> int:
    return 0 if isinstance(value, Fraction) else len(value)


def rows_fit(at: Path, value: Array, size: Size) -> Iterator[Slip]:
    key = at[-1]
    if isinstance(size, str):
        message = f"{key} has numbers, but the size {quoted(size)} is a name; give it a number, or leave [data] out"
        yield Slip(at, message)
        return
    match shape(value):
        case (int(n), m) if n > 0 and m == size:
            return
        case (m,) if m == size:
            yield Slip(at, f"{key} has {described(value)}, expected a row for each sample: two brackets, [[…]]")
        case (0,) | (0, _):
            yield Slip(at, f"{key} has no rows; write a row for each sample")
        case _:
            each = "input" if key == "inputs" else "unit of the last layer"
            rule = f"a row for each sample, with a number for each {each}"
            yield Slip(at, f"{key} has {described(value)}, expected rows of {size}: {rule}")


#   what a loss wants of each target, and what it is told as
ENTRY: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "unit-interval": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "distribution": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "not-negative": (lambda t: t >= 0, "from 0 up"),
    "sign": (lambda t: t in (-1, 1), "of -1 or 1"),
    "one-hot": (lambda t: t in (0, 1), "of 0 or 1"),
}
#   and of those of a sample together
TOGETHER: dict[str, tuple[Callable[[Fraction, list[Fraction]], bool], str]] = {
    "distribution": (lambda total, _: total == 1, "targets that sum to 1, these sum to {}"),
    "one-hot": (lambda total, _: total == 1, "one target of 1 in a row, these sum to {}"),
    "direction": (lambda _, row: any(row), "targets that are not all 0"),
}


def targets_suit_the_loss(spec: Spec) -> Iterator[Slip]:
    """Cross-entropy is told of probabilities: they lie between 0 and 1, and those of a sample sum to 1 exactly."""
    loss = spec.layered.loss
    if not isinstance(loss, str) or not isinstance(spec.data.targets, tuple):
        return
    rule = LOSSES[loss].targets
    suits, which = ENTRY.get(rule, (lambda _: True, ""))
    fits_together, told = TOGETHER.get(rule, (lambda *_: True, ""))
    for s, row in enumerate(spec.data.targets):
        if not isinstance(row, tuple) or not all(isinstance(t, Fraction) for t in row):
            return  # data_fits has told so
        values = [t for t in row if isinstance(t, Fraction)]
        at: Path = ("data", "targets", s)
        total = sum(values, Fraction(0))
        if out := [k for k, t in enumerate(values) if not suits(t)]:
            yield Slip((*at, out[0]), f"{loss} wants targets {which}, not {_short(values[out[0]])}")
        elif not fits_together(total, values):
            yield Slip(at, f"{loss} wants {told.format(_short(total))}")


def loss_suits_the_units(spec: Spec) -> Iterator[Slip]:
    loss, layers = spec.layered.loss, spec.layered.layers
    if isinstance(loss, str) and layers and layers[-1].units == 1 and (instead := LOSSES[loss].single):
        yield Slip(("network", "loss"), f'{loss} compares several outputs, and there is one; write "{instead}" instead')


def smoothing_suits_the_loss(spec: Spec) -> Iterator[Slip]:
    loss, share = spec.layered.loss, spec.layered.label_smoothing
    if not known(loss, share) or not share:
        return
    at: Path = ("network", "label-smoothing")
    units = spec.layered.layers[-1].units if spec.layered.layers else UNKNOWN
    if not isinstance(loss, str) or not LOSSES[loss].smooths:
        smooth = choices(name for name, row in LOSSES.items() if row.smooths)
        yield Slip(at, f"label-smoothing belongs to {smooth}; leave it out")
    elif isinstance(units, str):
        yield Slip(at, f"label-smoothing needs the number of classes, and units is the name {quoted(units)}")


def _short(value: Fraction) -> str:
    return written(value) or repr(float(value))


def something_moves(spec: Spec) -> Iterator[Slip]:
    biases = [layer.bias for layer in spec.layered.layers]
    if known(*biases, spec.training.train) and spec.training.train == ("biases",) and set(biases) == {"none"}:
        yield Slip(("training", "train"), 'nothing moves: no layer has a bias; write train = ["weights"]')


def groups_move(spec: Spec) -> Iterator[Slip]:
    if known(spec.training.train):
        try:
            several_of("train", GROUPS)(spec.training.train)
        except Refused as refused:
            yield from (Slip(("training", "train", *at), message) for at, message in refused.faults)


def training_fits(spec: Spec) -> Iterator[Slip]:
    shapes: dict[str, tuple[Size, ...]] = {}
    for k, (_, layer, inputs, units) in enumerate(layer_by_layer(spec), 1):
        if not known(inputs, units, layer.bias):
            return
        shapes[f"W{k}"] = (units, inputs)
        if (bias := BIAS[layer.bias]) is not None:
            shapes[f"b{k}"] = (units,) if bias else ()
    data = spec.data.inputs
    yield from training.fits(spec.training, shapes, len(data) if isinstance(data, tuple) else None)


def nothing_of_equations(spec: Spec) -> Iterator[Slip]:
    homes = {"values": "a layer has weights and biases", "shapes": "a layer has units"}
    homes["samples"] = "[data] has a row for each"
    for key, instead in homes.items():
        if getattr(spec, key):
            yield Slip((key,), f"{key} belong to a network as [equations]; {instead}")


def one_way_of_rounding(spec: Spec) -> Iterator[Slip]:
    shown = spec.presentation
    if {"digits", "significant"} <= shown.model_fields_set and known(shown.digits, shown.significant):
        yield Slip(("presentation", "significant"), "digits and significant exclude each other; leave one of them out")


CHECKS: tuple[Callable[[Spec], Iterator[Slip]], ...] = (
    there_are_layers,
    names_of_sizes_are_free,
    sizes_are_within_bounds,
    weights_fit,
    biases_fit,
    softmax_has_rivals,
    data_is_whole,
    data_fits,
    targets_suit_the_loss,
    loss_suits_the_units,
    smoothing_suits_the_loss,
    groups_move,
    something_moves,
    training_fits,
    nothing_of_equations,
    one_way_of_rounding,
)


def check(spec: Spec) -> list[Slip]:
    """What does not fit, in a network as layers or as equations."""
    if spec.network is not None and spec.equations is not None:
        advice = "leave one of the two out"
        return [Slip(("equations",), f"the network stands as [network] and as [equations]; {advice}")]
    if spec.equations is not None:
        return [*equations.check(spec), *one_way_of_rounding(spec)]
    if spec.network is None:
        return [Slip(("network",), MISSING["network"])]
    return [slip for rule in CHECKS for slip in rule(spec)]
