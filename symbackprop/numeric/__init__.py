"""Numbers: exact values of every step, functions in several targets, and the one rounding rule."""

from symbackprop.numeric.emit import lambdify, source
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import BITS, PrecisionNeeded, Undecided, Value, double, ends
from symbackprop.numeric.program import Program, operations, program
from symbackprop.numeric.rounding import Digits, digits
from symbackprop.numeric.targets import TARGETS
from symbackprop.numeric.training import Trajectory, trajectory

__all__ = [
    "BITS",
    "TARGETS",
    "Digits",
    "PrecisionNeeded",
    "Program",
    "Trajectory",
    "Undecided",
    "Value",
    "digits",
    "double",
    "ends",
    "evaluate",
    "lambdify",
    "operations",
    "program",
    "source",
    "trajectory",
]
