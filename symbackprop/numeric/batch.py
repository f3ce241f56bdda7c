"""A batch: what is no parameter leads with an axis of samples, and what is asked for is reduced over it.

A derivation of several samples leads with them already.  Its functions take as many as it has, and no batch beside:
batch normalization lets each sample act on the outputs of all, so that they are no batch of single ones.
"""

from __future__ import annotations

from symbackprop.form import ENTRIES, ONE, Axis, Form, div, index, mul, over, replaced, size, walk
from symbackprop.numeric.line import Key, Line, key
from symbackprop.vocabulary import Kind

BATCH = "batch"  # the size of the axis of samples that a batch adds
BACKWARD = frozenset({"adjoint", "flow"})
SAMPLES = Axis(".n", BATCH, Kind.SAMPLE)


def batched(
    lines: list[Line], data: tuple[str, ...], parameters: tuple[str, ...], error: str, reduction: str
) -> list[Line]:
    """Σ_n over the samples n in front of the error and of the parameters' adjoints; a mean has 1/N at every seed."""
    at = index(SAMPLES.var)
    leading: set[Key] = {("ref", name) for name in data}
    scale = div(ONE, size(BATCH)) if reduction == "mean" else ONE

    def lead(f: Form) -> Form | None:
        if f.op not in ENTRIES or key(f) not in leading:
            return None
        names = tuple(a for a in f.args if isinstance(a, str))
        return Form(f.op, (*names, at, *f.at), f.role)

    out = []
    for line in lines:
        k = key(line.left)
        entries = [f for f in walk(line.form) if f.op in ENTRIES]
        depends = any(key(f) in leading for f in entries)
        form = replaced(line.form, lead)
        if k == ("ref", error) or (k[0] in BACKWARD and not any(f.op in BACKWARD for f in entries)):
            form = mul(scale, form)
        if k == ("ref", error) or (k[0] == "adjoint" and k[1] in parameters):
            out.append(line.of(over(form, SAMPLES)))
        elif depends or (k[0] in BACKWARD and ("ref", k[1]) in leading):
            leading.add(k)
            left = lead(line.left)
            assert left is not None
            out.append(Line(left, (SAMPLES, *line.axes), form))
        else:
            out.append(line.of(form))
    return out
