"""What goes wrong when people propagate back by hand: a name, where it happens, and what it does to a step.

A row acts on the steps of its stages; `where`, `ways` and `through` say on which of them.  `change` names what is done
to the factors that play the part `role`, or to the sum over the ways (see derivation/mutate.py, which alone knows how).
The words of a row are the sentences mistake.NAME.done, .why and .how of the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symbackprop.tables import table
from symbackprop.vocabulary import Role, Stage


@dataclass(frozen=True)
class Mistake:
    name: str
    stages: tuple[Stage, ...]
    change: str
    role: Role | None = None
    where: Literal["output", "hidden", "any"] = "any"  # right behind the error, or further back
    ways: Literal["one", "units", "uses", "any"] = "any"  # a sum over units, over several definitions, or no sum
    through: str = ""  # the activation that the step goes through


OUTPUT, DELTA, BACK = (Stage.OUTPUT,), (Stage.DELTA,), (Stage.BACK,)
GRADIENT, UPDATE = (Stage.GRADIENT,), (Stage.UPDATE,)
ERROR, SLOPE, WEIGHT, INPUT, RATE = Role.ERROR, Role.SLOPE, Role.WEIGHT, Role.INPUT, Role.RATE

# fmt: off
MISTAKES = table(
    #       name                                 stages           change       role
    # the loss and the output's delta
    Mistake("sign-inner-derivative",             OUTPUT,          "negate",    ERROR),
    Mistake("missing-activation-derivative",     DELTA,           "drop",      SLOPE,  where="output", ways="one"),
    Mistake("softmax-diagonal-only",             DELTA,           "own",       ways="units", through="softmax"),
    # the activation's derivative
    Mistake("missing-hidden-derivative",         DELTA,           "drop",      SLOPE,  where="hidden", ways="one"),
    Mistake("derivative-at-net-instead-of-out",  DELTA,           "at-net",    SLOPE,  ways="one"),
    Mistake("activation-for-its-derivative",     DELTA,           "value",     SLOPE,  ways="one"),
    # sending the error back
    Mistake("missing-path",                      BACK,            "first",     ways="units"),
    Mistake("path-by-own-index",                 BACK,            "own",       ways="units"),
    Mistake("transposed-weight-index",           BACK,            "transpose", WEIGHT, ways="units"),
    Mistake("weight-omitted",                    BACK,            "drop",      WEIGHT),
    Mistake("paths-averaged",                    BACK,            "mean",      ways="units"),
    Mistake("node-counted-twice",                BACK,            "twice",     ways="uses"),
    Mistake("overwritten-not-accumulated",       BACK + GRADIENT, "last",      ways="uses"),
    # the parameters
    Mistake("input-dropped",                     GRADIENT,        "drop",      INPUT),
    Mistake("shared-bias-not-summed",            GRADIENT,        "first",     ways="units"),
    Mistake("shared-bias-averaged",              GRADIENT,        "mean",      ways="units"),
    # the update
    Mistake("ascent-instead-of-descent",         UPDATE,          "negate",    RATE),
    Mistake("rate-forgotten",                    UPDATE,          "drop",      RATE),
    Mistake("weight-replaced-by-gradient",       UPDATE,          "last"),
)
# fmt: on
