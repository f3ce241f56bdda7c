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
    if form.op == "neg" and p.piece(form.forms[0]).level == PRODUCT and not p.piece(form.forms[0]).minus:
        first, *rest = segments(p, form.forms[0], depth)
        return [first._replace(text=p.to.sign + first.text), *rest]
    parts = _PARTS.get((form.op, p.piece(form).level))
    if parts is None:
        return [Segment("", p.piece(form).text, depth)]
    return [
        segment
        for child, (operator, _, text) in zip(form.forms, parts(p, form), strict=True)
        for segment in _opened(p, child, Segment(operator, text, depth))
    ]


_PARTS = {("add", SUM): terms, ("mul", PRODUCT): factors}


def _opened(p: Printer, child: Form, whole: Segment) -> Iterator[Segment]:
    """A term or factor in its own pieces, where it has any: as it is, after a minus, or in parentheses."""
    inner = child.forms[0] if child.op == "neg" else child
    parts, piece = segments(p, inner, whole.depth + 1), p.piece(inner)
    for before, after, written in _surroundings(p, piece):
        if len(parts) > 1 and whole.text == written:
            first, *middle, last = parts
            yield Segment(whole.operator, before + first.text, whole.depth)
            yield from middle
            yield last._replace(text=last.text + after)
            return
    yield whole


def _surroundings(p: Printer, piece: Piece) -> Iterator[tuple[str, str, str]]:
    """What may stand around a piece: what a parted line writes before and after it, and what an undivided one says."""
    open_, close = p.to.loose(piece.tall)
    for sign in ("", p.to.sign):
        yield sign, "", sign + piece.text
        yield sign + open_, close, sign + p.enclosed(piece)


@lru_cache(maxsize=1 << 14)
def breaks(form: Form, room: int) -> tuple[int, ...]:
    """Before which segments the formula goes on in a new line, so that none is wider than `room` characters."""
    parts = segments(printer("width"), form)
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


def rows(form: Form, room: int, target: str, lang: str = "en") -> list[str]:
    """The formula in as many rows as it needs; each after the first begins with its operator."""
    p = printer(target, lang)
    at = breaks(form, room)
    if not at:
        return [p.piece(form).text]
    parts = segments(p, form)
    return [
        (part[0].operator.lstrip() if part[0] is not parts[0] else "") + part[0].text
        + "".join(operator + text for operator, text, _ in part[1:])
        for part in (parts[a:b] for a, b in zip((0, *at), (*at, len(parts)), strict=True))
    ]  # fmt: skip


def width(form: Form) -> int:
    """How wide the formula is when it is set, in characters."""
    return len(printer("width").piece(form).text)
