"""The network, the conventions, and what is given."""

from __future__ import annotations

from itertools import pairwise, product

from symbackprop.document import Block, Box, Inlines, Link, Listing, Math, Paragraph, Table, Text
from symbackprop.explain.account import Account
from symbackprop.figures import layout
from symbackprop.form import Form, hyper, ref
from symbackprop.language import joined


def section(a: Account) -> list[Block]:
    blocks: list[Block] = [a.heading(2, "solution.given")]
    blocks += _introduction(a)
    plan = layout.layout(a.names)
    if plan is not None:
        sizes = ", ".join(map(str, plan.widths))
        edges = str(sum(m * n for m, n in pairwise(plan.widths)))
        key = "network" if plan.labelled else "wide-network"
        alt = a.text(f"alt.{key}", sizes=sizes, edges=edges)
        blocks.append(layout.network(plan, a.say(f"caption.{key}"), alt))
    if a.numeric:
        blocks.append(_table(a))
    blocks.append(Box("conventions", a.say("solution.conventions"), (Listing(tuple(_conventions(a))),)))
    return blocks


def _introduction(a: Account) -> list[Block]:
    task = "solution.task" if a.problem.dense else "own.task"
    blocks: list[Block] = [a.paragraph(task, error=a.math(Form("ref", (a.graph.error,))))]
    source = a.problem.source
    if source is not None and source.title:
        title: Inlines = (Link(source.title, source.url),) if source.url else (Text(source.title),)
        blocks.append(
            Paragraph(a.say("solution.source", author=source.author, title=title, year=str(source.year or "")))
        )
    return blocks


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
    return Table((a.say("table.what"), a.say("table.values")), tuple(rows), "ll", a.say("caption.values"), "values")


def _numbers(a: Account, name: str) -> Inlines:
    every = list(product(*(range(int(n)) for n in a.graph.full_shape(name))))
    cells = [_number(a, ref(name, *at)) for at in every[:MOST_NUMBERS]]
    parts = [part for cell in cells for part in (Text("; "), cell)][1:]
    return joined(*parts, *([Text("; …")] if len(every) > MOST_NUMBERS else []))


def _number(a: Account, form: Form) -> Math:
    return Math(a.names.spelled(form), "=", a.value(form))


def _conventions(a: Account) -> list[Inlines]:
    """Seven things that differ from book to book: said before they are used."""
    problem, graph, network = a.problem, a.graph, a.problem.dense
    if network is None:
        return _of_equations(a)
    error = a.math(Form("ref", (graph.error,)))
    out = [a.say(f"convention.loss.{network.loss}", error=error)]
    out.append(a.say(f"convention.weights.{'numbered' if a.names.notation.name == 'mazur' else 'indexed'}"))
    kinds = {layer.options["bias"] for layer in network.layers}
    out += [a.say(f"convention.bias.{kind}") for kind in ("shared", "unit", "none") if kind in kinds]
    out.append(a.say(f"convention.train.{_trained(problem.train, problem.parameters)}"))
    if graph.sample:
        out.append(a.say(f"convention.samples.{problem.reduction}", count=str(problem.samples)))
    elif problem.samples:
        out.append(a.say("convention.samples.sequential", count=str(problem.samples)))
    else:
        out.append(a.say("convention.samples.one"))
    out.append(a.say(f"convention.order.{problem.training.hidden_deltas_from}"))
    out.append(a.say("convention.delta"))
    if a.numeric:
        out.append(a.say("convention.rounding", places=str(a.places)))
    return out


def _of_equations(a: Account) -> list[Inlines]:
    """What there is to agree on where the equations say the rest."""
    problem = a.problem
    loss = problem.network.loss if problem.network else "own"
    out = [a.say(f"convention.loss.{loss}", error=a.math(Form("ref", (a.graph.error,))))]
    if problem.train:
        names = [part for name in problem.train for part in (Text(", "), Math(a.names.array(name)))][1:]
        out.append(a.say("own.train", names=joined(*names)))
    else:
        out.append(a.say("convention.train.none"))
    way = problem.reduction if a.graph.sample else "sequential" if problem.samples else "one"
    out.append(a.say(f"convention.samples.{way}", **({"count": str(problem.samples)} if problem.samples else {})))
    out.append(a.say(f"own.order.{problem.training.hidden_deltas_from}"))
    out.append(a.say("own.brackets"))
    if a.numeric:
        out.append(a.say("convention.rounding", places=str(a.places)))
    return out


def _trained(train: tuple[str, ...], parameters: tuple[str, ...]) -> str:
    if len(train) == len(parameters):
        return "both"
    return train[0][0].lower() if train else "none"
