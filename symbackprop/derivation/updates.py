"""The steps of an update: an optimizer's lines, read as array notation and put at the indices of each parameter.

    velocity = momentum*velocity + g      becomes      v⁺[j,i] = μ v[j,i] + ∂E/∂W1[j,i]

What a line defines is a quantity like any other: a state of W1 is called W1.m, and moves as W1 itself does; what is
only passed on within the update has a name too (W1.mhat).  Nothing downstream knows an optimizer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from symbackprop.form import (
    ONE,
    Axis,
    Form,
    Index,
    Size,
    add,
    adjoint,
    cases,
    fn,
    hyper,
    over,
    power,
    ref,
    replaced,
    updated,
)
from symbackprop.form import num as number
from symbackprop.reader.array import Statement, statement
from symbackprop.reader.lower import Lowering
from symbackprop.spec.model import Training
from symbackprop.spec.training import options_of, penalised
from symbackprop.tables.optimizers import GRADIENT, NUMBERS, OPTIMIZERS, Line, State
from symbackprop.vocabulary import Role

AHEAD = "ahead"  # what is worked out at the parameters w − μv, where a momentum looks ahead

Shape = tuple[Size, ...]
Entry = Callable[[tuple[Index, ...]], Form]


class Equation(NamedTuple):
    """left = form, for every value of axes."""

    left: Form
    axes: tuple[Axis, ...]
    form: Form


@dataclass(frozen=True)
class Rule:
    """How parameters move: the lines of each, and what one update hands to the next."""

    lines: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by parameter; any other moves by the lines of PLAIN
    states: tuple[State, ...] = ()
    options: tuple[str, ...] = ()  # what a line may name besides
    norm: bool = False  # whether a gradient is cut by the norm of all of it
    ahead: bool = False  # whether the gradient is taken at w − μv

    @property
    def plain(self) -> bool:
        """Whether all that happens is w⁺ = w − η ∂E/∂w."""
        return all(lines == PLAIN for _, lines in self.lines)

    @property
    def whole(self) -> bool:
        """Whether a parameter moves only when all gradients are known."""
        return self.norm or self.ahead

    def of(self, parameter: str) -> tuple[str, ...]:
        return dict(self.lines).get(parameter, PLAIN)


PLAIN = ("w = w - rate*g",)
DESCENT = Rule()


def rule_of(training: Training, train: tuple[str, ...], weights: tuple[str, ...]) -> Rule:
    """The rule of [training].  `weights` are the parameters that a penalty given as a plain number is on."""
    on = {key for key, value in options_of(training).items() if value}
    if training.clip is not None:
        on.add("clip-norm" if training.clip.norm is not None else "clip-value")
    return _rule(training.optimizer, frozenset(on), penalised(training, weights), train)


@lru_cache(maxsize=64)
def _rule(
    optimizer: str, on: frozenset[str], penalties: tuple[tuple[str, tuple[str, ...]], ...], train: tuple[str, ...]
) -> Rule:
    row = OPTIMIZERS[optimizer]

    def lines(name: str) -> tuple[str, ...]:
        own = on | {key for key, names in penalties if name in names}
        before = [line.equation for line in GRADIENT if holds(line, own)]
        first: dict[str, str] = {}
        for line in row.lines:
            if holds(line, own):
                first.setdefault(line.equation.split(" = ")[0], line.equation)
        return (*before, *first.values())

    return Rule(
        tuple((name, lines(name)) for name in train),
        tuple(state for state in row.states if set(state.when.split()) <= on),
        tuple(key.replace("-", "_") for key in row.options),
        "clip-norm" in on,
        optimizer == "momentum" and "nesterov" in on,
    )


def holds(line: Line, on: frozenset[str] | set[str]) -> bool:
    return set(line.when.split()) <= on


def equations(rule: Rule, name: str, shape: Shape, at: tuple[Index, ...], axes: tuple[Axis, ...]) -> Iterator[Equation]:
    """One update of one parameter, line by line."""
    entry: dict[str, Entry] = {n: _number(n) for n in (*NUMBERS, *rule.options)}
    entry["w"] = lambda i: ref(name, *i)
    entry["g"] = lambda i: adjoint(f"{name}.{AHEAD}" if rule.ahead else name, *i)
    shapes: dict[str, Shape] = {**dict.fromkeys(entry, ()), "w": shape, "g": shape}
    for state in rule.states:
        shapes[state.name] = () if state.scalar else shape
        entry[state.name] = _entries(ref, f"{name}.{state.name}")
    moving = {"w": name} | {state.name: f"{name}.{state.name}" for state in rule.states}
    count: dict[str, int] = {}
    for text in rule.of(name):
        line = _read(text)
        if line.body.kind == "name":
            shapes[line.name], entry[line.name] = shapes[str(line.body.args[0])], entry[str(line.body.args[0])]
            continue
        body, sizes = _lowered(line, shapes)
        here, over_ = (at, axes) if sizes else ((), ())
        if line.name in moving:
            made = _entries(updated, moving[line.name])
        else:
            count[line.name] = count.get(line.name, 0) + 1
            again = count[line.name] if count[line.name] > 1 else ""
            made = _entries(ref, f"{name}.{line.name}{again}")
        form = replaced(flat(body(here)), lambda f: entry[f.name](f.at) if f.op == "ref" else None)
        yield Equation(made(here), over_, form)
        shapes[line.name], entry[line.name] = sizes, made


def flat(f: Form) -> Form:
    """One list of branches where the last of them branches again."""
    f = f.map(flat)
    return f if f.op != "cases" or f.forms[-1].op != "cases" else cases(*f.forms[:-1], *f.forms[-1].forms)


def _number(name: str) -> Entry:
    return lambda _: scale_of() if name == "scale" else hyper(name).be(Role.RATE if name == "rate" else None)


def _entries(make: Callable[..., Form], name: str) -> Entry:
    return lambda at: make(name, *at)


@lru_cache(maxsize=256)
def _read(text: str) -> Statement:
    return statement(text)


def _lowered(line: Statement, shapes: Mapping[str, Shape]) -> tuple[Entry, Shape]:
    """The right side as a function of the indices."""
    lowering = Lowering(dict(shapes), None, frozenset())
    lowering.text, lowering.stem = line.text, line.name
    array = lowering.raw(line.body)
    assert not lowering.made, "a line of an optimizer is entry by entry"
    return array.entry, array.shape


# ---- all parameters together -----------------------------------------------------------------------------------

NORM = "all"  # what the steps for the whole gradient are called after


def scale_of() -> Form:
    return ref(f"{NORM}.scale")


def cut(parts: list[tuple[Form, tuple[Axis, ...]]]) -> Iterator[Equation]:
    """‖g‖ over all parameters, and what each gradient is multiplied by: c/‖g‖ where that is below 1."""
    square, norm, most = ref(f"{NORM}.square"), ref(f"{NORM}.norm"), hyper("clip")
    yield Equation(square, (), add(*(over(power(g, number(2)), *axes) for g, axes in parts)))
    yield Equation(norm, (), fn("sqrt", square))
    yield Equation(scale_of(), (), cases(most / norm, norm > most, ONE))


def look_ahead(name: str, at: tuple[Index, ...], axes: tuple[Axis, ...]) -> Equation:
    """w′ = w − μv, where the gradient of a momentum that looks ahead is taken."""
    form = ref(name, *at) - hyper("momentum") * ref(f"{name}.velocity", *at)
    return Equation(ref(f"{name}.{AHEAD}", *at), axes, form)
