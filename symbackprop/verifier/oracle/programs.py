"""A problem as a program of a framework: from its layers where it has some, else from the text of its equations.

Each named quantity takes an offset, added after it is computed: the slope by the offset is ∂E/∂(the quantity).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symbackprop.reader.array import Tree
from symbackprop.verifier.oracle.algebra import UnknownFunction
from symbackprop.verifier.oracle.frameworks import BACKENDS, Array, Backend
from symbackprop.verifier.oracle.steps import Entries, Slopes
from symbackprop.verifier.oracle.subject import Subject, entries, leading, trees

Note = Callable[[str, Array], Array]


def framework_route(name: str) -> Callable[[Subject, Entries], Slopes]:
    def route(subject: Subject, wanted: Entries) -> Slopes:
        return gradients(BACKENDS[name](), subject, wanted)

    return route


def gradients(backend: Backend, subject: Subject, wanted: Entries) -> Slopes:
    error = layers_error if from_layers(backend, subject) else program_error
    leaves = {n: floats(subject.problem.values[n]) for n in subject.problem.shapes}
    with backend.double():
        zeros: dict[str, Any] = {}

        def first(name: str, value: Array) -> Array:
            zeros.setdefault(name, []).append(_zeros(tuple(int(n) for n in value.shape)))
            return value

        error(backend, subject, {n: backend.array(v) for n, v in leaves.items()}, first)
        several = leading(subject.problem, subject.batched) if error is program_error else frozenset()
        offsets = {n: v if n in several else v[0] for n, v in zeros.items()}

        def total(arrays: dict[str, Array]) -> Array:
            times: dict[str, int] = {}

            def shifted(name: str, value: Array) -> Array:
                times[name] = times.get(name, -1) + 1
                return value + (arrays[name][times[name]] if name in several else arrays[name])

            return error(backend, subject, arrays, shifted)

        found = backend.gradients(total, {**leaves, **offsets})
    at = {name: dict(entries(value)) for name, value in found.items()}
    return {(n, k): (at[n][k], at[n][k]) if n in at else None for n, keys in wanted.items() for k in keys}


def floats(value: Any) -> Any:
    return [floats(v) for v in value] if isinstance(value, tuple | list) else float(value)


def _zeros(shape: tuple[int, ...]) -> Any:
    return [_zeros(shape[1:]) for _ in range(shape[0])] if shape else 0.0


# ---- from layers ---------------------------------------------------------------------------------------------------


def from_layers(backend: Backend, subject: Subject) -> bool:
    network = subject.problem.dense
    return (
        network is not None
        and isinstance(network.loss, str)
        and not network.label_smoothing
        and network.loss in backend.losses
        and all(_function(layer.options["activation"]) in backend.functions for layer in network.layers)
    )


def _function(activation: object) -> str:
    return str(activation).replace("-", "_")


def layers_error(backend: Backend, subject: Subject, arrays: dict[str, Array], note: Note) -> Array:
    problem, f = subject.problem, backend.functions
    assert problem.dense is not None and isinstance(problem.dense.loss, str)
    a = arrays["x"]
    for k, layer in enumerate(problem.dense.layers, 1):
        bias = arrays.get(f"b{k}")
        shared = bias is not None and len(bias.shape) == 0
        z = backend.linear(a, arrays[f"W{k}"], None if shared else bias)
        z = note(f"z{k}", z + bias if shared else z)
        a = note(f"a{k}", f[_function(layer.options["activation"])](z))
    terms = backend.losses[problem.dense.loss](a, arrays["t"])
    if terms.shape == a.shape:  # some losses of a framework give one number for all outputs
        terms = note("Ek", terms)
    total = f["sum"](terms)
    if problem.dense.loss == "mean-squared-error":
        total = total / int(terms.shape[-1])
    if problem.samples and problem.reduction == "mean":
        total = total / problem.samples
    return note(problem.error, total)


# ---- from the text -------------------------------------------------------------------------------------------------


def program_error(backend: Backend, subject: Subject, arrays: dict[str, Array], note: Note) -> Array:
    """Each sample by itself, so that no axis has to be kept apart from the sample's; equation by equation, since a
    mean over the samples looks at all of them."""
    problem = subject.problem
    count = problem.samples if problem.samples and subject.batched else 1
    samples = [{n: arrays[n][s] if n in subject.batched else arrays[n] for n in problem.shapes} for s in range(count)]
    for name, tree in trees(problem):
        values = [evaluate(tree, known, backend, samples) for known in samples]
        for known, value in zip(samples, values, strict=True):
            known[name] = value if name == problem.error else note(name, value)
    errors = [known[problem.error] for known in samples]
    total = sum(errors[1:], errors[0])
    if len(errors) > 1 and problem.reduction == "mean":
        total = total / len(errors)
    return note(problem.error, total)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
}


def evaluate(tree: Tree, known: dict[str, Array], backend: Backend, samples: list[dict[str, Array]]) -> Any:
    """A tree of the array notation in a framework's arrays; `samples` are what is known of each sample."""

    def of(x: object) -> Any:
        return evaluate(x, known, backend, samples) if isinstance(x, Tree) else x

    match tree.kind, tree.args:
        case "number", (Fraction() as value,):
            return int(value) if value.denominator == 1 else float(value)
        case "text", (str() as letters,):
            return letters.replace(" ", "")
        case "name", (str() as name,):
            return known[name] if name in known else {"True": True, "False": False, "None": None}[name]
        case "neg", (x,):
            return -of(x)
        case "transpose", (x,):
            return backend.functions["transpose"](of(x))
        case "list", items:
            return [of(x) for x in items]
        case "binary", ("@", x, y):
            return product(of(x), of(y), backend)
        case "binary", (str() as sign, x, y):
            return OPERATORS[sign](of(x), of(y))
        case "index", (x, *items):
            return of(x)[tuple(_item(i, of) for i in items if isinstance(i, Tree))]
        case "call", ("size", (x, axis), ()):
            return float(of(x).shape[of(axis)])
        case "call", ("sqrt", (Tree() as x,), ()) if isinstance(number := of(x), float):
            return number**0.5
        case "call", ("batch_mean", (Tree() as x,), tuple() as keywords):
            parts = [evaluate(x, one, backend, samples) for one in samples]
            mean = sum(parts[1:], parts[0]) / len(parts)
            return backend.functions["mean"](mean, **{k: of(v) for k, v in keywords}) if keywords else mean
        case "call", (str() as name, tuple() as arguments, tuple() as keywords):
            if name not in backend.functions:
                raise UnknownFunction(f"this route knows no function {name}")
            return backend.functions[name](*map(of, arguments), **{k: of(v) for k, v in keywords})
    raise UnknownFunction(f"this route cannot read {tree.kind!r}")


def product(x: Array, y: Array, backend: Backend) -> Array:
    """x @ y as Σ over the last axis of x and the first of y: the same for vectors and matrices in every framework."""
    if len(y.shape) == 1:
        return backend.functions["sum"](x * y, axis=-1)
    if len(x.shape) == 1:
        return backend.functions["sum"](x[:, None] * y, axis=0)
    return x @ y


def _item(item: Tree, of: Callable[[object], Any]) -> Any:
    return of(item.args[0]) if item.kind == "at" else slice(*map(of, item.args))
