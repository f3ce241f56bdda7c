"""A problem's derivation: the forward pass, every partial of the total error by the chain rule, every update."""

from __future__ import annotations

from symbackprop.derivation.gather import Term
from symbackprop.derivation.steps import Step, Steps
from symbackprop.derivation.sweep import sweep
from symbackprop.derivation.updates import Rule, rule_of
from symbackprop.graph import Graph, build
from symbackprop.spec.problem import Problem, samples_at_once

__all__ = ["Step", "Steps", "Term", "graph_of", "samples_at_once", "steps_of", "sweep"]


def graph_of(problem: Problem) -> Graph:
    """The indexed definitions of a problem.  Samples that are taken one after the other have no axis: each is alone."""
    samples = samples_at_once(problem)
    return build(
        problem.program,
        problem.shapes,
        problem.parameters,
        problem.error,
        samples,
        problem.inputs + problem.targets if samples else (),
        problem.reduction,
        problem.outputs,
    )


def rule_for(problem: Problem) -> Rule:
    """How the parameters of a problem move.  A plain penalty is on the weights, not on the biases, of layers."""
    weights = [n for n in problem.train if problem.network is None or n.startswith("W")]
    return rule_of(problem.training, problem.train, tuple(weights))


_KNOWN: dict[tuple[int, tuple[str, ...], bool, Rule], tuple[Graph, Steps]] = {}


def steps_of(problem: Problem, *, from_updated: bool | None = None) -> Steps:
    """The steps of a problem.  A topology is derived once in a process: its variants pay nothing."""
    if from_updated is None:
        from_updated = problem.training.hidden_deltas_from == "updated-weights"
    graph = graph_of(problem)
    rule = rule_for(problem)
    key = (id(graph), problem.train, from_updated, rule)
    known = _KNOWN.get(key)
    if known is None or known[0] is not graph:
        known = _KNOWN[key] = (graph, sweep(graph, problem.train, from_updated=from_updated, rule=rule))
        if len(_KNOWN) > 256:
            del _KNOWN[next(iter(_KNOWN))]
    return known[1]
