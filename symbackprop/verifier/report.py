"""What is said of a derivation: a verdict for each row and for each claim in it.  No words, no LaTeX: those come later.

Two questions are kept apart in every claim: is what is printed true in itself (`inner`), and is it true of the network
(`outer`)?  A carried line is true in itself, given what the writer found before, and false of the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from symbackprop.form import Form
from symbackprop.verifier.claims import Claim, Unread
from symbackprop.verifier.decide import Counterexample, Decision

Verdict = Literal["ok", "carried", "rounding", "unknown", "unread", "arithmetic", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("ok", "carried", "rounding", "unknown", "unread", "arithmetic", "wrong")  # worst last
Truth = Literal["true", "false", "unknown"]
MOST_MISTAKES = 4  # named for a line, the likeliest first


@dataclass(frozen=True)
class Reason:
    """Why a verdict was given: the key of a sentence in report.toml, and what stands in its slots."""

    key: str
    slots: tuple[tuple[str, Form | str | int], ...] = ()


@dataclass(frozen=True)
class Named:
    """A mistake of the table, and the quantity in whose step it was made."""

    mistake: str
    at: Form


@dataclass(frozen=True)
class Judged:
    """One claim with its verdict."""

    claim: Claim
    verdict: Verdict
    reason: Reason
    inner: Truth
    outer: Truth
    mistakes: tuple[Named, ...] = ()
    expected: Form | None = None  # what should stand on the right
    counterexample: Counterexample | None = None
    decisions: tuple[Decision, ...] = ()  # what the verdict rests on, for the certificate
    after: int | None = None  # the earlier row that a carried or rounded claim follows from


@dataclass(frozen=True)
class Line:
    """A row of the text: as bad as its worst claim; a chain of numbers as good as its last."""

    row: int
    text: str
    verdict: Verdict
    claims: tuple[Judged, ...] = ()
    unread: Unread | None = None

    @property
    def worst(self) -> Judged | None:
        """The claim that the row's verdict is taken from."""
        return next((c for c in self.claims if c.verdict == self.verdict), None)


@dataclass(frozen=True)
class Report:
    """Every row that says something, in the order of the text."""

    text: str
    lines: tuple[Line, ...]
    convention: str = "descent"  # or "ascent": the writer sets δ = (t − y)f′ and adds

    @property
    def first_wrong(self) -> int | None:
        return next((line.row for line in self.lines if line.verdict in ("wrong", "arithmetic")), None)
