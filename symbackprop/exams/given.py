"""The network and its numbers, which all questions of a variant share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from symbackprop.derivation.steps import Step
from symbackprop.document import Block, Equation, Inlines, Line, Math, Paragraph, Table, Text
from symbackprop.exams.case import Case
from symbackprop.exams.plan import entry_of
from symbackprop.exams.row import Row, as_given
from symbackprop.exams.tape import place
from symbackprop.exams.told import Blocks, Once, Told
from symbackprop.explain.given import of_the_optimizer
from symbackprop.figures import dense
from symbackprop.form import Form, fn, hyper, over, replaced, shown, symbol, walk
from symbackprop.language import joined, say
from symbackprop.numeric.exact import leaves
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.schedule import numbers_of
from symbackprop.readings import index, unit
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.vocabulary import Stage

MOST_ENTRIES, MOST_EQUATIONS = 16, 40  # that are written one by one; otherwise for all at once
PLAIN = frozenset({"value", "error", "shape"})  # kinds of questions that have no delta
EXACT = 30  # decimals: all that a given number can have


def given(case: Case) -> Callable[[Row], Told]:
    """The blocks of one topology, as a function of the row."""
    entries = [e for name in case.topology.steps.graph.leaves for e in of(case, name)]
    before = tuple(network(case))
    example = Math(shown("0.0" + "123456789"[: case.places]))
    keep = case.paragraph("keep", digits=str(case.places), example=example)

    def make(numbers: tuple[str, ...]) -> Blocks:
        known = constant(case) | dict(zip(entries, numbers, strict=True))
        return (*before, table(case, known), keep)

    def numbers(row: Row) -> tuple[str, ...]:
        return tuple(as_given(row.given(e), EXACT) for e in entries)

    return lambda row: Told(make, Once(lambda: numbers(row)))


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
    """The picture, where there is one, the equations of the forward pass, and what else is to be known of names."""
    picture = dense.network(case.topology.names, case.language)
    blocks: list[Block] = [] if picture is None else [picture]
    blocks += [case.paragraph("forward"), Equation((*forward(case), *functions(case)))]
    if case.topology.names.problem.samples is not None:
        blocks.append(case.paragraph("samples"))
    if case.updates and not case.topology.steps.rule.plain:
        blocks += [case.paragraph("updates"), Equation(tuple(update(case)))]
    if any(q.kind not in PLAIN for q in case.plan.questions):
        blocks += [Paragraph(told) for told in delta(case)]
    return blocks


def forward(case: Case) -> tuple[Line, ...]:
    """Each entry where there are few of them, otherwise the general case."""
    names = case.topology.names
    steps = [s for s in case.topology.steps.steps if s.rule == "definition"]
    entries = [(s, e) for s in steps for e in of(case, s.left.name)]
    if len(entries) <= MOST_ENTRIES:
        return tuple(Line(names.spelled(e), names.spelled(unit.right(s, place(s.left, e)))) for s, e in entries)
    return tuple(in_general(case, s) for s in steps[:MOST_EQUATIONS])


def in_general(case: Case, step: Step) -> Line:
    general = case.topology.names.general_case()
    left, right = index.reading(step)
    return Line(general.spelled(left), general.spelled(replaced(right, summed)))


def summed(form: Form) -> Form | None:
    """softmax(z_j among all z_i) = e^z_j / Σ_i e^z_i, and the like."""
    if form.op != "along":
        return None
    entry, on_axis = form.forms
    return ALONG[form.name].value(entry, lambda g: over(g(on_axis), *form.axes))


def functions(case: Case) -> Iterator[Line]:
    """What an activation is, by its formula: σ(z) = 1/(1 + e⁻ᶻ)."""
    used = {f.name for s in case.topology.steps.steps if s.rule == "definition" for f in walk(s.form) if f.op == "fn"}
    z = symbol("z")
    for name, row in ACTIVATIONS.items():
        if name in used and row.value(z) != fn(name, z):
            yield Line(fn(name, z), row.value(z))


def update(case: Case) -> Iterator[Line]:
    """The rule of an optimizer other than gradient descent, for every entry."""
    return (in_general(case, step) for step in case.topology.steps.steps if step.stage is Stage.UPDATE)


def delta(case: Case) -> Iterator[Inlines]:
    """What δ means, by the first one."""
    names = case.topology.names
    for d in case.topology.steps.graph.definitions:
        if names.kind(d.name)[0] == "pre" and d.name in case.topology.steps.graph.live:
            form = Form("adjoint", of(case, d.name)[0].args)
            yield case.say("delta", delta=Math(names.spelled(form), "=", names.derivative(form)))
            return


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
