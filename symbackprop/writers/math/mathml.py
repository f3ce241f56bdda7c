"""Formulas in MathML Core, which browsers know of themselves: no menclose, no attribute that one of them ignores."""

from __future__ import annotations

import re
import unicodedata

from symbackprop.templating import html_text
from symbackprop.writers.math.plain import PLAIN
from symbackprop.writers.math.target import Target

_TOKEN = re.compile(r"<(m[ion])\b[^<]*</\1>")
_UPRIGHT = re.compile(r"MATHEMATICAL BOLD ((CAPITAL|SMALL) [A-Z]|DIGIT \w+|ITALIC (CAPITAL|SMALL) [A-Z]{2,})")

# Bold letters have characters of their own: upright for Latin ones and digits, italic for Greek ones, as in a book.
BOLD = {
    ord(unicodedata.normalize("NFKC", char)): char
    for char in map(chr, range(0x1D400, 0x1D800))
    if _UPRIGHT.fullmatch(unicodedata.name(char, ""))
}


def one(text: str) -> str:
    """One element, as the parts of a fraction or a script must be."""
    return text if _TOKEN.fullmatch(text) else f"<mrow>{text}</mrow>"


def _upright(text: str) -> str:
    """A single letter would be italic."""
    return f'<mi mathvariant="normal">{text}</mi>' if len(text) == 1 else f"<mi>{text}</mi>"


def _greek(name: str) -> str:
    letter: str = PLAIN.greek(name)
    return _upright(letter) if name[0].isupper() or name == "nabla" else f"<mi>{letter}</mi>"


def _bold(x: str, base: str) -> str:
    return re.sub(">(.+?)<", lambda found: f">{found[1].translate(BOLD)}<", x)


def _sign(char: str, form: str) -> str:
    """Said, since a browser takes what stands first in a row for a sign, and a sign after = for an operation."""
    return f'<mo form="{form}">{char}</mo>'


def _small(char: str) -> str:
    """Without the blanks around it, which stay in a script too."""
    return f'<mo lspace="0" rspace="0" stretchy="false">{char}</mo>'


_PRIME = _small("′")


def _sup(base: str, sup: str) -> str:
    """Over the subscript, where there is one; a prime is raised already."""
    if re.fullmatch(r"<msub>(?!.*<msub>).*</msub>", base):
        return f"<msubsup>{base[6:-7]}{one(sup)}</msubsup>"
    return f"<msup>{one(base)}{one(sup)}</msup>" if sup.replace(_PRIME, "") else base + sup


def _still(x: str, open_: str = "(", close: str = ")") -> str:
    """In brackets that do not grow."""
    return f'<mo stretchy="false">{open_}</mo>{x}<mo stretchy="false">{close}</mo>'


def _tall(x: str) -> str:
    return f"<mrow><mo>(</mo>{x}<mo>)</mo></mrow>"


def _from_one(variable: str, size: str) -> str:
    """The limits of a sum or of a family."""
    return one(f"{variable}{_small('=')}<mn>1</mn>") + one(size)


def _cases(rows: list[tuple[str, str]]) -> str:
    lines = "".join(f"<mtr><mtd>{value}</mtd><mtd>{when}</mtd></mtr>" for value, when in rows)
    return f'<mrow><mo>{{</mo><mtable class="cases">{lines}</mtable></mrow>'


_ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~"}

MATHML = Target(
    name="html",
    flat=False,
    letter="<mi>{}</mi>".format,
    greek=_greek,
    word=_upright,
    operator="<mi>{}</mi>".format,
    number="<mn>{}</mn>".format,
    mark=_small,
    bold=_bold,
    script=lambda capital: _upright(PLAIN.script(capital)),  # a character of its own, not italic
    accent=lambda kind, x: f'<mover accent="true">{one(x)}<mo stretchy="false">{_ACCENTS[kind]}</mo></mover>',
    sub=lambda base, sub: f"<msub>{one(base)}{one(sub)}</msub>",
    sup=_sup,
    apart=str,
    space='<mspace width="0.17em"/>',
    prime=_PRIME,
    arrows={arrow: _small(arrow) for arrow in PLAIN.arrows},
    relations={sign: _sign(html_text(char), "infix") for sign, char in PLAIN.relations.items()},
    plus=_sign("+", "infix"),
    minus=_sign("−", "infix"),
    sign=_sign("−", "prefix"),
    dot='<mo lspace="0.22em" rspace="0.22em">·</mo>',
    times="<mo>×</mo>",
    odot="<mo>⊙</mo>",
    beside='<mspace width="0.17em"/>',
    tight="<mo>\u2062</mo>",  # invisible times
    frac=lambda top, bottom: f"<mfrac>{one(top)}{one(bottom)}</mfrac>",
    slash=_small("/"),
    semicolon="<mo>;</mo>",
    parens=_still,
    tall_parens=_tall,
    loose=lambda tall: ('<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'),
    apply=lambda name, x, tall: f"{name}<mo>\u2061</mo>{_tall(x) if tall else _still(x)}",  # applied to
    sqrt="<msqrt>{}</msqrt>".format,
    abs='<mrow><mo form="prefix">|</mo>{}<mo form="postfix">|</mo></mrow>'.format,
    sum=lambda variable, size, body: f"<munderover><mo>∑</mo>{_from_one(variable, size)}</munderover>{body}",
    family=lambda variable, size, x: f"<msubsup>{one(_still(x))}{_from_one(variable, size)}</msubsup>",
    partial="<mi>∂</mi>",
    one=_upright("1".translate(BOLD)),
    top="<mo>⊤</mo>",
    indicator=lambda x: _upright("1".translate(BOLD)) + _still(x, "[", "]"),
    words=lambda text: f"<mtext>{html_text(text)}</mtext>",
    when=lambda if_, condition: f"<mtext>{html_text(if_)}\u00a0</mtext>{condition}",
    cases=_cases,
    blank=lambda k, answer: f'<mrow class="gap">{_still(f"<mn>{k}</mn>")}</mrow>',
)
