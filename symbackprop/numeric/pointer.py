"""A number of a derivation by its JSON pointer: /values/a2/0, /adjoints/W2/0/1, /trajectory/1/error."""

from __future__ import annotations

from symbackprop.derivation.steps import Steps
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form, Index
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import Value
from symbackprop.numeric.training import trajectory
from symbackprop.spec.problem import Problem

#        word        op
TABLES = {"values": "ref", "adjoints": "adjoint", "updated": "updated", "state": "updated"}


def value_at(steps: Steps, problem: Problem, pointer: str, after: int | None = None) -> Value:
    """The number that the pointer means, at the parameters after `after` updates (without it: those that are given).

    Raises SymbackpropError where it means none.
    """
    table, *path = pointer.removeprefix("/").split("/")
    try:
        if table == "trajectory":
            step, what = path
            if what != "error":
                raise KeyError(what)
            return trajectory(steps, problem, int(step)).errors[int(step)]
        name, *at = path
        if table in ("updated", "state"):
            run = trajectory(steps, problem, problem.training.steps if after is None else after)
            found = run.parameters[name] if table == "updated" else run.state[f"{at.pop(0)}.{name}"]
        else:
            moved = trajectory(steps, problem, after).parameters if after else {}
            found = evaluate(steps, {**problem.values, **moved})[TABLES[table], name]
        for k in at:
            found = found[int(k)]
    except (KeyError, IndexError, ValueError, TypeError):
        raise SymbackpropError(f"{pointer} is no number of this derivation; /values/a2/0 would be one") from None
    if isinstance(found, tuple):
        raise SymbackpropError(f"{pointer} is an array; add the indices of one entry")
    return found


POINTERS = {"ref": "values", "adjoint": "adjoints", "updated": "updated"}


def pointer(form: Form) -> str:
    """The place of an entry."""
    return "/".join(["", POINTERS[form.op], form.name, *(str(i.const) for i in form.at)])


def quantity(pointer: str, error: str, after: int | None = None) -> tuple[Form, int]:
    """What a pointer speaks of, and after how many updates."""
    table, *path = pointer.removeprefix("/").split("/")
    if table == "trajectory":
        return Form("ref", (error,)), int(path[0])
    name, *at = path if table != "state" else (f"{path[1]}.{path[0]}", *path[2:])
    return Form(TABLES[table], (name, *(Index(int(k)) for k in at))), after or 0
