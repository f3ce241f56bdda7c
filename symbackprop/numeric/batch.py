"""A batch: what is no parameter leads with an axis of samples, and what is asked for is reduced over it."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.form import ENTRIES, ONE, Axis, Form, div, index, mul, over, replaced, size, walk
from symbackprop.numeric.line import Key, Line, key
from symbackprop.vocabulary import Kind

BATCH = "batch"  # the size of the axis of samples that a batch adds
SAMPLES = Axis(".n", BATCH, Kind.SAMPLE)


def batched(lines: list[Line], data: tuple[str, ...], wanted: Iterable[Key], reduction: str) -> list[Line]:
    """The lines for a batch: what depends on data leads with its axis, error and parameters' results are reduced."""
    at = index(SAMPLES.var)
    leading: set[Key] = {("ref", name) for name in data}
    reduced = {k for k in wanted if k[1] not in data}
    scale = div(ONE, size(BATCH)) if reduction == "mean" else ONE

    def lead(f: Form) -> Form | None:
        if f.op not in ENTRIES or key(f) not in leading:
            return None
        names = tuple(a for a in f.args if isinstance(a, str))
        return Form(f.op, (*names, at, *f.at), f.role)

    def whole(f: Form) -> Form:
        """Every entry in the form, leading; `along` holds two."""
        return replaced(f, lead)

    out = []
    for line in lines:
        depends = any(f.op in ENTRIES and key(f) in leading for f in walk(line.form))
        form = whole(line.form)
        k = key(line.left)
        if k in reduced or not (depends or k[1] in data):
            if k in reduced:
                form = mul(scale, over(form, SAMPLES))
            out.append(line.of(form))
            continue
        leading.add(k)
        left = lead(line.left)
        assert left is not None
        if k in wanted:
            form = mul(scale, form)
        out.append(Line(left, (SAMPLES, *line.axes), form))
    return out
