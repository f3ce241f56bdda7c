"""What goes wrong when people propagate back by hand: a name, where it happens, and what it does to a step.

A row acts on the steps of its stages; `where`, `ways`, `through`, `holds` and `source` say on which of them.  `change`
names what is done to the factors that play the part `role`, or to the whole (derivation/mutate alone knows how).  The
words of a row are the sentences mistake.NAME.done, .why and .how of the catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symbackprop.tables import table
from symbackprop.vocabulary import Role, Stage


@dataclass(frozen=True)
class Mistake:
    """Without stages it changes no step: only a line of somebody's derivation has it."""

    name: str
    stages: tuple[Stage, ...] = ()
    change: str = ""
    role: Role | None = None
    where: Literal["output", "hidden", "any"] = "any"  # right behind the error, or further back
    ways: Literal["one", "units", "uses", "any"] = "any"  # a sum over units, over several definitions, or no sum
    through: str = ""  # the activation that the step goes through
    holds: Literal["", "square", "half", "log", "branch"] = ""  # what the error of an output is made of
    source: Literal["given", "computed", "any"] = "any"  # whether the input of a weight is the network's own
    every: bool = False  # whether it is made in all steps at once


VALUE, ERROR, OUTPUT, DELTA, BACK = (Stage.FORWARD,), (Stage.ERROR,), (Stage.OUTPUT,), (Stage.DELTA,), (Stage.BACK,)
GRADIENT, UPDATE = (Stage.GRADIENT,), (Stage.UPDATE,)
SIGN, SLOPE, WEIGHT, INPUT, RATE, CAME = Role.ERROR, Role.SLOPE, Role.WEIGHT, Role.INPUT, Role.RATE, Role.DELTA

TAKEN_FOR = {"sigmoid": "tanh"}  # whose derivative is written for whose; for any other the sigmoid's

# fmt: off
MISTAKES = table(
    #       name                                 stages           change             role
    # the loss and the output's delta
    Mistake("sign-inner-derivative",             OUTPUT,          "negate",          SIGN),
    Mistake("extra-factor-two",                  OUTPUT + ERROR,  "twice",           holds="half"),
    Mistake("half-not-cancelled",                OUTPUT,          "half",            holds="half"),
    Mistake("loss-for-its-derivative",           OUTPUT,          "undifferentiated"),
    Mistake("square-derivative-times-output",    OUTPUT,          "times-output",    holds="square"),
    Mistake("missing-activation-derivative",     DELTA,           "drop",            SLOPE, where="output", ways="one"),
    Mistake("extra-activation-derivative",       DELTA,           "extra-slope",     where="output", holds="log"),
    Mistake("mean-factor-dropped",               OUTPUT + ERROR,  "mean-factor"),
    Mistake("sign-inner-derivative-log",         OUTPUT,          "sign-of-terms",   holds="log"),
    Mistake("softmax-diagonal-only",             DELTA,           "own",             ways="units", through="softmax"),
    Mistake("softmax-skipped",                   DELTA,           "skip",            ways="units", through="softmax"),
    Mistake("softmax-diagonal-sign",             DELTA,           "diagonal-sign",   ways="units", through="softmax"),
    Mistake("hinge-indicator-dropped",           OUTPUT,          "always",          holds="branch"),
    Mistake("hinge-violations-not-counted",      ERROR,           "once"),
    Mistake("cosine-norm-constant",              BACK,            "constant-norm",   ways="uses"),
    # the activation's derivative
    Mistake("missing-hidden-derivative",         DELTA,           "drop",            SLOPE, where="hidden", ways="one"),
    Mistake("missing-every-activation-derivative", DELTA,         "drop",            SLOPE, ways="one", every=True),
    Mistake("derivative-at-net-instead-of-out",  DELTA,           "at-net",          SLOPE, ways="one"),
    Mistake("activation-applied-twice",          DELTA,           "applied-twice",   SLOPE, ways="one"),
    Mistake("activation-for-its-derivative",     DELTA,           "value",           SLOPE, ways="one"),
    Mistake("half-of-the-slope",                 DELTA,           "half-slope",      SLOPE, ways="one"),
    Mistake("wrong-activation-derivative",       DELTA,           "other-slope",     SLOPE, ways="one"),
    Mistake("slope-sign-inside",                 DELTA,           "sign-inside",     SLOPE, ways="one"),
    Mistake("slope-of-wrong-layer",              DELTA,           "next-slope",      SLOPE, where="hidden", ways="one"),
    Mistake("output-slope-twice",                BACK,            "slope-once-more"),
    Mistake("relu-value-instead-of-derivative",  DELTA,           "gate-alone",      SLOPE, through="relu"),
    Mistake("chain-rule-as-product",             GRADIENT,        "product-of-functions"),
    Mistake("algebra-difference-of-squares",     DELTA,           "false-square",    SLOPE, ways="one"),
    # sending the error back
    Mistake("used-updated-weights",              BACK,            "moved",           WEIGHT),
    Mistake("missing-path",                      BACK,            "first",           ways="units"),
    Mistake("path-by-own-index",                 BACK,            "own",             ways="units"),
    Mistake("transposed-weight-index",           BACK + VALUE,    "transpose",       WEIGHT, ways="units"),
    Mistake("missing-transpose",                 BACK,            "transpose",       WEIGHT, ways="units"),
    Mistake("raw-error-sent-back",               BACK,            "raw"),
    Mistake("weight-omitted",                    BACK,            "drop",            WEIGHT),
    Mistake("paths-averaged",                    BACK,            "mean",            ways="units"),
    Mistake("paths-multiplied",                  BACK,            "multiply",        ways="units"),
    Mistake("error-split-by-weights",            BACK,            "split",           WEIGHT, ways="units"),
    Mistake("absolute-values-added",             BACK,            "absolute",        ways="units"),
    Mistake("node-counted-twice",                BACK,            "twice",           ways="uses"),
    Mistake("overwritten-not-accumulated",       BACK + GRADIENT, "last",            ways="uses"),
    Mistake("wrong-weight-index",                BACK + VALUE,    "another-weight",  WEIGHT),
    # the parameters
    Mistake("net-for-input",                     GRADIENT + VALUE, "net",            INPUT),
    Mistake("weight-instead-of-input",           GRADIENT,        "own-weight",      INPUT),
    Mistake("wrong-input-index",                 GRADIENT + VALUE, "another",        INPUT, source="given"),
    Mistake("wrong-hidden-unit",                 GRADIENT + VALUE, "another",        INPUT, source="computed"),
    Mistake("own-output-as-input",               GRADIENT,        "own-output",      INPUT),
    Mistake("input-dropped",                     GRADIENT,        "drop",            INPUT),
    Mistake("shared-bias-not-summed",            GRADIENT,        "first",           ways="units"),
    Mistake("shared-bias-averaged",              GRADIENT,        "mean",            ways="units"),
    Mistake("unit-biases-given-total",           GRADIENT,        "total",           ways="one"),
    Mistake("bias-gradient-times-bias",          GRADIENT,        "times-bias"),
    Mistake("rate-twice",                        GRADIENT,        "rate-too"),
    # several samples
    Mistake("batch-mean-for-sum",                GRADIENT,        "batch-factor"),
    Mistake("last-sample-only",                  GRADIENT,        "last-sample"),
    Mistake("sequential-for-batch",              GRADIENT,        "one-by-one",      every=True),
    # the update
    Mistake("ascent-instead-of-descent",         UPDATE,          "negate",          RATE),
    Mistake("rate-forgotten",                    UPDATE,          "drop",            RATE),
    Mistake("weight-replaced-by-gradient",       UPDATE,          "gradient-alone"),
    Mistake("bias-not-updated",                  UPDATE,          "keep"),
    Mistake("bias-regularised",                  UPDATE,          "penalise"),
    Mistake("adam-beta-swap",                    UPDATE,          "swap-betas",      every=True),
    Mistake("adam-no-bias-correction",           UPDATE,          "uncorrected",     every=True),
    Mistake("adam-epsilon-inside-root",          UPDATE,          "inside-root"),
    Mistake("adamw-coupled",                     UPDATE,          "coupled",         every=True),
    Mistake("momentum-dropped",                  UPDATE,          "forget-momentum"),
    Mistake("nesterov-form",                     UPDATE,          "nesterov"),
    # in one line of a derivation alone
    Mistake("arithmetic-slip"),             # a number is worked out wrong
    Mistake("value-not-carried-forward"),   # a value found before is not the one that is put in
)
# fmt: on
