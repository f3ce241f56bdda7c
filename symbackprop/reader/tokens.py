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
from symbackprop.reader.array import MOST_CHARACTERS, MOST_DIGITS, MOST_EXPONENT, MOST_TOKENS, character, fault

__all__ = ["MOST_CHARACTERS", "Token", "fault", "tokens"]


class Token(NamedTuple):
    kind: str  # "number" | "name" | "word" | "sign" | "command" | "end"
    text: str
    column: int
    glued: bool = False  # no space stands before it


GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
LETTERS = dict(pair.split("=") for pair in (
    "α=alpha β=beta γ=gamma δ=delta ε=epsilon ϵ=epsilon ζ=zeta η=eta θ=theta ϑ=theta ι=iota κ=kappa λ=lambda μ=mu "
    "µ=mu ν=nu ξ=xi ο=omicron π=pi ρ=rho σ=sigma τ=tau υ=upsilon φ=phi ϕ=phi χ=chi ψ=psi ω=omega Γ=Gamma Θ=Theta "
    "Λ=Lambda Ξ=Xi Φ=Phi Ψ=Psi Ω=Omega Υ=Upsilon ℓ=l \u2112=L").split())  # fmt: skip

# Signs by what is typed, in Unicode and as commands.
SIGNS = dict(pair.split() for pair in (
    "− -|– -|+ +|⋅ ·|∙ ·|· ·|• ·|× ×|✕ ×|÷ /|\u2215 /|\u2044 /|⊙ ⊙|∘ ⊙|⊗ ⊗|≈ ≈|≅ ≈|≃ ≈|≤ <=|≥ >=|≠ !=|← ←|→ →|⇒ ⇒|"
    "⟹ ⇒|∈ ∈|∂ ∂|∇ ∇|∑ sum|Σ sum|√ √|′ '|″ ''|’ '|‴ '''|⊤ ⊤|ᵀ ^⊤|‖ ‖|∥ ‖|… …|≔ =|≡ =|∆ Δ|Δ Δ|∞ ∞|≜ =|"
    "\U0001d7d9 \U0001d7d9").split("|"))  # fmt: skip
COMMAND_SIGNS = dict(pair.split() for pair in (
    "cdot ·|times ×|ast *|star *|div /|odot ⊙|circ ⊙|otimes ⊗|partial ∂|nabla ∇|approx ≈|simeq ≈|cong ≈|le <=|leq <=|"
    "leqslant <=|ge >=|geq >=|geqslant >=|ne !=|neq !=|leftarrow ←|gets ←|to →|rightarrow →|longrightarrow →|in ∈|"
    "Rightarrow ⇒|implies ⇒|Longrightarrow ⇒|Leftrightarrow ⇒|iff ⇒|therefore ⇒|prime '|top ⊤|intercal ⊤|lVert ‖|"
    "rVert ‖|Vert ‖|lvert BAR|rvert BAR|vert BAR|mid BAR|ldots …|dots …|cdots …|Delta Δ|infty ∞|lbrace {{|rbrace }}|"
    "lt <|gt >|coloneqq =|equiv =|triangleq =|lbrack [|rbrack ]").split("|"))  # fmt: skip
COMMAND_SIGNS = {name: "|" if sign == "BAR" else sign for name, sign in COMMAND_SIGNS.items()}

ASCII = frozenset("+-*/@()[]{}^_|&,;:=<>'!.")
DOUBLE = {"**": "^", ":=": "=", "<-": "←", "<=": "<=", ">=": ">=", "==": "=", "!=": "!=", "->": "→", "=>": "⇒",
          "||": "‖", "~=": "≈"}  # fmt: skip
SPACES = frozenset(
    r", ; ! : > quad qquad thinspace medspace thickspace negthinspace enspace space displaystyle textstyle "
    r"scriptstyle limits nolimits left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle "
    r"nonumber notag noindent hfill strut mathstrut small normalsize scriptsize footnotesize large bf rm it cal "
    r"mathop mathord mathbin mathrel mathopen mathclose boxed underline mathstrut par allowbreak nobreak "
    r"mathbf mathit mathcal boldsymbol bm pmb vec mathsf mathtt mathscr mathfrak mathring todisplay".split()
)  # what shows and says nothing
ARGUMENTS = {
    "tag": 1,
    "label": 1,
    "hypertarget": 2,
    "hyperlink": 2,
    "color": 1,
    "textcolor": 1,
    "hspace": 1,
    "vspace": 1,
    "ref": 1,
    "eqref": 1,
    "reason": 2,
    "anchor": 1,
    "phantom": 1,
    "shortintertext": 1,
    "intertext": 1,
    "reasonabove": 1,
    "tag*": 1,
    "cite": 1,
    "footnote": 1,
    "href": 2,
}  # fmt: skip  so many groups are passed over with it
WORDS = frozenset("text mathrm operatorname textrm textbf textit mbox textnormal textsf emph texttt mathnormal".split())
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"}
STRUCTURE = frozenset("frac dfrac tfrac cfrac sqrt sum lim begin end underbrace overbrace substack".split())
FUNCTION_COMMANDS = frozenset("ln log exp tanh sinh cosh sin cos tan arctan max min".split())
OTHER_NAMES = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "ell": "l", "varsigma": "sigma",
               "varrho": "rho", "mathbb": "\U0001d7d9", "mathds": "\U0001d7d9", "bbm": "\U0001d7d9"}  # fmt: skip
CLOSING = {"(": ")", "[": "]", "{": "}"}
VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜₓ", "0123456789+-()aehijklmnoprstx", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˡ", "0123456789+-()nil", strict=True))

NUMBER = re.compile(r"\d+(?:\{,\}\d+|\.\d+|,\d+(?![\d,]*,\d))?(?:[eE][-+]?\d+)?|\.\d+")
LIST_NUMBER = re.compile(r"\d+(?:\{,\}\d+|\.\d+)?")  # in a script a comma parts two indices
MIXED = re.compile(r"(\d+)([A-Za-z]+)")
SPACED = re.compile(r"\d(?: ?\d)*(?: ?\. ?\d(?: ?\d)*)?")  # as Mathpix writes: 0 . 3 5
RUN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
SPACED_RUN = re.compile(r"[A-Za-z](?: ?[A-Za-z])*")
WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*(?:\[\d+(?:,\d+)*\])?")
COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
POINTER = re.compile(r"\\hyperlink\{[^{}]*\}\{([^{}]*)\}")  # to an equation, within words
MATHPIX = re.compile(r"[_^] \{|\{ [A-Za-z0-9\\]")
HAT = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
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
        if len(self.out) > MOST_TOKENS:
            raise fault(self.text, column, f"a row may have {MOST_TOKENS} names, numbers and signs; this one has more")

    def fault(self, column: int, message: str) -> ReadError:
        return fault(self.text, column, message)

    def run(self) -> list[Token]:
        while self.at < len(self.text):
            start = self.at
            c = self.text[start]
            if c.isspace() or c in "~\u200b\u2060\u2061\u2062\u2063\ufeff":
                self.at, self.glued = start + 1, False
            elif c == "\\":
                self.command(start)
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
        found = WHOLE.match(self.text, start)
        if found and not self.in_script() and found[0] in self.whole:
            self.at = found.end()
            self.put("name", found[0], start)
            return
        stem = RUN.match(self.text, start)
        if stem and not self.in_script() and stem[0] in self.whole and stem[0][-1].isdigit():  # w5_new
            self.at = stem.end()
            self.put("name", stem[0], start)
            return
        if found and not self.in_script() and found[0][0] == "d" and found[0][1:] in self.whole:
            self.at = found.end()
            self.put("sign", "∂", start)
            self.put("name", found[0][1:], start + 1)
            return
        if self.after_script():
            self.script(start)
            return
        found = (SPACED_RUN if self.spaced else RUN).match(self.text, start)
        assert found is not None
        self.at = found.end()
        columns = [start + k for k, c in enumerate(found[0]) if c != " "]
        self.cut(found[0].replace(" ", ""), columns)

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
        if pair in DOUBLE and not (pair == "||" and self.latex and self.out and self.out[-1].text == "|"):
            self.at = start + 2
            self.put("sign", DOUBLE[pair], start)
            return
        self.at = start + 1
        if c == "{" or (c in "([" and (self.in_script() or self.after_script())):
            self.scripts.append((CLOSING[c], self.in_script()))
        elif self.scripts and c == self.scripts[-1][0]:
            self.scripts.pop()
            if self.out and self.out[-1].text == "{" and self.out[-1].kind == "sign":
                self.out.pop()  # {} holds a place, and says nothing
                return
        if c == "*" and self.after_script():
            raise self.fault(start, "a star as a mark is not read; say what it means by its name")
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
        while end < len(self.text) and 0x1D400 <= ord(self.text[end]) <= 0x1D6A5:
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
            raise self.fault(start, "an accent stands on a letter")
        name = self.out.pop()
        self.put("command", kind, name.column)
        self.put("name", name.text, name.column)

    # ---- commands ----

    def command(self, start: int) -> None:
        found = COMMAND.match(self.text, start)
        if found is None:
            raise self.fault(start, "a backslash at the end")
        self.at, name = found.end(), found[0][1:]
        bare = name.rstrip("*")
        if name in ("{", "}"):
            self.put("sign", "{{" if name == "{" else "}}", start)
            return
        if name == "|":
            self.put("sign", "‖", start)
            return
        if name in SPACES or name.isspace():
            self.glued = False
            if name in ("left", "right", "middle") or name[:3].lower() == "big":
                self.delimiter()
            return
        if bare in ARGUMENTS:
            for _ in range(ARGUMENTS[bare]):
                self.group()
            return
        if bare in WORDS:
            self.words(start)
            return
        if bare in ACCENTS:
            self.put("command", ACCENTS[bare], start)
            return
        if bare in OTHER_NAMES:
            self.put(*self.other(bare, start))
            return
        if name in COMMAND_SIGNS:
            self.sign(COMMAND_SIGNS[name], start)
            return
        if bare in STRUCTURE:
            self.put("command", "frac" if bare.endswith("frac") else bare, start)
            return
        if name in GREEK or name in FUNCTION_COMMANDS:
            self.put("name", name, start)
            return
        if name == "\\":
            self.put("sign", "\\\\", start)
            return
        raise self.fault(start, f"the command \\{name if name.isprintable() else character(name)} is not read")

    def other(self, name: str, start: int) -> tuple[str, str, int]:
        other = OTHER_NAMES[name]
        if other != "\U0001d7d9":
            return "name", other, start
        inner = self.group().strip()
        if inner not in ("1", "I"):
            raise self.fault(start, f"\\{name}{{…}} is read where it holds a 1, as an indicator")
        return "sign", "\U0001d7d9", start

    def delimiter(self) -> None:
        """\\left. stands for nothing."""
        rest = self.text[self.at : self.at + 2].lstrip()
        if rest[:1] == ".":
            self.at = self.text.index(".", self.at) + 1

    def group(self) -> str:
        """The raw text of the next {…}, passed over; one character where there are no braces."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        start = self.at
        if self.text[start : start + 1] != "{":
            self.at = start + 1
            return self.text[start : start + 1]
        deep = 0
        for k in range(start, len(self.text)):
            c = self.text[k]
            if c in "{}" and self.text[k - 1] != "\\":
                deep += 1 if c == "{" else -1
                if not deep:
                    self.at = k + 1
                    return self.text[start + 1 : k]
        raise self.fault(start, "this brace is never closed")

    def words(self, start: int) -> None:
        r"""\mathrm{out} is a name, \text{ if } are words, \mathrm{net_{h1}} is read as what it holds."""
        begin = self.at
        inner = re.sub(r"\\([a-z]+) ", lambda m: "" if m[1] in SPACES else m[0], POINTER.sub(r"\1", self.group()))
        name = re.sub(r"\s+", "", inner) if self.spaced or " " not in inner.strip() else inner.strip()
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name) and (self.in_script() or name in self.known):
            if name == "d":
                self.put("sign", "∂", start)
            else:
                self.put("name", name, start)
            return
        if re.fullmatch(r"[A-Za-z]+\d+", name) and name.rstrip("0123456789") in self.known:
            self.cut(name, [start] * len(name))
            return
        if self.in_script() and re.fullmatch(r"[A-Za-z0-9+,() -]+", name):
            for x in re.findall(r"[A-Za-z]+|\d+|[+,()-]", name):
                self.put("name" if x.isalpha() else "number" if x.isdigit() else "sign", x, start)
            return
        if re.search(r"[_^\\]", inner) and "$" not in inner:
            self.at = begin  # the group is read in its own right
        else:
            self.put("word", inner.strip(), start)


def tokens(text: str, known: Set[str], whole: Set[str] = frozenset()) -> list[Token]:
    """The tokens of one row.  Raises ReadError with the column of what is not read."""
    if len(text) > MOST_CHARACTERS:
        raise ReadError(f"a row may have {MOST_CHARACTERS} characters; this one has {len(text)}")
    return Scanner(text, known, whole).run()


def spelled(some: Iterable[Token]) -> str:
    """A script as one word: h1, ji, (l+1), [n]."""
    return "".join(t.text for t in some if t.text not in ("{", "}", "_", "^"))
