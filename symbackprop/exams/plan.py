"""An exam file made ready: the base network, the networks that are drawn from, and where each number comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from symbackprop.derivation import Steps, steps_of
from symbackprop.errors import NOWHERE, Place, SpecError
from symbackprop.exams.model import TOPOLOGY, Asked, ExamWords, Grid, grid
from symbackprop.exams.variant import Exam
from symbackprop.form import Form, Index
from symbackprop.numeric.exact import leaf
from symbackprop.numeric.schedule import starts
from symbackprop.readings.names import Names
from symbackprop.spec import load as load_spec
from symbackprop.spec import understood
from symbackprop.spec.checks import check
from symbackprop.spec.faults import Slip, placed, slips
from symbackprop.spec.files import decoded, read, standard_input
from symbackprop.spec.model import Network
from symbackprop.spec.numbers import Array, quoted
from symbackprop.spec.numbers import Path as Key
from symbackprop.spec.problem import Problem, build
from symbackprop.spec.toml import parse
from symbackprop.spec.write import spec_of
from symbackprop.tables.notations import NOTATIONS

DEFAULT = grid([f"{k}/20" for k in range(1, 20)])  # 0.05, 0.10, …, 0.95
GROUPS = ("weights", "biases", "inputs", "targets")
MOST_TOPOLOGIES = 64


@dataclass(frozen=True)
class Slot:
    """A number that is drawn, or a row of numbers that is drawn as a whole."""

    name: str
    at: tuple[int, ...]
    grid: Grid


@dataclass(frozen=True, eq=False)
class Topology:
    """One network of the exam: its layers, and the numbers of it that do not change."""

    problem: Problem
    slots: tuple[Slot, ...]

    @cached_property
    def steps(self) -> Steps:
        return steps_of(self.problem)

    @cached_property
    def names(self) -> Names:
        return Names(self.problem, self.steps.graph, NOTATIONS[self.problem.presentation.notation])

    @cached_property
    def fixed(self) -> dict[str, Any]:
        """The numbers of the leaves, in full: those of the base, 0 where none is given."""
        values = dict(self.problem.values) | starts(self.steps, self.problem.training)
        shapes = {n: self.steps.graph.full_shape(n) for n in self.steps.graph.leaves}
        shapes |= {name: shape for name, (_, shape) in self.steps.states.items()}
        return {n: leaf(self.steps, values, n, 0) if n in values else filled(shape) for n, shape in shapes.items()}

    def values(self, drawn: Mapping[Slot, Array]) -> dict[str, Array]:
        """Every array of the variant, with what was drawn put in."""
        out = {name: self.fixed[name] for name in self.steps.graph.leaves}
        for slot, value in drawn.items():
            out[slot.name] = put(out[slot.name], slot.at, value)
        return out


def filled(shape: tuple[Any, ...]) -> Any:
    return (filled(shape[1:]),) * shape[0] if shape else Fraction(0)


def put(array: Any, at: tuple[int, ...], value: Any) -> Any:
    if not at:
        return value
    return tuple(put(x, at[1:], value) if k == at[0] else x for k, x in enumerate(array))


def entry_of(name: str, at: tuple[int, ...]) -> Form:
    return Form("ref", (name, *map(Index, at)))


@dataclass(frozen=True, eq=False)
class Plan:
    """All that variants are made from."""

    exam: Exam
    words: ExamWords
    base: Problem
    topologies: tuple[Topology, ...]
    place: Place = NOWHERE
    where: Mapping[Key, int] | None = None

    @property
    def questions(self) -> tuple[Asked, ...]:
        return self.words.question

    def refused(self, *found: Slip) -> SpecError:
        """An error at keys of the exam file."""
        return placed(found, self.place.file, self.where or {})


# ---- reading ---------------------------------------------------------------------------------------------------------


def load(path: str | Path) -> Plan:
    """The plan of an exam file; `-` is standard input.  Paths in it are relative to it."""
    if str(path) == "-":
        return loads(decoded(standard_input(), "-"), "-", folder=Path())
    path = Path(path)
    plan = loads(decoded(read(path), str(path)), str(path), folder=path.parent, stem=path.stem)
    return replace(plan, exam=replace(plan.exam, edited=edited(path, plan.words.network)))


def edited(path: Path, network: object) -> int:
    """When the exam's file or its network's was last changed."""
    files = [path, path.parent / network] if isinstance(network, str) else [path]
    return int(max(file.stat().st_mtime for file in files))


def loads(text: str, name: str = "<text>", folder: Path | None = None, stem: str = "exam") -> Plan:
    """The plan of an exam file's text.  Raises SpecError with every fault at once."""
    data, where = parse(text, name)
    try:
        words = ExamWords.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        raise placed(slips(error, ExamWords), name, where) from None
    base = based(words, name, where, folder)
    plan = Plan(exam_of(words, base, stem), words, base, (), Place(name), where)
    topologies, found = drawn_from(words, base)
    if found:
        raise plan.refused(*found)
    return Plan(plan.exam, words, base, topologies, plan.place, where)


def based(words: ExamWords, name: str, where: Mapping[Key, int], folder: Path | None) -> Problem:
    """The base network, as the exam tells it: one update, its own notation and language."""
    if isinstance(words.network, dict):
        inner = {path[1:]: line for path, line in where.items() if path[:1] == ("network",)}
        base = understood(words.network, name, inner, folder)
    elif folder is None:
        raise placed(
            [Slip(("network",), "a text that is in no file names no file; write the spec as a table")], name, where
        )
    else:
        base = load_spec(folder / words.network)
    shown = {"language": words.presentation.language}
    if words.presentation.notation:
        shown["notation"] = words.presentation.notation
    return base.replace(
        presentation=base.presentation.model_copy(update=shown),
        training=base.training.model_copy(update={"steps": 1, "hidden_deltas_from": "old-weights"}),
        source=None,
    )


def exam_of(words: ExamWords, base: Problem, stem: str) -> Exam:
    title = words.title
    return Exam(
        title=title.title or stem,
        language=words.presentation.language,
        course=title.course,
        date=title.date,
        instructions=title.instructions,
        notation=base.presentation.notation,
        digits=words.tolerance.digits,
        name=stem,
    )


# ---- the networks that are drawn from --------------------------------------------------------------------------------


def drawn_from(words: ExamWords, base: Problem) -> tuple[tuple[Topology, ...], list[Slip]]:
    """Every network, each with its slots; and what does not fit."""
    table = words.draw or {}
    networks: list[Problem | Slip] = [base]
    for key in TOPOLOGY:
        if key in table and base.network is None:
            return (), [Slip(("draw", key), f"{key} are drawn for a network as layers; this one stands as equations")]
        if key in table:
            networks = [CHANGED[key](p, choice) for p in networks for choice in table[key]]
    if len(networks) > MOST_TOPOLOGIES:
        told = f"{len(networks)} networks; at most {MOST_TOPOLOGIES} are drawn from"
        return (), [Slip(("draw",), told)]
    out: list[Topology] = []
    found: list[Slip] = []
    for problem in networks:
        if isinstance(problem, Slip):
            found.append(problem)
            continue
        slots, wrong = slots_of(problem, words.draw)
        found += wrong
        out.append(Topology(problem, slots))
    return tuple(out), list(dict.fromkeys(found))


def with_layers(problem: Problem, key: str, choice: Any, last: bool) -> Problem | Slip:
    """The problem with another word in each layer that has it; in the hidden ones only, where one word is for all."""
    network = problem.network
    assert network is not None
    holding = [k for k, layer in enumerate(network.layers) if getattr(layer, key, None) is not None]
    chosen = holding if last and isinstance(choice, tuple) else holding[:-1]
    choices = choice if isinstance(choice, tuple) else (choice,) * len(chosen)
    if len(choices) != len(chosen):
        told = f"{len(choices)} for {len(chosen)} layers; write one for each, or one word for all hidden layers"
        return Slip(("draw", f"{key}s" if not key.endswith("s") else key), told)
    put_in = dict(zip(chosen, choices, strict=True))
    layers = tuple(
        layer.model_copy(update={key: put_in[k]}) if k in put_in else layer for k, layer in enumerate(network.layers)
    )
    return rebuilt(
        problem, network.model_copy(update={"layers": layers}), ("draw", key if key.endswith("s") else f"{key}s")
    )


def rebuilt(problem: Problem, network: Network, at: Key) -> Problem | Slip:
    """The problem of another network; numbers whose shape does not fit any more are left out."""
    bare = build(spec_of(problem.replace(values={})).model_copy(update={"network": network}))
    values = {n: v for n, v in problem.values.items() if n in bare.shapes and bare.shapes[n] == problem.shapes.get(n)}
    made = bare.replace(
        values=values, samples=problem.samples, inputs=problem.inputs, path=problem.path, title=problem.title
    )
    if wrong := check(spec_of(made)):
        return Slip(at, wrong[0].message)
    return made


CHANGED = {
    "activations": lambda p, c: p if isinstance(p, Slip) else with_layers(p, "activation", c, last=True),
    "units": lambda p, c: p if isinstance(p, Slip) else with_layers(p, "units", c, last=False),
    "losses": lambda p, c: (
        p if isinstance(p, Slip) else rebuilt(p, p.network.model_copy(update={"loss": c}), ("draw", "losses"))
    ),
}


# ---- where each number comes from ------------------------------------------------------------------------------------


def slots_of(problem: Problem, table: Mapping[str, Any] | None) -> tuple[tuple[Slot, ...], list[Slip]]:
    """The slots in the order of the leaves; what is neither drawn nor given is a fault."""
    topology = Topology(problem, ())
    graph = topology.steps.graph
    found: list[Slip] = []
    grids: dict[tuple[str, tuple[int, ...]], Slot] = {}
    named = {k: g for k, g in (table or {}).items() if k not in TOPOLOGY}
    if table is None:
        named = {"weights": DEFAULT, "biases": DEFAULT, "inputs": DEFAULT}
    for key, drawn in named.items():
        arrays = group(problem, key)
        if arrays is None and key in topology.names.entries:
            entry = topology.names.entries[key]
            if entry.name not in graph.leaves:
                found.append(
                    Slip(("draw", key), f"{key} is computed on the way; draw a parameter, an input or a target")
                )
            else:
                at = tuple(i.const for i in entry.at)
                grids[entry.name, at] = Slot(entry.name, at, drawn)
            continue
        if arrays is None and key in graph.leaves:
            arrays = (key,)
        if arrays is None:
            found.append(Slip(("draw", key), unknown(key, topology)))
            continue
        for name in arrays:
            grids |= {(s.name, s.at): s for s in spread(name, sizes(graph.full_shape(name)), drawn, key, found)}
    order = {name: k for k, name in enumerate(graph.leaves)}
    slots = tuple(sorted(grids.values(), key=lambda s: (order[s.name], s.at)))
    covered = {s.name for s in slots}
    lacking = [n for n in graph.leaves if n not in problem.values and n not in covered]
    if lacking and not found:
        found.append(
            Slip(("draw",), f"{', '.join(lacking)} is neither given nor drawn; give it a range, or the base numbers")
        )
    return slots, found


def group(problem: Problem, key: str) -> tuple[str, ...] | None:
    """The arrays that a word of [draw] means."""
    layered = problem.network is not None
    weights = tuple(n for n in problem.parameters if not layered or not n.startswith("b"))
    return {
        "weights": weights,
        "biases": tuple(n for n in problem.parameters if n not in weights),
        "inputs": tuple(n for n in problem.inputs if n not in problem.targets)
        or tuple(n for n in problem.shapes if n not in problem.parameters),
        "targets": problem.targets,
    }.get(key)


def sizes(shape: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(map(int, shape))


def spread(name: str, shape: tuple[int, ...], drawn: Grid, key: str, found: list[Slip]) -> Iterator[Slot]:
    """A slot for each entry; for each row, where the values are rows."""
    rows = shape_of(drawn.values[0])
    if rows and shape[len(shape) - len(rows) :] != rows:
        found.append(Slip(("draw", key), f"rows of {rows[-1]} numbers, where {name} has the shape {list(shape)}"))
        return
    for at in product(*map(range, shape[: len(shape) - len(rows)])):
        yield Slot(name, at, drawn)


def shape_of(value: Array) -> tuple[int, ...]:
    return (len(value), *shape_of(value[0])) if isinstance(value, tuple) else ()


def unknown(key: str, topology: Topology) -> str:
    known = [*GROUPS, *TOPOLOGY, *topology.names.entries]
    near = get_close_matches(key, known, n=1)
    return f"nothing is called {quoted(key)} here; " + (
        f"did you mean '{near[0]}'?" if near else "write 'weights', 'inputs' or a name such as 'w1'"
    )
