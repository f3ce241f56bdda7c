"""The network and its numbers, which all questions of a variant share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import product

from symbackprop.document import Block, Equation, Inlines, Line, Math, Table, Text
from symbackprop.exams.case import Case
from symbackprop.exams.plan import entry_of
from symbackprop.exams.row import Row, as_given
from symbackprop.exams.told import Blocks, Told
from symbackprop.explain.given import of_the_optimizer
from symbackprop.figures import dense
from symbackprop.form import Form, hyper, shown
from symbackprop.language import joined, say
from symbackprop.numeric.exact import leaves
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.schedule import numbers_of
from symbackprop.readings import index

MOST_EQUATIONS = 40
EXACT = 30  # decimals: all that a given number can have


def given(case: Case) -> Callable[[Row], Told]:
    """The blocks of one topology, as a function of the row."""
    entries = [e for name in case.topology.steps.graph.leaves for e in of(case, name)]
    before = tuple(network(case))

    def make(numbers: tuple[str, ...]) -> Blocks:
        known = constant(case) | dict(zip(entries, numbers, strict=True))
        return (*before, table(case, known), case.paragraph("keep", digits=str(case.places)))

    def numbers(row: Row) -> tuple[str, ...]:
        return tuple(as_given(row.given(e), EXACT) for e in entries)

    return lambda row: Told(make, cache(lambda: numbers(row)))


def constant(case: Case) -> dict[Form, str]:
    """The numbers of the training, and the state that its optimizer starts from: the same for all variants."""
    training = case.topology.problem.training
    found = {hyper(k): x for k, x in numbers_of(training, 0, lambda x, n: x**n).items() if isinstance(x, Fraction)}
    for name in case.topology.steps.states:
        state = case.topology.fixed[name]
        shape = case.topology.steps.states[name][1]
        ats = product(*(range(int(n)) for n in shape))
        found |= {entry_of(name, at): x for at, x in zip(ats, leaves(state), strict=True)}
    return {f: digits(x, EXACT).text for f, x in found.items()}


def of(case: Case, name: str) -> list[Form]:
    shape = case.topology.steps.graph.full_shape(name)
    return [entry_of(name, at) for at in product(*(range(int(n)) for n in shape))]


def network(case: Case) -> list[Block]:
    """The picture, where there is one, and the equations of the forward pass."""
    blocks: list[Block] = []
    picture = dense.network(case.topology.names, case.language)
    if picture is not None:
        blocks.append(picture)
    general = case.topology.names.general_case()
    steps = [s for s in case.topology.steps.steps if s.rule == "definition"][:MOST_EQUATIONS]
    lines = tuple(Line(general.spelled(left), general.spelled(right)) for left, right in map(index.reading, steps))
    return [*blocks, case.paragraph("forward"), Equation(lines)]


def table(case: Case, known: dict[Form, str]) -> Table:
    rows: list[tuple[Inlines, ...]] = []
    names = case.topology.names
    for name in case.topology.steps.graph.leaves:
        kind, layer = names.kind(name)
        of_layer = {"layer": str(layer)} if kind in ("weight", "bias", "shared") else {}
        cells = [Math(names.spelled(e), "=", shown(known[e])) for e in of(case, name)]
        parts = [part for cell in cells for part in (Text("; "), cell)][1:]
        rows.append((say(case.language, f"kind.{kind}", **of_layer), joined(*parts)))
    a = case.account(lambda f: known[f])
    if case.topology.problem.training.rate is not None and case.updates:
        rows.append((say(case.language, "kind.rate"), (a.equation(hyper("rate"), a.value(hyper("rate"))),)))
        rows += of_the_optimizer(a)
    head = (say(case.language, "table.what"), say(case.language, "table.values"))
    return Table(head, tuple(rows), "ll", say(case.language, "caption.values"), "values")
