"""Layers: each is its equations, in the language that users write in a spec.

In a layer's equations `*` stands for the layer's number, `x*` for what comes in (x, a1, a2, …) and `f` for its
activation; dimensions are "units" and "inputs".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    kind: str
    parameters: Mapping[str, tuple[str, ...]]
    equations: tuple[str, ...]
