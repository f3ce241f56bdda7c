"""What a written name may mean: an entry, an array, or a pattern with letters for indices."""

from __future__ import annotations

from typing import NamedTuple

from symbackprop.form import Form, Size, Symbol
from symbackprop.reader.arrays import Array
from symbackprop.vocabulary import Kind

Key = tuple[str, str, str]  # base, subscript, superscript


class Run(NamedTuple):
    """What an index of an entry runs over: as many as `size`, and of which units."""

    size: Size
    of: str  # "units 1", "samples": indices of one class may share a letter
    kind: Kind = Kind.UNIT


class Meaning(NamedTuple):
    """An entry with its layer classes: what each index runs over.  `whole`: the array, without indices."""

    form: Form
    runs: tuple[Run, ...] = ()
    whole: bool = False
    value: Array | None = None  # of a name that the text has defined


class Pattern(NamedTuple):
    sub: tuple[int | str, ...]  # positions of indices, and fixed parts
    sup: str
    op: str
    head: tuple[str, ...]  # the quantity; of a flow, what it came back through too
    runs: tuple[Run, ...]
    sample: bool  # whether the sample stands above, in brackets
    above: tuple[int | str, ...] = ()  # the parts of a superscript that holds indices too
    defaults: tuple[str, ...] = ()  # the texts of the indices that do not stand in the name


def key_of(s: Symbol) -> Key:
    return (f"{s.accent} {s.base}" if s.accent else s.base), bare(s.sub), bare(s.sup)


def bare(script: str) -> str:
    return script.replace(" ", "")


def written(base: str, sub: str, sup: str) -> str:
    accent, _, bare = base.rpartition(" ")
    text = f"{accent}({bare})" if accent else base
    return text + (f"_{sub}" if sub else "") + (f"^{sup}" if sup else "")
