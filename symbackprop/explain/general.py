"""The derivation in general: every step once, in index form or in matrix form, for any width."""

from __future__ import annotations

from symbackprop.derivation import Step
from symbackprop.document import Block, Equation, Inlines, Line
from symbackprop.explain.account import Account
from symbackprop.readings import index, matrix
from symbackprop.vocabulary import Stage

#          heading      stages that it shows
PARTS = {
    "forward": (Stage.FORWARD, Stage.ERROR),
    "output": (Stage.OUTPUT,),
    "deltas": (Stage.DELTA, Stage.BACK),
    "gradients": (Stage.GRADIENT,),
    "update": (Stage.UPDATE,),
}


def section(a: Account, reading: str) -> list[Block]:
    """All steps in one reading."""
    blocks: list[Block] = [a.heading(2, f"solution.{reading}"), a.paragraph(f"general.{reading}")]
    for part, stages in PARTS.items():
        lines = [line for s in a.steps.steps if s.stage in stages and s.rule != "seed" for line in READ[reading](a, s)]
        if lines:
            blocks.append(a.heading(3, f"general.{part}"))
            blocks += [Equation((line,)) for line in lines]
    return blocks


def _index(a: Account, step: Step) -> list[Line]:
    left, right = index.reading(step)
    general = a.names.general_case()
    return [Line(general.spelled(left), general.spelled(right))]


def _matrix(a: Account, step: Step) -> list[Line]:
    right = matrix.reading(step, a.steps)
    if right is None:
        return []
    return [Line(a.names.whole(step.left), a.names.whole(right), why=_shape(a, step))]


def _shape(a: Account, step: Step) -> Inlines:
    """m × n, as the arrays are written: a vector is a column."""
    shape = a.graph.full_shape(step.of)
    if not shape:
        return a.say("general.number")
    rows, *others = map(str, shape)
    columns = " × ".join(others or ["1"])
    return a.say("general.shape", rows=rows, columns=columns)


READ = {"index": _index, "matrix": _matrix}
