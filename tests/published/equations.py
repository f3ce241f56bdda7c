"""The published cases in the equations form: a TOML spec of each."""

from __future__ import annotations

import re
from typing import Any

#   what only the recomputation's own small language has, in the array notation
SPELLED = {
    "absv(": "abs(",
    "conv_valid(": "conv(",
    "where(1-r,": "where(1-r > 0,",
    "l2n(yc)": "(yc / sqrt(sum(yc*yc, axis=-1, keepdims=True)))",
    "l2n(pc)": "(pc / sqrt(sum(pc*pc, axis=-1, keepdims=True)))",
}
#   the recomputation's word for an option → ours
OPTIONS = {"lr": "rate", "b1": "beta1", "b2": "beta2", "eps": "epsilon", "rho": "rho", "momentum": "momentum"}
#   kind of the case → our words
KINDS = {
    "sgd": 'optimizer = "sgd"',
    "adam": 'optimizer = "adam"',
    "rmsprop": 'optimizer = "rmsprop"\nepsilon-inside-root = true',  # Keras adds it below the root
}


def text(value: Any) -> str:
    return f"[{', '.join(map(text, value))}]" if isinstance(value, list) else repr(value)


def spelled(line: str) -> str:
    for theirs, ours in SPELLED.items():
        line = line.replace(theirs, ours)
    return line


def training(case: dict[str, Any], steps: int) -> list[str]:
    optimizer = case.get("optimizer")
    if not optimizer:
        return []
    options = [f"{OPTIONS[key]} = {value!r}" for key, value in optimizer.items() if key in OPTIONS]
    order = [f'order = "{optimizer["order"]}"'] if "order" in optimizer else []
    return ["[training]", KINDS[optimizer["kind"]], *options, *order, f"steps = {steps}"]


def unread(case: dict[str, Any]) -> set[str]:
    """Leaves that only a figure's own expression reads: weights of a mean that the page takes afterwards."""
    words = " ".join(case["program"])
    return {name for name in case["leaves"] if not re.search(rf"\b{name}\b", words)}


def spec(case: dict[str, Any], steps: int = 0) -> str:
    """The case as a TOML spec."""
    program = map(spelled, case["program"])
    samples = [
        line
        for sample in case.get("samples") or ()
        for line in ("[[samples]]", *(f"{name} = {text(value)}" for name, value in sample.items()))
    ]
    return "\n".join(
        [
            "[equations]",
            f"program = [{', '.join(repr(line).replace(chr(39), chr(34)) for line in program)}]",
            'error = "loss"',
            f"parameters = {text(case['params']).replace(chr(39), chr(34))}",
            "[values]",
            *(f"{name} = {text(value)}" for name, value in case["leaves"].items() if name not in unread(case)),
            *samples,
            *training(case, steps),
        ]
    )
