"""All targets by name."""

from symbackprop.writers.math.latex import LATEX, MARKDOWN, OFFICE, SIUNITX
from symbackprop.writers.math.plain import PLAIN, WIDTH
from symbackprop.writers.math.typst import TYPST

TARGETS = {target.name: target for target in (LATEX, SIUNITX, OFFICE, MARKDOWN, TYPST, PLAIN, WIDTH)}
