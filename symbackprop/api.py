"""What `sb.derive` hands out: the steps of a problem with their readings, numbers and documents at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop.derivation import Step, Steps, steps_of
from symbackprop.errors import DerivationError, Place, SymbackpropError
from symbackprop.form import Form, Symbol
from symbackprop.numeric.field import BITS, Field, Undecided, Value, field
from symbackprop.readings.names import Names, plain_name
from symbackprop.spec import Dense, Network, load, loads
from symbackprop.spec.problem import Problem
from symbackprop.tables.notations import NOTATIONS

if TYPE_CHECKING:
    from sympy import Expr

    from symbackprop.document import Document
    from symbackprop.explain.account import Claim
    from symbackprop.numeric.training import Trajectory

__all__ = ["Dense", "Derivation", "Network", "Solution", "derive", "load", "loads", "solution"]


def derive(problem: Problem | str | Path) -> Derivation:
    """The derivation of a problem, or of a spec file: every partial of the total error by the chain rule."""
    return Derivation(problem if isinstance(problem, Problem) else load(problem))


def solution(derivation: Derivation, **presentation: Any) -> Solution:
    """The worked solution; lang, notation and digits override those of the problem."""
    return Solution(derivation, **presentation)


class Derivation:
    """The forward pass, every adjoint and every update of one problem."""

    def __init__(self, problem: Problem, bits: int = BITS) -> None:
        self.problem = problem
        self.derivation: Steps = steps_of(problem)
        self.field: Field = field(bits)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.derivation.steps

    def names(self, notation: str | None = None) -> Names:
        row = NOTATIONS[notation or self.problem.presentation.notation]
        return Names(self.problem, self.derivation.graph, row)

    # ---- expressions -------------------------------------------------------------------------------------------

    def expression(self, name: str, *, expanded: bool = False) -> Expr:
        """∂E/∂name as a SymPy expression in the named quantities; `expanded`, in parameters, inputs and targets only.

        Raises SymbackpropError for a name that the notation does not have.
        """
        from symbackprop.readings.expression import expression

        entry = self.entry(name)
        names = self.names()
        return expression(self.derivation, Form("adjoint", entry.args), lambda f: _word(names, f), expanded=expanded)

    def entry(self, name: str) -> Form:
        """The entry that a name means: "w5", "out_o1", "W2[0,0]"."""
        known = self.names().entries
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise SymbackpropError(f"no quantity is called {name!r}{hint}")
        return known[name]

    # ---- numbers -----------------------------------------------------------------------------------------------

    @property
    def numeric(self) -> bool:
        """Whether every leaf has its numbers."""
        return all(name in self.problem.values for name in self.derivation.graph.leaves)

    @cached_property
    def results(self) -> dict[tuple[str, str], Any]:
        """The value of every quantity, adjoint and update: ("ref" | "adjoint" | "updated", name) → nested tuples."""
        from symbackprop.numeric.exact import evaluate

        with self.located():
            return evaluate(self.derivation, self.problem.values, self.problem.training.rate)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Say of which file a quantity has no value: a logarithm of 0, say."""
        try:
            yield
        except Undecided as error:
            place = Place(str(self.problem.path)) if self.problem.path else Place()
            message = f"with these numbers a quantity has no value: {error.faults[0].message}"
            raise DerivationError(message, place) from error

    def lookup(self, f: Form) -> Value:
        """The value of an entry whose indices are numbers."""
        if f.op == "hyper":
            if self.problem.training.rate is None:
                raise SymbackpropError("the rate η has no number: write rate = 0.5 under [training]")
            return self.problem.training.rate
        if f.op == "flow":
            return self.number(self._way(f))
        out = self.results[f.op, f.name]
        for i in f.at:
            out = out[i.const]
        return out

    def _way(self, f: Form) -> Form:
        """What comes back to an entry by one of its uses, as the step says."""
        from symbackprop.readings import unit

        step = next(s for s in self.derivation.steps if s.left.op == "flow" and s.left.args[:2] == f.args[:2])
        return unit.right(step, tuple(i.const for i, own in zip(f.at, step.left.at, strict=True) if own.terms))

    def number(self, form: Form) -> Value:
        """The value of a Form whose indices are numbers."""
        from symbackprop.numeric.entry import value_of

        if form.op == "partial":
            top, bottom = form.forms
            return self._local(top, bottom)
        return value_of(form, self._partials, self.field)

    def _partials(self, f: Form) -> Value:
        return self._local(*f.forms) if f.op == "partial" else self.lookup(f)

    def _local(self, top: Form, bottom: Form) -> Value:
        """∂top/∂bottom: what the chain rule puts behind ∂E/∂top, in the one term that goes through it."""
        from symbackprop.readings import unit
        from symbackprop.vocabulary import Role

        if top.name == self.derivation.graph.error:
            return self.lookup(Form("adjoint", bottom.args))
        step = self.derivation.adjoint(bottom.name)
        at = tuple(i.const for i, k in zip(bottom.at, step.left.at, strict=True) if k.terms)
        given = unit.place(step, at)
        chain = step.terms[0].chain
        local = chain._replace(factors=tuple(f for f in chain.factors if f.role is not Role.DELTA))
        return self.number(unit.written_out(local.form.where(given)))

    def value(self, name: str) -> Value:
        """The value of a quantity's entry, exact or as an enclosure of 50 digits and more."""
        return self.lookup(self.entry(name))

    def gradient(self, name: str) -> Value:
        """∂E/∂name, exact or as an enclosure of 50 digits and more."""
        return self.lookup(Form("adjoint", self.entry(name).args))

    def lambdify(self, target: str = "numpy") -> Callable[..., Any]:
        """f(**arrays) → (error, {name: gradient}); an extra leading axis is a batch."""
        from symbackprop.numeric.emit import lambdify

        return lambdify(self.derivation, target, reduction=self.problem.reduction)

    def source(self, target: str = "python") -> str:
        """The function of `lambdify` as a module that runs on its own."""
        from symbackprop.numeric.emit import source

        return source(self.derivation, target, reduction=self.problem.reduction)

    def trajectory(self, steps: int | None = None) -> Trajectory:
        """The error after 0, 1, …, `steps` updates, and the parameters after them."""
        from symbackprop.numeric.training import trajectory

        with self.located():
            return trajectory(self.derivation, self.problem, self.problem.training.steps if steps is None else steps)

    @cached_property
    def first_update(self) -> tuple[Value, ...]:
        """The error before and after one update; nothing where none can be made."""
        known = self.numeric and self.problem.training.rate is not None and self.problem.train
        return self.trajectory(1).errors if known else ()

    @cached_property
    def turned(self) -> Derivation | None:
        """The same problem with hidden deltas from the other weights, old or updated; None where there is no choice."""
        layers = len(self.problem.dense.layers) if self.problem.dense else 0
        if layers < 2 or not self.first_update:
            return None
        training = self.problem.training
        other = "old-weights" if training.hidden_deltas_from == "updated-weights" else "updated-weights"
        return Derivation(self.problem.replace(training=training.model_copy(update={"hidden_deltas_from": other})))

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What the source prints, with what its own rule gives and what the other one does."""
        from symbackprop.explain.account import Claim
        from symbackprop.numeric.pointer import quantity, value_at

        if self.problem.source is None or self.turned is None:
            return ()
        out = []
        for figure in self.problem.source.figures:
            both = (value_at(d.derivation, d.problem, figure.of, figure.after) for d in (self, self.turned))
            what = quantity(figure.of, self.problem.error, figure.after)
            out.append(Claim(*what, figure.printed, *both))
        return tuple(out)

    # ---- documents ---------------------------------------------------------------------------------------------

    def data(self) -> dict[str, Any]:
        """The derivation as JSON data (symbackprop/derivation/1)."""
        from symbackprop.writers.json import data

        return data(self)

    def json(self) -> str:
        """The same as text."""
        from symbackprop.writers.json import text

        return text(self)

    def solution(self, **presentation: Any) -> Solution:
        return Solution(self, **presentation)

    def _repr_markdown_(self) -> str:
        text = self.solution().render("markdown")
        assert isinstance(text, str)
        return text

    def _repr_latex_(self) -> str:
        """The partials of the parameters, each as the chain rule leaves it."""
        from symbackprop.readings import unit
        from symbackprop.writers.math import printed

        names = self.names()
        lines = []
        for name in self.problem.parameters:
            step = self.derivation.adjoint(name)
            for entry in _some(step):
                left = names.spelled(names.derivative(unit.left(step, entry)))
                lines.append(f"{printed(left, 'latex')} &= {printed(names.spelled(unit.right(step, entry)), 'latex')}")
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"


MOST_LINES = 60


def _some(step: Step) -> Iterator[tuple[int, ...]]:
    if all(isinstance(a.size, int) for a in step.axes):
        for k, entry in enumerate(product(*(range(int(a.size)) for a in step.axes))):
            if k == MOST_LINES:
                return
            yield entry


def _word(names: Names, f: Form) -> str:
    (s,) = names.spelled(f).args
    assert isinstance(s, Symbol)
    return plain_name(s)


class Solution:
    """A worked solution, ready to be written."""

    def __init__(
        self,
        derivation: Derivation,
        *,
        lang: str | None = None,
        notation: str | None = None,
        digits: int | None = None,
        readings: Sequence[str] = ("unit",),
        templates: Path | None = None,
    ) -> None:
        shown = derivation.problem.presentation
        self.derivation = derivation
        self.readings = tuple(readings) or ("unit",)
        self.templates = templates
        self.language = lang or shown.language
        self.notation = notation or shown.notation
        self.digits = digits if digits is not None else shown.digits
        self.significant = shown.significant if digits is None else None

    @cached_property
    def document(self) -> Document:
        from symbackprop.explain import explain
        from symbackprop.explain.account import Account

        d = self.derivation
        return explain(
            Account(
                problem=d.problem,
                steps=d.derivation,
                names=d.names(self.notation),
                language=self.language,
                digits=self.printed,
                values=d.number if d.numeric else None,
                changed=self.changed if d.numeric else None,
                places=self.digits,
                trajectory=d.first_update,
                other_rule=d.turned.first_update[1] if d.turned else None,
                claims=d.claims,
                readings=self.readings,
            )
        )

    def printed(self, value: Value) -> str:
        from symbackprop.numeric.rounding import digits

        return digits(value, self.digits, significant=self.significant).text

    def changed(self, name: str, at: tuple[int, ...], by: str) -> Value:
        """E where one parameter is moved by a decimal."""
        from symbackprop.numeric.exact import evaluate

        d = self.derivation
        values = dict(d.problem.values)
        values[name] = _moved(values[name], at, Fraction(by))
        return evaluate(d.derivation, values, d.problem.training.rate)["ref", d.problem.error]

    def render(self, format: str = "markdown") -> str | bytes:
        from symbackprop.writers import render

        if format == "json":
            return self.derivation.json()
        return render(self.document, format, self.templates)

    def write(self, path: str | Path) -> Path:
        """Write one file, in the format that its suffix says."""
        from symbackprop.writers import WRITERS

        path = Path(path)
        formats = [name for name, row in WRITERS.items() if row.suffix == path.suffix]
        if not formats:
            raise SymbackpropError(f"{path}: no format has the suffix {path.suffix!r} (symbackprop list formats)")
        return self.write_all(formats[:1], path.parent, path.stem)[0]

    def write_all(self, formats: Sequence[str], folder: Path, stem: str) -> list[Path]:
        """FOLDER/STEM with the suffix of each format; nothing is written unless every format could be made."""
        from symbackprop.writers import write
        from symbackprop.writers.files import placed

        documents = [f for f in formats if f != "json"]
        text = self.derivation.json() if "json" in formats else ""
        paths = write(self.document, documents, folder, stem, self.templates) if documents else []
        return [*paths, placed(folder / f"{stem}.json", text)] if text else paths

    def _repr_markdown_(self) -> str:
        text = self.render("markdown")
        assert isinstance(text, str)
        return text


def _moved(array: Any, at: tuple[int, ...], by: Fraction) -> Any:
    if not at:
        return array + by
    return tuple(_moved(x, at[1:], by) if k == at[0] else x for k, x in enumerate(array))


