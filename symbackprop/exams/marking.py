"""Marks: each answer with its verdict, what it earns, and the mistake that it tells of.

An answer that follows rightly from the student's own earlier wrong ones earns its points: it is compared with what the
derivation gives when those are put in (carry.py).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from symbackprop import language as words
from symbackprop.exams import answers, formulas
from symbackprop.exams.answers import HandedIn
from symbackprop.exams.carry import Own
from symbackprop.exams.formulas import Judged
from symbackprop.exams.papers import Asked, Paper
from symbackprop.progress import counted

#   right, or right after an earlier mistake; wrong; nothing; nothing that can be read; to be looked at by a person
Verdict = Literal["right", "carried", "wrong", "blank", "unread", "open"]
VERDICTS: tuple[Verdict, ...] = Verdict.__args__  # type: ignore[attr-defined]
EARNS = ("right", "carried")
EXAMPLE = "(o1 - t1)*o1*(1 - o1)*h1"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Mark:
    """One answer, marked."""

    asked: Asked
    answer: str
    verdict: Verdict
    comment: str
    mistake: str = ""

    @property
    def earned(self) -> Fraction:
        return self.asked.points if self.verdict in EARNS else Fraction(0)


@dataclass(frozen=True)
class Marked:
    """A paper, marked: every question of it, in order."""

    paper: Paper
    marks: tuple[Mark, ...]

    @property
    def earned(self) -> Fraction:
        return sum((mark.earned for mark in self.marks), Fraction(0))

    @property
    def points(self) -> Fraction:
        return sum((mark.asked.points for mark in self.marks), Fraction(0))


def marked(handed_in: Sequence[HandedIn]) -> Iterator[Marked]:
    """Every paper that was handed in; what it does not answer earns nothing."""
    known = typed(handed_in)
    for one in counted(handed_in, "marking", len(handed_in)):
        yield Marker(one, known).marked()


# ---- formulas, judged together ---------------------------------------------------------------------------------------

Typed = Mapping[tuple[str, str, str], Judged]  # paper, question, answer


def typed(handed_in: Iterable[HandedIn]) -> Typed:
    """Every formula that was typed in: those that hold for any numbers once for all papers of a network."""
    same: dict[tuple[str, ...], list[tuple[HandedIn, Asked, str]]] = defaultdict(list)
    for one in handed_in:
        for id, answer in one.answers.items():
            asked = one.paper.asked[id]
            if asked.sort == "words" and answer and not literal(answer, asked):
                same[*about(one.paper, answer), asked.key].append((one, asked, answer))
    found: dict[tuple[str, str, str], Judged] = {}
    for some in same.values():
        first, asked, _ = some[0]
        wrong = [formula for _, formula, _ in asked.wrong]
        own = formulas.judged(first.paper.problem, asked.key, wrong, list(dict.fromkeys(answer for *_, answer in some)))
        found |= {(one.paper.id, asked.id, answer): own[answer] for one, asked, answer in some}
    return found


def about(paper: Paper, answer: str) -> tuple[str, ...]:
    """What an answer is about: the network, and its numbers too where there are decimals in the answer."""
    problem = paper.problem
    if problem.network is None or any(mark in answer for mark in ".,"):
        return (json.dumps(paper.spec, sort_keys=True),)
    return (*problem.program, str(problem.shapes), problem.presentation.notation)


def literal(answer: str, asked: Asked) -> bool:
    """Whether it is a key or a mistake's to the letter, so that no formula has to be read: shapes are."""
    texts = (asked.key, *asked.also, *(text for _, text, _ in asked.wrong))
    return asked.kind == "shape" or answers.words(answer) in map(answers.words, texts)


# ---- one paper -------------------------------------------------------------------------------------------------------


class Marker:
    def __init__(self, handed_in: HandedIn, typed: Typed) -> None:
        self.paper, self.answers, self.typed = *handed_in, typed
        self.marks: dict[str, Mark] = {}

    def marked(self) -> Marked:
        for id, asked in self.paper.asked.items():
            self.marks[id] = self.mark(asked, self.answers.get(id, ""))
        return Marked(self.paper, tuple(self.marks.values()))

    def mark(self, asked: Asked, answer: str) -> Mark:
        if not answer:
            return Mark(asked, answer, "blank", self.say("blank"))
        return SORTS[asked.sort](self, asked, answer)

    def say(self, key: str, **slots: str) -> str:
        return words.text(self.paper.language, f"marks.{key}", **slots)

    def right(self, asked: Asked, answer: str) -> Mark:
        return Mark(asked, answer, "right", self.say("right"))

    def wrong(self, asked: Asked, answer: str, key: str, mistake: str = "", feedback: str = "") -> Mark:
        told = f"{feedback or self.say('wrong')} {self.say('key', right=key)}"
        return Mark(asked, answer, "wrong", told, mistake)

    def unread(self, asked: Asked, answer: str, **slots: str) -> Mark:
        return Mark(asked, answer, "unread", self.say(f"unread-{asked.sort}", **slots))

    # ---- numbers -------------------------------------------------------------------------------------------------

    def number(self, asked: Asked, answer: str) -> Mark:
        value = answers.number(answer)
        if value is None:
            return self.unread(asked, answer)
        if abs(value - Decimal(asked.key)) <= asked.tolerance:
            return self.right(asked, answer)
        if carried := self.carried(asked, answer, lambda own: self.near(asked, value, own)):
            return carried
        key = words.number(asked.key, self.paper.language)
        near = [(abs(value - Decimal(x)), mistake, told) for mistake, x, told in asked.wrong]
        off, mistake, told = min(near, key=lambda one: one[0], default=(asked.tolerance + 1, "", ""))
        known = (mistake, told) if off <= asked.tolerance else ("", "")
        return self.wrong(asked, answer, key, *known)

    def near(self, asked: Asked, value: Decimal, own: Decimal) -> bool:
        """Within the key's tolerance, or as large a part of the value as that is of the key."""
        key = Decimal(asked.key)
        return abs(value - own) <= asked.tolerance * max(Decimal(1), abs(own / key) if key else Decimal(1))

    def carried(self, asked: Asked, answer: str, agrees: Callable[[Decimal], bool]) -> Mark | None:
        """The mark where earlier answers are off, and what follows from them agrees with this one.

        What follows from all earlier answers, or from those that are off: a right one need not have been used.
        """
        off = [id for id in asked.uses if self.off(id)]
        if not off or asked.of is None:
            return None
        for some in dict.fromkeys((asked.uses, tuple(off))):
            own = self.own.value(asked.of, dict(self.given(some)))
            if own is not None and agrees(Decimal(own) * asked.times.numerator / asked.times.denominator):
                return Mark(asked, answer, "carried", self.say("carried", earlier=", ".join(off)))
        return None

    @cached_property
    def own(self) -> Own:
        return Own(self.paper.problem)

    def off(self, id: str) -> bool:
        return id in self.marks and self.marks[id].verdict in ("wrong", "carried")

    def given(self, ids: Iterable[str]) -> Iterator[tuple[str, float]]:
        """The numbers that were answered, right or not, each with its place in the derivation."""
        for mark in (self.marks[id] for id in ids if id in self.marks):
            value = self.value(mark)
            if mark.asked.of is not None and mark.asked.times == 1 and value is not None:
                yield mark.asked.of, float(value)

    def value(self, mark: Mark) -> Decimal | None:
        """The number that an answer says, also by choosing it."""
        if mark.asked.sort != "choice":
            return answers.number(mark.answer) if mark.asked.sort == "number" else None
        chosen = answers.letter(mark.answer, mark.asked)
        return None if chosen is None else answers.number(mark.asked.options[chosen][0])

    # ---- others --------------------------------------------------------------------------------------------------

    def choice(self, asked: Asked, answer: str) -> Mark:
        chosen = answers.letter(answer, asked)
        if chosen is None:
            return self.unread(asked, answer, letters=", ".join(LETTERS[: len(asked.options)]))
        text, mistake = asked.options[chosen]
        if mistake is None:
            return self.right(asked, answer)
        if carried := self.carried(asked, answer, lambda own: says(text, own)):
            return carried
        told = next((feedback for name, gives, feedback in asked.wrong if (name, gives) == (mistake, text)), "")
        return self.wrong(asked, answer, asked.key, mistake, told)

    def order(self, asked: Asked, answer: str) -> Mark:
        found = answers.order(answer, asked)
        if found is None:
            return self.unread(asked, answer, letters=", ".join(sorted(asked.key)))
        return self.right(asked, answer) if found == asked.key else self.wrong(asked, answer, asked.key)

    def words(self, asked: Asked, answer: str) -> Mark:
        said = answers.words(answer)
        if said in map(answers.words, (asked.key, *asked.also)):
            return self.right(asked, answer)
        for mistake, text, told in asked.wrong:
            if said == answers.words(text):
                return self.wrong(asked, answer, asked.key, mistake, told)
        return self.formula(asked, answer, self.typed.get((self.paper.id, asked.id, answer), Judged("wrong")))

    def formula(self, asked: Asked, answer: str, judged: Judged) -> Mark:
        match judged.judgement:
            case "right":
                return self.right(asked, answer)
            case "unread":
                return self.unread(asked, answer, example=EXAMPLE)
            case "open":
                return Mark(asked, answer, "open", self.say("open"))
        mistake, _, told = ("", "", "") if judged.mistake is None else asked.wrong[judged.mistake]
        return self.wrong(asked, answer, asked.key, mistake, told)


WAYS = {"grows": 1, "falls": -1}  # the error, where the slope is of this sign
NEAR = Decimal("2.5")  # units of the last decimal: no tolerance is less


def says(option: str, own: Decimal) -> bool:
    """Whether an option is what follows: its number, or the way that the error goes."""
    if option in WAYS:
        return WAYS[option] * own > 0
    number = answers.number(option)
    return number is not None and abs(number - own) <= NEAR.scaleb(int(number.as_tuple().exponent))


SORTS: dict[str, Callable[[Marker, Asked, str], Mark]] = {
    "number": Marker.number,
    "choice": Marker.choice,
    "order": Marker.order,
    "words": Marker.words,
}
