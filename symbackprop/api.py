"""What `sb.derive` hands out: the steps of a problem with their readings, numbers and documents at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from symbackprop.derivation import Step, Steps, steps_of
from symbackprop.errors import DerivationError, Place, SpecError, SymbackpropError
from symbackprop.form import Form, Symbol
from symbackprop.numeric.field import BITS, Field, Undecided, Value, field
from symbackprop.readings.clashes import clashes
from symbackprop.readings.names import Names, plain_name
from symbackprop.sheets import Moved, Solution, Trained
from symbackprop.spec import Dense, Network, load, loads
from symbackprop.spec.faults import key_text
from symbackprop.spec.given import AT
from symbackprop.spec.numbers import Refused, number
from symbackprop.spec.problem import Problem
from symbackprop.tables.notations import NOTATIONS

if TYPE_CHECKING:
    from sympy import Expr

    from symbackprop.exams.variant import Student, Variant
    from symbackprop.explain.account import Claim
    from symbackprop.numeric.curvature import Curvature
    from symbackprop.numeric.perturb import Perturbation
    from symbackprop.numeric.training import Trajectory
    from symbackprop.verdicts import Verified

__all__ = ["Dense", "Derivation", "Network", "Solution", "derive", "exam", "load", "loads", "solution", "verify"]


def derive(problem: Problem | str | Path) -> Derivation:
    """The derivation of a problem, or of a spec file: every partial of the total error by the chain rule."""
    return Derivation(problem if isinstance(problem, Problem) else load(problem))


def solution(derivation: Derivation, **presentation: Any) -> Solution:
    """The worked solution; lang, notation and digits override those of the problem."""
    return Solution(derivation, **presentation)


def verify(
    text: str,
    problem: Problem | str | Path,
    *,
    notation: str | None = None,
    lang: str | None = None,
    exact: bool = False,
    budget: float | None = None,
) -> Verified:
    """Somebody's derivation, each row with its verdict; `exact` asks for proofs by polynomials where they are short.

    With a `budget` of seconds for a claim a process of its own judges: for text that nobody vouches for.

    Raises ReadError for a text with nothing to judge in it.
    """
    from symbackprop.verdicts import verified

    derivation = derive(problem)
    derivation.names(notation)  # names that clash are told before anything is read
    return verified(text, derivation.problem, notation=notation, lang=lang, exact=exact, budget=budget)


def exam(
    path: str | Path,
    *,
    seed: str | int | None = None,
    variants: int | None = None,
    roster: str | Path | Sequence[Student] | None = None,
) -> Iterator[Variant]:
    """The variants of an exam file, one after the other: so many, or one for each student of a roster.

    Raises SpecError where the exam or the roster cannot be used, or asks for what cannot be had.
    """
    from symbackprop.exams import ready

    ready()
    from symbackprop.exams import plan
    from symbackprop.exams import roster as students
    from symbackprop.exams import variants as made
    from symbackprop.exams.run import how_many

    who = students.load(roster) if isinstance(roster, str | Path) else roster
    return made.variants(plan.load(path), seed, how_many(variants, who), who)


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
        """What a notation, with one's own names over it, calls each entry; a name that would mean two is refused."""
        word = notation or self.problem.presentation.notation
        if word not in self._names:
            names = Names(self.problem, self.derivation.graph, NOTATIONS[word])
            if found := list(clashes(names)):
                raise SpecError.of((replace(self.place, key=key_text((*AT, key))), told) for key, told in found)
            self._names[word] = names
        return self._names[word]

    @cached_property
    def _names(self) -> dict[str, Names]:
        return {}

    # ---- expressions -------------------------------------------------------------------------------------------

    def expression(self, name: str, by: str | None = None, *, expanded: bool = False) -> Expr:
        """∂E/∂name as a SymPy expression in the named quantities; `expanded`, in parameters, inputs and targets only.

        With a second name, ∂²E/∂name∂by.  Raises SymbackpropError for a name that the notation does not have.
        """
        from symbackprop.readings.expression import expression

        steps, entry = self.derivation, self.entry(name)
        if by is not None:
            steps, entry = self.curvature.steps(self.leaf(name)), self.leaf(by)
        names = self.names()
        return expression(steps, Form("adjoint", entry.args), lambda f: _word(names, f), expanded=expanded)

    def entry(self, name: str) -> Form:
        """The entry that a name means: "w5", "out_o1", "W2[0,0]"."""
        known = self.names().entries
        if name not in known:
            near = get_close_matches(name, known, n=3)
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise SymbackpropError(f"no quantity is called {name!r}{hint}")
        return known[name]

    def leaf(self, name: str) -> Form:
        """The entry of a parameter, input or target that a name means."""
        entry = self.entry(name)
        if entry.name not in self.derivation.graph.leaves:
            raise SymbackpropError(
                f"{name!r} is computed on the way; name a parameter, an input or a target"
            )
        return entry

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
            training = self.problem.training
            return evaluate(self.derivation, self.problem.values, training if training.rate is not None else None)

    @cached_property
    def numbers(self) -> dict[str, Value]:
        """The rate and the options of the first update."""
        from symbackprop.numeric.schedule import hypers

        with self.field.at_precision():
            found = hypers(self.problem.training, 0, self.field)
        return {name: self.field.out(value) for name, value in found.items()}

    @cached_property
    def on_kinks(self) -> tuple[Form, ...]:
        """The entries that the given numbers put exactly on a kink: no derivative there, only a convention."""
        from symbackprop.numeric.kinks import kinks

        return kinks(self.derivation, self.lookup, self.field) if self.numeric else ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is no fault, but worth telling."""
        names = self.names()
        where = (_word(names, f) for f in self.on_kinks)
        told = (f"{name} lies exactly on a kink: its slope there is a convention, no derivative" for name in where)
        return (*self.problem.warnings, *told)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Say of which file a quantity has no value: a logarithm of 0, say; or an error too large a one."""
        from symbackprop.numeric.training import Diverged

        try:
            yield
        except Diverged as error:
            raise DerivationError(error.faults[0].message, self.place) from error
        except Undecided as error:
            message = f"with these numbers a quantity has no value: {error.faults[0].message}"
            raise DerivationError(message, self.place) from error

    def with_values(self, values: Mapping[str, Any]) -> Derivation:
        """The same topology with other numbers for some of its arrays.  A source speaks of its own numbers only."""
        return Derivation(self.problem.replace(values={**self.problem.values, **values}, source=None), self.field.bits)

    def following(self, steps: Steps) -> Derivation:
        """The same, with the numbers that follow from other steps: from those with a mistake in one of them."""
        from symbackprop.numeric.exact import evaluate

        other, training = copy(self), self.problem.training
        other.results = evaluate(steps, self.problem.values, training if training.rate is not None else None)
        return other

    def lookup(self, f: Form) -> Value:
        """The value of an entry whose indices are numbers."""
        if f.op == "hyper":
            if f.name not in self.numbers:
                raise SymbackpropError("the rate η has no number: write rate = 0.5 under [training]")
            return self.numbers[f.name]
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

        if top.name == self.derivation.graph.error:
            return self.lookup(Form("adjoint", bottom.args))
        step = self.derivation.adjoint(bottom.name)
        at = tuple(i.const for i, k in zip(bottom.at, step.left.at, strict=True) if k.terms)
        given = unit.place(step, at)
        return self.number(unit.written_out(self.derivation.local(step).where(given)))

    def value(self, name: str) -> Value:
        """The value of a quantity's entry, exact or as an enclosure of 50 digits and more."""
        return self.lookup(self.entry(name))

    def gradient(self, name: str) -> Value:
        """∂E/∂name, exact or as an enclosure of 50 digits and more."""
        return self.lookup(Form("adjoint", self.entry(name).args))

    # ---- second order ------------------------------------------------------------------------------------------

    @cached_property
    def curvature(self) -> Curvature:
        """The second derivatives; those of the whole Hessian are by what is trained, or by every parameter."""
        from symbackprop.numeric.curvature import Curvature

        problem = self.problem
        first = steps_of(problem, from_updated=False)
        return Curvature(first, problem.values, problem.train or problem.parameters)

    @overload
    def hessian(self) -> dict[str, dict[str, Any]]: ...
    @overload
    def hessian(self, first: str, second: str) -> Any: ...
    def hessian(self, first: str | None = None, second: str | None = None) -> Any:
        """∂²E/∂first∂second; without names, that for any two trained parameters: hessian()["w1"]["w5"].

        Exact or an enclosure of 50 digits and more where every leaf has its numbers, else a SymPy expression.
        """
        if first is None and second is None:
            return self._whole_hessian()
        if first is None or second is None:
            raise SymbackpropError('a second derivative is by two names: hessian("w1", "w5")')
        p, q = self.leaf(first), self.leaf(second)
        if not self.numeric:
            return self.expression(first, second)
        with self.located():
            return self.curvature.entry(p, q)

    def _whole_hessian(self) -> dict[str, dict[str, Any]]:
        from symbackprop.numeric.curvature import MOST_PARAMETERS, at

        shapes = [self.derivation.graph.full_shape(name) for name in self.curvature.names]
        if any(isinstance(n, str) for shape in shapes for n in shape):
            raise SymbackpropError("the whole Hessian has entries where every size is a number")
        count = sum(prod(map(int, shape)) for shape in shapes)
        if count > MOST_PARAMETERS:
            raise SymbackpropError(
                f"the Hessian of {count:,} parameters has {count**2:,} entries, and is written out for at most "
                f'{MOST_PARAMETERS} parameters; ask for one entry, hessian("w1", "w5"), or for its product with a '
                "vector, hessian_vector({...})"
            )
        words = {entry: word for word, entry in reversed(self.names().entries.items())}
        entries = [(words[e], e) for e in self.curvature.entries()]
        if not self.numeric:
            return {p: {q: self.expression(p, q) for q, _ in entries} for p, _ in entries}
        with self.located():
            return {
                words[e]: {word: at(column[q.name], q) for word, q in entries} for e, column in self.curvature.columns()
            }

    def hessian_vector(self, direction: Mapping[str, Any]) -> dict[str, Any]:
        """H·v for v = {"W1": [[…]], …}, by the trained parameters: {"W1": ((…)), …}.  What v leaves out is 0."""
        from symbackprop.numeric.curvature import read

        given = read(direction, {name: self.derivation.graph.full_shape(name) for name in self.curvature.names})
        if not self.numeric:
            lacking = ", ".join(n for n in self.derivation.graph.leaves if n not in self.problem.values)
            raise SymbackpropError(f"a product with the Hessian is of numbers: give {lacking} values")
        with self.located():
            return self.curvature.along(given)

    # ---- one number moves --------------------------------------------------------------------------------------

    def perturbation(self, name: str) -> Perturbation:
        """The error as one parameter, input or target moves, predicted by its slope and as it is."""
        from symbackprop.numeric.perturb import perturbation

        entry = self.leaf(name)
        self._with_numbers("an error that moves is a number")
        with self.located():
            return perturbation(steps_of(self.problem, from_updated=False), self.problem.values, entry)

    def _with_numbers(self, why: str) -> None:
        """Raise where a leaf has no numbers."""
        lacking = [n for n in self.derivation.graph.leaves if n not in self.problem.values]
        if lacking:
            given = "weights, biases and [data]" if self.problem.network else "[values]"
            raise SymbackpropError(f"{why}; {given} give none for {', '.join(lacking)}", self.place)

    @property
    def place(self) -> Place:
        """The file that the problem is from, if any."""
        return Place(str(self.problem.path)) if self.problem.path else Place()

    def moved(self, name: str, lang: str | None = None) -> Moved:
        """The same told as a document, ready to be written."""
        return Moved(self, name, lang or self.problem.presentation.language)

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

    def training(
        self, steps: int | None = None, until: Fraction | float | str | None = None, lang: str | None = None
    ) -> Trained:
        """The error and the parameters along `steps` updates, told as a document, ready to be written.

        Fewer where the error comes down to `until`.  Without `steps`, as many as the spec says, or up to 10,000 until
        that error is reached.
        """
        from symbackprop.numeric.training import training

        bound = None if until is None else _bound(until)
        most = steps if steps is not None else self.problem.training.steps if bound is None else MOST_UPDATES
        self._trainable(most)
        with self.located():
            run = training(self.derivation, self.problem, most, bound)
        return Trained(self, run, bound, lang or self.problem.presentation.language)

    def _trainable(self, updates: int) -> None:
        """Raise where no update can be made."""
        self._with_numbers("training is done with numbers")
        if not self.problem.train:
            raise SymbackpropError("nothing is trained; name parameters under [training], in train", self.place)
        if self.problem.training.rate is None:
            raise SymbackpropError("the rate η has no number: write rate = 0.5 under [training]", self.place)
        if not 1 <= updates <= LONGEST_RUN:
            message = f"from 1 to {LONGEST_RUN:,} updates can be made, not {updates:,}; write steps = 100, say"
            raise SymbackpropError(message, self.place)

    @cached_property
    def first_update(self) -> tuple[Value, ...]:
        """The error before and after one update; nothing where none can be made."""
        known = self.numeric and self.problem.training.rate is not None and self.problem.train
        return self.trajectory(1).errors if known else ()

    @cached_property
    def turned(self) -> Derivation | None:
        """The same problem with hidden deltas from the other weights, old or updated; None where there is no choice."""
        layers = len(self.problem.dense.layers) if self.problem.dense else 0
        if layers < 2 or not self.first_update or not self.derivation.rule.plain:
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

    def _repr_html_(self) -> str:
        return self.solution()._repr_html_()

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
MOST_UPDATES, LONGEST_RUN = 10_000, 1_000_000  # where an error is waited for; at all


def _bound(until: Fraction | float | str) -> Fraction:
    try:
        return number(until)
    except Refused as refused:
        raise SymbackpropError(f"--until: {refused}") from None


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
