"""The spec's numbers: what a side of a line can be, as printed and in full precision.

A printed number stands for all that it may be rounded from; `exactly`, for itself.  What has a plus on it, E⁺ or o₁⁺,
is taken after the spec's updates, from the trajectory.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from symbackprop.derivation import Steps
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form, shown
from symbackprop.numeric.exact import evaluate
from symbackprop.numeric.field import ends as value_ends
from symbackprop.numeric.rounding import digits
from symbackprop.numeric.training import training
from symbackprop.spec.problem import Problem
from symbackprop.verifier.blame.world import Key, World, side
from symbackprop.verifier.claims import decimals, half_unit
from symbackprop.verifier.decide import Subject
from symbackprop.verifier.decide.balls import STEPS, Ball, Undefined
from symbackprop.verifier.decide.digits import Ends, Rounded, ends, given
from symbackprop.verifier.decide.lower import Env
from symbackprop.verifier.decide.program import Node, TooLarge, Undecidable

NOTHING = (Undecidable, Undefined, TooLarge, ZeroDivisionError, KeyError)


class Page(Rounded):
    """The spec's own point, with printed numbers on it."""

    def __init__(self, numbers: Numbers, *, exactly: bool) -> None:
        super().__init__(numbers.subject, {})
        self.on, self.exactly_ = numbers, exactly
        self.steps = {**STEPS, "shown": _printed, "after": _after}

    def symbol(self, x: Node) -> Ball:
        parts = self.program.nodes[x]
        if parts[0] == "shown":
            number = Fraction(parts[1])
            return self.numbers.between(*((number, number) if self.exactly_ else ends(parts[1], self.on.given)))
        return self.numbers.between(*self.on.after(*parts[1:])) if parts[0] == "after" else super().symbol(x)


def _printed(run: Any, x: Node, parts: Any) -> Ball:
    return run.symbol(x)


_after = _printed


class Numbers:
    """Of one network; each node is evaluated once."""

    def __init__(self, subject: Subject, steps: Steps, problem: Problem) -> None:
        self.subject, self.steps, self.problem = subject, steps, problem
        self.given = given(subject)
        self.wide, self.thin = Page(self, exactly=False), Page(self, exactly=True)

    @cached_property
    def there(self) -> bool:
        """Whether every leaf has its number."""
        return all(name in self.subject.problem.values for name in self.steps.graph.leaves)

    def ends(self, form: Form, env: Env | None = None, *, world: World | None = None, exactly: bool = False) -> Ends:
        """What the side can be.  Raises one of NOTHING where it has no value."""
        return self.at(self.node(form, env, world), exactly=exactly)

    def node(self, form: Form, env: Env | None = None, world: World | None = None) -> Node:
        world = world or self.own
        world.rounded = True
        return side(form, world, env)

    @cached_property
    def own(self) -> World:
        return self.world({})

    def world(self, put: Mapping[Form, Node]) -> World:
        return After(self.subject, self.steps, put)

    def at(self, node: Node, *, exactly: bool = False) -> Ends:
        page = self.thin if exactly else self.wide
        return page.numbers.ends(page.at(node))

    def value(self, form: Form, env: Env | None = None) -> Fraction | None:
        """The network's value, where it has one."""
        try:
            low, high = self.ends(form, env)
        except NOTHING:
            return None
        return (low + high) / 2

    # ---- after the updates --------------------------------------------------------------------------------------

    def after(self, name: str, at: Key) -> Ends:
        value = self.trained.get(("ref", name))
        if value is None:
            raise Undecidable(f"no update moves {name}")
        for k in at:
            value = value[k]
        return value_ends(value)

    @cached_property
    def trained(self) -> Mapping[tuple[str, str], Any]:
        """Every quantity after the spec's updates."""
        try:
            return trained(self.steps, self.problem)
        except SymbackpropError as fault:
            raise Undecidable(str(fault)) from None


class After(World):
    """Where a plus means: after all updates that the spec asks for."""

    def updated(self, name: str, at: Key) -> Node:
        several = (self.problem.training.steps or 1) > 1
        if several or name.partition(".")[0] not in self.graph.parameters:
            return self.program.node("after", name, at)
        return super().updated(name, at)


def trained(steps: Steps, problem: Problem) -> Mapping[tuple[str, str], Any]:
    run = training(steps, problem, problem.training.steps or 1)
    values = {**problem.values, **run.parameters}
    found = evaluate(steps, values)
    return {**found, **{("ref", name): x for name, x in (*run.parameters.items(), *run.state.items())}}


# ---- printed numbers ------------------------------------------------------------------------------------------------


def lone(form: Form) -> Form | None:
    """The printed number that a side is, without its sign."""
    bare = form.forms[0] if form.op == "neg" else form
    return bare if bare.op == "shown" else None


def printed(form: Form) -> Fraction:
    """A lone number with its sign."""
    number = lone(form)
    assert number is not None
    return Fraction(str(number.args[0])) * (-1 if form.op == "neg" else 1)


def unit(form: Form) -> Fraction:
    """A unit of the last place of a lone number."""
    number = lone(form)
    assert number is not None
    return 2 * half_unit(number)


def as_printed(value: Fraction, like: Form) -> Form:
    """A value with as many decimals as the number has that stands there."""
    number = lone(like)
    places = max(0, decimals(number)) if number is not None else 9
    return shown(str(digits(value, places)))
