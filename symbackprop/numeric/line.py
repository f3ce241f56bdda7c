"""One line of a program: left = form, for every value of axes."""

from __future__ import annotations

from typing import NamedTuple

from symbackprop.form import Axis, Form

Key = tuple[str, str]  # ("ref", "z1"), ("adjoint", "z1"), ("updated", "W1"), ("flow", "a1→z2")


class Line(NamedTuple):
    left: Form
    axes: tuple[Axis, ...]
    form: Form

    def of(self, form: Form) -> Line:
        return self._replace(form=form)


def key(entry: Form) -> Key:
    """What an entry is an entry of."""
    return entry.op, entry.name if entry.op != "flow" else f"{entry.name}→{entry.args[1]}"
