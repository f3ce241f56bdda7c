"""Lemmas: the slope of one definition by one of its entries, line by line, each line proven equal to the one before.

The rules of calculus.py lead to a form that is seldom the one in the book.  What leads on to a(1 − a) is no rule, so
it is written here, a few lines for a row; `proven` refuses lines that SymPy does not find equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, product
from math import prod
from typing import NamedTuple

from symbackprop import language
from symbackprop.derivation.proof import same_value
from symbackprop.derivation.walk import parts
from symbackprop.document import Inlines
from symbackprop.errors import DerivationError
from symbackprop.explain.calculus import DEFINITION, Worked, depends, matched, places, worked
from symbackprop.form import (
    ENTRIES,
    ONE,
    PI,
    ZERO,
    Form,
    Given,
    Index,
    add,
    cases,
    fn,
    free,
    index,
    mul,
    neg,
    num,
    over,
    partial,
    ref,
    replaced,
    walk,
)
from symbackprop.graph import Definition, Graph
from symbackprop.readings import unit
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ALPHA, LAMBDA, exp, gauss

REARRANGE = "rule.rearrange"
OUTPUT = "rule.output"  # a written for f(z)
BRANCHES = "rule.branches"  # a branch as a factor that is 1 or 0
LONGEST = 12  # a sum of more terms than this stays a Σ


class Lemma(NamedTuple):
    """left = line = line = …, from the definition put in to the slope as the solution uses it."""

    left: Form
    lines: tuple[Worked, ...]


def why(lang: str, line: Worked) -> Inlines:
    """The reason of a line: its rules by their names."""
    said = [language.say(lang, rule) for rule in line.rules]
    return language.joined(*(part for k, words in enumerate(said) for part in ((", ", words) if k else (words,))))


# ---- from the slope by the rules to the slope of the book ----------------------------------------------------------

Between = Callable[[Form, Form], tuple[Form, ...]]  # of z and a = f(z)


def _tanh(z: Form) -> Form:
    return (exp(z) - exp(-z)) / (exp(z) + exp(-z))


OPENED: dict[str, Callable[[Form], Form]] = {"tanh": _tanh}  # what the table takes for known

BETWEEN: dict[str, Between] = {
    "sigmoid": lambda z, a: (
        1 / (1 + exp(-z)) * (exp(-z) / (1 + exp(-z))),
        1 / (1 + exp(-z)) * ((add(ONE, exp(-z), neg(ONE))) / (1 + exp(-z))),
        1 / (1 + exp(-z)) * (1 - 1 / (1 + exp(-z))),
    ),
    "tanh": lambda z, a: (
        1 - (exp(z) - exp(-z)) ** 2 / (exp(z) + exp(-z)) ** 2,
        1 - _tanh(z) ** 2,
    ),
    "elu": lambda z, a: (cases(ONE, z > 0, add(exp(z), neg(ONE), ONE)),),
    "selu": lambda z, a: (cases(LAMBDA, z > 0, mul(LAMBDA, ALPHA, exp(z) - 1) + LAMBDA * ALPHA),),
    "softplus": lambda z, a: (1 / ((1 + exp(z)) / exp(z)), 1 / (exp(-z) + 1)),
    "softsign": lambda z, a: (
        cases((1 / (1 + z)) ** 2, z > 0, (1 / (1 - z)) ** 2),
        cases((add(ONE, z, neg(z)) / (1 + z)) ** 2, z > 0, (add(ONE, neg(z), z) / (1 - z)) ** 2),
        cases((1 - z / (1 + z)) ** 2, z > 0, (1 + z / (1 - z)) ** 2),
    ),
    "gelu": lambda z, a: (gauss(z) + mul(z, 1 / fn("sqrt", 2 * PI), exp(-((z / fn("sqrt", num(2))) ** 2))),),
}
Z, A = ref("z"), ref("a")

Along = Callable[[Form, Form, Form, Form, Form], tuple[Form, ...]]  # of z_i, z_j, Σ_k e^z_k, p_i, p_j

SAME: dict[str, Along] = {  # j = i
    "softmax": lambda z, y, s, p, q: (exp(z) / s * ((s - exp(z)) / s), exp(z) / s * (1 - exp(z) / s), p * (1 - p)),
    "log-softmax": lambda z, y, s, p, q: (1 - exp(z - fn("log", s)), 1 - exp(p)),
}
OTHER: dict[str, Along] = {  # j ≠ i
    "softmax": lambda z, y, s, p, q: (neg(exp(z) / s * (exp(y) / s)), neg(p * q)),
    "log-softmax": lambda z, y, s, p, q: (neg(exp(y - fn("log", s))), neg(exp(q))),
}

# ---- lemmas --------------------------------------------------------------------------------------------------------


def lemma(graph: Graph, left: Form, by: Form) -> Lemma | None:
    """∂left/∂by for a defined entry and one that its definition holds, with numbers or variables for the indices.

    What measures the output may lie in between: E by an output has the terms of E put in.  Two index variables mean
    two entries.  None where it is not settled which entries are meant: a window slides, j + u, in a sum too long to be
    written out, a number stands against a variable, or a sum holds the entry twice.
    """
    short = not any(i.terms for i in (*left.at, *by.at))
    body = _at(graph.by_name[left.name], left, short)
    if body.op == "fn" and body.forms[0] == by and body.name in ACTIVATIONS:
        return Lemma(partial(left, by), tuple(_placed(activation(body.name), by, left)))
    if body.op == "along":
        return Lemma(partial(left, by), _along(body, left, by, short))
    puts = list(_put_in(graph, body, by, short))
    whole = puts[-1]
    if not _settled(whole, by):
        return None
    before = (Worked(partial(f, by), (DEFINITION,)) for f in puts[:-1])
    lines = _finished((*before, *worked(whole, by)), (slope(whole, left, by),), left)
    between = dict.fromkeys(f for form in puts[:-1] for f in walk(form) if f not in walk(whole))
    given = ((f, _at(graph.by_name[f.name], f, short)) for f in between if f.op == "ref" and f.name in graph.by_name)
    return Lemma(partial(left, by), proven(lines, (*given, (left, whole))))


@lru_cache(maxsize=64)
def activation(name: str) -> tuple[Worked, ...]:
    """∂f(z)/∂z of a row, to the slope that the table has; z and a are entries without indices."""
    row = ACTIVATIONS[name]
    between = BETWEEN[name](Z, A) if name in BETWEEN else ()
    lines = _finished(worked(OPENED.get(name, row.value)(Z), Z), (*between, row.slope(Z, A)), A)
    return proven(lines, ((A, row.value(Z)),))


def _placed(lines: Iterable[Worked], z: Form, a: Form) -> Iterator[Worked]:
    """The lines with the entries of a network for z and a."""
    entries = {Z: z, A: a}
    for line in lines:
        yield line._replace(form=replaced(line.form, entries.get))


def _along(body: Form, left: Form, by: Form, short: bool) -> tuple[Worked, ...]:
    """p_i = f(z)_i by z_j: the sum over all is written out where it is short."""
    entry, on_axis = body.forms
    (axis,) = body.axes
    row = ALONG[body.name]
    place = next(k for k, i in enumerate(on_axis.at) if axis.var in i.variables)
    other = ref(left.name, *(by.at[k] if k == place else i for k, i in enumerate(left.at)))

    def total(g: Callable[[Form], Form]) -> Form:
        return _summed(over(g(on_axis), axis), short)

    table = SAME if by == entry else OTHER
    between = table[body.name](entry, by, total(exp), left, other)
    lines = _finished(worked(row.value(entry, total), by), between, left, other)
    definitions = ((left, row.value(entry, total)), (other, row.value(by, total)))
    return proven(lines, definitions)


def slope(body: Form, left: Form, by: Form) -> Form:
    """∂body/∂by as the derivation has it, in the words of `left`."""
    out = []
    for part in parts(body, left):
        given = matched(part.at, by.at, {a.var for a in part.bound}) if part.name == by.name else None
        if given is not None:
            rest = (a for a in part.bound if a.var not in given)
            out.append(over(part.chain.form.where(given), *rest))
    return add(*out) if out else ZERO


def _finished(lines: tuple[Worked, ...], forms: Iterable[Form], *outputs: Form) -> tuple[Worked, ...]:
    """The lines and those that lead on; one that says what the line before says is left out."""
    out = list(lines[:1])
    for line in (*lines[1:], *(Worked(f, ()) for f in forms)):
        if line.form != out[-1].form:
            out.append(line._replace(rules=line.rules or (_reason(out[-1].form, line.form, outputs),)))
    return tuple(out)


def _reason(before: Form, after: Form, outputs: tuple[Form, ...]) -> str:
    """What a line that follows by no rule of calculus has that the line before did not have."""
    if _named(after, outputs) - _named(before, outputs):
        return OUTPUT
    return BRANCHES if _gates(after) - _gates(before) else REARRANGE


def _gates(form: Form) -> set[Form]:
    return {f for f in walk(form) if f.op == "cases" and {*f.forms[::2]} == {ZERO, ONE}}


def _named(form: Form, outputs: tuple[Form, ...]) -> set[Form]:
    """What stands for a formula: an output, an activation by its name."""
    return {f for f in walk(form) if f in outputs or (f.op == "fn" and f.name in ACTIVATIONS)}


# ---- definitions at an entry ---------------------------------------------------------------------------------------


def _at(d: Definition, left: Form, short: bool) -> Form:
    """The body at the indices of one entry."""
    given = {str(i.variable): j for i, j in zip(d.at, left.at, strict=True) if i.terms}
    body = d.body.where(given)
    return body if body.op == "along" else _summed(body, short)


def _summed(f: Form, short: bool) -> Form:
    """Short sums written out, where all that is spoken of has numbers for its indices."""
    sizes = [a.size for x in walk(f) for a in x.axes]
    if not short or free(f) or any(isinstance(n, str) for n in sizes) or prod(map(int, sizes)) > LONGEST:
        return f
    return unit.written_out(f)


def _put_in(graph: Graph, body: Form, by: Form, short: bool) -> Iterator[Form]:
    """The body, and with what measures the output put in until the entry shows."""

    def opened(f: Form) -> Form | None:
        inside = f.op == "ref" and f.name in graph.measuring and f.name != by.name
        return _at(graph.by_name[f.name], f, short) if inside else None

    yield body
    while not depends(body, by) and (deeper := replaced(body, opened)) != body:
        body = deeper
        yield body


def _settled(form: Form, by: Form) -> bool:
    """Whether each entry of the quantity is this one or another one, whatever the variables stand for."""
    bound = {a.var for f in walk(form) for a in f.axes}
    pairs = (p for f in walk(form) if f.op in ENTRIES and f.name == by.name for p in zip(f.at, by.at, strict=True))
    one = all(len(places(f, by)) <= 1 for f in walk(form) if f.op == "over")
    return one and all(i == j or i.variable in bound or _two(i, j) for i, j in pairs)


def _two(i: Index, j: Index) -> bool:
    """Two numbers, or two variables, which mean two entries."""
    return not (i.terms or j.terms) or (i.variable is not None and j.variable is not None)


# ---- the judge -----------------------------------------------------------------------------------------------------


def proven(lines: tuple[Worked, ...], definitions: Iterable[tuple[Form, Form]] = ()) -> tuple[Worked, ...]:
    """The lines, each found by SymPy to be equal to the one before it."""
    entries = [f for line in lines for f in walk(line.form) if f.op in ENTRIES]
    bound = {a.var for line in lines for f in walk(line.form) for a in f.axes}
    apart = tuple(dict.fromkeys(i for f in entries for i in f.at if not bound & set(i.variables)))
    given = tuple(
        (entry.where(at), _spread(body.where(at), apart))
        for entry, body in definitions
        for at in _places([v for v in free(entry) if v in bound], apart)
    )
    for k, (one, other) in enumerate(pairwise(lines)):
        if not same_value(_spread(one.form, apart), _spread(other.form, apart), given):
            raise DerivationError(f"line {k + 2} of a lemma is not equal to the line before it")
    return lines


def _spread(form: Form, apart: tuple[Index, ...]) -> Form:
    """A Σ as the terms that are spoken of and one for all others: enough, since the others only stand and wait."""

    def change(f: Form) -> Form | None:
        if f.op != "over":
            return None
        term = _spread(f.forms[0], apart)
        return add(*(term.where(at) for at in _places([a.var for a in f.axes], apart)))

    return replaced(form, change)


def _places(variables: list[str], apart: tuple[Index, ...]) -> Iterator[Given]:
    for at in product((*apart, index("other")), repeat=len(variables)):
        yield dict(zip(variables, at, strict=True))
