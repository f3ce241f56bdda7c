"""What the rows of [presentation.names] mean: each a symbol and the entries that it names; and whether they fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice, product
from string import ascii_letters

from symbackprop.form import Axis, Form, Index, Symbol, index
from symbackprop.reader.array import statement
from symbackprop.reader.lower import Lowering
from symbackprop.reader.symbols import symbol_of, with_indices
from symbackprop.spec.faults import Slip
from symbackprop.spec.names import QUANTITY, quantity_of
from symbackprop.spec.numbers import Path, quoted
from symbackprop.spec.problem import Problem, samples_at_once
from symbackprop.spec.words import choices
from symbackprop.tables.optimizers import OPTIMIZERS
from symbackprop.vocabulary import Kind

AT: Path = ("presentation", "names")
MOST_ENTRIES = 50_000  # of all quantities, that are compared one by one


@dataclass(frozen=True)
class Given:
    """One row: the symbol, and the entries that it means, as a pattern whose letters are the symbol's.

    `form` is ref or adjoint of a quantity, without indices where it is the array, or hyper of a number of the training
    or of a state.  Where samples are taken together it may leave out the first index, that of the sample.
    """

    key: str
    symbol: Symbol
    form: Form

    @cached_property
    def letters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v for i in self.form.at for v in i.variables))

    def named(self, at: tuple[Index, ...], texts: tuple[str, ...]) -> Symbol | None:
        """The symbol of an entry whose indices are printed as `texts`; of the array without any."""
        if not self.form.at:
            below = ("," if any(len(t) > 1 for t in texts) else "").join(texts)
            joint = "," if self.symbol.sub and below else ""
            return self.symbol._replace(sub=self.symbol.sub + joint + below)
        if len(self.form.at) != len(at):
            return None
        given: dict[str, str] = {}
        for own, i, printed in zip(self.form.at, at, texts, strict=True):
            if own.variable is None:
                if own != i:
                    return None
            elif given.setdefault(own.variable, printed) != printed:
                return None
        return with_indices(self.symbol, given)


def given_names(problem: Problem) -> tuple[Given, ...]:
    """The rows of [presentation.names], in their order."""
    return _given(tuple(problem.presentation.names.items()), frozenset(_defined(problem)))


@lru_cache(maxsize=64)
def _given(rows: tuple[tuple[str, str], ...], arrays: frozenset[str]) -> tuple[Given, ...]:
    out = []
    for key, written in rows:
        form = quantity_of(written)
        if form.op == "ref" and form.name not in arrays:
            form = Form("hyper", (form.name.replace("-", "_"), *form.at))
        out.append(Given(key, symbol_of(key), form))
    return tuple(out)


def _defined(problem: Problem) -> Iterator[str]:
    yield from problem.shapes
    yield from (statement(line).name for line in problem.program)


def numbers(problem: Problem) -> tuple[str, ...]:
    """What the training has: the rate, the options of its optimizer that are numbers, its states."""
    row = OPTIMIZERS[problem.training.optimizer]
    options = [key for key, default in row.options.items() if isinstance(default, Fraction)]
    return ("rate", *options, "l1", "l2", *(state.name for state in row.states))


# ---- whether it fits ------------------------------------------------------------------------------------------------


def check(problem: Problem) -> Iterator[Slip]:
    """Each name means a quantity that there is, and no two that read alike mean different ones."""
    if not problem.presentation.names:
        return
    shapes, full = _shapes(problem)
    rows = given_names(problem)
    wrong = [(row.key, _unknown(row, problem, shapes) or _misfit(row, shapes, full)) for row in rows]
    found = [Slip((*AT, key), told) for key, told in wrong if told]
    yield from found or _alike(rows, shapes, full)


Shapes = dict[str, tuple[int | str, ...]]


def _shapes(problem: Problem) -> tuple[Shapes, Shapes]:
    """The shape of each quantity in one sample, and with its axis of samples where they are taken together."""
    count = samples_at_once(problem)
    sample = Axis("n", count, Kind.SAMPLE) if count else None
    lowering = Lowering(dict(problem.shapes), sample, frozenset(problem.inputs + problem.targets if count else ()))
    for line in problem.program:
        lowering.define(statement(line))
    shapes = dict(lowering.shapes)
    batched = {*lowering.batched} - {problem.error}
    return shapes, {name: (count, *shape) if count and name in batched else shape for name, shape in shapes.items()}


def _unknown(given: Given, problem: Problem, shapes: Shapes) -> str:
    form, training = given.form, numbers(problem)
    found = QUANTITY.fullmatch(problem.presentation.names[given.key].strip())
    assert found is not None, "it has been read"
    if found["error"] not in (None, "E", problem.error):
        return f"a quantity's adjoint is written {quoted(f'dE/d{form.name}')}, not {quoted(found[0])}"
    if form.op == "hyper":
        if found["name"] not in training:
            known = (*_plain(shapes), *training)
            return f"no quantity is called {quoted(found['name'])}; {_near(found['name'], known)}"
        return f"{found['name']} is one name for all; leave the brackets out" if form.at else ""
    if form.name not in shapes:
        return f"no quantity is called {quoted(form.name)}; {_near(form.name, _plain(shapes))}"
    return ""


def _plain(shapes: Shapes) -> list[str]:
    """The quantities that have a name of their own, not one that was made for a part of a formula."""
    return [name for name in shapes if "." not in name]


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), 3, 0.5)
    return f"did you mean {choices(near)}?" if near else f"write {choices(known)}"


def _misfit(given: Given, shapes: Shapes, full: Shapes) -> str:
    """How many indices, and up to where each of them goes."""
    name, at = given.form.name, given.form.at
    if given.form.op == "hyper" or not at:
        return ""
    sizes = next((s for s in (shapes[name], full[name]) if len(s) == len(at)), None)
    if not shapes[name] and sizes is None:
        return f"{name} is one number; leave the brackets out"
    if sizes is None:
        example = f"{name}[{','.join('0' * len(shapes[name]))}]"
        several = "index stands" if len(at) == 1 else "indices stand"
        return f"{len(at)} {several} here, and {name} has {len(shapes[name])}; write {quoted(example)}"
    for i, size in zip(at, sizes, strict=True):
        if not i.terms and isinstance(size, int) and i.const >= size:
            return f"the index {i.const} is out of range: the entries of {name} have 0 to {size - 1} there"
    return ""


def _alike(rows: tuple[Given, ...], shapes: Shapes, full: Shapes) -> Iterator[Slip]:
    """Keys that read alike and mean different things, also where one has an index and another its number."""
    read: dict[Symbol, tuple[str, Form]] = {}
    left = MOST_ENTRIES
    for row in rows:
        for symbol, form in islice(_entries(row, shapes, full), left):
            left -= 1
            other, meant = read.setdefault(reading(symbol), (row.key, form))
            if meant != form:
                both = f"{quoted(row.key)} and {quoted(other)} read alike"
                advice = "write one of them otherwise"
                yield Slip((*AT, row.key), f"{both}, and mean {told(form)} and {told(meant)}; {advice}")
                break


def reading(s: Symbol) -> Symbol:
    """What is told apart when a text is read: fonts are not, nor L and L(w)."""
    return s._replace(bold=False, script=False, of="")


def _entries(given: Given, shapes: Shapes, full: Shapes) -> Iterator[tuple[Symbol, Form]]:
    """Every symbol that a row gives, with what it means; first with a star for each index."""
    form = given.form
    yield with_indices(given.symbol, dict.fromkeys(given.letters, "*")), form.where(_STARS)
    if form.op == "hyper":
        return
    sizes = full[form.name] if len(form.at) == len(full[form.name]) else shapes[form.name]
    if not all(isinstance(n, int) for n in sizes):
        return
    ranges = [range(int(n)) if not form.at or form.at[k].terms else [form.at[k].const] for k, n in enumerate(sizes)]
    for at in product(*ranges):
        entry = tuple(map(Index, at))
        if (symbol := given.named(entry, tuple(str(k + 1) for k in at))) is not None:
            yield symbol, Form(form.op, (form.name, *entry))


_STARS = {letter: index("*") for letter in ascii_letters}


def told(form: Form) -> str:
    """The quantity as it is written in a spec."""
    at = ",".join(i.variable or str(i.const) for i in form.at)
    return ("dE/d" if form.op == "adjoint" else "") + form.name + (f"[{at}]" if at else "")
