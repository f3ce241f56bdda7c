"""One line of a derivation is wrong, and what follows is carried along rightly: which line, and which mistake?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from symbackprop import language as words
from symbackprop.derivation.steps import bare
from symbackprop.document import Equation, Line, Paragraph
from symbackprop.exams.case import BACKWARD, Case, Lot, Printed, Sheet
from symbackprop.exams.model import Asked
from symbackprop.exams.numbers import merged
from symbackprop.exams.outcomes import Wanted, Wrong, items
from symbackprop.exams.questions.numbers import adjoint, one
from symbackprop.exams.questions.options import choice
from symbackprop.exams.questions.order import side
from symbackprop.exams.row import Row
from symbackprop.exams.source import in_turn
from symbackprop.exams.tape import Scope, affected
from symbackprop.exams.told import Blocks, DrawnQuestion
from symbackprop.exams.variant import Choice, Option, Part, Question
from symbackprop.explain.account import Account
from symbackprop.form import Form
from symbackprop.spec.numbers import Refused

MOST_LINES, MOST_SLIPS, OPTIONS = 24, 12, 4
SEEN = 0.1  # of the right value: a line that is off by less is not seen to be wrong


class Slip(NamedTuple):
    """A derivation with one wrong line."""

    wrong: Wrong
    line: int
    text: Printed
    right: int  # the nodes of the line's value, right and wrong
    value: int


def sheet(case: Case, asked: Asked, id: str) -> Sheet:
    word = one(asked)
    form = adjoint(case, word, case.entry(word))
    told = [f for f in case.above(form) if (s := case.step(f)) is not None and s.rule != "seed"]
    told = [f for f in told if case.stage(f) in BACKWARD][-MOST_LINES:]
    slips = list(slipped(case, form, told))
    if not slips:
        raise Refused(
            f"no mistake of the table makes exactly one of the lines for {word} wrong; ask for another quantity"
        )
    right = {f: side(case, f) for f in told}
    worked = case.printed(right, lambda a: numbered(case, right, partial(case.lines, a)))
    labels = [case.say("line", number=str(k)) for k in range(1, len(told) + 1)]
    done = {s.wrong.mistake: words.say(case.language, f"mistake.{s.wrong.mistake}.done") for s in slips}

    def build(row: Row, first: int, lot: Lot) -> Question:
        slip = seen(slips, row, lot, id)
        lines = tuple(
            Option(
                labels[k],
                case.say("right") if k == slip.line else case.say("line-is-right"),
                "" if k == slip.line else f"line-{k + 1}",
                str(k + 1),
            )
            for k in range(len(told))
        )
        name = slip.wrong.mistake
        others = [Option(done[m], case.say("other-mistake"), m, m) for m in done if m != name]
        key = Option(done[name], case.feedback(slip.wrong), "", name)
        parts = (
            Part(f"{id}.1", case.say("which-line"), asked.points, Choice(lines)),
            Part(
                f"{id}.2",
                case.say("which-mistake"),
                asked.points,
                choice(key, others, OPTIONS, lot, f"{id}.2"),
                None,
                (f"{id}.1",),
            ),
        )
        return DrawnQuestion(id, "find-mistake", slip.text.told(row), parts, worked.told(row))

    nodes = [k for s in slips for k in (*s.text.nodes, s.right, s.value)]
    return Sheet(id, (), build, (*worked.nodes, *nodes), ((form, case.scope.node(form)),), told=tuple(told))


def slipped(case: Case, form: Form, told: list[Form]) -> Iterator[Slip]:
    """The derivations with a mistake in exactly one of the lines."""
    known: set[str] = set()
    (item,) = merged(case.scope.tape, case.grids, items(case.scope.tape, case.scope, [Wanted(form)]))
    for w in item.wrong:
        sides = {f: w.scope.right(w.scope.steps.of[bare(f)], f) for f in told}
        off = [k for k, f in enumerate(told) if sides[f] != side(case, f)]
        if len(off) != 1 or w.mistake in known or len(known) == MOST_SLIPS:
            continue
        known.add(w.mistake)
        changed = affected(case.scope.steps, w.scope.steps)
        head = Paragraph(case.say("ask.find-mistake", what=case.math(form)))

        def make(a: Account, sides: dict[Form, Form] = sides, head: Paragraph = head) -> Blocks:
            return (head, *numbered(case, sides, partial(case.lines_asked, a)))

        def other(f: Form, changed: frozenset[Form] = changed, scope: Scope = w.scope) -> Scope | None:
            return scope if bare(f) in changed else None

        text = case.printed(sides, make, other)
        left = told[off[0]]
        yield Slip(w, off[0], text, case.scope.node(left), w.scope.node(left))


def numbered(case: Case, sides: Mapping[Form, Form], lines: Callable[[Form, Form], tuple[Line, ...]]) -> Blocks:
    """The lines, each with its number beside it: no numbers of displays, which are the whole paper's."""
    out = []
    for k, (left, right) in enumerate(sides.items(), 1):
        first, *rest = lines(left, right)
        out.append(Equation((replace(first, why=case.say("line", number=str(k))), *rest)))
    return tuple(out)


def seen(slips: list[Slip], row: Row, lot: Lot, part: str) -> Slip:
    """A slip whose line is off by more than a tenth, each as likely; the most wrong one where none is."""

    def off(s: Slip) -> float:
        right, wrong = row.double(s.right), row.double(s.value)
        return abs(wrong - right) / abs(right) if right else 1.0

    start = in_turn(len(slips), lot.index, lot.seed, part, "slip")
    turned = slips[start:] + slips[:start]
    return next((s for s in turned if off(s) > SEEN), max(turned, key=off))
