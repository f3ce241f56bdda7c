"""What a label of a picture says in words, and how much room it needs: set, it is no broader than its words."""

from __future__ import annotations

from symbackprop.document import Node
from symbackprop.form import Form, Symbol
from symbackprop.readings.names import plain_name

CHARACTER = 0.16  # breadth of one, in centimetres
MARGIN = 0.2  # beside the label of a box
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
    return len(words(label) or "") * CHARACTER


def half(label: Form | str) -> float:
    """Half the breadth of a box with this label."""
    return max(RADIUS, breadth(label) / 2 + MARGIN)


def box(x: float, y: float, label: Form | str, *, lit: bool = False) -> Node:
    return Node(x, y, label, "box", RADIUS, lit)
