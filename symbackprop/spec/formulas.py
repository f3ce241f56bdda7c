"""One's own activation and loss: a formula in z, or in t and a, read by the package's own reader.

`{ formula = "z/(1 + abs(z))" }` is applied entry by entry.  `{ formula = "(t - a)**4" }` is what one unit contributes,
and is summed; a formula that gives one number, `sum(abs(t - a))**2`, is the error as it stands.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symbackprop.errors import SymbackpropError
from symbackprop.form import walk
from symbackprop.layers import renamed
from symbackprop.reader.array import expression, fault, names_in
from symbackprop.reader.lower import Lowering, Made
from symbackprop.spec.numbers import Refused, quoted, written
from symbackprop.spec.words import choices, text
from symbackprop.tables.losses import LOSSES, Loss, summed

OWN = "own"  # what a loss without a row is called
WHERE_IT_STANDS = {"z": "the weighted sum", "t": "the target", "a": "the output"}


def of_z(value: object) -> str:
    """A formula for an activation."""
    formula = text(value)
    made, shape = lowered(formula, "z")
    if shape != ("n",) or len(made) > 1 or any(f.op in ("over", "along") for f in walk(made[0].body)):
        raise Refused(
            "an activation's formula takes z entry by entry, without sums;"
            ' for functions of all units there is activation = "softmax"'
        )
    return formula


def of_t_and_a(value: object) -> str:
    """A formula for a loss."""
    formula = text(value)
    _, shape = lowered(formula, "t", "a")
    if shape not in ((), ("n",)):
        raise Refused("a loss's formula gives a number for each unit, which are summed, or one number")
    return formula


def lowered(formula: str, *names: str) -> tuple[list[Made], tuple[int | str, ...]]:
    """The definitions that the formula makes, and its shape; the names stand for n units."""
    try:
        line = expression(formula)
        for name, column in names_in(line.body):
            if name not in names:
                known = " and ".join(f"{n}, {WHERE_IT_STANDS[n]}" for n in names)
                raise fault(formula, column, f"{quoted(name)} is not known here; a formula is in {known}")
        found = {name for name, _ in names_in(line.body)}
        if missing := [n for n in names if n not in found]:
            raise fault(formula, 0, f"the formula has no {missing[0]}, {WHERE_IT_STANDS[missing[0]]}")
        lowering = Lowering(dict.fromkeys(names, ("n",)), None, frozenset())
        lowering.define(line)
    except SymbackpropError as error:
        raise Refused(error.faults[0].message) from None
    return lowering.made, lowering.shapes[line.name]


def own_loss(formula: str) -> Loss:
    """The row of a formula."""
    _, shape = lowered(formula, "t", "a")
    return Loss(OWN, summed(formula) if shape else (f"E = {formula}",))


def with_delta(row: Loss, delta: Fraction) -> Loss:
    """The row with its option: where the square becomes a line."""
    if delta == 1:
        return row
    given = {"delta": written(delta) or "", "half": written(delta / 2) or ""}
    return replace(row, equations=tuple(renamed(equation, **given) for equation in row.wide))


def smoothed(row: Loss, share: Fraction, units: int) -> Loss:
    """The row with targets s = (1 − ε)t + ε/n in place of t: PyTorch's label smoothing."""
    keep, each = 1 - share, share / units
    first = f"s = {written(keep)}*t + {each}"
    return replace(row, equations=(first, *(renamed(equation, t="s") for equation in row.equations)))


def named_loss(value: object) -> str:
    """A row that takes options."""
    if value in LOSSES and LOSSES[str(value)].wide:
        return str(value)
    with_options = choices(name for name, row in LOSSES.items() if row.wide)
    if value in LOSSES:
        raise Refused(f'{quoted(str(value))} has no options; write loss = "{value}"')
    raise Refused(f'the loss with options is {with_options}; others are written loss = "squared-error"')
