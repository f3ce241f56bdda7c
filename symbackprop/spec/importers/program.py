"""A program in array notation as an importer makes it: lines, the arrays from outside, and the error at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.layers import renamed
from symbackprop.reader.array import names_in, statement
from symbackprop.reader.lower import Lowering
from symbackprop.spec import understood
from symbackprop.spec.importers.losses import chosen, ended
from symbackprop.spec.importers.names import Gate
from symbackprop.spec.importers.numbers import exact, given, listed, one_hot
from symbackprop.spec.numbers import Array
from symbackprop.spec.numbers import shape as shape_of
from symbackprop.spec.problem import Problem
from symbackprop.tables.losses import LOSSES

Shape = tuple[int, ...]


class Program:
    """Each line is lowered when it is written, so that its shape is known to the lines after it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.inputs: dict[str, Shape] = {}
        self.parameters: list[str] = []
        self.values: dict[str, Array] = {}
        self.tokens: dict[str, int] = {}  # inputs that are one-hot rows, and how long
        self.held: dict[str, str] = {}  # a model's own names of what it uses several times
        self.words: dict[str, str] = {}  # what each line has on its right
        self.warnings: list[str] = []
        self.gate = Gate()
        self.lowering = Lowering({}, None, frozenset())

    # ---- arrays from outside ---------------------------------------------------------------------------------------

    def input(self, wish: str, shape: Shape) -> str:
        name = self.gate(wish)
        self.inputs[name] = self.lowering.shapes[name] = shape
        return name

    def reshaped_input(self, name: str, shape: Shape) -> None:
        """An input that has not been used yet has another shape than it was said to: tokens become one-hot rows."""
        self.inputs[name] = self.lowering.shapes[name] = shape

    def constant(self, wish: str, value: object) -> str:
        """An array that stays as it is."""
        name = self.gate(wish)
        numbers = exact(value, wish)
        self.values[name], self.lowering.shapes[name] = numbers, shape_of(numbers) or ()
        return name

    def parameter(self, wish: str, value: object) -> str:
        name = self.constant(wish, value)
        self.parameters.append(name)
        return name

    # ---- lines -----------------------------------------------------------------------------------------------------

    def define(self, wish: str, text: str) -> str:
        """The name of a new line; that of the array itself where the text is no more than its name."""
        if text in self.lowering.shapes:
            return text
        name = self.gate.numbered(wish)
        line = f"{name} = {text}"
        try:
            self.lowering.define(statement(line))
        except SymbackpropError as error:
            raise SpecError(f"a line that the model gives does not work: {error.faults[0].message}") from None
        self.lines.append(line)
        self.words[name] = text
        return name

    def shape(self, name: str) -> Shape:
        return tuple(n for n in self.lowering.shapes[name] if isinstance(n, int))

    def rows(self, name: str, value: object) -> object:
        """What is given for an input; token numbers as one-hot rows."""
        return one_hot(listed(value), self.tokens[name]) if name in self.tokens else value

    # ---- the whole -------------------------------------------------------------------------------------------------

    def problem(
        self,
        output: str,
        *,
        loss: str | None = None,
        inputs: Sequence[Any] = (),
        targets: object = None,
        reduction: str = "sum",
        title: str = "",
        samples: int = 1,
    ) -> Problem:
        """The program with its loss, E = Σ E_k.  `samples` is how many of them an axis of the output holds."""
        row = LOSSES[chosen(loss, self.words.get(output, ""), self.warnings)]
        shape = self.shape(output)
        self.lowering.shapes["t"] = self.inputs["t"] = shape
        end = [renamed(line, a=output) for line in ended(row, shape, samples, reduction)]
        lines, used = living([*self.lines, *end])
        values = dict(self.values)
        for name, value in zip(self.inputs, [*inputs] or [None], strict=False):
            if value is not None:
                values[name] = given(self.rows(name, value), name, self.inputs[name])
        if targets is not None:
            values["t"] = given(targets, "targets", shape)
        parameters = [name for name in self.parameters if name in used]
        if not parameters:
            raise SpecError("the model's output depends on no parameter: there is nothing to derive by")
        outside = {**self.inputs, **{name: self.shape(name) for name in self.values if name in used}}
        words = {
            "title": title,
            "equations": {"program": lines, "error": "E", "parameters": parameters},
            "shapes": {name: list(sizes) for name, sizes in outside.items()},
        }
        made = understood(words)
        kept = {name: value for name, value in values.items() if name in made.shapes}
        return made.replace(values=kept, warnings=(*self.warnings, *made.warnings))


def living(lines: list[str]) -> tuple[list[str], set[str]]:
    """The lines that the last one depends on, and the names that they use."""
    read = [statement(line) for line in lines]
    used = {read[-1].name}
    for line in reversed(read):
        if line.name in used:
            used.update(name for name, _ in names_in(line.body))
    return [line.text for line in read if line.name in used], used


def known(table: Iterable[str], operators: Iterable[tuple[str, str]]) -> None:
    """Raise where the table has no row for an operator; each is told with where it stands."""
    rows = set(table)
    missing = {name: where for name, where in reversed([*operators]) if name not in rows}
    if missing:
        what = ", ".join(f"{name} (at {where})" for name, where in sorted(missing.items()))
        raise SpecError(f"this is not known as mathematics: {what}; known: {', '.join(sorted(rows))}")


def by_sample(g: Program, problem: Problem, *, inputs: object, targets: object, reduction: str) -> Problem:
    """The data of a program that works on one sample: a row for each."""
    if inputs is None and targets is None:
        return problem
    if inputs is None or targets is None:
        raise SpecError("inputs and targets are given together, a row for each sample, or neither is")
    count = len(listed(inputs))
    rows = {name: g.rows(name, value) for name, value in zip(g.inputs, (inputs, targets), strict=True)}
    values = {name: given(value, name, (count, *g.inputs[name])) for name, value in rows.items()}
    if count == 1:
        one = {name: value[0] for name, value in values.items() if isinstance(value, tuple)}
        return problem.replace(values={**problem.values, **one})
    return problem.replace(
        values={**problem.values, **values}, samples=count, inputs=tuple(values), reduction=reduction
    )
