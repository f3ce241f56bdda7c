"""A route through SymPy: the error written out in full, in parameters and data alone, and differentiated as a whole.

On a large network that does not end, so the size of the written-out error decides whether the route is taken.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symbackprop.verifier.oracle.algebra import COUNT, MP, Algebra, Count, Value
from symbackprop.verifier.oracle.interpret import Machine
from symbackprop.verifier.oracle.steps import Entries, Slopes
from symbackprop.verifier.oracle.subject import Subject, entries

MOST_PARAMETERS, MOST_LAYERS, MOST_NODES, DIGITS = 30, 3, 4_000, 60


def too_large(subject: Subject) -> str:
    """Why the error is not written out, or nothing."""
    parameters = sum(len(subject.keys(n)) for n in subject.graph.parameters)
    layers = sum(d.activation is not None for d in subject.graph.definitions)
    if parameters > MOST_PARAMETERS:
        return f"{parameters} parameters; at most {MOST_PARAMETERS} are written out"
    if layers > MOST_LAYERS:
        return f"{layers} layers; at most {MOST_LAYERS} are written out"
    counts = {n: {k: Count(1) for k in subject.keys(n)} for n in subject.graph.leaves}
    nodes = int(Machine(subject.graph, counts, COUNT).error)
    return f"the error has {nodes} nodes; at most {MOST_NODES} are written out" if nodes > MOST_NODES else ""


def sympy_route(subject: Subject, wanted: Entries) -> Slopes:
    """sympy.diff of the error in the leaves' entries; what lies between has no symbol there."""
    import sympy

    leaves = {
        n: {k: sympy.Dummy(real=True) for k, _ in entries(subject.problem.values[n])} for n in subject.problem.shapes
    }
    error = Machine(subject.graph, leaves, _algebra()).error
    numbers = {
        leaves[n][k]: sympy.Rational(v.numerator, v.denominator)
        for n in leaves
        for k, v in entries(subject.problem.values[n])
    }
    out: Slopes = {}
    for name, keys in wanted.items():
        for key in keys:
            if name in leaves:
                # a Dummy and a Rational, never a text: nothing here is parsed
                slope = sympy.diff(error, leaves[name][key]).xreplace(numbers)
                digits = MP.mpf(str(sympy.N(slope, DIGITS)))
                out[name, key] = (digits, digits)
            else:
                out[name, key] = None
    return out


def _algebra() -> Algebra:
    import sympy

    names = {n: n for n in COUNT.functions} | {"log10": ""}
    functions: dict[str, Any] = {n: getattr(sympy, s) for n, s in names.items() if s}
    functions["log10"] = lambda x: sympy.log(x) / sympy.log(10)
    relations = {">": sympy.Gt, "<": sympy.Lt, ">=": sympy.Ge, "<=": sympy.Le, "==": sympy.Eq}

    def piecewise(rows: list[Value], otherwise: Value) -> Value:
        return sympy.Piecewise(*zip(rows[::2], rows[1::2], strict=True), (otherwise, True))

    def number(x: Fraction) -> Value:
        return sympy.Rational(x.numerator, x.denominator)

    return Algebra(number, functions, piecewise, lambda x, rel, y: relations[rel](x, y))
