"""From steps to a program: only the lines that the error and the gradients asked for need, each computed once.

A program is still in index form, so that every target (lists, arrays, balls) reads the same lines:

    select   the steps that are needed, adjoints that are numbers folded in
    tidy     one constant in front of each product; a leading minus turns a difference: −(t − a) is a − t
    share    a subform that occurs twice, or that a loop need not compute again, gets a line of its own
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from symbackprop.derivation.steps import Step, Steps
from symbackprop.form import ENTRIES, Form, replaced, walk
from symbackprop.graph import Graph, Shape
from symbackprop.numeric.batch import batched
from symbackprop.numeric.cost import cost, times
from symbackprop.numeric.fuse import fused, stable
from symbackprop.numeric.line import Key, Line, key
from symbackprop.numeric.share import forwarded, shared
from symbackprop.numeric.tidy import oriented, tidy
from symbackprop.vocabulary import Stage


@dataclass(frozen=True)
class Program:
    """Lines in the order in which they are computed.  `outputs` says which entry each result is read from."""

    graph: Graph
    lines: tuple[Line, ...]
    arguments: tuple[str, ...]  # all leaves: inputs and targets, then parameters, then states of an optimizer
    hypers: tuple[str, ...]  # what it needs besides: the rate and options, where something is updated
    outputs: Mapping[Key, Key]  # what is asked for → what holds it
    data: tuple[str, ...] = ()  # arguments that may lead with an axis of samples: a batch
    states: Mapping[str, Shape] = field(default_factory=dict)  # the arguments that an optimizer hands on

    def shape(self, name: str) -> Shape:
        """Of an argument."""
        return self.states[name] if name in self.states else self.graph.full_shape(name)


def program(
    steps: Steps,
    wrt: Iterable[str] | None = None,
    *,
    updates: bool = False,
    batch: str | None = None,
    stabilised: bool = True,
) -> Program:
    """The error, with its gradient by each quantity in `wrt` (the parameters) or with each parameter's update.

    With `batch` ("sum" or "mean") what is no parameter leads with an axis of samples, and the rest is reduced over it.
    """
    graph = steps.graph
    if updates:
        wanted = [("updated", s.of) for s in steps.steps if s.left.op == "updated"]
    else:
        wanted = [("adjoint", name) for name in (graph.parameters if wrt is None else wrt)]
    lines = needed(steps, [("ref", graph.error), *wanted])
    if stabilised:
        lines = stable(lines)
    lines = fused(lines, wanted)
    data = () if graph.sample else tuple(n for n in graph.leaves if n not in graph.parameters)
    if data and batch:
        lines = batched(lines, data, graph.parameters, graph.error, batch)
    lines = oriented([line.of(tidy(line.form)) for line in lines])
    lines, moved = forwarded(shared(lines), {("ref", graph.error), *wanted})
    return made(steps, lines, {k: moved.get(k, k) for k in [("ref", graph.error), *wanted]})


def everything(steps: Steps, *, updates: bool) -> Program:
    """Every step as it stands: the program that a derivation's numbers come from."""
    lines = [_line(s) for s in steps.steps]
    if not updates:
        lines = _without_updates(lines, {key(s.left) for s in steps.steps if s.stage is Stage.UPDATE})
    program = made(steps, lines, {})
    keys = [key(line.left) for line in lines] + [("ref", name) for name in program.arguments]
    return replace(program, outputs={k: k for k in keys})


def selected(steps: Steps, wanted: Iterable[Key]) -> Program:
    """The steps that lead to these entries, each on a line of its own."""
    wanted = tuple(wanted)
    lines = oriented([line.of(tidy(line.form)) for line in stable(needed(steps, wanted))])
    return made(steps, lines, {k: k for k in wanted})


def made(steps: Steps, lines: Iterable[Line], outputs: Mapping[Key, Key]) -> Program:
    lines, graph = tuple(lines), steps.graph
    hypers = dict.fromkeys(str(f.args[0]) for line in lines for f in walk(line.form) if f.op == "hyper")
    # A leaf that nothing depends on is an argument all the same: whoever calls f has its numbers at hand.
    arguments = tuple(sorted(graph.leaves, key=lambda name: name in graph.parameters))
    data = () if graph.sample else tuple(n for n in arguments if n not in graph.parameters)
    used = {f.name for line in lines for f in walk(line.form) if f.op == "ref"}
    states = {name: shape for name, (_, shape) in steps.states.items() if name in used}
    return Program(graph, lines, (*arguments, *states), tuple(hypers), outputs, data, states)


def needed(steps: Steps, wanted: Iterable[Key]) -> list[Line]:
    """The lines that `wanted` depends on, in order, with adjoints that are numbers put in."""
    by_key = {key(s.left): s for s in steps.steps}
    live: set[Key] = set()
    waiting = list(wanted)

    def number(f: Form) -> Form | None:
        step = by_key.get(key(f)) if f.op in ENTRIES and f.op != "ref" else None
        return step.form if step is not None and step.form.op == "num" else None

    bodies: dict[Key, Form] = {}
    while waiting:
        k = waiting.pop()
        if k in live or k not in by_key:
            continue
        live.add(k)
        bodies[k] = replaced(by_key[k].form, number)
        waiting += [key(f) for f in walk(bodies[k]) if f.op in ENTRIES]
    return [_line(s).of(bodies[key(s.left)]) for s in steps.steps if key(s.left) in live]


def _line(step: Step) -> Line:
    return Line(step.left, step.axes, step.form)


def _without_updates(lines: list[Line], updates: set[Key]) -> list[Line]:
    """The lines that no update is needed for."""
    gone = set(updates)
    out = []
    for line in lines:
        if key(line.left) in gone or any(f.op in ENTRIES and key(f) in gone for f in walk(line.form)):
            gone.add(key(line.left))
        else:
            out.append(line)
    return out


def operations(made: Program) -> int:
    """Additions, products, divisions, powers, function calls and negations, one each; sizes must be numbers."""
    return sum(times(line.axes) * cost(line.form) for line in made.lines)
