"""The oracle: independent routes to every gradient, held against the ones that are given.

    verdict = check(problem, {"W1": …, "b1": …, "z1": …})
    print(report(verdict))

It sees the problem and its graph alone.  It imports neither derivation nor readings nor numeric nor explain: an oracle
does not consult what it judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from symbackprop.errors import one_line
from symbackprop.spec.problem import Problem
from symbackprop.verifier.oracle.algebra import UndefinedValue, UnknownFunction
from symbackprop.verifier.oracle.frameworks import installed
from symbackprop.verifier.oracle.programs import framework_route
from symbackprop.verifier.oracle.steps import Entries, Slopes, central_differences, complex_step
from symbackprop.verifier.oracle.subject import Subject, at_point
from symbackprop.verifier.oracle.symbolic import sympy_route, too_large
from symbackprop.verifier.oracle.verdict import Disagreement, Outcome, Verdict, fit, outcome

__all__ = ["ROUTES", "Disagreement", "Outcome", "Route", "Verdict", "at_point", "check", "report", "routes"]


@dataclass(frozen=True)
class Route:
    """One way to the gradients."""

    name: str
    digits: int  # to which the route itself is right
    needed: int  # fewer that agree are a disagreement
    run: Callable[[Subject, Entries], Slopes]
    module: str = ""  # what must be installed
    fits: Callable[[Subject], str] = lambda _: ""  # why the route is not taken, or nothing
    kinks: bool = False  # whether its word counts where the error has a kink
    obstacle: str = ""  # as `fits` and the installation have it, once a problem is known


ROUTES = (
    #      name                  digits needed  how
    Route("central differences", 25, 22, central_differences, kinks=True),  # it leaves kinks out by itself
    Route("complex step", 45, 38, complex_step, kinks=True),
    Route("SymPy", 45, 38, sympy_route, fits=too_large),
    Route("torch", 14, 10, framework_route("torch"), module="torch", kinks=True),  # its conventions are ours
    Route("jax", 14, 10, framework_route("jax"), module="jax"),
    Route("tensorflow", 14, 10, framework_route("tensorflow"), module="tensorflow"),
)


def routes(problem: Problem) -> list[Route]:
    """Every route, with its obstacle where it cannot be taken to this problem's gradients."""
    return _routes(Subject(at_point(problem)))


def _routes(subject: Subject) -> list[Route]:
    def obstacle(route: Route) -> str:
        if route.module and not installed(route.module):
            return "not installed"
        return route.fits(subject)

    return [replace(route, obstacle=obstacle(route)) for route in ROUTES]


def check(
    problem: Problem,
    gradients: Mapping[str, Any],
    quantities: Iterable[str] | None = None,
    only: Iterable[str] | None = None,
) -> Verdict:
    """Hold gradients, ∂E/∂name as nested tuples or lists of exact or 50-digit numbers, against every route.

    Compared are the parameters and `quantities` (without it: all names that are given).  Where the problem leaves
    numbers open the gradients are those at `at_point(problem)`.  `only` names the routes to take.  Doubles are held
    to 10 digits.

    Raises ValueError for a name that is not there and for a gradient that has another shape than its quantity.
    """
    point = at_point(problem)
    subject = Subject(point)
    graph = subject.graph
    names = list(gradients) if quantities is None else [*graph.parameters, *quantities]
    names = [n for n in dict.fromkeys(names) if n in gradients]
    if unknown := [n for n in names if n not in graph.shapes]:
        raise ValueError(f"nothing in the program is called {', '.join(unknown)}")
    for name in names:
        fit(gradients[name], subject.shape(name), name)
    wanted = subject.chosen(names)
    names_taken = {r.name for r in ROUTES} if only is None else set(only)
    stepped = complex_step(subject, wanted)  # the one route that knows a kink when it meets one
    kinks = {e for e, s in stepped.items() if s and s[0] != s[1]}
    taken = (replace(r, run=lambda *_: stepped) if r.run is complex_step else r for r in _routes(subject))
    return Verdict(
        tuple(_outcome(r, subject, gradients, wanted, kinks) for r in taken if r.name in names_taken),
        drawn=tuple(n for n in point.shapes if n not in problem.values),
        compared=sum(map(len, wanted.values())),
        total=sum(len(subject.keys(n)) for n in names),
        missing=tuple(n for n in graph.parameters if n not in gradients),
    )


def _outcome(
    route: Route, subject: Subject, gradients: Mapping[str, Any], wanted: Entries, kinks: set[tuple[str, Any]]
) -> Outcome:
    if route.obstacle:
        return Outcome(route.name, why_not=route.obstacle)
    try:
        slopes = route.run(subject, wanted)
    except (UnknownFunction, UndefinedValue, ZeroDivisionError) as error:
        return Outcome(route.name, why_not=str(error))
    except Exception as error:
        if not route.module:
            raise
        # A framework that is broken, or that reads a program otherwise than NumPy does, is no verdict.
        return Outcome(route.name, why_not=f"{type(error).__name__}: {one_line(str(error))[:200]}")
    left_out = set() if route.kinks else kinks
    slopes = {e: None if e in left_out else s for e, s in slopes.items()}
    found = outcome(route.name, route.digits, route.needed, gradients, wanted, slopes)
    return replace(found, on_kinks=len(kinks))


def report(verdict: Verdict) -> str:
    """The certificate, a line for each route."""
    lines = [f"{o.route:<20} {_said(o)}" for o in verdict.outcomes]
    if verdict.compared < verdict.total:
        lines.append(f"{verdict.compared} of {verdict.total} entries were compared: of each array evenly spaced ones")
    if verdict.drawn:
        lines.append(f"test points were drawn for {', '.join(verdict.drawn)}")
    if kinks := max((o.on_kinks for o in verdict.outcomes), default=0):
        lines.append(f"{kinks} entries lie on a kink: any slope between its two sides counts, and torch's where it ran")
    lines += [f"no gradient was given for {n}" for n in verdict.missing]
    ran = sum(not o.why_not for o in verdict.outcomes)
    against = [o.route for o in verdict.outcomes if o.first]
    if against:
        lines.append(f"DISAGREEMENT with {', '.join(against)}")
    elif verdict.agrees:
        lines.append(f"all {ran} routes agree")
    return "\n".join(lines) + "\n"


def _said(o: Outcome) -> str:
    if o.why_not:
        return f"did not run: {o.why_not}"
    if o.first:
        return f"{o.entries} entries; {o.first}"
    return f"{o.entries} entries, {o.digits} digits agree" if o.entries else "no entry compared"
