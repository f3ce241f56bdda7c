"""Three ways to every key that share nothing but the network: a key counts where all of them agree.

    reverse sweep         the steps of the derivation, on the tape
    complex step          Im E(q + ih)/h, from the oracle's reading of the graph's definitions
    central differences   of the program's text, equation by equation; where that has a function that this route does
                          not know, of the graph's definitions

Each works on whole blocks of candidates.  What is no slope is compared as a value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from symbackprop.errors import SymbackpropError
from symbackprop.exams.plan import Topology
from symbackprop.exams.tape import Array, Scope
from symbackprop.form import ENTRIES, Form
from symbackprop.verifier.oracle.algebra import Algebra
from symbackprop.verifier.oracle.frameworks import Backend
from symbackprop.verifier.oracle.interpret import Key, Machine
from symbackprop.verifier.oracle.programs import program_error
from symbackprop.verifier.oracle.subject import Subject

REVERSE, COMPLEX, CENTRAL = "reverse sweep", "complex step", "central differences"
NAMES = (REVERSE, COMPLEX, CENTRAL)
IMAGINARY = 1e-30
STEP = 2.0**-13
#          h away, times    (−E(q + 2h) + 8E(q + h) − 8E(q − h) + E(q − 2h)) / 12h
STENCIL = ((2, -1), (1, 8), (-1, -8), (-2, 1))

RELATIONS: dict[str, Callable[[Array, Array], Array]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "==": operator.eq,
}  # fmt: skip


def _pieces(rows: list[Array], otherwise: Array) -> Array:
    out = otherwise
    for value, condition in reversed(list(zip(rows[::2], rows[1::2], strict=True))):
        out = np.where(condition, value, out)
    return out


BLOCKS = Algebra(
    lambda x: float(Fraction(x)),
    {name: getattr(np, name) for name in "exp log log10 sqrt tanh sinh cosh sin cos tan".split()},
    piecewise=_pieces,
    relation=lambda x, rel, y: RELATIONS[rel](np.real(x), np.real(y)),
)


class Definitions:
    """The graph's definitions, entry by entry, on blocks."""

    def __init__(self, topology: Topology, leaves: Mapping[str, dict[Key, Array]]) -> None:
        self.machine = Machine(topology.steps.graph, dict(leaves), BLOCKS)

    def value(self, f: Form) -> Array:
        return self.machine.values[f.name][key_of(f)]

    def by_complex_step(self, f: Form) -> Array:
        return np.imag(self.machine.effect(f.name, key_of(f), 1j * IMAGINARY).error) / IMAGINARY

    def by_differences(self, f: Form) -> Array:
        effects = (c * self.machine.effect(f.name, key_of(f), k * STEP).error for k, c in STENCIL)
        return sum(effects) / (12 * STEP)


def key_of(f: Form) -> Key:
    return tuple(i.const for i in f.at)


# ---- the text --------------------------------------------------------------------------------------------------------


class Lane:
    """A number for each candidate, which NumPy takes for one number: an entry of an array of objects."""

    __slots__ = ("v",)

    def __init__(self, v: Array) -> None:
        self.v = v


def _lifted(f: Callable[[Array, Array], Array], turned: bool = False) -> Callable[[Lane, Any], Any]:
    def method(x: Lane, y: Any) -> Any:
        if isinstance(y, np.ndarray):
            return NotImplemented
        other = y.v if isinstance(y, Lane) else y
        return Lane(f(other, x.v) if turned else f(x.v, other))

    return method


def _negated(x: Lane) -> Lane:
    return Lane(-x.v)


OPERATIONS = ("add", "sub", "mul", "truediv", "pow")
for _name in OPERATIONS:
    setattr(Lane, f"__{_name}__", _lifted(getattr(operator, _name)))
    setattr(Lane, f"__r{_name}__", _lifted(getattr(operator, _name), turned=True))
setattr(Lane, "__neg__", _negated)  # noqa: B010 - as the others


def _each(f: Callable[..., Array]) -> Callable[..., Any]:
    def lifted(*xs: Any) -> Lane:
        return Lane(f(*(x.v if isinstance(x, Lane) else x for x in xs)))

    made: Callable[..., Any] = np.frompyfunc(lifted, f.__code__.co_argcount, 1)
    return made


def _softmax(z: Any, axis: int = -1) -> Any:
    e = FUNCTIONS["exp"](z)
    return e / np.sum(e, axis=axis, keepdims=True)


# The functions of the activations, by formulas of this route's own.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": _each(lambda z: np.exp(z)),
    "log": _each(lambda z: np.log(z)),
    "sqrt": _each(lambda z: np.sqrt(z)),
    "sin": _each(lambda z: np.sin(z)),
    "sine": _each(lambda z: np.sin(z)),
    "cos": _each(lambda z: np.cos(z)),
    "tanh": _each(lambda z: np.tanh(z)),
    "abs": _each(lambda z: np.abs(z)),
    "sigmoid": _each(lambda z: (1 + np.tanh(z / 2)) / 2),
    "relu": _each(lambda z: np.maximum(z, 0)),
    "leaky_relu": _each(lambda z: np.maximum(z, z / 100)),
    "elu": _each(lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0)))),
    "silu": _each(lambda z: z * (1 + np.tanh(z / 2)) / 2),
    "softplus": _each(lambda z: np.logaddexp(0, z)),
    "softsign": _each(lambda z: z / (1 + np.abs(z))),
    "hard_sigmoid": _each(lambda z: np.clip((z + 3) / 6, 0, 1)),
    "maximum": _each(lambda x, y: np.maximum(x, y)),
    "minimum": _each(lambda x, y: np.minimum(x, y)),
    "identity": lambda z: z,
    "softmax": _softmax,
    "log_softmax": lambda z, axis=-1: FUNCTIONS["log"](_softmax(z, axis)),
    "sum": np.sum,
    "mean": np.mean,
    "transpose": np.transpose,
    "reshape": lambda x, *sizes: np.reshape(x, sizes if isinstance(sizes[0], int) else sizes[0]),
    "outer": np.outer,
    "swapaxes": np.swapaxes,
    "stack": np.stack,
    "concatenate": np.concatenate,
}  # fmt: skip


def _no(*_: Any) -> Any:
    raise NotImplementedError


BACKEND = Backend(array=_no, functions=FUNCTIONS, linear=_no, losses={}, gradients=_no)


class Text:
    """The program as it is written, on blocks."""

    def __init__(self, topology: Topology, leaves: Mapping[str, dict[Key, Array]]) -> None:
        problem = topology.problem
        self.subject = Subject(problem.replace(values={n: topology.fixed[n] for n in problem.shapes}))
        graph = topology.steps.graph
        self.arrays = {n: _objects(leaves[n], graph.full_shape(n)) for n in problem.shapes}
        self.sample = graph.sample is not None
        self.batched = graph.batched
        self.noted: dict[str, list[Any]] = {}
        program_error(BACKEND, self.subject, dict(self.arrays), self._note)

    def _note(self, name: str, value: Any) -> Any:
        self.noted.setdefault(name, []).append(value)
        return value

    def value(self, f: Form) -> Array:
        if f.name in self.arrays:
            return self.arrays[f.name][key_of(f)].v
        found, at = self.noted[f.name], key_of(f)
        if self.sample and f.name in self.batched:
            found, at = found[at[0] :], at[1:]
        return _entry(found[0], at)

    def by_differences(self, f: Form) -> Array:
        return sum(c * self._moved(f, k * STEP) for k, c in STENCIL) / (12 * STEP)

    def _moved(self, f: Form, by: float) -> Array:
        """E with an entry moved after it has been computed."""
        at = key_of(f)
        arrays = dict(self.arrays)
        seen = 0
        if f.name in arrays:
            arrays[f.name] = _put(arrays[f.name], at, by)

        def note(name: str, value: Any) -> Any:
            nonlocal seen
            if name != f.name or name in self.arrays:
                return value
            seen += 1
            own = at
            if self.sample and name in self.batched:
                if seen - 1 != at[0]:
                    return value
                own = at[1:]
            return _put(value, own, by)

        return _entry(program_error(BACKEND, self.subject, arrays, note), ())


def _objects(entries: Mapping[Key, Array], shape: tuple[Any, ...]) -> Any:
    out = np.empty(tuple(map(int, shape)), object)
    for at, x in entries.items():
        out[at] = Lane(x)
    return out


def _entry(x: Any, at: Key) -> Array:
    x = x[at] if isinstance(x, np.ndarray) else x
    return x.v if isinstance(x, Lane) else x


def _put(x: Any, at: Key, by: float) -> Any:
    if not isinstance(x, np.ndarray):
        return x + by
    out = x.copy()
    out[at] = out[at] + by
    return out


# ---- all of them -----------------------------------------------------------------------------------------------------


def resting(scope: Scope, form: Form) -> Iterator[Form]:
    """The entries that a form is made of: adjoints and quantities; what an update does with them is looked through."""
    if form.op == "updated" or (form.op == "ref" and "." in form.name):
        step = scope.steps.of.get(Form(form.op, form.args[:1]))
        if step is not None:
            yield from resting(scope, scope.right(step, form.be(None)))
    elif form.op in ENTRIES:
        yield form.be(None)
    else:
        for f in form.forms:
            yield from resting(scope, f)


class Routes:
    """The second and the third route to some forms of a block."""

    def __init__(self, topology: Topology, scope: Scope, given: Mapping[int, Array]) -> None:
        self.scope, self.given = scope, given
        leaves: dict[str, dict[Key, Array]] = {}
        for entry, node in scope.tape.leaves.items():
            if entry.op == "ref" and entry.name in topology.steps.graph.shapes:
                leaves.setdefault(entry.name, {})[key_of(entry)] = given[node]
        self.definitions = Definitions(topology, leaves)
        self.slopes: dict[tuple[str, Form], Array] = {}
        try:
            self.text: Text | None = Text(topology, leaves)
        except (SymbackpropError, TypeError, ValueError, AttributeError, NotImplementedError, KeyError):
            self.text = None  # a function, or a way of writing, that the route through the text does not know

    def of(self, form: Form, route: str) -> Array:
        """The form's value by a route."""
        found = {self.scope.entry(f): self._entry(f, route) for f in set(resting(self.scope, form))}
        return self.scope.tape.from_there(self.scope.node(form), {**self.given, **found})

    def _entry(self, f: Form, route: str) -> Array:
        known = (route, f)
        if known not in self.slopes:
            self.slopes[known] = self._found(f, route)
        return self.slopes[known]

    def _found(self, f: Form, route: str) -> Array:
        through = self.text if route == CENTRAL and self.text is not None else self.definitions
        if f.op == "ref":
            return through.value(f)
        if route == COMPLEX:
            return self.definitions.by_complex_step(f)
        return through.by_differences(f)
