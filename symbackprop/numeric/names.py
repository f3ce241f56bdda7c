"""Names in generated code.  Nothing but [A-Za-z][A-Za-z0-9_]* reaches a source, and no two things share a name.

Names of quantities have passed the gate [A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*, those that were generated hold a dot,
those of second derivatives begin with ∂ or Δ.  No quantity's name ends in an underscore, so that one more at the end
always makes a name that is free.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from symbackprop.errors import SymbackpropError
from symbackprop.form import walk
from symbackprop.numeric.line import Key, Line, key
from symbackprop.numeric.program import Program

GATE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*", re.ASCII)
OURS = re.compile(r"\.[0-9]+|[∂Δ]*[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*(?:[.→][∂A-Za-z0-9_.→]+)?", re.ASCII)
LETTERS = "j i k l m".split()
RESERVED = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))

STEMS = {"ref": "", "adjoint": "d_", "updated": "new_", "flow": "d_"}
WORDS = {ord("∂"): "d_", ord("Δ"): "v_", ord("."): "_"}


class Names:
    """The name in the source of each quantity, size and hyperparameter."""

    def __init__(self, made: Program, reserved: Iterable[str]) -> None:
        self.taken = set(RESERVED | set(reserved))
        self.of: dict[Key, str] = {}
        for name in made.arguments:
            self.add(("ref", name), argument(name) if name in made.graph.shapes else stem(("ref", name)))
        for name in made.hypers:
            self.add(("hyper", name), gate(name))
        for line in made.lines:
            k = key(line.left)
            self.add(k, stem(k))
        for line in made.lines:
            for n in sizes(line):
                self.add(("size", n), gate(n))

    def add(self, k: Key, wanted: str) -> None:
        if k in self.of:
            return
        self.of[k] = self.fresh(wanted)

    def fresh(self, wanted: str) -> str:
        """The name, or with underscores behind it where it is taken."""
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def __getitem__(self, k: Key) -> str:
        return self.of[k]

    def variables(self, line: Line) -> dict[str, str]:
        """Short letters for the index variables of a line."""
        wanted = dict.fromkeys(a.var for a in line.axes)
        wanted |= dict.fromkeys(a.var for f in walk(line.form) for a in f.axes)
        letters = (x for n in range(10_000) for x in (LETTERS if n == 0 else [f"i{n}"]) if x not in self.taken)
        return dict(zip(wanted, letters))  # noqa: B905 - the letters do not end


def gate(name: str) -> str:
    if not GATE.fullmatch(name):
        raise SymbackpropError(f"{name!r} is no name: letters, digits and single underscores, a letter first")
    return name


def argument(name: str) -> str:
    """A leaf's own name; a direction's, ΔW1, is v_W1."""
    return f"v_{gate(name[1:])}" if name.startswith("Δ") else gate(name)


def stem(k: Key) -> str:
    op, name = k
    if not OURS.fullmatch(name):
        raise SymbackpropError(f"{name!r} is no name: letters, digits and single underscores, a letter first")
    if name.startswith("."):
        return f"s{name[1:]}"
    return STEMS[op] + name.translate(WORDS).replace("→", "_from_" if op == "flow" else "_")


def sizes(line: Line) -> list[str]:
    """The sizes that a line needs by their names."""
    found = [a.size for a in line.axes]
    for f in walk(line.form):
        found += [a.size for a in f.axes]
        found += [n for n in f.args if f.op in ("size", "within") and isinstance(n, str | int)]
    return list(dict.fromkeys(n for n in found if isinstance(n, str)))
