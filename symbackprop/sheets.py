"""A worked solution and its companions, ready to be written: documents with the formats that they come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop.errors import SymbackpropError
from symbackprop.numeric.field import Value
from symbackprop.spec.model import DETAILS

if TYPE_CHECKING:
    from symbackprop.api import Derivation
    from symbackprop.derivation import Steps
    from symbackprop.document import Document
    from symbackprop.explain.account import Account
    from symbackprop.form import Form
    from symbackprop.numeric.training import Trajectory
    from symbackprop.press import Press
    from symbackprop.writers import Files


class Sheet:
    """A document in all formats that documents come in."""

    document: Document
    templates: Path | None

    def render(self, format: str = "markdown") -> str | bytes:
        from symbackprop.writers import render

        return render(self.document, format, self.templates)

    def files(self, formats: Sequence[str], stem: str, family: str | None = None) -> Files:
        """STEM.suffix for each format; pictures that lie beside it are those of the family."""
        from symbackprop.writers import made

        return made(self.document, formats, stem, self.templates, family)

    def write(self, path: str | Path) -> Path:
        """Write one file, in the format that its suffix says."""
        from symbackprop.writers import WHOLE, WRITERS

        path = Path(path)
        formats = [name for name, row in (WRITERS | WHOLE).items() if row.suffix == path.suffix]
        if not formats:
            raise SymbackpropError(f"{path}: no format has the suffix {path.suffix!r} (symbackprop list formats)")
        return self.write_all(formats[:1], path.parent, path.stem)[0]

    def write_all(
        self, formats: Sequence[str], folder: Path, stem: str, companions: Mapping[str, Sheet] | None = None
    ) -> list[Path]:
        """FOLDER/STEM with the suffix of each format, and STEM.NAME of each companion, which shares the pictures.

        Nothing is written unless every format of all of them could be made.
        """
        from symbackprop.writers import WRITERS
        from symbackprop.writers.files import placed

        files = self.files(formats, stem)
        for name, sheet in (companions or {}).items():
            files |= sheet.files([f for f in formats if f in WRITERS], f"{stem}.{name}", stem)
        return [placed(folder / name, data) for name, data in files.items()]

    def _repr_html_(self) -> str:
        from symbackprop.writers import cell

        return cell(self.document, self.templates)

    def _repr_markdown_(self) -> str:
        text = self.render("markdown")
        assert isinstance(text, str)
        return text


class Companion(Sheet):
    """What belongs to a solution: a version with gaps, one with a mistake, a key."""

    def __init__(self, document: Document, templates: Path | None = None) -> None:
        self.document, self.templates = document, templates


class Solution(Sheet):
    """A worked solution."""

    def __init__(
        self,
        derivation: Derivation,
        *,
        lang: str | None = None,
        notation: str | None = None,
        digits: int | None = None,
        readings: Sequence[str] = ("unit",),
        detail: str | None = None,
        units: Sequence[str] = (),
        templates: Path | None = None,
    ) -> None:
        shown = derivation.problem.presentation
        self.derivation = derivation
        self.readings = tuple(readings) or ("unit",)
        self.detail = detail or shown.detail
        if self.detail not in DETAILS:
            raise SymbackpropError(f"no detail is called {self.detail!r}; there are {', '.join(DETAILS)}")
        self.templates = templates
        self.language = lang or shown.language
        self.notation = notation or shown.notation
        self.digits = digits if digits is not None else shown.digits
        self.significant = shown.significant if digits is None else None
        self.units = derivation.names(self.notation).meant(units) if units else frozenset()
        self.plots = True

    @cached_property
    def document(self) -> Document:  # type: ignore[override]  # made when it is first asked for
        from symbackprop.explain import explain

        return explain(self.account())

    def account(self) -> Account:
        """What the solution is told from."""
        from symbackprop.explain.account import Account

        d = self.derivation
        return Account(
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
            on_kinks=frozenset(d.on_kinks),
            readings=self.readings,
            detail=self.detail,
            units=self.units,
            plots=self.plots,
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
        return evaluate(d.derivation, values)["ref", d.problem.error]

    # ---- other numbers -----------------------------------------------------------------------------------------

    def of(self, values: Mapping[str, Any]) -> Solution:
        """The same solution with other numbers for some of the arrays."""
        other = copy(self)
        other.__dict__.pop("document", None)
        other.derivation = self.derivation.with_values(values)
        return other

    def press(self, format: str = "latex") -> Press:
        """Its text in one format as a function of its numbers: press({"W1": …}), for thousands of one topology.

        Pictures that are drawn from numbers (the graph with its values, the bars of the update) are left out.
        """
        from symbackprop.press import Press

        plain = copy(self)
        plain.__dict__.pop("document", None)
        plain.plots = False
        return Press(plain, format)

    # ---- companions --------------------------------------------------------------------------------------------

    def faded(self, level: int = 1, order: str = "backward") -> tuple[Sheet, Sheet]:
        """The solution with gaps, and the key to them.

        Level 1 leaves out about a third of the steps, level 2 about two thirds; the order "forward" begins with the
        first ones, "backward" with the last ones, "subgoal" with the last ones of every part.
        """
        from symbackprop.explain.fade import faded
        from symbackprop.writers.content import undivided

        return self._companions(faded(self.document, level, order, undivided))

    def erroneous(self) -> tuple[Sheet, Sheet]:
        """The solution with one wrong line to find, and the key to it."""
        from symbackprop.explain.erroneous import erroneous

        def carried(steps: Steps) -> Callable[[Form], Any]:
            return self.derivation.following(steps).number

        return self._companions(erroneous(self.account(), self.document, carried))

    def _companions(self, pair: tuple[Document, Document]) -> tuple[Sheet, Sheet]:
        one, other = (Companion(document, self.templates) for document in pair)
        return one, other

    # ---- formats -----------------------------------------------------------------------------------------------

    def render(self, format: str = "markdown") -> str | bytes:
        from symbackprop.writers import WHOLE

        return WHOLE[format].text(self) if format in WHOLE else super().render(format)

    def files(self, formats: Sequence[str], stem: str, family: str | None = None) -> Files:
        from symbackprop.writers import WHOLE
        from symbackprop.writers.files import file_name

        documents = [f for f in formats if f not in WHOLE]
        files = super().files(documents, stem, family) if documents else {}
        return files | {f"{file_name(stem)}{WHOLE[f].suffix}": WHOLE[f].text(self) for f in formats if f in WHOLE}


class Told(Sheet):
    """A document that comes with its numbers: `data` has the text of each format that is none of documents."""

    data: Mapping[str, Callable[[], str]]
    templates = None

    def render(self, format: str = "text") -> str | bytes:
        return self.data[format]() if format in self.data else super().render(format)

    def files(self, formats: Sequence[str], stem: str, family: str | None = None) -> Files:
        from symbackprop.writers.files import file_name

        files = super().files([f for f in formats if f not in self.data], stem, family)
        return files | {f"{file_name(stem)}.{f}": self.data[f]() for f in formats if f in self.data}

    def write(self, path: str | Path) -> Path:
        path = Path(path)
        if path.suffix[1:] in self.data:
            return self.write_all([path.suffix[1:]], path.parent, path.stem)[0]
        return super().write(path)


class Moved(Told):
    """What happens to the error when one number moves."""

    def __init__(self, derivation: Derivation, name: str, lang: str) -> None:
        from symbackprop.explain.perturb import explain
        from symbackprop.writers import json

        self.perturbation = derivation.perturbation(name)
        self.document = explain(self.perturbation, name, derivation.names(), lang)
        self.data = {"json": lambda: json.perturbed(self.perturbation, name, derivation.problem.error)}


class Trained(Told):
    """The error and the parameters along a training."""

    def __init__(self, derivation: Derivation, run: Trajectory, until: Fraction | None, lang: str) -> None:
        from symbackprop.explain.train import explain
        from symbackprop.writers import csv, json

        self.trajectory = run
        self.document = explain(run, derivation.derivation, derivation.names(), until, lang)
        self.data = {"json": lambda: json.trained(derivation, run, until), "csv": lambda: csv.errors(run)}

    @property
    def reached(self) -> bool:
        """Whether the error came down to the one that was asked for."""
        return self.trajectory.reached


def _moved(array: Any, at: tuple[int, ...], by: Fraction) -> Any:
    if not at:
        return array + by
    return tuple(_moved(x, at[1:], by) if k == at[0] else x for k, x in enumerate(array))
