"""The derivation in general: every step once, in index form or in matrix form, for any width.

Where a network is told in several readings they point at one another: the first display of a step to its general
form, and the general form back to it.
"""

from __future__ import annotations

from dataclasses import replace

from symbackprop.derivation import Step
from symbackprop.derivation.steps import bare
from symbackprop.document import Block, Equation, Inlines, Line
from symbackprop.explain.account import Account
from symbackprop.form import Form
from symbackprop.language import joined
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
        found = [
            (s, line) for s in a.steps.steps if s.stage in stages and s.rule != "seed" for line in READ[reading](a, s)
        ]
        if found:
            blocks.append(a.heading(3, f"general.{part}"))
            blocks += [_numbered(a, reading, s, line) for s, line in found]
    return blocks


def _numbered(a: Account, reading: str, step: Step, line: Line) -> Equation:
    """The line with a number, and with what it is the general form of."""
    key = bare(step.left)
    a.displays += 1
    a.general_forms.setdefault(key, []).append(a.displays)
    cites = [a.first[key]] if key in a.first else []
    cites += a.general_forms[key][:-1]
    told = a.say("general.compare", where=a.cites(cites)) if cites else ()
    between = "; " if line.why and told else ""
    return Equation((replace(line, why=joined(line.why, between, told)),), a.displays)


def linked(a: Account, blocks: list[Block]) -> list[Block]:
    """The first display of each step with a pointer to its general forms, where those are told too."""
    if not a.general_forms:
        return blocks
    points = {number: key for key, number in a.first.items() if key in a.general_forms}
    return [_pointing(a, b, points[b.number]) if isinstance(b, Equation) and b.number in points else b for b in blocks]


def _pointing(a: Account, block: Equation, key: Form) -> Equation:
    first, *others = block.lines
    told = a.say("general.form", where=a.cites(a.general_forms[key]))
    why = joined(first.why, "; " if first.why else "", told)
    return replace(block, lines=(replace(first, why=why), *others))


def _index(a: Account, step: Step) -> list[Line]:
    left, right = index.reading(step)
    general = a.names.general_case()
    return [Line(general.spelled(left), general.spelled(right), why=a.say(f"why.rule.{step.rule}"))]


def _matrix(a: Account, step: Step) -> list[Line]:
    right = matrix.reading(step, a.steps)
    if right is None:
        return []
    return [Line(a.names.whole(step.left), a.names.whole(right), why=_shape(a, step))]


def _shape(a: Account, step: Step) -> Inlines:
    """m × n, as the arrays are written: a vector is a column."""
    sizes = {axis.var: axis.size for axis in step.axes}
    shape = [sizes[i.variables[0]] if i.terms else 1 for i in step.left.at]
    if not shape:
        return a.say("general.number")
    rows, *others = map(str, shape)
    columns = " × ".join(others or ["1"])
    return a.say("general.shape", rows=rows, columns=columns)


READ = {"index": _index, "matrix": _matrix}
