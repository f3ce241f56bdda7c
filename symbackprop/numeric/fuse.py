"""Lines rewritten for floating point, where a book's order of computing overflows or computes too much."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.form import ENTRIES, ONE, Form, fn, neg, replaced, walk
from symbackprop.numeric.line import Key, Line, key

STABLE = {"sigmoid": "log-sigmoid", "softmax": "log-softmax"}


def stable(lines: list[Line]) -> list[Line]:
    """log σ(z), log(1 − σ(z)) and log softmax(z) from z itself: σ(z) may be 0 or 1 in floating point; and
    log cosh z, where cosh z may be too large."""
    by_key = {key(line.left): line for line in lines}

    def put(f: Form) -> Form | None:
        if f.op != "fn" or f.name != "log":
            return None
        x, sign = f.forms[0], 1
        if x.op == "fn" and x.name == "cosh":
            return fn("log-cosh", x.forms[0])
        if x.op == "add" and len(x.forms) == 2 and x.forms[0] == ONE and x.forms[1].op == "neg":
            x, sign = x.forms[1].forms[0], -1
        line = by_key.get(key(x)) if x.op in ENTRIES else None
        if line is None or line.form.op not in ("fn", "along") or line.form.name not in STABLE:
            return None
        if line.form.op == "along" and sign < 0:
            return None
        given = {i.variables[0]: j for i, j in zip(line.left.at, x.at, strict=True) if i.terms}
        if any(j.terms and j.variable is None for j in given.values()):
            return None
        whole = line.form.where(given)
        argument = whole.forms[0] if sign > 0 else neg(whole.forms[0])
        return Form(whole.op, (STABLE[whole.name], argument, *whole.args[2:]))

    return [line.of(replaced(line.form, put)) for line in lines]


def fused(lines: list[Line], wanted: Iterable[Key]) -> list[Line]:
    """A line that is used once goes where it is used, where that saves something.

    An adjoint that divides: −t/a meets the slope a(1 − a), and a cancels.
    The terms of a sum: Σ ½(t − a)² is ½Σ(t − a)².
    """
    kept = set(wanted)
    users: dict[Key, list[Line]] = {}
    for line in lines:
        for f in walk(line.form):
            if f.op in ENTRIES:
                users.setdefault(key(f), []).append(line)
    put: dict[Key, Line] = {}

    def inside(f: Form) -> Form | None:
        line = put.get(key(f)) if f.op in ENTRIES else None
        if line is None:
            return None
        return line.form.where({i.variables[0]: j for i, j in zip(line.left.at, f.at, strict=True) if i.terms})

    out = []
    for line in lines:
        k = key(line.left)
        line = line.of(replaced(line.form, inside))
        by = users.get(k, [])
        once = k not in kept and len({key(user.left) for user in by}) == 1
        if once and (_divides(line.form) if k[0] == "adjoint" else len(by) == 1 and _is_summed(line, by[0].form)):
            put[k] = line
        else:
            out.append(line)
    return out


def _is_summed(line: Line, user: Form) -> bool:
    """Whether the user is the sum of all entries, perhaps times a number."""
    while user.op in ("mul", "neg") and all(x.op in ("num", "size", "div") for x in user.forms[:-1]):
        user = user.forms[-1]
    if user.op != "over" or key_of(user.forms[0]) != key(line.left) or line.form.op == "along":
        return False
    return {a.var for a in user.axes} == {v for i in user.forms[0].at for v in i.variables} and bool(line.axes)


def key_of(f: Form) -> Key | None:
    return key(f) if f.op in ENTRIES else None


def _divides(f: Form) -> bool:
    """By a quantity, outside any sum."""
    if any(x.op == "over" for x in walk(f)):
        return False
    return any(x.op == "div" and any(y.op in ENTRIES for y in walk(x.forms[1])) for x in walk(f))
