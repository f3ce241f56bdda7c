r"""What a command opens: fractions, roots, accents, braces, sums with their bounds, limits, branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from symbackprop.reader import atoms
from symbackprop.reader.array import Tree, fault
from symbackprop.reader.tokens import Token, spelled
from symbackprop.reader.trees import CONDITION_WORDS, NONE

if TYPE_CHECKING:
    from symbackprop.reader.written import Grammar


def frac(g: Grammar) -> Tree:
    column = g.take().column
    return Tree("div", (argument(g), argument(g)), column)


def argument(g: Grammar) -> Tree:
    if g.took("{"):
        bar, g.bar = g.bar, ""
        x = g.sum()
        g.bar = bar
        g.expect("}")
        return x
    return g.atom()


def root(g: Grammar) -> Tree:
    column, root = g.take().column, None
    if g.took("["):
        root = g.sum()
        g.expect("]")
    x = argument(g) if g.sees("{", "(") else g.power()
    return Tree("sqrt", (x, root), column)


def accent(g: Grammar) -> Tree:
    t = g.take()
    x = argument(g)
    if x.kind != "symbol" or x.args[1]:
        raise g.fault(t, "an accent stands on a letter: \\hat{y}")
    base, _, sub, sup = x.args
    return Tree("symbol", (base, t.text, sub, sup), t.column)


def brace(g: Grammar) -> Tree:
    g.take()
    x = argument(g)
    if g.took("_", "^"):
        g.script()
    return x if x.kind in ("symbol", "number") else Tree("group", (x,), x.column)


def total(g: Grammar) -> Tree:
    """Σ_k x; without an index it is over all that there is: Σ (t − o)², sum(t*o)"""
    column = g.take().column
    if g.took("_"):
        return bounds(g, column, g.term)
    if g.text[column : column + 3] != "sum" or not g.sees("("):
        return Tree("total", ((), NONE, NONE, NONE, g.term()), column)
    body = atoms.group(g)
    if g.sees("^"):
        raise g.fault(g.here, "sum(x)^2 can be read in two ways: write (sum(x))^2 or sum(x^2)")
    return Tree("total", ((), NONE, NONE, NONE, body), column)


def bounds(g: Grammar, column: int, body: Callable[[], Tree]) -> Tree:
    lower = g.script()
    if len(lower) == 1 and g.sees("=") and g.here.glued:  # sum_k=1^n
        g.take()
        lower = (*lower, Token("sign", "=", column), *g.script())
    upper = NONE
    if g.took("^"):
        upper = g.script()
    elif any(t.text == "…" for t in lower):
        k = next(k for k, t in enumerate(lower) if t.text == "…")
        lower, upper = lower[:k], lower[k + 1 :]
    inner = [t for t in lower if not (t.kind == "sign" and t.text in "(){}")]
    upper = tuple(t for t in upper if not (t.kind == "sign" and t.text in "(){}"))
    sign = next((k for k, t in enumerate(inner) if t.text in ("=", "∈", "!=")), len(inner))
    variables = tuple(x for x in spelled(inner[:sign]).split(",") if x)
    if not variables or not all((v.isalpha() and len(v) == 1) or v.rstrip("'").isalpha() for v in variables):
        raise fault(g.text, column, "a sum names its index below it: \\sum_{k}")
    given = tuple(inner[sign + 1 :])
    kind = inner[sign].text if sign < len(inner) else ""
    lower_, but = (given, NONE) if kind == "=" else (NONE, given if kind == "!=" else NONE)
    return Tree("total", (variables, lower_, upper, but, body()), column)


def limit(g: Grammar) -> Tree:
    column = g.take().column
    g.expect("_")
    to = g.script()
    text = spelled(to)
    variable, arrow, end = text.partition("→")
    if not arrow or end != "0":
        raise fault(g.text, column, "a limit is read where a step goes to 0: \\lim_{h \\to 0}")
    return Tree("limit", (variable, g.term()), column)


def begin(g: Grammar) -> Tree:
    t = g.take()
    name = spelled(g.balanced("{"))
    if name != "cases":
        raise g.fault(t, f"\\begin{{{name}}} is not read inside a formula")
    rows = []
    while True:
        value = g.sum()
        rows.append((value, condition(g)))
        if g.took("\\\\") and not (g.here.kind == "command" and g.here.text == "end"):
            continue
        break
    if g.here.kind != "command" or g.here.text != "end":
        raise g.stop()
    g.take()
    g.balanced("{")
    return Tree("cases", tuple(rows), t.column)


def condition(g: Grammar) -> Tree | None:
    """if z > 0; None for otherwise"""
    g.took(",")
    g.took("&")
    said = ""
    while g.here.kind == "word" or (g.here.kind == "name" and g.here.text in CONDITION_WORDS):
        said += g.take().text + " "
    g.took(",")
    if g.here.kind == "end" or g.sees("\\\\", ";", "}", "}}") or g.here.text == "end":
        if not said:
            raise g.fault(g.here, "a branch says when it holds: 0 & z < 0")
        return None
    condition = g.chain()
    while g.here.kind == "word":
        g.take()
    g.took(".", ",")
    return condition


def choices(g: Grammar) -> Tree:
    """{z if z > 0; 0 otherwise}, as plain text writes it"""
    column = g.take().column
    rows = []
    while True:
        value = g.sum()
        rows.append((value, condition(g)))
        if not g.took(";"):
            break
    g.expect("}", "}}")
    return Tree("cases", tuple(rows), column)


def where(g: Grammar, column: int) -> Tree:
    """where(z > 0, z, 0), as programs choose"""
    g.expect("(")
    when = g.chain()
    g.expect(",")
    then = g.sum()
    g.expect(",")
    other = g.sum()
    g.expect(")")
    return Tree("cases", ((then, when), (other, None)), column)


def braces(g: Grammar) -> Tree:
    """A group, or branches: a word that says when comes after the first value.  {tanh} is a function's name."""
    name = g.ahead()
    if name.kind == "name" and g.ahead(2).text == "}" and name.text in g.functions | g.letters:
        g.i += 3
        if atoms.called(g) or name.text in g.functions:
            return atoms.call(g, name)
        return Tree("symbol", (name.text, "", NONE, NONE), name.column)
    deep = 0
    for t in g.tokens[g.i :]:
        deep += t.kind == "sign" and t.text in ("{", "(", "[")
        deep -= t.kind == "sign" and t.text in ("}", ")", "]")
        if not deep:
            break
        if deep == 1 and (t.text in CONDITION_WORDS or t.kind == "word"):
            return choices(g)
    return atoms.group(g)
