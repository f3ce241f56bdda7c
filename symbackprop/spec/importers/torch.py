"""PyTorch: a chain of layers by the names of their classes, everything else through torch.export.

PyTorch is not imported here: whoever has a model of it has imported it.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.importers.aten import ATEN, Call
from symbackprop.spec.importers.chain import Link, chain, dense, linked, with_bias
from symbackprop.spec.importers.numbers import listed
from symbackprop.spec.importers.program import Program, known
from symbackprop.spec.numbers import array, shape
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
ADVICE = "give one as inputs=(3, 8, 8), or --inputs 3,8,8"
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
    links = [] if hasattr(model, "graph_signature") else links_of(model)
    if links and (sizes := sizes_of(links[0], inputs)):
        return chain(links, sizes, loss=loss, inputs=data, targets=targets, reduction=reduction, title=title)
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


def links_of(model: Any) -> list[Link]:
    """The layers of a Sequential; none where it is something else."""
    parts = [part_of(module) for module in flat(model)]
    return linked([part for part in parts if part is not None]) if None not in parts else []


def sizes_of(first: Link, inputs: Any) -> tuple[int, ...]:
    """The shape of one sample: as it is given, as the data have it, as a dense layer first tells."""
    if is_shape(inputs):
        return tuple(inputs)
    if inputs is not None:
        sizes = shape(array(listed(inputs))) or ()
        return sizes[1:] if len(sizes) > 1 else sizes
    return (len(listed(first.arrays["W"])[0]),) if first.words["kind"] == "dense" else ()


def flat(model: Any) -> list[Any]:
    """The modules of a Sequential, also of one within another."""
    if type(model).__name__ != "Sequential":
        return [model]
    return [inner for module in model for inner in flat(module)]


def part_of(module: Any) -> Link | str | None:
    name = type(module).__name__
    if name in LAYERS:
        return LAYERS[name](module)
    if name == "Dropout" and not module.training:
        return "identity"
    activation, wanted = ACTIVATION.get(name, ("", {}))
    fits = all(getattr(module, key, None) in (v if isinstance(v, tuple) else (v,)) for key, v in wanted.items())
    return activation if activation in OURS and fits else None


def convolution(kind: str, axes: int) -> Callable[[Any], Link | None]:
    """One that has zeros around it alike on both sides, and neither dilation nor groups."""

    def part(module: Any) -> Link | None:
        usual = set(module.dilation) == {1} and module.groups == 1 and module.padding_mode == "zeros"
        if not usual or isinstance(module.padding, str):
            return None
        sizes = {"kernel": module.kernel_size, "stride": module.stride, "padding": module.padding}
        words = {"kind": kind, "channels": module.out_channels, **with_bias(module.bias)}
        arrays = {"W": module.weight} if module.bias is None else {"W": module.weight, "b": module.bias}
        return Link({**words, **{key: each(value, axes) for key, value in sizes.items()}}, arrays)

    return part


def pooling(kind: str, axes: int) -> Callable[[Any], Link | None]:
    def part(module: Any) -> Link | None:
        odd = getattr(module, "dilation", 1) != 1 or getattr(module, "divisor_override", None)
        if odd or module.ceil_mode or set(each(module.padding, axes)) != {0}:
            return None
        window, stride = each(module.kernel_size, axes), each(module.stride or module.kernel_size, axes)
        return Link({"kind": kind, "window": window, **({} if stride == window else {"stride": stride})})

    return part


def flatten(module: Any) -> Link | None:
    return Link({"kind": "flatten"}) if (module.start_dim, module.end_dim) == (1, -1) else None


def each(value: Any, axes: int) -> list[int]:
    """A number for each axis."""
    return list(value) if isinstance(value, list | tuple) else [value] * axes


LAYERS: Mapping[str, Callable[[Any], Link | None]] = {
    "Linear": lambda module: dense(module.weight, module.bias),
    "Conv1d": convolution("conv1d", 1),
    "Conv2d": convolution("conv2d", 2),
    "MaxPool1d": pooling("max-pooling", 1),
    "MaxPool2d": pooling("max-pooling", 2),
    "AvgPool1d": pooling("average-pooling", 1),
    "AvgPool2d": pooling("average-pooling", 2),
    "Flatten": flatten,
}


# ---- torch.export --------------------------------------------------------------------------------------------------


def examples_of(model: Any, inputs: Any) -> tuple[Any, ...]:
    """The tensors to export with: zeros of one sample's shape, or the data."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(model, torch.nn.Module):
        known = ", ".join([*LAYERS, *ACTIVATION])
        names = ", ".join(dict.fromkeys(type(m).__name__ for m in flat(model) if part_of(m) is None))
        if not names:
            raise SpecError(f"{type(model).__name__} does not say what shape one sample has; {ADVICE}")
        raise SpecError(f"{names} is no layer that is known in a chain; known: Sequential, {known}")
    if inputs is None:
        raise SpecError(f"{type(model).__name__} does not say what shape one sample has; {ADVICE}")
    kind = next((p.dtype for p in model.parameters()), torch.get_default_dtype())
    embedded = any(type(m).__name__ == "Embedding" for m in model.modules())
    if is_shape(inputs):
        return (torch.zeros(1, *inputs, dtype=torch.long if embedded else kind),)
    data = torch.as_tensor(listed(inputs))
    return (data if embedded and not data.is_floating_point() else data.to(kind),)


def exported(model: Any, examples: tuple[Any, ...]) -> Any:
    torch = sys.modules["torch"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how torch.export keeps the weights of recurrent layers
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
