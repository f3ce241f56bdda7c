"""One document with slots for its numbers, block by block in one format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from symbackprop.document import Block, Document, Heading, mapped
from symbackprop.form import Form, replaced, shown
from symbackprop.numeric.watched import Slot, SlotText
from symbackprop.press.blocks import Digits, Pressed, Text, Unpressable, merged, slots
from symbackprop.writers import addresses
from symbackprop.writers.content import block_data, broken, content
from symbackprop.writers.page import page_of
from symbackprop.writers.render import sandbox

if TYPE_CHECKING:
    from symbackprop.sheets import Solution

Tree = dict[Any, Any]  # question → answer → question → … → None → what was told
Blocks = dict[Any, "str | Pressed"]  # each where it stands: the numbers of its page's pictures and displays
SUFFIXES = {"latex": ".tex", "markdown": ".md", "typst": ".typ"}
MOST = 1024  # texts of the whole that are kept


class Piece(NamedTuple):
    """Where blocks stand that are told apart: remarks, on which nothing later builds."""

    place: int


class Part:
    """Blocks one after the other, `trusted` once they have been compared with the ordinary text."""

    def __init__(self) -> None:
        self.parts: list[str | Pressed] = [""]
        self.trusted, self.sound = False, True

    def add(self, text: str | Pressed) -> None:
        if isinstance(text, str) and isinstance(self.parts[-1], str):
            self.parts[-1] += text
        else:
            self.parts.append(text)

    @property
    def places(self) -> set[int]:
        return {k for part in self.parts if isinstance(part, Pressed) for k in part.places}


class Story:
    """The text of the whole is that of its blocks one after the other; `text` is what it came from.

    `main` holds for all that answer alike; of each piece there are several, in a tree of its own, and `made` are those
    that this story came with.
    """

    def __init__(
        self, told: Told, solution: Solution, format: str, text: str, number: Mapping[Slot, int], set_: Blocks
    ) -> None:
        self.format, self.templates = format, solution.templates
        self.set, self.number = set_, number
        document = plain(told.document)
        if document != solution.document:
            raise Unpressable("watched numbers tell another document")
        self.page = page_of(document, format)
        self.around = content(document, format)
        if format == "markdown":
            self.around["pictures"] = addresses(document, self.templates)
        self.at = tuple(self.page.numbers.items()), self.page.equations
        flat = [b for b in told.document.blocks if not isinstance(b, Heading) or b.level > 1]
        written = [self._written(b, data) for b, data in zip(flat, self.around["blocks"], strict=True)]
        before, whole, after = text.partition("".join(written))
        if not whole:
            raise Unpressable("the text of the whole is not that of its parts")
        self.main: list[Part | Piece] = [Part()]
        self.made = [Part() for _ in told.pieces]
        self.pieces: list[Tree] = [{} for _ in told.pieces]
        self._add(self.main[0], before)
        rest = iter(written)
        for block in told.blocks:
            if isinstance(block, Piece):
                for inner in told.pieces[block.place]:
                    self.made[block.place].add(self._pressed(inner, next(rest)))
                self.main += [block, Part()]
            elif not isinstance(block, Heading) or block.level > 1:
                self._add(self.main[-1], self._pressed(block, next(rest)))
        self._add(self.main[-1], after)
        self.places: dict[tuple[Part, ...], list[int]] = {}
        self.known: dict[tuple[tuple[Part, ...], tuple[str, ...]], list[Text | Pressed]] = {}

    @staticmethod
    def _add(part: Part | Piece, text: str | Pressed) -> None:
        assert isinstance(part, Part)
        part.add(text)

    def _written(self, block: Block, data: Any) -> str:
        """As it is set here.  What has no slot, and no place in the order of parts, is set once for all stories."""
        if slots(block) or isinstance(block, Heading):
            return self.fill(data)
        if (block, self.at) not in self.set:
            self.set[block, self.at] = self.fill(data)
        return str(self.set[block, self.at])

    def _pressed(self, block: Block, written: str) -> str | Pressed:
        if not slots(block):
            return written
        if (block, self.at) not in self.set:
            self.set[block, self.at] = Pressed(block, self.number, self.render)
        return self.set[block, self.at]

    @property
    def skeleton(self) -> list[str]:
        """What is the same in every story that answers alike."""
        return [text for part in self.main if isinstance(part, Part) for text in part.parts if isinstance(text, str)]

    def fill(self, data: Any) -> str:
        """One block."""
        name = f"{self.format}/fragment{SUFFIXES[self.format]}.j2"
        return sandbox(self.format, self.templates).fill(name, {**self.around, "blocks": [data]})

    def render(self, block: Block) -> tuple[str, bool]:
        """A block, and whether the room decides more of it than where its reasons stand."""
        if isinstance(block, Heading):
            raise Unpressable("a heading with a number")
        data = block_data(self.page, block)
        return self.fill(data), broken(data)

    def parts(self, find: Callable[[Tree], Part | None]) -> tuple[Part, ...] | None:
        """The parts in order; None where a piece has not been told yet."""
        found = [part if isinstance(part, Part) else find(self.pieces[part.place]) for part in self.main]
        parts = tuple(part for part in found if part is not None)
        return parts if len(parts) == len(found) else None

    def text(self, parts: tuple[Part, ...], digits: Digits) -> str:
        if parts not in self.places:
            self.places[parts] = sorted(set().union(*(part.places for part in parts)))
        key = parts, tuple([digits.kinds[k] for k in self.places[parts]])
        known = self.known.get(key)
        if known is not None:
            return "".join([digits.fill(part if isinstance(part, Text) else part.text(digits)) for part in known])
        every = [one for part in parts for one in part.parts]
        texts = [one if isinstance(one, str) else digits.fill(one.text(digits)) for one in every]
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[key] = list(merged(every, digits))
        return "".join(texts)


class Told(NamedTuple):
    """A document of watched numbers, with the pieces that were told apart."""

    title: Document
    pieces: list[list[Block]]

    @property
    def blocks(self) -> tuple[Block | Piece, ...]:
        return self.title.blocks

    @property
    def document(self) -> Document:
        """With the pieces in their places."""
        every = [self.pieces[b.place] if isinstance(b, Piece) else [b] for b in self.blocks]
        return replace(self.title, blocks=tuple(block for some in every for block in some))


def plain(part: Any) -> Any:
    """The same with plain digits in its slots."""

    def put(f: Form) -> Form | None:
        if f.op == "shown" and isinstance(f.args[0], SlotText):
            return shown(str(f.args[0])).be(f.role)
        return None

    return mapped(part, lambda form: replaced(form, put))
