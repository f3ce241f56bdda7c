"""The derivation as SymPy expressions, put together from its steps; never differentiated from an expanded error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy
from sympy import Expr

from symbackprop.derivation import Steps
from symbackprop.derivation.second import is_adjoint
from symbackprop.derivation.steps import bare
from symbackprop.derivation.symbolic import piecewise, scalars
from symbackprop.form import Form
from symbackprop.readings import unit


def expression(steps: Steps, form: Form, name: Callable[[Form], str], *, expanded: bool) -> Expr:
    """A Form whose indices are numbers, with every adjoint put in.

    Its symbols are entries by their names in the notation; with `expanded`, of parameters, inputs and targets only.
    Real symbols, no assumptions besides.
    """
    @cache
    def entry(f: Form) -> Expr:
        step = None
        if f.op in ("adjoint", "flow") or (f.op == "ref" and (expanded or is_adjoint(f.name))):
            step = steps.of.get(bare(f))
        if step is None:
            return sympy.Symbol(name(f), real=True)
        numbers = dict(zip(step.left.at, f.at, strict=True))
        at = tuple(numbers[i].const for i in step.left.at if i.terms)
        return value(unit.right(step, at))

    value = scalars(entry, piecewise, lambda f: value(unit.written_out(f)))
    return value(form)
