"""Functions of what comes in, without parameters: a = f(x) entry by entry, and the softmax along the last axis."""

from symbackprop.layers import Layer
from symbackprop.layers.dense import ACTIVATION

FUNCTION = Layer("activation", "a = f(x)", ("a* = f(x*)",), (ACTIVATION,), told="activation")
SOFTMAX = Layer("softmax", "a_i = exp(x_i) / sum of exp(x) along the last axis", ("a* = softmax(x*)",))
