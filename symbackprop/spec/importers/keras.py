"""Keras, Sequential and functional: a row for each class of layer.  Images have their channels last there.

Layers work on one sample.  Keras is not imported: whoever has a model of it has imported it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.importers import blocks
from symbackprop.spec.importers.blocks import number, reshaped, tuple_text
from symbackprop.spec.importers.chain import Link, chain, linked
from symbackprop.spec.importers.chain import dense as dense_layer
from symbackprop.spec.importers.losses import called
from symbackprop.spec.importers.numbers import listed
from symbackprop.spec.importers.program import Program, by_sample, known
from symbackprop.spec.importers.scikit_learn import columns
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ACTIVATIONS, ALONG

#   activation of Keras → ours; what is not here has the same name, with hyphens
ACTIVATION = {"linear": "identity", "swish": "silu"}
OURS = {*ACTIVATIONS, *ALONG} - {"hard-sigmoid", "leaky-relu"}  # which are others in Keras, or in one before 3


def from_keras(
    model: Any,
    *,
    loss: str | None = None,
    inputs: object = None,
    targets: object = None,
    reduction: str = "sum",
    title: str = "",
) -> Problem:
    """The problem of a Keras model that has been built.  A compiled one brings its loss along.

    `inputs` and `targets` have a row for each sample; left out, they stay symbols.
    """
    loss = loss if loss is not None else compiled_loss(model)
    calls, source, output = traced(model)
    known(LAYERS, [(kind(layer), layer.name) for layer, _, _ in calls])
    parts = [part_of(layer) for layer, _, _ in calls]
    one_way = all(len(before) == 1 and before[0] is after for (_, _, after), (_, before, _) in pairwise(calls))
    sizes = tuple(source.shape[1:])
    if one_way and None not in parts and len(sizes) == 1 and (links := linked([p for p in parts if p is not None])):
        return chain(links, sizes, loss=loss, inputs=inputs, targets=targets, reduction=reduction, title=title)
    g = Program()
    if None in sizes:
        raise SpecError(f"the shape of one sample, {sizes}, is not told whole; build the model with Input(shape=…)")
    named = {id(source): g.input("x", tuple(map(int, sizes)))}
    for layer, before, after in calls:
        text = LAYERS[kind(layer)](g, layer, [named[id(tensor)] for tensor in before])
        named[id(after)] = g.define(re.sub(r"_\d+$", "", layer.name), text)
    made = g.problem(named[id(output)], loss=loss, title=title)
    return by_sample(g, made, inputs=inputs, targets=targets, reduction=reduction)


def kind(layer: Any) -> str:
    return type(layer).__name__


# ---- the graph -----------------------------------------------------------------------------------------------------

Traced = tuple[list[tuple[Any, list[Any], Any]], Any, Any]


def traced(model: Any) -> Traced:
    """Layers in order, each with the tensors that it takes and the one that it makes; the model's input and output."""
    if not getattr(model, "inputs", None):
        raise SpecError("the model has not been built; give its first layer an Input(shape=…), or call it once")
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        counts = f"{len(model.inputs)} and {len(model.outputs)}"
        raise SpecError(f"a model of one input and one output is wanted; this one has {counts}")
    source, output = model.inputs[0], model.outputs[0]
    calls: list[tuple[Any, list[Any], Any]] = []
    done = {id(source)}
    waiting = [output]
    while waiting:
        tensor = waiting[-1]
        if id(tensor) in done:
            waiting.pop()
            continue
        layer, node, _ = tensor._keras_history
        before = tensors_into(layer._inbound_nodes[node])
        if left := [t for t in before if id(t) not in done]:
            waiting += left
            continue
        waiting.pop()
        done.add(id(tensor))
        calls.append((layer, before, tensor))
    return calls, source, output


def tensors_into(node: Any) -> list[Any]:
    """What goes into a layer at one of its calls: Keras 3, and before it."""
    found = getattr(node, "input_tensors", None)
    found = getattr(node, "keras_inputs", ()) if found is None else found
    return list(found) if isinstance(found, list | tuple) else [found]


def compiled_loss(model: Any) -> str | None:
    """The name of the loss that the model was compiled with."""
    loss = getattr(model, "loss", None)
    if loss is None or isinstance(loss, dict | list):
        return None
    if getattr(loss, "from_logits", False) or getattr(loss, "_fn_kwargs", {}).get("from_logits"):
        advice = "give the one that is wanted as loss= or --loss"
        raise SpecError(f"the model's loss takes logits (from_logits=True); {advice}")
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    name = str(name).removeprefix("sparse_")  # the same error, its targets written as class numbers
    return called(name)


# ---- chains --------------------------------------------------------------------------------------------------------


def activation_of(layer: Any) -> str | None:
    """The name of a layer's activation; None where it is none of ours."""
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", "linear" if function is None else "?").replace("_", "-")
    name = ACTIVATION.get(name, name)
    return name if name in OURS else None


def part_of(layer: Any) -> Link | str | None:
    name = kind(layer)
    if name == "Dense":
        activation = activation_of(layer)
        biases = layer.bias if layer.use_bias else None
        return dense_layer(columns(layer.kernel), biases, activation) if activation else None
    if name in SLOPED:
        return SLOPED[name][0] if all(value(layer, k) == v for k, v in SLOPED[name][1].items()) else None
    return activation_of(layer) if name == "Activation" else "identity" if name in NOTHING else None


def value(layer: Any, key: str) -> Any:
    """An option of a layer as a plain number."""
    found = getattr(layer, key, None)
    return float(listed(found)) if hasattr(found, "shape") else found


#   class of layer → our activation, with what its options have to be
SLOPED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ReLU": ("relu", {"max_value": None, "negative_slope": 0.0, "threshold": 0.0}),
    "ELU": ("elu", {"alpha": 1.0}),
    "Softmax": ("softmax", {"axis": -1}),
}
NOTHING = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
)


# ---- layers as lines -----------------------------------------------------------------------------------------------

Row = Callable[[Program, Any, list[str]], str]


def activated(g: Program, layer: Any, z: str) -> str:
    """The layer's activation around its line."""
    name = activation_of(layer)
    if name is None:
        raise SpecError(f"{layer.name}: its activation is not known; known: {', '.join(sorted(OURS))}")
    return z if name == "identity" else f"{name.replace('-', '_')}({z})"


def weight(g: Program, layer: Any, key: str) -> str | None:
    """A parameter under the layer's name; a moving average stays as it is."""
    held = getattr(layer, key, None)
    if held is None:
        return None
    wish = f"{layer.name}_{key}"
    if wish not in g.held:  # a layer may be called twice
        g.held[wish] = (g.constant if key.startswith("moving") else g.parameter)(wish, held)
    return g.held[wish]


def need(g: Program, layer: Any, key: str) -> str:
    name = weight(g, layer, key)
    if name is None:
        raise SpecError(f"{layer.name}: it has no {key}")
    return name


def dense(g: Program, layer: Any, x: list[str]) -> str:
    b = weight(g, layer, "bias")
    return activated(g, layer, f"{x[0]} @ {need(g, layer, 'kernel')}" + (f" + {b}" if b else ""))


def activation(g: Program, layer: Any, x: list[str]) -> str:
    return activated(g, layer, x[0])


def relu(g: Program, layer: Any, x: list[str]) -> str:
    slope, most, least = (value(layer, k) for k in ("negative_slope", "max_value", "threshold"))
    if least:
        raise SpecError(f"{layer.name}: relu with a threshold is not known")
    out = f"where({x[0]} > 0, {x[0]}, {number(slope)} * {x[0]})" if slope else f"relu({x[0]})"
    return out if most is None else f"minimum({out}, {number(most)})"


def leaky_relu(g: Program, layer: Any, x: list[str]) -> str:
    slope = value(layer, "negative_slope") if hasattr(layer, "negative_slope") else value(layer, "alpha")
    return f"where({x[0]} > 0, {x[0]}, {number(slope)} * {x[0]})"


def elu(g: Program, layer: Any, x: list[str]) -> str:
    return f"where({x[0]} > 0, {x[0]}, {number(value(layer, 'alpha'))} * (exp({x[0]}) - 1))"


def softmax(g: Program, layer: Any, x: list[str]) -> str:
    return f"softmax({x[0]}, axis={axes_of(g, layer, x)[0]})"


def axes_of(g: Program, layer: Any, x: list[str]) -> list[int]:
    """The axes that a layer names, without that of samples."""
    axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
    rank = len(g.shape(x[0])) + 1
    return [a % rank - 1 for a in axes]


def flatten(g: Program, layer: Any, x: list[str]) -> str:
    count = 1
    for n in g.shape(x[0]):
        count *= n
    return reshaped(g, x[0], (count,))


def reshape(g: Program, layer: Any, x: list[str]) -> str:
    return reshaped(g, x[0], tuple(layer.target_shape))


def permute(g: Program, layer: Any, x: list[str]) -> str:
    return blocks.moved(x[0], [k - 1 for k in layer.dims])


def first(g: Program, x: str) -> str:
    """Channels before places."""
    rank = len(g.shape(x))
    return g.define("channels", blocks.moved(x, [rank - 1, *range(rank - 1)]))


def last(g: Program, x: str) -> str:
    rank = len(g.shape(x))
    return blocks.moved(x, [*range(1, rank), 0])


def last_only(layer: Any) -> None:
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise SpecError(f"{layer.name}: channels_first is not known; known: channels_last")


def pads(layer: Any, sizes: Sequence[int], window: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """Of padding="same": as many places as strides fit, the odd zero at the end."""
    if layer.padding == "valid":
        return [(0, 0)] * len(window)
    if layer.padding == "causal":
        return [(window[0] - 1, 0)]
    whole = [max((-(-n // s) - 1) * s + w - n, 0) for n, w, s in zip(sizes, window, strides, strict=True)]
    return [(n // 2, n - n // 2) for n in whole]


def convolution(g: Program, layer: Any, x: list[str]) -> str:
    """The kernel of Keras is (window…, channels in, channels)."""
    last_only(layer)
    sizes, dims = g.shape(x[0])[:-1], len(layer.kernel_size)
    kernel = need(g, layer, "kernel")
    turned = g.define("kernel", blocks.moved(kernel, [dims + 1, dims, *range(dims)]))
    if set(layer.dilation_rate) != {1}:
        raise SpecError(f"{layer.name}: a convolution with dilation is not known")
    around = pads(layer, sizes, layer.kernel_size, layer.strides)
    b = weight(g, layer, "bias")
    z = blocks.convolution(g, first(g, x[0]), turned, b, layer.strides, around, layer.groups)
    return activated(g, layer, last(g, g.define("z", z)))


def pooling(how: str) -> Row:
    def row(g: Program, layer: Any, x: list[str]) -> str:
        last_only(layer)
        sizes = g.shape(x[0])[:-1]
        window, stride = (numbers(v, len(sizes)) for v in (layer.pool_size, layer.strides))
        around = pads(layer, sizes, window, stride)
        if how == "mean" and any(n for pair in around for n in pair):
            raise SpecError(f"{layer.name}: average pooling with padding='same' is not known; known: 'valid'")
        return last(g, g.define("pooled", blocks.pooling(g, how, first(g, x[0]), window, stride, around)))

    return row


def numbers(value: Any, dims: int) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,) * dims


def global_pooling(how: str) -> Row:
    def row(g: Program, layer: Any, x: list[str]) -> str:
        last_only(layer)
        keep = ", keepdims=True" if getattr(layer, "keepdims", False) else ""
        return f"{how}({x[0]}, axis={tuple_text(range(len(g.shape(x[0])) - 1))}{keep})"

    return row


def zero_padding(g: Program, layer: Any, x: list[str]) -> str:
    last_only(layer)
    around = layer.padding if isinstance(layer.padding[0], list | tuple) else [layer.padding]
    return last(g, blocks.padded(g, first(g, x[0]), [tuple(pair) for pair in around]))


def merged(pattern: str) -> Row:
    """x + y + …, maximum(x, y), …"""

    def row(g: Program, layer: Any, x: list[str]) -> str:
        out = x[0]
        for other in x[1:]:
            out = pattern.format(out, other)
        return out

    return row


def average(g: Program, layer: Any, x: list[str]) -> str:
    return f"({' + '.join(x)})/{len(x)}"


def concatenate(g: Program, layer: Any, x: list[str]) -> str:
    return f"concatenate([{', '.join(x)}], axis={axes_of(g, layer, x)[0]})"


def batch_normalization(g: Program, layer: Any, x: list[str]) -> str:
    """With the moving mean and variance, as in prediction."""
    if axes_of(g, layer, x) != [len(g.shape(x[0])) - 1]:
        raise SpecError(f"{layer.name}: normalization over another axis than the last is not known")
    mean, variance = need(g, layer, "moving_mean"), need(g, layer, "moving_variance")
    scale, shift = weight(g, layer, "gamma"), weight(g, layer, "beta")
    return blocks.standardized(g, x[0], mean, variance, layer.epsilon, scale, shift)


def layer_normalization(g: Program, layer: Any, x: list[str]) -> str:
    scale, shift = weight(g, layer, "gamma"), weight(g, layer, "beta")
    return blocks.normalized(g, x[0], axes_of(g, layer, x), layer.epsilon, scale, shift)


def embedding(g: Program, layer: Any, x: list[str]) -> str:
    if x[0] not in g.inputs or x[0] in g.tokens or getattr(layer, "mask_zero", False):
        raise SpecError(f"{layer.name}: an embedding takes the model's input itself, without mask_zero")
    blocks.one_hot(g, x[0], layer.input_dim)
    return f"{x[0]} @ {need(g, layer, 'embeddings')}"


CELL = ("kernel", "recurrent_kernel", "bias")


def recurrent(step: Callable[..., list[str]], states: int) -> Row:
    """All steps one after the other, from states that are 0."""

    def row(g: Program, layer: Any, x: list[str]) -> str:
        if getattr(layer, "go_backwards", False) or getattr(layer, "stateful", False):
            raise SpecError(f"{layer.name}: go_backwards and stateful are not known")
        cell = layer.cell
        own = SimpleNamespace(**{key: getattr(cell, key, None) for key in CELL}, name=layer.name)
        w, u, b = (weight(g, own, key) for key in CELL)
        at = [g.constant(f"{name}_0", [0] * cell.units) for name in "hc"[:states]]
        outputs = []
        for t in range(g.shape(x[0])[0]):
            here = g.define(f"x_{t + 1}", f"{x[0]}[{t}]")
            at = step(g, layer, str(t + 1), here, w, u, b, at)
            outputs.append(at[0])
        return f"stack([{', '.join(outputs)}])" if layer.return_sequences else outputs[-1]

    return row


def functions(layer: Any, *wanted: tuple[str, str]) -> None:
    for key, name in wanted:
        if getattr(getattr(layer, key, None), "__name__", name) != name:
            raise SpecError(f"{layer.name}: {key} other than {name} is not known")


def lstm_step(g: Program, layer: Any, t: str, x: str, w: str, u: str, b: str | None, at: list[str]) -> list[str]:
    functions(layer, ("activation", "tanh"), ("recurrent_activation", "sigmoid"))
    z = g.define(f"z_{t}", f"{x} @ {w} + {at[0]} @ {u}" + (f" + {b}" if b else ""))
    return list(blocks.lstm_step(g, t, z, at[0], at[1]))


def gru_step(g: Program, layer: Any, t: str, x: str, w: str, u: str, b: str | None, at: list[str]) -> list[str]:
    functions(layer, ("activation", "tanh"), ("recurrent_activation", "sigmoid"))
    if not layer.reset_after:
        raise SpecError(f"{layer.name}: a GRU with reset_after=False is not known; known: reset_after=True")
    from_x = g.define(f"zx_{t}", f"{x} @ {w}" + (f" + {b}[0]" if b else ""))
    from_h = g.define(f"zh_{t}", f"{at[0]} @ {u}" + (f" + {b}[1]" if b else ""))
    return [blocks.gru_step(g, t, from_x, from_h, at[0], "zrn")]


def plain_step(g: Program, layer: Any, t: str, x: str, w: str, u: str, b: str | None, at: list[str]) -> list[str]:
    z = g.define(f"z_{t}", f"{x} @ {w} + {at[0]} @ {u}" + (f" + {b}" if b else ""))
    return [g.define(f"h_{t}", activated(g, layer, z))]


def the_same(g: Program, layer: Any, x: list[str]) -> str:
    return x[0]


LAYERS: Mapping[str, Row] = {
    "Dense": dense,
    "Activation": activation,
    "ReLU": relu,
    "LeakyReLU": leaky_relu,
    "ELU": elu,
    "Softmax": softmax,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "Conv1D": convolution,
    "Conv2D": convolution,
    "ZeroPadding1D": zero_padding,
    "ZeroPadding2D": zero_padding,
    "MaxPooling1D": pooling("max"),
    "MaxPooling2D": pooling("max"),
    "AveragePooling1D": pooling("mean"),
    "AveragePooling2D": pooling("mean"),
    "GlobalAveragePooling1D": global_pooling("mean"),
    "GlobalAveragePooling2D": global_pooling("mean"),
    "GlobalMaxPooling1D": global_pooling("max"),
    "GlobalMaxPooling2D": global_pooling("max"),
    "Add": merged("{} + {}"),
    "Subtract": merged("{} - {}"),
    "Multiply": merged("{} * {}"),
    "Maximum": merged("maximum({}, {})"),
    "Minimum": merged("minimum({}, {})"),
    "Average": average,
    "Concatenate": concatenate,
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "Embedding": embedding,
    "SimpleRNN": recurrent(plain_step, 1),
    "LSTM": recurrent(lstm_step, 2),
    "GRU": recurrent(gru_step, 1),
    **dict.fromkeys(NOTHING, the_same),
}
