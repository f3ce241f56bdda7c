"""What a notation reads besides what it prints."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.form import Form, Index, hyper, ref
from symbackprop.readings.names import Names
from symbackprop.verifier.entries import axes_of
from symbackprop.verifier.meaning import Key, Meaning


def also(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """What a profile reads besides what it prints: rows (base, sub, sup) → quantity."""
    rows = ALSO.get(names.notation.name)
    if rows is not None and names.problem.dense:
        yield from rows(names)
    if names.problem.dense:
        yield from inputs_as_layer(names)
    training = names.problem.training
    if training.optimizer == "sgd" and not training.momentum:  # beside a momentum, α is the momentum in some books
        for base in ("eta", "alpha", "lr"):
            yield (base, "", ""), Meaning(hyper("rate"))
    yield ("E", "", ""), Meaning(ref(names.graph.error))
    yield ("E", "total", ""), Meaning(ref(names.graph.error))


def inputs_as_layer(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """a^0 is x, and the output is what the last layer gives, whatever else it is called."""
    cell = names.notation.general["out"]
    if names.graph.sample:
        return
    for layer, name in ((0, "x"), (names.layers, f"a{names.layers}")):
        yield from vector(names, cell.base, name, cell.sup.format(l=layer))


def vector(names: Names, base: str, name: str, sup: str = "", unit: str = "") -> Iterator[tuple[Key, Meaning]]:
    """An array of one axis and its entries, as base with the entry's number."""
    runs = axes_of(names, name, names.graph.full_shape(name))
    yield (base, "", sup), Meaning(Form("ref", (name,)), runs, True)
    for k in range(int(runs[0].size)):
        yield (base, f"{unit}{k + 1}", sup), Meaning(ref(name, k))


def _mazur(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """E, t1, o1 and h1 (the outs), i1 and x1."""
    if names.graph.sample:
        return
    shapes, last = names.graph.shapes, names.layers
    rows = [("x", "x", ""), ("i", "x", ""), ("t", "t", ""), ("o", f"a{last}", ""), ("target", "t", ""),
            ("t", "t", "o"), ("output", f"a{last}", ""), ("output", f"a{last}", "o")]  # fmt: skip
    if last == 2:
        rows.append(("h", "a1", ""))
    for base, name, unit in rows:
        yield from vector(names, base, name, unit=unit)
    kinds = {"E": ("ref", "Ek"), "delta": ("adjoint", f"z{last}")}
    for base, (op, name) in kinds.items():
        if name in shapes and len(shapes[name]) == 1:
            for k in range(int(shapes[name][0])):
                yield (base, str(k + 1), ""), Meaning(Form(op, (name, Index(k))))


def _bishop(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """E_n, the error of one sample"""
    if not names.graph.sample:
        yield ("E", "n", ""), Meaning(ref(names.graph.error))


ALSO = {"mazur": _mazur, "bishop": _bishop}
# Letters as indices, in networks of two layers and in others: o is one of the last layer's units, −1.
CLASSES = {"mazur": ({"h": 1, "o": 2}, {"o": -1})}  # and nothing else
USUAL = dict.fromkeys(("mazur", "bishop"), ({"i": 0, "j": 1, "k": 2}, {"k": -1}))  # where nothing else says it


def letters_of(names: Names, table: dict[str, tuple[dict[str, int], dict[str, int]]]) -> dict[str, str]:
    """Each letter with the units that it runs over."""
    two, others = table.get(names.notation.name, ({}, {}))
    rows = (two if names.layers == 2 else others) if names.problem.dense else {}
    return {letter: f"units {layer if layer >= 0 else names.layers}" for letter, layer in rows.items()}
