"""The user's words to a Problem: a spec as TOML, or made in Python.

    problem = load("examples/mazur.toml")
    problem = problem(Network(inputs=2, loss="half-squared-error", layers=[Dense(units=2, activation="sigmoid")]))

Errors are SpecError, which tells every fault at once, each with its file, line and key and what to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from symbackprop.spec import given
from symbackprop.spec.arrays import filled
from symbackprop.spec.checks import check
from symbackprop.spec.faults import mended, placed, slips
from symbackprop.spec.files import decoded, read, standard_input
from symbackprop.spec.keys import File
from symbackprop.spec.layers import Dense
from symbackprop.spec.model import Data, Equations, Figure, Network, Presentation, Source, Spec, Training
from symbackprop.spec.numbers import Path as Key
from symbackprop.spec.problem import Problem, build
from symbackprop.spec.toml import parse
from symbackprop.spec.write import dumps

__all__ = [
    "Data",
    "Dense",
    "Equations",
    "Figure",
    "File",
    "Network",
    "Presentation",
    "Problem",
    "Source",
    "Spec",
    "Training",
    "dumps",
    "load",
    "loads",
    "problem",
    "understood",
]


def load(path: str | Path) -> Problem:
    """The problem of a spec file; `-` is standard input.  Paths in it are relative to it."""
    if str(path) == "-":
        return loads(decoded(standard_input(), "-"), "-", folder=Path())
    path = Path(path)
    return loads(decoded(read(path), str(path)), str(path), folder=path.parent, path=path)


def loads(text: str, name: str = "<text>", folder: Path | None = None, path: Path | None = None) -> Problem:
    """The problem of a spec's text.  Without a folder the text may name no files."""
    data, where = parse(text, name)
    return understood(data, name, where, folder, path)


def understood(
    data: Mapping[str, Any],
    name: str | None = None,
    where: Mapping[Key, int] | None = None,
    folder: Path | None = None,
    path: Path | None = None,
) -> Problem:
    """The problem of a spec's data, as TOML gives it; `where` has the line of each key."""
    found = []
    try:
        spec = Spec.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        found = slips(error, Spec)
        try:
            spec = Spec.model_validate(mended(data, error, Spec), by_alias=True, by_name=False)
        except ValidationError:  # too little is left to check the rest
            raise placed(found, name, where or {}) from None
    spec, unread = filled(spec, folder)
    if found := [*found, *unread, *check(spec)]:
        raise placed(found, name, where or {})
    return fitting(build(spec, path), name, where or {})


def problem(network: Network, **words: Any) -> Problem:
    """The problem of a network made in Python; data, training, presentation, source and title as in a spec."""
    spec, unread = filled(Spec(network=network, **words), Path())
    if found := [*unread, *check(spec)]:
        raise placed(found, None, {})
    return fitting(build(spec))


def fitting(made: Problem, name: str | None = None, where: Mapping[Key, int] = MappingProxyType({})) -> Problem:
    """The problem, where the names given to its quantities fit them; that is seen when all of it is known."""
    if found := list(given.check(made)):
        raise placed(found, name, where)
    return made
