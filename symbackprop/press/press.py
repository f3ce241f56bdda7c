"""Stories, found by the answers of the numbers, and filled with their digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from symbackprop.document import Block, Document
from symbackprop.errors import SymbackpropError
from symbackprop.explain import explain
from symbackprop.form import Form, Index, walk
from symbackprop.numeric.entry import RULES, value_of
from symbackprop.numeric.exact import entrywise
from symbackprop.numeric.field import Field, PrecisionNeeded, Undecided, Value
from symbackprop.numeric.kinks import kinks
from symbackprop.numeric.schedule import starts
from symbackprop.numeric.watched import Question, Rule, Slot, Watch
from symbackprop.press.blocks import Digits, Unpressable, slots, widest
from symbackprop.press.digits import printer
from symbackprop.press.story import SUFFIXES, Blocks, Part, Piece, Story, Told, Tree
from symbackprop.press.straight import DOUBLES, OTHER_ERROR, Straight, error_after, moved_error
from symbackprop.spec.numbers import number

if TYPE_CHECKING:
    from symbackprop.explain.account import Account
    from symbackprop.sheets import Solution
    from symbackprop.spec.problem import Problem

MOST_STORIES = 256
OPEN = (Undecided, PrecisionNeeded, ZeroDivisionError, OverflowError)


class Press:
    """Solutions of one topology in one format and language.  `slow` counts those that went the ordinary way."""

    def __init__(self, solution: Solution, format: str = "latex") -> None:
        if format not in SUFFIXES:
            raise SymbackpropError(f"solutions are pressed as {', '.join(SUFFIXES)}, not as {format!r}")
        self.solution, self.format = solution, format
        self.slow = 0
        derivation = solution.derivation
        self.field = derivation.field
        self.given = derivation.problem.values | starts(derivation.derivation, derivation.problem.training)
        self.straight = Straight(derivation.derivation, derivation.turned.derivation if derivation.turned else None)
        self.slots: dict[Slot, int] = {}  # the place of its text
        self.texts: dict[tuple[str, Rule], int] = {}
        self.printers: list[Callable[[Value], str]] = []
        self.questions: dict[Question, int] = {}  # the place of its answer; below 0, of what is alike
        self.alike: list[tuple[int, int | str]] = []  # from the end: a text, and another or what it may say
        self.widest: list[int] = []
        self.stories: Tree = {}
        self.blocks: Blocks = {}
        self.function: Callable[..., Any] | None = None
        self.count = 0
        self.can = derivation.numeric and _one_turn(derivation.problem)

    def __call__(self, values: Mapping[str, Any]) -> str:
        """The solution with other numbers for some of its arrays."""
        given = {name: entrywise(x, number) for name, x in values.items()}
        story = self._story(given) if self.can and self.function else None
        if story is None:
            return self._told(given)
        found, parts, digits = story
        try:
            if not all(part.sound for part in parts):
                return self.ordinary(given)
            text = found.text(parts, digits)
        except Unpressable:
            return self.ordinary(given)
        return text if all(part.trusted for part in parts) else self._proven(parts, text, given)

    def ordinary(self, given: Mapping[str, Any]) -> str:
        self.slow += 1
        text = self.solution.of(given).render(self.format)
        assert isinstance(text, str)
        return text

    # ---- the quick way -------------------------------------------------------------------------------------------

    def _story(self, given: Mapping[str, Any]) -> tuple[Story, tuple[Part, ...], Digits] | None:
        assert self.function is not None
        arrays = [given.get(name, self.given[name]) for name in self.straight.arrays]
        try:
            with self.field.at_precision():
                results, answers = self.function(*arrays)
                texts = [print(x) for print, x in zip(self.printers, results, strict=True)]
        except OPEN:
            return None

        def find(tree: Tree) -> Any:
            while None not in tree:
                ((question, ways),) = tree.items()
                answer = answers[question] if question >= 0 else self._alike(question, texts)
                if answer not in ways:
                    return None
                tree = ways[answer]
            return tree[None]

        story = find(self.stories)
        parts = story and story.parts(find)
        return (story, parts, Digits(texts, self.widest)) if parts else None

    def _alike(self, question: int, texts: list[str]) -> bool:
        one, other = self.alike[-1 - question]
        return texts[one] == (texts[other] if isinstance(other, int) else other)

    # ---- the first time ------------------------------------------------------------------------------------------

    def _told(self, given: Mapping[str, Any]) -> str:
        """The ordinary text; what was asked and told on the way is kept for the next."""
        text = self.ordinary(given)
        if self.can and self.count < MOST_STORIES:
            try:
                self._keep(given, text)
            except (TypeError, Unpressable, RecursionError, KeyError, *OPEN):
                self.can = self.count > 0
        return text

    def _proven(self, parts: tuple[Part, ...], pressed: str, given: Mapping[str, Any]) -> str:
        """Before it is trusted, a story is compared with the ordinary text for other numbers than it was made from."""
        text = self.ordinary(given)
        for part in parts:
            part.sound = part.trusted or pressed == text
            part.trusted = part.sound
        return text

    def _keep(self, given: Mapping[str, Any], text: str) -> None:
        """The same told with watched numbers."""
        solution = self.solution.of(given)
        account = solution.account()
        watch = Watch(_reader(account, self.field), lambda x, rule: printer(rule, self.field)(x))
        watched, apart = _watched(account, watch, self.field), Apart(watch)
        watched.apart = lambda make: apart(watched, make)
        told = Told(explain(watched), apart.pieces)
        asked = [watch.answers, *apart.answers]
        self._ask([question for answers in asked for question in answers], told.document)
        self._place(asked, Story(told, solution, self.format, text, self.slots, self.blocks))

    def _ask(self, questions: list[Question], document: Document) -> None:
        """What is printed and asked, into the straight line."""
        alike = [x for q in questions if q.rel == "alike" for x in (q.left, q.right) if isinstance(x, Slot)]
        for slot in (*(text.slot for text in slots(document.blocks)), *alike):
            if slot not in self.slots:
                self.slots[slot] = self._text(self.straight.value(slot.form), slot.rule)
        for question in questions:
            if question not in self.questions:
                self.questions[question] = self._question(question)
        self.function = self.straight.function(self.field, self.solution.derivation.numbers)

    def _question(self, question: Question) -> int:
        left, rel, right = question
        if isinstance(left, Slot):
            self.alike.append((self.slots[left], self.slots[right] if isinstance(right, Slot) else str(right)))
            return -len(self.alike)
        if isinstance(left, Form) and isinstance(right, Form):
            return self.straight.compares(left, rel, right)
        return self.straight.largest(left)  # type: ignore[arg-type]  # of a tuple: a slot is no tuple of forms

    def _text(self, value: str, rule: Rule) -> int:
        """The place of what is printed: many slots print the same value alike."""
        if (value, rule) not in self.texts:
            self.texts[value, rule] = len(self.texts)
            self.straight.values.append(value)
            self.printers.append(printer(rule, self.field))
            self.widest.append(widest(rule))
        return self.texts[value, rule]

    def _place(self, asked: list[dict[Question, int]], story: Story) -> None:
        """The story, or what is new of it, at the end of its answers.  Where these are the same, so are the questions
        that come next."""
        self.count += 1
        known = self._leaf(self.stories, asked[0], story)
        if known.skeleton != story.skeleton:
            raise Unpressable("the same answers have told another story")
        for tree, answers, made in zip(known.pieces, asked[1:], story.made, strict=True):
            self._leaf(tree, answers, made)

    def _leaf(self, tree: Tree, answers: dict[Question, int], new: Any) -> Any:
        for question, answer in answers.items():
            tree = tree.setdefault(self.questions[question], {}).setdefault(answer, {})
        return tree.setdefault(None, new)


class Apart:
    """Blocks that are told apart, where they change nothing of what is told later."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.pieces: list[list[Block]] = []
        self.answers: list[dict[Question, int]] = []

    def __call__(self, a: Account, make: Callable[[], list[Block]]) -> list[Any]:
        before = _state(a)
        blocks, answers = self.watch.apart(make)
        if _state(a) != before:
            self.watch.answers |= answers
            return list(blocks)
        self.pieces.append(blocks)
        self.answers.append(answers)
        return [Piece(len(self.pieces) - 1)]


def _state(a: Account) -> list[int]:
    """What has been told so far."""
    general = sum(map(len, a.general_forms.values()))
    return [a.displays, general, *map(len, (a.told, a.first, a.said, a.pictured, a.answers))]


def _one_turn(problem: Problem) -> bool:
    """Whether the second update is by the same samples as the first."""
    return problem.samples is None or problem.training.order == "batch"


def _watched(account: Account, watch: Watch, field: Field) -> Account:
    """The account, with watched numbers for its numbers."""
    tied = account.problem.program and any(f.op == "cases" for d in account.graph.definitions for f in walk(d.body))
    return replace(
        account,
        values=watch.number,
        changed=lambda name, at, by: watch.number(moved_error(name, at, Fraction(by))),
        trajectory=tuple(watch.number(error_after(k)) for k in range(len(account.trajectory))),
        other_rule=None if account.other_rule is None else watch.number(OTHER_ERROR),
        on_kinks=frozenset(kinks(account.steps, watch.number, field)) if tied else frozenset(),
    )


def _reader(account: Account, field: Field) -> Callable[[Form], Any]:
    """What a watched form really is."""
    changed = account.changed
    assert account.values is not None and changed is not None
    values = account.values

    def atom(f: Form) -> Any:
        if f.op == "moved-error":
            return changed(str(f.args[0]), tuple(i.const for i in f.args if isinstance(i, Index)), str(f.args[1]))
        if f.op == "error-after":
            return account.trajectory[int(str(f.args[0]))]
        return account.other_rule if f == OTHER_ERROR else values(f)

    def value(f: Form) -> Any:
        if any(x.op == "double" for x in walk(f)):
            return in_doubles(f)
        return field.number(value_of(f, atom, field))

    def in_doubles(f: Form) -> Any:
        if f.op == "double":
            return DOUBLES[str(f.args[0])](field.out(value(f.forms[0])))
        return float(f.number) if f.op == "num" else RULES[f.op](list(map(in_doubles, f.forms)))

    return cache(value)
