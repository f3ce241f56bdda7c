"""Derivation to document: a worked solution in the order in which it is taught.

Given · forward pass · error · output layer (deltas, gradients, update) · hidden layers · check.
Every display shows the symbols, then the numbers put in, then the value, with the rule beside it.
"""

from __future__ import annotations

from symbackprop.document import Block, Document
from symbackprop.explain import backward, check, forward, general, given, own
from symbackprop.explain.account import Account


def explain(account: Account) -> Document:
    """The worked solution of one problem, in one language and notation."""
    blocks: list[Block] = given.section(account)
    for reading in account.readings:
        if reading == "unit" and account.problem.dense is None:
            blocks += [*own.section(account), *check.section(account)]
        elif reading == "unit":
            blocks += [*forward.section(account), *backward.section(account), *check.section(account)]
        else:
            blocks += general.section(account, reading)
    problem = account.problem
    title = problem.title or account.text("solution.untitled")
    return Document(title, account.language, tuple(blocks), account.names.notation.name)
