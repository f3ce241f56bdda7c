"""A derivation with its verdicts, ready to be shown and written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from symbackprop.derivation import steps_of
from symbackprop.errors import OutputError, Place, ReadError
from symbackprop.reader.documents import document
from symbackprop.readings.names import Names
from symbackprop.spec.problem import Problem
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verdicts import data, documents, shown
from symbackprop.verdicts.told import BELOW, Teller, Told
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import Report
from symbackprop.writers.files import placed
from symbackprop.writers.render import sandbox


def _text(told: Told, suffix: str) -> str:
    return sandbox("text").fill("text/report.txt.j2", shown.data(told, "text"))


class Format(NamedTuple):
    """`render` takes what is told, and the suffix of the author's file, which says what that is written in."""

    suffix: str
    render: Callable[[Told, str], str]


FORMATS = {
    "text": Format(".txt", _text),
    "json": Format(".json", lambda told, _: data.text(told)),
    "markdown": Format(".md", documents.markdown),
    "latex": Format(".tex", documents.latex),
    "html": Format(".html", documents.html),
}


class Verified:
    """Every row of a derivation with its verdict; `str` of it is the report for a terminal."""

    def __init__(self, report: Report, names: Names, language: str, suffix: str = "") -> None:
        self.report, self.names, self.language, self.suffix = report, names, language, suffix

    @cached_property
    def told(self) -> Told:
        return Teller(self.names, self.language).told(self.report)

    @cached_property
    def lines(self) -> tuple[data.Line, ...]:
        """As the JSON has them: .line, .text, .verdict, .claims, .mistakes, .expected, .counterexample, .why."""
        return tuple(data.data(self.told).lines)

    @property
    def first_wrong(self) -> int | None:
        return self.report.first_wrong

    @property
    def convention(self) -> str:
        return self.report.convention

    @property
    def unread(self) -> tuple[tuple[int, int, str], ...]:
        """Row, column and reason of each row that could not be read."""
        lost = (line.unread for line in self.report.lines if line.unread)
        return tuple((u.row, u.column, BELOW.split(u.why)[0]) for u in lost)

    @property
    def status(self) -> int:
        """1 where a row is wrong or arithmetic, else 2 where one is unread, else 0."""
        return 1 if self.first_wrong is not None else 2 if self.unread else 0

    def render(self, format: str = "text") -> str:
        return FORMATS[format].render(self.told, self.suffix)

    def __str__(self) -> str:
        return self.render("text").removesuffix("\n")

    def json(self) -> str:
        return self.render("json")

    def markdown(self) -> str:
        """The author's text with the verdicts below each formula."""
        return self.render("markdown")

    def latex(self) -> str:
        return self.render("latex")

    def html(self) -> str:
        return self.render("html")

    def certificate(self) -> bytes:
        """What the verdicts rest on (symbackprop/certificate/1), for a checker that needs no algebra."""
        from symbackprop.verifier.certificate import written

        return written(self.report, self.names.problem)

    def write(self, path: str | Path) -> Path:
        """Write one file, in the format that its suffix says."""
        path = Path(path)
        formats = [name for name, row in FORMATS.items() if row.suffix == path.suffix]
        if not formats:
            known = ", ".join(row.suffix for row in FORMATS.values())
            raise OutputError(f"no report has the suffix {path.suffix!r}; there are {known}", Place(str(path)))
        return placed(path, self.render(formats[0]))

    def _repr_html_(self) -> str:
        return documents.html(self.told, self.suffix, whole=False)


def verified(
    text: str,
    problem: Problem,
    *,
    notation: str | None = None,
    lang: str | None = None,
    exact: bool = False,
    name: str | None = None,
    budget: float | None = None,
) -> Verified:
    """The verdicts on a text; `name` is that of its file, which errors tell; `budget`, the seconds for a claim.

    Raises ReadError for a text with nothing to judge in it, or one that is too large.
    """
    written = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        document(written)  # what is no document at all is told before a worker takes it
        report = judge(written, problem, notation=notation, exact=exact, budget=budget)
    except ReadError as error:
        raise ReadError(error.faults[0].message, Place(name)) from error
    if not report.lines:
        hint = "write one a line, or between dollar signs: dE/dw5 = -(t1 - o1)*o1*(1 - o1)*h1"
        raise ReadError(f"no equation stands here; {hint}", Place(name))
    words = NOTATIONS[notation or problem.presentation.notation]
    suffix = Path(name).suffix.lower() if name else ""
    names = Names(problem, steps_of(problem).graph, words)
    return Verified(report, names, lang or problem.presentation.language, suffix)
