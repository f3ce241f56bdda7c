"""Numbers put in for symbols: a line of numbers laid over the line of symbols that it comes from.

w₁·i₁ + w₂·i₂ + b₁        0.15·0.05 + 0.2·0.1 + 0.35        (w₁, 0.15), (i₁, 0.05), …
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation import Steps
from symbackprop.form import ENTRIES, Form, mul, neg
from symbackprop.readings import unit
from symbackprop.verifier.blame.world import own

SYMBOLS = ENTRIES | {"partial", "hyper"}
NUMBERS = frozenset(("num", "shown"))
Pair = tuple[Form, Form]  # a quantity, and the number that stands for it


def laid(symbols: Form, line: Form) -> list[Pair] | None:
    """What each number stands for; None where the two lines are built differently."""
    try:
        return list(_laid(symbols, line))
    except _Differs:
        return None


class _Differs(Exception):
    pass


def _laid(symbols: Form, line: Form) -> Iterator[Pair]:
    bare_ = line.forms[0] if line.op == "neg" else line
    if line.op == "neg" and symbols.op == bare_.op == "mul":  # −0.2 · x is read as −(0.2 · x)
        line = mul(neg(bare_.forms[0]), *bare_.forms[1:])
    if symbols.op in SYMBOLS and bare_.op in NUMBERS:
        yield symbols, line
    elif symbols.op != line.op or len(symbols.forms) != len(line.forms):
        raise _Differs
    elif symbols.forms and symbols.op not in SYMBOLS:
        for f, g in zip(symbols.forms, line.forms, strict=True):
            yield from _laid(f, g)
    elif symbols != line:
        raise _Differs


def lines(steps: Steps, head: Form, before: Form | None) -> Iterator[Form]:
    """The lines of symbols that a line of numbers may come from: the one before it, and the step's own."""
    if before is not None:
        yield before
    found = own(steps, head) if head.op in ENTRIES else None
    if found is not None and not any(i.terms for i in head.at):
        step, given = found
        yield unit.right(step, tuple(given[a.var].const for a in step.axes))
