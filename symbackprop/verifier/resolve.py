r"""Trees to Forms: each name becomes the entry that the glossary gives it, each array is written out entry by entry.

A value is an `Array`: a shape, and the Form of each entry.  A vector is a column; transposed, it is a row.  A letter
below a name is an index that runs over what the name's own axis has; a letter above may be a layer.  Where a name
leaves its layer out, `Choice` asks for one, and the caller tries them all: a reading must fit everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from symbackprop.errors import ReadError
from symbackprop.form import ONE, PI, Axis, Form, Index, Size, add, fn, neg, num, power, shown
from symbackprop.reader.array import MOST_EXPONENT, Tree, fault
from symbackprop.reader.arrays import Array, broadcast_shape, scalar, shape_text, spread, transposed
from symbackprop.reader.tokens import Token, spelled
from symbackprop.reader.trees import trees
from symbackprop.reader.written import Grammar
from symbackprop.verifier import calculus, naming, products, slopes, sums
from symbackprop.verifier.glossary import Glossary
from symbackprop.verifier.meaning import Meaning, Run
from symbackprop.verifier.scripts import SAID, TURNED, affine, marks, opened, split


@dataclass
class Resolver:
    """One reading of one statement: what its letters run over and which entries its short names mean."""

    glossary: Glossary
    choices: dict[tuple[str, str, str], int] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    letters: dict[str, Run] = field(default_factory=dict)
    spoken: set[tuple[str, str]] = field(default_factory=set)  # each letter with what it ran over anywhere
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
        found = naming.named(self, base, below, above, tree)
        if found is None and (plain := opened(above)) != above:
            above, found = plain, naming.named(self, base, below, plain, tree)
        if found is not None:
            return self.array(found)
        head, after, turned, rest = marks(above)
        found = naming.named(self, base, below, head, tree)
        if found is None and head != above and rest:
            found = naming.named(self, base, below, "", tree)
        if found is None and not (after or turned):
            naming.layered(self, base, below, above, tree)
            found = naming.named(self, base, below, "", tree)
            if found is not None:
                return self.raised(self.array(found), sup, tree)
        if found is None:
            found = naming.kronecker(self, base, below, above, tree)
        if found is None:
            raise naming.unknown(self, base, below, above, tree)
        x = self.array(found, after)
        return transposed(x) if turned else x

    def register(self, letter: str, run: Run, tree: Tree) -> None:
        known = self.letters.setdefault(letter, run)
        self.spoken.add((letter, run.of))
        if known.of != run.of:
            raise self.fault(tree, f"{letter} runs over {known.of} elsewhere in this line, and here over {run.of}")

    def array(self, m: Meaning, after: bool = False) -> Array:
        if m.value is not None:
            return m.value
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
            raise self.fault(tree, "an exponent is one number, not an array")
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
        if not any(x.shape for x in arrays):
            return scalar(combine(*(x.entry(()) for x in arrays)))
        shape = broadcast_shape(*(x.shape for x in arrays))
        if shape is None or (len({len(x.shape) for x in arrays if x.shape}) > 1 and not _single(arrays)):
            raise self.fault(tree, "the shapes do not fit: " + " and ".join(shape_text(x.shape) for x in arrays))
        return Array(shape, lambda at: combine(*(spread(x, at) for x in arrays)))

    def sum(self, tree: Tree) -> Array:
        return self.each(add, *(self.value(t) for t in trees(tree.args)), tree=tree)

    def negative(self, tree: Tree) -> Array:
        return self.each(neg, self.value(tree.tree(0)), tree=tree)

    def axis(self, n: Size) -> Axis:
        self.fresh += 1
        return Axis(f"s{self.fresh}", n)

    # ---- sums over indices ----

    def misplaced(self, tree: Tree) -> Array:
        raise self.fault(tree, MISPLACED.get(tree.kind, "this has no place here"))


MISPLACED = {"list": "a list has no place here"}

RULES: dict[str, Callable[[Resolver, Tree], Array]] = {
    "number": Resolver.number,
    "symbol": Resolver.symbol,
    "group": lambda r, t: r.value(t.tree(0)),
    "scripted": Resolver.scripted,
    "neg": Resolver.negative,
    "sum": Resolver.sum,
    "product": products.product,
    "beside": products.beside,
    "div": slopes.divided,
    "nabla": slopes.gradient,
    "change": slopes.change,
    "total": sums.total,
    "call": calculus.call,
    "sqrt": calculus.root,
    "abs": calculus.absolute,
    "norm": calculus.norm,
    "indicator": calculus.indicator,
    "cases": calculus.branches,
    "limit": slopes.limit,
    "list": Resolver.misplaced,
    "d": slopes.alone,
}


def _single(arrays: tuple[Array, ...]) -> bool:
    """Whether all but one of the arrays are one number each."""
    return sum(prod(n for n in x.shape if isinstance(n, int)) != 1 for x in arrays) <= 1
