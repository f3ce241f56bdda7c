"""Forms of a derivation as one straight line of Python: a name for each entry, no loop, no list.

    v0 = w1*i1 + w2*i2 + b1
    v1 = 1/(1 + exp(-v0))

For networks that are small enough to be told number by number.  It is written once for a topology and then run on the
numbers of a field, as `exact` does it, by the same functions: so its values are the same fractions and enclosures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from symbackprop.derivation.steps import Steps, bare
from symbackprop.form import ENTRIES, Form, Index, ref, walk
from symbackprop.numeric.emit import functions
from symbackprop.numeric.field import Field, Value, double, largest, size
from symbackprop.numeric.lists import ATOM, Lists, Text
from symbackprop.numeric.targets import EXACT
from symbackprop.readings import unit

Leaf = Callable[[Form], str]
Answers = tuple[int, ...]
TOLD_APART = ENTRIES | {"hyper", "partial", "moved-error", "error-after", "other-error", "double", "fn"}


def moved_error(name: str, at: Sequence[int], by: Fraction) -> Form:
    """E where one parameter is moved."""
    return Form("moved-error", (name, by, *map(Index, at)))


def error_after(updates: int) -> Form:
    """E after no or one update."""
    return Form("error-after", (updates,))


DOUBLES = {"size": size, "double": double}
OTHER_ERROR = Form("other-error", ())  # E after one update by the other rule for hidden deltas


class Straight:
    """The values of some forms and what some comparisons of them say, as functions of the leaves."""

    def __init__(self, steps: Steps, other: Steps | None = None) -> None:
        self.steps, self.other = steps, other
        self.lines: list[str] = []
        self.arrays: dict[str, str] = {}  # what is given, by its name
        self.arguments: dict[Form, str] = {}
        self.constants: dict[Fraction, str] = {}
        self.writer = _Writer(self)
        self.root = _Scope(self, steps, self.argument)
        self.known: dict[str, str] = {}  # a line's right side → its name
        self.values: list[str] = []  # what is asked for
        self.answers: list[str] = []  # the comparisons

    # ---- what is asked for ---------------------------------------------------------------------------------------

    def value(self, form: Form) -> str:
        """The name of the form's value."""
        text = self.root.text(form)
        return text if any(f.op == "double" for f in walk(form)) else self.line(text)

    def compares(self, x: Form, rel: str, y: Form) -> int:
        in_doubles = any(f.op == "double" for side in (x, y) for f in walk(side))
        one, other = (
            repr(float(f.number)) if f.op == "num" and in_doubles else f"({self.root.text(f)})" for f in (x, y)
        )
        return self._answer(f"bool({one} {rel} {other})")

    def largest(self, forms: Sequence[Form]) -> int:
        return self._answer(f"largest(({_row(self.root.text(f) for f in forms)}))")

    def _answer(self, text: str) -> int:
        self.answers.append(text)
        return len(self.answers) - 1

    # ---- how it is written ---------------------------------------------------------------------------------------

    def number(self, x: Fraction) -> Text:
        return self.constants.setdefault(x, f"number_{len(self.constants)}_"), ATOM

    def argument(self, entry: Form) -> str:
        """A number that is given, or one of the training."""
        if entry not in self.arguments:
            self.arguments[entry] = f"a{len(self.arguments)}"
        if entry.op == "ref":
            self.arrays.setdefault(entry.name, f"given{len(self.arrays)}")
        return self.arguments[entry]

    def line(self, text: str, *, entry: bool = False) -> str:
        """A name for the text's value; that of an entry is settled, as `exact` does it."""
        if text not in self.known:
            self.known[text] = f"v{len(self.lines)}"
            self.lines.append(f"{self.known[text]} = {f'settled({text})' if entry else text}")
        return self.known[text]

    @cached_property
    def other_error(self) -> str:
        assert self.other is not None
        return self.updated(_Scope(self, self.other, self.argument)).error

    @cached_property
    def next(self) -> _Scope:
        return self.updated(self.root)

    def updated(self, scope: _Scope) -> _Scope:
        """The entries after an update."""
        train = self.steps.train

        def given(entry: Form) -> str:
            return scope.named(Form("updated", entry.args)) if entry.name in train else self.argument(entry)

        return _Scope(self, self.steps, given)

    def moved(self, form: Form) -> str:
        name, by, *at = form.args
        assert isinstance(name, str) and isinstance(by, Fraction)
        place = Form("ref", (name, *at))
        moved = self.line(f"{self.argument(place)} + {self.number(by)[0]}")
        return _Scope(self, self.steps, lambda f: moved if f == place else self.argument(f)).error

    # ---- how it is run -------------------------------------------------------------------------------------------

    def function(self, field: Field, known: Mapping[str, Value]) -> Callable[..., tuple[tuple[Value, ...], Answers]]:
        """f(what is given, in the order of `arrays`) → values, answers; `known` are the numbers of the training."""
        definitions, _ = functions(self.writer.calls, EXACT, self.number)
        given = [f"{name} = number({self._entry(f)})" for f, name in self.arguments.items() if f.op == "ref"]
        body = "\n    ".join([*given, *self.lines, f"return ({_row(self.values)}), ({_row(self.answers)})"])
        source = "\n\n\n".join([*definitions, f"def f({', '.join(self.arrays.values())}):\n    {body}"]) + "\n"
        namespace: dict[str, Any] = {
            **field.functions,
            **{name: field.number(x) for x, name in self.constants.items()},
            **{name: field.number(known[f.name]) for f, name in self.arguments.items() if f.op == "hyper"},
            **{f"{name}_of": lambda x, f=f: f(field.out(x)) for name, f in DOUBLES.items()},
            "largest": largest,
            "settled": field.settled,
            "number": field.number,
        }
        exec(compile(source, "<straight>", "exec"), namespace)  # noqa: S102 - our own text, see names.py
        f: Callable[..., tuple[tuple[Value, ...], Answers]] = namespace["f"]
        return f

    def _entry(self, f: Form) -> str:
        return self.arrays[f.name] + "".join(f"[{i.const}]" for i in f.at)


def _row(texts: Iterable[str]) -> str:
    return "".join(f"{text}, " for text in texts)


class _Scope:
    """The names of a derivation's entries, from leaves of its own."""

    def __init__(self, sheet: Straight, steps: Steps, leaf: Leaf) -> None:
        self.sheet, self.steps, self.leaf = sheet, steps, leaf
        self.names: dict[Form, str] = {}

    @property
    def error(self) -> str:
        return self.named(ref(self.steps.graph.error))

    def named(self, f: Form) -> str:
        if f not in self.names:
            self.names[f] = self._new(f)
        return self.names[f]

    def _new(self, f: Form) -> str:
        sheet = self.sheet
        if f.op == "hyper":
            return sheet.argument(f)
        if f.op == "moved-error":
            return sheet.moved(f)
        if f.op == "error-after":
            return (sheet.next if f.args[0] else sheet.root).error
        if f.op == "other-error":
            return sheet.other_error
        if f.op == "double":
            return f"{f.args[0]}_of({self.text(f.forms[0])})"
        if f.op == "partial":
            return sheet.line(self.text(self._local(*f.forms)))
        if f.op == "fn":
            return sheet.line(sheet.writer.function(f)[0])
        step = self.steps.of.get(bare(f))
        if step is None:
            return self.leaf(f)
        return sheet.line(self.text(unit.right(step, _place(step.left, f))), entry=True)

    def _local(self, top: Form, bottom: Form) -> Form:
        """∂top/∂bottom, as Derivation has it."""
        if top.name == self.steps.graph.error:
            return Form("adjoint", bottom.args)
        step = self.steps.adjoint(bottom.name)
        return unit.written_out(self.steps.local(step).where(unit.place(step, _place(step.left, bottom))))

    def text(self, form: Form) -> str:
        outer, self.sheet.writer.scope = self.sheet.writer.scope, self
        try:
            return self.sheet.writer.text(form)
        finally:
            self.sheet.writer.scope = outer


def _place(left: Form, entry: Form) -> tuple[int, ...]:
    return tuple(i.const for i, own in zip(entry.at, left.at, strict=True) if own.terms)


class _Writer(Lists):
    """Forms without sums as Python's, on single numbers."""

    def __init__(self, sheet: Straight) -> None:
        self.number, self.compared = sheet.number, EXACT.compare
        self.calls: dict[str, None] = {}
        self.scope = None

    scope: _Scope | None

    def text(self, f: Form, level: int = 0) -> str:
        if f.op not in TOLD_APART:
            return super().text(f, level)
        assert self.scope is not None
        return self.scope.named(f)
