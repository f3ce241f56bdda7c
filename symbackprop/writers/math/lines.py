"""Long lines: where a display breaks, alike in all targets, because only the Form decides.

A line breaks before a + or − of its sum; a term that is itself too wide breaks before a · of its product, and a factor
that is too wide inside its parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from symbackprop.form import Form
from symbackprop.writers.math.arithmetic import factors, terms
from symbackprop.writers.math.piece import PRODUCT, SUM, Piece, Printer
from symbackprop.writers.math.rules import printer


class Segment(NamedTuple):
    """What is never parted: the operator before it, its text, and how deep inside the line it stands."""

    operator: str
    text: str
    depth: int


def segments(p: Printer, form: Form, depth: int = 0) -> list[Segment]:
    """The formula in pieces; joined, they are the formula."""
    parts = _PARTS.get((form.op, p.piece(form).level))
    if parts is not None:
        return [
            segment
            for child, (operator, _, text) in zip(form.forms, parts(p, form), strict=True)
            for segment in _opened(p, child, Segment(operator, text, depth))
        ]
    whole = Segment("", p.piece(form).text, depth)
    return list(_opened(p, form, whole, depth)) if form.op == "neg" else [whole]


_PARTS = {("add", SUM): terms, ("mul", PRODUCT): factors}


def _opened(p: Printer, child: Form, whole: Segment, depth: int | None = None) -> Iterator[Segment]:
    """A term or factor in its own pieces, where it has any: as it is, after a minus, or in parentheses."""
    inner = child.forms[0] if child.op == "neg" else child
    parts = segments(p, inner, whole.depth + 1 if depth is None else depth)
    for before, begin, after, written in _surroundings(p, p.piece(inner), parts[0].text):
        if len(parts) > 1 and whole.text == written:
            _, *middle, last = parts
            yield Segment(whole.operator, before + begin, whole.depth)
            yield from middle
            yield last._replace(text=last.text + after)
            return
    yield whole


def _surroundings(p: Printer, piece: Piece, first: str) -> Iterator[tuple[str, str, str, str]]:
    """How a piece may stand in a line: what a parted line writes before it, how it begins, what comes after; and what
    an undivided line says, by which it is known."""
    open_, close = p.to.loose(piece.tall)
    # Where something stands before it, it begins without its minus, or with its first number in parentheses.
    minus = first.removeprefix(p.to.sign) if piece.minus else piece.later.removesuffix(piece.text.removeprefix(first))
    for sign in ("", p.to.sign):
        yield sign, first, "", sign + piece.text
        if piece.after:
            yield sign, minus, "", sign + piece.after
        yield sign + open_, first, close, sign + p.enclosed(piece)
        if piece.minus:
            yield sign + open_, minus, close, sign + p.enclosed(piece._replace(text=piece.after))


@lru_cache(maxsize=1 << 14)
def breaks(form: Form, room: int, ruler: str = "width") -> tuple[int, ...]:
    """Before which segments the formula goes on in a new line, so that none is wider than `room` characters."""
    parts = segments(printer(ruler), form)
    return tuple(_filled([(len(s.operator) + len(s.text), s.depth) for s in parts], room))


def _filled(parts: list[tuple[int, int]], room: int) -> Iterator[int]:
    """Greedy, shallow breaks before deep ones."""
    used = 0

    def fill(start: int, stop: int, depth: int) -> Iterator[int]:
        nonlocal used
        heads = [k for k in range(start, stop) if k == start or parts[k][1] <= depth]
        for head, end in zip(heads, [*heads[1:], stop], strict=True):
            width = sum(w for w, _ in parts[head:end])
            if used and used + width > room and head:
                used = 0
                yield head
            if width > room and end - head > 1:
                yield from (k for k in fill(head, end, depth + 1))
            else:
                used += width

    return fill(0, len(parts), 0)


def rows(form: Form, room: int, target: str, lang: str = "en", ruler: str = "width") -> list[str]:
    """The formula in as many rows as it needs; each after the first begins with its operator."""
    p = printer(target, lang)
    at = breaks(form, room, ruler)
    if not at:
        return [p.piece(form).text]
    parts = segments(p, form)
    return [
        (part[0].operator.lstrip() if part[0] is not parts[0] else "") + part[0].text
        + "".join(operator + text for operator, text, _ in part[1:])
        for part in (parts[a:b] for a, b in zip((0, *at), (*at, len(parts)), strict=True))
    ]  # fmt: skip


def width(form: Form, ruler: str = "width") -> int:
    """How wide the formula is when it is set, in characters."""
    return len(printer(ruler).piece(form).text)
