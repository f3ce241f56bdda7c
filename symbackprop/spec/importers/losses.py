"""Which loss a model gets: the one that is asked for, else what suits its last activation."""

from __future__ import annotations

from symbackprop.errors import SpecError
from symbackprop.spec.hints import VALUES
from symbackprop.spec.numbers import Refused
from symbackprop.spec.words import one_of
from symbackprop.tables.losses import LOSSES

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
