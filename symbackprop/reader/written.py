r"""Tokens to trees: the grammar of formulas as people write them.  What a name means is decided later.

    chain  = side {relation side}                 side = sum, or nothing where the line goes on from above
    sum    = ["-"] term {("+" | "-") term}
    term   = tight {("·" | "×" | "*" | "⊙" | "@") tight}
    tight  = quotient {quotient}                  juxtaposition binds more than a dot; Σ takes all factors to its right
    quotient = power {"/" power}
    power  = atom with _ ^ ′

Linear: each token is looked at once, and the depth is bounded.

The kinds of a tree: number text · symbol base accent sub sup · neg x · sum x … · product (operator x) … · beside x … ·
div x y · scripted x sub sup · group x · list x … · call name sub sup x … · d x · change x · nabla sub · sqrt x n ·
abs x · norm x · total variables lower upper but body · limit variable body · indicator chain · cases (value when) … ·
chain (relation x) …
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from symbackprop.errors import ReadError
from symbackprop.reader.array import MOST_DEPTH, Tree, fault
from symbackprop.reader.tokens import Token, spelled

RELATIONS = frozenset(("=", "==", "←", "→", "≈", "<", ">", "<=", ">=", "!="))
OPERATORS = frozenset("·×*⊙@")
CLOSING = {"(": ")", "[": "]", "{": "}", "{{": "}}"}
Scripts = tuple[Token, ...]
NONE: Scripts = ()


class Grammar:
    """One row of tokens.  `functions`: names whose next factor is their argument; `letters`: those only before (."""

    def __init__(self, text: str, some: list[Token], functions: frozenset[str], letters: frozenset[str]) -> None:
        self.text, self.tokens, self.i, self.depth = text, some, 0, 0
        self.functions, self.letters = functions, letters

    # ---- tokens ----

    @property
    def here(self) -> Token:
        return self.tokens[self.i]

    def ahead(self, k: int = 1) -> Token:
        return self.tokens[min(self.i + k, len(self.tokens) - 1)]

    def sees(self, *signs: str) -> bool:
        return self.here.kind == "sign" and self.here.text in signs

    def take(self) -> Token:
        token = self.here
        self.i += token.kind != "end"
        return token

    def took(self, *signs: str) -> bool:
        if self.sees(*signs):
            self.i += 1
            return True
        return False

    def expect(self, *signs: str) -> Token:
        if not self.sees(*signs):
            raise self.fault(self.here, f"{' or '.join(signs)} is missing here")
        return self.take()

    def fault(self, token: Token, message: str) -> ReadError:
        return fault(self.text, token.column, message)

    def stop(self) -> ReadError:
        t = self.here
        what = "the row ends here" if t.kind == "end" else f"{t.text!r} has no place here"
        return self.fault(t, what)

    # ---- sums and products ----

    def chain(self) -> Tree:
        """side relation side …; a first side may be missing.  Stops where no relation follows."""
        return self.chained(None if self.sees(*RELATIONS) else self.sum())

    def chained(self, first: Tree | None) -> Tree:
        column = first.column if first else self.here.column
        members = [("", first, column)] if first else []
        while self.sees(*RELATIONS):
            sign = self.take()
            members.append(("←" if sign.text == "→" else sign.text, self.sum(), sign.column))  # w → w − …
        return Tree("chain", tuple(members), column)

    def sum(self) -> Tree:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.fault(self.here, f"formulas may be nested {MOST_DEPTH} deep")
        column = self.here.column
        terms = [self.signed()]
        while self.sees("+", "-") and not self.mark():
            minus = self.take().text == "-"
            term = self.signed()
            terms.append(Tree("neg", (term,), term.column) if minus else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Tree("sum", tuple(terms), column)

    def signed(self) -> Tree:
        column, minus = self.here.column, False
        while self.sees("+", "-"):
            minus ^= self.take().text == "-"
        term = self.term()
        return Tree("neg", (term,), column) if minus else term

    def term(self) -> Tree:
        column = self.here.column
        factors = [("", self.tight())]
        while self.sees(*OPERATORS):
            operator = self.take().text
            factors.append((operator, self.negative() if self.sees("-", "+") else self.tight()))
        return factors[0][1] if len(factors) == 1 else Tree("product", tuple(factors), column)

    def negative(self) -> Tree:
        """2 * -3"""
        column, minus = self.here.column, self.take().text == "-"
        x = self.tight()
        return Tree("neg", (x,), column) if minus else x

    def tight(self) -> Tree:
        column = self.here.column
        factors = [self.quotient()]
        while self.starts():
            if self.here.kind == "number" and factors[-1].kind == "number":
                raise self.fault(self.here, "two numbers stand side by side: write a sign between them")
            if factors[-1].kind == "call" and not factors[-1].args[4]:
                raise self.fault(
                    self.here, f"where does the argument of {factors[-1].args[0]} end? put it in parentheses"
                )
            if factors[-1].kind == "flat" and not _closed(factors[-1]):
                raise self.fault(self.here, "a/b c can be read in two ways: write (a/b) c or a/(b c)")
            factors.append(self.quotient())
        factors = [Tree("div", f.args, f.column) if f.kind == "flat" else f for f in factors]
        return factors[0] if len(factors) == 1 else Tree("beside", tuple(factors), column)

    def starts(self) -> bool:
        t = self.here
        if t.kind in ("name", "number", "command"):
            return t.text != "end" and not (t.kind == "name" and t.text in CONDITION_WORDS)
        return t.kind == "sign" and (t.text in BEGINS or (t.text in ("|", "‖") and t.text != self.bar))

    bar = ""  # the | or ‖ that is open: inside of it the next one closes

    def quotient(self) -> Tree:
        x = self.power()
        while self.sees("/"):
            column = self.take().column
            y = self.negative_power() if self.sees("-") else self.power()
            if x.kind == "flat":
                x = Tree("div", x.args, x.column)
            x = Tree("flat", (x, y), column)
        return x

    def negative_power(self) -> Tree:
        column = self.take().column
        return Tree("neg", (self.power(),), column)

    # ---- scripts ----

    def power(self) -> Tree:
        x = self.atom()
        sub, sup = self.scripts(deep=x.kind == "symbol" and x.args[0] == "e")
        if not (sub or sup):
            return x
        if x.kind == "symbol" and not (x.args[2] and sub) and not (x.args[3] and sup):
            base, accent, old_sub, old_sup = x.args
            return Tree("symbol", (base, accent, sub or old_sub, sup or old_sup), x.column)
        return Tree("scripted", (x, sub, sup), x.column)

    def scripts(self, deep: bool = False) -> tuple[Scripts, Scripts]:
        sub, sup = NONE, NONE
        while self.sees("_", "^", "'") or self.mark():
            t = self.take()
            if t.text in ("'", "+"):
                sup = (*sup, t)
            elif t.text == "_":
                if sub:
                    raise self.fault(t, "two subscripts")
                sub = self.script()
            else:
                sup = (*sup, *self.script(deep))
        return sub, sup

    def mark(self) -> bool:
        """w5+ = …: a plus with nothing behind it is a mark."""
        after = self.ahead()
        return self.sees("+") and (after.kind == "end" or (after.kind == "sign" and after.text in ("=", "←", "≈")))

    def script(self, deep: bool = False) -> Scripts:
        """The tokens of a script: a group in braces or parentheses, or one token; `deep`: with its index, e^net_h1."""
        t = self.here
        if t.text in ("{", "(", "[") and t.kind == "sign":
            inner = self.balanced(t.text)
            brackets = (Token("sign", t.text, t.column), Token("sign", CLOSING[t.text], t.column))
            return inner if t.text == "{" else (brackets[0], *inner, brackets[1])
        if t.kind == "sign" and t.text == "-":  # e^-x
            return (self.take(), *self.script(deep))
        if t.kind == "sign" and t.text == "+":
            return (self.take(),)
        if t.kind == "command" and t.text in ("frac", "sqrt"):
            start = self.i
            self.atom()
            return tuple(self.tokens[start : self.i])
        if t.kind == "end" or (t.kind == "sign" and t.text not in ("⊤", "'", "*", "∞")):
            raise self.fault(t, "a script is missing here")
        t, start = self.take(), self.i
        if deep and t.kind == "name" and self.took("_"):
            self.script()
        return (t, *self.tokens[start : self.i])

    def balanced(self, opening: str) -> Scripts:
        """The tokens between two brackets."""
        start, deep = self.i, 0
        while self.here.kind != "end":
            t = self.take()
            if t.kind == "sign":
                deep += (t.text == opening) - (t.text == CLOSING[opening])
            if not deep:
                return tuple(self.tokens[start + 1 : self.i - 1])
        raise self.fault(self.tokens[start], f"this {opening} is never closed")

    # ---- atoms ----

    def atom(self) -> Tree:
        t = self.here
        rule = ATOMS.get(t.kind) or SIGNS.get(t.text)
        if t.kind == "command":
            rule = COMMANDS.get(t.text)
        if rule is None:
            raise self.stop()
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.fault(t, f"formulas may be nested {MOST_DEPTH} deep")
        tree = rule(self)
        self.depth -= 1
        return tree

    def number(self) -> Tree:
        t = self.take()
        if t.text == "1" and self.sees("[") and self.here.glued:  # 1[z > 0]
            return self.indicator(t.column)
        return Tree("number", (t.text,), t.column)

    def name(self) -> Tree:
        t = self.take()
        if t.text in self.functions or (t.text in self.letters and self.called()):
            return self.call(t)
        return Tree("symbol", (t.text, "", NONE, NONE), t.column)

    def called(self) -> bool:
        """Whether a letter is a function here: f(z), f′(z), σ_1(z)."""
        k = self.i
        while self.tokens[k].text in ("'", "^", "_") and self.tokens[k].kind == "sign":
            k += 1
            if self.tokens[k - 1].text != "'":
                deep = 0
                while self.tokens[k].kind != "end":
                    deep += (self.tokens[k].text == "{") - (self.tokens[k].text == "}")
                    k += 1
                    if deep <= 0:
                        break
        return self.tokens[k].kind == "sign" and self.tokens[k].text == "("

    def call(self, t: Token) -> Tree:
        """name, subscript, superscript, arguments, whether they stood in brackets."""
        sub, sup = self.scripts()
        if self.sees("(", "[", "{"):
            arguments = self.arguments()
            return Tree("call", (t.text, sub, sup, arguments, True), t.column)
        if not self.starts():
            raise self.fault(self.here, f"what is {t.text} of? Its argument is missing here")
        x = self.power()
        return Tree("call", (t.text, sub, sup, (x,), x.kind == "call" and x.args[4]), t.column)

    def arguments(self) -> tuple[Tree, ...]:
        closing = CLOSING[self.take().text]
        out = [self.sum()]
        while self.took(",", ";"):
            out.append(self.family() if self.tokens[self.i - 1].text == ";" else self.sum())
        self.expect(closing)
        return tuple(out)

    def family(self) -> Tree:
        """(z_k)_{k=1}^{n}: all entries on an axis"""
        column = self.expect("(").column
        x = self.sum()
        self.expect(")")
        self.expect("_")
        return self.bounds(column, lambda: x)

    def group(self) -> Tree:
        t = self.take()
        bar, self.bar = self.bar, ""
        items = [self.sum()]
        if self.sees(*RELATIONS) and t.text == "[":
            self.bar = bar
            return self.held(self.chained(items[0]), "]", t.column)
        while self.took(","):
            items.append(self.sum())
        self.bar = bar
        self.expect(CLOSING[t.text])
        if len(items) > 1:
            return Tree("list", tuple(items), t.column)
        inner, group = items[0], Tree("group", tuple(items), t.column)
        if t.text == "{":
            return inner if inner.kind in ("symbol", "number", "group") and not _raised(inner) else group
        return group

    def between(self) -> Tree:
        """|x|"""
        return Tree("abs", (self.barred(),), self.tokens[self.i - 1].column)

    def barred(self) -> Tree:
        t = self.take()
        bar, self.bar = self.bar, t.text
        x = self.sum()
        self.bar = bar
        self.expect(t.text)
        return x

    def norm(self) -> Tree:
        column = self.here.column
        x = self.barred()
        if self.sees("_") and self.ahead().text == "2":
            self.i += 2
        elif self.sees("_") and self.ahead().text == "{" and self.ahead(2).text == "2" and self.ahead(3).text == "}":
            self.i += 4
        return Tree("norm", (x,), column)

    def differential(self) -> Tree:
        column = self.take().column
        if self.sees("^"):
            raise self.fault(self.here, "second derivatives are not read")
        if self.here.kind == "end" or not self.starts() or self.sees("∂"):
            return Tree("d", (), column)
        return Tree("d", (self.power(),), column)

    def change(self) -> Tree:
        column = self.take().column
        return Tree("change", (self.power(),), column)

    def nabla(self) -> Tree:
        column = self.take().column
        sub, _ = self.scripts()
        return Tree("nabla", (sub,), column)

    def iverson(self) -> Tree:
        column = self.take().column
        return self.indicator(column)

    def indicator(self, column: int) -> Tree:
        r"""\mathbb{1}[z > 0], \mathbb{1}_{z > 0}"""
        self.took("_")
        closing = CLOSING[self.expect("[", "{", "(", "{{").text]
        return self.held(self.chain(), closing, column)

    def held(self, condition: Tree, closing: str, column: int) -> Tree:
        self.expect(closing)
        if not any(rel for rel, _, _ in sides(condition)):
            raise self.fault(self.here, "an indicator holds a condition: z > 0")
        return Tree("indicator", (condition,), column)

    # ---- commands ----

    def frac(self) -> Tree:
        column = self.take().column
        return Tree("div", (self.argument(), self.argument()), column)

    def argument(self) -> Tree:
        if self.took("{"):
            bar, self.bar = self.bar, ""
            x = self.sum()
            self.bar = bar
            self.expect("}")
            return x
        return self.atom()

    def sqrt(self) -> Tree:
        column, root = self.take().column, None
        if self.took("["):
            root = self.sum()
            self.expect("]")
        x = self.argument() if self.sees("{", "(") else self.power()
        return Tree("sqrt", (x, root), column)

    def accent(self) -> Tree:
        t = self.take()
        x = self.argument()
        if x.kind != "symbol" or x.args[1]:
            raise self.fault(t, "an accent stands on a letter")
        base, _, sub, sup = x.args
        return Tree("symbol", (base, t.text, sub, sup), t.column)

    def brace(self) -> Tree:
        self.take()
        x = self.argument()
        if self.took("_", "^"):
            self.script()
        return x if x.kind in ("symbol", "number") else Tree("group", (x,), x.column)

    def total(self) -> Tree:
        column = self.take().column
        self.expect("_")
        return self.bounds(column, self.term)

    def bounds(self, column: int, body: Callable[[], Tree]) -> Tree:
        lower = self.script()
        if len(lower) == 1 and self.sees("=") and self.here.glued:  # sum_k=1^n
            self.take()
            lower = (*lower, Token("sign", "=", column), *self.script())
        upper = NONE
        if self.took("^"):
            upper = self.script()
        elif any(t.text == "…" for t in lower):
            k = next(k for k, t in enumerate(lower) if t.text == "…")
            lower, upper = lower[:k], lower[k + 1 :]
        inner = [t for t in lower if not (t.kind == "sign" and t.text in "(){}")]
        upper = tuple(t for t in upper if not (t.kind == "sign" and t.text in "(){}"))
        sign = next((k for k, t in enumerate(inner) if t.text in ("=", "∈", "!=")), len(inner))
        variables = tuple(x for x in spelled(inner[:sign]).split(",") if x)
        if not variables or not all((v.isalpha() and len(v) == 1) or v.rstrip("'").isalpha() for v in variables):
            raise fault(self.text, column, "a sum names its index below it: \\sum_{k}")
        given = tuple(inner[sign + 1 :])
        kind = inner[sign].text if sign < len(inner) else ""
        lower_, but = (given, NONE) if kind == "=" else (NONE, given if kind == "!=" else NONE)
        return Tree("total", (variables, lower_, upper, but, body()), column)

    def limit(self) -> Tree:
        column = self.take().column
        self.expect("_")
        to = self.script()
        text = spelled(to)
        variable, arrow, end = text.partition("→")
        if not arrow or end != "0":
            raise fault(self.text, column, "a limit is read where a step goes to 0: \\lim_{h \\to 0}")
        return Tree("limit", (variable, self.term()), column)

    def begin(self) -> Tree:
        t = self.take()
        name = spelled(self.balanced("{"))
        if name != "cases":
            raise self.fault(t, f"\\begin{{{name}}} is not read inside a formula")
        rows = []
        while True:
            value = self.sum()
            rows.append((value, self.condition()))
            if self.took("\\\\") and not (self.here.kind == "command" and self.here.text == "end"):
                continue
            break
        if self.here.kind != "command" or self.here.text != "end":
            raise self.stop()
        self.take()
        self.balanced("{")
        return Tree("cases", tuple(rows), t.column)

    def condition(self) -> Tree | None:
        """if z > 0; None for otherwise"""
        self.took(",")
        self.took("&")
        said = ""
        while self.here.kind == "word" or (self.here.kind == "name" and self.here.text in CONDITION_WORDS):
            said += self.take().text + " "
        self.took(",")
        if self.here.kind == "end" or self.sees("\\\\", ";", "}", "}}") or self.here.text == "end":
            if not said:
                raise self.fault(self.here, "a branch says when it holds")
            return None
        condition = self.chain()
        while self.here.kind == "word":
            self.take()
        self.took(".", ",")
        return condition

    def branches(self) -> Tree:
        """{z if z > 0; 0 otherwise}, as plain text writes it"""
        column = self.take().column
        rows = []
        while True:
            value = self.sum()
            rows.append((value, self.condition()))
            if not self.took(";"):
                break
        self.expect("}", "}}")
        return Tree("cases", tuple(rows), column)

    def braces(self) -> Tree:
        """A group, or branches: a word that says when comes after the first value.  {tanh} is a function's name."""
        name = self.ahead()
        if name.kind == "name" and self.ahead(2).text == "}" and name.text in self.functions | self.letters:
            self.i += 3
            if self.called() or name.text in self.functions:
                return self.call(name)
            return Tree("symbol", (name.text, "", NONE, NONE), name.column)
        deep = 0
        for t in self.tokens[self.i :]:
            deep += t.kind == "sign" and t.text in ("{", "(", "[")
            deep -= t.kind == "sign" and t.text in ("}", ")", "]")
            if not deep:
                break
            if deep == 1 and (t.text in CONDITION_WORDS or t.kind == "word"):
                return self.branches()
        return self.group()


BEGINS = frozenset("([{∂∇Δ\U0001d7d9") | {"{{"}
CONDITION_WORDS = frozenset("if jika for untuk when bila otherwise else lainnya selain itu".split())

ATOMS: dict[str, Callable[[Grammar], Tree]] = {"number": Grammar.number, "name": Grammar.name}
SIGNS: dict[str, Callable[[Grammar], Tree]] = {
    "(": Grammar.group,
    "[": Grammar.group,
    "{": Grammar.braces,
    "|": Grammar.between,
    "‖": Grammar.norm,
    "∂": Grammar.differential,
    "∇": Grammar.nabla,
    "Δ": Grammar.change,
    "\U0001d7d9": Grammar.iverson,
}
COMMANDS: dict[str, Callable[[Grammar], Tree]] = {
    "frac": Grammar.frac,
    "sqrt": Grammar.sqrt,
    "sum": Grammar.total,
    "lim": Grammar.limit,
    "begin": Grammar.begin,
    "hat": Grammar.accent,
    "bar": Grammar.accent,
    "tilde": Grammar.accent,
    "underbrace": Grammar.brace,
    "overbrace": Grammar.brace,
}


def sides(chain: Tree) -> list[tuple[str, Tree, int]]:
    """Of a chain: the relation before each side, the side, and where the relation stands."""
    return cast(list[tuple[str, Tree, int]], list(chain.args))


def factors(product: Tree) -> list[tuple[str, Tree]]:
    """Of a product: the operator before each factor, and the factor."""
    return cast(list[tuple[str, Tree]], list(product.args))


def branches(cases: Tree) -> list[tuple[Tree, Tree | None]]:
    """Of cases: each value with its condition; None for otherwise."""
    return cast(list[tuple[Tree, Tree | None]], list(cases.args))


def _closed(flat: Tree) -> bool:
    """Whether x/y before another factor can be read in one way: 1/2 (…), ∂E/∂w (…), x/(…) (…)."""
    top, bottom = flat.tree(0), flat.tree(1)
    kinds = {top.kind, bottom.kind}
    return kinds <= {"number"} or kinds <= {"d"}


def _raised(x: Tree) -> bool:
    return x.kind == "symbol" and bool(x.args[3])
