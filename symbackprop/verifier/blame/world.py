"""The network as the writer sees it: some quantities have the writer's values, and all that is built on them follows.

    δ_o1 ↦ (t₁ − o₁)o₁(1 − o₁)        then ∂E/∂w₅, which is δ_o1 · h₁, is (t₁ − o₁)o₁(1 − o₁) · h₁

A quantity that is built on no such value is the network's own.  What is built on what is read off the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symbackprop.derivation import Step, Steps
from symbackprop.derivation.steps import bare
from symbackprop.form import Form, Given, Index, walk
from symbackprop.verifier.decide import Subject
from symbackprop.verifier.decide.lower import Env, instances, lowered, position
from symbackprop.verifier.decide.program import Node, Undecidable

Key = tuple[int, ...]
Put = Mapping[Form, Node]


def concrete(form: Form, env: Env) -> Form:
    """The entry with numbers for its indices."""
    return Form(form.op, tuple(_at(a, env) for a in form.args))


def _at(part: object, env: Env) -> object:
    if isinstance(part, Index):
        return Index(position(part, env))
    return concrete(part, env) if isinstance(part, Form) else part


def entry(op: str, name: str, at: Key, *through: str) -> Form:
    return Form(op, (name, *through, *map(Index, at)))


class World(Subject):
    """It shares everything with the subject but the values that are put in.  `met` are those that were asked for."""

    def __init__(self, subject: Subject, steps: Steps, put: Put) -> None:
        self.__dict__.update(subject.__dict__)
        self.plain, self.steps, self.put = subject, steps, dict(put)
        self.met: list[Form] = []
        self.memo: dict[Form, tuple[Node, tuple[Form, ...]]] = {}
        self.partials = [f for f in self.put if f.op == "partial"]

    def entry(self, name: str, at: Key) -> Node:
        return self._follow("ref", name, at, lambda: self.plain.entry(name, at))

    def adjoint(self, name: str, at: Key) -> Node:
        return self._follow("adjoint", name, at, lambda: self.plain.adjoint(name, at))

    def updated(self, name: str, at: Key) -> Node:
        return self._follow("updated", name, at, lambda: self.plain.updated(name, at))

    def flow(self, name: str, through: str, at: Key) -> Node:
        return self._follow("flow", name, at, lambda: self.plain.flow(name, through, at), through)

    def _follow(self, op: str, name: str, at: Key, plain: Callable[[], Node], *through: str) -> Node:
        here = entry(op, name, at, *through)
        if here in self.put:
            self.met.append(here)
            return self.put[here]
        if here not in self.memo:
            before, self.met = self.met, []
            node = self._built(here, name, at)
            self.memo[here] = (node if node is not None and self.met else plain()), tuple(self.met)
            self.met = before
        node, met = self.memo[here]
        self.met += met
        return node

    def _built(self, here: Form, name: str, at: Key) -> Node | None:
        """The entry by its step, and what the writer's ∂a/∂b change of it."""
        found = own(self.steps, here)
        if found is None:
            return None
        step, given = found
        node = lowered(step.form, self, {v: i.const for v, i in given.items()})
        return self._corrected(node, name, at) if here.op == "adjoint" else node

    def _corrected(self, node: Node, name: str, at: Key) -> Node:
        """+ ∂E/∂a · (the writer's ∂a/∂b − the right one)"""
        p, bottom = self.program, entry("ref", name, at)
        for f in self.partials:
            top, below = f.forms
            if below == bottom and top.op == "ref" and top.name != self.graph.error:
                self.met.append(f)
                off = p.sub(self.put[f], lowered(f, self.plain, {}))
                node = p.add(node, p.mul(self.adjoint(top.name, numbers(top)), off))
        return node

    def partial(self, top: Node, bottom: Node) -> Node:
        """∂a/∂b, where the writer may have a value for it, or for one of its two halves."""
        names = self.plain.names
        if not self.partials or top not in names or bottom not in names or top == self.plain.error:
            return self._back(bottom) if top == self.plain.error else self.plain.partial(top, bottom)
        here = Form("partial", (entry("ref", *names[top]), entry("ref", *names[bottom])))
        if here in self.put:
            self.met.append(here)
            return self.put[here]
        p, node = self.program, self.plain.partial(top, bottom)
        for f in self.partials:
            over, under = (self.plain.entry(x.name, numbers(x)) for x in f.forms)
            if (over == top) == (under == bottom):
                continue
            factor = self.plain.partial(under, bottom) if over == top else self.plain.partial(top, over)
            if factor != p.zero:
                self.met.append(f)
                node = p.add(node, p.mul(factor, p.sub(self.put[f], lowered(f, self.plain, {}))))
        return node

    def _back(self, bottom: Node) -> Node:
        """∂E/∂b."""
        names = self.plain.names
        return self.adjoint(*names[bottom]) if bottom in names else self.plain.partial(self.plain.error, bottom)


def by_its_steps(subject: Subject, steps: Steps) -> Subject:
    """Where the spec sends errors back through updated weights, the steps say so and the network does not."""
    if not steps.from_updated:
        return subject
    world = World(subject, steps, {})
    for step in steps.steps:
        if step.left.op == "adjoint" and any(f.op == "updated" for f in walk(step.form)):
            for env in instances(step.axes, subject):
                world.put[concrete(step.left, env)] = lowered(step.form, world, env)
    return world


def numbers(form: Form) -> Key:
    return tuple(i.const for i in form.at)


def own(steps: Steps, entry: Form) -> tuple[Step, Given] | None:
    """The step of an entry, and what its indices are there; nothing where no step speaks of the entry."""
    step = steps.of.get(bare(entry))
    if step is None or len(step.left.at) != len(entry.at):
        return None
    given: Given = {}
    for i, k in zip(step.left.at, entry.at, strict=True):
        if i.variable is not None:
            given[i.variable] = k
        elif i != k:
            return None
    return step, given


def side(form: Form, world: Subject, env: Env | None = None) -> Node:
    """A side as a node.  Raises Undecidable or TooLarge."""
    try:
        return lowered(form, world, env or {})
    except (ZeroDivisionError, KeyError) as fault:
        raise Undecidable(str(fault)) from None
