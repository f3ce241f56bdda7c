"""Forms as Python on plain nested lists: W[j][i]·x[i] is W[j][i]*x[i], Σ is sum(…).  One comprehension a line."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symbackprop.errors import DerivationError
from symbackprop.form import ENTRIES, Axis, Form, Index, Size
from symbackprop.numeric.line import Line, key
from symbackprop.numeric.names import Names

SUM, PRODUCT, MINUS, POWER, ATOM = range(5)  # how tightly a text holds together
Text = tuple[str, int]


class Lists:
    """Writes the lines of one program.  `number` spells a constant, `calls` collects the functions that are used."""

    def __init__(self, names: Names, number: Callable[[Fraction], Text], compare: str = "{} {} {}") -> None:
        self.names = names
        self.number = number
        self.compared = compare
        self.calls: dict[str, None] = {}
        self.letters: dict[str, str] = {}

    # ---- lines -------------------------------------------------------------------------------------------------

    def line(self, line: Line) -> str:
        self.letters = self.names.variables(line)
        return f"{self.names[key(line.left)]} = {self.body(line)}"

    def body(self, line: Line) -> str:
        axes = {a.var: a for a in line.axes}
        form = line.form
        if form.op == "along" and line.left.at and form.forms[0].at[-1:] == line.left.at[-1:] != (Index(),):
            entry, on_axis = form.forms
            if entry.at[:-1] == on_axis.at[:-1]:
                row = self.entry(entry.name, key(entry), entry.at[:-1])
                return self.nested(line.left.at[:-1], axes, f"{self.call(form.name)}({row})")
        return self.nested(line.left.at, axes, self.text(form))

    def nested(self, at: tuple[Index, ...], axes: dict[str, Axis], text: str) -> str:
        for i in reversed(at):
            if i.variable is None:
                text = f"[{text}]"
            else:
                text = f"[{text} for {self.letters[i.variable]} in {self.range(axes[i.variable].size)}]"
        return text

    def range(self, n: Size) -> str:
        return f"range({self.size(n)})"

    def size(self, n: Size) -> str:
        return str(n) if isinstance(n, int) else self.names["size", n]

    # ---- forms -------------------------------------------------------------------------------------------------

    def text(self, f: Form, level: int = SUM) -> str:
        """The form, in brackets where what is around it holds tighter."""
        rule = RULES.get(f.op)
        if rule is None:
            raise DerivationError(f"a form {f.op!r} has no program")
        text, own = rule(self, f)
        return text if own >= level else f"({text})"

    def entry(self, name: str, k: tuple[str, str], at: tuple[Index, ...]) -> str:
        return self.names[k] + "".join(f"[{self.index(i)}]" for i in at)

    def index(self, at: Index) -> str:
        parts = [("" if c == 1 else f"{c}*") + self.letters[v] for c, v in at.terms]
        if at.const or not parts:
            parts.append(str(at.const))
        return " + ".join(parts).replace("+ -", "- ")

    def call(self, name: str) -> str:
        self.calls[name] = None
        return name.replace("-", "_")

    def add(self, f: Form) -> Text:
        text = self.text(f.forms[0])
        for x in f.forms[1:]:
            sign, x = ("-", x.forms[0]) if x.op == "neg" else ("+", x)
            text += f" {sign} {self.text(x, PRODUCT)}"
        return text, SUM

    def product(self, f: Form) -> Text:
        texts = [self.text(x, PRODUCT if k == 0 else MINUS) for k, x in enumerate(f.forms)]
        return "*".join(texts), PRODUCT

    def ratio(self, f: Form) -> Text:
        return f"{self.text(f.forms[0], PRODUCT)}/{self.text(f.forms[1], POWER)}", PRODUCT

    def power(self, f: Form) -> Text:
        exponent = f.forms[1]
        n = exponent.number if exponent.op == "num" else -exponent.forms[0].number
        if self.compared.startswith("compare"):
            return f"power({self.text(f.forms[0])}, {n if n.denominator == 1 else self.number(n)[0]})", ATOM
        if n.denominator == 1:
            text = str(n) if n > 0 else f"({n})"
        else:
            text = self.number(n)[0]
            text = text if text.replace(".", "").isalnum() else f"({text})"
        return f"{self.text(f.forms[0], ATOM)}**{text}", POWER

    def over(self, f: Form) -> Text:
        loops = " ".join(f"for {self.letters[a.var]} in {self.range(a.size)}" for a in f.axes)
        return f"sum({self.text(f.forms[0])} {loops})", ATOM

    def function(self, f: Form) -> Text:
        return f"{self.call(f.name)}({self.text(f.forms[0])})", ATOM

    def along(self, f: Form) -> Text:
        """One entry of a function of a whole axis: where the axis is not the last one."""
        entry, on_axis = f.forms
        (axis,) = f.axes
        place = next(i for i, k in zip(entry.at, on_axis.at, strict=True) if i != k)
        column = f"[{self.text(on_axis)} for {self.letters[axis.var]} in {self.range(axis.size)}]"
        return f"{self.call(f.name)}({column})[{self.index(place)}]", ATOM

    def branches(self, f: Form) -> Text:
        *rows, otherwise = f.forms
        text = ""
        for value, condition in zip(rows[::2], rows[1::2], strict=True):
            text += f"{self.text(value, PRODUCT)} if {self.text(condition)} else "
        return f"({text}{self.text(otherwise, PRODUCT)})", ATOM

    def comparison(self, f: Form) -> Text:
        x, y = f.forms
        return self.compared.format(self.text(x), f.args[1], self.text(y)), SUM

    def same(self, f: Form) -> Text:
        i, j = f.args
        assert isinstance(i, Index) and isinstance(j, Index)
        return f"({self.index(i)} == {self.index(j)})", ATOM

    def within(self, f: Form) -> Text:
        i, n = f.args
        assert isinstance(i, Index) and isinstance(n, int | str)
        return f"(0 <= {self.index(i)} < {self.size(n)})", ATOM

    def guarded(self, f: Form) -> Text:
        """What is multiplied by 1 or 0 is computed where it is 1 only: elsewhere an entry may not exist."""
        guards = [x for x in f.forms if x.op in ("same", "within")]
        rest = [x for x in f.forms if x.op not in ("same", "within")]
        if not guards:
            return self.product(f)
        text = self.product(Form("mul", tuple(rest)))[0] if rest else "1"
        return f"({text} if {' and '.join(self.text(g) for g in guards)} else 0)", ATOM

    def pi(self, f: Form) -> Text:
        """A constant of the target; of a field's precision where numbers are exact."""
        exact = self.compared.startswith("compare")
        return f"{self.call('pi')}{'()' if exact else ''}", ATOM

    def hyper(self, f: Form) -> Text:
        return self.names["hyper", str(f.args[0])], ATOM


RULES: dict[str, Callable[[Lists, Form], Text]] = {
    "num": lambda w, f: w.number(f.number),
    "size": lambda w, f: (w.names["size", str(f.args[0])], ATOM),
    "hyper": Lists.hyper,
    "pi": Lists.pi,
    "neg": lambda w, f: (f"-{w.text(f.forms[0], PRODUCT)}", PRODUCT),
    "add": Lists.add,
    "mul": Lists.guarded,
    "div": Lists.ratio,
    "pow": Lists.power,
    "over": Lists.over,
    "fn": Lists.function,
    "along": Lists.along,
    "cases": Lists.branches,
    "compare": Lists.comparison,
    "same": lambda w, f: (f"int{w.same(f)[0]}", ATOM),
    "within": lambda w, f: (f"int{w.within(f)[0]}", ATOM),
} | dict.fromkeys(ENTRIES, lambda w, f: (w.entry(f.name, key(f), f.at), ATOM))
