"""A network as equations: which arrays it takes from outside, what shapes they have, and whether all of it fits.

Equations are read by the package's own reader and lowered one by one, so that a fault is told at its own line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symbackprop.errors import SymbackpropError
from symbackprop.form import Axis
from symbackprop.reader.array import Statement, fault, names_in, statement
from symbackprop.reader.lower import Lowering
from symbackprop.spec import assumptions, training
from symbackprop.spec.faults import Slip
from symbackprop.spec.model import Equations, Spec
from symbackprop.spec.numbers import MOST_NUMBERS, Array, Path, Refused, described, quoted, shape
from symbackprop.spec.words import UNKNOWN, choices, name
from symbackprop.vocabulary import Kind

PROGRAM: Path = ("equations", "program")
Shape = tuple[int | str, ...]


def check(spec: Spec) -> Iterator[Slip]:
    """Every fault of a spec that has [equations]; what is UNKNOWN has been told already."""
    yield from samples_of_their_own(spec)
    written = spec.equations
    if written is None or written is UNKNOWN or UNKNOWN in (spec.values, spec.shapes, spec.samples):
        return
    found = [*values_fit(spec), *samples_agree(spec)]
    yield from found
    if written.program is UNKNOWN:
        return
    lines: list[Statement] = []
    unread = []
    for k, text in enumerate(written.program):
        try:
            lines.append(statement(text))
            name(lines[-1].name)
        except SymbackpropError as error:
            unread.append(Slip((*PROGRAM, k), error.faults[0].message))
        except Refused as error:
            unread.append(Slip((*PROGRAM, k), str(error)))
    yield from unread
    if unread or found:
        return
    yield from names_fit(spec, written, lines)
    undefined = list(known_leaves(spec, written, lines))
    yield from undefined
    if undefined:
        return
    yield from shapes_fit(spec, written, lines)
    if written.parameters is not UNKNOWN:
        leaves = shapes_of(spec, written)
        parameters = {name: leaves[name] for name in written.parameters if name in leaves}
        yield from training.fits(spec.training, parameters, len(spec.samples) or None)


def samples_of_their_own(spec: Spec) -> Iterator[Slip]:
    for key in ("inputs", "targets", "file"):
        if getattr(spec.data, key) is not None:
            advice = "write [values], and [[samples]] for several"
            yield Slip(("data", key), f"{key} belongs to a network as layers; {advice}")


def values_fit(spec: Spec) -> Iterator[Slip]:
    """Numbers in even rows, of the shape that [shapes] gives."""
    for key, value in spec.values.items():
        yield from even(("values", key), value)
        given = spec.shapes.get(key)
        if UNKNOWN not in (value, given) and given is not None and shape(value) is not None:
            yield from as_shaped(("values", key), value, given, "[shapes] says")


def even(at: Path, value: Any) -> Iterator[Slip]:
    if value is UNKNOWN:
        return
    if (sizes := shape(value)) is None:
        yield Slip(at, f"{at[-1]} has {described(value)}; all rows must be of one length")
    elif 0 in sizes:
        yield Slip(at, f"{at[-1]} has no numbers; write them, or give its sizes in [shapes]")


def as_shaped(at: Path, value: Array, wanted: Shape, who: str) -> Iterator[Slip]:
    if named := [n for n in wanted if isinstance(n, str)]:
        yield Slip(at, f"{at[-1]} has numbers, but its size {quoted(named[0])} is a name; leave one of the two out")
    elif shape(value) != wanted:
        yield Slip(at, f"{at[-1]} has {described(value)}, but {who} {_sizes(wanted)}")


def samples_agree(spec: Spec) -> Iterator[Slip]:
    """Each sample overrides the same arrays, with the same shapes."""
    first: Mapping[str, Any] = {}
    for k, sample in enumerate(spec.samples):
        if sample is UNKNOWN:
            return
        first = first or sample
        if not sample or set(sample) != set(first):
            all_of = choices(first).replace(" or ", " and ") if first else "its arrays"
            yield Slip(("samples", k), f"each sample gives the same arrays; write {all_of} in each")
            continue
        for key, value in sample.items():
            at: Path = ("samples", k, key)
            uneven = list(even(at, value))
            yield from uneven
            if value is UNKNOWN or uneven:
                continue
            if spec.shapes.get(key) is UNKNOWN:
                continue
            if key in spec.shapes:
                yield from as_shaped(at, value, spec.shapes[key], "[shapes] says")
            elif (base := spec.values.get(key, first[key])) is not UNKNOWN and (sizes := shape(base)) is not None:
                yield from as_shaped(at, value, sizes, "elsewhere it has")
    for k, key in ((k, key) for k, sample in enumerate(spec.samples) for key in sample):
        if spec.equations and spec.equations.parameters is not UNKNOWN and key in spec.equations.parameters:
            yield Slip(("samples", k, key), f"{key} is a parameter, and so the same for all samples")


def names_fit(spec: Spec, written: Equations, lines: list[Statement]) -> Iterator[Slip]:
    """Parameters and the error are in the program; given arrays are not defined by it; sizes are no arrays."""
    defined = {line.name for line in lines}
    used = {n for line in lines for n, _ in names_in(line.body)}
    parameters = () if written.parameters is UNKNOWN else written.parameters
    for k, key in enumerate(parameters):
        at: Path = ("equations", "parameters", k)
        if key in defined:
            yield Slip(at, f"{key} is defined by the program; a parameter is given")
        elif key not in used:
            yield Slip(at, f"no equation uses {quoted(key)}; leave it out")
    if written.error is not UNKNOWN and written.error not in defined:
        advice = f"write one, {written.error} = …"
        yield Slip(("equations", "error"), f"no equation defines {quoted(written.error)}; {advice}")
    for table in ("values", "shapes"):
        for key in getattr(spec, table):
            if key in defined:
                yield Slip((table, key), f"{key} is defined by the program; leave it out here")
    for k, sample in enumerate(spec.samples):
        for key in sample:
            if key in defined or key not in used:
                why = "is defined by the program" if key in defined else "is not used by any equation"
                yield Slip(("samples", k, key), f"{key} {why}; leave it out here")
    for key, sizes in ((key, sizes) for key, sizes in spec.shapes.items() if sizes is not UNKNOWN):
        for k, size in enumerate(sizes):
            if isinstance(size, str) and (size in defined or size in used):
                yield Slip(("shapes", key, k), f"{quoted(size)} is an array; call the size otherwise, such as 'n'")
    if "train" in spec.training.model_fields_set and spec.training.train is not UNKNOWN and parameters:
        for k, key in enumerate(spec.training.train):
            if key not in parameters:
                advice = f"write {choices(parameters)}"
                yield Slip(("training", "train", k), f"no parameter is called {quoted(key)}; {advice}")


def known_leaves(spec: Spec, written: Equations, lines: list[Statement]) -> Iterator[Slip]:
    """Every name is defined above, or is given."""
    given = {*spec.values, *spec.shapes, *(key for sample in spec.samples for key in sample)}
    defined: set[str] = set()
    later = {line.name for line in lines}
    told: set[str] = set()
    for k, line in enumerate(lines):
        for key, column in names_in(line.body):
            if key in defined or key in given or key in told:
                continue
            told.add(key)
            at = (*PROGRAM, k)
            if key in later:
                yield Slip(at, str(fault(line.text, column, f"{key} is used before it is defined")))
                continue
            try:
                name(key)
                advice = f"write {key} = … in [values], or its sizes in [shapes]"
                message = f"{key} has neither a value nor a shape; {advice}"
            except Refused as refused:
                message = str(refused)
            yield Slip(at, str(fault(line.text, column, message)))
        defined.add(line.name)


def shapes_fit(spec: Spec, written: Equations, lines: list[Statement]) -> Iterator[Slip]:
    """Every equation, lowered; the first that does not fit is told, since others hang on it."""
    leaves = shapes_of(spec, written)
    if any(UNKNOWN in sizes for sizes in leaves.values()):
        return
    total = 0
    together = len(spec.samples) > 1 and spec.training.order != "sequential"
    sample = Axis("n", len(spec.samples), Kind.SAMPLE) if together else None
    lowering = Lowering(dict(leaves), sample, frozenset(spec.samples[0] if together else ()))
    for k, line in enumerate(lines):
        try:
            lowering.define(line)
        except SymbackpropError as error:
            yield Slip((*PROGRAM, k), error.faults[0].message)
            return
        count = 1
        for n in lowering.shapes[line.name]:
            count *= n if isinstance(n, int) else 1
        total += count
        if total > MOST_NUMBERS:
            yield Slip((*PROGRAM, k), f"up to here {total:,} numbers; at most {MOST_NUMBERS:,} are allowed")
            return
    if written.error in lowering.shapes and (sizes := lowering.shapes[written.error]):
        advice = f"sum it: {written.error} = sum(…)"
        yield Slip(("equations", "error"), f"the error is one number, but {written.error} is {_sizes(sizes)}; {advice}")
    without = {name for name in leaves if name not in spec.values}
    yield from assumptions_fit(written, lowering, without or set(leaves))


def assumptions_fit(written: Equations, lowering: Lowering, symbols: set[str]) -> Iterator[Slip]:
    """Each compares two sides that are there, and says something of what the verifier takes for a symbol."""
    known = frozenset(lowering.shapes)
    for k, text in enumerate(() if written.assume is UNKNOWN else written.assume):
        try:
            lowering.define(assumptions.check(text, k, known, symbols).difference)
        except SymbackpropError as error:
            yield Slip(("equations", "assume", k), error.faults[0].message)


def shapes_of(spec: Spec, written: Equations) -> dict[str, Shape]:
    """The shape of every array that the program takes from outside, in the order in which it does."""
    lines = [statement(text) for text in written.program]
    defined = {line.name for line in lines}
    out: dict[str, Shape] = {}
    for line in lines:
        for key, _ in names_in(line.body):
            if key in defined or key in out:
                continue
            if key in spec.shapes:
                out[key] = (UNKNOWN,) if spec.shapes[key] is UNKNOWN else spec.shapes[key]
            else:
                value = spec.samples[0][key] if spec.samples and key in spec.samples[0] else spec.values[key]
                out[key] = (UNKNOWN,) if value is UNKNOWN else shape(value) or ()
    return out


def _sizes(sizes: Shape) -> str:
    return " × ".join(map(str, sizes)) or "one number"
