"""The document tree: blocks and inlines, no formatting.

Mathematics is held as Forms whose entries are spelled as symbols of the document's notation and whose numbers are
rounded as they will be printed (`shown`), so a writer needs neither the network nor the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from symbackprop.form import Form


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Emphasis:
    text: str


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Math:
    form: Form
    rel: str = ""  # an inline equation: form rel right
    right: Form | None = None


@dataclass(frozen=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True)
class Cite:
    """A reference to an Equation by its number, to a Figure by its name: printed as «(12)», «Figure 2»."""

    target: int | str


Inline = Text | Emphasis | Strong | Math | Link | Cite
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    level: int  # 1 is the document's own title, 2 a subgoal, 3 a part of it
    content: Inlines


@dataclass(frozen=True)
class Paragraph:
    content: Inlines


@dataclass(frozen=True)
class Line:
    """One line of a display: left rel right, with the rule that allows it.  Without left it goes on from above."""

    left: Form | None
    right: Form
    rel: str = "="  # "=" | "←" (becomes) | "<" | ">" | "≈"
    why: Inlines = ()


@dataclass(frozen=True)
class Equation:
    """A display of aligned lines.  `number` is what later steps cite."""

    lines: tuple[Line, ...]
    number: int | None = None


@dataclass(frozen=True)
class Listing:
    items: tuple[Inlines, ...]


@dataclass(frozen=True)
class Table:
    """Columns of inlines; `align` has one letter a column: l, c, r."""

    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    align: str
    caption: Inlines
    name: str


@dataclass(frozen=True)
class Node:
    """A unit in a picture.  Coordinates in centimetres, y upwards."""

    x: float
    y: float
    label: Form | str
    style: Literal["input", "unit", "bias", "error", "box", "round", "plain"] = "unit"
    radius: float = 0.42
    lit: bool = False


@dataclass(frozen=True)
class Edge:
    """An arrow between two points, with a label that lies on it, `at` of the way along.

    `path` numbers the path that it belongs to (1, 2, …; each has a stroke of its own, not a colour alone);
    0 is an ordinary connection, and dim one that the text beside the picture does not speak of.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    label: Form | str | None = None
    at: float = 0.3
    path: int = 0
    dim: bool = False
    name: str = ""
    plain: bool = False  # a line, without an arrow's head


@dataclass(frozen=True)
class Figure:
    """A drawing as data.  `alt` says in words what it shows."""

    name: str
    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    caption: Inlines
    alt: str
    numbers: bool = False  # whether it prints what the text works out


@dataclass(frozen=True)
class Box:
    """A part set apart: the conventions, a note, a question, an answer."""

    kind: Literal["conventions", "note", "question", "answer"]
    title: Inlines
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Equation | Listing | Table | Figure | Box


@dataclass(frozen=True)
class Document:
    title: str
    language: str
    blocks: tuple[Block, ...]
    notation: str = ""


def blocks(document: Document) -> Iterator[Block]:
    """Every block, those in boxes too, in the order of reading."""

    def visit(some: tuple[Block, ...]) -> Iterator[Block]:
        for block in some:
            yield block
            if isinstance(block, Box):
                yield from visit(block.blocks)

    return visit(document.blocks)


def forms(part: object) -> Iterator[Form]:
    """Every Form in a block or document."""
    if isinstance(part, Form):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from forms(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from forms(getattr(part, field.name))


def mapped(part: Any, change: Callable[[Form], Form]) -> Any:
    """The same part with every Form in it changed, in the order of reading."""
    if isinstance(part, Form):
        return change(part)
    if isinstance(part, tuple):
        return tuple(mapped(one, change) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: mapped(getattr(part, field.name), change) for field in fields(part)})
    return part
