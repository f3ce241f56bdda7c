"""Forms as NumPy: a line is one expression on whole arrays.

An expression is written for `dims`, the index variables that its axes stand for, in order.  A quantity is brought to
them by transposing and by axes of length 1; a sum of products is `@` where two arrays share one index, else einsum.
What reads entries by moved or repeated indices is read through grids of indices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import zip_longest
from string import ascii_letters

from symbackprop.errors import DerivationError
from symbackprop.form import ENTRIES, Axis, Form, Index, Size, free, walk
from symbackprop.numeric.line import Key, Line, key
from symbackprop.numeric.names import Names
from symbackprop.numeric.targets import ATOM, MINUS, POWER, PRODUCT, SUM, TARGETS, Text

Dims = tuple[str, ...]
Sizes = Mapping[Key, tuple[Size, ...]]
NUMPY = {name: name for name in TARGETS["numpy"].own} | {"atan": "arctan"}


def real(text: str) -> str:
    """A branch: whole numbers alone would make an array of integers."""
    return f"{text}.0" if text.removeprefix("-").isdecimal() else text


class Arrays:
    """Writes the lines of one program."""

    def __init__(self, names: Names, number: Callable[[Fraction], Text], sizes: Sizes | None = None) -> None:
        self.names = names
        self.number = number
        self.calls: dict[str, None] = {}
        self.axes: dict[str, Axis] = {}
        self.sizes = sizes or {}  # of the arrays that are read
        self.guarded = False  # whether an index may leave its array where a guard says 0

    def line(self, line: Line) -> str:
        self.axes = {a.var: a for a in line.axes}
        for f in walk(line.form):
            self.axes |= {a.var: a for a in f.axes}
        self.guarded = any(f.op == "within" for f in walk(line.form))
        return f"{self.names[key(line.left)]} = {self.body(line)}"

    def body(self, line: Line) -> str:
        dims = tuple(i.variable for i in line.left.at if i.variable is not None)
        text = self.text(line.form, dims)
        if set(dims) - set(free(line.form)):  # the same along an axis
            text = f"np.zeros({self.shape(dims)}) + {self.text(line.form, dims, PRODUCT)}"
        if len(dims) < len(line.left.at):
            full = ", ".join("1" if i.variable is None else self.size(self.axes[i.variable].size) for i in line.left.at)
            text = f"np.reshape({text}, ({full},))"
        elif line.form.op in ENTRIES and dims:
            text = f"{text}.copy()"
        return text

    def shape(self, dims: Dims) -> str:
        return "(" + "".join(f"{self.size(self.axes[v].size)}, " for v in dims).rstrip() + ")"

    def size(self, n: Size) -> str:
        return str(n) if isinstance(n, int) else self.names["size", n]

    def text(self, f: Form, dims: Dims, level: int = SUM) -> str:
        rule = RULES.get(f.op)
        if rule is None:
            raise DerivationError(f"a form {f.op!r} has no program")
        text, own = rule(self, f, dims)
        return text if own >= level else f"({text})"

    # ---- entries -----------------------------------------------------------------------------------------------

    def entry(self, f: Form, dims: Dims) -> Text:
        variables = self.bare(f)
        if None in variables or len(set(variables)) < len(variables):
            return self.gathered(f, dims), ATOM
        own = tuple(v for v in variables if v is not None)
        text = self.whole(f)
        order = sorted(own, key=dims.index)
        if order == list(own)[::-1] and len(own) > 1:
            text = f"{text}.T"
        elif order != list(own):
            text = f"{text}.transpose({', '.join(str(own.index(v)) for v in order)})"
        return text + self.stretched(order, dims), ATOM

    def bare(self, f: Form) -> list[str | None]:
        """The variables of an entry's indices; None where an index is moved or runs over a part of its axis only."""
        sizes = self.sizes.get(key(f), ()) if f.op in ENTRIES else ()
        pairs = zip_longest(f.at, sizes[: len(f.at)])
        return [i.variable if n is None or i.variable is None or self.axes[i.variable].size == n else None
                for i, n in pairs if i.terms]

    def whole(self, f: Form) -> str:
        """The array, without the axes on which a number stands."""
        text = self.names[key(f)]
        if any(not i.terms for i in f.at):
            at = ", ".join(":" if i.terms else str(i.const) for i in f.at)
            while at.endswith(", :"):
                at = at[:-3]
            text += f"[{at}]"
        return text

    def stretched(self, own: list[str], dims: Dims) -> str:
        """An axis of length 1 for each of dims that the array has not, unless it would come first."""
        if not own:
            return ""
        slots = [":" if v in own else "None" for v in dims]
        slots = slots[slots.index(":") :]
        return f"[{', '.join(slots)}]" if "None" in slots else ""

    def gathered(self, f: Form, dims: Dims) -> str:
        """Entries by grids of indices; where a guard says 0, an index only has to stay within the array."""
        name = self.names[key(f)]
        grids = [self.grid(i, dims) for i in f.at]
        if self.guarded:
            wrapped = (f"({g}) % {name}.shape[{k}]" for k, g in enumerate(grids))
            grids = [w if i.terms else g for i, g, w in zip(f.at, grids, wrapped, strict=True)]
        return f"{name}[{', '.join(grids)}]"

    def grid(self, at: Index, dims: Dims) -> str:
        parts = []
        for c, v in at.terms:
            times = "" if c == 1 else f"{c}*"
            parts.append(f"{times}np.arange({self.size(self.axes[v].size)}){self.stretched([v], dims)}")
        if at.const or not parts:
            parts.append(str(at.const))
        return " + ".join(parts).replace("+ -", "- ")

    # ---- arithmetic --------------------------------------------------------------------------------------------

    def add(self, f: Form, dims: Dims) -> Text:
        text = self.text(f.forms[0], dims)
        for x in f.forms[1:]:
            sign, x = ("-", x.forms[0]) if x.op == "neg" else ("+", x)
            text += f" {sign} {self.text(x, dims, PRODUCT)}"
        return text, SUM

    def product(self, f: Form, dims: Dims) -> Text:
        return "*".join(self.text(x, dims, PRODUCT if k == 0 else MINUS) for k, x in enumerate(f.forms)), PRODUCT

    def ratio(self, f: Form, dims: Dims) -> Text:
        return f"{self.text(f.forms[0], dims, PRODUCT)}/{self.text(f.forms[1], dims, POWER)}", PRODUCT

    def power(self, f: Form, dims: Dims) -> Text:
        exponent = f.forms[1]
        n = exponent.number if exponent.op == "num" else -exponent.forms[0].number
        text = self.number(n)[0] if n > 0 else f"({self.number(n)[0]})"
        return f"{self.text(f.forms[0], dims, ATOM)}**{text}", POWER

    def function(self, f: Form, dims: Dims) -> Text:
        return f"{self.call(f.name)}({self.text(f.forms[0], dims)})", ATOM

    def call(self, name: str) -> str:
        if name in NUMPY:
            return f"np.{NUMPY[name]}"
        self.calls[name] = None
        return name.replace("-", "_")

    def along(self, f: Form, dims: Dims) -> Text:
        entry, on_axis = f.forms
        place = next(i for i, k in zip(entry.at, on_axis.at, strict=True) if i != k)
        if place.variable not in dims:
            raise DerivationError(f"{f.name} of a part of an axis has no NumPy program")
        own = [v for v in dims if v in free(entry)]
        inner = self.text(entry, tuple(own))
        text = f"{self.call(f.name)}({inner}, axis={own.index(place.variable) - len(own)})"
        return text + self.stretched(own, dims), ATOM

    def branches(self, f: Form, dims: Dims) -> Text:
        *rows, otherwise = f.forms
        text = real(self.text(otherwise, dims))
        for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
            text = f"np.where({self.text(condition, dims)}, {real(self.text(value, dims))}, {text})"
        return text, ATOM

    def same(self, f: Form, dims: Dims) -> Text:
        i, j = f.args
        assert isinstance(i, Index) and isinstance(j, Index)
        return f"1*({self.grid(i, dims)} == {self.grid(j, dims)})", PRODUCT

    def within(self, f: Form, dims: Dims) -> Text:
        i, n = f.args
        assert isinstance(i, Index) and isinstance(n, int | str)
        grid = self.grid(i, dims)
        return f"1*(({grid} >= 0) & ({grid} < {self.size(n)}))", PRODUCT

    # ---- sums --------------------------------------------------------------------------------------------------

    def over(self, f: Form, dims: Dims) -> Text:
        x = f.forms[0]
        if (product := self.einsum(x, f.axes, dims)) is not None:
            return product
        added = tuple(a.var for a in f.axes)
        own = tuple(v for v in dims if v in free(f))
        if (text := self.straight(x, added, own)) is not None:
            return text + self.stretched(list(own), dims), ATOM
        text_ = self.text(x, own + added)
        if set(added) - set(free(x)):
            text_ = f"np.broadcast_to({text_}, {self.shape(own + added)})"
        if own:
            axes = tuple(range(-len(added), 0))
            text_ = f"np.sum({text_}, axis={axes[0] if len(axes) == 1 else axes})"
        else:
            text_ = f"np.sum({text_})"
        return text_ + self.stretched(list(own), dims), ATOM

    def straight(self, x: Form, added: Dims, own: Dims) -> str | None:
        """The sum of one array over some of its axes, where the rest are in order."""
        at = [i for i in x.at if i.terms] if x.op in ENTRIES else []
        variables = self.bare(x)
        if not at or len(set(variables)) < len(at) or tuple(v for v in variables if v not in added) != own:
            return None
        if not set(added) <= set(variables):
            return None
        axes = [k for k, v in enumerate(variables) if v in added]
        return f"{self.whole(x)}.sum({f'axis={axes[0] if len(axes) == 1 else tuple(axes)}' if own else ''})"

    def einsum(self, x: Form, axes: tuple[Axis, ...], dims: Dims) -> Text | None:
        """A sum of products of quantities, each read by bare and different indices."""
        factors = x.forms if x.op == "mul" else (x,)
        if len(factors) < 2 or not all(f.op in ENTRIES for f in factors):
            return None
        indices = []
        for f in factors:
            own = self.bare(f)
            if None in own or len(set(own)) < len(own):
                return None
            indices.append([v for v in own if v is not None])
        seen = {v for own in indices for v in own}
        if not {a.var for a in axes} <= seen:
            return None
        out = [v for v in dims if v in seen]
        texts = [self.whole(f) for f in factors]
        if len(axes) == 1 and len(factors) == 2:
            product = next(_matmul(texts, indices, out, axes[0].var), None)
            if product is not None:
                stretched = self.stretched(out, dims)
                return (f"({product}){stretched}", ATOM) if stretched else (product, PRODUCT)
        letters = dict(zip(dict.fromkeys(v for own in (*indices, out) for v in own), ascii_letters))  # noqa: B905
        left = ",".join("".join(letters[v] for v in own) for own in indices)
        right = "".join(letters[v] for v in out)
        return f'np.einsum("{left}->{right}", {", ".join(texts)})' + self.stretched(out, dims), ATOM


def _matmul(texts: list[str], indices: list[list[str]], out: list[str], v: str) -> Iterator[str]:
    """A @ B where it gives the axes in the order wanted: v is last in A and first in B."""
    for a, b in ((0, 1), (1, 0)):
        for one, first in _turned(texts[a], indices[a]):
            for other, second in _turned(texts[b], indices[b]):
                if first[-1:] == [v] and second[:1] == [v] and first[:-1] + second[1:] == out:
                    yield f"{one} @ {other}"


def _turned(text: str, own: list[str]) -> list[tuple[str, list[str]]]:
    if len(own) > 2 or not own:
        return []
    return [(text, own)] + ([(f"{text}.T", own[::-1])] if len(own) == 2 else [])


RULES: dict[str, Callable[[Arrays, Form, Dims], Text]] = {
    "num": lambda w, f, dims: w.number(f.number),
    "size": lambda w, f, dims: (w.names["size", str(f.args[0])], ATOM),
    "hyper": lambda w, f, dims: (w.names["hyper", str(f.args[0])], ATOM),
    "pi": lambda w, f, dims: ("np.pi", ATOM),
    "neg": lambda w, f, dims: (f"-{w.text(f.forms[0], dims, PRODUCT)}", PRODUCT),
    "add": Arrays.add,
    "mul": Arrays.product,
    "div": Arrays.ratio,
    "pow": Arrays.power,
    "over": Arrays.over,
    "fn": Arrays.function,
    "along": Arrays.along,
    "cases": Arrays.branches,
    "compare": lambda w, f, dims: (f"{w.text(f.forms[0], dims)} {f.args[1]} {w.text(f.forms[1], dims)}", SUM),
    "same": Arrays.same,
    "within": Arrays.within,
}
RULES |= dict.fromkeys(ENTRIES, Arrays.entry)
