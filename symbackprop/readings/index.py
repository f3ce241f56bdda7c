"""The index reading: the step as it is derived, for any width, with the letters of a book for its indices."""

from __future__ import annotations

from symbackprop.derivation import Step
from symbackprop.form import Axis, Form, Given, index, walk
from symbackprop.vocabulary import Kind

#                 free       summed
LETTERS = {
    Kind.UNIT: ("jiklm", "irsuv"),
    Kind.PATH: ("klm", "klmpq"),
    Kind.SAMPLE: ("n", "n"),
    Kind.TIME: ("t", "t"),
}
MORE = "abcdfghopqrsuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ"  # where a step has more sums than those


def reading(step: Step) -> tuple[Form, Form]:
    """Left and right side with j, i for the entry, k for the units on the ways back, n for the sample."""
    given: Given = {}
    taken = {str(a.size) for f in walk(step.form) for a in (*f.axes, *step.axes)}  # no index is called as a size is

    def name(axis: Axis, summed: bool) -> None:
        if axis.var not in given:
            letter = next(c for c in LETTERS[axis.kind][summed] + MORE if c not in taken)
            taken.add(letter)
            given[axis.var] = index(letter)

    for axis in step.axes:
        name(axis, summed=False)
    for f in walk(step.form):
        for axis in f.axes:
            name(axis, summed=True)
    return step.left.where(given), renamed(step.form, given)


def renamed(form: Form, given: Given) -> Form:
    """Index variables by other letters, those that sums bind too."""
    args = tuple(
        renamed(a, given)
        if isinstance(a, Form)
        else a._replace(var=given[a.var].variables[0])
        if isinstance(a, Axis) and a.var in given
        else a
        for a in form.args
    )
    return Form(form.op, args, form.role).where(given) if form.op in _INDEXED else Form(form.op, args, form.role)


_INDEXED = frozenset({"ref", "adjoint", "updated", "flow", "same", "within"})
