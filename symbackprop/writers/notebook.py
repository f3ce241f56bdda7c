"""A Jupyter notebook: the solution in Markdown, and the same computation in plain Python, which runs on its own.

One template gives the whole as Markdown.  Its headings and its blocks of Python are where the cells begin; both are the
template's own, since no text can bring in a heading or a fence.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symbackprop import language
from symbackprop.document import Document
from symbackprop.form import Form, Symbol
from symbackprop.numeric.emit import listed, source
from symbackprop.numeric.exact import entrywise, leaf
from symbackprop.numeric.line import Key
from symbackprop.numeric.program import program
from symbackprop.numeric.rounding import least
from symbackprop.numeric.targets import decimal
from symbackprop.readings.names import plain_name
from symbackprop.templating import Ready
from symbackprop.writers.render import filled, pictures

if TYPE_CHECKING:
    from symbackprop.api import Derivation, Solution

MOST = 60  # numbers that one cell prints
STEP = "1e-4"
Data = dict[str, Any]


def text(solution: Solution) -> str:
    """The notebook, format 4.5."""
    document, d = solution.document, solution.derivation
    page = filled(
        document, "markdown", ".md", solution.templates,
        folder="ipynb", pictures=_addresses(document, solution.templates), **_python(solution),
    )  # fmt: skip
    meta = {
        "title": d.problem.title or document.title,
        "lang": document.language,
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    book = {"cells": list(_cells(page)), "metadata": meta, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _addresses(document: Document, templates: Path | None) -> dict[str, str]:
    """Pictures as data, since Jupyter shows no attached SVG."""
    return {
        name: "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
        for name, svg in pictures(document, templates).items()
    }


# --- cells ------------------------------------------------------------------------------------------------------------


def _cells(page: str) -> Iterable[Data]:
    """Each with an id of its place and its text: the same one each time."""
    for k, (kind, lines) in enumerate(_parts(page)):
        name = hashlib.sha256(f"{k} {kind} {lines}".encode()).hexdigest()[:16]
        cell: Data = {"cell_type": kind, "id": name, "metadata": {}, "source": lines.splitlines(keepends=True)}
        yield cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _parts(page: str) -> Iterable[tuple[str, str]]:
    """The Markdown before each heading, and each block of Python."""
    for k, part in enumerate(re.split(r"(?ms)^```python\n(.*?)^```$", page)):
        pieces = [part] if k % 2 else re.split(r"(?m)^(?=#{1,2} )", part)
        yield from (("code" if k % 2 else "markdown", piece.strip()) for piece in pieces if piece.strip())


# --- what the template needs for its Python ---------------------------------------------------------------------------


def _python(solution: Solution) -> Data:
    d = solution.derivation
    steps, lang = d.derivation, solution.language
    training, graph = d.problem.training, steps.graph
    quantities = [name for name in graph.shapes if "." not in name and name not in graph.leaves]
    moved = [s.of for s in steps.steps if s.left.op == "updated"]
    places, significant = solution.digits, solution.significant
    figures = places if significant is None else significant - 1
    words = {"check": language.text(lang, "notebook.check", step=STEP)}
    words |= {k: language.text(lang, f"notebook.{k}") for k in WORDS}
    forward, gradient = (_function(d, "forward", "ref", quantities), _gradient(d))
    can_move = d.numeric and moved and training.rate is not None
    return {
        "words": words,
        "given": [{"name": n, "value": _literal(leaf(steps, d.problem.values, n, 0))} for n in program(steps).arguments]
        if d.numeric
        else [],
        "rate": Ready(decimal(Fraction(training.rate))[0]) if training.rate is not None else "",
        "least": Ready(f"1e{least(places, significant)}"),
        "small": Ready(f".{figures}e"),
        "usual": Ready(f".{places}f" if significant is None else f"#.{significant}g"),
        "mark": Ready(language.decimal_mark(lang)),
        "step": Ready(STEP),
        "error": Ready(_word(solution, Form("ref", (graph.error,)))),
        "forward": forward | {"rows": _rows(solution, quantities)},
        "gradient": gradient | {"rows": _rows(solution, graph.parameters)},
        "update": _function(d, "update", "updated", moved) | {"rows": _rows(solution, moved)} if can_move else None,
    }


WORDS = "title given forward gradient update largest after".split()


def _function(d: Derivation, name: str, op: str, of: Iterable[str]) -> Data:
    wanted: list[Key] = [(op, n) for n in of]
    text, made = listed(d.derivation, name, wanted)
    return {"source": Ready(text), "more": Ready(", rate" * bool(made.hypers))}


def _gradient(d: Derivation) -> Data:
    """`more`: the rate, where deltas of hidden layers are taken from updated weights."""
    text = source(d.derivation, "python", reduction=d.problem.reduction)
    return {"source": Ready(text.rstrip()), "more": Ready(", rate" * bool(program(d.derivation).hypers))}


def _literal(x: Any) -> Ready:
    """Nested lists of the shortest decimals."""
    spelled = entrywise(x, lambda value: decimal(Fraction(value))[0])
    return Ready(_bracketed(spelled))


def _bracketed(x: Any) -> str:
    return x if isinstance(x, str) else f"[{', '.join(map(_bracketed, x))}]"


def _rows(solution: Solution, of: Iterable[str]) -> list[Data]:
    """The entries of these quantities, as many as a cell prints, each by its name in the text."""
    wanted = set(of)
    entries = solution.derivation.names(solution.notation).entries
    firsts = {form: None for form in entries.values() if form.name in wanted}
    return [
        {"name": Ready(_word(solution, f)), "of": Ready(f.name), "at": Ready("".join(f"[{i.const}]" for i in f.at))}
        for f in list(firsts)[:MOST]
    ]


def _word(solution: Solution, f: Form) -> str:
    (s,) = solution.derivation.names(solution.notation).spelled(f).args
    assert isinstance(s, Symbol)
    return plain_name(s)
