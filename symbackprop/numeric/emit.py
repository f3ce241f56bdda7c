"""A program as source text: one function f(x, t, W1, b1, …) → (error, {name: gradient}), one line a step.

Everything that reaches the text is spelled here: names through `Names`, numbers through a target's own row.  The same
steps give the same text every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from symbackprop.derivation.steps import Steps
from symbackprop.errors import DerivationError, SpecError
from symbackprop.form import Form, Size, ref
from symbackprop.numeric.arrays import Arrays
from symbackprop.numeric.batch import BATCH
from symbackprop.numeric.line import Key, key
from symbackprop.numeric.lists import Lists
from symbackprop.numeric.names import Names, gate
from symbackprop.numeric.program import Program, program, selected
from symbackprop.numeric.targets import NUMBERS, PARTS, TARGETS, Target
from symbackprop.tables.activations import ALONG, ROWS

Function = Callable[..., tuple[Any, dict[str, Any]]]
Writer = Lists | Arrays


def source(steps: Steps, target: str = "python", wrt: Iterable[str] | None = None, *, reduction: str = "sum") -> str:
    """A module's text that runs on its own.  `reduction` is what a batch's errors are reduced by, sum or mean."""
    return _source(steps, target, wrt, reduction)[0]


def listed(steps: Steps, name: str, wanted: Iterable[Key]) -> tuple[str, Program]:
    """Plain Python's text of a function that gives these quantities by their names, and its program."""
    row, made = TARGETS["python"], selected(steps, wanted)
    names = Names(made, row.reserved)
    writer = Lists(names, NUMBERS["python"])
    lines = [*_lengths(made, names, row), *map(writer.line, made.lines)]
    results = ", ".join(f'"{name}": {names[k]}' for (_, name), k in made.outputs.items())
    lines.append(f"return {{{results}}}")
    definitions, imports = functions(writer.calls, row, NUMBERS["python"])
    arguments = ", ".join([*(names["ref", n] for n in made.arguments), *(names["hyper", n] for n in made.hypers)])
    function = "\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in lines)])
    return "\n\n\n".join([*imports, *definitions, function]), made


def lambdify(
    steps: Steps, target: str = "python", wrt: Iterable[str] | None = None, *, reduction: str = "sum"
) -> Function:
    """The function of that source, in a namespace that holds nothing else."""
    return _function(*_source(steps, target, wrt, reduction), target)


def moves(steps: Steps) -> Function:
    """One update on plain numbers: f(**arrays, **numbers of the update) → (error, {name: what it has become})."""
    made = program(steps, updates=True)
    return _function(*_written(made, "python", "sum"), "python")


def _function(text: str, made: Program, names: Names, target: str) -> Function:
    namespace: dict[str, Any] = {"__name__": f"symbackprop.{target}"}
    exec(compile(text, f"<{target} of {made.graph.error}>", "exec"), namespace)  # noqa: S102 - our own text, see names.py
    f: Function = namespace["f"]
    f.__dict__["source"] = text
    spelled = {n: names["ref", n] for n in made.arguments} | {n: names["hyper", n] for n in made.hypers}
    if all(name == text for name, text in spelled.items()):
        return f

    def named(*arrays: Any, **more: Any) -> tuple[Any, dict[str, Any]]:
        """f, called by the names of the quantities where Python does not allow them."""
        return f(*arrays, **{spelled.get(name, name): array for name, array in more.items()})

    named.__dict__["source"] = text
    return named


def _sizes(made: Program) -> dict[Key, tuple[Size, ...]]:
    """The sizes of parameters and of what the lines make; other arguments may lead with a batch or not."""
    out: dict[Key, tuple[Size, ...]] = {}
    for name in made.arguments:
        shape = made.graph.full_shape(name)
        out["ref", name] = (BATCH, *shape) if name in made.data else shape
    for line in made.lines:
        axes = {a.var: a.size for a in line.axes}
        out[key(line.left)] = tuple(1 if i.variable is None else axes[i.variable] for i in line.left.at)
    return out


def _source(steps: Steps, target: str, wrt: Iterable[str] | None, reduction: str) -> tuple[str, Program, Names]:
    row = TARGETS.get(target)
    if row is None:
        raise SpecError(f"no target is called {target!r}; there are {', '.join(TARGETS)}")
    wrt = tuple(steps.graph.parameters if wrt is None else wrt)
    for name in wrt:
        if name not in steps.graph.shapes:
            known = ", ".join(steps.graph.shapes)
            raise SpecError(f"nothing is called {name!r} here; a gradient can be asked for by {known}")
    return _written(program(steps, wrt, batch=reduction if row.arrays else None), target, reduction)


def _written(made: Program, target: str, reduction: str) -> tuple[str, Program, Names]:
    row = TARGETS[target]
    wrt = tuple(name for op, name in made.outputs if op != "ref")
    names = Names(made, row.reserved)
    writer: Writer = Arrays(names, NUMBERS[target], _sizes(made)) if row.arrays else Lists(names, NUMBERS[target])
    lines = [writer.line(line) for line in made.lines]
    body = [*_prelude(made, names, row, reduction), *lines, _result(made, names, row, wrt)]
    definitions, imports = functions(writer.calls, row, NUMBERS[target])
    head = [f'"""{title(made, wrt)}"""', "", *imports]
    helpers = [PARTS[row.name][part] for part in _parts(made, row)]
    arguments = ", ".join([*(names["ref", n] for n in made.arguments), *(names["hyper", n] for n in made.hypers)])
    function = "\n".join([f"def f({arguments}):", *(f"    {line}" for text in body for line in text.split("\n"))])
    return "\n\n\n".join(["\n".join(head).rstrip(), *definitions, *helpers, function]) + "\n", made, names


def title(made: Program, wrt: tuple[str, ...]) -> str:
    """What the function gives, and the shape of what it takes."""
    graph = made.graph
    width = max(map(len, (*made.arguments, "")))
    sizes = {n: gate(n) if isinstance(n, str) else str(n) for name in made.arguments for n in made.shape(name)}
    shapes = {name: " x ".join(sizes[n] for n in made.shape(name)) or "a number" for name in made.arguments}
    rows = [f"    {name.ljust(width)}  {shape}" for name, shape in shapes.items()]
    what = f" and its gradient by {', '.join(wrt)}" if wrt else ""
    batch = "\nWith one leading axis more on what is no parameter, a batch.\n" if made.data else ""
    return "\n".join([f"f gives {graph.error}{what}.  Written by symbackprop.", "", *rows, batch])


# ---- the function's first and last lines -----------------------------------------------------------------------


def _prelude(made: Program, names: Names, row: Target, reduction: str) -> list[str]:
    lines = []
    parameters = [names["ref", n] for n in made.arguments]
    if row.convert:
        lines += [f"{name} = {row.convert.format(name)}" for name in parameters]
    data = [(names["ref", n], len(made.graph.shapes[n])) for n in made.data]
    pairs = ", ".join(f"({name}, {rank})" for name, rank in data)
    listed = ", ".join(name for name, _ in data)
    if data and row.arrays:
        many = "_many" if _leading(made) else "_"
        comma = "," if len(data) == 1 else ""
        lines += [f"{many}, {names['size', BATCH]}, ({listed}{comma}) = _batch({pairs})"]
    elif data and not made.hypers:
        arguments = ", ".join([*parameters, *(names["hyper", n] for n in made.hypers)])
        reduced = tuple(n for op, n in made.outputs if op == "adjoint" and n in made.graph.parameters)
        comma = "," if len(data) == 1 else ""
        lines += [
            f"if _samples := _batch({pairs}):",
            f"    results = [f({arguments}) for {listed}{comma} in _samples]",
            f"    return _total(results, {reduced!r}, {reduction!r})",
        ]
    return lines + _lengths(made, names, row)


def _lengths(made: Program, names: Names, row: Target) -> list[str]:
    """Sizes that have names, each read from an array."""
    return [
        f"{text} = {measured(n, made, names, row)}"
        for (_, n), text in names.of.items()
        if names.of.get(("size", n)) == text and n != BATCH
    ]


def measured(n: str, made: Program, names: Names, row: Target) -> str:
    """The size, read from the first array that has it."""
    for name in made.arguments:
        shape = made.shape(name)
        if n in shape:
            k = shape.index(n)
            if row.arrays:
                return f"{names['ref', name]}.shape[{k + (name in made.data)}]"
            return f"len({names['ref', name]}{'[0]' * k})"
    raise DerivationError(f"the size {n} cannot be read from any array that the program takes")


def _result(made: Program, names: Names, row: Target, wrt: tuple[str, ...]) -> str:
    error = names[made.outputs["ref", made.graph.error]]
    gradients = []
    used: set[Key] = set()
    outputs = {name: k for (op, name), k in made.outputs.items() if op != "ref"}
    for name in wrt:
        k = outputs[name]
        text = names[k]
        if row.arrays and name in made.data:
            text = f"_single({text}, _many[{made.data.index(name)}])"
        elif row.arrays and made.data and name not in made.graph.parameters:
            text = f"_single({text}, any(_many))"
        elif k in used or k[0] == "ref":  # its own copy: nobody's change reaches another result
            text = f"_copy({text})"
        used.add(k)
        gradients.append(f'"{name}": {text}')
    return f"return {f'float({error})' if row.arrays else error}, {{{', '.join(gradients)}}}"


def _leading(made: Program) -> bool:
    """Whether a gradient is asked for that leads with the samples."""
    return bool(made.data) and any(op == "adjoint" and n not in made.graph.parameters for op, n in made.outputs)


def _parts(made: Program, row: Target) -> list[str]:
    keys = [k for (op, _), k in made.outputs.items() if op != "ref"]
    return [
        part
        for part, needed in {
            "convert": bool(row.convert) and row.convert.startswith("_"),
            "batch": bool(made.data) and (row.arrays or not made.hypers),
            "single": row.arrays and _leading(made),
            "copy": len(set(keys)) < len(keys) or any(op == "ref" for op, _ in keys),
        }.items()
        if needed and part in PARTS[row.name]
    ]


# ---- functions -------------------------------------------------------------------------------------------------


def functions(calls: Iterable[str], row: Target, number: Any) -> tuple[list[str], list[str]]:
    """The definitions of what is called, what they call in turn, and the imports of the rest."""
    definitions: dict[str, str] = {}
    imported: set[str] = set(row.always)
    waiting = list(calls)
    while waiting:
        name = waiting.pop(0)
        if name in definitions or name in imported or name in row.own:
            continue
        if name in row.functions:
            definitions[name] = row.functions[name].rstrip()
            imported |= {n for n in row.imported if f"{n}(" in definitions[name]}
        elif name in row.imported:
            imported.add(name)
        else:
            definitions[name], more = written(name, row, number)
            waiting += more
    imports = sorted(imported)
    lines = [row.imports.format(", ".join(imports))] if imports or row.arrays else []
    if any("math." in text for text in definitions.values()):
        lines.insert(0, "import math\n")
    return [definitions[n] for n in sorted(definitions)], lines


class _Argument(Names):
    """Inside a function's definition there is its argument only."""

    def __init__(self) -> None:
        self.taken = set("xz") | {"total"}
        self.of = {("ref", "z"): "z", ("ref", "x"): "x"} | {("ref", f"total{k}"): f"total{k}" for k in range(9)}


def written(name: str, row: Target, number: Any) -> tuple[str, list[str]]:
    """A function's definition, from its row in the table of activations."""
    spelled = name.replace("-", "_")
    writer: Writer = Arrays(_Argument(), number) if row.arrays else Lists(_Argument(), number, row.compare)

    def text(f: Form) -> str:
        return writer.text(f, ()) if isinstance(writer, Arrays) else writer.text(f)

    if name in ROWS:
        value = text(ROWS[name].value(ref("z")))
        body = f"return {value}"
        if "np.where" in value:  # both branches are computed, one is taken
            body = f'with np.errstate(all="ignore"):\n        {body}'
        return f"def {spelled}(z):\n    {body}", list(writer.calls)
    if name not in ALONG:
        raise DerivationError(f"the function {name!r} has no program for {row.name}")
    totals: list[str] = []

    def total(g: Callable[[Form], Form]) -> Form:
        inside = text(g(ref("z" if row.arrays else "x")))
        totals.append(
            f"    total{len(totals)} = "
            + (f"({inside}).sum(axis=axis, keepdims=True)" if row.arrays else f"sum({inside} for x in z)")
        )
        return ref(f"total{len(totals) - 1}")

    form = ALONG[name].value(ref("z" if row.arrays else "x"), total)
    last = text(form) if row.arrays else f"[{text(form)} for x in z]"
    head = f"def {spelled}(z, axis):" if row.arrays else f"def {spelled}(z):"
    return "\n".join([head, *totals, f"    return {last}"]), list(writer.calls)
