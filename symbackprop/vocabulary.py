"""The words that all modules share: what a factor is, what a step does, what an index runs over."""

from enum import StrEnum


class Role(StrEnum):
    """The part that a factor plays in a chain: −(t₁ − out) · out(1 − out) · out_h1 is error · slope · input."""

    ERROR = "error"
    SLOPE = "slope"
    WEIGHT = "weight"
    INPUT = "input"
    GATE = "gate"
    DELTA = "delta"  # what came back so far: the adjoint of the next quantity
    PATHS = "paths"  # a sum with one term for each way back
    RATE = "rate"


class Stage(StrEnum):
    """Where a step stands in the derivation, in the order of a worked solution."""

    FORWARD = "forward"  # a quantity of the forward pass
    ERROR = "error"  # the error and its terms
    OUTPUT = "output"  # ∂E/∂(what the error is made of)
    DELTA = "delta"  # ∂E/∂z, the error signal of a pre-activation
    BACK = "back"  # ∂E/∂a, sent back along the weights
    GRADIENT = "gradient"  # ∂E/∂(a parameter)
    INPUT = "input"  # ∂E/∂x, ∂E/∂t: derived, seldom printed
    UPDATE = "update"  # a parameter after the step


class Kind(StrEnum):
    """What an index runs over."""

    UNIT = "unit"
    PATH = "path"
    SAMPLE = "sample"
    TIME = "time"
