"""A document with what lies beside it, and what can be read off: which display is about what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from page import Block, partials, plain, quantities, read, summands

DIGITS = r"to (\d+) digits after|hingga (\d+) angka di belakang"


@dataclass
class Case:
    text: str
    pictures: Mapping[str, str] = field(default_factory=dict)  # file → SVG
    companions: Mapping[str, str] = field(default_factory=dict)  # "faded-1-backward.key" → Markdown
    siblings: Sequence[Sequence[str]] = ()  # the subgoals of other documents in the same language

    @cached_property
    def blocks(self) -> list[Block]:
        return read(self.text)

    @cached_property
    def displays(self) -> list[Block]:
        return [b for b in self.blocks if b.kind == "display"]

    @cached_property
    def subgoals(self) -> list[str]:
        return [b.text for b in self.blocks if b.kind == "heading" and b.level == 2]

    @cached_property
    def numbered(self) -> dict[int, Block]:
        return {d.number: d for d in self.displays if d.number is not None}

    @cached_property
    def places(self) -> int:
        stated = re.search(DIGITS, self.text)
        return int(stated[1] or stated[2]) if stated else 0

    @cached_property
    def groups(self) -> list[dict[str, str]]:
        """Each row of the first table: name → value."""
        table = next((b for b in self.blocks if b.kind == "table"), None)
        rows = [re.findall(r"\$([^$]*?) = ([^$]*?)\$", row[-1]) for row in (table.rows if table else ())]
        return [{name: plain(value) for name, value in row} for row in rows]

    @cached_property
    def given(self) -> dict[str, str]:
        return {name: value for row in self.groups for name, value in row.items()}

    @cached_property
    def known(self) -> set[str]:
        return {*self.given, *(d.left for d in self.displays)}

    @cached_property
    def error(self) -> str:
        tops = [top for d in self.displays for top, _ in partials(d.left)]
        return Counter(tops).most_common(1)[0][0] if tops else ""

    @cached_property
    def forward(self) -> list[Block]:
        """The displays before the first derivative."""
        first = next((d.at for d in self.displays if self.derivative(d)), 0)
        return [d for d in self.displays if d.at < first]

    @cached_property
    def backward(self) -> list[Block]:
        """The displays of derivatives of the error, before the check."""
        return [d for d in self.displays if self.derivative(d) and self.of(d) and d.part != self.subgoals[-1]]

    def derivative(self, display: Block) -> bool:
        return r"\partial" in display.left or display.left.startswith(r"\delta")

    def of(self, display: Block) -> str:
        """q, of a display of ∂E/∂q; that of a delta by its definition."""
        if display.left.startswith(r"\delta"):
            return self.deltas.get(display.left, "")
        ((top, bottom), *_) = partials(display.left) or [("", "")]
        return bottom if top == self.error else ""

    @cached_property
    def deltas(self) -> dict[str, str]:
        """δ → the quantity that it is the derivative by: the last one in its definition."""
        found: dict[str, str] = {}
        for d in self.displays:
            if d.left.startswith(r"\delta") and (parts := partials(summands(d.lines[0].right)[0])):
                found.setdefault(d.left, parts[-1][1])
        return found

    @cached_property
    def plans(self) -> list[Block]:
        """Displays of the backward pass that are products of derivatives, without a number."""
        return [d for d in self.backward if not d.numbers and d.number is None and partials(d.lines[-1].right)]

    @cached_property
    def gradients(self) -> dict[str, Block]:
        """Parameter → the numbered display of its derivative."""
        return {self.of(d): d for d in self.backward if self.of(d) in self.given and d.number and d.numbers}

    def through(self, summand: str) -> str:
        """The quantity that a summand of ∂E/∂q goes through: the top of its last ∂y/∂q, or that of what came back."""
        parts = partials(summand)
        if parts and parts[-1][0] != self.error:
            return parts[-1][0]
        if parts:
            return parts[0][1]
        return next((self.deltas[q] for q in quantities(summand, self.known) if q in self.deltas), "")


def named(d: Block) -> str:
    return f"({d.number})" if d.number else f"the display of {d.left} under {d.under or d.part}"
