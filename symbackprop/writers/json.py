"""The derivation as JSON, symbackprop/derivation/1: doubles with their shortest digits, rounded from exact values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symbackprop.derivation import Step
from symbackprop.form import Form, replaced, shown
from symbackprop.numeric.field import double
from symbackprop.readings import index, matrix, unit
from symbackprop.writers.math import printed

if TYPE_CHECKING:
    from symbackprop.api import Derivation
    from symbackprop.numeric.perturb import Perturbation
    from symbackprop.numeric.training import Trajectory

MOST_ENTRIES = 24  # a step with more entries is printed by its first


def data(d: Derivation) -> dict[str, Any]:
    """Values, adjoints, updates and steps; without numbers, the steps alone."""
    out: dict[str, Any] = {"schema": "symbackprop/derivation/1"}
    if d.numeric:
        results = d.results
        out["error"] = {"name": d.problem.error, "value": doubles(results["ref", d.problem.error])}
        quantities = [n for n in d.derivation.graph.shapes if "." not in n]
        out["values"] = {n: doubles(results["ref", n]) for n in quantities}
        out["adjoints"] = {n: doubles(results["adjoint", n]) for n in quantities}
        if d.problem.training.rate is not None:
            run = d.trajectory()
            out["updated"] = {n: doubles(x) for n, x in run.parameters.items()}
            out["trajectory"] = [{"step": k, "error": doubles(error)} for k, error in enumerate(run.errors)]
            out["state"] = _state(d, run)
    else:
        out["error"] = {"name": d.problem.error, "value": None}
    out["steps"] = [_step(d, s) for s in d.steps]
    return out


def _state(d: Derivation, run: Trajectory) -> dict[str, Any]:
    """{"m": {"W1": …}, "v": {"W1": …}, "step": n}; nothing where the optimizer has no memory."""
    out: dict[str, Any] = {}
    for name, value in run.state.items():
        state, _ = d.derivation.states[name]
        out.setdefault(state.name, {})[name.removesuffix(f".{state.name}")] = doubles(value)
    training = d.problem.training
    if d.derivation.rule.plain and training.decay is None:
        return {}
    return {**out, "step": training.state.get("step", 0) + run.updates}


def text(d: Derivation) -> str:
    return json.dumps(data(d), ensure_ascii=False, indent=1) + "\n"


def doubles(x: Any) -> Any:
    return [doubles(y) for y in x] if isinstance(x, tuple) else double(x)


def _step(d: Derivation, s: Step) -> dict[str, Any]:
    names = d.names()
    whole = matrix.reading(s, d.derivation)
    general = names.general_case()
    left, right = index.reading(s)
    out: dict[str, Any] = {"id": s.id, "stage": s.stage.value, "of": s.of, "rule": s.rule, "uses": list(s.uses)}
    out["unit"] = _lines(d, s, lambda f: names.spelled(f))
    out["index"] = f"{printed(general.spelled(left))} = {printed(general.spelled(right))}"
    out["matrix"] = None if whole is None else f"{printed(names.whole(s.left))} = {printed(names.whole(whole))}"
    known = d.numeric and (s.rule != "update" or d.problem.training.rate is not None)
    out["substituted"] = _lines(d, s, lambda f: _numbers(d, f), names.spelled) if known else None
    key = (s.left.op, s.of)
    out["value"] = doubles(d.results[key]) if known and key in d.results else None
    return out


def _lines(d: Derivation, s: Step, show: Any, show_left: Any = None) -> str | None:
    if any(isinstance(a.size, str) for a in s.axes) or _symbolic(s.form):
        return None
    entries = unit.entries(s.axes)
    lines = []
    for e in entries if len(entries) <= MOST_ENTRIES else entries[:1]:
        left, right = unit.left(s, e), unit.right(s, e)
        lines.append(f"{printed((show_left or show)(left))} &= {printed(show(right))}")
    return (
        lines[0].replace("&", "") if len(lines) == 1 else "\\begin{aligned} " + " \\\\ ".join(lines) + " \\end{aligned}"
    )


def _symbolic(form: Form) -> bool:
    from symbackprop.form import walk

    return any(isinstance(a.size, str) for f in walk(form) for a in f.axes) or any(f.op == "size" for f in walk(form))


def _numbers(d: Derivation, form: Form) -> Form:
    from symbackprop.numeric.rounding import digits

    shows = d.problem.presentation

    def put(f: Form) -> Form | None:
        if f.op in ("ref", "adjoint", "updated", "flow", "hyper"):
            return shown(digits(d.lookup(f), shows.digits, significant=shows.significant).text)
        return None

    return replaced(form, put)


def perturbed(p: Perturbation, name: str, error: str) -> str:
    """What a step of one number does to the error; null where the error has no value."""

    def number(x: Any) -> float | None:
        return None if x is None else double(x)

    moves = [
        {"step": number(m.step), "predicted": number(m.predicted), "actual": number(m.actual), "rest": number(m.rest)}
        for m in p.moves
    ]
    out = {
        "schema": "symbackprop/perturbation/1",
        "name": name,
        "value": number(p.value),
        "error": {"name": error, "value": number(p.error)},
        "slope": number(p.slope),
        "moves": moves,
        "curve": [[number(x), number(y)] for x, y in p.curve],
    }
    return json.dumps(out, indent=1, ensure_ascii=False) + "\n"


def trained(d: Derivation, run: Trajectory, until: Any) -> str:
    """The error at every step, the parameters at some of them, the optimizer's state at the end."""
    errors = [double(error) for error in run.errors]
    out = {
        "schema": "symbackprop/training/1",
        "error": {"name": d.problem.error, "before": errors[0], "after": errors[-1]},
        "updates": run.updates,
        "until": None if until is None else double(until),
        "reached": None if until is None else run.reached,
        "precision": run.precision,
        "errors": errors,
        "steps": [
            {"step": k, "error": errors[k], "parameters": {n: doubles(x) for n, x in run.along[k].items()}}
            for k in run.shown
        ],
        "state": _state(d, run),
    }
    return json.dumps(out, indent=1, ensure_ascii=False) + "\n"
