"""Layers that put arrays together or lay them out anew: every entry that comes out is one that came in, or a sum."""

from symbackprop.layers import Here, Layer, Option


def total(here: Here) -> tuple[str, ...]:
    return ("a* = " + " + ".join(here.inputs),)


def joined(here: Here) -> tuple[str, ...]:
    return (f"a* = concatenate([{', '.join(here.inputs)}], axis={here['axis']})",)


MANY = 64

FLATTEN = Layer("flatten", "a = the entries of x, one after the other", ("a* = reshape(x*, -1)",))
ADD = Layer("add", "a = x1 + x2 + …", total, inputs=(2, MANY), told="inputs")
CONCATENATE = Layer(
    "concatenate",
    "a = x1, x2, … side by side along an axis",
    joined,
    (Option("axis", "whole", "The axis along which they are put side by side; 0 is the first", 0),),
    inputs=(2, MANY),
    told="inputs",
)
