"""The embedding: row k of W stands for word k.  The words come in as one-hot rows, so that a = X W picks its rows."""

from symbackprop.layers import Here, Layer, Leaf, Option, Shape
from symbackprop.layers.dense import UNITS


def weights(here: Here) -> Shape:
    return (here["vocabulary"], here["units"])


EMBEDDING = Layer(
    "embedding",
    "a = X W, X one-hot rows: row k of W for the word k",
    ("a* = x* @ W*",),
    (
        Option("vocabulary", "size", "How many words there are; their numbers start at 0", low=1),
        UNITS,
        Option("weights", "array", "A row for each word. Left out, they stay symbols", None),
    ),
    (Leaf("W*", "weights", "weights", weights, "row k stands for the word k"),),
    takes={2: "numbers of words, inputs = 3 for three of them, in the first layer"},
    tokens="vocabulary",
)
