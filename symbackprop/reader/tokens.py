r"""Characters to tokens, for mathematics as people write it: LaTeX, Unicode and plain ASCII are one language here.

    \frac{\partial E}{\partial w_5}    ∂E/∂w₅    dE/dw5        all give the same tokens

Every character is looked at once, and belongs to a token, to a space, or to an error that names it.  Fonts, sizes and
colours carry no meaning and leave no token.  A run of letters is cut by the names that the reader is told to know,
longest first: `outh` is no name of anybody's, `out` followed by h may be.

    number 0.35 · name out · word (prose in \text) · sign ^ _ ( ) { } [ ] | ‖ & , ; + - * / = … · command frac, sum, …
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from typing import NamedTuple

from symbackprop.errors import ReadError
from symbackprop.reader.alphabet import ASCII, CLOSING, DOUBLE, HAT, LETTERS, SIGNS, SUBSCRIPTS, SUPERSCRIPTS, VULGAR
from symbackprop.reader.array import MOST_CHARACTERS, MOST_DIGITS, MOST_EXPONENT, MOST_TOKENS, character, fault
from symbackprop.reader.commands import command

__all__ = ["MOST_CHARACTERS", "Token", "fault", "tokens"]


class Token(NamedTuple):
    kind: str  # "number" | "name" | "word" | "sign" | "command" | "end"
    text: str
    column: int
    glued: bool = False  # no space stands before it


NUMBER = re.compile(r"\d+(?:\{,\}\d+|\.\d+|,\d+(?![\d,]*,\d))?(?:[eE][-+]?\d+)?|\.\d+")
LIST_NUMBER = re.compile(r"\d+(?:\{,\}\d+|\.\d+)?")  # in a script a comma parts two indices
MIXED = re.compile(r"(\d+)([A-Za-z]+)")
SPACED = re.compile(r"\d(?: ?\d)*(?: ?\. ?\d(?: ?\d)*)?")  # as Mathpix writes: 0 . 3 5
RUN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
SPACED_RUN = re.compile(r"[A-Za-z](?: ?[A-Za-z])*")
WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+(?:→[A-Za-z0-9]+)?)*(?:\[\d+(?:,\d+)*\])?")
FRACTION = re.compile(r"d([A-Za-z]+\d*(?:_[a-z]+\d*)?)_d([A-Za-z]+\d*(?:_[a-z]+\d*)?)|grad_([A-Za-z]+\d*)")
CODE = frozenset(("-=", "+=", "*=", "/="))
HATS = frozenset(("mhat", "vhat", "yhat", "phat"))  # as programs call m̂; that and what are words
TIMES = re.compile(r"[xX] +(?=[\d.(−-])")
MATHPIX = re.compile(r"[_^] \{|\{ [A-Za-z0-9\\]")
LONGEST_NAME = 40


class Scanner:
    """One row.  `known`: the names and functions that letters may spell; `whole`: words that are taken as they are."""

    def __init__(self, text: str, known: Set[str], whole: Set[str]) -> None:
        self.text, self.known, self.whole = text, known, whole
        self.at, self.out, self.glued = 0, list[Token](), False
        self.latex = "\\" in text or "_{" in text or "^{" in text
        self.spaced = bool(MATHPIX.search(text))
        self.scripts: list[tuple[str, bool]] = []  # of each open bracket: what closes it, and whether it is a script's

    def put(self, kind: str, text: str, column: int) -> None:
        self.out.append(Token(kind, text, column, self.glued))
        self.glued = True

    def fault(self, column: int, message: str) -> ReadError:
        return fault(self.text, column, message)

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            start = self.at
            c = self.text[start]
            if len(self.out) > MOST_TOKENS:
                raise self.fault(start, f"a row may have {MOST_TOKENS} names, numbers and signs; this one has more")
            if c.isspace() or c in "~✓✔\u200b\u2060\u2061\u2062\u2063\ufeff":
                self.at, self.glued = start + 1, False
            elif c == "\\":
                command(self, start)
            elif (c.isdecimal() and c.isascii()) or (c == "." and self.text[start + 1 : start + 2].isdigit()):
                self.number(start)
            elif c.isascii() and c.isalpha():
                self.letters(start)
            elif c in ASCII:
                self.ascii(start, c)
            else:
                self.unicode(start, c)
        self.put("end", "", len(self.text))
        return self.out

    # ---- numbers ----

    def in_script(self) -> bool:
        return bool(self.scripts and self.scripts[-1][1]) or (self.after_script() and not self.exponential())

    def exponential(self) -> bool:
        """Whether e^ stands before: what is above e is a formula, not a mark."""
        return len(self.out) > 1 and self.out[-1].text == "^" and self.out[-2].text == "e"

    def after_script(self) -> bool:
        return bool(self.out) and self.out[-1].kind == "sign" and self.out[-1].text in ("_", "^")

    def bare_argument(self) -> bool:
        r"""Whether one character is the whole argument: \frac12."""
        ahead = [t.text for t in self.out[-2:]]
        if "frac" not in ahead:
            return False
        return ahead[-1:] == ["frac"] or (len(ahead) == 2 and ahead[0] == "frac" and ahead[1] != "{")

    def number(self, start: int) -> None:
        if self.bare_argument():
            self.at = start + 1
            self.put("number", self.text[start], start)
            return
        mixed = MIXED.match(self.text, start) if self.after_script() and not self.latex else None
        if mixed:  # w_1j
            self.at = mixed.end()
            for kind, part in (("sign", "{"), ("number", mixed[1]), ("name", mixed[2]), ("sign", "}")):
                self.put(kind, part, start)
            return
        pattern = LIST_NUMBER if self.in_script() else SPACED if self.spaced and "{,}" not in self.text else NUMBER
        pattern = NUMBER if self.text[start] == "." else pattern
        found = pattern.match(self.text, start)
        assert found is not None
        text = found[0].replace(" ", "").replace("{,}", ".").replace(",", ".")
        if sum(map(str.isdigit, text)) > MOST_DIGITS:
            raise self.fault(start, f"a number may have {MOST_DIGITS} digits")
        power = text.lower().partition("e")[2]
        if len(power) > 4 or abs(int(power or 0)) > MOST_EXPONENT:
            raise self.fault(start, f"an exponent may be {MOST_EXPONENT} at most")
        self.at = found.end()
        self.put("number", text, start)

    # ---- letters ----

    def letters(self, start: int) -> None:
        if self.bare_argument():
            self.at = start + 1
            self.piece(self.text[start], start)
            return
        if self.times(start):
            return
        if not self.in_script() and self.word(start):
            return
        if self.after_script():
            self.script(start)
            return
        found = (SPACED_RUN if self.spaced else RUN).match(self.text, start)
        assert found is not None
        self.at = found.end()
        columns = [start + k for k, c in enumerate(found[0]) if c != " "]
        self.cut(found[0].replace(" ", ""), columns)

    def times(self, start: int) -> bool:
        """An x for ×: 0.15 x 0.05, (1 − o) x (o − t)"""
        found, before = TIMES.match(self.text, start), self.out[-1] if self.out else None
        if not found or self.glued or before is None or not (before.kind == "number" or before.text == ")"):
            return False
        self.at = start + 1
        self.put("sign", "*", start)
        return True

    def word(self, start: int) -> bool:
        """A name that is taken as it stands, alone, before _new, or behind a d: W2[0,1], w5_new, dw5."""
        found, stem = WHOLE.match(self.text, start), RUN.match(self.text, start)
        assert found is not None and stem is not None
        for word in (found[0], stem[0] if stem[0][-1].isdigit() else ""):
            if word in self.whole:
                self.at = start + len(word)
                self.put("name", word, start)
                return True
        if fraction := FRACTION.fullmatch(found[0]):
            return self.fraction(fraction, start)
        if found[0][0] == "d" and found[0][1:] in self.whole:
            self.at = found.end()
            self.put("sign", "∂", start)
            self.put("name", found[0][1:], start + 1)
            return True
        return False

    def fraction(self, found: re.Match[str], start: int) -> bool:
        """dE_dw5 and grad_w5, as programs call ∂E/∂w₅ and ∇E by w₅"""
        for part in found.groups():
            if part and not (part in self.whole or part in self.known or part.rstrip("0123456789") in self.known):
                return False
        top, bottom, by = found.groups()
        self.at = found.end() + start
        for name, signs in ((top, "∂"), (bottom, "/∂")) if top else ((by, "∇_"),):
            for sign in signs:
                self.put("sign", sign, start)
            if name in self.whole:
                self.put("name", name, start)
            else:
                self.cut(name, [start] * len(name))
        return True

    def script(self, start: int) -> None:
        """What stands below or above without braces: h1, ij, total; in LaTeX one letter, unless indices follow."""
        found = RUN.match(self.text, start)
        assert found is not None
        run = found[0]
        if self.latex and not re.fullmatch(r"[i-n]+|[a-z]\d+|[A-Za-z]{3,}", run):
            run = run[0]
        self.at = start + len(run)
        self.put("name", run, start)

    def cut(self, run: str, columns: list[int]) -> None:
        """A run of letters and digits as names, longest first; digits behind a name stand below it."""
        if self.scripts and self.scripts[-1][1] and run not in self.known:
            self.put("name", run, columns[0])
            return
        if run in HATS and run not in self.known:
            self.put("command", "hat", columns[0])
            self.put("name", run[:-3], columns[0])
            return
        if not self.latex and not self.readable(run):
            self.put("name", run, columns[0])
            return
        at, found = 0, list[tuple[int, int]]()
        while at < len(run):
            end = at + 1
            if run[at].isdigit():
                while end < len(run) and run[end].isdigit():
                    end += 1
            else:
                end = next((k for k in range(min(at + LONGEST_NAME, len(run)), at, -1) if run[at:k] in self.known), 0)
            if not end:  # no name: the whole word is for the message
                self.put("name", run, columns[0])
                return
            found.append((at, end))
            at = end
        for at, end in found:
            if run[at].isdigit():
                self.put("sign", "_", columns[at])
                self.put("number", run[at:end], columns[at])
            else:
                self.piece(run[at:end], columns[at])

    def readable(self, run: str) -> bool:
        """Whether a word of plain text is a name, a name with a number, or d before one; so and we are words."""
        stem = run.rstrip("0123456789")
        return stem in self.known or (stem[:1] == "d" and (stem[1:] in self.known or len(stem) == 1))

    def piece(self, name: str, column: int) -> None:
        sign = {"d": "∂", "sum": "sum"}.get(name) if name not in self.whole else None
        if sign:
            self.put("command" if sign == "sum" else "sign", sign, column)
        else:
            self.put("name", name, column)

    # ---- signs ----

    def ascii(self, start: int, c: str) -> None:
        pair = self.text[start : start + 2]
        if pair in CODE and not self.after_script():
            raise self.fault(start, f"{pair} is a program's sign: write w = w {pair[0]} …")
        if pair in DOUBLE and not (pair == "||" and self.latex and self.out and self.out[-1].text == "|"):
            self.at = start + 2
            self.put("sign", DOUBLE[pair], start)
            return
        if pair == ".T" and self.glued and self.out and not self.text[start + 2 : start + 3].isalnum():  # W2.T @ δ
            self.at = start + 2
            self.sign("^⊤", start)
            return
        self.at = start + 1
        if c == "{" or (c in "([" and (self.in_script() or self.after_script())):
            self.scripts.append((CLOSING[c], self.in_script()))
        elif self.scripts and c == self.scripts[-1][0]:
            self.scripts.pop()
            if self.out and self.out[-1].text == "{" and self.out[-1].kind == "sign":
                self.out.pop()  # {} holds a place, and says nothing
                return
        self.put("sign", c, start)

    def unicode(self, start: int, c: str) -> None:
        self.at = start + 1
        if c in SUBSCRIPTS or c in SUPERSCRIPTS:
            self.small(start, c)
            return
        if c in VULGAR:
            self.put("number", VULGAR[c], start)
            return
        if c in HAT:
            self.accent(start, HAT[c])
            return
        if c in SIGNS:
            self.sign(SIGNS[c], start)
            return
        if c in LETTERS:
            self.put("name", LETTERS[c], start)
            return
        plain = unicodedata.normalize("NFKC", c) if 0x1D400 <= ord(c) <= 0x1D7FF or 0xFF01 <= ord(c) <= 0xFF5E else c
        parts = unicodedata.normalize("NFD", plain)
        if len(parts) == 2 and parts[0].isascii() and parts[1] in HAT:  # ŷ
            self.put("name", parts[0], start)
            self.accent(start, HAT[parts[1]])
            return
        if plain != c and len(plain) == 1:
            if plain.isascii() and plain.isalpha():
                self.mathematical(start)
                return
            if plain in LETTERS or plain in SIGNS:
                self.put("name", LETTERS[plain], start) if plain in LETTERS else self.sign(SIGNS[plain], start)
                return
            if plain.isascii() and plain.isdigit():
                self.put("number", plain, start)
                return
        raise self.fault(start, f"{character(c)} is not read in a formula")

    def mathematical(self, start: int) -> None:
        """Letters of the block of mathematical ones: italic out is out."""
        end = start
        while (
            end < len(self.text) and (c := self.text[end]).isalnum() and (c.isascii() or 0x1D400 <= ord(c) <= 0x1D6A5)
        ):
            end += 1
        run = unicodedata.normalize("NFKC", self.text[start:end])
        self.at = max(end, start + 1)
        if self.after_script():
            self.put("name", run, start)
            return
        self.cut(run, list(range(start, start + len(run))))

    def sign(self, text: str, start: int) -> None:
        if text == "sum":
            self.put("command", "sum", start)
            return
        if text == "√":
            self.put("command", "sqrt", start)
            return
        for part in ("^", "⊤") if text == "^⊤" else text.split("\0") if text[0] != "'" else text:
            self.put("sign", part, start)

    def small(self, start: int, c: str) -> None:
        """A run of small figures: w₅, z⁽²⁾."""
        table = SUBSCRIPTS if c in SUBSCRIPTS else SUPERSCRIPTS
        end = start
        while end < len(self.text) and self.text[end] in table:
            end += 1
        self.put("sign", "_" if table is SUBSCRIPTS else "^", start)
        self.put("sign", "{", start)
        inner = "".join(table[x] for x in self.text[start:end])
        for found in re.finditer(r"\d+|[a-z]+|.", inner):
            kind = "number" if found[0].isdigit() else "name" if found[0].isalpha() else "sign"
            self.put(kind, found[0], start + found.start())
        self.put("sign", "}", end - 1)
        self.at = end

    def accent(self, start: int, kind: str) -> None:
        """An accent behind its letter goes before it, as in LaTeX."""
        if not self.out or self.out[-1].kind != "name":
            raise self.fault(start, "an accent stands on a letter: \\hat{y}")
        name = self.out.pop()
        self.put("command", kind, name.column)
        self.put("name", name.text, name.column)


def tokens(text: str, known: Set[str], whole: Set[str] = frozenset()) -> list[Token]:
    """The tokens of one row.  Raises ReadError with the column of what is not read."""
    if len(text) > MOST_CHARACTERS:
        raise ReadError(f"a row may have {MOST_CHARACTERS} characters; this one has {len(text)}")
    return Scanner(text, known, whole).run()


def spelled(some: Iterable[Token]) -> str:
    """A script as one word: h1, ji, (l+1), [n]."""
    return "".join(t.text for t in some if t.text not in ("{", "}", "_", "^"))
