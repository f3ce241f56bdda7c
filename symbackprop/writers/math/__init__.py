"""Formulas in every target: a Form and a target's name in, text out."""

from symbackprop.form import Form
from symbackprop.writers.math.rules import printer
from symbackprop.writers.math.symbols import Unprintable

__all__ = ["Unprintable", "printed", "printer"]


def printed(form: Form, target: str = "latex", lang: str = "en") -> str:
    """The formula as "latex", "markdown", "typst", "html" (MathML), "plain" or "text"; pure, and cached by Form."""
    return printer(target, lang).piece(form).text
