"""The value of every step, exactly: fractions while they are rational, enclosures of 50 digits and more after that.

The steps are written as Python, one comprehension a line, and run on the numbers of a field: 784-30-10 with all of
its adjoints takes a tenth of a second.  The text is made once for a derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symbackprop.derivation.steps import Steps
from symbackprop.errors import SpecError
from symbackprop.numeric.emit import functions, measured
from symbackprop.numeric.field import BITS, Field, Value, field
from symbackprop.numeric.line import Key, key
from symbackprop.numeric.lists import Lists
from symbackprop.numeric.names import Names
from symbackprop.numeric.program import Program, everything, program
from symbackprop.numeric.schedule import hypers, starts, the
from symbackprop.numeric.targets import ATOM, EXACT, Text

if TYPE_CHECKING:
    from symbackprop.spec.model import Training

Nested = Any  # a value, or nested tuples of values


def evaluate(
    steps: Steps,
    values: Mapping[str, object],
    training: Training | Fraction | None = None,
    *,
    bits: int = BITS,
    numbers: Field | None = None,
) -> dict[Key, Nested]:
    """Every quantity ("ref", name), every ("adjoint", name), ("flow", "a→z") and, given the training or the rate of
    plain gradient descent, ("updated", name) after the first update.

    `values` holds a number or nested rows for each leaf; where there are samples, inputs and targets lead with their
    axis, and a derivation for one sample is evaluated at the first.
    """
    made = compiled(steps, "updates" if training is not None else "gradients")
    numbers = numbers or field(bits)
    with numbers.at_precision():
        known: dict[str, Value] = {}
        if isinstance(training, Fraction):
            known["rate"] = numbers.number(training)
        elif training is not None:
            known, values = hypers(training, 0, numbers), {**values, **starts(steps, training)}
        given = [entrywise(leaf(steps, values, name, 0), numbers.number) for name in made.program.arguments]
        results = made(numbers, given, known)
        return {k: entrywise(x, numbers.out) for k, x in zip(made.program.outputs, results, strict=True)}


def leaf(steps: Steps, values: Mapping[str, object], name: str, update: int) -> Nested:
    """The numbers of a leaf at an update: of the samples that it takes, in their order and round again, where the
    derivation is for fewer than the values are for."""
    if name not in values:
        raise SpecError(f"{name} has no values: what it is cannot be computed from symbols")
    value: Any = values[name]
    graph = steps.graph
    if name in graph.parameters or name in steps.states:
        return value
    deep, x = 0, value
    while isinstance(x, list | tuple):
        deep, x = deep + 1, x[0]
    if deep == len(graph.full_shape(name)) + 1:
        return value[update % len(value)]
    at_once = graph.sample.size if graph.sample and name in graph.batched else None
    if isinstance(at_once, int) and len(value) > at_once:
        return tuple(value[(update * at_once + k) % len(value)] for k in range(at_once))
    return value


def entrywise(x: Nested, change: Callable[[Any], Any]) -> Nested:
    return tuple(entrywise(row, change) for row in x) if isinstance(x, list | tuple) else change(x)


# ---- the program -----------------------------------------------------------------------------------------------


class Compiled:
    """A program in Python for the numbers of any field."""

    def __init__(self, made: Program) -> None:
        self.program = made
        self.constants: dict[Fraction, str] = {}
        names = Names(made, EXACT.reserved | {"settled"})
        writer = Lists(names, self.number, EXACT.compare)
        lines = []
        for line in made.lines:
            name = names[key(line.left)]
            lines += [writer.line(line), f"{name} = settled({name})"]
        sizes = [f"{names[k]} = {measured(k[1], made, names, EXACT)}" for k in names.of if k[0] == "size"]
        results = "".join(f"{names[made.outputs[k]]}, " for k in made.outputs)
        definitions, _ = functions(writer.calls, EXACT, self.number)
        arguments = ", ".join([*(names["ref", n] for n in made.arguments), *(names["hyper", n] for n in made.hypers)])
        body = "\n    ".join([*sizes, *lines, f"return ({results})"])
        self.source = "\n\n\n".join([*definitions, f"def f({arguments}):\n    {body}"]) + "\n"
        self.code = compile(self.source, "<exact>", "exec")
        self.ready: dict[tuple[type, int, bool], Callable[..., tuple[Nested, ...]]] = {}

    def number(self, x: Fraction) -> Text:
        return self.constants.setdefault(x, f"number_{len(self.constants)}_"), ATOM

    def __call__(self, numbers: Field, given: list[Nested], known: Mapping[str, Value]) -> tuple[Nested, ...]:
        return self.function(numbers)(*given, *(the(n, known) for n in self.program.hypers))

    def function(self, numbers: Field) -> Callable[..., tuple[Nested, ...]]:
        """The function, among the functions and constants of that field."""
        at = (type(numbers), numbers.bits, numbers.strict)
        if at not in self.ready:
            namespace: dict[str, Any] = {
                **numbers.functions,
                **{name: numbers.number(x) for x, name in self.constants.items()},
                "settled": lambda x: _settled(x, numbers.settled),
            }
            exec(self.code, namespace)  # noqa: S102 - our own text, see names.py
            self.ready[at] = namespace["f"]
        return self.ready[at]


def _settled(x: Nested, one: Callable[[Value], Value]) -> Nested:
    return [_settled(row, one) for row in x] if isinstance(x, list) else one(x)


MAKERS: dict[str, Callable[[Steps], Program]] = {
    "gradients": lambda steps: everything(steps, updates=False),
    "updates": lambda steps: everything(steps, updates=True),
    "training": lambda steps: program(steps, updates=True, stabilised=False),
}
_KNOWN: dict[tuple[int, str], tuple[Steps, Compiled]] = {}


def compiled(steps: Steps, what: str) -> Compiled:
    """The program of a derivation, made once in a process."""
    known = _KNOWN.get((id(steps), what))
    if known is None or known[0] is not steps:
        known = _KNOWN[id(steps), what] = steps, Compiled(MAKERS[what](steps))
        if len(_KNOWN) > 256:
            del _KNOWN[next(iter(_KNOWN))]
    return known[1]


def leaves(x: Nested) -> Iterator[Value]:
    """The entries, in order."""
    if isinstance(x, list | tuple):
        for row in x:
            yield from leaves(row)
    else:
        yield x
