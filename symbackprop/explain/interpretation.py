"""What the numbers say, in words: sign and size of a gradient, what moves the error most and why."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symbackprop.derivation import Step
from symbackprop.document import Block, Inlines, Math, Paragraph
from symbackprop.explain.account import Account
from symbackprop.explain.parts import Layers
from symbackprop.explain.ways import delta
from symbackprop.form import ENTRIES, Form, add, hyper, mul, num, power, ref, shown
from symbackprop.language import joined
from symbackprop.numeric.field import double, largest, size
from symbackprop.readings import unit
from symbackprop.vocabulary import Role

STEP = Fraction(1, 100)
SMALL = 1e-15  # as good as 0


def group(a: Account, step: Step) -> list[Block]:
    """One array of parameters: which entry moves the error most, by how much, and why that one."""
    if not a.numeric or a.brief or step.rule == "independent" or a.symbolic(step):
        return []
    entries = a.entries(step)
    most = entries[largest([_size(a, unit.left(step, e)) for e in entries])]
    left = unit.left(step, most)
    if _size(a, left) < SMALL:
        return [a.paragraph("meaning.zero", weight=a.math(ref(step.of, *left.at)), error=a.math(a.error))]
    said: list[Inlines] = [meaning(a, left)]
    if len(entries) > 1 and len(entries) == a.count(step):
        said += [a.say("meaning.most", weight=a.math(ref(step.of, *left.at))), *_why_most(a, step, entries, most)]
        said.append(_signs(a, [unit.left(step, e) for e in entries]))
    return [Paragraph(joined(*[part for one in said for part in (" ", one)][1:]))]


def meaning(a: Account, left: Form) -> Inlines:
    """Raising the parameter by 0.01 moves E by about 0.01 times the derivative."""
    assert a.values is not None
    sign = "up" if a.values(left) > 0 else "down"
    amount = a.values(mul(num(STEP if sign == "up" else -STEP), left))
    slots = {"step": a.decimal(STEP), "change": Math(shown(a.about(amount))), "error": a.math(a.error)}
    return a.say(f"meaning.{sign}", weight=a.math(ref(left.name, *left.at)), **slots)


def _why_most(a: Account, step: Step, entries: list[tuple[int, ...]], most: tuple[int, ...]) -> list[Inlines]:
    """The factor that is the largest of its kind: the delta, what comes in, or both."""
    rows = {e: unit.ways(step, e) for e in entries}
    if any(len(ways) != 1 for ways in rows.values()):
        return [a.say("meaning.sum")]
    came = {e: _factor(a, ways[0].factors, delta=True) for e, ways in rows.items()}
    inside = {e: _factor(a, ways[0].factors, delta=False) for e, ways in rows.items()}
    told = {
        name: a.math(found[most][0])
        for name, found in (("delta", came), ("input", inside))
        if found[most] is not None and len({x[1] for x in found.values()}) > 1
        if all(found[most][1] >= x[1] for x in found.values())
    }
    if not told:
        return []
    return [a.say("meaning.why-" + "-".join(told), **told)]


def _factor(a: Account, factors: tuple[Form, ...], *, delta: bool) -> tuple[Form, float]:
    """What came back, or all the other factors, and its size."""
    found = [f for f in factors if (f.role is Role.DELTA and f.op in ENTRIES) is delta]
    product = mul(*found) if found else num(1)
    return product, _size(a, product)


def _size(a: Account, form: Form) -> float:
    assert a.values is not None
    return size(a.values(form))


def _signs(a: Account, lefts: list[Form]) -> Inlines:
    assert a.values is not None
    up = sum(a.values(left) > 0 for left in lefts)
    if up in (0, len(lefts)):
        return a.say("meaning.all-up" if up else "meaning.none-up", error=a.math(a.error))
    return a.say("meaning.some-up", up=str(up), count=str(len(lefts)))


# ---- all together ----------------------------------------------------------------------------------------------


def section(a: Account) -> list[Block]:
    """Over all groups: what moves the error most, and whether the update did what its slope promises."""
    if not a.numeric or a.brief or a.changed is None:
        return []
    steps = [s for s in a.partials if s.of in a.graph.parameters and s.rule != "independent" and not a.symbolic(s)]
    every = [left for s in steps for e in a.entries(s) if _size(a, left := unit.left(s, e)) > SMALL]
    if not every:
        return []
    sizes = [_size(a, f) for f in every]
    most, least = every[largest(sizes)], every[largest([-size for size in sizes])]
    blocks: list[Block] = [a.heading(3, "meaning.heading")]
    named = {"most": a.math(ref(most.name, *most.at)), "error": a.math(a.error)}
    blocks.append(a.paragraph("meaning.largest", partial=a.equation(most, a.value(most)), **named))
    if most != least:
        times = _times(_size(a, most) / _size(a, least))
        blocks.append(a.paragraph("meaning.smallest", least=a.math(ref(least.name, *least.at)), times=times))
        layer = Layers(a).of
        blocks += [a.paragraph("meaning.far")] if layer.get(least.name, 0) < layer.get(most.name, 0) else []
    return [*blocks, *_promised(a)]


def _times(ratio: float) -> Math:
    return Math(shown(f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"))


def _promised(a: Account) -> list[Block]:
    """E falls by about η Σ (∂E/∂w)², as long as the step is short."""
    if len(a.trajectory) < 2 or not a.steps.rule.plain or a.steps.from_updated or a.problem.training.order != "batch":
        return []
    squares = [
        power(delta(Form("ref", unit.left(s, e).args)), num(2))
        for s in a.partials
        if s.of in a.problem.train
        for e in unit.entries(s.axes)
    ]
    assert a.values is not None
    fall: Any = a.values(mul(hyper("rate"), add(*squares)))
    before, after = (double(x) for x in a.trajectory[:2])
    slots = {"promised": Math(shown(a.about(fall))), "actual": Math(shown(f"{before - after:.3g}"))}
    return [a.paragraph("meaning.promised", **slots, error=a.math(a.error))]
