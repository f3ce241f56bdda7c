"""A block's text as a function of the digits in it.

How wide the numbers are decides where a line breaks and where its reason stands; what the digits are, nothing.  So the
ordinary writer sets the block with digits made up, a few times, and where these stand the slots are.  What comes out
holds for all numbers of the same kinds (a sign and a range of widths), if no line is broken with the widest of them and
the narrowest give the same text: every such decision compares a width with a room.  Else it holds for numbers of
exactly these widths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from symbackprop.document import Block, mapped
from symbackprop.form import Form, replaced, shown
from symbackprop.numeric.watched import Rule, Slot, SlotText

_DIGITS = str.maketrans("123456789", "000000000")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_UP, _DOWN = str.maketrans("0123456789", RAISED), str.maketrans(RAISED, "0123456789")
_TOKEN = re.compile(rf"[0-9]+(?:(?:\.|,|\{{,\}})[0-9]+)?|[{RAISED}]+")
_MARK = re.compile(r"[0-9]+(\.|,|\{,\})[0-9]+")
SHORT = 6  # characters: 0.3775 is short, 0.751365070 has all of its digits
# A kind is a sign and a size.  Its widest and its narrowest number:
RANGES: dict[str, Callable[[int], tuple[str, str]]] = {
    "whole": lambda width: ("0" * SHORT, "0"),
    "short": lambda width: ("0." + "0" * (SHORT - 2), "0.0"),
    "middling": lambda width: ("0." + "0" * (width - 3), "0." + "0" * (SHORT - 1)),
    "all": lambda width: ("0." + "0" * (width - 2), "0." + "0" * (width - 2)),
}
MOST = 4096  # texts of one block that are kept


class Unpressable(Exception):
    """A text that does not show where its numbers are."""


@dataclass(frozen=True)
class Text:
    """`form` with %s for each slot, and the slots with their decimal marks (or RAISED: e⁻²)."""

    form: str
    order: tuple[tuple[str, int], ...]

    @cached_property
    def pick(self) -> Callable[[Digits], tuple[str, ...]]:
        """The digits that go into the slots."""
        marks = {mark for mark, _ in self.order}
        if len(marks) != 1 or len(self.order) == 1:
            return lambda digits: tuple([digits.by(mark)[k] for mark, k in self.order])
        (mark,), get = marks, itemgetter(*(k for _, k in self.order))
        return lambda digits: get(digits.by(mark))


def kind(text: str, length: int, width: int) -> str:
    if "." not in text:
        return shape(text) if length > SHORT else "-whole" if text[0] == "-" else "+whole"
    if length <= SHORT:
        return "-short" if text[0] == "-" else "+short"
    sign = "-" if text[0] == "-" else "+"
    return sign + ("all" if length == width else "middling")


def _range(kind: str, width: int) -> tuple[str, str]:
    """The widest and the narrowest number of a kind; a shape is its own."""
    if kind[1:] not in RANGES:
        return kind, kind
    sign = kind[0].replace("+", "")
    wide, narrow = RANGES[kind[1:]](width)
    return sign + wide, sign + narrow


def as_text(constant: str) -> Text:
    return Text(constant.replace("%", "%%"), ())


def joined(texts: Iterable[Text]) -> Text:
    every = list(texts)
    return Text("".join(t.form for t in every), tuple(slot for t in every for slot in t.order))


class Digits:
    """What is printed for one variant, slot by slot."""

    def __init__(self, texts: Sequence[str], widest: Sequence[int]) -> None:
        self.texts = texts
        self.bare = bare = [mantissa(t) for t in texts]
        self.kinds = tuple([
            shape(t) if len(b) > w or "e" in t else kind(t, len(b), w)
            for t, b, w in zip(texts, bare, widest, strict=True)
        ])
        self.marked: dict[str, Sequence[str]] = {".": bare}

    @cached_property
    def widths(self) -> list[int]:
        """How wide each is, and whether it has decimals."""
        return [2 * len(text) + ("." in text) for text in self.texts]

    def by(self, mark: str) -> Sequence[str]:
        if mark not in self.marked:
            self.marked[mark] = [written(text, mark) for text in self.bare]
        return self.marked[mark]

    def fill(self, text: Text) -> str:
        return text.form % text.pick(self) if text.order else text.form % ()


def shape(text: str) -> str:
    """The text with zeros for its digits, its power of ten as it is."""
    digits, e, power = text.partition("e")
    return digits.translate(_DIGITS) + e + power


def mantissa(text: str) -> str:
    """Without its sign and its power of ten, which stand in the text around it."""
    if "e" in text:
        text = text.partition("e")[0]
    return text[1:] if text[0] == "-" else text


def written(digits: str, mark: str) -> str:
    """With the decimal mark of a format, or raised."""
    return digits.translate(_UP) if mark == RAISED else digits.replace(".", mark)


def widest(rule: Rule) -> int:
    """Characters of an ordinary number without its sign: 0.751365070."""
    return rule.places + 2 if rule.significant is None and rule.format is None else 8


def slots(block: Any) -> list[SlotText]:
    """The slots of a block in the order of reading, each once."""
    found: dict[Any, SlotText] = {}

    def see(f: Form) -> Form | None:
        if f.op == "shown" and isinstance(f.args[0], SlotText):
            found.setdefault(f.args[0].slot, f.args[0])
        return None

    mapped(block, lambda form: replaced(form, see))
    return list(found.values())


class Pressed:
    """One block.  `number` says which slot of the press each of its own slots is, `render` sets a block of the page."""

    def __init__(self, block: Block, number: Mapping[Slot, int], render: Callable[[Block], tuple[str, bool]]) -> None:
        self.block, self.render = block, render
        own = slots(block)
        self.places = [number[text.slot] for text in own]
        self.own = {text.slot: k for k, text in enumerate(own)}
        self.widest = [widest(text.slot.rule) for text in own]
        self.known: dict[tuple[str, ...], Text | None] = {}  # by signs
        self.exactly: dict[tuple[tuple[str, ...], tuple[int, ...]], Text] = {}  # by signs and widths

    def text(self, digits: Digits) -> Text:
        """The text that fits these numbers."""
        kinds = tuple([digits.kinds[k] for k in self.places])
        if kinds not in self.known:
            self.known[kinds] = self._wide(kinds)
        found = self.known[kinds]
        if found is not None:
            return found
        key = kinds, tuple([digits.widths[k] for k in self.places])
        if key not in self.exactly:
            if len(self.exactly) > MOST:
                self.exactly.clear()
            self.exactly[key] = self._placed(self._found([shape(digits.texts[k]) for k in self.places])[0])
        return self.exactly[key]

    def wide(self, digits: Digits) -> Text | None:
        """Its text where that holds for all widths."""
        return self.known.get(tuple([digits.kinds[k] for k in self.places]))

    def _wide(self, kinds: tuple[str, ...]) -> Text | None:
        """For all widths, if there is such a text."""
        wide, narrow = zip(*map(_range, kinds, self.widest), strict=True)
        text, broken = self._found(wide)
        return None if broken or _filled(text, narrow) != self._set(narrow)[0] else self._placed(text)

    def _placed(self, text: Text) -> Text:
        return Text(text.form, tuple((mark, self.places[k]) for mark, k in text.order))

    def _set(self, texts: Sequence[str]) -> tuple[str, bool]:
        """The block with these digits, and whether a line of it is broken."""

        def put(f: Form) -> Form | None:
            if f.op == "shown" and isinstance(f.args[0], SlotText):
                return shown(texts[self.own[f.args[0].slot]]).be(f.role)
            return None

        return self.render(mapped(self.block, lambda form: replaced(form, put)))

    def _found(self, shapes: Sequence[str]) -> tuple[Text, bool]:
        """Three times with made-up digits: by them each number says whose it is."""
        made = [[_made(shape, k, turn) for k, shape in enumerate(shapes)] for turn in range(3)]
        sets = [self._set(texts) for texts in made]
        written, broken = [text for text, _ in sets], any(broken for _, broken in sets)
        owner = {tuple(mantissa(made[turn][k]) for turn in range(3)): k for k in range(len(shapes))}
        form, order, at = "", [], 0
        for token in _TOKEN.finditer(written[0]):
            three = [text[slice(*token.span())] for text in written]
            if three[0] == three[1] == three[2]:
                continue
            found = _MARK.fullmatch(three[0])
            mark = found[1] if found else RAISED if three[0][0] in RAISED else "."
            k = owner.get(tuple(text.translate(_DOWN).replace(mark, ".") for text in three))
            if k is None:
                raise Unpressable(f"{three[0]!r} is no number of a slot")
            form += _escaped(written[0][at : token.start()]) + "%s"
            order.append((mark, k))
            at = token.end()
        text = Text(form + _escaped(written[0][at:]), tuple(order))
        if any(_filled(text, texts) != one for texts, one in zip(made, written, strict=True)):
            raise Unpressable("the digits do not say where the slots are")
        return text, broken


def _filled(text: Text, texts: Sequence[str]) -> str:
    bare = [mantissa(t) for t in texts]
    return text.form % tuple(written(bare[k], mark) for mark, k in text.order)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _made(shape: str, k: int, turn: int) -> str:
    """The number k of a block, told from the others by its digit in three turns, which is not always the same one."""
    digits, e, power = shape.partition("e")
    return digits.replace("0", str(1 + (k + 1 + k // 90) // 9**turn % 9)) + e + power


def merged(every: Iterable[str | Pressed], digits: Digits) -> Iterator[Text | Pressed]:
    """Neighbours as one where their texts hold for all widths."""
    parts = [as_text(one) if isinstance(one, str) else one.wide(digits) or one for one in every]
    for one, some in groupby(parts, key=lambda part: isinstance(part, Text)):
        if one:
            yield joined(t for t in some if isinstance(t, Text))
        else:
            yield from some
