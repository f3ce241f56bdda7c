"""All targets by name."""

from symbackprop.writers.math.latex import LATEX, MARKDOWN, OFFICE, SIUNITX
from symbackprop.writers.math.mathml import MATHML
from symbackprop.writers.math.plain import PLAIN, TEXT, WIDTH
from symbackprop.writers.math.typst import TYPST

TARGETS = {target.name: target for target in (LATEX, SIUNITX, OFFICE, MARKDOWN, TYPST, MATHML, PLAIN, TEXT, WIDTH)}
