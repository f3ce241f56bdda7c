"""The updates, and what there is to agree on about an optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symbackprop.derivation import Step
from symbackprop.derivation.updates import AHEAD, NORM
from symbackprop.document import Block, Cite, Equation, Inlines, Line
from symbackprop.explain import questions
from symbackprop.explain.account import Account, placed
from symbackprop.figures import bars
from symbackprop.form import Form, add, hyper, neg, ref, walk
from symbackprop.numeric.field import middle
from symbackprop.readings import unit
from symbackprop.spec.training import options_of


def section(a: Account) -> list[Block]:
    """Every parameter after one step."""
    if not a.problem.train:
        return [a.heading(2, "solution.update"), a.paragraph("convention.train.none")]
    blocks: list[Block] = [a.heading(2, "solution.update"), idea(a), *together(a)]
    if a.steps.from_updated and any(f.op == "updated" for f in a.told):
        blocks.append(a.paragraph("update.told-before"))
    blocks += [block for name in a.problem.train for block in of(a, name)]
    blocks += picture(a)
    name = a.problem.train[-1]
    return [*blocks, *(questions.minus(a, a.at(name)) if a.steps.rule.plain and not _symbolic(a) else [])]


def picture(a: Account) -> list[Block]:
    """How far each parameter moves."""
    if a.values is None or a.brief or not a.plots or _symbolic(a):
        return []
    steps = ([*a.steps.updates(name)][-1] for name in a.problem.train)
    lefts = [unit.left(step, entry) for step in steps for entry in unit.entries(step.axes)]
    moved = [(a.names.spelled(ref(f.name, *f.at)), middle(a.values(_change(f)))) for f in lefts]
    if not any(change for _, change in moved):
        return []
    drawn = bars.changes("update", moved, a.language, "1")
    return [a.paragraph("picture.update", figure=Cite(drawn.name)), drawn]


def _change(updated: Form) -> Form:
    return add(updated, neg(ref(updated.name, *updated.at)))


def at(a: Account, left: Form) -> Iterable[Block]:
    """One entry, where a step needs it before its turn."""
    step = a.steps.update(left.name)
    entry = placed(step, left) if step is not None else None
    if step is not None and entry is not None and left not in a.told:
        yield _display(a, step, entry)


def idea(a: Account) -> Block:
    """What the optimizer does, in a sentence."""
    return a.paragraph("update.idea" if a.steps.rule.plain else f"optimizer.idea.{a.problem.training.optimizer}")


def together(a: Account) -> list[Block]:
    """What comes before any parameter: the gradients where the velocity leads, the norm of the gradient."""
    ahead = [s for name in a.problem.train for s in a.steps.updates(name) if s.of == f"{name}.{AHEAD}"]
    return [block for step in (*ahead, *a.steps.updates(NORM)) for block in _whole(a, step)]


def of(a: Account, name: str) -> list[Block]:
    """How one parameter moves: its first entry line by line, the others by what becomes of them."""
    *before, last = (s for s in a.steps.updates(name) if s.of != f"{name}.{AHEAD}")
    blocks = [block for step in before for block in _whole(a, step)]
    entries = [] if _symbolic(a) else a.entries(last)
    if not entries or len(entries) < a.count(last):
        blocks += a.general(last)
    for k, entry in enumerate(entries):
        if k == 1 and before:
            blocks.append(a.paragraph("optimizer.others"))
        if unit.left(last, entry) not in a.told:
            blocks.append(_display(a, last, entry))
    return blocks


def _whole(a: Account, step: Step) -> Iterable[Block]:
    """A line on the way, at the first entry."""
    entries = [] if _symbolic(a) else a.entries(step)
    if not entries or (len(entries) < a.count(step) and step.left.op != "adjoint"):
        yield from a.general(step)
    if entries:
        yield _display(a, step, entries[0])


def _symbolic(a: Account) -> bool:
    """Whether the rate is a symbol where all else is a number, so that an update has none."""
    return a.numeric and a.problem.training.rate is None


def _display(a: Account, step: Step, entry: tuple[int, ...]) -> Equation:
    left = unit.left(step, entry)
    if step.left.op == "adjoint" and a.numeric:  # the same derivation once more, at another place
        return Equation((Line(a.names.spelled(left), a.value(left), why=a.say(f"why.moved.{AHEAD}")),))
    return a.display(left, (a.right(step, entry), _why(a, step)))


def _why(a: Account, step: Step) -> str:
    if a.steps.rule.plain:
        return "update"
    _, dot, line = step.of.partition(".")
    return f"moved.{line.rstrip('23')}" if dot else "moved.w"


# ---- conventions -----------------------------------------------------------------------------------------------


def numbers(a: Account) -> list[str]:
    """The numbers of the training that the updates name, in order; scale and the like are no given ones."""
    found = (str(f.args[0]) for s in a.steps.steps for f in walk(s.form) if f.op == "hyper")
    return [name for name in dict.fromkeys(found) if name != "rate"]


NAMED = {  # what a sentence speaks of: slot and name
    "sgd": {"momentum": "momentum"},
    "adamw": {"decay": "weight_decay"},
    "adamax": {"epsilon": "epsilon"},
    "nadam": {"fading": "fading", "decay": "momentum_decay"},
    "dampening": {"dampening": "dampening"},
    "nesterov-sgd": {"momentum": "momentum"},
    "nesterov-momentum": {"momentum": "momentum"},
    "epsilon-inside": {"epsilon": "epsilon"},
    "epsilon-outside": {"epsilon": "epsilon"},
    "corrected": {"t": "t"},
    "clip-norm": {"clip": "clip"},
    "clip-value": {"clip": "clip"},
    "l1": {"strength": "l1"},
    "l2": {"strength": "l2"},
}


def conventions(a: Account) -> Iterator[Inlines]:
    """Whose form it is, and where its epsilon stands, for whoever compares with another book or framework."""
    training, rule = a.problem.training, a.steps.rule
    options = options_of(training)
    if rule.states:
        yield _convention(a, training.optimizer)
    if not rule.plain:
        yield a.say("optimizer.names")
    if options.get("dampening"):
        yield _convention(a, "dampening")
    if options.get("nesterov"):
        yield _convention(a, f"nesterov-{training.optimizer}")
    if "epsilon-inside-root" in options:
        yield _convention(a, "epsilon-inside" if options["epsilon-inside-root"] else "epsilon-outside")
    if "bias-correction" in options:
        yield _convention(a, "corrected" if options["bias-correction"] else "uncorrected")
    if rule.states and not training.state and not options.get("initial-accumulator"):
        yield a.say("optimizer.zero")
    yield from _around(a)


def _convention(a: Account, key: str) -> Inlines:
    named = {slot: a.math(hyper(name)) for slot, name in NAMED.get(key, {}).items()}
    return a.say(f"optimizer.convention.{key}", **named)


def _around(a: Account) -> Iterator[Inlines]:
    """What is done to the rate and to the gradient, with any optimizer."""
    training = a.problem.training
    if training.decay is not None:
        every = {"every": str(training.decay.every)} if training.decay.kind == "step" else {}
        factor = a.decimal(training.decay.factor)
        yield a.say(f"optimizer.convention.decay-{training.decay.kind}", factor=factor, **every)
    if training.clip is not None:
        yield _convention(a, "clip-norm" if training.clip.norm is not None else "clip-value")
    for key in ("l2", "l1"):
        if getattr(training, key) is not None:
            yield _convention(a, key)
