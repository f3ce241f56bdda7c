"""From steps to a program: only the lines that the error and the gradients asked for need, each computed once.

A program is still in index form, so that every target (lists, arrays, balls) reads the same lines:

    select   the steps that are needed, adjoints that are numbers folded in
    tidy     one constant in front of each product; a leading minus turns a difference: −(t − a) is a − t
    share    a subform that occurs twice, or that a loop need not compute again, gets a line of its own
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from symbackprop.derivation.steps import Step, Steps
from symbackprop.form import ENTRIES, ONE, Axis, Form, div, index, mul, neg, over, replaced, size, walk
from symbackprop.graph import Graph
from symbackprop.numeric.cost import cost, times
from symbackprop.numeric.line import Key, Line, key
from symbackprop.numeric.share import forwarded, shared
from symbackprop.numeric.tidy import oriented, tidy
from symbackprop.vocabulary import Kind


@dataclass(frozen=True)
class Program:
    """Lines in the order in which they are computed.  `outputs` says which entry each result is read from."""

    graph: Graph
    lines: tuple[Line, ...]
    arguments: tuple[str, ...]  # leaves, in the order in which the program mentions them
    hypers: tuple[str, ...]  # what it needs besides: the rate, where updated weights are used
    outputs: Mapping[Key, Key]  # what is asked for → what holds it
    data: tuple[str, ...] = ()  # arguments that may lead with an axis of samples: a batch


def program(
    steps: Steps, wrt: Iterable[str] | None = None, *, updates: bool = False, batch: str | None = None,
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
        lines = batched(lines, data, [("ref", graph.error), *wanted], batch)
    lines = oriented([line.of(tidy(line.form)) for line in lines])
    lines, moved = forwarded(shared(lines), {("ref", graph.error), *wanted})
    return made(graph, lines, {k: moved.get(k, k) for k in [("ref", graph.error), *wanted]})


def everything(steps: Steps, *, updates: bool) -> Program:
    """Every step as it stands: the program that a derivation's numbers come from."""
    lines = [_line(s) for s in steps.steps]
    if not updates:
        lines = _without_updates(lines)
    keys = [key(line.left) for line in lines] + [("ref", name) for name in steps.graph.leaves]
    return made(steps.graph, lines, {k: k for k in keys})


def made(graph: Graph, lines: Iterable[Line], outputs: Mapping[Key, Key]) -> Program:
    lines = tuple(lines)
    mentioned = {f.name for line in lines for f in walk(line.form) if f.op == "ref"}
    mentioned |= {name for op, name in outputs if op == "ref"}
    hypers = dict.fromkeys(str(f.args[0]) for line in lines for f in walk(line.form) if f.op == "hyper")
    # An array of which only the size is known may be asked for by name: its gradient is zeros of its shape.
    shaped = {name for op, name in outputs if op != "ref"}
    leaves = sorted(graph.leaves, key=lambda name: name in graph.parameters)
    arguments = tuple(n for n in leaves if n in mentioned | shaped)
    data = () if graph.sample else tuple(n for n in arguments if n not in graph.parameters)
    return Program(graph, lines, arguments, tuple(hypers), outputs, data)


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


BATCH = "batch"  # the size of the axis of samples that a batch adds
SAMPLES = Axis(".n", BATCH, Kind.SAMPLE)


def batched(lines: list[Line], data: tuple[str, ...], wanted: Iterable[Key], reduction: str) -> list[Line]:
    """The lines for a batch: what depends on data leads with its axis, error and parameters' results are reduced."""
    at = index(SAMPLES.var)
    leading: set[Key] = {("ref", name) for name in data}
    reduced = {k for k in wanted if k[1] not in data}
    scale = div(ONE, size(BATCH)) if reduction == "mean" else ONE

    def lead(f: Form) -> Form | None:
        if f.op not in ENTRIES or key(f) not in leading:
            return None
        names = tuple(a for a in f.args if isinstance(a, str))
        return Form(f.op, (*names, at, *f.at), f.role)

    def whole(f: Form) -> Form:
        """Every entry in the form, leading; `along` holds two."""
        return replaced(f, lead)

    out = []
    for line in lines:
        depends = any(f.op in ENTRIES and key(f) in leading for f in walk(line.form))
        form = whole(line.form)
        k = key(line.left)
        if k in reduced or not (depends or k[1] in data):
            if k in reduced:
                form = mul(scale, over(form, SAMPLES))
            out.append(line.of(form))
            continue
        leading.add(k)
        left = lead(line.left)
        assert left is not None
        if k in wanted:
            form = mul(scale, form)
        out.append(Line(left, (SAMPLES, *line.axes), form))
    return out


STABLE = {"sigmoid": "log-sigmoid", "softmax": "log-softmax"}


def stable(lines: list[Line]) -> list[Line]:
    """log σ(z), log(1 − σ(z)) and log softmax(z) from z itself: σ(z) may be 0 or 1 in floating point."""
    by_key = {key(line.left): line for line in lines}

    def put(f: Form) -> Form | None:
        if f.op != "fn" or f.name != "log":
            return None
        x, sign = f.forms[0], 1
        if x.op == "add" and len(x.forms) == 2 and x.forms[0] == ONE and x.forms[1].op == "neg":
            x, sign = x.forms[1].forms[0], -1
        line = by_key.get(key(x)) if x.op in ENTRIES else None
        if line is None or line.form.op not in ("fn", "along") or line.form.name not in STABLE:
            return None
        if line.form.op == "along" and sign < 0:
            return None
        given = {i.variables[0]: j for i, j in zip(line.left.at, x.at, strict=True) if i.terms}
        if any(j.terms and j.variable is None for j in given.values()):
            return None
        whole = line.form.where(given)
        argument = whole.forms[0] if sign > 0 else neg(whole.forms[0])
        return Form(whole.op, (STABLE[whole.name], argument, *whole.args[2:]))

    return [line.of(replaced(line.form, put)) for line in lines]


def fused(lines: list[Line], wanted: Iterable[Key]) -> list[Line]:
    """A line that is used once goes where it is used, where that saves something.

    An adjoint that divides: −t/a meets the slope a(1 − a), and a cancels.  The terms of a sum: Σ ½(t − a)² is ½Σ(t − a)².
    """
    kept = set(wanted)
    users: dict[Key, list[Line]] = {}
    for line in lines:
        for f in walk(line.form):
            if f.op in ENTRIES:
                users.setdefault(key(f), []).append(line)
    put: dict[Key, Line] = {}

    def inside(f: Form) -> Form | None:
        line = put.get(key(f)) if f.op in ENTRIES else None
        if line is None:
            return None
        return line.form.where({i.variables[0]: j for i, j in zip(line.left.at, f.at, strict=True) if i.terms})

    out = []
    for line in lines:
        k = key(line.left)
        line = line.of(replaced(line.form, inside))
        by = users.get(k, [])
        once = k not in kept and len({key(user.left) for user in by}) == 1
        if once and (_divides(line.form) if k[0] == "adjoint" else len(by) == 1 and _is_summed(line, by[0].form)):
            put[k] = line
        else:
            out.append(line)
    return out


def _is_summed(line: Line, user: Form) -> bool:
    """Whether the user is the sum of all entries, perhaps times a number."""
    while user.op in ("mul", "neg") and all(x.op in ("num", "size", "div") for x in user.forms[:-1]):
        user = user.forms[-1]
    if user.op != "over" or key_of(user.forms[0]) != key(line.left) or line.form.op == "along":
        return False
    return {a.var for a in user.axes} == {v for i in user.forms[0].at for v in i.variables} and bool(line.axes)


def key_of(f: Form) -> Key | None:
    return key(f) if f.op in ENTRIES else None


def _divides(f: Form) -> bool:
    """By a quantity, outside any sum."""
    if any(x.op == "over" for x in walk(f)):
        return False
    return any(x.op == "div" and any(y.op in ENTRIES for y in walk(x.forms[1])) for x in walk(f))


def _line(step: Step) -> Line:
    return Line(step.left, step.axes, step.form)


def _without_updates(lines: list[Line]) -> list[Line]:
    """The lines that no rate is needed for."""
    gone: set[Key] = set()
    out = []
    for line in lines:
        if any(f.op == "hyper" or (f.op in ENTRIES and key(f) in gone) for f in walk(line.form)):
            gone.add(key(line.left))
        else:
            out.append(line)
    return out


def operations(made: Program) -> int:
    """Additions, products, divisions, powers, function calls and negations, one each; sizes must be numbers."""
    return sum(times(line.axes) * cost(line.form) for line in made.lines)


