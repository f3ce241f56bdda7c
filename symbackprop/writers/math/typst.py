"""Formulas in Typst."""

from __future__ import annotations

from symbackprop.form import GREEK
from symbackprop.writers.math.latex import NATIVE
from symbackprop.writers.math.target import Target, table


def _typst_cases(rows: list[tuple[str, str]]) -> str:
    return "cases(" + ", ".join(f"{value} & quad {when}" for value, when in rows) + ")"


TYPST = Target(
    name="typst",
    flat=False,
    letter=str,
    greek=str,
    word='upright("{}")'.format,
    operator=lambda name: name if name in NATIVE else f'op("{name}")',
    number=lambda digits: f'upright("{digits}")' if "," in digits else digits,  # a bare comma would get a blank
    mark=str,
    bold=lambda x, base: f"bold({x})" if base in GREEK else f"upright(bold({x}))",
    script="cal({})".format,
    accent=lambda kind, x: {"hat": "hat({})", "bar": "overline({})", "tilde": "tilde({})"}[kind].format(x),
    sub="{}_({})".format,
    sup="{}^({})".format,
    apart="{} ".format,
    space="thin ",
    prime="prime ",
    arrows=table("→ -> | ← <-"),
    relations=table("= = | < < | > > | <= <= | >= >= | == = | != != | ← <- | → -> | ≈ approx"),
    plus=" + ",
    minus=" - ",
    sign="-",
    dot=" dot ",
    times=" times ",
    odot=" dot.o ",
    beside=" thin ",
    tight=" ",
    frac="frac({}, {})".format,
    slash=r"\/",
    semicolon=r" \; ",
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
    blank=lambda k, answer: f"#box(stroke: 0.5pt, inset: (x: 1em), outset: (y: 2pt))[({k})]",
)
