"""A worked solution with gaps, and the key that fills them: Document → (faded Document, key Document).

What the research on fading asks for, and what is done about it:

- Whole steps are left out, never single digits.  A display is a step; its right sides are left out from the last one
  upwards: at level 1 the numbers and the value, the symbols staying as a hint; at level 2 the symbols too.  The reasons
  beside the lines always stay: they say which rule the missing step follows.
- Level 1 leaves out about a third of the displays that can be left out, level 2 about two thirds.  Forward fading takes
  the first ones, backward fading the last ones, subgoal fading the last ones under every heading.

No answer is printed anywhere else:

- A value that stands earlier in the text, with either sign, is not asked for: it could be copied.
- Where an answer is printed again later, as a number in a line or in a sentence, or as a whole right side, the same gap
  with the same number stands there too.  So a later step shows what it needs, and takes the reader's own result.
- A later number that is the answer but for rounding, its sign or the decimal point ("raises E by about 0.000822", or
  the same δ times 0.1) is a gap of its own.
- A value that a later number gives away with more digits than the reader is asked for (the errors of the difference
  quotient are close to E) is not asked for: the check needs those numbers.
- Quotients of printed numbers may still lead back to an answer.  Nothing is done about this: it is a calculation too.

A right side that is set on several rows stays, and so do the lines above it: one gap could not be filled in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

from symbackprop import language as words
from symbackprop.document import (
    Block,
    Box,
    Cite,
    Document,
    Equation,
    Figure,
    Heading,
    Line,
    Math,
    Paragraph,
    Text,
    blocks,
    forms,
    mapped,
)
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form, blank, replaced, shown, walk

Fits = Callable[[Equation, Line], bool]  # whether one gap can stand for the right side of a line
Group = list[int]  # the places of displays that stand under one heading

SHARE = {1: Fraction(1, 3), 2: Fraction(2, 3)}


def faded(document: Document, level: int, order: str, fits: Fits) -> tuple[Document, Document]:
    """The document with gaps, and its key."""
    if level not in SHARE:
        raise SymbackpropError(f"there is no fading of level {level}: {' and '.join(map(str, SHARE))} are")
    if order not in ORDERS:
        raise SymbackpropError(f"no order of fading is called {order!r}: {', '.join(ORDERS)} are")
    document = without_numbers(document)
    chosen = ORDERS[order](_candidates(document, fits), SHARE[level])
    work = Fading(level, frozenset(chosen), fits)
    gapped = tuple(map(work.block, document.blocks))
    answers = (Paragraph((Text(f"({k}) "), Math(x))) for k, x in enumerate(work.answers, 1))

    def titled(title: str, task: str, some: Iterable[Block]) -> Document:
        lang = document.language
        way = {"level": str(level), "order": words.text(lang, f"faded.order.{order}")}
        said = words.text(lang, title, title=document.title, **way)
        return replace(document, title=said, blocks=(Paragraph(words.say(lang, task)), *some))

    return titled("faded.title", "faded.task", gapped), titled("faded.key-title", "faded.key", answers)


def without_numbers(document: Document) -> Document:
    """Without the pictures that print numbers, which would tell the answers, and the sentences that cite them."""
    drawn = {block.name for block in document.blocks if isinstance(block, Figure) and block.numbers}

    def kept(block: Block) -> bool:
        if isinstance(block, Paragraph):
            return not any(isinstance(part, Cite) and part.target in drawn for part in block.content)
        return not isinstance(block, Figure) or block.name not in drawn

    return replace(document, blocks=tuple(filter(kept, document.blocks)))


# ---- which displays ----------------------------------------------------------------------------------------------


def _some(group: Group, share: Fraction) -> int:
    return max(1, round(share * len(group))) if group else 0


def _forward(groups: list[Group], share: Fraction) -> Group:
    every = [at for group in groups for at in group]
    return every[: _some(every, share)]


def _backward(groups: list[Group], share: Fraction) -> Group:
    every = [at for group in groups for at in group]
    return every[len(every) - _some(every, share) :]


def _subgoal(groups: list[Group], share: Fraction) -> Group:
    return [at for group in groups for at in group[len(group) - _some(group, share) :]]


ORDERS: dict[str, Callable[[list[Group], Fraction], Group]] = {
    "forward": _forward,
    "backward": _backward,
    "subgoal": _subgoal,
}


def _candidates(document: Document, fits: Fits) -> list[Group]:
    """The displays whose last right side is new and is not given away later, by the headings that they stand under."""
    every = list(blocks(document))
    last_at = {number(f): k for k, block in enumerate(every) for f in _numbers(block)}
    groups: list[Group] = [[]]
    printed: set[Form] = set()  # numbers and right sides
    at = 0
    for k, block in enumerate(every):
        if isinstance(block, Heading):
            groups.append([])
        if not isinstance(block, Equation):
            printed.update(map(_unsigned, _numbers(block)))
            continue
        *above, last = block.lines
        printed.update(_unsigned(x) for line in above for x in (line.right, *_numbers(line)))
        later = (x for x, place in last_at.items() if place > k)
        if _unsigned(last.right) not in printed and fits(block, last) and not _given_away(last.right, later):
            groups[-1].append(at)
        printed.update(map(_unsigned, (last.right, *_numbers(last))))
        at += 1
    return groups


def _given_away(answer: Form, later: Iterable[Number]) -> bool:
    """Whether a later number is close to the answer, with more digits."""
    if answer.op != "shown":
        return False
    x = number(answer)
    return any(y.places > x.places and abs(y.value - x.value) < abs(x.value) / 1000 for y in later)


# ---- numbers as they are printed ---------------------------------------------------------------------------------


class Number(NamedTuple):
    value: Fraction
    mantissa: Fraction  # 1 ≤ mantissa < 10, or 0: without sign and power of ten
    digits: int  # significant ones
    places: int  # after the decimal point


def number(f: Form) -> Number:
    text = str(f.args[0])
    value = Fraction(text)
    base, _, power = text.partition("e")
    figures = base.lstrip("-").replace(".", "").lstrip("0")
    mantissa = Fraction(int(figures or "0"), 10 ** max(0, len(figures) - 1))
    return Number(value, mantissa, len(figures), len(base.partition(".")[2]) - int(power or "0"))


LEAST, MOST = 3, 6  # digits that must agree: fewer are chance, more may differ by rounding


def echoes(x: Number, answer: Number) -> bool:
    """Whether x is the answer but for rounding, sign or the decimal point."""
    agree = min(x.digits, answer.digits)
    if agree < LEAST or x.digits > answer.digits + 1:
        return False
    return abs(x.mantissa - answer.mantissa) <= Fraction(1, 10 ** (min(agree, MOST) - 1))


def _unsigned(f: Form) -> Form:
    return shown(str(f.args[0]).lstrip("-")) if f.op == "shown" else f


def _numbers(part: object) -> Iterator[Form]:
    return (f for form in forms(part) for f in walk(form) if f.op == "shown")


# ---- the gaps ----------------------------------------------------------------------------------------------------


@dataclass
class Fading:
    """One walk through a document in the order of reading."""

    level: int
    chosen: frozenset[int]
    fits: Fits
    answers: list[Form] = field(default_factory=list)
    numbers: dict[Form, int] = field(default_factory=dict)  # the number of the gap for an answer
    printed: set[Form] = field(default_factory=set)  # what stands there openly: it is not hidden any more
    displays: int = 0

    def block(self, block: Block) -> Block:
        if isinstance(block, Equation):
            return self.equation(block)
        if isinstance(block, Box):
            return replace(block, title=mapped(block.title, self.form), blocks=tuple(map(self.block, block.blocks)))
        changed: Block = mapped(block, self.form)
        return changed

    def equation(self, block: Equation) -> Equation:
        gaps = self.gaps(block) if self.displays in self.chosen else 0
        self.displays += 1
        kept = len(block.lines) - gaps
        return replace(block, lines=tuple(self.line(line, hide=k >= kept) for k, line in enumerate(block.lines)))

    def gaps(self, block: Equation) -> int:
        """How many lines of a display are left out, counted from its end."""
        lines = len(block.lines)
        most = lines if self.level > 1 else max(1, min(2, lines - 1))
        for k, line in enumerate(reversed(block.lines[-most:])):
            if line.right in self.printed or not self.fits(block, line):
                return k
        return most

    def line(self, line: Line, *, hide: bool) -> Line:
        left, why = mapped((line.left, line.why), self.form)
        if hide or line.right in self.numbers:
            return Line(left, self.gap(line.right), line.rel, why)
        right = self.form(line.right)
        self.printed.add(line.right)
        return Line(left, right, line.rel, why)

    def form(self, form: Form) -> Form:
        return replaced(form, self.hidden)

    def hidden(self, f: Form) -> Form | None:
        """A gap for a number that is an answer, or that would tell one."""
        if f.op != "shown":
            return None
        if f in self.numbers:
            return self.gap(f)
        if f not in self.printed and any(echoes(number(f), number(x)) for x in self.answers if x.op == "shown"):
            return self.gap(f)
        self.printed.add(f)
        return None

    def gap(self, answer: Form) -> Form:
        if answer not in self.numbers:
            self.answers.append(answer)
            self.numbers[answer] = len(self.answers)
        return blank(self.numbers[answer], answer).be(answer.role)
