"""How each target writes the parts of a formula: one table a target, one line a part.

`rules` decides which parts a formula has and where it needs parentheses; a target says what a part looks like.
Another target is another table.  All text that arrives here is checked (`symbols`) or a word of the language, so
nothing needs an escape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Text1 = Callable[[str], str]
Text2 = Callable[[str, str], str]


@dataclass(frozen=True, eq=False)
class Target:
    """The parts.  `flat`: a fraction is a/b on one line, so that its sides may need parentheses."""

    name: str
    flat: bool
    # letters and numbers
    letter: Text1
    greek: Text1
    word: Text1
    operator: Text1  # the name of a function
    number: Text1  # digits with the language's decimal mark
    mark: Text1  # a comma, plus or bracket in a script
    bold: Text2  # (written base, plain base)
    script: Text1  # a calligraphic capital
    accent: Text2  # (hat | bar | tilde, x)
    sub: Text2
    sup: Text2
    apart: Text1  # what keeps a part of a script from running into the next
    space: str
    prime: str
    arrows: dict[str, str]  # between two units, in a script
    # relations and operations
    relations: dict[str, str]
    plus: str
    minus: str  # between two terms
    sign: str  # before one
    dot: str
    times: str
    odot: str
    beside: str  # between matrices that are multiplied
    tight: str  # in a(1 − a) and 2a
    # two-dimensional parts
    frac: Text2
    slash: str  # of a small fraction in an exponent
    semicolon: str
    parens: Text1
    tall_parens: Text1
    loose: Callable[[bool], tuple[str, str]]  # parentheses, tall or not, that a line break may part
    apply: Callable[[str, str, bool], str]  # function name, argument, tall
    sqrt: Text1
    abs: Text1
    sum: Callable[[str, str, str], str]  # variable, size, body
    family: Callable[[str, str, str], str]  # variable, size, entry: all entries on an axis
    partial: str
    one: str  # bold 1: a vector of ones, an indicator
    top: str  # ⊤, transposed
    indicator: Text1
    words: Text1  # a word of the language inside a formula
    when: Text2  # "if", condition
    cases: Callable[[list[tuple[str, str]]], str]  # (value, when)
    blank: Callable[[int, str], str]  # the number of a gap, and its answer, whose room it takes


def table(pairs: str) -> dict[str, str]:
    """The form's signs and the target's, in pairs."""
    return dict(pair.split(" ", 1) for pair in pairs.split(" | "))
