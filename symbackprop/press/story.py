"""One document with slots for its numbers, block by block in one format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from symbackprop.document import Block, Document, Heading, mapped
from symbackprop.form import Form, replaced, shown
from symbackprop.numeric.watched import Slot, SlotText
from symbackprop.press.blocks import Digits, Pressed, Text, Unpressable, as_text, joined, slots
from symbackprop.writers import addresses
from symbackprop.writers.content import block_data, content
from symbackprop.writers.page import page_of
from symbackprop.writers.render import sandbox

SUFFIXES = {"latex": ".tex", "markdown": ".md", "typst": ".typ"}
MOST = 1024  # texts of the whole that are kept


class Story:
    """The text of the whole is that of its blocks one after the other; `text` is what it came from."""

    def __init__(
        self, document: Document, format: str, templates: Path | None, text: str, number: Mapping[Slot, int]
    ) -> None:
        self.trusted, self.sound = False, True
        self.format, self.templates = format, templates
        self.page = page_of(plain(document), format)
        self.around = content(plain(document), format)
        if format == "markdown":
            self.around["pictures"] = addresses(plain(document), templates)
        heads = [b for b in document.blocks if isinstance(b, Heading) and b.level == 1][:1]
        blocks = [b for b in document.blocks if b not in heads]
        written = [self.fill(data) for data in self.around["blocks"]]
        before, whole, after = text.partition("".join(written))
        if not whole:
            raise Unpressable("the text of the whole is not that of its parts")
        self.parts: list[str | Pressed] = [before]
        for block, own in zip(blocks, written, strict=True):
            if slots(block):
                self.parts += [Pressed(block, number, self.render), ""]
            else:
                self.parts[-1] = f"{self.parts[-1]}{own}"
        self.parts[-1] = f"{self.parts[-1]}{after}"
        pressed = [part for part in self.parts if isinstance(part, Pressed)]
        self.places = sorted({k for part in pressed for k in part.places})
        self.known: dict[tuple[str, ...], list[Text | Pressed]] = {}

    def fill(self, data: Any) -> str:
        """One block."""
        name = f"{self.format}/fragment{SUFFIXES[self.format]}.j2"
        return sandbox(self.format, self.templates).fill(name, {**self.around, "blocks": [data]})

    def render(self, block: Block) -> tuple[str, bool]:
        """A block, and whether the room decides more of it than where its reasons stand."""
        if isinstance(block, Heading):
            raise Unpressable("a heading with a number")
        data = block_data(self.page, block)
        return self.fill(data), _broken(data)

    def text(self, digits: Digits) -> str:
        kinds = tuple([digits.kinds[k] for k in self.places])
        known = self.known.get(kinds)
        if known is not None:
            return "".join([digits.fill(part if isinstance(part, Text) else part.text(digits)) for part in known])
        texts = [part if isinstance(part, str) else digits.fill(part.text(digits)) for part in self.parts]
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[kinds] = list(self._joined(digits))
        return "".join(texts)

    def _joined(self, digits: Digits) -> Iterator[Text | Pressed]:
        """The parts, neighbours as one where their texts hold for all widths."""
        parts = [as_text(p) if isinstance(p, str) else p.wide(digits) or p for p in self.parts]
        for one, some in groupby(parts, key=lambda part: isinstance(part, Text)):
            if one:
                yield joined(t for t in some if isinstance(t, Text))
            else:
                yield from some


def plain(part: Any) -> Any:
    """The same with plain digits in its slots."""

    def put(f: Form) -> Form | None:
        if f.op == "shown" and isinstance(f.args[0], SlotText):
            return shown(str(f.args[0])).be(f.role)
        return None

    return mapped(part, lambda form: replaced(form, put))


def _broken(data: Any) -> bool:
    """Whether a line goes on in another row, or a column has a part of the page."""
    if isinstance(data, list):
        return any(map(_broken, data))
    if not isinstance(data, dict):
        return False
    return any(bool(x) if key in ("more", "share") else _broken(x) for key, x in data.items())
