"""An optimizer's lines, entry by entry, as nodes: w⁺ and the states after one update, from the spec's rule."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from symbackprop.reader.array import Tree, statement
from symbackprop.spec.problem import Problem
from symbackprop.spec.training import options_of, penalised, strength
from symbackprop.tables.optimizers import GRADIENT, NUMBERS, OPTIMIZERS, Line
from symbackprop.verifier.decide.program import Node, Program, Undecidable

if TYPE_CHECKING:
    from symbackprop.spec.model import Training
    from symbackprop.verifier.decide.subject import Subject

Key = tuple[int, ...]


def updated(s: Subject, parameter: str, at: Key) -> dict[str, Node]:
    """Every name that the lines define, and `w+`, `m+` for what they move."""
    problem, row = s.problem, OPTIMIZERS[s.problem.training.optimizer]
    if parameter not in problem.train:
        return {"w+": s.entry(parameter, at)}
    on = options_on(problem, parameter)
    if row.name == "momentum" and "nesterov" in on:
        raise Undecidable("no rule for a gradient that is taken ahead")
    env = {"w": s.entry(parameter, at), "g": s.adjoint(parameter, at)}
    env |= {n: s.hyper(n) for n in (*NUMBERS, *(key.replace("-", "_") for key in row.options)) if n != "scale"}
    states = [state for state in row.states if set(state.when.split()) <= on]
    for state in states:
        env[state.name] = _state(s, f"{parameter}.{state.name}", () if state.scalar else at, state.start)
    if "clip-norm" in on:
        env["scale"] = _scale(s)
    moving, out = {"w", *(state.name for state in states)}, {}
    for text in lines(row.lines, frozenset(on)):
        line = statement(text)
        env[line.name] = value(line.body, env, s.program)
        out[line.name + "+" if line.name in moving else line.name] = env[line.name]
    return out


def _state(s: Subject, name: str, at: Key, start: str) -> Node:
    """A symbol; in the subject with numbers what the first update starts from."""
    if not s.numbers or s.problem.training.state:
        return s.program.node("leaf", name, at)
    options = options_of(s.problem.training)
    return s.program.const(Fraction(options.get(start, start)))


def options_on(problem: Problem, parameter: str) -> set[str]:
    """The words that a line of the optimizer may ask for."""
    training = problem.training
    weights = tuple(n for n in problem.train if problem.network is None or n.startswith("W"))
    on = {key for key, option in options_of(training).items() if option}
    on |= {key for key, names in penalised(training, weights) if parameter in names}
    if training.clip is not None:
        on.add("clip-norm" if training.clip.norm is not None else "clip-value")
    return on


@lru_cache(maxsize=64)
def lines(own: tuple[Line, ...], on: frozenset[str]) -> tuple[str, ...]:
    """Those that hold; of several that define one name, the first."""
    first: dict[str, str] = {}
    for line in own:
        if set(line.when.split()) <= on:
            first.setdefault(line.equation.split(" = ")[0], line.equation)
    return (*(line.equation for line in GRADIENT if set(line.when.split()) <= on), *first.values())


def _scale(s: Subject) -> Node:
    """c/‖g‖ where ‖g‖ is above c, else 1."""
    p = s.program
    every = [s.adjoint(n, at) for n in s.problem.train for at in product(*map(range, map(s.size, s.graph.shapes[n])))]
    norm, most = p.sqrt(p.total(p.pow(g, Fraction(2)) for g in every)), s.hyper("clip")
    return p.where(norm, ">", most, p.div(most, norm), p.one)


def value(tree: Tree, env: Mapping[str, Node], p: Program) -> Node:
    if tree.kind == "number":
        return p.const(Fraction(str(tree.args[0])))
    if tree.kind == "name":
        return env[str(tree.args[0])]
    if tree.kind == "neg":
        return p.neg(value(tree.tree(0), env, p))
    if tree.kind == "binary":
        x, y = (value(tree.tree(k), env, p) for k in (1, 2))
        return _binary(str(tree.args[0]), x, y, p)
    name, arguments, _ = tree.args
    assert isinstance(arguments, tuple)
    return _called(str(name), arguments, env, p)


def _binary(operator: str, x: Node, y: Node, p: Program) -> Node:
    if operator == "**":
        n = p.number(y)
        assert n is not None
        return p.pow(x, n)
    return {"+": p.add, "-": p.sub, "*": p.mul, "/": p.div}[operator](x, y)


def _called(name: str, arguments: tuple[Tree, ...], env: Mapping[str, Node], p: Program) -> Node:
    if name == "where":
        relation, x, y = arguments[0].args
        assert isinstance(x, Tree)
        assert isinstance(y, Tree)
        then, other = (value(a, env, p) for a in arguments[1:])
        return p.where(value(x, env, p), str(relation), value(y, env, p), then, other)
    x, *rest = (value(a, env, p) for a in arguments)
    if name == "maximum":
        return p.where(x, ">=", rest[0], x, rest[0])
    if name == "abs":
        return p.where(x, ">", p.zero, x, p.neg(x))
    return p.function(name, x)


def numbers_of(training: Training) -> dict[str, Fraction]:
    """The numbers of the first update, as far as they are fractions."""
    if training.decay is not None:
        return {}
    options = options_of(training)
    out = {key.replace("-", "_"): Fraction(option) for key, option in options.items()}
    if training.rate is not None:
        out["rate"] = training.rate
    out["l1"], out["l2"] = strength(training.l1), strength(training.l2)
    if training.clip is not None:
        clip = training.clip.norm if training.clip.norm is not None else training.clip.value
        assert clip is not None
        out["clip"] = clip
    if "dampening" in out and "velocity" not in training.state:
        out["dampening"] = Fraction(0)  # the first velocity is the gradient itself
    t = int(training.state.get("step", 0)) + 1
    return out | {f"{key}_t": out[key] ** t for key in ("beta1", "beta2") if key in out}


def start(problem: Problem, name: str, at: Key) -> Fraction | None:
    """The number that a state W1.m starts from."""
    parameter, _, own = name.rpartition(".")
    row = next((s for s in OPTIMIZERS[problem.training.optimizer].states if s.name == own), None)
    if row is None:
        return None
    given: Any = problem.training.state.get(own, {}).get(parameter)
    if given is None:
        options = options_of(problem.training)
        return Fraction(options.get(row.start, row.start))
    for k in at:
        given = given[k]
    return Fraction(given)
