"""Normalization: less the mean, divided by the standard deviation, then scaled and shifted.

    n = (x − m)/√(v + ε),   a = g n + b

Batch normalization takes m and v over the samples (and over the places of an image, channel by channel), so that each
sample acts on the outputs of all; at inference they are given.  Layer normalization takes them along the last axis.
"""

from fractions import Fraction

from symbackprop.layers import Here, Layer, Leaf, Option, Shape, Unfit, written

EPSILON = Option("epsilon", "number", "What is added to the variance, above 0", Fraction("0.00001"))
SCALE = Option("scale", "array", "g: what the normalized values are multiplied by. Left out, it stays a symbol", None)
SHIFT = Option("shift", "array", "b: what is added then", None)


def normalized(here: Here, statistic: str = "", learnt: str = "") -> tuple[str, str]:
    """n and a, with the places at which m and v, and g and b, stand."""
    if here["epsilon"] <= 0:
        raise Unfit("epsilon", "epsilon is above 0, so that nothing is divided by 0")
    return (
        f"n* = (x* - m*{statistic}) / sqrt(v*{statistic} + {written(here['epsilon'])})",
        f"a* = g*{learnt} * n* + b*{learnt}",
    )


def batch(here: Here) -> tuple[str, ...]:
    axes = len(here.shape) - 1
    places = f"[:, {', '.join(['None'] * axes)}]" if axes else ""
    over = f", axis={'1' if axes == 1 else '(1, 2)'}" if axes else ""
    statistics = f"m* = batch_mean(x*{over})", f"v* = batch_mean((x* - m*{places})**2{over})"
    return (*(statistics if here["mode"] == "training" else ()), *normalized(here, places, places))


def layer(here: Here) -> tuple[str, ...]:
    axes = len(here.shape) - 1
    places = f"[{':, ' * axes}None]" if axes else ""
    statistics = "m* = mean(x*, axis=-1)", f"v* = mean((x* - m*{places})**2, axis=-1)"
    return (*statistics, *normalized(here, statistic=places))


def channels(here: Here) -> Shape:
    return here.shape[:1]


def known(here: Here) -> Shape | None:
    return here.shape[:1] if here["mode"] == "inference" else None


def features(here: Here) -> Shape:
    return here.shape[-1:]


EACH = "one for each feature, or each channel"
GIVEN = ("mode", "inference")

BATCH_NORM = Layer(
    "batch-norm",
    "n = (x - m) / sqrt(v + epsilon), a = g n + b, m and v the mean and variance over the samples",
    batch,
    (
        Option(
            "mode",
            "word",
            '"training": mean and variance of these samples; "inference": given ones',
            "training",
            ("training", "inference"),
        ),
        EPSILON,
        SCALE,
        SHIFT,
        Option("mean", "array", 'm, with mode = "inference"', None),
        Option("variance", "array", 'v, with mode = "inference"', None),
    ),
    (
        Leaf("g*", "scale", "weights", channels, EACH),
        Leaf("b*", "shift", "biases", channels, EACH),
        Leaf("m*", "mean", "", known, EACH, GIVEN),
        Leaf("v*", "variance", "", known, EACH, GIVEN),
    ),
    takes={1: "[features]", 2: "[channels, length]", 3: "[channels, height, width]"},
    samples=("mode", "training", "inference"),
)
LAYER_NORM = Layer(
    "layer-norm",
    "n = (x - m) / sqrt(v + epsilon), a = g n + b, m and v the mean and variance along the last axis",
    layer,
    (EPSILON, SCALE, SHIFT),
    (
        Leaf("g*", "scale", "weights", features, "one for each feature"),
        Leaf("b*", "shift", "biases", features, "one for each feature"),
    ),
)
