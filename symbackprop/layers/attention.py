"""Attention: each query takes a mean of the values, weighted by how well it fits the keys.

    S = Q Kᵀ/√d,   P = softmax(S) along each row,   a = P V

With a mask M of 0 and 1 the weights are P = M R / Σ M R along each row, where R = softmax(L), L = M S − 10⁴ (1 − M):
exactly the softmax of what is not masked, and exactly 0 for what is.  The large number does not change P, whatever
the scores.  It keeps floating-point numbers from dividing 0 by 0 where a masked score is far above the others, as long
as those are above −10⁴.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symbackprop.layers import Here, Layer, Leaf, Option, Shape, Size, Unfit

MASK = Option(
    "mask", "mask", '"causal" (no query sees a later key), or a row for each query: 1 where it sees a key, else 0', None
)


def mask_shape(here: Here) -> Shape | None:
    query, key, _ = sources(here.shapes)
    return None if here["mask"] is None else (query[0], key[0])


def mask_rows(here: Here, written: Any) -> Any:
    """The rows of "causal": row j has 1 up to its own place.  Sizes that are names have none."""
    shape = mask_shape(here)
    if written != "causal" or shape is None:
        return written
    queries, keys = shape
    if not isinstance(queries, int) or not isinstance(keys, int):
        return None
    return tuple(tuple(Fraction(k <= j) for k in range(keys)) for j in range(queries))


M = Leaf("M*", "mask", "", mask_shape, "a row for each query, with a number for each key", value=mask_rows)


def sources(given: tuple[Any, ...]) -> tuple[Any, Any, Any]:
    """Query, key and value; one input is all three."""
    if len(given) == 2:
        raise Unfit("inputs", "2 inputs; attention takes one, or three: [query, key, value]")
    query, key, value = given if len(given) == 3 else given * 3
    return query, key, value


def weighted(scores: str, axes: int, here: Here) -> Iterator[str]:
    """S, and P in rows that sum to 1."""
    yield f"S* = {scores}"
    if here["mask"] is None:
        yield "P* = softmax(S*)"
        return
    yield "L* = M* * S* - 10**4 * (1 - M*)"
    yield "R* = softmax(L*)"
    yield "N* = sum(M* * R*, axis=-1)"
    yield f"P* = M* * R* / N*[{':, ' * axes}None]"


def fitting(here: Here) -> tuple[Shape, Shape, Shape]:
    """The shapes of query, key and value, which have as many values as keys."""
    query, key, value = sources(here.shapes)
    if key[0] != value[0]:
        raise Unfit("inputs", f"{key[0]} keys and {value[0]} values; there is one value for each key")
    return query, key, value


def dot_product(here: Here) -> tuple[str, ...]:
    fitting(here)
    q, k, v = sources(here.inputs)
    return (*weighted(f"{q} @ {k}.T / sqrt(size({k}, 1))", 1, here), f"a* = P* @ {v}")


def attention(here: Here) -> tuple[str, ...]:
    fitting(here)
    width(here)
    sources_of = dict(zip("QKV", sources(here.inputs), strict=True))
    projected = [f'{c}* = einsum("tf,hwf->htw", {x}, W{c}*) + b{c}*[:, None, :]' for c, x in sources_of.items()]
    return (
        *projected,
        *weighted('einsum("htw,hsw->hts", Q*, K*) / sqrt(size(WQ*, 1))', 2, here),
        'H* = einsum("hts,hsw->htw", P*, V*)',
        'a* = einsum("htw,uhw->tu", H*, WO*) + bO*',
    )


def width(here: Here) -> Size:
    """How wide a head is: the features, shared out among the heads, where it is not said."""
    features, heads = here.shape[-1], here["heads"]
    written: Size | None = here["width"]
    if written is not None:
        return written
    if heads == 1:
        return features
    if isinstance(features, str) or isinstance(heads, str):
        raise Unfit("heads", f"{features} features for {heads} heads; write width, how wide a head is")
    each, left = divmod(features, int(heads))
    if left:
        raise Unfit("heads", f"{features} features cannot be shared out among {heads} heads; write width")
    return each


def units(here: Here) -> Size:
    written: Size | None = here["units"]
    return here.shape[-1] if written is None else written


def projection(letter: str, key: str, source: int) -> tuple[tuple[Option, Option], tuple[Leaf, Leaf]]:
    """W and b of the queries, keys or values."""

    def weights(here: Here) -> Shape:
        return (here["heads"], width(here), sources(here.shapes)[source][-1])

    def biases(here: Here) -> Shape | None:
        return None if here["bias"] == "none" else (here["heads"], width(here))

    return (
        Option(key, "array", f"W{letter}: by head, width, feature. Left out, they stay symbols", None),
        Option(f"{key}-biases", "array", f"b{letter}: by head, width", None),
    ), (
        Leaf(f"W{letter}*", key, "weights", weights, "by head, width, feature"),
        Leaf(f"b{letter}*", f"{key}-biases", "biases", biases, "by head, width", ("bias", "unit")),
    )


PROJECTIONS = [projection(*row) for row in (("Q", "query", 0), ("K", "key", 1), ("V", "value", 2))]

DOT_PRODUCT = Layer(
    "dot-product-attention",
    "P = softmax(Q K^T / sqrt(d)), a = P V",
    dot_product,
    (MASK,),
    (M,),
    takes={2: "[tokens, features]"},
    inputs=(1, 3),
    told="inputs",
)
ATTENTION = Layer(
    "attention",
    "P = softmax(Q K^T / sqrt(width)) in each head, a = sum over heads of P V WO^T, + bO",
    attention,
    (
        Option("heads", "size", "How many heads", 1, low=1),
        Option("width", "size", "How wide a head is; left out, the features shared out among the heads", None, low=1),
        Option("units", "size", "How many numbers come out for a token; left out, as many as features", None, low=1),
        MASK,
        Option("bias", "word", '"none" or "unit"', "unit", ("none", "unit")),
        *(option for options, _ in PROJECTIONS for option in options),
        Option("output", "array", "WO: by unit, head, width. Left out, they stay symbols", None),
        Option("output-biases", "array", "bO: one for each unit", None),
    ),
    (
        *(leaf for _, leaves in PROJECTIONS for leaf in leaves),
        Leaf(
            "WO*", "output", "weights", lambda here: (units(here), here["heads"], width(here)), "by unit, head, width"
        ),
        Leaf(
            "bO*",
            "output-biases",
            "biases",
            lambda here: None if here["bias"] == "none" else (units(here),),
            "one for each unit",
            ("bias", "unit"),
        ),
        M,
    ),
    takes={2: "[tokens, features]"},
    inputs=(1, 3),
    told="inputs",
)
