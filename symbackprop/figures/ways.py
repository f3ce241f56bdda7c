"""The ways by which one entry acts on the error: a path for each summand of its partial, in the order of the formula.

w5 ──out_h1──▶ net_o1 ──δ_o1──▶ E        a way carries its local factor, then what came back
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from symbackprop import language as said
from symbackprop.derivation import Step, Steps
from symbackprop.derivation.steps import bare
from symbackprop.derivation.walk import Chain
from symbackprop.document import Edge, Figure, Inlines, Node
from symbackprop.figures.labels import MOST, RADIUS, box, breadth, half, letter, words
from symbackprop.form import Form, partial, ref
from symbackprop.readings import unit
from symbackprop.readings.names import Names
from symbackprop.vocabulary import Role

MOST_WAYS, KEPT = 8, 6  # of more ways, the first ones and the last
ROW, EDGE, STEEP, ROOM = 1.15, 2.4, 0.4, 0.3  # a high picture has longer edges, so that none is too steep
PAGE = 16.0
NEAR = (0.3, 0.4, 0.5)  # a label lies 30 % away from the middle column, where the ways stand apart, if the page allows


class Way(NamedTuple):
    """One summand: its local factor, the entry that it goes through, and what came back to that entry.

    A summand that goes to the error itself has nothing between.
    """

    factor: Form
    through: Form | None
    came: Form | None


def summands(names: Names, steps: Steps, step: Step, entry: tuple[int, ...]) -> list[Way]:
    """One for each summand of the partial; of a quantity that is used several times, those of every use."""
    if step.rule == "collect":
        uses = (steps.of[bare(flow)] for flow in step.form.forms)
        return list(chain.from_iterable(summands(names, steps, use, entry) for use in uses))
    return [_way(names, steps, unit.left(step, entry), way) for way in unit.ways(step, entry)]


def _way(names: Names, steps: Steps, left: Form, way: unit.Way) -> Way:
    bottom = ref(left.name, *left.at)
    came = Form("adjoint", way.entry.args, Role.DELTA)
    factor = names.spelled(_local(steps, way))
    if len(words(factor) or "." * (MOST + 1)) > MOST:
        factor = names.spelled(partial(way.entry, bottom))
    if way.entry.name == names.graph.error:
        return Way(factor, None, None)
    stored = steps.adjoint(way.entry.name).form
    return Way(factor, names.spelled(way.entry), stored if stored.op == "num" else names.spelled(came))


def _local(steps: Steps, way: unit.Way) -> Form:
    """The summand without what came back; a number that came back stands in its constant."""
    came = steps.adjoint(way.entry.name).form
    front = came.number if came.op == "num" else Fraction(1)
    return unit.written_out(Chain(way.const / front, tuple(f for f in way.factors if f.role is not Role.DELTA)).form)


def ways(names: Names, steps: Steps, step: Step, entry: tuple[int, ...], language: str) -> Figure | None:
    """The picture of ∂E/∂(entry) with its caption; None where the error does not depend on the entry.

    The path of summand k is number k, so a text beside it may speak of the first and the second way.
    """
    found = summands(names, steps, step, entry)
    if not found:
        return None
    start = names.spelled(ref(step.of, *unit.left(step, entry).at))
    error = names.spelled(ref(names.graph.error))
    drawn: list[Way | None] = [*found] if len(found) <= MOST_WAYS else [*found[:KEPT], None, found[-1]]
    several = {"count": said.counted(language, len(found))} if len(found) > 1 else {}
    caption = said.say(language, "ways.several" if several else "ways.only", entry=start, error=error, **several)
    alt = " ".join(_alt(language, words(start) or "", words(error) or "", found, len(drawn) < len(found)))
    return _drawn("-".join(["ways", step.of, *(str(i + 1) for i in entry)]), start, error, drawn, caption, alt)


def _alt(language: str, start: str, error: str, found: Sequence[Way], elided: bool) -> Iterator[str]:
    count = len(found)
    yield said.text(language, "ways.alt", entry=start, error=error, count=count)
    for k, way in enumerate(found, 1):
        if elided and KEPT < k < count:
            if k == count - 1:
                yield said.text(language, "ways.left-out", first=KEPT + 1, last=count - 1)
            continue
        slots: dict[str, str | int] = {"number": k, "entry": start, "error": error, "factor": words(way.factor) or ""}
        if way.through is None or way.came is None:
            yield said.text(language, "ways.direct", **slots)
        else:
            through, came = (words(f) or "" for f in (way.through, way.came))
            yield said.text(language, "ways.way", through=through, came=came, **slots)


def _drawn(name: str, start: Form, error: Form, drawn: Sequence[Way | None], caption: Inlines, alt: str) -> Figure:
    """Three columns; every way leaves the right side of the entry and enters the middle from the left."""
    shown = [way for way in drawn if way is not None]
    middle = max(half(w.through) if w.through else 0 for w in shown)
    height = (len(drawn) - 1) * ROW + 2 * (RADIUS + ROOM)
    labels = [w.factor for w in shown], [w.came for w in shown if w.came]
    left = ROOM + 2 * half(start)
    for near in NEAR if len(drawn) > 1 else NEAR[-1:]:
        first, second = (_length(max(EDGE, STEEP * height), near, some) for some in labels)
        centre = left + first + middle
        end, across = centre + middle + second + RADIUS, height / 2
        if end + 2 * RADIUS + ROOM <= PAGE:
            break
    nodes, edges = [box(left - half(start), across, start, lit=True)], list[Edge]()
    for k, way in enumerate(drawn):
        y = height - ROOM - RADIUS - k * ROW
        if way is None:
            nodes.append(Node(centre, y, "…", "plain"))
            continue
        path = len(edges) // 2 + 1
        reach = half(way.through) if way.through else 0
        if way.through:
            nodes.append(box(centre, y, way.through, lit=True))
        edges += [
            Edge(left, across, centre - reach, y, way.factor, 1 - near, path, plain=not way.through),
            Edge(centre + reach, y, end, across, way.came, near, path),
        ]
    alone = letter(error)
    nodes.append(Node(end, across, alone, "error", max(RADIUS, breadth(alone) / 2 + 0.1)))
    return Figure(name, end + 2 * RADIUS + ROOM, height, tuple(nodes), tuple(edges), caption, alt)


def _length(least: float, near: float, labels: Sequence[Form]) -> float:
    """How long an edge is that bears its label clear of what stands at its ends."""
    return max([least, *((breadth(f) / 2 + ROOM) / near for f in labels)])
