r"""The symbols of a notation, turned round: every entry of a network with the name that the notation prints for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import prod

from symbackprop.derivation import Steps
from symbackprop.derivation.updates import NORM
from symbackprop.form import ENTRIES, Form, Index, Size, Symbol, hyper, index, ref, walk
from symbackprop.readings.names import Names
from symbackprop.verifier.meaning import Key, Meaning, Pattern, Run, bare, key_of
from symbackprop.vocabulary import Kind

MOST_ENTRIES, MANY = 50_000, 400  # of an array with more than MANY, a pattern is enough


def quantities(names: Names, steps: Steps | None) -> Iterator[tuple[str, tuple[str, ...], tuple[Size, ...]]]:
    """ref, adjoint or flow, its name, its shape; what updates move too."""
    graph = names.graph
    for name in graph.shapes:
        yield "ref", (name,), graph.full_shape(name)
        if names.kind(name)[0] == "pre":
            yield "adjoint", (name,), graph.full_shape(name)
    for s in steps.steps if steps and names.problem.dense is None else ():
        if s.left.op == "flow":
            yield "flow", (s.left.name, str(s.left.args[1])), graph.full_shape(s.left.name)
    for name in moved(names, steps):
        of = name.rpartition(".")[0]
        scalar = of == NORM or (steps is not None and name in steps.states and steps.states[name][0].scalar)
        yield "ref", (name,), () if scalar else graph.shapes.get(of.partition(".")[0], ())


def moved(names: Names, steps: Steps | None) -> list[str]:
    """What updates name besides the quantities: an optimizer's states and the parts of its lines."""
    return list(dict.fromkeys(
        f.name for s in (steps.steps if steps else ()) for x in (s.left, s.form) for f in walk(x)
        if f.op in ENTRIES and f.name not in names.graph.shapes
    ))  # fmt: skip


def axes_of(names: Names, name: str, shape: tuple[Size, ...]) -> tuple[Run, ...]:
    """What each index runs over; two axes of one class may be indexed by one letter."""
    graph = names.graph
    batched = graph.sample is not None and name in graph.batched
    layer = names.kind(name.partition(".")[0] if names.inner(name) else name)[1]
    units = [f"units {layer}", f"units {layer - 1}"] if names.problem.dense else []
    own = shape[1:] if batched else shape
    out = [Run(shape[0], "samples", Kind.SAMPLE)] if batched else []
    for k, n in enumerate(own):
        of = units[k] if k < len(units) else f"size {n}"
        out.append(Run(n, of))
    return tuple(out)


def without_own(names: Names) -> Names:
    """The notation alone, as it is without [presentation.names]."""
    problem = names.problem
    return replace(names, problem=replace(problem, presentation=problem.presentation.model_copy(update={"names": {}})))


def spelled(names: Names, op: str, head: tuple[str, ...], at: Iterable[Index]) -> Symbol:
    form = names.spell(Form(op, (*head, *at)))
    assert form is not None
    s = (form.forms[1] if op == "flow" else form).args[0]  # a flow is printed as ∂E/∂(w via z)
    assert isinstance(s, Symbol)
    return s


def entries(
    names: Names, op: str, head: tuple[str, ...], runs: tuple[Run, ...], most: int
) -> Iterator[tuple[Key, Meaning]]:
    """The symbols of the array and of each of its entries."""
    bold = names.bold(Form(op, head))
    bold = bold.forms[1] if bold is not None and op == "flow" else bold
    if bold is not None and bold.op == "symbol" and isinstance(s := bold.args[0], Symbol):
        yield key_of(s), Meaning(Form(op, head), runs, bool(runs))
    sizes = [r.size for r in runs]
    if not all(isinstance(n, int) for n in sizes) or prod(int(n) for n in sizes) > most:
        return
    for at in product(*(range(int(n)) for n in sizes)):
        where = tuple(map(Index, at))
        s = spelled(names, op, head, where)
        meaning = Meaning(Form(op, (*head, *where)), ())
        yield key_of(s), meaning
        if s.sub and re.fullmatch(r"\d(?:,\d)+", s.sub):
            yield key_of(s._replace(sub=s.sub.replace(",", ""))), meaning
        elif re.fullmatch(r"\d\d+", s.sub) and len(s.sub) == len(runs) - (runs[0].kind is Kind.SAMPLE):
            yield key_of(s._replace(sub=",".join(s.sub))), meaning


def pattern_of(names: Names, op: str, head: tuple[str, ...], runs: tuple[Run, ...]) -> tuple[str, Pattern] | None:
    """Base and pattern of an entry with letters for its indices."""
    sample = runs[0].kind is Kind.SAMPLE
    letters = "jikm"[: len(runs) - sample]
    if len(letters) < len(runs) - sample:
        return None
    at = [index(v) for v in (("n",) if sample else ()) + tuple(letters)]
    s = spelled(names, op, head, at)
    parts: list[int | str] = []
    text = bare(s.sub)
    for found in re.findall(r"[A-Za-z]+|\d+", text):
        parts += [letters.index(c) + sample if c in letters else c for c in (found if found.isalpha() else [found])]
    if sorted(p for p in parts if isinstance(p, int)) != list(range(sample, len(runs))):
        return None
    base, _, sup = key_of(s)
    return base, Pattern(tuple(parts), sup.removesuffix("[n]"), op, head, runs, sample)


def numbers(names: Names, steps: Steps | None) -> Iterator[tuple[Key, Meaning]]:
    """η, μ, β₁: the numbers of the training."""
    found = dict.fromkeys(f.args[0] for s in (steps.steps if steps else ()) for f in walk(s.form) if f.op == "hyper")
    for name in dict.fromkeys(("rate", *found)):
        s = names.number_symbol(str(name)).args[0]
        assert isinstance(s, Symbol)
        yield key_of(s), Meaning(hyper(str(name)))


def alone(names: Names, steps: Steps | None) -> Iterator[tuple[Key, Meaning]]:
    """m for m_w, where there is one parameter."""
    if len(names.graph.parameters) != 1:
        return
    for name in moved(names, steps):
        of, _, last = name.rpartition(".")
        if of in names.graph.shapes:
            cell, runs = names.mark(last), axes_of(names, name, names.graph.shapes[of])
            yield (
                key_of(Symbol(cell.base, cell.sub, cell.sup, False, cell.accent)),
                Meaning(ref(name), runs, bool(runs)),
            )
