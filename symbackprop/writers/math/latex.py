"""Formulas in LaTeX, and in the LaTeX that GitHub's Markdown lets through."""

from __future__ import annotations

from dataclasses import replace

from symbackprop.form import GREEK
from symbackprop.writers.math.target import Target, table

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
    mark=str,
    bold=lambda x, base: rf"\boldsymbol{{{x}}}" if base in GREEK else rf"\mathbf{{{base}}}",
    script=r"\mathcal{{{}}}".format,
    accent=lambda kind, x: rf"\{kind}{{{x}}}",
    sub="{}_{{{}}}".format,
    sup="{}^{{{}}}".format,
    apart=lambda part: part + " " if part[0] == "\\" and part[-1].isalpha() else part,
    space=r"\,",
    prime=r"\prime",
    arrows=table(r"→ \to | ← \leftarrow"),
    relations=table(r"= = | < < | > > | <= \le | >= \ge | == = | != \ne | ← \leftarrow | → \to | ≈ \approx"),
    plus=" + ",
    minus=" - ",
    sign="-",
    dot=r" \cdot ",
    times=r" \times ",
    odot=r" \odot ",
    beside=r"\, ",
    tight="",
    frac=r"\frac{{{}}}{{{}}}".format,
    slash="/",
    semicolon="; ",
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
    blank=lambda k, answer: rf"\boxed{{\quad({k})\quad}}",
)

# What pandoc reads: \mathord{\text{…}} keeps the letters of a word together, and a number with its comma.
OFFICE = replace(
    LATEX,
    name="office",
    word=r"\mathord{{\text{{{}}}}}".format,
    number=lambda digits: rf"\mathord{{\text{{{digits}}}}}" if "," in digits else digits,
)

# Numbers by the package siunitx, which groups and marks them as its own settings say.
SIUNITX = replace(LATEX, name="latex-siunitx", number=r"\num{{{}}}".format)

# GitHub's MathJax: a backslash before a sign is lost in Markdown, \operatorname is refused, `](` opens a link.
MARKDOWN = replace(
    LATEX,
    name="markdown",
    operator=lambda name: f"\\{name}" if name in NATIVE else rf"\mathop{{\mathrm{{{name}}}}}",
    space=r"\thinspace ",
    beside=r"\thinspace ",
    apply=lambda name, x, tall: rf"{name}\left({x}\right)" if tall else f"{name}({x})",
)
