"""Names that pass the gate, as near as can be to what a model calls its parts: `layers.0.weight` is layers_0_weight."""

from __future__ import annotations

import re
from collections import Counter

from symbackprop.reader.functions import FUNCTIONS
from symbackprop.spec.words import MOST_NAME
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY

PIECE = re.compile(r"[A-Za-z0-9]+", re.ASCII)
MOST_STEM = MOST_NAME - 6  # there is room for a number behind it
ENDS = ("E", "Ek", "t")  # what the error at the end of a program is written with
CALLED = {name.replace("-", "_") for name in (*FUNCTIONS, *ACTIVATIONS, *ALONG, *ELEMENTARY)}
RESERVED = frozenset({*ENDS, *CALLED, "True", "False", "None", "T"})


class Gate:
    """Each name that is asked for is handed out once."""

    def __init__(self) -> None:
        self.taken = set(RESERVED)
        self.count: Counter[str] = Counter()

    def __call__(self, wish: str) -> str:
        """The wish, made a name; a number behind it where that is taken."""
        stem = shortened(PIECE.findall(wish)) or "a"
        stem = stem if stem[0].isalpha() else f"p{stem}"
        number, out = 1, stem
        while out in self.taken:
            number += 1
            out = f"{stem}_{number}" if stem[-1].isdigit() else f"{stem}{number}"
        self.taken.add(out)
        return out

    def numbered(self, wish: str) -> str:
        """The wish with its number, from 1: linear1, linear2; as it is where it has one, h_1."""
        wish = "_".join(PIECE.findall(wish))
        if wish[-1:].isdigit():
            return self(wish)
        self.count[wish] += 1
        return self(f"{wish}{self.count[wish]}")


def shortened(words: list[str]) -> str:
    """Words with underscores between; where they are too long, the first ones keep three letters."""
    for k, word in enumerate(words):
        if len("_".join(words)) > MOST_STEM:
            words = [*words[:k], word[:3], *words[k + 1 :]]
    return "_".join(words)[-MOST_STEM:].strip("_")
