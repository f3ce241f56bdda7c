"""What a label of a picture says in words, and how much room it needs, as the writers measure it."""

from __future__ import annotations

from math import ceil

from symbackprop.document import Node
from symbackprop.form import Form, Symbol
from symbackprop.readings.names import plain_name

CHARACTER = 0.155  # breadth of one, in centimetres
MARGIN = 0.18  # beside the label of a box
RADIUS = 0.42
MOST = 12  # characters that an edge bears


def words(label: Form | str) -> str | None:
    """A label in plain words: w5, -p1·p2, ∂E/∂out_o1.  None for a formula that is more than a label."""
    if isinstance(label, str):
        return label
    if label.op == "symbol":
        (s,) = label.args
        assert isinstance(s, Symbol)
        return plain_name(s._replace(sup="")) + (f"^{s.sup}" if s.sup else "")
    if label.op in ("num", "shown"):
        return str(label.args[0])
    parts = [words(f) for f in label.forms]
    if label.op not in JOINTS or None in parts:
        return None
    before, between = JOINTS[label.op]
    return before + between.join(part or "" for part in parts)


JOINTS = {"neg": ("-", ""), "mul": ("", "·"), "partial": ("∂", "/∂")}


def breadth(label: Form | str) -> float:
    if isinstance(label, Form) and label.op == "symbol":
        (s,) = label.args
        assert isinstance(s, Symbol)
        return (len(s.base) + _small(s.sub) + _small(s.sup)) * CHARACTER
    return len(words(label) or "") * CHARACTER


def _small(script: str) -> int:
    return ceil(len(script) * 3 / 4)


def half(label: Form | str) -> float:
    """Half the breadth of a box with this label."""
    return max(RADIUS, breadth(label) / 2 + MARGIN)


def box(x: float, y: float, label: Form | str, *, lit: bool = False) -> Node:
    return Node(x, y, label, "box", RADIUS, lit)
