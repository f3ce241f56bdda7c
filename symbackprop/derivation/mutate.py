"""A mistake, made in a step: the row says which, and the step's Form comes out wrong as a student writes it.

    ∂E/∂a[j] = Σ_k δ[k] · W[k,j]        missing-path                δ[1] · W[1,j]
    δ[j] = ∂E/∂a[j] · a[j](1 − a[j])    missing-hidden-derivative   ∂E/∂a[j]

A change takes the whole step in index form, so one row works for every network, every entry and every reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from symbackprop.derivation.steps import Step, Steps
from symbackprop.form import ONE, Axis, Form, Index, add, index, mul, neg, num, over, ref, replaced, same, walk
from symbackprop.graph import Graph
from symbackprop.tables.mistakes import MISTAKES, Mistake
from symbackprop.vocabulary import Kind, Role, Stage


def mistaken(steps: Steps, step: Step, mistake: Mistake) -> Form | None:
    """The step's Form with the mistake in it; None where the mistake cannot be made in this step."""
    if not _applies(steps, step, mistake):
        return None
    right = _whole(steps, step)
    wrong = CHANGES[mistake.change](Case(steps.graph, step, mistake, right))
    return None if wrong is None or wrong == right else wrong


def mistakes_in(steps: Steps, step: Step) -> Iterator[tuple[Mistake, Form]]:
    """Every mistake that can be made in a step, with the Form that it gives."""
    for mistake in MISTAKES.values():
        wrong = mistaken(steps, step, mistake)
        if wrong is not None:
            yield mistake, wrong


def with_mistake(steps: Steps, step: Step, wrong: Form, entry: tuple[int, ...] | None = None) -> Steps:
    """The derivation in which the step is wrong (for one entry only, where one is named): for its numbers.

    right + 1[at the entry] · (wrong − right) would lose digits, so both stand whole: 1[…]·wrong + (1 − 1[…])·right.
    """
    if entry is not None and step.axes:
        here = mul(*(same(index(a.var), Index(k)) for a, k in zip(step.axes, entry, strict=True)))
        wrong = add(mul(here, wrong), mul(add(ONE, neg(here)), _whole(steps, step)))
    made = tuple(replace(s, form=wrong) if s is step else s for s in steps.steps)
    return Steps(steps.graph, made, steps.train, steps.from_updated)


# ---- where a mistake can be made -----------------------------------------------------------------------------------


def _applies(steps: Steps, step: Step, mistake: Mistake) -> bool:
    if step.stage not in mistake.stages or step.rule not in ("chain", "collect", "update"):
        return False
    if step.left.op == "flow":
        return False
    where = "output" if _behind_the_error(steps, step) else "hidden"
    activation = steps.graph.by_name[step.through].activation if step.through else None
    return (
        mistake.where in ("any", where)
        and mistake.ways in ("any", _ways(step))
        and mistake.through in ("", activation)
    )  # fmt: skip


def _behind_the_error(steps: Steps, step: Step) -> bool:
    """Whether the quantity is the last pre-activation: what it gives is compared with the target."""
    return step.through is not None and steps.adjoint(step.through).stage in (Stage.OUTPUT, Stage.ERROR)


def _ways(step: Step) -> str:
    if step.rule == "collect":
        return "uses"
    return "units" if any(_paths(f) for f in walk(step.form)) else "one"


def _paths(f: Form) -> tuple[Axis, ...]:
    return tuple(a for a in f.axes if a.kind is Kind.PATH)


def _whole(steps: Steps, step: Step) -> Form:
    """The step's Form; a sum over several uses with each of them written out."""
    if step.rule != "collect":
        return step.form
    flows = {s.left: s.form for s in steps.steps if s.left.op == "flow" and s.of == step.of}
    return add(*(flows[f] for f in step.form.forms))


# ---- what is changed -------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    graph: Graph
    step: Step
    mistake: Mistake
    form: Form

    @property
    def role(self) -> Role | None:
        return self.mistake.role

    def product(self, f: Form) -> bool:
        """Whether a factor of that role stands right here."""
        inner = f.forms[0] if f.op == "neg" else f
        return inner.role is self.role or (inner.op in ("mul", "div") and any(map(self.product, inner.forms)))


def _drop(case: Case) -> Form:
    """… · f · … → … · …"""

    def without(f: Form) -> Form:
        if f.role is case.role:
            return ONE
        f = f.map(without)
        if f.op == "mul":
            kept = [x for x in f.forms if x != ONE]
            return mul(*kept) if kept else ONE
        return f

    return without(case.form)


def _negate(case: Case) -> Form:
    """−x → x and x → −x, for the product that holds the factor"""

    def turned(f: Form) -> Form | None:
        if not case.product(f):
            return None
        return f.forms[0] if f.op == "neg" else neg(f)

    return replaced(case.form, turned)


def _twice(case: Case) -> Form:
    return mul(num(2), case.form)


def _at_net(case: Case) -> Form:
    """out(1 − out) → net(1 − net)"""

    def net(f: Form) -> Form | None:
        return ref(case.step.of, *f.at) if f.op == "ref" and f.name == case.step.through else None

    return replaced(case.form, lambda f: replaced(f, net).be(f.role) if f.role is case.role else None)


def _value(case: Case) -> Form | None:
    """out(1 − out) → out"""
    if case.step.through is None:
        return None
    left = _drop(case)
    return left if left == case.form else mul(left, ref(case.step.through, *case.step.left.at))


def _transpose(case: Case) -> Form:
    """w_kj → w_jk, where there is such a weight"""

    def turned(f: Form) -> Form | None:
        if f.op != "ref" or f.role is not case.role or len(f.at) != 2 or len(set(case.graph.shapes[f.name])) != 1:
            return None
        return ref(f.name, *reversed(f.at)).be(f.role)

    return replaced(case.form, turned)


# ---- sums over the ways ----------------------------------------------------------------------------------------------


def _over_paths(form: Form, change: Callable[[Form, tuple[Axis, ...]], Form | None]) -> Form:
    """The Form with each sum over units changed; `change` gets what is summed and the axes of the units."""

    def sums(f: Form) -> Form | None:
        paths = _paths(f)
        if not paths:
            return None
        inside = change(f.forms[0], paths)
        return None if inside is None else over(inside, *(a for a in f.axes if a not in paths))

    return replaced(form, sums)


def _first(case: Case) -> Form:
    """Σ_k x_k → x_1"""
    if case.step.rule == "collect":
        return case.form.forms[0]
    return _over_paths(case.form, lambda x, paths: x.where({a.var: Index(0) for a in paths}))


def _own(case: Case) -> Form:
    """Σ_k x_kj → x_jj, where the layers are equally wide"""

    def one(x: Form, paths: tuple[Axis, ...]) -> Form | None:
        units = [a for a in case.step.axes if a.kind is Kind.UNIT]
        if len(units) != 1 or len(paths) != 1 or units[0].size != paths[0].size:
            return None
        return x.where({paths[0].var: index(units[0].var)})

    return _over_paths(case.form, one)


def _mean(case: Case) -> Form:
    """Σ_k x_k → (1/n) Σ_k x_k"""

    def mean(f: Form) -> Form | None:
        sizes = [a.size for a in _paths(f)]
        if not sizes or not all(isinstance(n, int) for n in sizes):
            return None
        every = num(1)
        for n in sizes:
            every = num(every.number / int(n))
        return mul(every, f)

    return replaced(case.form, mean)


def _last(case: Case) -> Form:
    """x + y → y, w − y → y"""
    last = case.form.forms[-1]
    return last.forms[0] if last.op == "neg" else last


CHANGES: dict[str, Callable[[Case], Form | None]] = {
    "drop": _drop,
    "negate": _negate,
    "twice": _twice,
    "at-net": _at_net,
    "value": _value,
    "transpose": _transpose,
    "first": _first,
    "own": _own,
    "mean": _mean,
    "last": _last,
}
