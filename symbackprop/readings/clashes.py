"""Where a name of one's own is already the notation's name of something else: one symbol would mean two things."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from symbackprop.form import Form, Index, Symbol, index
from symbackprop.readings.names import Names
from symbackprop.spec.given import MOST_ENTRIES, told


def clashes(names: Names) -> Iterator[tuple[str, str]]:
    """Each such key of [presentation.names], with what to do."""
    for book in (names, names.general_case()) if names.given else ():
        printed: dict[Symbol, Form] = {}
        for form in islice(_everything(book), MOST_ENTRIES):
            spelled = book.spell(form) if form.at or form.op == "hyper" else book.bold(form)
            if spelled is None or not isinstance(s := spelled.args[0], Symbol):
                continue
            other = printed.setdefault(s._replace(script=False), form)
            if other != form and (mine := next((f for f in (form, other) if _row(book, f)), None)):
                theirs = other if mine is form else form
                advice = "give that a name too, or write another"
                yield _row(book, mine), f"the notation {book.notation.name} calls {told(theirs)} so; {advice}"
                return


def _everything(names: Names) -> Iterator[Form]:
    """What a solution names: the rate, and each quantity and delta as an array, with letters, entry by entry."""
    yield from (Form("hyper", (name,)) for op, name in {("hyper", "rate"): None, **names.given} if op == "hyper")
    for name in (name for name in names.graph.shapes if "." not in name):
        shape = names.graph.full_shape(name)
        ranges = [range(n) if isinstance(n, int) and not names.general else () for n in shape]
        for op in ("ref", "adjoint"):
            if op == "ref" or names.kind(name)[0] == "pre" or (op, name) in names.given:
                yield Form(op, (name,))
                if shape:
                    yield Form(op, (name, *map(index, "njikm"[not _sampled(names, name) :][: len(shape)])))
                    yield from (Form(op, (name, *map(Index, at))) for at in product(*ranges))


def _sampled(names: Names, name: str) -> bool:
    return names.graph.sample is not None and name in names.graph.batched


def _row(names: Names, form: Form) -> str:
    """The key that names the entry, if one does."""
    return next((row.key for row in names.rows(form.op, form.name, form.at)), "")
