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
from symbackprop.exams.source import Source
from symbackprop.exams.tape import Scope, Slipped
from symbackprop.exams.told import Blocks, DrawnQuestion
from symbackprop.exams.variant import Choice, Option, Part, Question
from symbackprop.explain.account import Account
from symbackprop.form import Form
from symbackprop.spec.numbers import Refused

MOST_LINES, MOST_SLIPS, OPTIONS = 24, 4, 4
SEEN = 0.1  # of the right value: a line that is off by less is not seen to be wrong


class Slip(NamedTuple):
    """A derivation with one wrong line."""

    wrong: Wrong
    names: tuple[str, ...]  # all mistakes that write the line so, the likeliest first
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
        raise Refused(f"no mistake of the table makes one of the lines for {word} wrong; ask for another quantity")
    right = {f: side(case, f) for f in told}
    worked = case.printed(right, lambda a: numbered(case, right, partial(case.lines, a)))
    labels = [case.say("line", number=str(k)) for k in range(1, len(told) + 1)]
    rights = [case.say("line-is-right", line=case.equal(f, right[f])) for f in told]
    done = {name: words.say(case.language, f"mistake.{name}.done") for s in slips for name in s.names}

    def build(row: Row, first: int, lot: Lot) -> Question:
        slip = seen(slips, row, lot, id)
        lines = tuple(
            Option(label, case.say("right"), "", str(k + 1))
            if k == slip.line
            else Option(label, rights[k], f"line-{k + 1}", str(k + 1))
            for k, label in enumerate(labels)
        )
        name = slip.names[0]
        others = [Option(done[m], case.say("other-mistake"), m, m) for m in done if m not in slip.names]
        key = Option(done[name], case.feedback(slip.wrong), "", name)
        named = choice(key, others, OPTIONS, lot, f"{id}.2")
        parts = (
            Part(f"{id}.1", case.say("which-line"), asked.points, Choice(lines)),
            Part(f"{id}.2", case.say("which-mistake"), asked.points, named, None, (f"{id}.1",)),
        )
        return DrawnQuestion(id, "find-mistake", slip.text.told(row), parts, worked.told(row))

    nodes = [k for s in slips for k in (*s.text.nodes, s.right, s.value)]
    return Sheet(id, (), build, (*worked.nodes, *nodes), ((form, case.scope.node(form)),), told=tuple(told))


def slipped(case: Case, form: Form, told: list[Form]) -> Iterator[Slip]:
    """Each line with some of the mistakes that can be made in it; all other lines stay as they are."""
    (item,) = merged(case.scope.tape, case.grids, items(case.scope, [Wanted(form)], case.grids.known))
    head = case.paragraph("ask.find-mistake", what=case.math(form))
    sides = {f: side(case, f) for f in told}
    for k, at in enumerate(told):
        found: dict[Form, list[Wrong]] = {}
        for w in item.wrong:
            found.setdefault(w.scope.right(w.scope.steps.of[bare(at)], at), []).append(w)
        found.pop(sides[at], None)
        for wrong, mistakes in list(found.items())[:MOST_SLIPS]:
            touched = carried(case, at, told[k:])
            scope = Slipped(case.scope, at, wrong, touched)
            text = written(case, head, sides | {at: wrong}, touched, scope)
            names = tuple(dict.fromkeys(name for w in mistakes for name in w.names))
            yield Slip(mistakes[0], names, k, text, case.scope.node(at), scope.node(at))


def carried(case: Case, at: Form, after: list[Form]) -> frozenset[Form]:
    """The lines that a mistake in one of them moves."""
    touched = {at}
    for f in after:
        if touched.intersection(case.below(f)):
            touched.add(f)
    return frozenset(touched)


def written(case: Case, head: Paragraph, sides: Mapping[Form, Form], touched: frozenset[Form], scope: Scope) -> Printed:
    def make(a: Account) -> Blocks:
        return (head, *numbered(case, sides, partial(case.lines_asked, a)))

    return case.printed(sides, make, lambda f: scope if f in touched else None)


def numbered(case: Case, sides: Mapping[Form, Form], lines: Callable[[Form, Form], tuple[Line, ...]]) -> Blocks:
    """The lines, each with its number beside it: no numbers of displays, which are the whole paper's."""
    out = []
    for k, (left, right) in enumerate(sides.items(), 1):
        first, *rest = lines(left, right)
        out.append(Equation((replace(first, why=case.say("line", number=str(k))), *rest)))
    return tuple(out)


def seen(slips: list[Slip], row: Row, lot: Lot, part: str) -> Slip:
    """A slip whose line is off by more than a tenth: each line equally often; the most wrong one where none is."""

    def off(s: Slip) -> float:
        right, wrong = row.double(s.right), row.double(s.value)
        return abs(wrong - right) / abs(right) if right else 1.0

    lines = sorted({s.line for s in slips})
    start = lot.turn(len(lines), part, "line")
    mixed = Source(lot.seed, lot.variant, part, "slip").shuffled(slips)
    turned = [s for line in lines[start:] + lines[:start] for s in mixed if s.line == line]
    return next((s for s in turned if off(s) > SEEN), max(turned, key=off))
