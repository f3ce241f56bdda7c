r"""The rows of [presentation.names], turned round: each symbol of one's own is read as the entries that it names.

'w_{h1 \to o}' = "W2[o,0]"    w_{h1→2} and w_{h1→o_2} are W2[1,0], and w_{h1→k} is W2[k,0] for each k
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from symbackprop.form import Form, Index, Symbol, index
from symbackprop.readings.names import Names
from symbackprop.spec.given import Given, given_names
from symbackprop.tables.optimizers import OPTIMIZERS
from symbackprop.verifier.entries import MOST_ENTRIES, axes_of
from symbackprop.verifier.meaning import Key, Meaning, Pattern, Run, key_of
from symbackprop.verifier.scripts import parts_of

MARKS = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007"  # stand for the indices while a pattern is made


def own_entries(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """Each symbol with numbers for its letters, behind an arrow also with both, o2; of an array, the array itself."""
    states = {state.name for state in OPTIMIZERS[names.problem.training.optimizer].states}
    for row in given_names(names.problem):
        if row.form.op == "hyper":
            if row.form.name not in states:  # a state is one for each parameter, and named after it
                yield key_of(row.symbol), Meaning(row.form)
            continue
        runs, sample = _axes(names, row)
        if not row.form.at:
            yield key_of(row.symbol), Meaning(row.form, runs, bool(runs))
        for letters in (False, True) if "→" in row.symbol.sub else (False,):
            yield from islice(_each(row, runs, sample, letters), MOST_ENTRIES)


def _axes(names: Names, row: Given) -> tuple[tuple[Run, ...], bool]:
    """What the quantity's indices run over, and whether the row leaves out that of the sample."""
    name = row.form.name
    runs = axes_of(names, name, names.graph.full_shape(name))
    batched = names.graph.sample is not None and name in names.graph.batched
    return runs, batched and len(row.form.at) != len(runs)


def _each(row: Given, runs: tuple[Run, ...], sample: bool, letters: bool) -> Iterator[tuple[Key, Meaning]]:
    if not runs or not all(isinstance(run.size, int) for run in runs):
        return
    for at in product(*(range(int(run.size)) for run in runs)):
        where = tuple(map(Index, at))
        own = where[sample:]
        before = [i.variable or "" if letters else "" for i in row.form.at] or [""] * len(own)
        texts = tuple(f"{b}{i.const + 1}" for b, i in zip(before, own, strict=True))
        if (s := row.named(own, texts)) is not None:
            above = f"{s.sup}[{at[0] + 1}]" if sample else s.sup
            yield key_of(s._replace(sup=above)), Meaning(Form(row.form.op, (row.form.name, *where)))


def own_patterns(names: Names) -> Iterator[tuple[str, Pattern]]:
    """Base and pattern of each symbol that has letters for its indices."""
    for row in given_names(names.problem):
        if row.form.op == "hyper":
            continue
        runs, sample = _axes(names, row)
        at = row.form.at or tuple(index(v) for v in MARKS[sample : len(runs)])
        texts = tuple(MARKS[k + sample] if i.terms else str(i.const + 1) for k, i in enumerate(at))
        s = row.named(at, texts)
        if s is not None and any(i.terms for i in at) and len(runs) == len(at) + sample <= len(MARKS):
            defaults = ("",) * sample + tuple("" if i.terms else t for i, t in zip(at, texts, strict=True))
            yield key_of(s)[0], _pattern(s, row.form, runs, sample, defaults)


def _pattern(s: Symbol, form: Form, runs: tuple[Run, ...], sample: bool, defaults: tuple[str, ...]) -> Pattern:
    _, sub, sup = key_of(s)
    above = _placed(sup) if any(mark in sup for mark in MARKS) else ()
    return Pattern(_placed(sub), "" if above else sup, form.op, (form.name,), runs, sample, above, defaults)


def _placed(script: str) -> tuple[int | str, ...]:
    """The parts of a script, marks as the places of the indices that they stand for."""
    return tuple(MARKS.index(part) if part in MARKS else part for part in parts_of(script))
