r"""Trees to Forms: each name becomes the entry that the glossary gives it, each array is written out entry by entry.

A value is an `Array`: a shape, and the Form of each entry.  A vector is a column; transposed, it is a row.  A letter
below a name is an index that runs over what the name's own axis has; a letter above may be a layer.  Where a name
leaves its layer out, `Choice` asks for one, and the caller tries them all: a reading must fit everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from symbackprop.errors import ReadError
from symbackprop.form import (
    ONE,
    PI,
    ZERO,
    Axis,
    Form,
    Index,
    Size,
    add,
    div,
    fn,
    mul,
    neg,
    num,
    over,
    partial,
    power,
    ref,
    same,
    shown,
    symbol,
    walk,
)
from symbackprop.reader.array import MOST_EXPONENT, Tree, fault
from symbackprop.reader.arrays import Array, Indices, broadcast_shape, scalar, shape_text, spread
from symbackprop.reader.tokens import Token, spelled
from symbackprop.reader.written import Grammar, factors
from symbackprop.verifier import calculus
from symbackprop.verifier.glossary import Glossary, Meaning, Pattern, Run, written
from symbackprop.verifier.scripts import LAYER, SAID, TURNED, affine, marks, opened, split

MOST_TERMS, MOST_NODES = 64, 20_000


class Choice(Exception):
    """A name leaves open which of several entries it means."""

    def __init__(self, key: tuple[str, str, str], options: int) -> None:
        self.key, self.options = key, options


class Layer(Exception):
    """A letter stands for a layer: the line holds for each."""

    def __init__(self, letter: str) -> None:
        self.letter = letter


class NoSuchLayer(ReadError):
    """A layer that the network does not have."""


@dataclass
class Resolver:
    """One reading of one statement: what its letters run over and which entries its short names mean."""

    glossary: Glossary
    choices: dict[tuple[str, str, str], int] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    letters: dict[str, Run] = field(default_factory=dict)
    text: str = ""
    fresh: int = 0

    def fault(self, tree: Tree, message: str) -> ReadError:
        return fault(self.text, tree.column, message)

    def value(self, tree: Tree) -> Array:
        return RULES[tree.kind](self, tree)

    def form(self, tree: Tree) -> Form:
        x = self.value(tree)
        if x.shape and prod(n for n in x.shape if isinstance(n, int)) != 1:
            raise self.fault(tree, f"one number stands here, not an array of {shape_text(x.shape)}")
        return x.entry((Index(),) * len(x.shape))

    # ---- leaves ----

    def number(self, tree: Tree) -> Array:
        text = str(tree.args[0])
        if "/" in text or text.isdigit():
            return scalar(num(Fraction(text)))
        whole, _, rest = text.partition(".") if "." in text else (text, "", "")
        return scalar(shown(f"{whole or '0'}.{rest}" if "." in text else text.replace("E", "e")))

    def symbol(self, tree: Tree) -> Array:
        base, accent, sub, sup = tree.args
        assert isinstance(base, str) and isinstance(sub, tuple) and isinstance(sup, tuple)
        base = f"{accent} {base}" if accent else base
        below, above = spelled(sub), spelled(sup)
        below = below[1:-1] if below[:1] == "(" and below[-1:] == ")" else below  # W_(2,1), as plain text groups
        if said := SAID.fullmatch(below):  # w5_new
            below, above = said[1], above + said[2]
        if base == "e" and sup and not sub and (base, below, above) not in self.glossary.exact:
            return self.each(lambda x: fn("exp", x), self.inner(sup, tree), tree=tree)
        if base == "pi" and not sub and "pi" not in self.glossary.bases:
            return self.raised(scalar(PI), sup, tree)
        found = self.named(base, below, above, tree)
        if found is None and (plain := opened(above)) != above:
            above, found = plain, self.named(base, below, plain, tree)
        if found is not None:
            return self.array(found)
        head, after, turned, rest = marks(above)
        found = self.named(base, below, head, tree)
        if found is None and head != above and rest:
            found = self.named(base, below, "", tree)
        if found is None and not (after or turned):
            self.layered(base, below, above, tree)
            found = self.named(base, below, "", tree)
            if found is not None:
                return self.raised(self.array(found), sup, tree)
        if found is None:
            found = self.kronecker(base, below, above, tree)
        if found is None:
            raise self.unknown(base, below, above, tree)
        x = self.array(found, after)
        return transposed(x) if turned else x

    def layered(self, base: str, sub: str, sup: str, tree: Tree) -> None:
        """A digit above a name that has layers is a layer, never a power."""
        sups = self.sups(base)
        layer = LAYER.fullmatch(sup)
        if layer and any(s.isdigit() for s in sups) and "" not in sups:
            raise NoSuchLayer(f"{written(base, sub, sup)}: there is no such entry in a layer {sup}")

    def sups(self, base: str) -> frozenset[str]:
        return self.glossary.supers.get(base, frozenset()) | {p.sup for p in self.glossary.patterns.get(base, ())}

    def named(self, base: str, sub: str, sup: str, tree: Tree) -> Meaning | None:
        """The entry of that name, by its symbol, or by a pattern with letters for indices."""
        if base in self.glossary.words and not sub and not sup:
            return self.glossary.words[base]
        sups = dict.fromkeys((sup, *self.in_layer(base, sup)))
        for above in sups:
            if (base, sub, above) in self.glossary.exact:
                return self.glossary.exact[base, sub, above]
        for above in sups:
            sample = re.search(r"\[([^]]*)\]$", above)
            stem = above[: sample.start()] if sample else above
            for pattern in self.glossary.patterns.get(base, ()):
                if pattern.sup == stem and pattern.sample == bool(sample):
                    found = self.matched(pattern, sub, sample[1] if sample else "", tree)
                    if found:
                        return found
        return None if sup else self.short(base, sub, tree)

    def in_layer(self, base: str, sup: str) -> list[str]:
        """The superscript with its layer as a number, and as this notation writes it: (l), l+1, [2]."""
        sample = re.search(r"\[[^]]*\]$", sup)
        stem, rest = (sup[: sample.start()], sample[0]) if sample and sample.start() else (sup, "")
        found = LAYER.fullmatch(stem)
        if not found:
            return []
        letter, shift, number = found.groups()
        if letter == "L":
            layer = self.glossary.layers
        elif letter:
            if letter not in self.layers:
                raise Layer(letter)
            layer = self.layers[letter]
        else:
            layer = int(number)
        layer += int(shift or 0)
        out = [f"{layer}{rest}", f"({layer}){rest}"]
        if (letter or shift) and not set(out) & self.sups(base):
            known = {s.partition("[")[0] for s in self.sups(base)}
            if not {str(layer), f"({layer})"} & known:
                if layer == self.glossary.layers or (base, "", "") in self.glossary.exact:
                    return [*out, ""]  # y of the last layer has no number
                raise NoSuchLayer(f"there is no {base} in a layer {layer}")
        return out

    def matched(self, p: Pattern, sub: str, sample: str, tree: Tree, turned: bool = False) -> Meaning | None:
        parts = split(sub, len(p.sub))
        if parts is None:
            return None
        if turned:
            parts = parts[::-1]
        at: list[str] = [sample] + [""] * (len(p.runs) - 1) if p.sample else [""] * len(p.runs)
        for want, text in zip(p.sub, parts, strict=True):
            if isinstance(want, int):
                at[want] = text
            elif want != text:
                return None
        where = []
        for text, run in zip(at, p.runs, strict=True):
            i = affine(text)
            if i is None:
                return None
            if not i.terms and isinstance(run.size, int) and not 0 <= i.const < run.size:
                return None
            fixed = self.glossary.letters.get(i.variables[0]) if i.terms else None
            if fixed not in (None, run.of):
                return self.matched(p, sub, sample, tree, True) if len(parts) == 2 and not turned else None
            where.append(i)
        for i, run in zip(where, p.runs, strict=True):
            if len(i.terms) == 1 and i.terms[0][0] == 1:  # of 2l and i + k the axis does not say how far l goes
                self.register(i.terms[0][1], run, tree)
        return Meaning(Form(p.op, (*p.head, *where)))

    def register(self, letter: str, run: Run, tree: Tree) -> None:
        known = self.letters.setdefault(letter, run)
        if known.of != run.of:
            raise self.fault(tree, f"{letter} runs over {known.of} elsewhere in this line, and here over {run.of}")

    def short(self, base: str, sub: str, tree: Tree) -> Meaning | None:
        """A name without its layer: the one that there is, or a question."""
        key = (base, sub, "")
        options: list[Meaning | Pattern] = list(self.glossary.of_any_layer.get((base, sub), ()))
        if sub and not options:
            options += [p for p in self.glossary.patterns.get(base, ()) if not p.sample and self.fits(p, sub)]
        if len(options) > 1 and key not in self.choices:
            raise Choice(key, min(len(options), MOST_TERMS))
        one = options[self.choices.get(key, 0)] if options else None
        return self.matched(one, sub, "", tree) if isinstance(one, Pattern) else one

    def fits(self, p: Pattern, sub: str) -> bool:
        """Whether a pattern could hold these indices, letters of a class of their own in their places."""
        parts = split(sub, len(p.sub))
        if parts is None:
            return False
        texts = [(t, p.runs[w]) for w, t in zip(p.sub, parts, strict=True) if isinstance(w, int)]
        if any(w != t for w, t in zip(p.sub, parts, strict=True) if isinstance(w, str)):
            return False
        places = [affine(t) for t, _ in texts]
        if None in places or any(re.match(r"\d+[A-Za-z]", t) for t, _ in texts):
            return False  # without a layer, 3j is no multiple but two indices: δ_3j
        classes = [self.glossary.letters.get(t, r.of) for t, r in texts]
        return sorted(classes) == sorted(r.of for _, r in texts)

    def kronecker(self, base: str, sub: str, sup: str, tree: Tree) -> Meaning | None:
        """δ_{ij}, beside an error δ_j"""
        parts = split(sub, 2) if base == "delta" and not sup else None
        if parts is None:
            return None
        i, j = map(affine, parts)
        if i is None or j is None:
            return None
        for v, w in ((i.variable, j.variable), (j.variable, i.variable)):
            if v in self.letters and w:
                self.register(w, self.letters[v], tree)
        return Meaning(same(i, j))

    def unknown(self, base: str, sub: str, sup: str, tree: Tree) -> ReadError:
        near = self.glossary.near(base, sub, sup)
        hint = f"; near it: {', '.join(near)}" if near else ""
        return self.fault(tree, f"no quantity is called {written(base, sub, sup)}{hint}")

    def array(self, m: Meaning, after: bool = False) -> Array:
        form = Form("updated", m.form.args) if after and m.form.op == "ref" else m.form
        if not m.whole:
            return scalar(form)
        return Array(tuple(r.size for r in m.runs), lambda at: Form(form.op, (*form.args, *at)))

    # ---- scripts ----

    def inner(self, some: tuple[Token, ...], tree: Tree) -> Array:
        """A script that is a formula of its own."""
        end = Token("end", "", some[-1].column + 1 if some else tree.column)
        grammar = Grammar(self.text, [*some, end], self.glossary.calls, self.glossary.generic)
        x = grammar.sum()
        if grammar.here.kind != "end":
            raise grammar.stop()
        return self.value(x)

    def raised(self, x: Array, sup: tuple[Token, ...], tree: Tree) -> Array:
        """A power, or ⊤"""
        if not sup:
            return x
        if spelled(sup) in TURNED:
            return transposed(x)
        n = self.inner(sup, tree)
        if n.shape:
            raise self.fault(tree, "an exponent is one number")
        exponent = n.entry(())
        if exponent.op == "num" and abs(exponent.number) > MOST_EXPONENT:
            raise self.fault(tree, f"an exponent may be {MOST_EXPONENT} at most")
        return self.each(lambda f: power(f, exponent), x, tree=tree)

    def scripted(self, tree: Tree) -> Array:
        x, sub, sup = tree.tree(0), tree.args[1], tree.args[2]
        assert isinstance(sub, tuple) and isinstance(sup, tuple)
        if x.kind == "number" and x.args[0] == "1" and sub:  # a vector of ones
            text = spelled(sub)
            ones = Array((int(text) if text.isdigit() else text,), lambda at: ONE)
            return self.raised(ones, sup, tree)
        if x.kind == "norm" and spelled(sup) == "2":
            return calculus.squares(self, x)
        value = self.value(x)
        if sub:
            parts = split(spelled(sub), len(value.shape))
            places = [affine(p) for p in parts or ()]
            if not value.shape or not places or None in places:
                raise self.fault(tree, "an index below stands on an array")
            for i, n in zip(places, value.shape, strict=True):
                for v in i.variables if i else ():
                    known = self.letters.get(v)
                    if known is None:
                        self.register(v, Run(n, f"size {n}"), tree)
            at = tuple(i for i in places if i is not None)
            form = value.entry(at)
            value = scalar(form)
        return self.raised(value, sup, tree)

    # ---- sums and products ----

    def each(self, combine: Callable[..., Form], *arrays: Array, tree: Tree) -> Array:
        shape = broadcast_shape(*(x.shape for x in arrays))
        if shape is None or (len({len(x.shape) for x in arrays if x.shape}) > 1 and not _single(arrays)):
            raise self.fault(tree, "the shapes do not fit: " + " and ".join(shape_text(x.shape) for x in arrays))
        return Array(shape, lambda at: combine(*(spread(x, at) for x in arrays)))

    def sum(self, tree: Tree) -> Array:
        return self.each(add, *(self.value(t) for t in _trees(tree.args)), tree=tree)

    def negative(self, tree: Tree) -> Array:
        return self.each(neg, self.value(tree.tree(0)), tree=tree)

    def product(self, tree: Tree) -> Array:
        pairs = [(o, self.value(t)) for o, t in factors(tree)]
        return self.multiplied(pairs, tree)

    def multiplied(self, pairs: list[tuple[str, Array]], tree: Tree) -> Array:
        if not any(x.shape for _, x in pairs):
            return scalar(mul(*_powers_of_ten([x.entry(()) for _, x in pairs])))
        out = pairs[0][1]
        for operator, x in pairs[1:]:
            plain = operator in ("⊙", "*") or not out.shape or not x.shape
            out = self.each(_times, out, x, tree=tree) if plain else self.matmul(out, x, operator, tree)
        return out

    def matmul(self, x: Array, y: Array, operator: str, tree: Tree) -> Array:
        """Rows times columns; a vector is a column.  Two vectors with a dot have their inner product."""
        if operator == "·" and len(x.shape) == len(y.shape) == 1 and x.shape == y.shape:
            x = transposed(x)
        if x.shape in ((1,), (1, 1)) or y.shape in ((1,), (1, 1)):
            a, b = (x.shape + (1,))[:2], (y.shape + (1,))[:2]
            if a[1] != b[0]:
                return self.each(_times, _bare(x), _bare(y), tree=tree)
        if len(x.shape) > 2 or len(y.shape) > 2 or (x.shape + (1,))[1] != y.shape[0]:
            raise self.fault(tree, f"these do not multiply: {shape_text(x.shape)} and {shape_text(y.shape)}")
        n = y.shape[0]
        shape = (x.shape[0],) + (y.shape[1:] if len(y.shape) == 2 else ())

        def entry(at: Indices, k: Index) -> Form:
            left = x.entry((at[0], k)) if len(x.shape) == 2 else x.entry((at[0],))
            right = y.entry((k, *at[1:]))
            return _times(left, right)

        if n == 1:
            return Array(shape, lambda at: entry(at, Index()))
        axis = self.axis(n)
        return Array(shape, lambda at: self.total_of(entry(at, Index(0, ((1, axis.var),))), axis, tree))

    def axis(self, n: Size) -> Axis:
        self.fresh += 1
        return Axis(f"s{self.fresh}", n)

    def total_of(
        self, body: Form, axis: Axis, tree: Tree, terms: range | None = None, but: Index | None = None
    ) -> Form:
        """Σ written out; where there are too many terms, or a size without a number, as a sum."""
        n = axis.size
        if not isinstance(n, int) or n > MOST_TERMS:
            if terms is not None or but is not None:
                raise self.fault(tree, f"a sum over a part of its axis may have {MOST_TERMS} terms")
            return over(body, axis)
        nodes = sum(1 for _ in walk(body))
        if nodes * n > MOST_NODES:
            raise self.fault(tree, f"written out, this has more than {MOST_NODES} parts")
        out = []
        for k in terms if terms is not None else range(n):
            term = body.where({axis.var: Index(k)})
            if but is not None and not but.terms:
                if but.const == k:
                    continue
            elif but is not None:
                term = mul(add(ONE, neg(same(Index(k), but))), term)
            out.append(term)
        return add(*out) if out else ZERO

    def beside(self, tree: Tree) -> Array:
        """Factors side by side; E(w + h), ∇ E and ∂/∂w (…) are no products."""
        parts = _trees(tree.args)
        pairs: list[tuple[str, Array]] = []
        k = 0
        while k < len(parts):
            f, rest = parts[k], parts[k + 1 :]
            if _operator(f):
                if not rest:
                    raise self.fault(f, "what is differentiated here?")
                body = rest[0] if len(rest) == 1 else Tree("beside", tuple(rest), rest[0].column)
                pairs.append(("", self.derivative(self.value(body), f.tree(1).tree(0), f)))
                break
            if f.kind == "symbol" and rest and (mark := update_mark(rest[0])):
                base, accent, sub, sup = f.args
                assert isinstance(sup, tuple)
                marked = Tree("symbol", (base, accent, sub, (*sup, Token("name", mark, f.column))), f.column)
                pairs.append(("", self.symbol(marked)))
                k += 2
                continue
            if f.kind == "nabla" and rest:
                self.is_error(rest[0])
                k += 1
            elif f.kind == "symbol" and rest and rest[0].kind in ("group", "list") and self.error(f):
                pairs.append(("", self.moved(f, rest[0])))
                k += 2
                continue
            if not (f.kind == "number" and f.args[0] == "1" and rest and rest[0].kind == "indicator"):
                pairs.append(("", self.value(f)))
            k += 1
        return self.multiplied(pairs, tree) if len(pairs) > 1 else pairs[0][1]

    def error(self, tree: Tree) -> bool:
        value = self.value(tree)
        return (
            not value.shape and value.entry(()).args[:1] == (self.glossary.error,) and value.entry(()).op != "adjoint"
        )

    def is_error(self, tree: Tree) -> None:
        if tree.kind != "symbol" or not self.error(tree):
            raise self.fault(tree, "∇ stands before the error")

    def moved(self, of: Tree, at: Tree) -> Array:
        """E(w + h); E(w) is E."""
        if at.kind == "list" or at.tree(0).kind == "symbol":
            return self.value(of)
        return scalar(Form("moved", (self.form(of), self.step(at.tree(0)))))

    def step(self, tree: Tree) -> Form:
        """w + h, with the step h, which is nobody's quantity."""
        items = _trees(tree.args) if tree.kind == "sum" else [tree]
        return add(*(_step(t) or self.form(t) for t in items))

    def divided(self, tree: Tree) -> Array:
        top, bottom = tree.tree(0), tree.tree(1)
        if top.kind == "d" and bottom.kind == "d" and top.args and bottom.args:
            return self.derivative(self.value(top.tree(0)), bottom.tree(0), tree)
        if "d" in (top.kind, bottom.kind):
            for t in (top, bottom):
                self.value(t if t.kind != "d" else t.tree(0) if t.args else Tree("number", ("1",), t.column))
            raise self.fault(tree, "a derivative is written ∂E/∂w, or ∂/∂w before what it differentiates")
        x, y = self.value(top), self.quotient_bottom(bottom)
        if y.shape and prod(n for n in y.shape if isinstance(n, int)) != 1 and not x.shape:
            raise self.fault(tree, "nothing is divided by an array")
        return self.each(div, x, y, tree=tree)

    def quotient_bottom(self, tree: Tree) -> Array:
        """2h, w, or whatever stands below."""
        if tree.kind == "group":
            return self.quotient_bottom(tree.tree(0))
        if (
            tree.kind == "beside"
            and len(tree.args) == 2
            and all(_step(t) or t.kind == "number" for t in _trees(tree.args))
        ):
            return scalar(mul(*(_step(t) or self.form(t) for t in _trees(tree.args))))
        if tree.kind == "product" and all(_step(t) or t.kind == "number" for _, t in factors(tree)):
            return scalar(mul(*(_step(t) or self.form(t) for _, t in factors(tree))))
        return scalar(step) if (step := _step(tree)) else self.value(tree)

    def derivative(self, x: Array, by: Tree, tree: Tree) -> Array:
        y = self.value(by)
        if y.shape:
            bottoms: Callable[[Indices], Form] = y.entry
        else:
            bottoms = lambda at: y.entry(())  # noqa: E731
        sample = bottoms((Index(),) * len(y.shape))
        if sample.op not in ("ref", "updated", "flow"):
            raise self.fault(by, "a derivative is taken with respect to a quantity")
        rank = len(x.shape)
        return Array((*x.shape, *y.shape), lambda at: self.slope(x.entry(at[:rank]), bottoms(at[rank:])))

    def slope(self, top: Form, bottom: Form) -> Form:
        if top.op == "ref" and top.name == self.glossary.error and bottom.op in ("ref", "flow"):
            return Form("adjoint", bottom.args) if bottom.op == "ref" else bottom
        return partial(top, bottom)

    def gradient(self, tree: Tree) -> Array:
        """∇_W E"""
        sub = tree.args[0]
        assert isinstance(sub, tuple)
        if not sub:
            raise self.fault(tree, "∇ says below it with respect to what")
        x = self.last(sub, tree) or self.inner(sub, tree)
        entry = x.entry((Index(),) * len(x.shape))
        if entry.op != "ref":
            raise self.fault(tree, "∇ stands on an array of the network")
        return Array(x.shape, lambda at: Form("adjoint", x.entry(at).args))

    def last(self, sub: tuple[Token, ...], tree: Tree) -> Array | None:
        """∇_a: where a is what every layer gives, it is what the last one gives."""
        base = spelled(sub)
        for sup in (f"{self.glossary.layers}", f"({self.glossary.layers})"):
            meaning = self.glossary.exact.get((base, "", sup))
            if meaning and meaning.form.name in self.glossary.outputs.values():
                return self.array(meaning)
        return None

    def change(self, tree: Tree) -> Array:
        """Δw = w⁺ − w"""
        x = self.value(tree.tree(0))
        entry = x.entry((Index(),) * len(x.shape))
        if entry.op != "ref":
            raise self.fault(tree, "Δ stands before a parameter")
        return Array(x.shape, lambda at: add(Form("updated", x.entry(at).args), neg(x.entry(at))))

    # ---- sums over indices ----

    def total(self, tree: Tree) -> Array:
        variables, lower, upper, but, body = tree.args
        assert isinstance(variables, tuple) and isinstance(body, Tree)
        outer = {v: self.letters.pop(v) for v in variables if v in self.letters}
        x = self.value(body)
        assert isinstance(lower, tuple) and isinstance(upper, tuple) and isinstance(but, tuple)
        low, high, without = spelled(lower), spelled(upper), spelled(but)
        for v in reversed(variables):
            run = self.letters.pop(v, None)
            if run is None and high.isdigit():
                run = Run(int(high), f"size {high}")
            if run is None:
                raise self.fault(tree, f"nothing in this sum depends on {v}")
            terms = self.range(low, high, run, tree)
            other = affine(without) if without else None
            axis = Axis(v, run.size, run.kind)
            x = self.summed(x, axis, tree, terms, other)
        self.letters |= outer
        return x

    def summed(self, x: Array, axis: Axis, tree: Tree, terms: range | None, other: Index | None) -> Array:
        if not x.shape:
            return scalar(self.total_of(x.entry(()), axis, tree, terms, other))
        return Array(x.shape, lambda at: self.total_of(x.entry(at), axis, tree, terms, other))

    def range(self, low: str, high: str, run: Run, tree: Tree) -> range | None:
        """The terms from low to high, counted from 1; None for all."""
        if not (low.isdigit() and high.isdigit()):
            if low not in ("", "1"):
                raise self.fault(tree, "a sum begins at a number")
            return None
        a, b = int(low), int(high)
        if not isinstance(run.size, int):
            return None
        if a < 1 or b > run.size:
            raise self.fault(tree, f"this sum goes from {a} to {b}; there are {run.size}, counted from 1")
        return range(a - 1, b) if (a, b) != (1, run.size) else None

    def misplaced(self, tree: Tree) -> Array:
        raise self.fault(tree, MISPLACED.get(tree.kind, "this has no place here"))


MISPLACED = {"list": "a list has no place here", "d": "a differential stands in a fraction, ∂E/∂w"}

RULES: dict[str, Callable[[Resolver, Tree], Array]] = {
    "number": Resolver.number,
    "symbol": Resolver.symbol,
    "group": lambda r, t: r.value(t.tree(0)),
    "scripted": Resolver.scripted,
    "neg": Resolver.negative,
    "sum": Resolver.sum,
    "product": Resolver.product,
    "beside": Resolver.beside,
    "div": Resolver.divided,
    "nabla": Resolver.gradient,
    "change": Resolver.change,
    "total": Resolver.total,
    "call": calculus.call,
    "sqrt": calculus.root,
    "abs": calculus.absolute,
    "norm": calculus.norm,
    "indicator": calculus.indicator,
    "cases": calculus.branches,
    "limit": calculus.limit,
    "list": Resolver.misplaced,
    "d": Resolver.misplaced,
}


def update_mark(tree: Tree) -> str:
    """w(t+1), w(baru): what says that the update is over, or still to come."""
    if tree.kind != "group":
        return ""
    inner = tree.tree(0)
    parts = _trees(inner.args) if inner.kind == "sum" else [inner]
    text = "+".join(str(t.args[0]) for t in parts if t.kind in ("symbol", "number") and not any(t.args[1:]))
    return text if text in ("t+1", "t", "new", "baru", "old", "lama") else ""


def transposed(x: Array) -> Array:
    if len(x.shape) == 1:
        return Array((1, *x.shape), lambda at: x.entry(at[1:]))
    if len(x.shape) == 2:
        return Array(x.shape[::-1], lambda at: x.entry(at[::-1]))
    return x


def _step(tree: Tree) -> Form | None:
    """The step of a difference quotient: h or −h."""
    if tree.kind == "neg" and (inner := _step(tree.tree(0))):
        return neg(inner)
    if tree.kind == "symbol" and tree.args[0] == "h" and not any(tree.args[1:]):
        return symbol("h")
    return None


def _operator(tree: Tree) -> bool:
    """∂/∂w, before what it differentiates"""
    return (
        tree.kind == "div"
        and tree.tree(0).kind == "d"
        and not tree.tree(0).args
        and tree.tree(1).kind == "d"
        and bool(tree.tree(1).args)
    )


def _trees(args: tuple[object, ...]) -> list[Tree]:
    return [a for a in args if isinstance(a, Tree)]


def _single(arrays: tuple[Array, ...]) -> bool:
    """Whether all but one of the arrays are one number each."""
    return sum(prod(n for n in x.shape if isinstance(n, int)) != 1 for x in arrays) <= 1


def _bare(x: Array) -> Array:
    """An array of one entry as that number."""
    return scalar(x.entry((Index(),) * len(x.shape))) if x.shape in ((1,), (1, 1)) else x


def _times(x: Form, y: Form) -> Form:
    """A product that goes on; ones leave no trace."""
    if x == ONE or y == ONE:
        return y if x == ONE else x
    return mul(*(x.forms if x.op == "mul" else (x,)), y)


def _powers_of_ten(factors: list[Form]) -> list[Form]:
    """3.5 · 10⁻⁵ is one printed number."""
    out: list[Form] = []
    for f in factors:
        exponent = _ten(f)
        if exponent is not None and out and out[-1].op == "shown" and "e" not in str(out[-1].args[0]):
            out[-1] = shown(f"{out[-1].args[0]}e{exponent}")
        else:
            out.append(f)
    return out


def _ten(f: Form) -> int | None:
    if f.op != "pow" or f.forms[0] != num(10):
        return None
    n = f.forms[1]
    minus, n = n.op == "neg", n.forms[0] if n.op == "neg" else n
    return (-1 if minus else 1) * int(n.number) if n.op == "num" and n.number.denominator == 1 else None


__all__ = ["Choice", "Layer", "NoSuchLayer", "Resolver", "ref"]
