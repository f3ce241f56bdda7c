"""Losses, each as its equations in the language that a spec is written in.

t is the target, a the output of the last layer.  The last equation defines E, the error of a sample; most losses are
a sum over the output units of what one of them contributes, Ek.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.tables import table


@dataclass(frozen=True)
class Loss:
    """One measure of the error.

    `outputs`: "any" | "positive" | "open-interval" (0 < a < 1) | "distribution"
               | "direction" (not all 0)
    `targets`: "any" | "distribution" (sum to 1) | "unit-interval" | "not-negative" | "sign" (−1 or 1) | "one-hot"
               | "direction" (not all 0)
    """

    name: str
    equations: tuple[str, ...]
    outputs: str = "any"  # what the outputs must be
    targets: str = "any"  # what the targets must be
    kinks: str = ""  # where a slope does not exist; 0 is used there
    smooths: bool = False  # whether label smoothing may be asked for: the targets are a distribution
    single: str = ""  # the loss to write in its place where there is one output unit
    wide: tuple[str, ...] = ()  # the same with an option: `delta`, and `half` of it


def summed(term: str) -> tuple[str, str]:
    return f"Ek = {term}", "E = sum(Ek)"


def averaged(term: str) -> tuple[str, str]:
    return f"Ek = {term}", "E = mean(Ek)"


LOSSES = table(
    Loss("half-squared-error", summed("(t - a)**2/2")),
    Loss("squared-error", summed("(t - a)**2")),
    Loss("mean-squared-error", averaged("(t - a)**2")),
    Loss("absolute-error", summed("abs(t - a)"), kinks="a = t"),
    Loss(  # a square where |t − a| ≤ δ, a line beyond (Huber 1964; δ = 1 as in PyTorch, JAX and Keras)
        "huber",
        summed("where(t - a > 1, t - a - 1/2, where(t - a < -1, a - t - 1/2, (t - a)**2/2))"),
        wide=summed(
            "where(t - a > delta, delta*(t - a - half),"
            " where(t - a < -delta, delta*(a - t - half), (t - a)**2/2))"
        ),
    ),
    Loss("log-cosh", summed("log(cosh(t - a))")),
    Loss(
        "cross-entropy",
        summed("-t*log(a)"),
        outputs="distribution",
        targets="distribution",
        smooths=True,
    ),
    Loss(
        "binary-cross-entropy",
        summed("-(t*log(a) + (1 - t)*log(1 - a))"),
        outputs="open-interval",
        targets="unit-interval",
    ),
    Loss(
        "cross-entropy-logits",
        ("q = log_softmax(a)", *summed("-t*q")),
        targets="distribution",
        smooths=True,
        single="binary-cross-entropy-logits",
    ),
    Loss("binary-cross-entropy-logits", summed("softplus(a) - t*a"), targets="unit-interval"),
    Loss(  # Σ t ln(t/a), in two terms, and never ln 0: where t = 0 both are 0
        "kl-divergence",
        summed("t*log(where(t > 0, t, 1)) - t*log(a)"),
        outputs="distribution",
        targets="distribution",
    ),
    Loss("hinge", summed("maximum(0, 1 - t*a)"), targets="sign", kinks="t·a = 1"),
    Loss("squared-hinge", summed("maximum(0, 1 - t*a)**2"), targets="sign"),
    Loss(  # PyTorch's MultiMarginLoss: over the wrong classes, divided by the number of all (Weston and Watkins 1999);
        "multiclass-hinge",  # Crammer and Singer (2001) take the largest of its terms instead of their mean
        ("r = sum(t*a)", *averaged("(1 - t)*maximum(0, 1 - r + a)")),
        targets="one-hot",
        kinks="r - a = 1",
        single="hinge",
    ),
    Loss(
        "cosine",
        ("s = sum(t*a)", "u = sum(t**2)", "v = sum(a**2)", "E = 1 - s/(sqrt(u)*sqrt(v))"),
        outputs="direction",
        targets="direction",
        single="squared-error",
    ),
    Loss("poisson", summed("a - t*log(a)"), outputs="positive", targets="not-negative"),
)
