"""What may stand where a row is named: the row's name, or a formula of one's own; a loss also with its option."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from symbackprop.spec.formulas import named_loss, of_t_and_a, of_z
from symbackprop.spec.keys import NUMBER, TEXT, Words
from symbackprop.spec.numbers import Refused
from symbackprop.spec.words import Reads, one_of, positive
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES

ANY_ACTIVATION = (*ACTIVATIONS, *ALONG)


class Formula(Words):
    """An activation of one's own."""

    formula: Annotated[
        str, Reads(of_z, TEXT), Field(description="f(z) in the array notation, entry by entry: z/(1 + abs(z))")
    ]


class Measure(Words):
    """A loss of one's own, or one with an option."""

    formula: Annotated[
        Annotated[str, Reads(of_t_and_a, TEXT)] | None,
        Field(description="In t, the targets, and a, the outputs: what one unit contributes, or one number"),
    ] = None
    name: Annotated[
        Annotated[str, Reads(named_loss, {"enum": [name for name, row in LOSSES.items() if row.wide]})] | None,
        Field(description="A loss that has options (symbackprop list losses)"),
    ] = None
    delta: Annotated[
        Annotated[Fraction, Reads(positive, {**NUMBER, "exclusiveMinimum": 0})] | None,
        Field(description="Of huber: from where on the error is a line; 1 where it is left out"),
    ] = None


def name_or_formula(value: object) -> str | Formula:
    if isinstance(value, Formula):
        return value
    if isinstance(value, Mapping):
        return Formula.model_validate(dict(value))
    return one_of("activation", ANY_ACTIVATION, "activations")(value)


def name_or_measure(value: object) -> str | Measure:
    if isinstance(value, Mapping):
        value = Measure.model_validate(dict(value))
    if not isinstance(value, Measure):
        return one_of("loss", LOSSES, "losses")(value)
    if (value.name is None) == (value.formula is None) or (value.delta is not None and value.name is None):
        raise Refused('write { formula = "(t - a)**4" }, or a loss with its option: { name = "huber", delta = 0.5 }')
    return value


ONE_FORMULA = {
    "type": "object",
    "properties": {"formula": TEXT},
    "required": ["formula"],
    "additionalProperties": False,
}
ONE_MEASURE = {
    "type": "object",
    "properties": {"formula": TEXT, "name": TEXT, "delta": NUMBER},
    "additionalProperties": False,
}
Activation: Any = Annotated[
    str | Formula, Reads(name_or_formula, {"anyOf": [{"enum": list(ANY_ACTIVATION)}, ONE_FORMULA]})
]
AnyLoss: Any = Annotated[str | Measure, Reads(name_or_measure, {"anyOf": [{"enum": list(LOSSES)}, ONE_MEASURE]})]
