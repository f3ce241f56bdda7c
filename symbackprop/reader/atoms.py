r"""What a formula is made of: numbers, names, calls, groups, absolute values, norms, indicators, and ∂, Δ, ∇."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.reader import blocks
from symbackprop.reader.array import Tree
from symbackprop.reader.tokens import Token
from symbackprop.reader.trees import CLOSING, NONE, RELATIONS, sides

COMPARED = ("<", ">", "<=", ">=")

if TYPE_CHECKING:
    from symbackprop.reader.written import Grammar


def number(g: Grammar) -> Tree:
    t = g.take()
    if t.text == "1" and g.sees("[") and g.here.glued:  # 1[z > 0]
        return indicator(g, t.column)
    return Tree("number", (t.text,), t.column)


def name(g: Grammar) -> Tree:
    t = g.take()
    if t.text == "where" and g.sees("(") and g.here.glued:
        return blocks.where(g, t.column)
    if t.text in g.functions or (t.text in g.letters and called(g)):
        return call(g, t)
    return Tree("symbol", (t.text, "", NONE, NONE), t.column)


def called(g: Grammar) -> bool:
    """Whether a letter is a function here: f(z), f′(z), σ_1(z)."""
    k = g.i
    while g.tokens[k].text in ("'", "^", "_") and g.tokens[k].kind == "sign":
        k += 1
        if g.tokens[k - 1].text != "'":
            deep = 0
            while g.tokens[k].kind != "end":
                deep += (g.tokens[k].text == "{") - (g.tokens[k].text == "}")
                k += 1
                if deep <= 0:
                    break
    return g.tokens[k].kind == "sign" and g.tokens[k].text == "("


def call(g: Grammar, t: Token) -> Tree:
    """name, subscript, superscript, arguments, whether they stood in brackets."""
    sub, sup = g.scripts()
    if g.sees("(", "[", "{"):
        return Tree("call", (t.text, sub, sup, inside(g), True), t.column)
    if not g.starts():
        raise g.fault(g.here, f"what is {t.text} of? Its argument is missing here")
    x = g.power()
    return Tree("call", (t.text, sub, sup, (x,), x.kind == "call" and x.args[4]), t.column)


def inside(g: Grammar) -> tuple[Tree, ...]:
    closing = CLOSING[g.take().text]
    out = [g.sum()]
    while g.took(",", ";"):
        out.append(family(g) if g.tokens[g.i - 1].text == ";" else g.sum())
    g.expect(closing)
    return tuple(out)


def family(g: Grammar) -> Tree:
    """(z_k)_{k=1}^{n}: all entries on an axis"""
    column = g.expect("(").column
    x = g.sum()
    g.expect(")")
    g.expect("_")
    return blocks.bounds(g, column, lambda: x)


def group(g: Grammar) -> Tree:
    t = g.take()
    bar, g.bar = g.bar, ""
    items = [g.sum()]
    if g.sees(*RELATIONS) and (t.text == "[" or (t.text == "(" and g.sees(*COMPARED))):  # (z > 0), as programs have it
        g.bar = bar
        return held(g, g.chained(items[0]), CLOSING[t.text], t.column)
    while g.took(","):
        items.append(g.sum())
    g.bar = bar
    g.expect(CLOSING[t.text])
    if len(items) > 1:
        return Tree("list", tuple(items), t.column)
    inner, group = items[0], Tree("group", tuple(items), t.column)
    if t.text == "{":
        return inner if inner.kind in ("symbol", "number", "group") and not _raised(inner) else group
    return group


def between(g: Grammar) -> Tree:
    """|x|"""
    return Tree("abs", (barred(g),), g.tokens[g.i - 1].column)


def barred(g: Grammar) -> Tree:
    t = g.take()
    bar, g.bar = g.bar, t.text
    x = g.sum()
    g.bar = bar
    g.expect(t.text)
    return x


def norm(g: Grammar) -> Tree:
    column = g.here.column
    x = barred(g)
    if g.sees("_") and g.ahead().text == "2":
        g.i += 2
    elif g.sees("_") and g.ahead().text == "{" and g.ahead(2).text == "2" and g.ahead(3).text == "}":
        g.i += 4
    return Tree("norm", (x,), column)


def differential(g: Grammar) -> Tree:
    """∂w; above a fraction also ∂E(w)"""
    below = g.i > 0 and g.tokens[g.i - 1].text == "/"
    column = g.take().column
    if g.sees("^"):
        raise g.fault(g.here, "second derivatives are not read: write first ones, ∂E/∂w")
    if g.here.kind == "end" or not g.starts() or g.sees("∂"):
        return Tree("d", (), column)
    x = g.power()
    if x.kind == "symbol" and g.sees("(") and not below:
        before = g.i
        of = Tree("beside", (x, group(g)), x.column)
        if g.sees("}", "/"):
            return Tree("d", (of,), column)
        g.i = before
    return Tree("d", (x,), column)


def change(g: Grammar) -> Tree:
    column = g.take().column
    return Tree("change", (g.power(),), column)


def nabla(g: Grammar) -> Tree:
    column = g.take().column
    sub, sup = g.scripts()
    if sup:
        raise g.fault(sup[0], "second derivatives are not read: write first ones, ∂E/∂w")
    return Tree("nabla", (sub,), column)


def iverson(g: Grammar) -> Tree:
    column = g.take().column
    return indicator(g, column)


def indicator(g: Grammar, column: int) -> Tree:
    r"""\mathbb{1}[z > 0], \mathbb{1}_{z > 0}"""
    g.took("_")
    closing = CLOSING[g.expect("[", "{", "(", "{{").text]
    return held(g, g.chain(), closing, column)


def set_off(g: Grammar) -> Tree:
    r"""1\{z > 0\}; \{a + b\} is a group."""
    before = next((t.text for t in reversed(g.tokens[: g.i]) if t.text not in "{}"), "")
    t = g.take()
    x = g.sum()
    if g.sees(*RELATIONS) and before == "1":
        return held(g, g.chained(x), "}}", t.column)
    g.expect("}}")
    return Tree("group", (x,), t.column)


def held(g: Grammar, condition: Tree, closing: str, column: int) -> Tree:
    g.expect(closing)
    if not any(rel for rel, _, _ in sides(condition)):
        raise g.fault(g.here, "an indicator holds a condition: z > 0")
    return Tree("indicator", (condition,), column)


def _raised(x: Tree) -> bool:
    return x.kind == "symbol" and bool(x.args[3])
