"""Running a program at a point, in any numbers: what is asked for, and no more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symbackprop.verifier.decide.program import Node, Program

SYMBOL = ("leaf",)
Step = Callable[[Any, Node, tuple[Any, ...]], Any]  # (run, node, its parts) → its value


class Run:
    """The values of nodes at one point.

    `ties` says which symbols others fix: t₂ = 1 − t₁.  A node in `free` is taken for a symbol, whatever it is made of.
    """

    steps: Mapping[str, Step]

    def __init__(self, program: Program, ties: Mapping[Node, Node], free: frozenset[Node] = frozenset()) -> None:
        self.program, self.ties, self.free = program, ties, free
        self.values: dict[Node, Any] = {}

    def above(self, u: Node, c: Fraction) -> bool:
        """Whether u > c at this point; on the kink itself nothing is decided."""
        raise NotImplementedError

    def at(self, root: Node) -> Any:
        values = self.values
        if root in values:
            return values[root]
        nodes, below, steps, waiting = self.program.nodes, self.program.operands, self.steps, [root]
        while waiting:
            x = waiting[-1]
            if x in values:
                waiting.pop()
                continue
            parts = nodes[x] if x not in self.free else SYMBOL
            if parts[0] == "select":
                operands: tuple[Node, ...] = (self._branch(x, parts),)
            else:
                operands = below[x] if parts is not SYMBOL else ()
            ready = True
            for y in operands:
                if y not in values:
                    waiting.append(y)
                    ready = False
            if ready:
                waiting.pop()
                values[x] = values[operands[0]] if parts[0] == "select" else steps[parts[0]](self, x, parts)
        return values[root]

    def _branch(self, x: Node, parts: tuple[Any, ...]) -> Node:
        _, u, c, _, then, other = parts
        return int(then if self.above(u, c) else other)
