"""Whether the words fit together: one check a rule, each of which tells every place where it does not hold.

A check sees the spec with the arrays of files read in, and UNKNOWN where a value is faulty already: it says nothing
about those, so that one mistake is told once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import TypeGuard

from symbackprop.layers import Shape
from symbackprop.spec import equations, training
from symbackprop.spec.chain import LAYERS, chain, names_lead_back, shape_text, tokens_of
from symbackprop.spec.faults import Slip
from symbackprop.spec.hints import MISSING
from symbackprop.spec.model import GROUPS, Spec
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
from symbackprop.tables.losses import LOSSES

QUANTITY = re.compile(r"x|t|E|Ek|eta|[WbzaE]\d*")  # what the program calls its own, beside what its layers do


def known(*values: object) -> bool:
    return all(value is not UNKNOWN for value in values)


def numbers(value: object) -> TypeGuard[Array]:
    """An array that is there and can be looked at."""
    return isinstance(value, Fraction | tuple)


def there_are_layers(spec: Spec) -> Iterator[Slip]:
    if not spec.layered.layers:
        yield Slip(LAYERS, "there are no layers; write [[network.layers]] above each layer")


def layers_fit(spec: Spec) -> Iterator[Slip]:
    """Each layer in its place: what comes in, its sizes, its names."""
    yield from names_lead_back(spec.layered)
    yield from chain(spec.layered).faults


def names_of_sizes_are_free(spec: Spec) -> Iterator[Slip]:
    sizes: list[tuple[Path, object]] = [(("network", "inputs"), size) for size in spec.layered.shape]
    sizes += [
        ((*LAYERS, k, option.key), layer.options[option.key])
        for k, layer in enumerate(spec.layered.layers)
        if layer is not UNKNOWN
        for option in layer.row.options
        if option.what == "size"
    ]
    placed, loss = chain(spec.layered).placed, spec.layered.loss
    own = {name for layer in placed for name in (*layer.defines, *(name for _, name, _ in layer.leaves))}
    own |= {line.split(" = ")[0] for line in LOSSES[loss].equations} if isinstance(loss, str) else set()
    for at, size in sizes:
        if isinstance(size, str) and (QUANTITY.fullmatch(size) or size in own):
            yield Slip(at, f"{quoted(size)} is a quantity of the network; call the size otherwise, such as 'n'")


def sizes_are_within_bounds(spec: Spec) -> Iterator[Slip]:
    total = made = 0
    for layer in chain(spec.layered).placed:
        at = (*layer.at, layer.row.told)
        total += sum(count(sizes) for _, _, sizes in layer.leaves)
        made += count(layer.out)
        if total > MOST_NUMBERS:
            yield Slip(at, f"up to here {total:,} parameters; at most {MOST_NUMBERS:,} are allowed")
            return
        if made > MOST_NUMBERS:
            yield Slip(at, f"up to here {made:,} numbers; at most {MOST_NUMBERS:,} are allowed")
            return


def count(sizes: Shape) -> int:
    return prod(n for n in sizes if isinstance(n, int)) if all(isinstance(n, int) for n in sizes) else 0


def arrays_fit(spec: Spec) -> Iterator[Slip]:
    """The numbers of each layer, where its sizes are known."""
    for layer in chain(spec.layered).placed:
        shapes = {leaf.key: sizes for leaf, _, sizes in layer.leaves}
        for leaf in layer.row.leaves:
            value, at = layer.here[leaf.key], (*layer.at, leaf.key)
            if value is None:
                continue
            if leaf.key not in shapes:
                assert leaf.needs is not None, "an array that may be missing says when it is there"
                option, needed = leaf.needs
                advice = f'leave the {leaf.key} out, or write {option} = "{needed}"'
                yield Slip(at, f'the layer has {option} = "{layer.here[option]}"; {advice}')
            elif numbers(value) and not (not leaf.group and fits_each(value, shapes[leaf.key], spec)):
                rule = leaf.rule if isinstance(leaf.rule, str) else leaf.rule(layer.here)
                yield from fits(at, value, shapes[leaf.key], rule)


def fits_each(value: Array, sizes: Shape, spec: Spec) -> bool:
    """Whether what is no parameter is given for each sample."""
    rows = spec.data.inputs
    return isinstance(rows, tuple) and shape(value) == (len(rows), *sizes)


def fits(at: Path, value: Array, sizes: Shape, rule: str) -> Iterator[Slip]:
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
    return " × ".join(map(str, sizes))


def last_shape(spec: Spec) -> Shape:
    """The shape of the outputs, where all layers could be placed."""
    layers = chain(spec.layered)
    return layers.placed[-1].out if layers.placed and layers.whole else ()


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
    last = last_shape(spec) or UNKNOWN
    wide = True
    for key, value, sizes in (("inputs", inputs, spec.layered.shape), ("targets", targets, last)):
        if numbers(value) and sizes is not UNKNOWN and UNKNOWN not in sizes:
            found = list(rows_fit(("data", key), value, sizes))
            yield from found
            wide = wide and not found
    if wide and numbers(inputs) and numbers(targets) and (n := length(inputs)) != (m := length(targets)):
        yield Slip(("data", "targets"), f"targets has {counted(m, 'row')}, inputs has {n}: a row for each sample")


def words_are_known(spec: Spec) -> Iterator[Slip]:
    """Numbers of words: whole, from 0 up to, but not as many as there are words."""
    words = tokens_of(spec.layered)
    if isinstance(words, str) and numbers(spec.data.inputs):
        advice = "give it a number, or leave [data] out"
        yield Slip(("data", "inputs"), f"inputs has numbers, but the size {quoted(words)} is a name; {advice}")
    if isinstance(words, int) and numbers(spec.data.inputs):
        for at, value in each_number(spec.data.inputs, ("data", "inputs")):
            if value.denominator != 1 or not 0 <= value < words:
                rule = f"the words have the whole numbers from 0 to {words - 1}"
                yield Slip(at, f"{_short(value)} is no word: {rule}")


def each_number(value: Array, at: Path) -> Iterator[tuple[Path, Fraction]]:
    if isinstance(value, Fraction):
        yield at, value
    else:
        for k, part in enumerate(value):
            yield from each_number(part, (*at, k))


def there_are_samples(spec: Spec) -> Iterator[Slip]:
    """A layer that takes a mean over the samples has two or more, all at once."""
    inputs = spec.data.inputs
    for layer in chain(spec.layered).placed:
        key, together, alone = layer.row.samples or ("", "", "")
        if key and layer.here[key] == together:
            at, instead = (*layer.at, key), f'or write {key} = "{alone}"'
            start = f"a layer of kind '{layer.row.kind}' takes means over the samples"
            if spec.training.order == "sequential":
                yield Slip(at, f'{start}, and order = "sequential" takes one after the other; {instead}')
            elif inputs is None and spec.data.file is None:
                yield Slip(at, f"{start}; give two or more in [data], {instead}")
            elif numbers(inputs) and length(inputs) == 1:
                yield Slip(at, f"{start}, and there is one, which is its own mean; give two or more, {instead}")


def length(value: Array) -> int:
    return 0 if isinstance(value, Fraction) else len(value)


def rows_fit(at: Path, value: Array, sizes: Shape) -> Iterator[Slip]:
    key, found = at[-1], shape(value)
    if symbols := [size for size in sizes if isinstance(size, str)]:
        advice = "give it a number, or leave [data] out"
        yield Slip(at, f"{key} has numbers, but the size {quoted(symbols[0])} is a name; {advice}")
    elif found is not None and found[0:1] == (0,):
        yield Slip(at, f"{key} has no rows; write a row for each sample")
    elif found == sizes:
        what = "a row for each sample: two brackets, [[…]]" if len(sizes) == 1 else "an array for each sample"
        yield Slip(at, f"{key} has {described(value)}, expected {what}")
    elif found is None or found[1:] != sizes or not found:
        each = "input" if key == "inputs" else "unit of the last layer"
        rule = f"a row for each sample, with a number for each {each}"
        if len(sizes) == 1:
            yield Slip(at, f"{key} has {described(value)}, expected rows of {sizes[0]}: {rule}")
        else:
            yield Slip(at, f"{key} has {described(value)}, expected {shape_text(sizes)} for each sample")


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
    for path, row in last_rows(spec.data.targets):
        if not all(isinstance(t, Fraction) for t in row):
            return  # data_fits has told so
        values = [t for t in row if isinstance(t, Fraction)]
        at: Path = ("data", "targets", *path)
        total = sum(values, Fraction(0))
        if out := [k for k, t in enumerate(values) if not suits(t)]:
            yield Slip((*at, out[0]), f"{loss} wants targets {which}, not {_short(values[out[0]])}")
        elif not fits_together(total, values):
            yield Slip(at, f"{loss} wants {told.format(_short(total))}")


def loss_suits_the_units(spec: Spec) -> Iterator[Slip]:
    loss = spec.layered.loss
    if isinstance(loss, str) and last_shape(spec)[-1:] == (1,) and (instead := LOSSES[loss].single):
        yield Slip(("network", "loss"), f'{loss} compares several outputs, and there is one; write "{instead}" instead')


def smoothing_suits_the_loss(spec: Spec) -> Iterator[Slip]:
    loss, share = spec.layered.loss, spec.layered.label_smoothing
    if not known(loss, share) or not share:
        return
    at: Path = ("network", "label-smoothing")
    units = next(iter(last_shape(spec)[-1:]), UNKNOWN)
    if not isinstance(loss, str) or not LOSSES[loss].smooths:
        smooth = choices(name for name, row in LOSSES.items() if row.smooths)
        yield Slip(at, f"label-smoothing belongs to {smooth}; leave it out")
    elif isinstance(units, str):
        yield Slip(at, f"label-smoothing needs the number of classes, and units is the name {quoted(units)}")


def last_rows(value: Array, at: Path = ()) -> Iterator[tuple[Path, tuple[Array, ...]]]:
    """The rows along the last axis, below that of the samples, each with its place."""
    if isinstance(value, tuple) and at and not any(isinstance(part, tuple) for part in value):
        yield at, value
    elif isinstance(value, tuple):
        for k, part in enumerate(value):
            yield from last_rows(part, (*at, k))


def _short(value: Fraction) -> str:
    return written(value) or repr(float(value))


def something_moves(spec: Spec) -> Iterator[Slip]:
    layers, train = chain(spec.layered), spec.training.train
    groups = {leaf.group for layer in layers.placed for leaf, _, _ in layer.leaves}
    if layers.whole and layers.placed and train == ("biases",) and "biases" not in groups:
        yield Slip(("training", "train"), 'nothing moves: no layer has a bias; write train = ["weights"]')


def groups_move(spec: Spec) -> Iterator[Slip]:
    if known(spec.training.train):
        try:
            several_of("train", GROUPS)(spec.training.train)
        except Refused as refused:
            yield from (Slip(("training", "train", *at), message) for at, message in refused.faults)


def training_fits(spec: Spec) -> Iterator[Slip]:
    layers = chain(spec.layered)
    if not layers.whole:
        return
    shapes = {name: sizes for layer in layers.placed for leaf, name, sizes in layer.leaves if leaf.group}
    data = spec.data.inputs
    yield from training.fits(spec.training, shapes, len(data) if isinstance(data, tuple) else None)


def weights_stay_while_they_are_needed(spec: Spec) -> Iterator[Slip]:
    """A recurrent layer needs its weights for the step before: none of them is updated on the way."""
    if spec.training.hidden_deltas_from == "updated-weights":
        for layer in chain(spec.layered).placed:
            if layer.row.unrolled:
                start = f"a layer of kind '{layer.row.kind}' takes its weights at every step"
                advice = 'so that none of them has updated them; write "old-weights"'
                yield Slip(("training", "hidden-deltas-from"), f"{start}, {advice}")
                return


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
    layers_fit,
    arrays_fit,
    data_is_whole,
    data_fits,
    words_are_known,
    there_are_samples,
    targets_suit_the_loss,
    loss_suits_the_units,
    smoothing_suits_the_loss,
    groups_move,
    something_moves,
    training_fits,
    weights_stay_while_they_are_needed,
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
