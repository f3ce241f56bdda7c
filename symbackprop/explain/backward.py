"""The chain rule from the last layer backwards: deltas, gradients, updates, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symbackprop.derivation import Step
from symbackprop.document import Block, Box, Cite, Equation, Inlines, Line, Math, Paragraph
from symbackprop.explain.account import Account
from symbackprop.figures import layout
from symbackprop.form import Form, Index, Symbol, add, mul, num, partial, ref, shown
from symbackprop.readings import unit
from symbackprop.readings.names import plain_name
from symbackprop.vocabulary import Role, Stage


def section(a: Account) -> list[Block]:
    blocks: list[Block] = []
    for layer in range(a.layers, 0, -1):
        blocks += Layer(a, layer).section()
    return blocks


class Layer:
    """The part of the backward pass that belongs to one layer."""

    def __init__(self, a: Account, layer: int) -> None:
        self.a, self.layer, self.last = a, layer, layer == a.layers
        self.pre, self.out, self.weights = f"z{layer}", f"a{layer}", f"W{layer}"

    def section(self) -> list[Block]:
        a = self.a
        key = "output" if self.last else "hidden"
        blocks: list[Block] = []
        if self.last or self.layer == a.layers - 1:
            blocks += [a.heading(2, f"solution.{key}")]
        if not self.last and a.layers > 2:
            blocks.append(a.heading(3, "layer.hidden", layer=str(self.layer)))
        blocks += self.first_weight()
        blocks += self.deltas()
        blocks += self.gradients()
        blocks += self.updates()
        return blocks

    # ---- the plan ----------------------------------------------------------------------------------------------

    def first_weight(self) -> list[Block]:
        """The whole chain for one weight, in symbols, beside the picture of its ways, before any number."""
        a = self.a
        delta, gradient = a.steps.adjoint(self.pre), a.steps.adjoint(self.weights)
        if any(isinstance(x.size, str) for x in gradient.axes):
            return [a.paragraph("backward.general")]
        w = self.at(self.weights, ())
        lead = (Index(0),) if a.graph.sample else ()
        z, h = self.at(self.pre, lead), self.at(self.out, lead)
        error = ref(a.graph.error)
        blocks: list[Block] = [a.heading(3, "part.plan", weight=a.math(w))]
        slots = {"weight": a.math(w), "error": a.math(error)}
        key = "one-path" if self.last else "paths"
        blocks.append(a.paragraph("backward.reads", partial=a.math(partial(error, w)), **slots))
        blocks.append(a.paragraph(f"backward.{key}", pre=a.math(z), out=a.math(h), **slots))
        plan = layout.layout(a.names)
        if plan is not None:
            count = "1" if self.last else str(plan.widths[self.layer + 1])
            blocks.append(
                layout.paths(
                    plan,
                    self.layer,
                    0,
                    0,
                    a.say("caption.paths", weight=a.math(w)),
                    a.text("alt.paths", weight=_plain(a, w), count=count),
                )
            )
        if a.graph.sample is None and self.alone(delta):
            chain = mul(partial(error, h), partial(h, z), partial(z, w))
            left, right = a.names.spelled(partial(error, w)), a.names.spelled(chain)
            blocks.append(Equation((Line(left, right, why=a.say("why.chain")),)))
            blocks.append(a.paragraph("backward.factors"))
        return blocks

    def at(self, name: str, lead: tuple[Index, ...]) -> Form:
        return ref(name, *lead, *(0 for _ in self.a.graph.shapes[name]))

    def alone(self, delta: Step) -> bool:
        """Whether a unit's slope takes in its own pre-activation only (not so for softmax)."""
        return not any(t.axes for t in delta.terms)

    # ---- the deltas --------------------------------------------------------------------------------------------

    def deltas(self) -> list[Block]:
        a = self.a
        out, delta = a.steps.adjoint(self.out), a.steps.adjoint(self.pre)
        blocks: list[Block] = [a.heading(3, "part.deltas" if self.last else "part.back")]
        if not self.last:
            cited = self.cited()
            blocks.append(a.paragraph("backward.reuse", where=cited) if cited else a.paragraph("backward.reuse-plain"))
        entries = a.entries(delta)
        short = bool(a.entries(out))  # whether what comes back is a sum that can be written out
        if not entries or not short or len(entries) < a.count(delta):
            blocks += a.general(out) + a.general(delta)
        for k, entry in enumerate(entries):
            if k == 1:
                blocks.append(a.paragraph("backward.others"))
            if short:
                blocks += self.sent_back(out, entry, first=k == 0)
            blocks += self.delta(delta, entry, first=k == 0)
        return blocks

    def cited(self) -> Cite | None:
        step = self.a.steps.adjoint(f"z{self.layer + 1}")
        entries = self.a.entries(step)
        number = self.a.number_of(unit.left(step, entries[0])) if entries else None
        return Cite(number) if number else None

    def sent_back(self, step: Step, entry: tuple[int, ...], *, first: bool) -> Iterable[Block]:
        """∂E/∂a: from the error's own definition, or one summand for each way."""
        a = self.a
        left, right = unit.left(step, entry), unit.right(step, entry)
        ways = unit.ways(step, entry)
        why = "loss-slope" if step.stage is Stage.OUTPUT else "paths" if len(ways) > 1 else "one-way"
        if first and step.stage is Stage.OUTPUT:
            yield a.paragraph(f"backward.loss.{a.problem.dense.loss}" if a.problem.dense else "backward.loss.own")
        equation = a.display(left, (right, why))
        if a.numeric and len(ways) > 1:
            parts = Line(None, add(*(a.value(w.form) for w in ways)), why=a.say("why.each-path"))
            equation = Equation((*equation.lines[:-1], parts, equation.lines[-1]), equation.number)
        yield equation

    def delta(self, step: Step, entry: tuple[int, ...], *, first: bool) -> Iterable[Block]:
        a = self.a
        left, right = unit.left(step, entry), unit.right(step, entry)
        d = a.graph.by_name[self.out]
        given = unit.place(step, entry)
        if self.alone(step) and d.activation != "identity":
            slopes = (f for f in step.terms[0].chain.factors if f.role is Role.SLOPE)
            slope = mul(*(unit.written_out(f.where(given)) for f in slopes))
            symbol = partial(ref(self.out, *left.at), ref(self.pre, *left.at))
            if first and a.problem.dense is not None:
                yield a.paragraph(f"backward.slope.{d.activation}")
            yield a.display(symbol, (slope, "slope"))
            whole = mul(a_partial(a, ref(self.out, *left.at)), symbol)
            yield a.display(left, (whole, "delta"))
            return
        if first:
            yield a.paragraph(f"backward.slope.{d.activation}")
        yield a.display(left, (right, "delta"))

    # ---- gradients and updates ---------------------------------------------------------------------------------

    def gradients(self) -> list[Block]:
        a = self.a
        blocks: list[Block] = [a.heading(3, "part.gradients"), a.paragraph("backward.gradient")]
        for name in self.parameters():
            step = a.steps.adjoint(name)
            if name.startswith("b"):
                shared = a.graph.shapes[name] == ()
                blocks.append(a.paragraph("backward.bias-shared" if shared else "backward.bias"))
            blocks += a.each(step, self.gradient)
        return blocks

    def gradient(self, step: Step, entry: tuple[int, ...]) -> Iterable[Block]:
        a = self.a
        left, right = unit.left(step, entry), unit.right(step, entry)
        if step.of.startswith("b"):
            yield a.display(left, (right, "bias-shared" if right.op == "add" else "bias"))
            return
        first = not any(entry)
        if first and a.graph.sample is None and self.alone(a.steps.adjoint(self.pre)):
            yield from self.whole_chain(left)
        yield a.display(left, (right, "gradient"))
        if first and a.numeric:
            yield Paragraph(_meaning(a, left))

    def whole_chain(self, left: Form) -> Iterable[Block]:
        """The last factor, then the product of all of them: what the plan asked for."""
        a = self.a
        w, z, h = ref(self.weights, *left.at), self.at(self.pre, ()), self.at(self.out, ())
        before = "x" if self.layer == 1 else f"a{self.layer - 1}"
        came = ref(before, *(left.at[1:]))
        link = partial(z, w)
        yield a.display(link, (came, "local"))
        error = ref(a.graph.error)
        chain = mul(partial(error, h), partial(h, z), link)
        yield Equation(a.lines(left, (chain, "chain")))
        yield a.paragraph("backward.is-delta", delta=a.math(a_partial(a, z)))

    def updates(self) -> list[Block]:
        a = self.a
        trained = [n for n in self.parameters() if n in a.problem.train]
        if not trained:
            return []
        rule = "updated" if a.problem.training.hidden_deltas_from == "updated-weights" else "old"
        blocks: list[Block] = [a.heading(3, "part.update"), a.paragraph("backward.update")]
        for name in trained:
            step = a.steps.update(name)
            assert step is not None
            if a.numeric and a.problem.training.rate is None:  # the rate is a symbol, so the update has no number
                blocks += a.general(step)
            else:
                blocks += a.each(step, lambda s, e: [a.display(unit.left(s, e), (unit.right(s, e), "update"))])
        if self.last and a.layers > 1:
            blocks.append(Box("note", a.say("note.title"), (a.paragraph(f"backward.weights-{rule}"),)))
        return blocks

    def parameters(self) -> list[str]:
        return [n for n in (self.weights, f"b{self.layer}") if n in self.a.graph.shapes]


def a_partial(a: Account, entry: Form) -> Form:
    return Form("adjoint", entry.args, Role.DELTA)


def _plain(a: Account, entry: Form) -> str:
    (s,) = a.names.spelled(entry).args
    assert isinstance(s, Symbol)
    return plain_name(s)


def _meaning(a: Account, left: Form) -> Inlines:
    """Raising the weight by 0.01 moves E by about 0.01 times the derivative."""
    assert a.values is not None
    entry = ref(left.name, *left.at)
    sign = "up" if a.values(left) > 0 else "down"
    amount = a.values(mul(num(Fraction(1 if sign == "up" else -1, 100)), left))
    return a.say(
        f"meaning.{sign}",
        weight=a.math(entry),
        step=a.decimal(Fraction(1, 100)),
        change=Math(shown(a.about(amount))),
        error=a.math(ref(a.graph.error)),
    )

