"""The reverse sweep.  It knows no layer, no activation, no format.

    ∂E/∂q[K] = Σ over the definitions d that use q:  Σ ∂E/∂d[j] · ∂d[j]/∂q[K],   the last definition first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from symbackprop.derivation.gather import Term, gather, total
from symbackprop.derivation.proof import prove
from symbackprop.derivation.steps import Step, Steps
from symbackprop.derivation.updates import AHEAD, DESCENT, Equation, Rule, cut, equations, look_ahead
from symbackprop.derivation.walk import Part, parts
from symbackprop.form import ENTRIES, ONE, ZERO, Axis, Form, Index, adjoint, flow, index, replaced, updated, walk
from symbackprop.graph import Definition, Graph
from symbackprop.vocabulary import Role, Stage


def sweep(
    graph: Graph, train: tuple[str, ...] = (), *, from_updated: bool = False, rule: Rule = DESCENT
) -> Steps:
    """Every step: the definitions, the adjoint of every quantity, the updates of the parameters in `train`.

    With `from_updated`, what is sent back to a layer is weighed with its successor's weights after their update.
    """
    work = Sweep(graph, train, from_updated, rule)
    work.forward()
    work.backward()
    work.together()
    for name in train:
        work.update(name)
    return Steps(graph, tuple(work.steps), train, from_updated, rule)


@dataclass
class Sweep:
    graph: Graph
    train: tuple[str, ...]
    from_updated: bool
    rule: Rule
    steps: list[Step] = field(default_factory=list)
    made: dict[tuple[str, str], int] = field(default_factory=dict)  # (op, name) → the step that defines it

    def forward(self) -> None:
        for d in self.graph.definitions:
            stage = Stage.ERROR if d.name in self.graph.measuring else Stage.FORWARD
            self.add(stage, d.name, d.left, d.axes, d.body, "definition")

    def backward(self) -> None:
        graph = self.graph
        error = adjoint(graph.error)
        self.add(Stage.ERROR, graph.error, error, (), ONE, "seed")
        felt: dict[str, dict[str, tuple[Part, ...]]] = {}
        reached = {graph.error}  # by a factor: not what only a condition reads, nor what is multiplied by 0
        for d in reversed(graph.definitions):
            if d.name in reached:
                felt[d.name] = self.pulled_back(d)
                reached.update(felt[d.name])
        alive = [d for d in graph.definitions if d.name in reached]
        waiting = {name: sum(name in felt[d.name] for d in alive) for name in graph.shapes}
        came: dict[str, list[tuple[Definition, tuple[Part, ...]]]] = {name: [] for name in graph.shapes}
        for d in reversed(alive):
            by_quantity = felt[d.name]
            for q in sorted(by_quantity, key=lambda q: q not in graph.parameters):
                came[q].append((d, by_quantity[q]))
                if len(came[q]) == waiting[q]:
                    self.collect(q, came[q])
        for name in graph.shapes:
            if name not in reached:
                at, axes = self.place(name)
                self.add(self.stage(name, None), name, adjoint(name, *at), axes, ZERO, "independent")

    def pulled_back(self, d: Definition) -> dict[str, tuple[Part, ...]]:
        found = tuple(parts(d.body, d.left))
        prove(d.body, d.left, found)
        out: dict[str, list[Part]] = {}
        for part in found:
            out.setdefault(part.name, []).append(part)
        return {name: tuple(some) for name, some in out.items()}

    def collect(self, q: str, came: list[tuple[Definition, tuple[Part, ...]]]) -> None:
        """∂E/∂q, from all that came back: one step, or one for each use and their sum."""
        at, axes = self.place(q)
        if len(came) == 1:
            ((d, found),) = came
            self.pull_back(q, adjoint(q, *at), axes, d, found)
        else:
            flows = [flow(q, d.name, *at) for d, _ in came]
            for left, (d, found) in zip(flows, came, strict=True):
                self.pull_back(q, left, axes, d, found)
            self.add(self.stage(q, None), q, adjoint(q, *at), axes, Form("add", tuple(flows)), "collect")
        if self.from_updated and q in self.train:
            self.update(q)

    def pull_back(self, q: str, left: Form, axes: tuple[Axis, ...], d: Definition, found: tuple[Part, ...]) -> None:
        stored = self.steps[self.made["adjoint", d.name]]
        up = None if d.name == self.graph.error else adjoint(d.name, *d.at)
        if up is not None and stored.form.op == "num":
            up = stored.form  # an adjoint that is a number goes to the front
        terms = tuple(
            gather(self.with_roles(p, q, d), up, d.axes, left.at, d.left, axes) for p in found
        )
        self.add(self.stage(q, d), q, left, axes, total(terms), "chain", terms, d.name)

    def with_roles(self, part: Part, q: str, d: Definition) -> Part:
        """Who a factor is follows from what is differentiated and from what the factor is."""
        graph = self.graph
        role = Role.ERROR if d.name in graph.measuring else Role.SLOPE if d.activation else None
        factors = []
        for f in part.chain.factors:
            holds = {r.name for r in walk(f) if r.op in ENTRIES}
            weight = Role.WEIGHT if holds & set(graph.parameters) else Role.GATE
            own = role or (Role.INPUT if q in graph.parameters else weight)
            f = f.be(f.role if f.role is Role.SLOPE else own)
            if self.from_updated and own is Role.WEIGHT:
                f = replaced(f, self.new_weight)
            factors.append(f)
        return part._replace(chain=part.chain._replace(factors=tuple(factors)))

    def new_weight(self, f: Form) -> Form | None:
        return updated(f.name, *f.at, role=Role.WEIGHT) if f.op == "ref" and f.name in self.train else None

    def together(self) -> None:
        """What an update needs to know of all parameters: their gradients at w − μv, the norm of the whole gradient."""
        if self.rule.ahead:
            for name in self.train:
                self.move(look_ahead(name, *self.place(name)))
            for step in self.behind():
                self.move(Equation(self.ahead(step.left), step.axes, replaced(step.form, self.shifted)))
        if self.rule.norm:
            parts = [(name, *self.place(name)) for name in self.train]
            gradients = [(adjoint(name, *at), axes) for name, at, axes in parts]
            for equation in cut([(self.ahead(g) if self.rule.ahead else g, axes) for g, axes in gradients]):
                self.move(equation)

    def behind(self) -> list[Step]:
        """The steps that the gradients of what is trained depend on, and those."""
        wanted = {self.made["adjoint", name] for name in self.train}
        for step in reversed(self.steps):
            if step.id in wanted:
                wanted.update(step.uses)
        return [step for step in self.steps if step.id in wanted]

    def ahead(self, f: Form) -> Form:
        """The same quantity at w − μv.  What is given stays."""
        fixed = f.op == "ref" and f.name not in self.train and f.name not in self.graph.by_name
        return f if fixed else Form(f.op, (f"{f.name}.{AHEAD}", *f.args[1:]), f.role)

    def shifted(self, f: Form) -> Form | None:
        return self.ahead(f) if f.op in ENTRIES else None

    def update(self, name: str) -> None:
        """w⁺ = w − η ∂E/∂w, or what the rule says."""
        if ("updated", name) not in self.made:
            for equation in equations(self.rule, name, self.graph.shapes[name], *self.place(name)):
                self.move(equation)

    def move(self, made: Equation) -> None:
        self.add(Stage.UPDATE, made.left.name, *made, "update")

    def stage(self, q: str, d: Definition | None) -> Stage:
        """Where ∂E/∂q stands in a worked solution."""
        graph = self.graph
        if q in graph.parameters:
            return Stage.GRADIENT
        if q in graph.leaves:
            return Stage.INPUT
        if q in graph.measuring:
            return Stage.ERROR
        if d is not None and d.name in graph.measuring:
            return Stage.OUTPUT
        return Stage.DELTA if d is not None and d.activation else Stage.BACK

    def place(self, name: str) -> tuple[tuple[Index, ...], tuple[Axis, ...]]:
        """Indices and axes of a quantity: those of its definition, or fresh ones for a leaf."""
        d = self.graph.by_name.get(name)
        if d is not None:
            return d.at, d.axes
        axes = tuple(Axis(f"{name}.{k}", n) for k, n in enumerate(self.graph.shapes[name]))
        at = tuple(index(a.var) if a.size != 1 else Index() for a in axes)
        axes = tuple(a for a in axes if a.size != 1)
        if self.graph.sample and name in self.graph.batched:
            return (index(self.graph.sample.var), *at), (self.graph.sample, *axes)
        return at, axes

    def add(
        self,
        stage: Stage,
        of: str,
        left: Form,
        axes: tuple[Axis, ...],
        form: Form,
        rule: str,
        terms: tuple[Term, ...] = (),
        through: str | None = None,
    ) -> None:
        uses = tuple(sorted({n for n in map(self.defining, walk(form)) if n is not None}))
        if through is not None:
            uses = tuple(sorted({*uses, self.made["adjoint", through]}))
        step = Step(len(self.steps), stage, of, left, axes, form, rule, uses, terms, through)
        self.made[left.op, of if left.op != "flow" else f"{of}→{left.args[1]}"] = step.id
        self.steps.append(step)

    def defining(self, f: Form) -> int | None:
        if f.op == "flow":
            return self.made.get(("flow", f"{f.name}→{f.args[1]}"))
        return self.made.get((f.op, f.name)) if f.op in ENTRIES else None

