"""Dropout with a given mask: a = m x / (1 − rate), so that the mean of a over all masks is x."""

from symbackprop.layers import Here, Layer, Leaf, Option, Unfit, written


def equations(here: Here) -> tuple[str, ...]:
    rate = here["rate"]
    if not 0 <= rate < 1:
        raise Unfit("rate", "the rate is the share that is left out: from 0 up to, but not 1")
    return (f"a* = m* * x* / {written(1 - rate)}",) if rate else ("a* = m* * x*",)


DROPOUT = Layer(
    "dropout",
    "a = m x / (1 - rate), m the mask of 0 and 1",
    equations,
    (
        Option("rate", "number", "The share of entries that is left out, from 0 up to, but not 1"),
        Option(
            "mask",
            "array",
            "1 for an entry that is kept, 0 for one that is left out; for all samples or, one more axis, for each",
            None,
        ),
    ),
    (Leaf("m*", "mask", "", lambda here: here.shape, "the mask has the shape of what comes in"),),
)
