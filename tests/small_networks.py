"""A network of two layers with any activation and loss, written as TOML."""

from __future__ import annotations

from typing import Any

from symbackprop.spec import Problem, loads
from symbackprop.tables.losses import LOSSES

TARGETS = {"sign": [[-1, 1]], "one-hot": [[0, 1]], "distribution": [[0.25, 0.75]]}


def small_network(activation: str, loss: str, more: str = "", targets: Any = None, inputs: Any = None) -> Problem:
    """Names as they are, formulas as inline tables: '{ formula = "z**3" }'."""
    rule = LOSSES[loss].targets if loss in LOSSES else "any"
    given = targets or TARGETS.get(rule, [[0.25, 0.75]])
    return loads(f"""
[network]
inputs = 2
loss = {word(loss)}
{more}
[[network.layers]]
units = 2
activation = "identity"
weights = [[0.15, 0.2], [0.25, 0.3]]
biases = [0, 0.1]
[[network.layers]]
units = 2
activation = {word(activation)}
weights = [[0.4, 0.45], [0.5, -0.55]]
biases = [0, 0.1]
[data]
inputs = {inputs or [[0.05, 0.1]]}
targets = {given}
[training]
rate = 0.5
""")


def word(text: str) -> str:
    return text if text.startswith("{") else f'"{text}"'
