"""Where a mistake can be made, and what a change sees of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from symbackprop.derivation.steps import Step, Steps
from symbackprop.form import Axis, Form, Given, add, mul, num, ref, replaced, walk
from symbackprop.graph import Definition, Graph
from symbackprop.tables.mistakes import Mistake
from symbackprop.vocabulary import Kind, Role, Stage


def applies(steps: Steps, step: Step, mistake: Mistake) -> bool:
    """Whether the step is one of those that the row speaks of."""
    if step.stage not in mistake.stages or step.rule not in ("definition", "chain", "collect", "update"):
        return False
    if step.left.op == "flow":
        return False
    where = "output" if _behind_the_error(steps, step) else "hidden"
    activation = steps.graph.by_name[step.through].activation if step.through else None
    return (
        mistake.where in ("any", where)
        and mistake.ways in ("any", _ways(step))
        and mistake.through in ("", activation)
        and (not mistake.holds or any(HOLDS[mistake.holds](f) for f in walk(_measured(steps, step))))
    )  # fmt: skip


def _behind_the_error(steps: Steps, step: Step) -> bool:
    """Whether the quantity is the last pre-activation: what it gives is compared with the target."""
    return step.through is not None and steps.adjoint(step.through).stage in (Stage.OUTPUT, Stage.ERROR)


def _ways(step: Step) -> str:
    if step.rule == "collect":
        return "uses"
    summed = step.rule == "definition" and any(f.op == "over" for f in walk(step.form))
    return "units" if summed or any(paths(f) for f in walk(step.form)) else "one"


def _measured(steps: Steps, step: Step) -> Form:
    """How the error is made of the output: of a delta, that of its output."""
    if step.rule == "definition":
        return step.form
    through = step.through
    if step.stage is Stage.DELTA and through is not None:
        through = steps.adjoint(through).through
    return steps.graph.by_name[through].body if through is not None else step.form


def _squared(f: Form) -> bool:
    return f.op == "pow" and f.forms[1].op == "num" and f.forms[1].number == 2


HALF = num(Fraction(1, 2))
HOLDS: dict[str, Callable[[Form], bool]] = {
    "square": _squared,
    "half": lambda f: f.op == "mul" and f.forms[0] == HALF and any(map(_squared, f.forms)),
    "log": lambda f: f.op == "fn" and f.name == "log",
    "branch": lambda f: f.op == "cases",
}


def paths(f: Form) -> tuple[Axis, ...]:
    return tuple(a for a in f.axes if a.kind is Kind.PATH)


def whole(steps: Steps, step: Step) -> Form:
    """The step's Form: a sum over several uses with each of them written out, a definition with roles."""
    if step.rule == "definition" and step.stage is Stage.FORWARD:
        return _with_roles(step.form, steps.graph)
    if step.rule != "collect":
        return step.form
    flows = {s.left: s.form for s in steps.steps if s.left.op == "flow" and s.of == step.of}
    return add(*(flows[f] for f in step.form.forms))


def _with_roles(f: Form, graph: Graph) -> Form:
    """In a product a parameter is the weight of what stands beside it."""
    if f.op == "mul" and all(x.op == "ref" for x in f.forms):
        weighs = [x.name in graph.parameters for x in f.forms]
        if any(weighs) and not all(weighs):
            roles = (Role.WEIGHT if w else Role.INPUT for w in weighs)
            return mul(*(x.be(role) for x, role in zip(f.forms, roles, strict=True)), role=f.role)
    return f.map(lambda x: _with_roles(x, graph))


class Case(NamedTuple):
    """A step with its whole Form, and the row that changes it."""

    steps: Steps
    step: Step
    mistake: Mistake
    form: Form

    @property
    def graph(self) -> Graph:
        return self.steps.graph

    @property
    def role(self) -> Role | None:
        return self.mistake.role

    @property
    def own(self) -> Form:
        """The entry that the step speaks of."""
        return ref(self.step.of, *self.step.left.at)

    @property
    def parameter(self) -> bool:
        """Whether the step speaks of a parameter itself, not of what an optimizer keeps of it."""
        return self.step.of in self.graph.parameters

    @property
    def weighs(self) -> bool:
        """Whether the parameter is multiplied by an input: a weight, not a bias."""
        name = self.step.of.partition(".")[0]
        return any(f.role is Role.INPUT for f in walk(whole(self.steps, self.steps.adjoint(name))))

    def factors(self) -> Iterator[Form]:
        """Those of the row's role."""
        return (f for f in walk(self.form) if f.role is self.role)

    def put(self, change: Callable[[Form], Form | None]) -> Form:
        """The Form with every factor of the row's role changed."""
        return replaced(self.form, lambda f: change(f) if f.role is self.role else None)

    def at(self, d: Definition) -> Given:
        """The indices of the definition that the step goes through, in those of the step."""
        return {i.terms[0][1]: k for i, k in zip(d.at, self.step.terms[0].at, strict=True) if i.terms}

    def activated(self, z: str) -> Definition | None:
        """The definition that applies an activation to z, entry by entry or along an axis."""
        step = self.steps.of.get(Form("adjoint", (z,)))
        d = self.graph.by_name.get(step.through) if step is not None and step.through is not None else None
        return d if d is not None and d.activation and d.body.forms[:1] == (ref(z, *d.at),) else None


Change = Callable[[Case], "Form | Iterator[Form] | None"]


def size(axis: Axis) -> int | None:
    return axis.size if isinstance(axis.size, int) else None


def units(step: Step) -> list[Axis]:
    return [a for a in step.axes if a.kind is Kind.UNIT]
