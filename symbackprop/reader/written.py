r"""Tokens to trees: the grammar of formulas as people write them.  What a name means is decided later.

    chain  = side {relation side}                 side = sum, or nothing where the line goes on from above
    sum    = ["-"] term {("+" | "-") term}
    term   = tight {("·" | "×" | "*" | "⊙" | "@") tight}
    tight  = quotient {quotient}                  juxtaposition binds more than a dot; Σ takes all factors to its right
    quotient = power {"/" power}
    power  = atom with _ ^ ′

Linear: each token is looked at once, and the depth is bounded.
"""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.errors import ReadError
from symbackprop.reader import atoms, blocks
from symbackprop.reader.array import MOST_DEPTH, Tree, fault
from symbackprop.reader.tokens import Token
from symbackprop.reader.trees import BEGINS, CLOSING, CONDITION_WORDS, NONE, OPERATORS, RELATIONS, Scripts

ENDS, INSIDE = ("=", ":=", "←", "≈"), ("/", "*", "·", "⊙", ")")  # what stands behind a plus that adds nothing
STAR = "a star as a mark is not read: write the name without it"


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
        t = self.tokens[self.i]
        return t.text in signs and t.kind == "sign"

    def take(self) -> Token:
        token = self.tokens[self.i]
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
        if self.tokens[self.i].kind != "sign":
            return sub, sup
        while self.sees("_", "^", "'") or self.mark():
            t = self.take()
            if t.text in ("'", "+"):
                sup = (*sup, t)
            elif t.text == "_":
                if sub:
                    raise self.fault(t, "a name has one subscript: write w_{2,1}")
                sub = self.script()
            else:
                sup = (*sup, *self.script(deep))
                if any(x.text == "*" for x in sup) and all(x.text in "*'+" for x in sup):
                    raise self.fault(t, STAR)
        return sub, sup

    def mark(self) -> bool:
        """w5+ = …: a plus with nothing behind it is a mark."""
        if not self.sees("+"):
            return False
        after = self.ahead()
        ends = (*ENDS, *INSIDE) if self.here.glued else ENDS
        return after.kind == "end" or (after.kind == "sign" and after.text in ends)

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
            raise self.fault(t, "a script is missing here: leave out the sign before it")
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
        rule = RULES.get(t.kind) or SIGNS.get(t.text)
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


def _closed(flat: Tree) -> bool:
    """Whether x/y before another factor can be read in one way: 1/2 (…), ∂E/∂w (…), x/(…) (…)."""
    top, bottom = flat.tree(0), flat.tree(1)
    kinds = {top.kind, bottom.kind}
    return kinds <= {"number"} or kinds <= {"d"}


RULES: dict[str, Callable[[Grammar], Tree]] = {"number": atoms.number, "name": atoms.name}
SIGNS: dict[str, Callable[[Grammar], Tree]] = {
    "(": atoms.group,
    "[": atoms.group,
    "{": blocks.braces,
    "{{": atoms.set_off,
    "|": atoms.between,
    "‖": atoms.norm,
    "∂": atoms.differential,
    "∇": atoms.nabla,
    "Δ": atoms.change,
    "\U0001d7d9": atoms.iverson,
}
COMMANDS: dict[str, Callable[[Grammar], Tree]] = {
    "frac": blocks.frac,
    "sqrt": blocks.root,
    "sum": blocks.total,
    "lim": blocks.limit,
    "begin": blocks.begin,
    "hat": blocks.accent,
    "bar": blocks.accent,
    "tilde": blocks.accent,
    "underbrace": blocks.brace,
    "overbrace": blocks.brace,
}
