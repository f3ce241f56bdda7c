r"""What a written name means: the symbols of a notation, turned round.

The cells of readings/names print an entry as a symbol; here each symbol is a row (base, sub, sup) → entry.  Symbols of
concrete entries are looked up as they are; those with letters for indices by their pattern: the base, the superscript,
and which parts of the subscript are indices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property

from symbackprop.derivation import Steps
from symbackprop.form import ENTRIES, Form, Index, walk
from symbackprop.readings.names import Names
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY
from symbackprop.verifier.definitions import Defined
from symbackprop.verifier.entries import (
    MANY,
    MOST_ENTRIES,
    alone,
    axes_of,
    entries,
    numbers,
    pattern_of,
    quantities,
    without_own,
)
from symbackprop.verifier.given import own_entries, own_patterns
from symbackprop.verifier.meaning import Key, Meaning, Pattern, Run, written
from symbackprop.verifier.profiles import CLASSES, USUAL, also, letters_of

MOST_NEAR = 100

# Functions by the names that people call them; the name of a row and its symbol are always read.
SPELLINGS = {
    "sigm": "sigmoid", "sig": "sigmoid", "logistic": "sigmoid", "logsig": "sigmoid", "ReLU": "relu", "Relu": "relu",
    "RELU": "relu", "LeakyReLU": "leaky-relu", "leakyrelu": "leaky-relu", "lrelu": "leaky-relu", "GELU": "gelu",
    "ELU": "elu", "ln": "log", "Tanh": "tanh", "tansig": "tanh", "lg": "log10", "Softmax": "softmax", "SiLU": "silu",
    "abs": "abs", "max": "max", "min": "min", "norm": "norm", "Sigmoid": "sigmoid", "softMax": "softmax",
}  # fmt: skip
GENERIC = ("f", "g", "h", "phi")  # the activation of the quantity that they are applied to


@dataclass(frozen=True)
class Glossary:
    exact: dict[Key, Meaning]
    patterns: dict[str, list[Pattern]]
    words: dict[str, Meaning]  # plain names, taken as they stand: w11_1, W2[0,1]
    functions: dict[str, str]
    error: str
    layers: int
    axes: dict[str, tuple[Run, ...]]  # of each quantity
    letters: dict[str, str] = field(default_factory=dict)  # index letters that have a class of their own: o, h, i
    usual: dict[str, str] = field(default_factory=dict)  # what a letter is taken for where several layers would fit
    activations: dict[str, str] = field(default_factory=dict)  # of a pre-activation, by its name
    outputs: dict[str, str] = field(default_factory=dict)
    defined: dict[str, tuple[Defined, ...]] = field(default_factory=dict)  # by the text itself

    def defining(self, base: str, row: Defined) -> Glossary:
        """The same with one more name of the text's own."""
        return replace(self, defined={**self.defined, base: (*self.defined.get(base, ()), row)})

    @cached_property
    def bases(self) -> frozenset[str]:
        return frozenset(
            base.partition(" ")[2] or base for base in (*(k[0] for k in self.exact), *self.patterns, *self.defined)
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """What a run of letters may be cut into: bases, functions, indices, and the words of calculus."""
        return self.bases | frozenset(self.functions) | CALCULUS

    @cached_property
    def indices(self) -> frozenset[str]:
        """The letters that are known as indices alone."""
        return frozenset(INDICES) - self.bases

    @cached_property
    def whole(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def calls(self) -> frozenset[str]:
        return frozenset(self.functions) - {"sigma"} - self.bases

    @cached_property
    def generic(self) -> frozenset[str]:
        return (frozenset(GENERIC) - self.bases) | frozenset(("sigma", *self.functions))

    @cached_property
    def sigma(self) -> str:
        """σ is the network's activation, as in Nielsen's book, where it has but one; else the sigmoid."""
        one, *more = {row for row in self.activations.values() if row not in (*ALONG, "own", "identity")} or {"sigmoid"}
        return "sigmoid" if more else one

    def only_unit(self, letter: str, form: Form) -> Index | None:
        """The one unit of a letter's own class that a form names: h is h1 where ∂E/∂out_h1 stands left of the sign."""
        units = {
            i for f in walk(form) if f.op in ENTRIES
            for i, run in zip(f.at, self.axes.get(f.name, ()), strict=False) if run.of == self.letters.get(letter)
        }  # fmt: skip
        return units.pop() if len(units) == 1 and not any(i.terms for i in units) else None

    @cached_property
    def of_any_layer(self) -> dict[tuple[str, str], list[Meaning]]:
        """By base and subscript alone: the entries and arrays that a name without its layer may mean."""
        out: dict[tuple[str, str], list[Meaning]] = {}
        for (base, sub, _), meaning in self.exact.items():
            some = out.setdefault((base, sub), [])
            if meaning not in some and (meaning.whole or sub or not meaning.runs):
                some.append(meaning)
        return out

    @cached_property
    def supers(self) -> dict[str, frozenset[str]]:
        """The superscripts that each base has."""
        out: dict[str, set[str]] = {}
        for base, _, sup in self.exact:
            out.setdefault(base, set()).add(sup)
        for base, rows in self.patterns.items():
            out.setdefault(base, set()).update(row.sup for row in rows)
        return {base: frozenset(sups) for base, sups in out.items()}

    def layers_of(self, base: str, sub: str) -> list[str]:
        """The superscripts with which a name says its layer."""
        exact = [sup for b, s, sup in self.exact if b == base and (s == sub or not s)]
        return [s for s in dict.fromkeys((*exact, *(p.sup for p in self.patterns.get(base, ())))) if s][:2]

    def near(self, base: str, sub: str, sup: str) -> list[str]:
        """The names that look like one that nobody knows."""
        alike = [key for key in self.exact if key[0] == base][:MOST_NEAR]
        alike = alike or [key for key in self.exact if key[0] in get_close_matches(base, self.bases, n=3)][:MOST_NEAR]
        return get_close_matches(written(base, sub, sup), [written(*key) for key in alike], n=4, cutoff=0.3)


INDICES = "ijklmnopqrsu"
CALCULUS = frozenset((*GENERIC, *INDICES, *"delta e d sum T pi new old baru lama".split()))


def glossary(names: Names, steps: Steps | None = None) -> Glossary:
    """Every symbol that the notation has for this network; one's own names come first."""
    books = [names, without_own(names)] if names.given else [names]
    patterns: dict[str, list[Pattern]] = {}
    for base, pattern in own_patterns(names):
        patterns.setdefault(base, []).append(pattern)
    exact: dict[Key, Meaning] = {}
    for key, meaning in (*own_entries(names), *_symbols(books, steps, patterns)):
        exact.setdefault(key, meaning)
    for key, meaning in (*_numbers(books, steps), *alone(names, steps), *also(names)):
        exact.setdefault(key, meaning)
        if meaning.whole and len(meaning.runs) == 1 and not any(p.sup == key[2] for p in patterns.get(key[0], ())):
            row = Pattern((0,), key[2], meaning.form.op, (meaning.form.name,), meaning.runs, False)
            patterns.setdefault(key[0], []).append(row)
    for base, sub, sup in [key for key in exact if key[0] == "w" and key[2]]:  # W^{[1]}, where the book has a w
        exact.setdefault(("W", sub, sup), exact[base, sub, sup])
    patterns.setdefault("W", [p for p in patterns.get("w", ()) if p.sup])
    words = {word: Meaning(f) for word, f in names.entries.items()}
    if names.problem.network is None:  # W2 @ x: as its own equations call it
        words |= {word: Meaning(Form("ref", (word,)), axes_of(names, word, names.graph.full_shape(word)), True)
                  for word in names.graph.shapes if word[-1].isdigit() and names.graph.shapes[word]}  # fmt: skip
    words |= {f"{base}_{sub}": m for (base, sub, sup), m in exact.items() if "→" in sub and not sup}
    fed = {
        d.body.forms[0].name: d
        for d in names.graph.definitions
        if d.activation and d.body.forms and d.body.forms[0].op == "ref"
    }
    return Glossary(
        exact, patterns, words, functions(), names.graph.error, names.layers,
        {name: axes_of(names, name, names.graph.full_shape(name)) for name in names.graph.shapes},
        letters_of(names, CLASSES), letters_of(names, USUAL),
        {z: d.activation for z, d in fed.items() if d.activation},
        {z: d.name for z, d in fed.items()},
    )  # fmt: skip


def _symbols(
    books: list[Names], steps: Steps | None, patterns: dict[str, list[Pattern]]
) -> Iterator[tuple[Key, Meaning]]:
    """The symbols of all entries in each book, in the unit and the index reading; their patterns go along."""
    for op, head, shape in quantities(books[0], steps):
        runs = axes_of(books[0], head[0], shape)
        for book in (reading for b in books for reading in (b, b.general_case())):
            pattern = pattern_of(book, op, head, runs) if runs else None
            if pattern and pattern[1] not in patterns.setdefault(pattern[0], []):
                patterns[pattern[0]].append(pattern[1])
            yield from entries(book, op, head, runs, MANY if pattern else MOST_ENTRIES)


def _numbers(books: list[Names], steps: Steps | None) -> Iterator[tuple[Key, Meaning]]:
    return (row for book in books for row in numbers(book, steps))


def functions() -> dict[str, str]:
    """Names of functions as they are written → rows."""
    out = dict(SPELLINGS)
    for table in (ELEMENTARY, ACTIVATIONS, ALONG):
        for name, row in table.items():
            symbol = re.sub(r"\\operatorname\{([^}]*)\}|\\", r"\1", row.symbol)
            for word in (name, name.replace("-", ""), symbol):
                if word:
                    out.setdefault(word, name)
    return out


__all__ = ["Glossary", "Meaning", "Pattern", "Run", "glossary", "written"]
