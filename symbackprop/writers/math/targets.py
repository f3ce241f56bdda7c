"""How each target writes the parts of a formula: one table a target, one line a part.

`rules` decides which parts a formula has and where it needs parentheses; a target says what a part looks like.
Another target is another table.  All text that arrives here is checked (`symbols`), so nothing needs an escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from symbackprop.writers.math.symbols import GREEK

Text1 = Callable[[str], str]
Text2 = Callable[[str, str], str]


@dataclass(frozen=True, eq=False)
class Target:
    """The parts.  `flat`: a fraction is a/b on one line, so that its sides may need parentheses."""

    name: str
    flat: bool
    # letters and numbers
    letter: Text1
    greek: Text1
    word: Text1
    operator: Text1  # the name of a function
    number: Text1  # digits with the language's decimal mark
    bold: Text2  # (written base, plain base)
    accent: Text2  # (hat | bar, x)
    sub: Text2
    sup: Text2
    apart: Text1  # what keeps a part of a script from running into the next
    space: str
    prime: str
    # relations and operations
    relations: dict[str, str]
    plus: str
    minus: str  # between two terms
    sign: str  # before one
    dot: str
    times: str
    odot: str
    beside: str  # between matrices that are multiplied
    tight: str  # in a(1 − a) and 2a
    # two-dimensional parts
    frac: Text2
    parens: Text1
    tall_parens: Text1
    loose: Callable[[bool], tuple[str, str]]  # parentheses, tall or not, that a line break may part
    apply: Callable[[str, str, bool], str]  # function name, argument, tall
    sqrt: Text1
    abs: Text1
    sum: Callable[[str, str, str], str]  # variable, size, body
    family: Callable[[str, str, str], str]  # variable, size, entry: all entries on an axis
    partial: str
    one: str  # bold 1: a vector of ones, an indicator
    top: str  # ⊤, transposed
    indicator: Text1
    words: Text1  # a word of the language inside a formula
    when: Text2  # "if", condition
    cases: Callable[[list[tuple[str, str]]], str]  # (value, when)


def table(pairs: str) -> dict[str, str]:
    """The form's signs and the target's, in pairs."""
    return dict(pair.split(" ", 1) for pair in pairs.split(" | "))


# --- LaTeX -----------------------------------------------------------------------------------------------------

NATIVE = frozenset("sin cos tan sinh cosh tanh arctan ln log exp max min det".split())


def _latex_apply(name: str, x: str, tall: bool) -> str:
    return rf"{name}\!\left({x}\right)" if tall else f"{name}({x})"


def _latex_cases(rows: list[tuple[str, str]]) -> str:
    return "\\begin{cases}\n" + " \\\\\n".join(f"{value} & {when}" for value, when in rows) + "\n\\end{cases}"


LATEX = Target(
    name="latex",
    flat=False,
    letter=str,
    greek=lambda name: "o" if name == "omicron" else f"\\{name}",
    word=r"\mathrm{{{}}}".format,
    operator=lambda name: f"\\{name}" if name in NATIVE else rf"\operatorname{{{name}}}",
    number=lambda digits: digits.replace(",", "{,}"),
    bold=lambda x, base: rf"\boldsymbol{{{x}}}" if base in GREEK else rf"\mathbf{{{base}}}",
    accent=lambda kind, x: rf"\{kind}{{{x}}}",
    sub="{}_{{{}}}".format,
    sup="{}^{{{}}}".format,
    apart=lambda part: part + " " if part[0] == "\\" and part[-1].isalpha() else part,
    space=r"\,",
    prime=r"\prime",
    relations=table(r"= = | < < | > > | <= \le | >= \ge | == = | != \ne | ← \leftarrow | ≈ \approx | ≤ \le | ≥ \ge | ≠ \ne"),
    plus=" + ",
    minus=" - ",
    sign="-",
    dot=r" \cdot ",
    times=r" \times ",
    odot=r" \odot ",
    beside=r"\, ",
    tight="",
    frac=r"\frac{{{}}}{{{}}}".format,
    parens="({})".format,
    tall_parens=r"\left({}\right)".format,
    loose=lambda tall: (r"\bigl(", r"\bigr)") if tall else ("(", ")"),
    apply=_latex_apply,
    sqrt=r"\sqrt{{{}}}".format,
    abs=r"\left\lvert {} \right\rvert".format,
    sum=r"\sum_{{{0}=1}}^{{{1}}} {2}".format,
    family=r"({2})_{{{0}=1}}^{{{1}}}".format,
    partial=r"\partial ",
    one=r"\mathbf{1}",
    top=r"\top",
    indicator=r"\mathbf{{1}}[{}]".format,
    words=r"\text{{{}}}".format,
    when=r"\text{{{} }}{}".format,
    cases=_latex_cases,
)

# GitHub's MathJax: a backslash before a sign is lost in Markdown, \operatorname is refused, `](` opens a link.
MARKDOWN = replace(
    LATEX,
    name="markdown",
    operator=lambda name: f"\\{name}" if name in NATIVE else rf"\mathop{{\mathrm{{{name}}}}}",
    space=r"\thinspace ",
    beside=r"\thinspace ",
    apply=lambda name, x, tall: rf"{name}\left({x}\right)" if tall else f"{name}({x})",
)

# --- Typst -----------------------------------------------------------------------------------------------------


def _typst_cases(rows: list[tuple[str, str]]) -> str:
    return "cases(" + ", ".join(f"{value} & {when}" for value, when in rows) + ")"


TYPST = Target(
    name="typst",
    flat=False,
    letter=str,
    greek=str,
    word='upright("{}")'.format,
    operator=lambda name: name if name in NATIVE else f'op("{name}")',
    number=lambda digits: f'"{digits}"' if "," in digits else digits,
    bold=lambda x, base: f"bold({x})" if base in GREEK else f"upright(bold({x}))",
    accent=lambda kind, x: {"hat": "hat({})", "bar": "overline({})"}[kind].format(x),
    sub="{}_({})".format,
    sup="{}^({})".format,
    apart="{} ".format,
    space="thin ",
    prime="prime ",
    relations=table("= = | < < | > > | <= <= | >= >= | == = | != != | ← <- | ≈ approx | ≤ <= | ≥ >= | ≠ !="),
    plus=" + ",
    minus=" - ",
    sign="-",
    dot=" dot ",
    times=" times ",
    odot=" dot.o ",
    beside=" thin ",
    tight=" ",
    frac="frac({}, {})".format,
    parens="({})".format,
    tall_parens="({})".format,  # Typst's parentheses grow by themselves
    loose=lambda tall: (r"\(", r"\)"),
    apply=lambda name, x, tall: f"{name} ({x})",
    sqrt="sqrt({})".format,
    abs="abs({})".format,
    sum="sum_({0} = 1)^({1}) {2}".format,
    family="({2})_({0} = 1)^({1})".format,
    partial="partial ",
    one="upright(bold(1))",
    top="top",
    indicator="upright(bold(1)) [{}]".format,
    words='"{}"'.format,
    when='"{} "{}'.format,
    cases=_typst_cases,
)

# --- plain text: labels, alternative text, terminals -----------------------------------------------------------

_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LETTERS = {name: char for char, name in (pair.split("=") for pair in (
    "α=alpha β=beta γ=gamma δ=delta ε=epsilon ζ=zeta η=eta θ=theta ι=iota κ=kappa λ=lambda μ=mu ν=nu ξ=xi ο=omicron "
    "π=pi ρ=rho σ=sigma τ=tau υ=upsilon φ=phi χ=chi ψ=psi ω=omega Γ=Gamma Δ=Delta Θ=Theta Λ=Lambda Ξ=Xi Π=Pi Σ=Sigma "
    "Υ=Upsilon Φ=Phi Ψ=Psi Ω=Omega ∇=nabla ℓ=ell").split())}  # fmt: skip


def _plain_sub(base: str, sub: str) -> str:
    if sub.isdecimal() and len(base.strip("\u0302\u0304")) == 1:
        return base + sub.translate(_SUBSCRIPT)
    return f"{base}_{_grouped(sub)}"


def _plain_sup(base: str, sup: str) -> str:
    if sup in ("′", "′′", "ᵀ"):
        return base + sup
    if all(char in "0123456789+−" for char in sup):
        return base + sup.replace("−", "-").translate(_SUPERSCRIPT)
    return f"{base}^{_grouped(sup)}"


def _grouped(script: str) -> str:
    """h1, (t+1), (j,k): one thing that needs no brace."""
    return script if script.isalnum() or re.fullmatch(r"\([^()]*\)", script) else f"({script})"


_VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}


def _plain_frac(top: str, bottom: str) -> str:
    return _VULGAR.get(f"{top}/{bottom}", f"{top}/{bottom}")


def _plain_cases(rows: list[tuple[str, str]]) -> str:
    return "{" + "; ".join(f"{value} {when}" for value, when in rows) + "}"


PLAIN = Target(
    name="plain",
    flat=True,
    letter=str,
    greek=_LETTERS.__getitem__,
    word=str,
    operator=str,
    number=str,
    bold=lambda x, base: x,
    accent=lambda kind, x: x[0] + {"hat": "\u0302", "bar": "\u0304"}[kind] + x[1:],
    sub=_plain_sub,
    sup=_plain_sup,
    apart=str,
    space=" ",
    prime="′",
    relations=table("= = | < < | > > | <= ≤ | >= ≥ | == = | != ≠ | ← ← | ≈ ≈ | ≤ ≤ | ≥ ≥ | ≠ ≠"),
    plus=" + ",
    minus=" − ",
    sign="−",
    dot=" · ",
    times=" × ",
    odot=" ⊙ ",
    beside=" ",
    tight="",
    frac=_plain_frac,
    parens="({})".format,
    tall_parens="({})".format,
    loose=lambda tall: ("(", ")"),
    apply=lambda name, x, tall: f"{name}({x})",
    sqrt="√({})".format,
    abs="|{}|".format,
    sum="Σ_({0}=1…{1}) {2}".format,
    family="({2})_({0}=1…{1})".format,
    partial="∂",
    one="1",
    top="ᵀ",
    indicator="1[{}]".format,
    words=str,
    when="{} {}".format,
    cases=_plain_cases,
)

# --- a text about as wide as the formula is when it is set: what line breaking measures -----------------------------


def _small(text: str) -> str:
    return text[: (3 * len(text) + 3) // 4]


WIDTH = replace(
    PLAIN,
    name="width",
    flat=False,
    accent=lambda kind, x: x,
    sub=lambda base, sub: base + _small(sub),
    sup=lambda base, sup: base + _small(sup),
    frac=lambda top, bottom: max(top, bottom, key=len) + " ",
    sqrt="√{}".format,
    sum=lambda variable, size, body: "ΣΣΣ " + body,
    cases=lambda rows: "{ " + max((f"{value}   {when}" for value, when in rows), key=len),
)

TARGETS = {target.name: target for target in (LATEX, MARKDOWN, TYPST, PLAIN, WIDTH)}
