"""What a book calls each entry: refs, adjoints and updated parameters as symbols of a notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import product

from symbackprop.derivation.updates import AHEAD, NORM
from symbackprop.errors import SymbackpropError
from symbackprop.form import Form, Index, Symbol, partial, replaced
from symbackprop.graph import Graph
from symbackprop.spec.given import Given, given_names
from symbackprop.spec.problem import Problem
from symbackprop.tables.notations import Cell, Notation
from symbackprop.tables.optimizers import SYMBOLS
from symbackprop.tables.optimizers import Cell as Mark
from symbackprop.vocabulary import Role

ARRAY = re.compile(r"(W|b|z|a)(\d+)")
KIND = {"W": "weight", "b": "bias", "z": "pre", "a": "out"}


@dataclass(frozen=True)
class Names:
    """The notation applied to one network.  `general` takes the cells of the index reading."""

    problem: Problem
    graph: Graph
    notation: Notation
    general: bool = False

    @cached_property
    def layers(self) -> int:
        return len(self.problem.dense.layers) if self.problem.dense else 0

    @cached_property
    def first_weight(self) -> dict[int, int]:
        """The number of each layer's first weight, counted through the network in reading order."""
        out, count = {}, 1
        for layer in range(1, self.layers + 1):
            out[layer] = count
            sizes = [n for n in self.graph.shapes[f"W{layer}"] if isinstance(n, int)]
            count += sizes[0] * sizes[1] if len(sizes) == 2 else 0
        return out

    def general_case(self) -> Names:
        """The same with the cells of the index reading."""
        return replace(self, general=True)

    def whole(self, form: Form) -> Form:
        """A matrix reading with each array in bold."""
        return replaced(form, self.bold)

    def bold(self, f: Form) -> Form | None:
        if f.op in ("ref", "updated"):
            return self.array(f.name, f.op == "updated").be(f.role)
        if f.op == "flow" and self.problem.dense is None:
            return self.by_way(f, self.array(f.name))
        if f.op in ("adjoint", "flow"):
            if (given := self.named("adjoint", f.name, ())) is not None:
                (s,) = given.args
                assert isinstance(s, Symbol)
                return Form("symbol", (s._replace(bold=bool(self.graph.full_shape(f.name))),), f.role)
            kind, layer = self.kind(f.name)
            if kind == "pre":
                own = self.problem.dense is None
                delta = self.own_delta(f.name, (), bold=True) if own else self.array_cell("delta", f.name, layer)
                return delta.be(f.role)
            return partial(self.symbol(self.graph.error, ()), self.array(f.name), f.role)
        return self.spell(f) if f.op == "hyper" else None

    # ---- the user's own names, over those of the notation ----------------------------------------------------------

    @cached_property
    def given(self) -> dict[tuple[str, str], list[Given]]:
        """What [presentation.names] says of each quantity: names of one entry first, of the whole array last."""
        out: dict[tuple[str, str], list[Given]] = {}
        for row in sorted(given_names(self.problem), key=lambda row: (not row.form.at, len(row.letters))):
            out.setdefault((row.form.op, row.form.name), []).append(row)
        return out

    def named(self, op: str, name: str, at: tuple[Index, ...], *, bold: bool = False) -> Form | None:
        """The name that the user gives to an entry, or without indices to an array; the first of several."""
        for s in self.rows(op, name, at).values():
            return Form("symbol", (s._replace(bold=bold),))
        return None

    def rows(self, op: str, name: str, at: tuple[Index, ...]) -> dict[Given, Symbol]:
        """Each row that names an entry, with its symbol there; above it the sample, where the row leaves that out."""
        out = {}
        for row in self.given.get((op, name), ()):
            sample, own = "", at
            if at and self.graph.sample and name in self.graph.batched and len(row.form.at) != len(at):
                sample, own = f"[{self.text(at[0])}]", at[1:]
            if (s := row.named(own, tuple(map(self.text, own)))) is not None:
                out[row] = s._replace(sup=s.sup + sample)
        return out

    # ---- a network as equations: its own names -----------------------------------------------------------------

    @cached_property
    def own(self) -> dict[str, tuple[str, str]]:
        """Base and superscript of each quantity of a program, no two alike: W1 is W with (1), a scalar w5 is w5."""
        out: dict[str, tuple[str, str]] = {}
        for name in (name for name in self.graph.shapes if name not in self.terms):
            stem, _, hidden = name.partition(".")
            base, _, rest = stem.partition("_")
            letters = "[A-Za-z]+" if self.problem.network else "[A-Za-z]"  # a layer's Wi1 is Wi with (1)
            numbered = re.fullmatch(rf"({letters})(\d+)", base)
            plain = not rest and not hidden
            if numbered and (not plain or self.graph.shapes[name] or numbered[1] in self.graph.shapes):
                base, rest = numbered[1], ",".join(filter(None, (numbered[2], rest.replace("_", ","))))
            sup = ",".join(filter(None, (rest.replace("_", ","), f"'{hidden}" if hidden else "")))
            wanted = (base, f"({sup})" if sup else "")
            while wanted in out.values():
                wanted = (base, wanted[1] + "'")
            out[name] = wanted
        return out | dict.fromkeys(self.terms, out[self.graph.error])  # E_k beside E

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms of the error of a network as layers: what neither a layer defines nor is the error itself."""
        of_layers = {name for names in self.problem.made for name in names}
        defined = {name.partition(".")[0] for name in self.graph.by_name} if of_layers else set()
        return frozenset(defined - of_layers - {self.graph.error})

    @cached_property
    def weighted_sums(self) -> frozenset[str]:
        """What a program weighs with its parameters and hands to an activation: its adjoint is called δ."""
        graph = self.graph
        held = set(graph.parameters)
        applying = [d for d in graph.definitions if d.activation or (d.body.op == "fn" and d.body.forms[0].op == "ref")]
        used = {name for d in applying for name in d.uses if name in graph.by_name}
        return frozenset(name for name in used if held & set(graph.by_name[name].uses))

    def own_delta(self, name: str, at: tuple[Index, ...], *, bold: bool = False) -> Form:
        """δ with the superscript of its weighted sum: that of z1 is δ with (1), that of s is δ with (s)."""
        (s,) = self.own_symbol(name, at, bold=bold).args
        assert isinstance(s, Symbol)
        base, sup = self.own[name]
        told = sup if base == "z" else f"({','.join(filter(None, (base, sup.strip('()'))))})"
        return Form("symbol", (s._replace(base="delta", sup=told + s.sup[len(sup) :]),))

    def own_symbol(self, name: str, at: tuple[Index, ...], *, bold: bool = False) -> Form:
        base, sup = self.own[name]
        if self.graph.sample and name in self.graph.batched and at:
            sup, at = f"{sup}[{self.text(at[0])}]", at[1:]
        return Form("symbol", (Symbol(base, ",".join(map(self.text, at)), sup, bold),))

    # ---- what an optimizer makes of a parameter: m of w_5 is m with w5 below it ---------------------------------

    def inner(self, name: str) -> bool:
        """Whether the name is of an update: W1.m, all.norm, z1.ahead."""
        last = name.rpartition(".")[2]
        return last != name and not last.isdigit()

    def inner_symbol(self, name: str, at: tuple[Index, ...], *, bold: bool = False) -> Form:
        of, _, last = name.rpartition(".")
        if of == NORM:
            return Form("symbol", (Symbol(self.mark(last).base),))
        whole = bold or len(at) < len(self.graph.full_shape(of.partition(f".{AHEAD}")[0]))
        (s,) = (self.array(of) if whole else self.symbol(of, at)).args
        assert isinstance(s, Symbol)
        if last == AHEAD:
            return Form("symbol", (s._replace(sup=f"{s.sup}'"),))
        cell = self.mark(last)
        below = f"{s.base}{',' if len(s.base) > 1 and s.sub else ''}{s.sub}"
        return Form("symbol", (Symbol(cell.base, below, s.sup + cell.sup, bold, cell.accent or s.accent),))

    def mark(self, name: str) -> Mark:
        """How a name of an optimizer's line is printed."""
        if (given := self.named("hyper", name, ())) is not None:
            (s,) = given.args
            assert isinstance(s, Symbol)
            return Mark(s.base, s.sup, s.accent, s.sub)
        if name in SYMBOLS:
            return SYMBOLS[name]
        stem = name.rstrip("23")  # the gradient after a second and a third change
        return SYMBOLS.get(stem, Mark(stem))._replace(sup="'" * (int(name[len(stem) :] or 1) - 1))

    def number_symbol(self, name: str) -> Form:
        """η, μ, β₁: a number of the training."""
        given = self.named("hyper", name.removesuffix("_t"), ())  # β₁ to the power t is written with its letter
        if given is not None:
            (s,) = given.args
            assert isinstance(s, Symbol)
            return Form("symbol", (s._replace(sup=s.sup + "t" * name.endswith("_t")),), Role.RATE)
        own = self.notation.unit.get(name)
        if own is not None:
            return Form("symbol", (Symbol(own.base),), Role.RATE)
        cell = SYMBOLS.get(name, Mark(name))
        return Form("symbol", (Symbol(cell.base, cell.sub, cell.sup, False, cell.accent),), Role.RATE)

    def array(self, name: str, after: bool = False) -> Form:
        if self.inner(name):
            (s,) = self.inner_symbol(name, (), bold=True).args
            assert isinstance(s, Symbol)
            return Form("symbol", (s._replace(sup=_after(s.sup) if after else s.sup),))
        if (given := self.named("ref", name, (), bold=bool(self.graph.full_shape(name)))) is not None:
            (s,) = given.args
            assert isinstance(s, Symbol)
            return Form("symbol", (s._replace(sup=_after(s.sup) if after else s.sup),))
        if self.problem.dense is None:
            (s,) = self.own_symbol(name, (), bold=bool(self.graph.full_shape(name))).args
            assert isinstance(s, Symbol)
            return Form("symbol", (s._replace(sup=_after(s.sup) if after else s.sup),))
        kind, layer = self.kind(name)
        if kind in ("error", "shared"):
            return self.symbol(name, ())
        return self.array_cell(kind, name, layer, after)

    def array_cell(self, kind: str, name: str, layer: int, after: bool = False) -> Form:
        stem, _, hidden = name.partition(".")
        cell = self.notation.matrix.get(kind) or Cell(stem, "", f"('{hidden})" if hidden else "")
        sup = cell.sup.format(l=layer)
        sup = (f"{sup},+" if sup else "+") if after else sup
        return Form("symbol", (Symbol(cell.base, cell.sub, sup, True, cell.accent),))

    def spelled(self, form: Form) -> Form:
        """The Form with a symbol for each entry, as this notation writes it."""
        return replaced(form, self.spell)

    def spell(self, f: Form) -> Form | None:
        if f.op == "ref":
            return self.symbol(f.name, f.at).be(f.role)
        if f.op == "updated":
            base = self.symbol(f.name, f.at)
            (s,) = base.args
            assert isinstance(s, Symbol)
            return Form("symbol", (s._replace(sup=_after(s.sup)),), f.role)
        if f.op in ("adjoint", "flow"):
            return self.adjoint(f)
        if f.op == "hyper":
            return self.number_symbol(f.name)
        return None

    def adjoint(self, f: Form) -> Form:
        """δ for the adjoint of a pre-activation, ∂E/∂q for any other."""
        if f.op == "flow" and self.problem.dense is None:
            return self.by_way(f, self.symbol(f.name, f.at))
        if (given := self.named("adjoint", f.name, f.at)) is not None:
            return given.be(f.role)
        kind, layer = self.kind(f.name)
        if kind == "pre":
            own = self.problem.dense is None
            delta = self.own_delta(f.name, f.at) if own else self.cell("delta", f.name, layer, f.at)
            return delta.be(f.role)
        return partial(self.symbol(self.graph.error, ()), self.symbol(f.name, f.at), f.role)

    def by_way(self, f: Form, quantity: Form) -> Form:
        """The part of ∂E/∂q that comes back by one of its uses."""
        (s,) = quantity.args
        assert isinstance(s, Symbol)
        (through,) = self.array(str(f.args[1])).args
        assert isinstance(through, Symbol)
        via = f"via {through.base}{through.sub}{through.sup}"
        part = Form("symbol", (s._replace(sup=f"{s.sup} {via}".strip()),))
        return partial(self.symbol(self.graph.error, ()), part, f.role)

    def derivative(self, f: Form) -> Form:
        """∂E/∂q also where the notation has a letter of its own for it."""
        return partial(self.symbol(self.graph.error, ()), self.symbol(f.name, f.at), f.role)

    def kind(self, name: str) -> tuple[str, int]:
        """The kind of a quantity and its layer (inputs are layer 0)."""
        problem = self.problem
        if problem.dense is None:
            if problem.network is not None and name in ("x", *problem.targets):
                return "input" if name == "x" else "target", 0
            if name in self.weighted_sums:
                return "pre", 0
            return "parameter" if name in problem.parameters else "other", 0
        if name in problem.inputs:
            return "input", 0
        if name in problem.targets:
            return "target", self.layers
        if name == self.graph.error:
            return "error", self.layers
        if name in self.graph.measuring:
            return "term" if name == "Ek" else "other", self.layers
        match = ARRAY.fullmatch(name)
        if match is None:
            return "other", 0
        kind, layer = KIND[match[1]], int(match[2])
        if kind == "bias" and self.graph.shapes[name] == ():
            kind = "shared"
        return ("output" if kind == "out" and layer == self.layers else kind), layer

    def symbol(self, name: str, at: tuple[Index, ...]) -> Form:
        if self.inner(name):
            return self.inner_symbol(name, at)
        if (given := self.named("ref", name, at)) is not None:
            return given
        if self.problem.dense is None:
            return self.own_symbol(name, at)
        kind, layer = self.kind(name)
        return self.cell(kind, name, layer, at)

    def cell(self, kind: str, name: str, layer: int, at: tuple[Index, ...]) -> Form:
        cells = self.notation.general if self.general else self.notation.unit
        stem, _, hidden = name.partition(".")  # a part of a formula that got a definition of its own
        cell = cells.get(kind) or Cell(stem, "{all}", f"('{hidden})" if hidden else "")
        sample = ""
        if self.graph.sample and name in self.graph.batched:
            sample, at = self.text(at[0]), at[1:]
        words = [self.text(i) for i in at]
        long = any(len(w) > 1 for w in words)
        j, i = (words + ["", ""])[:2]
        if long and i and "," not in cell.sub:
            j += ","
        given = {
            "l": str(layer),
            "j": j,
            "i": i,
            "n": self.number(layer, at) if kind == "weight" else "",
            "u": self.unit(layer, j),
            "all": ",".join(words),
        }
        sub, sup = cell.sub.format(**given), cell.sup.format(**given)
        if sample:
            sup = f"{sup}[{sample}]" if sup else f"[{sample}]"
        return Form("symbol", (Symbol(cell.base, sub, sup, False, cell.accent),))

    def of_unit(self, name: str, unit: int) -> Form:
        """A quantity at one unit, without saying which sample."""
        return replace(self, graph=replace(self.graph, sample=None)).symbol(name, (Index(unit),))

    def unit(self, layer: int, j: str) -> str:
        """A unit as pictures label it: h1, o1; h2,1 in the second of several hidden layers."""
        if layer == self.layers:
            return f"o{j}"
        return f"h{j}" if self.layers <= 2 else f"h{layer},{j}"

    def number(self, layer: int, at: tuple[Index, ...]) -> str:
        if self.general or any(i.terms for i in at):
            return ""
        inputs = self.graph.shapes[f"W{layer}"][1]
        assert isinstance(inputs, int)
        return str(self.first_weight[layer] + at[0].const * inputs + at[1].const)

    def text(self, i: Index) -> str:
        """An index as printed: entries count from 1; a variable by its letter."""
        const = i.const + 1 - sum(c for c, _ in i.terms)  # a variable counts from 1 too
        if not i.terms:
            return str(const)
        terms = "".join(("+" if k and c > 0 else "") + (v if c == 1 else f"{c}{v}") for k, (c, v) in enumerate(i.terms))
        return terms + (f"{const:+d}" if const else "")

    @cached_property
    def entries(self) -> dict[str, Form]:
        """Plain names of entries, as commands and `expression` take them: w5, b1, out_o1, net_h1, and W2[0,1]."""
        out: dict[str, Form] = {}
        for name in self.graph.shapes:
            shape = self.graph.full_shape(name)
            if not all(isinstance(n, int) for n in shape):
                continue
            for at in _all(tuple(int(n) for n in shape)):
                entry = Form("ref", (name, *map(Index, at)))
                (s,) = self.spell(entry).args  # type: ignore[union-attr]
                assert isinstance(s, Symbol)
                for word in (plain_name(s), f"{name}[{','.join(map(str, at))}]" if at else name):
                    out.setdefault(word, entry)
        return out

    def meant(self, words: Sequence[str]) -> frozenset[Form]:
        """The entries that words mean, those of a unit by its name too: h3, o2, w5, W1[0,2], a2[1]."""
        out: set[Form] = set()
        for word in words:
            found = self.unit_entries.get(word) or ([self.entries[word]] if word in self.entries else [])
            if not found:
                near = get_close_matches(word, [*self.unit_entries, *self.entries], n=3, cutoff=0.5)
                hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
                raise SymbackpropError(f"no unit or quantity is called {word!r}{hint}")
            out.update(found)
        return frozenset(out)

    @cached_property
    def unit_entries(self) -> dict[str, list[Form]]:
        """What belongs to a unit, h3 or o2: its weighted sum and its output, of the first sample."""
        out: dict[str, list[Form]] = {}
        for layer in range(1, self.layers + 1):
            for name in (f"z{layer}", f"a{layer}"):
                *_, width = self.graph.shapes[name] or (1,)
                lead = (Index(0),) if self.graph.sample else ()
                for j in range(width if isinstance(width, int) else 0):
                    entry = Form("ref", (name, *lead, *([Index(j)] if self.graph.shapes[name] else [])))
                    out.setdefault(self.unit(layer, str(j + 1)), []).append(entry)
        return out


def _after(sup: str) -> str:
    """The superscript of a quantity after its update."""
    return f"{sup},+" if sup else "+"


def plain_name(s: Symbol) -> str:
    """A symbol as one word: w5, out_o1, a1_2 (sub, then sup), y1_hat, w_h1_to_o1."""
    joint = "" if len(s.base) == 1 and s.sub[:1].isdigit() else "_"
    word = s.base + (f"{joint}{s.sub}" if s.sub else "") + (f"_{s.sup}" if s.sup else "")
    word += (f"_{s.accent}" if s.accent else "") + (f"_of_{s.of}" if s.of else "")
    return re.sub(r"[^A-Za-z0-9_]", "", word.replace(",", "_").replace("→", "_to_").replace("←", "_from_"))


def _all(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(product(*map(range, shape)))
