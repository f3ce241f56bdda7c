"""Derivation to document: a worked solution in the order in which it is taught, the same for every network.

Given · forward pass · error · output deltas · deltas sent back · gradients · update · check.
Every display shows the symbols, then the numbers put in, then the value, with the rule beside each line.
"""

from __future__ import annotations

from symbackprop.document import Block, Box, Document, Equation, Figure, Heading, Table
from symbackprop.explain import back, check, forward, general, given, gradients, update
from symbackprop.explain.account import Account

SECTIONS = (forward.section, forward.error, back.output, back.section, gradients.section, update.section, check.section)
BRIEF = (Heading, Equation, Figure, Table)  # and the box of conventions


def explain(account: Account) -> Document:
    """The worked solution of one problem, in one language and notation."""
    blocks: list[Block] = given.section(account)
    for reading in account.readings:
        if reading == "unit":
            blocks += [block for section in SECTIONS for block in section(account)]
        else:
            blocks += general.section(account, reading)
    blocks = general.linked(account, blocks)
    if account.brief:
        blocks = [b for b in blocks if isinstance(b, BRIEF) or (isinstance(b, Box) and b.kind == "conventions")]
    title = account.problem.title or account.text("solution.untitled")
    return Document(title, account.language, tuple(blocks), account.names.notation.name)
