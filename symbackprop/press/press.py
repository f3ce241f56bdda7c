"""Stories, found by the answers of the numbers, and filled with their digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from symbackprop.document import Document
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
from symbackprop.press.story import SUFFIXES, Story
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
        self.stories: dict[Any, Any] = {}  # question → answer → question → … → None → story
        self.function: Callable[..., Any] | None = None
        self.count = 0
        self.can = derivation.numeric and _one_turn(derivation.problem)

    def __call__(self, values: Mapping[str, Any]) -> str:
        """The solution with other numbers for some of its arrays."""
        given = {name: entrywise(x, number) for name, x in values.items()}
        story = self._story(given) if self.can and self.function else None
        if story is None:
            return self._told(given)
        found, digits = story
        try:
            if not found.trusted:
                return self._proven(found, digits, given)
            return found.text(digits) if found.sound else self.ordinary(given)
        except Unpressable:
            return self.ordinary(given)

    def ordinary(self, given: Mapping[str, Any]) -> str:
        self.slow += 1
        text = self.solution.of(given).render(self.format)
        assert isinstance(text, str)
        return text

    # ---- the quick way -------------------------------------------------------------------------------------------

    def _story(self, given: Mapping[str, Any]) -> tuple[Story, Digits] | None:
        assert self.function is not None
        arrays = [given.get(name, self.given[name]) for name in self.straight.arrays]
        try:
            with self.field.at_precision():
                results, answers = self.function(*arrays)
                texts = [print(x) for print, x in zip(self.printers, results, strict=True)]
        except OPEN:
            return None
        at: Any = self.stories
        while None not in at:
            ((question, ways),) = at.items()
            at = ways.get(answers[question] if question >= 0 else self._alike(question, texts))
            if at is None:
                return None
        return at[None], Digits(texts, self.widest)

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

    def _proven(self, story: Story, digits: Digits, given: Mapping[str, Any]) -> str:
        """Before it is trusted, a story is compared with the ordinary text for other numbers than it was made from."""
        pressed = story.text(digits)
        text = self.ordinary(given)
        story.trusted, story.sound = True, pressed == text
        return text

    def _keep(self, given: Mapping[str, Any], text: str) -> None:
        """The same told with watched numbers."""
        solution = self.solution.of(given)
        account = solution.account()
        watch = Watch(_reader(account, self.field), lambda x, rule: printer(rule, self.field)(x))
        document = explain(_watched(account, watch, self.field))
        self._ask(watch, document)
        self._place(watch, Story(document, self.format, solution.templates, text, self.slots))

    def _ask(self, watch: Watch, document: Document) -> None:
        """What is printed and asked, into the straight line."""
        alike = [x for q in watch.answers if q.rel == "alike" for x in (q.left, q.right) if isinstance(x, Slot)]
        for slot in (*(text.slot for text in slots(document.blocks)), *alike):
            if slot not in self.slots:
                self.slots[slot] = self._text(self.straight.value(slot.form), slot.rule)
        for question in watch.answers:
            if question not in self.questions:
                self.questions[question] = self._question(question)
        self.function = self.straight.function(self.field, self.solution.derivation.numbers)

    def _question(self, question: Question) -> int:
        left, rel, right = question
        if isinstance(left, Slot):
            self.alike.append((self.slots[left], self.slots[right] if isinstance(right, Slot) else str(right)))
            return -len(self.alike)
        assert isinstance(right, Form)
        return self.straight.compares(left, rel, right)

    def _text(self, value: str, rule: Rule) -> int:
        """The place of what is printed: many slots print the same value alike."""
        if (value, rule) not in self.texts:
            self.texts[value, rule] = len(self.texts)
            self.straight.values.append(value)
            self.printers.append(printer(rule, self.field))
            self.widest.append(widest(rule))
        return self.texts[value, rule]

    def _place(self, watch: Watch, story: Story) -> None:
        """The story at the end of its answers.  Where these are the same, so are the questions that come next."""
        self.count += 1
        at = self.stories
        for question, answer in watch.answers.items():
            at = at.setdefault(self.questions[question], {}).setdefault(answer, {})
        at[None] = story


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
