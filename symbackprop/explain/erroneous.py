"""A worked solution with one wrong line to find, and its key: (wrong Document, key Document).

One mistake of the table is made in one entry of one step.  The derivation is evaluated with it, so that all that comes
after is carried along rightly, and the solution is told with those numbers.  The line itself is then rewritten as the
mistake writes it.

A mistake is taken only where it leaves exactly one false line that can be seen: the entry has one display of its own,
its value is off by more than a tenth, and no quantity is printed with two values (as it would be where a second way
of calculating it goes round the mistake).  The check at the end is left out: it is there to give such a mistake away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from symbackprop.derivation import Step, Steps
from symbackprop.derivation.mutate import mistaken, with_mistake
from symbackprop.document import Block, Box, Cite, Document, Equation, Heading, Inlines, Math, Paragraph, blocks
from symbackprop.errors import SymbackpropError
from symbackprop.explain import explain
from symbackprop.explain.account import Account
from symbackprop.form import Form, walk
from symbackprop.readings import unit
from symbackprop.tables.mistakes import MISTAKES, Mistake

Carried = Callable[[Steps], Callable[[Form], Any]]  # the values that follow from a derivation with a mistake in it

Told = tuple[Document, Equation]  # the wrong document, and the wrong display in it

# The mistakes that one line of a worked solution can have; first what students do most.
TOLD = (
    *("missing-path", "missing-hidden-derivative"),
    *("sign-inner-derivative", "missing-activation-derivative", "softmax-diagonal-only"),
    *("derivative-at-net-instead-of-out", "activation-for-its-derivative"),
    *("path-by-own-index", "transposed-weight-index", "weight-omitted", "paths-averaged"),
    *("node-counted-twice", "overwritten-not-accumulated"),
    *("input-dropped", "shared-bias-not-summed", "shared-bias-averaged"),
    *("ascent-instead-of-descent", "rate-forgotten", "weight-replaced-by-gradient"),
)


class Slip(NamedTuple):
    """A mistake in one entry of one step."""

    mistake: Mistake
    step: Step
    entry: tuple[int, ...]
    left: Form
    wrong: Form
    steps: Steps


def erroneous(account: Account, right: Document, carried: Carried) -> tuple[Document, Document]:
    """The document with one wrong line, and its key."""
    if not account.numeric:
        raise SymbackpropError("a solution with one mistake in it needs numbers: give every array its values")
    if account.steps.from_updated:
        raise SymbackpropError('the solution has a mistake in it already: write hidden-deltas-from = "old-weights"')
    displays = _displays(right)
    for slip in _slips(account):
        shown = displays.get(account.names.spelled(slip.left), [])
        if len(shown) == 1:
            told = _told(account, slip, carried(slip.steps), shown[0])
            if told is not None and _agrees(told[0]):
                return told[0], _key(account, slip, right, told[1], shown[0])
    raise SymbackpropError("no mistake of the table shows in these numbers: choose others (symbackprop list mistakes)")


def _displays(document: Document) -> dict[Form, list[Equation]]:
    """The displays by what they define."""
    out: dict[Form, list[Equation]] = {}
    for block in blocks(document):
        if isinstance(block, Equation) and block.lines[0].left is not None:
            out.setdefault(block.lines[0].left, []).append(block)
    return out


def _slips(a: Account) -> Iterator[Slip]:
    """Every mistake in every entry that is told; the first entry of a step, which is the model of the others, last."""
    rated = a.problem.training.rate is not None
    back = (step for step in a.steps.steps if step.rule != "definition")
    told = [step for step in back if rated or step.left.op != "updated"]  # a rate η gives no number
    for mistake in map(MISTAKES.__getitem__, TOLD):
        for step in told:
            form = mistaken(a.steps, step, mistake)
            if form is None:
                continue
            first, *others = a.entries(step) or [()]
            for entry in (*others, first):
                if len(entry) == len(step.axes):
                    wrong = unit.right(replace(step, form=form), entry)
                    made = with_mistake(a.steps, step, form, entry)
                    yield Slip(mistake, step, entry, unit.left(step, entry), wrong, made)


# ---- the wrong document ------------------------------------------------------------------------------------------


def _told(a: Account, slip: Slip, values: Callable[[Form], Any], shown: Equation) -> Told | None:
    """The solution with the numbers that follow from the mistake, and the wrong display; None where nobody sees it."""
    assert a.values is not None
    wrong = replace(a.afresh(), values=values, changed=None, trajectory=(), other_rule=None, claims=(), asks=False)
    if not _seen(*(Fraction(a.about(x)) for x in (values(slip.left), a.values(slip.left)))):
        return None
    document = explain(wrong)
    display = _rewritten(wrong, slip, shown)
    told = (_exchanged(block, display) for block in _without_empty_parts(document.blocks))
    task = Paragraph(a.say("erroneous.task"))
    title = a.text("erroneous.title", title=document.title)
    return replace(document, title=title, blocks=(task, *told)), display


def _seen(wrong: Fraction, right: Fraction) -> bool:
    return abs(wrong - right) > abs(right) / 10


def _exchanged(block: Block, display: Equation) -> Block:
    """The block, with the display in place of the one that defines the same."""
    if isinstance(block, Box):
        return replace(block, blocks=tuple(_exchanged(inner, display) for inner in block.blocks))
    defines = isinstance(block, Equation) and block.lines[0].left == display.lines[0].left
    return display if defines else block


def _rewritten(a: Account, slip: Slip, shown: Equation) -> Equation:
    """The display as the mistake writes it: its last line in symbols, and the numbers that follow."""
    symbols = [line for line in shown.lines if any(f.op == "symbol" for f in walk(line.right))]
    several = slip.wrong.op == "add" and any(line.why == a.why("each-way") for line in shown.lines)
    first, *numbers = a.lines(slip.left, (slip.wrong, symbols[-1].why), apart=several)
    return replace(shown, lines=(*symbols[:-1], replace(first, left=symbols[-1].left), *numbers))


def _without_empty_parts(some: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without headings under which nothing stands any more."""
    kept: list[Block] = []
    level = 0  # of the heading below, or 0 at the end
    for block in reversed(some):
        if isinstance(block, Heading) and level <= block.level and (not kept or isinstance(kept[-1], Heading)):
            continue
        kept.append(block)
        level = block.level if isinstance(block, Heading) else 0
    return tuple(reversed(kept))


def _agrees(document: Document) -> bool:
    """Whether every quantity is printed with one value."""
    ends = {
        left: {str(last.args[0]) for block in some if (last := block.lines[-1].right).op == "shown"}
        for left, some in _displays(document).items()
    }
    return all(len(values) <= 1 for values in ends.values())


# ---- the key -----------------------------------------------------------------------------------------------------


def _key(a: Account, slip: Slip, right: Document, wrong: Equation, shown: Equation) -> Document:
    name = slip.mistake.name
    quantity = Math(a.names.spelled(slip.left))
    where: Inlines = (Cite(wrong.number),) if wrong.number is not None else (quantity,)
    sentences = (Paragraph(a.say(f"mistake.{name}.{part}")) for part in ("done", "why", "how"))
    return replace(
        right,
        title=a.text("erroneous.key-title", title=right.title),
        blocks=(
            Paragraph(a.say("erroneous.line", where=where, quantity=quantity)),
            replace(wrong, number=None),
            Paragraph(a.say("erroneous.name", name=name)),
            *sentences,
            Paragraph(a.say("erroneous.right")),
            shown,
            Paragraph(a.say("erroneous.after")),
        ),
    )
