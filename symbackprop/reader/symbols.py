r"""One symbol as people write it: \hat{y}_1, w_{h1 \to o}, net_h1, \mathcal{L}(w), w1'.  Fonts carry no meaning.

    symbol = base {"_" script | "^" script | "'"} ["(" text ")"]
    base   = letter | word | \greek | \accent{symbol} | \font{symbol}; digits right behind it are its subscript
    script = {text} | (text) | [text] | word with digits | digits | \greek | sign

Every character belongs to a part, or to an error that names it.  A calligraphic capital keeps its shape in print.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from symbackprop.errors import ReadError
from symbackprop.form import GREEK, Symbol
from symbackprop.reader.array import character

MOST_LETTERS, MOST_NESTED = 80, 8

ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"}
FONTS = frozenset(
    "mathrm mathbf mathit mathsf mathtt mathnormal mathcal mathscr boldsymbol bm pmb text textrm textbf textit "
    "operatorname".split()
)
CALLIGRAPHIC = frozenset({"mathcal", "mathscr"})
LETTERS = {name: name for name in GREEK - {"nabla"}} | {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
}  # fmt: skip
SIGNS = {"to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "prime": "'"}
BLANKS = frozenset((",", ";", ":", " ", "quad", "thinspace"))
CLOSING = {"{": "}", "(": ")", "[": "]"}

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[A-Za-z]+|[0-9]+|\s+|.", re.DOTALL)
_RUN = re.compile(r"[A-Za-z]+")


def symbol_of(text: str) -> Symbol:
    """The symbol that the text writes.  Raises ReadError with what is not read."""
    if len(text) > MOST_LETTERS:
        raise ReadError(f"a name of {len(text)} characters; at most {MOST_LETTERS} are allowed")
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens, self.at, self.depth = [t for t in _TOKEN.findall(text) if t], 0, 0

    @property
    def here(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.here
        self.at += 1
        return token

    def blanks(self) -> None:
        while self.here.isspace() or (self.here[:1] == "\\" and self.here[1:] in BLANKS):
            self.at += 1

    def whole(self) -> Symbol:
        found = self.symbol()
        self.blanks()
        if self.here:
            raise self.stop()
        return found

    def stop(self) -> ReadError:
        """What has no place where the reader stands."""
        token = self.here
        if not token:
            return ReadError("the name ends too early")
        if token[0] == "\\":
            command = token if token.isascii() and token.isprintable() else character(token[-1])
            return ReadError(f"the command {command} is not read in a name")
        what = repr(token) if token.isascii() and token.isprintable() else character(token[0])
        return ReadError(f"{what} has no place in a name")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise ReadError(f"a name may be nested {MOST_NESTED} deep")

    # ---- base and scripts ----

    def symbol(self) -> Symbol:
        s = self.base()
        while True:
            self.blanks()
            if self.here == "_":
                self.at += 1
                s = s._replace(sub=self.once(s.sub, self.script(), "subscripts"))
            elif self.here == "^":
                self.at += 1
                s = s._replace(sup=self.once(s.sup.rstrip("'"), self.script(), "superscripts") + s.sup)
            elif self.here == "'":
                self.at += 1
                s = s._replace(sup=s.sup + "'")
            elif self.here in ("(", "["):
                return s._replace(of=self.bracketed()[1:-1] or self.empty())
            else:
                return s

    @staticmethod
    def once(before: str, new: str, what: str) -> str:
        if before:
            raise ReadError(f"a name has two {what}; write both in one, such as w_{{2,1}}")
        return new

    @staticmethod
    def empty() -> str:
        raise ReadError("a pair of brackets holds nothing")

    def base(self) -> Symbol:
        self.blanks()
        token = self.here
        if token.isascii() and token.isalpha():
            return self.numbered(Symbol(self.take()))
        command = token[1:] if token[:1] == "\\" else ""
        if command in LETTERS:
            self.at += 1
            return self.numbered(Symbol(LETTERS[command]))
        if command in ACCENTS:
            inner = self.inner()
            self.once(inner.accent, "", "accents")
            return inner._replace(accent=ACCENTS[command])
        if command in FONTS:
            inner = self.inner()
            capital = command in CALLIGRAPHIC and len(inner.base) == 1 and inner.base.isupper()
            return inner._replace(script=inner.script or capital)
        if token == "{":
            return self.braced()
        if not token or token in "'_^()[],+-" or token.isdigit():
            raise ReadError("a name starts with a letter, a word or a Greek letter such as \\alpha")
        raise self.stop()

    def numbered(self, s: Symbol) -> Symbol:
        return s._replace(sub=self.take()) if self.here.isascii() and self.here.isdigit() else s

    def inner(self) -> Symbol:
        """What an accent or a font stands on."""
        self.at += 1
        self.blanks()
        return self.braced() if self.here == "{" else self.base()

    def braced(self) -> Symbol:
        self.deeper()
        self.at += 1
        s = self.symbol()
        self.blanks()
        if self.here != "}":
            raise self.stop()
        self.at += 1
        self.depth -= 1
        return s

    # ---- the text of a script ----

    def script(self) -> str:
        self.blanks()
        while self.here[:1] == "\\" and self.here[1:] in FONTS:
            self.at += 1
        if self.here == "{":
            return self.bracketed()[1:-1] or self.empty()
        if self.here in ("(", "["):
            return self.bracketed()
        token = self.part()
        return token + self.take() if token.isalpha() and self.here.isascii() and self.here.isdigit() else token

    def bracketed(self) -> str:
        """From a bracket to its partner, flat: braces inside leave no trace."""
        self.deeper()
        out, close = self.here, CLOSING[self.take()]
        while self.here != close:
            inner = self.bracketed() if self.here in CLOSING else self.part()
            inner = inner[1:-1] if inner[:1] == "{" else inner
            out += (" " if _collide(out, inner) else "") + inner
        self.at += 1
        self.depth -= 1
        return out + close

    def part(self) -> str:
        """One token of a script."""
        token, command = self.here, self.here[1:] if self.here[:1] == "\\" else ""
        if command in FONTS or token in ("_", "^"):
            self.at += 1
            return ""
        if token.isspace() or command in BLANKS:  # which LaTeX does not print either
            self.at += 1
            return ""
        if command in LETTERS or command in SIGNS:
            self.at += 1
            return LETTERS.get(command) or SIGNS[command]
        if token.isascii() and (token.isalnum() or token in (",", "+", "-", "'")):
            return self.take()
        raise self.stop()


def _collide(before: str, after: str) -> bool:
    """Whether a Greek letter, which is spelled out, would run together with its neighbour: eta i."""
    last = re.split(r"[^A-Za-z]", before)[-1]
    return bool(last and after[:1].isalpha()) and (last in GREEK or after in GREEK)


# ---- indices in scripts ---------------------------------------------------------------------------------------------


def letters_in(s: Symbol) -> frozenset[str]:
    """The letters of the scripts and of what stands in parentheses, those of words aside: i, j, o; h of h1."""
    runs = [run for script in (s.sub, s.sup, s.of) for run in _RUN.findall(script)]
    return frozenset(c for run in runs if not _word(run, frozenset()) for c in run)


def with_indices(s: Symbol, given: Mapping[str, str]) -> Symbol:
    """The symbol with other texts for its index letters: ji becomes 21; 2,10 where a text is longer than a letter."""

    def put(found: re.Match[str]) -> str:
        run = found[0]
        if _word(run, given):
            return run
        texts = [given.get(c, c) for c in run]
        long = any(len(text) > 1 for text in texts)
        return ("," if long and set(run) <= set(given) else "").join(texts)

    return s._replace(sub=_RUN.sub(put, s.sub), sup=_RUN.sub(put, s.sup), of=_RUN.sub(put, s.of))


def _word(run: str, letters: Collection[str]) -> bool:
    """Whether letters side by side are a word, not indices; as in print, a word has three and more."""
    indices = set(run) <= set(letters)
    return not indices and (run in GREEK or (len(run) > 2 and not set(run) <= set("ijklmn")))
