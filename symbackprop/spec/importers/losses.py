"""Which loss a model gets: the one that is asked for, else what suits its last activation."""

from __future__ import annotations

from math import prod

from symbackprop.errors import SpecError
from symbackprop.spec.hints import VALUES
from symbackprop.spec.numbers import Refused
from symbackprop.spec.words import choices, one_of
from symbackprop.tables.losses import LOSSES, Loss

#   a line that begins so → the loss of such outputs
SUITED = {"softmax": "cross-entropy"}
OTHERWISE = "half-squared-error"


def called(loss: str) -> str:
    """The row's name; also by the name that another library has: categorical_crossentropy is cross-entropy."""
    word = loss.lower().replace("_", "-")
    word = VALUES["loss"].get(word, word)
    try:
        return str(one_of("loss", LOSSES, "losses")(word))
    except Refused as refused:
        raise SpecError(f"loss: {refused}") from None


def chosen(loss: str | None, last: str, warnings: list[str]) -> str:
    """The loss, and a warning where it was not given."""
    if loss is not None:
        return called(loss)
    found = SUITED.get(last.partition("(")[0], OTHERWISE)
    why = "outputs that are a softmax" if found != OTHERWISE else "the outputs as they are"
    warnings.append(f"no loss is given: {found} is taken, for {why}; another one is given as loss= or --loss")
    return found


def ended(row: Loss, shape: tuple[int, ...], samples: int, reduction: str) -> tuple[str, ...]:
    """The equations of the loss, where the outputs hold an axis of `samples`: the terms of all of them are summed.

    Raises SpecError for a loss that is no sum of terms, since it would take the outputs of all samples for one.
    """
    if samples == 1:
        return row.equations
    if not of_terms(row):
        terms = choices(name for name, other in LOSSES.items() if of_terms(other))
        raise SpecError(f"{row.name} is no sum over the outputs, and these are of {samples} samples; write {terms}")
    count = prod(shape) // samples if row.equations[-1] == "E = mean(Ek)" else 1
    count *= samples if reduction == "mean" else 1
    return (*row.equations[:-1], "E = sum(Ek)" + (f"/{count}" if count > 1 else ""))


def of_terms(row: Loss) -> bool:
    """Whether each output contributes a term of its own."""
    *before, last = row.equations
    return last in ("E = sum(Ek)", "E = mean(Ek)") and not any("sum(" in line for line in before)
