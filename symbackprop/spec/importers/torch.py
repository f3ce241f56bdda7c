"""PyTorch: a chain of layers by the names of their classes, everything else through torch.export.

PyTorch is not imported here: whoever has a model of it has imported it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.importers.aten import ATEN, Call
from symbackprop.spec.importers.chain import Link, chain, linked
from symbackprop.spec.importers.numbers import listed
from symbackprop.spec.importers.program import Program, known
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG

#   class of torch.nn → our activation, with what its attributes have to be
ACTIVATION: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "Identity": ("identity", {}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "ReLU": ("relu", {}),
    "LeakyReLU": ("leaky-relu", {"negative_slope": 0.01}),
    "ELU": ("elu", {"alpha": 1.0}),
    "SELU": ("selu", {}),
    "SiLU": ("silu", {}),
    "Mish": ("mish", {}),
    "GELU": ("gelu", {"approximate": "none"}),
    "Softplus": ("softplus", {"beta": 1.0}),
    "Softsign": ("softsign", {}),
    "Hardsigmoid": ("hard-sigmoid", {}),
    "Softmax": ("softmax", {"dim": (1, -1)}),
    "LogSoftmax": ("log-softmax", {"dim": (1, -1)}),
}
OURS = {*ACTIVATIONS, *ALONG}


def from_torch(
    model: Any,
    *,
    loss: str | None = None,
    inputs: Any = None,
    targets: object = None,
    reduction: str = "sum",
    title: str = "",
) -> Problem:
    """The problem of a torch.nn.Module or an exported program.

    `inputs`: a row for each sample; or the shape of one sample, a tuple such as (3, 8, 8), where the data are to stay
    symbols.  A torch.nn.Sequential of Linear and activations tells it by itself.
    """
    data = None if is_shape(inputs) else inputs
    if parts := None if hasattr(model, "graph_signature") else parts_of(model):
        return chain(parts, loss=loss, inputs=data, targets=targets, reduction=reduction, title=title)
    program = model if hasattr(model, "graph_signature") else exported(model, examples_of(model, inputs))
    g, output, samples = translated(program)
    given = () if data is None else (data,)
    return g.problem(
        output, loss=loss, inputs=given, targets=targets, reduction=reduction, title=title, samples=samples
    )


def is_shape(inputs: object) -> bool:
    """A tuple of whole numbers is the shape of one sample."""
    return isinstance(inputs, tuple) and all(type(n) is int for n in inputs)


# ---- a chain -------------------------------------------------------------------------------------------------------


def parts_of(model: Any) -> list[Link] | None:
    """The dense layers of a Sequential; None where it is something else."""
    parts = [part_of(module) for module in flat(model)]
    return linked([part for part in parts if part is not None]) if None not in parts else None


def flat(model: Any) -> list[Any]:
    """The modules of a Sequential, also of one within another."""
    if type(model).__name__ != "Sequential":
        return [model]
    return [inner for module in model for inner in flat(module)]


def part_of(module: Any) -> Link | str | None:
    name = type(module).__name__
    if name == "Linear":
        return Link(module.weight, module.bias)
    if name == "Dropout" and not module.training:
        return "identity"
    activation, wanted = ACTIVATION.get(name, ("", {}))
    fits = all(getattr(module, key, None) in (v if isinstance(v, tuple) else (v,)) for key, v in wanted.items())
    return activation if activation in OURS and fits else None


# ---- torch.export --------------------------------------------------------------------------------------------------


def examples_of(model: Any, inputs: Any) -> tuple[Any, ...]:
    """The tensors to export with: zeros of one sample's shape, or the data."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(model, torch.nn.Module):
        known = ", ".join(["Linear", *ACTIVATION])
        names = ", ".join(dict.fromkeys(type(m).__name__ for m in flat(model) if part_of(m) is None)) or "this"
        raise SpecError(f"{names} is no layer that is known in a chain; known: Sequential, {known}")
    if inputs is None:
        advice = "give one as inputs=(3, 8, 8), or --inputs 3,8,8"
        raise SpecError(f"{type(model).__name__} does not say what shape one sample has; {advice}")
    kind = next((p.dtype for p in model.parameters()), torch.get_default_dtype())
    embedded = any(type(m).__name__ == "Embedding" for m in model.modules())
    if is_shape(inputs):
        return (torch.zeros(1, *inputs, dtype=torch.long if embedded else kind),)
    data = torch.as_tensor(listed(inputs))
    return (data if embedded and not data.is_floating_point() else data.to(kind),)


def exported(model: Any, examples: tuple[Any, ...]) -> Any:
    torch = sys.modules["torch"]
    try:
        return torch.export.export(model, examples)
    except Exception as error:  # whatever somebody's forward raises, and whatever torch.export does not take
        first = str(error).strip().partition("\n")[0][:300]
        raise SpecError(f"torch.export does not take this model: {type(error).__name__}: {first}") from None


def translated(program: Any) -> tuple[Program, str, int]:
    """torch.export's graph, a row of ATEN for each node that its output needs; the output; how many samples."""
    g = Program()
    nodes = list(program.graph.nodes)
    live = living(nodes)
    calls = [node for node in nodes if node.op == "call_function" and node.name in live]
    known(ATEN, [(operator(node), node.name) for node in calls])
    named: dict[Any, Any] = {}
    sources = {spec.arg.name: spec for spec in program.graph_signature.input_specs}
    samples = 1
    for node in (n for n in nodes if n.name in live):
        if node.op == "placeholder":
            spec = sources[node.name]
            named[node] = leaf(g, program, node, spec)
            if spec.kind.name == "USER_INPUT":
                samples = int(node.meta["val"].shape[0]) if node.meta["val"].shape else 1
        elif node.op == "call_function":
            named[node] = line(g, node, named)
    return g, named[outputs(nodes)[0]], samples


def outputs(nodes: list[Any]) -> list[Any]:
    """The nodes that the graph hands out; the first is taken."""
    (out,) = (node for node in nodes if node.op == "output")
    return [n for n in out.args[0] if hasattr(n, "op")]


def living(nodes: list[Any]) -> set[str]:
    """What the first output depends on."""
    live = {outputs(nodes)[0].name}
    for node in reversed(nodes):
        if node.name in live:
            live.update(used.name for used in node.all_input_nodes)
    return live


def leaf(g: Program, program: Any, node: Any, spec: Any) -> str:
    shape = tuple(int(n) for n in node.meta["val"].shape)
    if spec.kind.name == "USER_INPUT":
        return g.input("x" if node.name == "input" else node.name, shape)
    held = program.state_dict if spec.target in program.state_dict else program.constants
    make = g.parameter if spec.kind.name == "PARAMETER" else g.constant
    return make(spec.target, held[spec.target])


def operator(node: Any) -> str:
    """aten.add of aten.add.Tensor."""
    name = getattr(node.target, "__name__", "")
    return "getitem" if name == "getitem" else ".".join(str(node.target).split(".")[:2])


def line(g: Program, node: Any, named: Mapping[Any, Any]) -> Any:
    """What a node makes: the name of its line, or several of them."""
    value = node.meta.get("val")
    sizes = tuple(int(n) for n in value.shape) if hasattr(value, "shape") else ()
    stem = re.sub(r"_\d+$", "", node.name)
    made = ATEN[operator(node)](Call(g, read(node.args, named), dict(node.kwargs), sizes, stem))
    return g.define(stem, made) if isinstance(made, str) else made


def read(value: Any, named: Mapping[Any, Any]) -> Any:
    """Arguments with the names of lines in place of nodes."""
    if hasattr(value, "op") and hasattr(value, "target"):
        return named[value]
    if isinstance(value, list | tuple):
        return [read(part, named) for part in value]
    return value
