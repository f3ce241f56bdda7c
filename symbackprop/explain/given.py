"""The task, the network, what is given, and the conventions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from symbackprop.document import Block, Box, Cite, Inlines, Link, Listing, Math, Paragraph, Table, Text
from symbackprop.explain import conventions, update
from symbackprop.explain.account import Account
from symbackprop.figures import dense
from symbackprop.figures.graph import graph
from symbackprop.form import Form, hyper, ref
from symbackprop.language import joined


def section(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.given")]
    blocks += _introduction(a)
    blocks += _picture(a)
    if a.numeric:
        blocks.append(_table(a))
    blocks.append(Box("conventions", a.say("solution.conventions"), (Listing(tuple(conventions.of(a))),)))
    return blocks


def _introduction(a: Account) -> list[Block]:
    blocks: list[Block] = [a.paragraph("solution.task", error=a.math(Form("ref", (a.graph.error,))))]
    source = a.problem.source
    if source is not None and source.title:
        title: Inlines = (Link(source.title, source.url),) if source.url else (Text(source.title),)
        blocks.append(
            Paragraph(a.say("solution.source", author=source.author, title=title, year=str(source.year or "")))
        )
    return blocks


def _picture(a: Account) -> list[Block]:
    """The network with its weights; of what is no such network, the quantities and what each is computed from."""
    network = dense.network(a.names, a.language)
    if network is not None:
        return [a.paragraph("picture.network", figure=Cite(network.name)), network]
    program = None if a.brief else graph(a.names, None, a.language)
    if program is None:
        return []
    return [a.paragraph("picture.program", figure=Cite(program.name), error=a.math(a.error)), program]


MOST_NUMBERS = 24  # of one array


def _table(a: Account) -> Table:
    """Every number that is given, under its name."""
    rows = []
    for name in a.graph.leaves:
        kind, layer = a.names.kind(name)
        of_layer = {"layer": str(layer)} if kind in ("weight", "bias", "shared") else {}
        rows.append((a.say(f"kind.{kind}", **of_layer), _numbers(a, name)))
    if a.problem.training.rate is not None:
        rows.append((a.say("kind.rate"), (_number(a, hyper("rate")),)))
        rows += of_the_optimizer(a)
    return Table((a.say("table.what"), a.say("table.values")), tuple(rows), "ll", a.say("caption.values"), "values")


def of_the_optimizer(a: Account) -> Iterator[tuple[Inlines, Inlines]]:
    """Its options, and its state where that does not start at 0."""
    options = [Text("; ") if k % 2 else _number(a, hyper(n)) for n in update.numbers(a) for k in (1, 0)][1:]
    if options:
        yield a.say("kind.options"), joined(*options)
    for key, table in a.problem.training.state.items():
        for name in table if key != "step" else ():
            every = product(*(range(int(n)) for n in a.graph.shapes[name]))
            cells = [_number(a, ref(f"{name}.{key}", *at)) for at in list(every)[:MOST_NUMBERS]]
            yield a.say("kind.state"), joined(*[part for cell in cells for part in (Text("; "), cell)][1:])


def _numbers(a: Account, name: str) -> Inlines:
    every = list(product(*(range(int(n)) for n in a.graph.full_shape(name))))
    cells = [_number(a, ref(name, *at)) for at in every[:MOST_NUMBERS]]
    parts = [part for cell in cells for part in (Text("; "), cell)][1:]
    return joined(*parts, *([Text("; …")] if len(every) > MOST_NUMBERS else []))


def _number(a: Account, form: Form) -> Math:
    return a.equation(form, a.value(form))
