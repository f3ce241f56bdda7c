"""Formulas as plain text, for labels, alternative text and terminals; and as a text that is as wide as the formula."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from symbackprop.writers.math.target import Target, table

_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LETTERS = {name: char for char, name in (pair.split("=") for pair in (
    "α=alpha β=beta γ=gamma δ=delta ε=epsilon ζ=zeta η=eta θ=theta ι=iota κ=kappa λ=lambda μ=mu ν=nu ξ=xi ο=omicron "
    "π=pi ρ=rho σ=sigma τ=tau υ=upsilon φ=phi χ=chi ψ=psi ω=omega Γ=Gamma Δ=Delta Θ=Theta Λ=Lambda Ξ=Xi Π=Pi Σ=Sigma "
    "Υ=Upsilon Φ=Phi Ψ=Psi Ω=Omega ∇=nabla ℓ=ell").split())}  # fmt: skip


ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}


def _calligraphic(capital: str) -> str:
    """The letter of its own: some were in Unicode before the others, as that of a Lagrangian."""
    try:
        return unicodedata.lookup(f"SCRIPT CAPITAL {capital}")
    except KeyError:
        return unicodedata.lookup(f"MATHEMATICAL SCRIPT CAPITAL {capital}")


def _plain_sub(base: str, sub: str) -> str:
    if sub.isdecimal() and len(base.strip("".join(ACCENTS.values()))) == 1:
        return base + sub.translate(_SUBSCRIPT)
    return f"{base}_{_grouped(sub)}"


def _plain_sup(base: str, sup: str) -> str:
    if sup in ("′", "′′", "ᵀ"):
        return base + sup
    if all(char in "0123456789+−" for char in sup):
        return base + sup.replace("−", "-").translate(_SUPERSCRIPT)
    return f"{base}^{_grouped(sup)}"


def _grouped(script: str) -> str:
    """h1, z₁, (t+1), (j,k): one thing that needs no brace; of z³ and 2w₅ no one could tell whose the 3 is, or the 5."""
    plain = script.isalnum() and not re.search("[⁰¹²³⁴-⁹]|^[0-9].*[₀-₉]", script)
    return script if plain or re.fullmatch(r"\([^()]*\)", script) else f"({script})"


_VULGAR = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾"}


def _plain_frac(top: str, bottom: str) -> str:
    return _VULGAR.get(f"{top}/{bottom}", f"{top}/{bottom}")


def _plain_cases(rows: list[tuple[str, str]]) -> str:
    return "{" + "; ".join(f"{value} {when}" for value, when in rows) + "}"


def _bars(x: str) -> str:
    """In brackets too where there are bars within: which of them open and which close, nobody could tell."""
    return f"|({x})|" if "|" in x else f"|{x}|"


PLAIN = Target(
    name="plain",
    flat=True,
    letter=str,
    greek=_LETTERS.__getitem__,
    word=str,
    operator=str,
    number=str,
    mark=str,
    bold=lambda x, base: x,
    script=_calligraphic,
    accent=lambda kind, x: x[0] + ACCENTS[kind] + x[1:],
    sub=_plain_sub,
    sup=_plain_sup,
    apart=str,
    space=" ",
    prime="′",
    arrows=table("→ → | ← ←"),
    relations=table("= = | < < | > > | <= ≤ | >= ≥ | == = | != ≠ | ← ← | → → | ≈ ≈"),
    plus=" + ",
    minus=" − ",
    sign="−",
    dot=" · ",
    times=" × ",
    odot=" ⊙ ",
    beside=" ",
    tight="",
    frac=_plain_frac,
    slash="/",
    semicolon="; ",
    parens="({})".format,
    tall_parens="({})".format,
    loose=lambda tall: ("(", ")"),
    apply=lambda name, x, tall: f"{name}({x})",
    sqrt="√({})".format,
    abs=_bars,
    sum="Σ_({0}=1…{1}) {2}".format,
    family="({2})_({0}=1…{1})".format,
    partial="∂",
    one="1",
    top="ᵀ",
    indicator="1[{}]".format,
    words=str,
    when="{} {}".format,
    cases=_plain_cases,
    blank=lambda k, answer: f"[ ({k}) ]",
)

TEXT = replace(PLAIN, name="text")  # a whole document of it, for a terminal


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
    blank=lambda k, answer: answer,  # so that filling it in moves nothing
)
