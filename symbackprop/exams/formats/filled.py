"""Texts of `Told` blocks: set once for a topology with watched digits, then filled in.

`make` may look at the signs and powers of ten of its digits, and may ask whether two of them are printed alike.  So for
each way to answer that there is a story: its blocks, pressed (see press/blocks.py), in which digits stand in slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary, ref

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
Finish = Callable[[str], str]  # what a format makes of a text, sign by sign: its escape


class Digit(SlotText):
    """Also a set asks which of its digits are alike."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SlotText) and other.watch is not self.watch:
            return self.slot == other.slot
        return super().__eq__(other)

    def __hash__(self) -> int:
        return 0


class Story:
    """The blocks that `make` tells for digits of these signs, and of these answers."""

    def __init__(self, of: Make, numbers: Sequence[str], page: Callable[[Blocks], Render]) -> None:
        watch = Watch(_unasked, _unasked)
        self.place = {slot: k for k, slot in enumerate(of.slots(len(numbers)))}
        blocks = of.make(tuple(Digit(watch, slot, text) for slot, text in zip(self.place, numbers, strict=True)))
        self.asked = [self._alike(question, bool(answer)) for question, answer in watch.answers.items()]
        self.parts = of.parts(blocks, self.place, page(blocks))
        self.known: dict[tuple[Finish, tuple[str, ...]], list[Text | Pressed]] = {}

    def _alike(self, question: Any, answer: bool) -> Alike:
        other = question.right
        return self.place[question.left], self.place[other] if isinstance(other, Slot) else str(other), answer

    def fits(self, numbers: Sequence[str]) -> bool:
        return all((numbers[k] == (numbers[x] if isinstance(x, int) else x)) is yes for k, x, yes in self.asked)

    def text(self, numbers: Sequence[str], finish: Finish) -> str:
        digits = Digits(numbers, [WIDEST] * len(numbers))
        known = self.known.get((finish, digits.kinds))
        if known is None:
            for part in self.parts:
                if isinstance(part, Pressed):
                    part.text(digits)  # so that it is known whether one text holds for all widths
            if len(self.known) >= MOST:
                self.known.clear()
            known = [finished(p, finish) if isinstance(p, Text) else p for p in merged(self.parts, digits)]
            self.known[finish, digits.kinds] = known
        return "".join([digits.fill(p if isinstance(p, Text) else finished(p.text(digits), finish)) for p in known])


def finished(text: Text, finish: Finish) -> Text:
    return Text(finish(text.form), tuple((finish(mark), k) for mark, k in text.order))


class Make:
    """All stories of one `make`.  Blocks that several of them have are pressed once."""

    def __init__(self, make: Callable[[tuple[str, ...]], Blocks]) -> None:
        self.told = ref(make)
        self.stories: dict[tuple[Any, ...], list[Story]] = {}
        self.pressed: dict[Block, str | Pressed] = {}
        self.own: list[Slot] = []
        self.words: dict[tuple[str, ...], str] | None = None  # the texts, where digits are words of a sentence

    @property
    def make(self) -> Callable[[tuple[str, ...]], Blocks]:
        make = self.told()
        assert make is not None
        return make

    def slots(self, count: int) -> list[Slot]:
        self.own += [Slot(Form("slot", (k,)), RULE) for k in range(len(self.own), count)]
        return self.own[:count]

    def parts(self, blocks: Blocks, place: dict[Slot, int], render: Render) -> list[str | Pressed]:
        for block in blocks:
            if block not in self.pressed:
                self.pressed[block] = Pressed(block, place, render) if slots(block) else render(block)[0]
        return [self.pressed[block] for block in blocks]


class Filled:
    """`page` prepares a document, and hands out how a block of it is set.  `slow` counts what went the ordinary way."""

    def __init__(self, page: Callable[[Blocks], Render]) -> None:
        self.page = page
        self.slow = 0
        self.makes: WeakKeyDictionary[Any, Make] = WeakKeyDictionary()

    def __call__(self, told: Told, finish: Finish = str) -> str:
        numbers = told.numbers()
        of = self.makes.get(told.make)
        if of is None:
            of = self.makes[told.make] = Make(told.make)
        if of.words is None:
            stories = of.stories.setdefault(signs(numbers), [])
            story = next((s for s in stories if s.fits(numbers)), None)
            try:
                return (story or self._new(of, numbers, stories)).text(numbers, finish)
            except Unpressable:
                of.words = {}
        return finish(self._kept(of, numbers))

    def _new(self, of: Make, numbers: tuple[str, ...], stories: list[Story]) -> Story:
        """A story, kept if it tells what would have been told without it: also of other digits."""
        story = Story(of, numbers, self.page)
        if numbers:
            other = other_digits(numbers)
            some = other if story.fits(other) else numbers
            if story.text(some, str) != self.ordinary(of.make(some)):
                raise Unpressable("the digits do not say where the slots are")
        if len(stories) >= MOST:
            stories.clear()
        stories.append(story)
        return story

    def _kept(self, of: Make, numbers: tuple[str, ...]) -> str:
        assert of.words is not None
        if numbers not in of.words:
            if len(of.words) >= MOST:
                of.words.clear()
            self.slow += 1
            of.words[numbers] = self.ordinary(of.make(numbers))
        return of.words[numbers]

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
