"""Texts of `Told` blocks: set once for a topology with watched digits, then filled in.

`make` may look at the signs and powers of ten of its digits, and may ask whether two of them are printed alike.  So for
each way to answer that there is a story: its blocks, pressed (see press/blocks.py), in which digits stand in slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from symbackprop.document import Block
from symbackprop.exams.told import Blocks, Told
from symbackprop.form import Form
from symbackprop.numeric.watched import Rule, Slot, SlotText, Watch
from symbackprop.press.blocks import Digits, Pressed, Text, Unpressable, merged, slots, widest

Render = Callable[[Block], tuple[str, bool]]  # a block's text, and whether a line of it is broken
Alike = tuple[int, int | str, bool]  # number, another or what it may say: whether they are printed alike
RULE = Rule(places=9)  # wider numbers are set by themselves
WIDEST = widest(RULE)
MOST = 512  # stories of one `make`, texts of one story

_NEXT = str.maketrans("123456789", "234567891")
_serial = count()  # each story has slots of its own: nothing that was cached for another is taken for them


class Digit(SlotText):
    """Also a set asks which of its digits are alike.  Those of another story are none of its own."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SlotText) and other.watch is not self.watch:
            return False
        return super().__eq__(other)

    def __hash__(self) -> int:
        return 0


class Story:
    """The blocks that `make` tells for digits of these signs, and of these answers."""

    def __init__(self, make: Callable[[tuple[str, ...]], Blocks], numbers: Sequence[str], page: Callable[[Blocks], Render]):
        watch = Watch(_unasked, _unasked)
        own = next(_serial)
        given = [Slot(Form("slot", (own, k)), RULE) for k in range(len(numbers))]
        self.place = {slot: k for k, slot in enumerate(given)}
        blocks = make(tuple(Digit(watch, slot, text) for slot, text in zip(given, numbers, strict=True)))
        self.asked = [self._alike(question, bool(answer)) for question, answer in watch.answers.items()]
        render = page(blocks)
        self.parts = [Pressed(b, self.place, render) if slots(b) else render(b)[0] for b in blocks]
        self.known: dict[tuple[str, ...], list[Text | Pressed]] = {}

    def _alike(self, question: Any, answer: bool) -> Alike:
        other = question.right
        return self.place[question.left], self.place[other] if isinstance(other, Slot) else str(other), answer

    def fits(self, numbers: Sequence[str]) -> bool:
        return all((numbers[k] == (numbers[x] if isinstance(x, int) else x)) is yes for k, x, yes in self.asked)

    def text(self, numbers: Sequence[str]) -> str:
        digits = Digits(numbers, [WIDEST] * len(numbers))
        known = self.known.get(digits.kinds)
        if known is None:
            whole = "".join([p if isinstance(p, str) else digits.fill(p.text(digits)) for p in self.parts])
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[digits.kinds] = list(merged(self.parts, digits))
            return whole
        return "".join([digits.fill(p if isinstance(p, Text) else p.text(digits)) for p in known])


class Filled:
    """`page` prepares a document, and hands out how a block of it is set.  `slow` counts what went the ordinary way."""

    def __init__(self, page: Callable[[Blocks], Render]) -> None:
        self.page = page
        self.slow = 0
        self.stories: WeakKeyDictionary[Any, dict[tuple[Any, ...], list[Story]]] = WeakKeyDictionary()
        self.words: WeakKeyDictionary[Any, dict[tuple[str, ...], str]] = WeakKeyDictionary()  # whose digits are words

    def __call__(self, told: Told) -> str:
        numbers = told.numbers()
        if told.make not in self.words:
            stories = self.stories.setdefault(told.make, {}).setdefault(signs(numbers), [])
            story = next((s for s in stories if s.fits(numbers)), None)
            try:
                return story.text(numbers) if story else self._new(told, numbers, stories)
            except Unpressable:
                self.words[told.make] = {}
        return self._kept(told, numbers, self.words[told.make])

    def _new(self, told: Told, numbers: tuple[str, ...], stories: list[Story]) -> str:
        """A story, kept if it tells what would have been told without it: of these digits, and of others."""
        story = Story(told.make, numbers, self.page)
        text = story.text(numbers)
        for some in [numbers, other_digits(numbers)] if numbers else []:
            if story.fits(some) and story.text(some) != self.ordinary(told.make(some)):
                raise Unpressable("the digits do not say where the slots are")
        if len(stories) >= MOST:
            stories.clear()
        stories.append(story)
        return text

    def _kept(self, told: Told, numbers: tuple[str, ...], known: dict[tuple[str, ...], str]) -> str:
        if numbers not in known:
            if len(known) >= MOST:
                known.clear()
            self.slow += 1
            known[numbers] = self.ordinary(told.make(numbers))
        return known[numbers]

    def ordinary(self, blocks: Blocks) -> str:
        render = self.page(blocks)
        return "".join([render(block)[0] for block in blocks])


def signs(numbers: Sequence[str]) -> tuple[Any, ...]:
    """What `make` may look at: the sign and the power of ten of each."""
    if any("e" in text for text in numbers):
        return tuple([(text[:1] == "-", text.partition("e")[2]) for text in numbers])
    return tuple([text[:1] == "-" for text in numbers])


def other_digits(numbers: Sequence[str]) -> tuple[str, ...]:
    """Other numbers of the same signs, sizes and powers of ten; what was alike is alike."""
    parts = [text.partition("e") for text in numbers]
    return tuple([digits.translate(_NEXT) + e + power for digits, e, power in parts])


def _unasked(*_: Any) -> Any:
    raise Unpressable("digits are asked for their value")
