r"""What a written name means: the symbols of a notation, turned round.

The cells of readings/names print an entry as a symbol; here each symbol is a row (base, sub, sup) → entry.  Symbols of
concrete entries are looked up as they are; those with letters for indices by their pattern: the base, the superscript,
and which parts of the subscript are indices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import product
from math import prod
from typing import NamedTuple

from symbackprop.derivation import Steps
from symbackprop.derivation.updates import NORM
from symbackprop.form import ENTRIES, Form, Index, Size, Symbol, adjoint, hyper, index, ref, walk
from symbackprop.readings.names import Names, plain_name
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ELEMENTARY
from symbackprop.vocabulary import Kind

Key = tuple[str, str, str]
MOST_ENTRIES, MANY, MOST_NEAR = 50_000, 400, 100  # of an array with more than MANY, a pattern is enough
LETTERS = ("α", "β", "γ", "δ")  # stand for the indices while a pattern is made

# Functions by the names that people call them; the name of a row and its symbol are always read.
SPELLINGS = {
    "sigm": "sigmoid", "sig": "sigmoid", "logistic": "sigmoid", "logsig": "sigmoid", "ReLU": "relu", "Relu": "relu",
    "RELU": "relu", "LeakyReLU": "leaky-relu", "leakyrelu": "leaky-relu", "lrelu": "leaky-relu", "GELU": "gelu",
    "ELU": "elu", "ln": "log", "Tanh": "tanh", "tansig": "tanh", "lg": "log10", "Softmax": "softmax", "SiLU": "silu",
    "abs": "abs", "max": "max", "min": "min", "norm": "norm", "Sigmoid": "sigmoid", "softMax": "softmax",
}  # fmt: skip
GENERIC = ("f", "g", "h", "phi")  # the activation of the quantity that they are applied to


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


class Pattern(NamedTuple):
    sub: tuple[int | str, ...]  # positions of indices, and fixed parts
    sup: str
    op: str
    head: tuple[str, ...]  # the quantity; of a flow, what it came back through too
    runs: tuple[Run, ...]
    sample: bool


@dataclass(frozen=True)
class Glossary:
    exact: dict[Key, Meaning]
    patterns: dict[str, list[Pattern]]
    words: dict[str, Meaning]  # plain names, taken as they stand: w11_1, W2[0,1]
    functions: dict[str, str]
    error: str
    layers: int
    letters: dict[str, str] = field(default_factory=dict)  # index letters that have a class of their own: o, h, i
    activations: dict[str, str] = field(default_factory=dict)  # of a pre-activation, by its name
    outputs: dict[str, str] = field(default_factory=dict)

    @cached_property
    def bases(self) -> frozenset[str]:
        return frozenset(base.partition(" ")[2] or base for base in (*(k[0] for k in self.exact), *self.patterns))

    @cached_property
    def known(self) -> frozenset[str]:
        """What a run of letters may be cut into: bases, functions, indices, and the words of calculus."""
        return self.bases | frozenset(self.functions) | frozenset((*GENERIC, *INDICES, *"delta e d sum T pi".split()))

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
        return {base: frozenset(sups) for base, sups in out.items()}

    def near(self, base: str, sub: str, sup: str) -> list[str]:
        """The names that look like one that nobody knows."""
        alike = [key for key in self.exact if key[0] == base][:MOST_NEAR]
        alike = alike or [key for key in self.exact if key[0] in get_close_matches(base, self.bases, n=3)][:MOST_NEAR]
        return get_close_matches(written(base, sub, sup), [written(*key) for key in alike], n=4, cutoff=0.3)


INDICES = "ijklmnopqrsu"


def written(base: str, sub: str, sup: str) -> str:
    accent, _, bare = base.rpartition(" ")
    text = f"{accent}({bare})" if accent else base
    return text + (f"_{sub}" if sub else "") + (f"^{sup}" if sup else "")


def glossary(names: Names, steps: Steps | None = None) -> Glossary:
    """Every symbol that the notation has for this network."""
    exact: dict[Key, Meaning] = {}
    patterns: dict[str, list[Pattern]] = {}
    for op, head, shape in quantities(names, steps):
        runs = axes_of(names, head[0], shape)
        for book in (names, names.general_case()):
            pattern = pattern_of(book, op, head, runs) if runs else None
            if pattern and pattern[1] not in patterns.setdefault(pattern[0], []):
                patterns[pattern[0]].append(pattern[1])
            for key, meaning in entries(book, op, head, runs, MANY if pattern else MOST_ENTRIES):
                exact.setdefault(key, meaning)
    for key, meaning in (*numbers(names, steps), *also(names)):
        exact.setdefault(key, meaning)
        if meaning.whole and len(meaning.runs) == 1 and not any(p.sup == key[2] for p in patterns.get(key[0], ())):
            row = Pattern((0,), key[2], meaning.form.op, (meaning.form.name,), meaning.runs, False)
            patterns.setdefault(key[0], []).append(row)
    words = {word: Meaning(f) for word, f in names.entries.items()}
    graph = names.graph
    fed = {
        d.body.forms[0].name: d
        for d in graph.definitions
        if d.activation and d.body.forms and d.body.forms[0].op == "ref"
    }
    return Glossary(
        exact, patterns, words, functions(), graph.error, names.layers,
        LETTER_CLASSES.get(names.notation.name, lambda n: {})(names) if names.problem.dense else {},
        {z: d.activation for z, d in fed.items() if d.activation},
        {z: d.name for z, d in fed.items()},
    )  # fmt: skip


def quantities(names: Names, steps: Steps | None) -> Iterator[tuple[str, tuple[str, ...], tuple[Size, ...]]]:
    """ref, adjoint or flow, its name, its shape; what updates move too."""
    graph = names.graph
    for name in graph.shapes:
        yield "ref", (name,), graph.full_shape(name)
        if names.kind(name)[0] == "pre":
            yield "adjoint", (name,), graph.full_shape(name)
    for s in steps.steps if steps and names.problem.dense is None else ():
        if s.left.op == "flow":
            yield "flow", (s.left.name, str(s.left.args[1])), graph.full_shape(s.left.name)
    inner = dict.fromkeys(
        f.name for s in (steps.steps if steps else ()) for x in (s.left, s.form) for f in walk(x)
        if f.op in ENTRIES and f.name not in graph.shapes
    )  # fmt: skip
    for name in inner:
        of = name.rpartition(".")[0]
        scalar = of == NORM or (steps is not None and name in steps.states and steps.states[name][0].scalar)
        yield "ref", (name,), () if scalar else graph.shapes.get(of.partition(".")[0], ())


def axes_of(names: Names, name: str, shape: tuple[Size, ...]) -> tuple[Run, ...]:
    """What each index runs over; two axes of one class may be indexed by one letter."""
    graph = names.graph
    batched = graph.sample is not None and name in graph.batched
    layer = names.kind(name.partition(".")[0] if names.inner(name) else name)[1]
    units = [f"units {layer}", f"units {layer - 1}"] if names.problem.dense else []
    own = shape[1:] if batched else shape
    out = [Run(shape[0], "samples", Kind.SAMPLE)] if batched else []
    for k, n in enumerate(own):
        of = units[k] if k < len(units) else f"size {n}"
        out.append(Run(n, of))
    return tuple(out)


def spelled(names: Names, op: str, head: tuple[str, ...], at: Iterable[Index]) -> Symbol:
    form = names.spell(Form(op, (*head, *at)))
    assert form is not None
    s = (form.forms[1] if op == "flow" else form).args[0]  # a flow is printed as ∂E/∂(w via z)
    assert isinstance(s, Symbol)
    return s


def entries(
    names: Names, op: str, head: tuple[str, ...], runs: tuple[Run, ...], most: int
) -> Iterator[tuple[Key, Meaning]]:
    """The symbols of the array and of each of its entries."""
    bold = names.bold(Form(op, head))
    bold = bold.forms[1] if bold is not None and op == "flow" else bold
    if bold is not None and bold.op == "symbol" and isinstance(s := bold.args[0], Symbol):
        yield key_of(s), Meaning(Form(op, head), runs, bool(runs))
    sizes = [r.size for r in runs]
    if not all(isinstance(n, int) for n in sizes) or prod(int(n) for n in sizes) > most:
        return
    for at in product(*(range(int(n)) for n in sizes)):
        where = tuple(map(Index, at))
        s = spelled(names, op, head, where)
        meaning = Meaning(Form(op, (*head, *where)), ())
        yield key_of(s), meaning
        if s.sub and re.fullmatch(r"\d(?:,\d)+", s.sub):
            yield key_of(s._replace(sub=s.sub.replace(",", ""))), meaning
        elif re.fullmatch(r"\d\d+", s.sub) and len(s.sub) == len(runs) - (runs[0].kind is Kind.SAMPLE):
            yield key_of(s._replace(sub=",".join(s.sub))), meaning


def key_of(s: Symbol) -> Key:
    return (f"{s.accent} {s.base}" if s.accent else s.base), bare(s.sub), bare(s.sup)


def bare(script: str) -> str:
    return script.replace(" ", "")


def pattern_of(names: Names, op: str, head: tuple[str, ...], runs: tuple[Run, ...]) -> tuple[str, Pattern] | None:
    """Base and pattern of an entry with letters for its indices."""
    sample = runs[0].kind is Kind.SAMPLE
    letters = "jikm"[: len(runs) - sample]
    if len(letters) < len(runs) - sample:
        return None
    at = [index(v) for v in (("n",) if sample else ()) + tuple(letters)]
    s = spelled(names, op, head, at)
    parts: list[int | str] = []
    text = bare(s.sub)
    for found in re.findall(r"[A-Za-z]+|\d+", text):
        parts += [letters.index(c) + sample if c in letters else c for c in (found if found.isalpha() else [found])]
    if sorted(p for p in parts if isinstance(p, int)) != list(range(sample, len(runs))):
        return None
    base, _, sup = key_of(s)
    return base, Pattern(tuple(parts), sup.removesuffix("[n]"), op, head, runs, sample)


def numbers(names: Names, steps: Steps | None) -> Iterator[tuple[Key, Meaning]]:
    """η, μ, β₁: the numbers of the training."""
    found = dict.fromkeys(f.args[0] for s in (steps.steps if steps else ()) for f in walk(s.form) if f.op == "hyper")
    for name in dict.fromkeys(("rate", *found)):
        s = names.number_symbol(str(name)).args[0]
        assert isinstance(s, Symbol)
        yield key_of(s), Meaning(hyper(str(name)))


def also(names: Names) -> Iterator[tuple[Key, Meaning]]:
    """What a profile reads besides what it prints: rows (base, sub, sup) → quantity."""
    rows = ALSO.get(names.notation.name)
    if rows is not None and names.problem.dense:
        yield from rows(names)
    if names.problem.dense:
        yield from inputs_as_layer(names)
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
            ("t", "t", "o")]  # fmt: skip
    if last == 2:
        rows.append(("h", "a1", ""))
    for base, name, unit in rows:
        yield from vector(names, base, name, unit=unit)
    kinds = {"E": ("ref", "Ek"), "delta": ("adjoint", f"z{last}")}
    for base, (op, name) in kinds.items():
        if name in shapes and len(shapes[name]) == 1:
            for k in range(int(shapes[name][0])):
                yield (base, str(k + 1), ""), Meaning(Form(op, (name, Index(k))))


def _mazur_letters(names: Names) -> dict[str, str]:
    return {"o": f"units {names.layers}", **({"h": "units 1"} if names.layers == 2 else {})}


ALSO = {"mazur": _mazur}
LETTER_CLASSES = {"mazur": _mazur_letters}


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


__all__ = ["Glossary", "Meaning", "Pattern", "adjoint", "glossary", "plain_name"]
