r"""Names that a text gives itself: s = t_1 − o_1 and e_k = t_k − o_k say what s and e_k are from there on.

A definition is a new name, alone on the left of the chain's first =, and behind it a formula that names quantities.
New is a name whose letter or word nobody knows, nor one like it: a slip of the pen, ot_1 for out_1, is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from symbackprop.form import ENTRIES, Form, Index, free, walk
from symbackprop.reader.array import Tree
from symbackprop.reader.arrays import Array
from symbackprop.reader.tokens import spelled
from symbackprop.verifier.meaning import Meaning, Run, written
from symbackprop.verifier.scripts import affine, parts_of

if TYPE_CHECKING:
    from symbackprop.verifier.glossary import Glossary
    from symbackprop.verifier.resolve import Resolver

NAMED = ENTRIES | {"hyper", "partial"}
WORDS = frozenset(("e", "d", "sum", "T", "pi", "delta"))  # these mean something already
ALIKE = 0.7


class Defined(NamedTuple):
    """A name of the text's own: the parts of its subscript, letters among them, and what it stands for."""

    sub: tuple[str, ...]
    sup: str
    letters: Mapping[str, Run]
    value: Array


class Name(NamedTuple):
    base: str
    sub: str
    sup: str

    def __str__(self) -> str:
        return written(*self)


def new_name(names: Glossary, tree: Tree) -> Name | None:
    """The name that stands alone, if it is one that nobody knows."""
    if tree.kind != "symbol":
        return None
    letter, accent, sub, sup = tree.args
    assert isinstance(letter, str) and isinstance(sub, tuple) and isinstance(sup, tuple)
    below = spelled(sub)
    euler = letter == "e" and below and "e" not in names.patterns
    if not euler and any(letter in known for known in (names.bases, names.whole, WORDS)):
        return None
    others = [word for word in names.bases | frozenset(names.functions) if len(word) > 1]
    if letter in names.functions or (len(letter) > 1 and get_close_matches(letter, others, cutoff=ALIKE)):
        return None
    return Name(f"{accent} {letter}" if accent else letter, below, spelled(sup))


def defined(name: Name, value: Array, resolver: Resolver) -> Defined | None:
    """What the name stands for; None where its formula names no quantity, or has an index that the name lacks."""
    form = value.entry(tuple(Index() for _ in value.shape))
    parts = tuple(parts_of(name.sub))
    letters = {part: resolver.letters[part] for part in parts if part in resolver.letters}
    if not any(f.op in NAMED for f in walk(form)) or not set(free(form)) <= set(letters):
        return None
    return Defined(parts, name.sup, letters, value)


def meant(r: Resolver, base: str, sub: str, sup: str, tree: Tree) -> Meaning | None:
    """What a name of the text's own stands for, with its indices put in."""
    for row in r.glossary.defined.get(base, ()):
        value = _value(r, row, sub, tree) if row.sup == sup else None
        if value is not None:
            return Meaning(Form("own", ()), value=value)
    return None


def _value(r: Resolver, row: Defined, sub: str, tree: Tree) -> Array | None:
    parts = parts_of(sub)
    places = [affine(part) for part in parts]
    if not row.sub and parts and len(parts) == len(row.value.shape):  # an entry of an array
        at = tuple(i for i in places if i is not None)
        return Array((), lambda _: row.value.entry(at)) if len(at) == len(parts) else None
    if len(parts) != len(row.sub):
        return None
    given: dict[str, Index] = {}
    for want, part, i in zip(row.sub, parts, places, strict=True):
        if want not in row.letters:
            if want != part:
                return None
            continue
        size = row.letters[want].size
        if i is None or (not i.terms and isinstance(size, int) and not 0 <= i.const < size):
            return None
        if i.variable:
            r.register(i.variable, row.letters[want], tree)
        given[want] = i
    return Array(row.value.shape, lambda at: row.value.entry(at).where(given))
