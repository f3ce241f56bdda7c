"""Losses, written in the language that a spec is written in.

`term` is what one output unit contributes, E_k; the error of a sample is the sum of its terms.  `scale` is the
number of units where the loss is a mean over them.  t is the target, a the output of the last layer.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.tables import table


@dataclass(frozen=True)
class Loss:
    name: str
    term: str  # E_k of t and a, in array notation
    reduce: str = "sum"  # over a sample's units: "sum" | "mean"
    outputs: str = "any"  # what the outputs must be: "any" | "positive" | "open-interval" (0 < a < 1) | "distribution"
    targets: str = "any"  # "any" | "distribution" (sum to 1) | "unit-interval" | "not-negative"


LOSSES = table(
    Loss("half-squared-error", "(t - a)**2/2"),
    Loss("squared-error", "(t - a)**2"),
    Loss("mean-squared-error", "(t - a)**2", reduce="mean"),
    Loss("binary-cross-entropy", "-(t*log(a) + (1 - t)*log(1 - a))", outputs="open-interval", targets="unit-interval"),
    Loss("cross-entropy", "-t*log(a)", outputs="distribution", targets="distribution"),
    Loss("binary-cross-entropy-logits", "softplus(a) - t*a", targets="unit-interval"),
    Loss("poisson", "a - t*log(a)", outputs="positive", targets="not-negative"),
)
