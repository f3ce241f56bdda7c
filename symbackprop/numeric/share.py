"""Nothing is computed twice: a subform that occurs again, or that a loop need not compute anew, gets its own line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symbackprop.form import ENTRIES, Axis, Form, Given, Index, Size, free, index, ref, replaced, walk
from symbackprop.numeric.line import Key, Line, key

COSTLY = frozenset({"add", "mul", "div", "pow", "fn", "over", "cases", "along"})
CLOSED = frozenset({"cases", "compare", "along"})  # what a branch guards is not computed outside it


def renamed(f: Form) -> Form:
    """The form with its variables numbered in the order in which they come, bound ones too."""
    names: dict[str, str] = {}

    def new(x: object) -> object:
        if isinstance(x, Form):
            return Form(x.op, tuple(map(new, x.args)))
        if isinstance(x, Axis):
            return Axis(names.setdefault(x.var, f"{len(names)}"), x.size)
        if isinstance(x, Index):
            return Index(x.const, tuple((c, names.setdefault(v, f"{len(names)}")) for c, v in x.terms))
        return x

    out = new(f)
    assert isinstance(out, Form)
    return out


class Place(NamedTuple):
    """A subform in a line: the variables that run there with their axes, and the subform."""

    line: int
    form: Form
    axes: dict[str, Axis]


Shape = tuple[Form, tuple[Size, ...]]


def _shape(p: Place) -> Shape:
    return renamed(p.form), tuple(p.axes[v].size for v in free(p.form))


def shared(lines: list[Line]) -> list[Line]:
    """The lines with a line `.1`, `.2` … for each subform that is worth it; the largest first."""
    count = 0
    while (found := _best(lines)) is not None:
        count += 1
        lines = _with(lines, found, f".{count}")
    return lines


def _best(lines: list[Line]) -> Shape | None:
    seen: dict[Shape, list[Place]] = {}
    for k, line in enumerate(lines):
        for p in _places(k, line.form, {a.var: a for a in line.axes}):
            seen.setdefault(_shape(p), []).append(p)
    worth = [s for s, places in seen.items() if len(places) > 1 or _idles(lines, places[0])]
    return max(worth, key=lambda s: _size(s[0]), default=None)


def _idles(lines: list[Line], p: Place) -> bool:
    """Whether a loop around the subform computes the same again and again, as one entry after another of a softmax."""
    return p.form is not lines[p.line].form and (p.form.op == "along" or len(free(p.form)) < len(p.axes))


def _size(f: Form) -> int:
    return sum(1 for _ in walk(f))


def _places(k: int, f: Form, axes: dict[str, Axis]) -> Iterator[Place]:
    if f.op in COSTLY and not all(x.op in ("num", "neg") for x in f.forms):
        yield Place(k, f, axes)
    if f.op in CLOSED or any(x.op == "within" for x in f.forms):
        return
    inner = axes | {a.var: a for a in f.axes}
    for x in f.forms:
        if not (f.op == "add" and x.op == "neg"):
            yield from _places(k, x, inner)
        else:  # a subtrahend's minus is the subtraction itself
            yield from _places(k, x.forms[0], inner)


def _with(lines: list[Line], wanted: Shape, name: str) -> list[Line]:
    """The lines with every place of that shape read from a new one, which stands before the first of them."""
    out: list[Line] = []
    for k, line in enumerate(lines):
        places = {id(p.form): p for p in _places(k, line.form, {a.var: a for a in line.axes}) if _shape(p) == wanted}
        if places and not any(key(done.left) == ("ref", name) for done in out):
            p = next(iter(places.values()))
            variables = free(p.form)
            out.append(Line(ref(name, *variables), tuple(p.axes[v] for v in variables), p.form))
        out.append(line.of(replaced(line.form, lambda f, at=places: ref(name, *free(f)) if id(f) in at else None)))  # type: ignore[misc]
    return out


def forwarded(lines: list[Line], kept: set[Key]) -> tuple[list[Line], dict[Key, Key]]:
    """Lines that only repeat another quantity, entry by entry, are left out and that quantity is read instead."""
    moved: dict[Key, Form] = {}
    at: dict[Key, Line] = {}

    def now(f: Form) -> Form | None:
        if f.op not in ENTRIES or key(f) not in moved:
            return None
        source, line = moved[key(f)], at[key(f)]
        given: Given = {i.variables[0]: j for i, j in zip(line.left.at, f.at, strict=True) if i.terms}
        return source.where(given)

    sizes = {key(line.left): [a.size for a in line.axes] for line in lines}
    out = []
    for line in lines:
        form = replaced(line.form, now)
        own = sizes[key(line.left)]
        if form.op in ENTRIES and _repeats(line, form) and sizes.get(key(form), own) == own:  # not only a part of it
            moved[key(line.left)], at[key(line.left)] = form, line
        else:
            out.append(line.of(form))
    made = {key(line.left) for line in out}
    return out, {k: key(f) for k, f in moved.items() if k in kept and key(f) in made | {key(f)}}


def _repeats(line: Line, form: Form) -> bool:
    return form.at == line.left.at and all(i.variable is not None or i == index(0) for i in form.at)
