"""Steps are data: what a step defines, its form, the rule that justifies it, the earlier steps that it uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation.gather import Term
from symbackprop.derivation.updates import DESCENT, Rule
from symbackprop.derivation.walk import Chain
from symbackprop.form import Axis, Form, Index, add
from symbackprop.graph import Graph, Shape
from symbackprop.tables.optimizers import State
from symbackprop.vocabulary import Role, Stage


@dataclass(frozen=True)
class Step:
    """left = form, for every value of `axes`.

    `of` is the quantity that `left` speaks of: left is its entry (forward), its adjoint (backward), its value after
    the update, or the part of its adjoint that came back through one of its uses.  `terms` are the ways back.
    """

    id: int
    stage: Stage
    of: str
    left: Form
    axes: tuple[Axis, ...]
    form: Form
    rule: str  # "definition" | "seed" | "chain" | "collect" | "independent" | "update"
    uses: tuple[int, ...]
    terms: tuple[Term, ...] = ()
    through: str | None = None  # the definition that the chain rule goes through


@dataclass(frozen=True, eq=False)  # one for each topology: compared and hashed as itself
class Steps:
    """The whole derivation of one topology: forward, backward, updates, in the order in which they are computed."""

    graph: Graph
    steps: tuple[Step, ...]
    train: tuple[str, ...] = ()
    from_updated: bool = False
    rule: Rule = DESCENT

    @cached_property
    def states(self) -> Mapping[str, tuple[State, Shape]]:
        """What one update hands to the next: W1.m with its row and its shape."""
        return {
            f"{name}.{s.name}": (s, () if s.scalar else self.graph.shapes[name])
            for name in self.train
            for s in self.rule.states
        }

    @cached_property
    def of(self) -> Mapping[Form, Step]:
        """By what a step defines, with the indices left out: ("adjoint", "z1") and so on."""
        return {bare(s.left): s for s in self.steps}

    def forward(self, name: str) -> Step | None:
        return self.of.get(Form("ref", (name,)))

    def adjoint(self, name: str) -> Step:
        return self.of[Form("adjoint", (name,))]

    def local(self, step: Step) -> Form:
        """∂(what the step goes through)/∂(what it is of): its terms without what came back."""
        assert step.through is not None
        came = self.adjoint(step.through).form
        front = came.number if came.op == "num" else 1  # a number that came back stands in the constant
        chains = (t.chain for t in step.terms)
        return add(
            *(
                Chain(c.const / front, tuple(f for f in c.factors if f.role is not Role.DELTA)).form
                for c in chains
            )
        )

    def update(self, name: str) -> Step | None:
        return self.of.get(Form("updated", (name,)))

    def updates(self, name: str) -> tuple[Step, ...]:
        """All lines of the update of one parameter; for the whole gradient's steps, those of "all"."""
        mine = (s for s in self.steps if s.stage is Stage.UPDATE)
        return tuple(s for s in mine if s.of == name or s.of.startswith(f"{name}."))


def bare(entry: Form) -> Form:
    """The entry with its indices left out."""
    return Form(entry.op, tuple(a for a in entry.args if not isinstance(a, Index)))
