"""A number that remembers where it is from, and a watch that remembers what was asked of it.

Whoever tells a solution with watched numbers prints slots in place of digits, and each decision that it takes on a
number (its sign, which of two is larger, whether two print alike) is kept as a question with its answer.  For other
numbers with the same answers it would have told the same, with other digits in the slots.

What a watched number cannot follow (`float(x)`, `int(x)`, a use as a truth value) raises TypeError.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from symbackprop.form import Form, add, div, mul, neg, num


class Rule(NamedTuple):
    """How a number is printed: by the rule of `rounding`, or a double by a format of Python's."""

    places: int = 0
    significant: int | None = None
    format: str | None = None


class Slot(NamedTuple):
    form: Form
    rule: Rule


class Question(NamedTuple):
    """left rel right, of values; or, of slots, whether they are printed alike."""

    left: Form | Slot | tuple[Form, ...]
    rel: str  # of many, which is "largest"
    right: Form | Slot | str


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


class Watch:
    """`value` gives what a form really is, `printed` prints it.  `answers` are in the order of asking."""

    def __init__(self, value: Callable[[Form], Any], printed: Callable[[Any, Rule], str]) -> None:
        self.value, self.printed = value, printed
        self.answers: dict[Question, int] = {}

    def number(self, form: Form) -> Watched:
        return Watched(self, form)

    def ask(self, question: Question, answer: Callable[[], Any]) -> int:
        if question not in self.answers:
            self.answers[question] = answer()
        return self.answers[question]

    def compare(self, x: Form, rel: str, y: Form) -> bool:
        return bool(self.ask(Question(x, rel, y), lambda: bool(RELATIONS[rel](self._plain(x), self._plain(y)))))

    def largest(self, sizes: Sequence[Any]) -> int:
        forms = tuple(x.form for x in sizes)
        values = [self._plain(form) for form in forms]
        return self.ask(Question(forms, "largest", ""), lambda: max(range(len(values)), key=values.__getitem__))

    def apart(self, make: Callable[[], Any]) -> tuple[Any, dict[Question, int]]:
        """What is made, and what was asked for it alone."""
        before, self.answers = self.answers, {}
        try:
            return make(), self.answers
        finally:
            self.answers = before

    def _plain(self, x: Form) -> Any:
        value = x.number if x.op == "num" else self.value(x)
        return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


class Watched:
    """A number of a watch."""

    __slots__ = ("form", "watch")

    def __init__(self, watch: Watch, form: Form) -> None:
        self.watch, self.form = watch, form

    # ---- what is printed -----------------------------------------------------------------------------------------

    def print(self, rule: Rule) -> SlotText:
        slot = Slot(self.form, rule)
        return SlotText(self.watch, slot, self.watch.printed(self.watch.value(self.form), rule))

    def __format__(self, spec: str) -> str:
        return self.print(Rule(format=spec))

    # ---- what is computed ----------------------------------------------------------------------------------------

    def as_double(self, function: str) -> Watched:
        """Its nearest `double`, or its `size`."""
        return Watched(self.watch, Form("double", (function, self.form)))

    def ends(self) -> tuple[End, End]:
        return End(self, upper=False), End(self, upper=True)

    def __neg__(self) -> Watched:
        return Watched(self.watch, neg(self.form))

    def __abs__(self) -> Watched:
        return -self if self < 0 else self

    def __add__(self, y: object) -> Watched:
        return Watched(self.watch, add(self.form, _form(y)))

    def __radd__(self, y: object) -> Watched:
        return Watched(self.watch, add(_form(y), self.form))

    def __sub__(self, y: object) -> Watched:
        return Watched(self.watch, add(self.form, neg(_form(y))))

    def __rsub__(self, y: object) -> Watched:
        return Watched(self.watch, add(_form(y), neg(self.form)))

    def __mul__(self, y: object) -> Watched:
        return Watched(self.watch, mul(self.form, _form(y)))

    def __rmul__(self, y: object) -> Watched:
        return Watched(self.watch, mul(_form(y), self.form))

    def __truediv__(self, y: object) -> Watched:
        return Watched(self.watch, div(self.form, _form(y)))

    def __rtruediv__(self, y: object) -> Watched:
        return Watched(self.watch, div(_form(y), self.form))

    # ---- what is asked -------------------------------------------------------------------------------------------

    def __lt__(self, y: object) -> bool:
        return self.watch.compare(self.form, "<", _form(y))

    def __gt__(self, y: object) -> bool:
        return self.watch.compare(self.form, ">", _form(y))

    def __le__(self, y: object) -> bool:
        return self.watch.compare(self.form, "<=", _form(y))

    def __ge__(self, y: object) -> bool:
        return self.watch.compare(self.form, ">=", _form(y))

    def __eq__(self, y: object) -> bool:
        return self.watch.compare(self.form, "==", _form(y))

    def __hash__(self) -> int:
        return 0  # so that a set asks whether two are equal

    def __bool__(self) -> bool:
        raise TypeError("a watched number is no truth value: compare it")


class End(NamedTuple):
    """An end of an enclosure: it lies below another enclosure's where the two are apart."""

    of: Watched
    upper: bool

    def __lt__(self, other: object) -> bool:
        if isinstance(other, End) and self.upper and not other.upper:
            return self.of < other.of
        raise TypeError("an end of a watched number is compared with the near end of another")


def _form(x: object) -> Form:
    if isinstance(x, Watched):
        return x.form
    if isinstance(x, int | Fraction):
        return num(x)
    if isinstance(x, float):
        return num(Fraction(x))
    if hasattr(x, "p") and hasattr(x, "q"):  # a fraction of python-flint
        return num(Fraction(int(x.p), int(x.q)))
    raise TypeError(f"a watched number and a {type(x).__name__}")


class SlotText(str):
    """The digits of a slot.  Each is another key of a cache, and whether two are alike is a question."""

    slot: Slot
    watch: Watch

    def __new__(cls, watch: Watch, slot: Slot, digits: str) -> SlotText:
        text = super().__new__(cls, digits)
        text.watch, text.slot = watch, slot
        return text

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SlotText):
            if self.slot == other.slot:
                return True
            first, second = sorted((self.slot, other.slot), key=repr)
            return bool(self.watch.ask(Question(first, "alike", second), lambda: str(self) == str(other)))
        if isinstance(other, str):
            return bool(self.watch.ask(Question(self.slot, "alike", other), lambda: str(self) == other))
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.slot)

    def __str__(self) -> str:
        return "".join(self)
