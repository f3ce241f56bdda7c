"""A report in words: the verdicts, reasons and formulas of each row, in one language and one notation.

Entries are spelled as symbols here, so that no format needs the network; sentences are inlines, so that each format
prints their formulas as its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from symbackprop.document import Inlines, Math
from symbackprop.form import ENTRIES, ZERO, Form, compare, hyper, ref, replaced, shown, symbol
from symbackprop.language import catalogue, joined, listed, say, sentence, text
from symbackprop.numeric.rounding import digits
from symbackprop.readings.names import Names
from symbackprop.verifier.claims import Unread
from symbackprop.verifier.decide import Counterexample
from symbackprop.verifier.decide.subject import HYPER
from symbackprop.verifier.report import VERDICTS, Judged, Line, Named, Reason, Report, Verdict

SLOT = re.compile(r"\\\{(\w+)\\\}")  # in a sentence that is escaped
BELOW = re.compile(r"\n|\\n {4}")  # where a message goes on with the formula and its caret
FEWEST, MOST = 6, 40  # significant digits of a counterexample: as many as it takes to see the difference


@dataclass(frozen=True)
class Chain:
    """left rel right rel right …, as it was read."""

    left: Form
    links: tuple[tuple[str, Form], ...]


@dataclass(frozen=True)
class Mistake:
    name: str
    at: Form
    done: str
    why: str
    how: str


@dataclass(frozen=True)
class Example:
    """Where both sides differ: a number for each symbol they hang on, and what each side is there."""

    point: tuple[tuple[Form, Fraction], ...]
    left: Form
    right: Form


@dataclass(frozen=True)
class Note:
    """What is said of one claim."""

    judged: Judged
    formula: Math
    why: Inlines
    mistakes: tuple[Mistake, ...]
    expected: Math | None  # the right line
    example: Example | None
    conditions: tuple[Form, ...]


@dataclass(frozen=True)
class Row:
    line: Line
    notes: tuple[Note, ...]
    unread: Inlines

    @property
    def worst(self) -> Note | None:
        """The note on the claim that the row's verdict is taken from."""
        return next((n for n in self.notes if n.judged is self.line.worst), None)

    @property
    def telling(self) -> tuple[Note, ...]:
        """The notes that a reader is shown: of what is not well, or else of what holds under a condition."""
        bad = tuple(n for n in self.notes if n.judged.verdict != "ok")
        return bad or tuple(n for n in self.notes if n.conditions)[:1]

    @property
    def says(self) -> bool:
        """Whether there is more to say than its verdict."""
        return bool(self.telling or self.unread)

    @property
    def chains(self) -> Iterator[Chain]:
        """Claims that follow each other as one chain; a side that was not read parts two."""
        left, links, end = ZERO, list[tuple[str, Form]](), None
        for formula in dict.fromkeys(n.formula for n in self.notes):
            assert formula.right is not None
            if formula.form != end:
                if links:
                    yield Chain(left, tuple(links))
                left, links = formula.form, []
            links.append((formula.rel, formula.right))
            end = formula.right
        if links:
            yield Chain(left, tuple(links))

    def part(self, line: Line) -> Row:
        """As much of it as belongs to a part of its line."""
        own = set(map(id, line.claims))
        notes = tuple(n for n in self.notes if id(n.judged) in own)
        return Row(line, notes, self.unread if line.unread else ())


@dataclass(frozen=True)
class Told:
    report: Report
    language: str
    rows: tuple[Row, ...]
    summary: Inlines
    convention: Inlines


class Teller:
    """Finds the words for one network, in one notation and language."""

    def __init__(self, names: Names, language: str) -> None:
        self.names, self.language = names, language

    def told(self, report: Report) -> Told:
        rows = tuple(map(self.row, report.lines))
        other = say(self.language, "verdict.ascent") if report.convention == "ascent" else ()
        return Told(report, self.language, rows, self.summary(report), other)

    def row(self, line: Line) -> Row:
        unread = self.unread(line.unread) if line.unread else ()
        return Row(line, tuple(map(self.note, line.claims)), unread)

    def unread(self, row: Unread) -> Inlines:
        return say(self.language, "verdict.not-read", column=str(row.column), why=why(row.why, self.language))

    # ---- one claim ---------------------------------------------------------------------------------------------

    def note(self, judged: Judged) -> Note:
        claim = judged.claim
        head = claim.left if claim.head is None else claim.head
        wanted = judged.expected
        decided = dict.fromkeys(c for d in judged.decisions if d.outcome == "equal" for c in d.conditions)
        return Note(
            judged,
            Math(self.spelled(claim.left), claim.rel, self.spelled(claim.right)),
            self.reason(judged.reason),
            tuple(map(self.mistake, judged.mistakes)),
            None if wanted is None else Math(self.spelled(head), claim.rel, self.spelled(wanted)),
            self.example(judged.counterexample) if judged.counterexample else None,
            tuple(compare(self.spelled(x), "!=", self.spelled(y)) for x, y in (c.forms for c in decided)),
        )

    def reason(self, reason: Reason) -> Inlines:
        slots = {k: self.spelled(v) if isinstance(v, Form) else str(v) for k, v in reason.slots}
        return say(self.language, reason.key, **slots)

    def mistake(self, named: Named) -> Mistake:
        done, why, how = (text(self.language, f"mistake.{named.mistake}.{part}") for part in ("done", "why", "how"))
        return Mistake(named.mistake, self.spelled(named.at), done, why, how)

    def example(self, found: Counterexample) -> Example:
        indices = [(symbol(var), Fraction(value + 1)) for var, value in found.at]
        point = [(self.spelled(entry(name, at)), value) for (name, at), value in found.point]
        return Example((*indices, *point), *map(shown, apart(found.left, found.right)))

    def spelled(self, form: Form) -> Form:
        """As a book writes it, an entry whose indices are letters as in the general case."""
        return replaced(form, self.spell)

    def spell(self, f: Form) -> Form | None:
        lettered = f.op in ENTRIES and any(i.terms for i in f.at)
        return (self.names.general_case() if lettered else self.names).spell(f)

    # ---- the whole ---------------------------------------------------------------------------------------------

    def summary(self, report: Report) -> Inlines:
        """7 rows: 5 ok, 2 wrong. The first wrong one is row 4."""
        if not report.lines:
            return say(self.language, "verdict.no-rows")
        said = so_many(counted(report), self.language)
        key = "verdict.row" if len(report.lines) == 1 else "verdict.rows"
        whole = say(self.language, key, n=str(len(report.lines)), counts=listed(self.language, said))
        if report.first_wrong is None:
            return whole
        return joined(whole, " ", say(self.language, "verdict.first-wrong", row=str(report.first_wrong)))


def why(message: str, language: str) -> str:
    """What the reader says, in the report's language where that has a sentence for it."""
    said = BELOW.split(message)[0]
    for key, pattern in messages():
        if found := pattern.fullmatch(said):
            return text(language, key, **found.groupdict())
    return said


@cache
def messages() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The reader's messages by their keys, with a group for each slot."""
    keys = [key for key in catalogue("en") if key.startswith("unread.")]
    return tuple((key, re.compile(SLOT.sub(r"(?P<\1>.+?)", re.escape(sentence("en", key))))) for key in keys)


def word(language: str, verdict: Verdict) -> str:
    return text(language, f"verdict.{verdict}")


def counted(report: Report) -> dict[Verdict, int]:
    """How many rows have each verdict, the best first."""
    return {v: sum(line.verdict == v for line in report.lines) for v in VERDICTS}


def so_many(counts: Mapping[Verdict, int], language: str) -> list[Inlines]:
    """5 ok, 2 wrong: what there is none of is not said."""
    some = {v: n for v, n in counts.items() if n}
    return [say(language, "verdict.so-many", n=str(n), verdict=word(language, v)) for v, n in some.items()]


def entry(name: str, at: tuple[int, ...]) -> Form:
    return hyper(name.removeprefix(HYPER)) if name.startswith(HYPER) else ref(name, *at)


def apart(left: tuple[Decimal, Decimal], right: tuple[Decimal, Decimal]) -> tuple[str, str]:
    """Both sides with as many digits as it takes to tell them from each other."""
    one, other = (Fraction(low) / 2 + Fraction(high) / 2 for low, high in (left, right))
    for k in range(FEWEST, MOST + 1):
        said = digits(one, significant=k).text, digits(other, significant=k).text
        if said[0] != said[1]:
            break
    return said
