"""Layers of every kind against torch's own, in double precision: values, and the slopes of parameters and input."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layer_cases import CASES, problem_of, with_numbers

import symbackprop as sb
from symbackprop.layers.kinds import LAYERS
from symbackprop.spec import Problem, understood
from symbackprop.spec.layers import LayerWords
from symbackprop.writers.json import doubles

pytestmark = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
NETWORKS, MOST_LAYERS = 240, 4

Arrays = dict[str, Any]


def functional() -> Any:
    from torch.nn import functional

    return functional


def activated(layer: LayerWords, z: Any) -> Any:
    name = layer.options["activation"]
    if name == "softmax":
        return z.softmax(-1)
    return z if name == "identity" else getattr(z, name)()


def dense(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    z = xs[0] @ w["weights"].T
    return activated(layer, z if w.get("biases") is None else z + w["biases"])


def convolved(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    conv = getattr(functional(), layer.kind)
    moves = {key: layer.options[key] for key in ("stride", "padding")}
    return activated(layer, conv(xs[0][None], w["weights"], w.get("biases"), **moves)[0])


def pooled(kind: str) -> Callable[..., Any]:
    def layer_of(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
        pool = getattr(functional(), f"{kind}_pool{xs[0].ndim - 1}d")
        return pool(xs[0][None], layer.options["window"], layer.options["stride"])[0]

    return layer_of


def joined(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    import torch

    return torch.cat(xs, layer.options["axis"])


def recurrent(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    """torch.nn's own module, with our arrays as its parameters; its second bias, which is added, is 0."""
    import torch

    gates = {"rnn": [""], "lstm": ["-i", "-f", "-g", "-o"], "gru": ["-r", "-z", "-n"]}[layer.kind]
    units, features = w[f"weights{gates[0]}"].shape

    def of_gates(key: str) -> Any:
        return torch.cat([w[f"{key}{gate}"] for gate in gates])

    given = {"weight_ih_l0": of_gates("weights"), "weight_hh_l0": of_gates("recurrent")}
    biased = layer.options["bias"] == "unit"
    if biased:
        given["bias_ih_l0"] = of_gates("biases")
        zeros = torch.zeros(units, dtype=torch.float64)
        second = [w["recurrent-biases-n"] if gate == "-n" else zeros for gate in gates]
        given["bias_hh_l0"] = torch.cat(second)
    more = {"nonlinearity": layer.options["activation"]} if layer.kind == "rnn" else {}
    module = getattr(torch.nn, layer.kind.upper())(features, units, bias=biased, dtype=torch.float64, **more)
    out, _ = torch.func.functional_call(module, given, (xs[0],))
    return out if layer.options["returns"] == "sequence" else out[-1]


def gru(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    """torch's own where the reset comes after; the first paper's, step by step, where it comes before."""
    import torch

    if layer.options["reset"] == "after":
        return recurrent(layer, xs, w)
    h, states = torch.zeros(w["recurrent-r"].shape[0], dtype=torch.float64), []

    def net(gate: str, x: Any, before: Any) -> Any:
        bias = w.get(f"biases-{gate}")
        return w[f"weights-{gate}"] @ x + w[f"recurrent-{gate}"] @ before + (0 if bias is None else bias)

    for x in xs[0]:
        r, z = net("r", x, h).sigmoid(), net("z", x, h).sigmoid()
        h = (1 - z) * net("n", x, r * h).tanh() + z * h
        states.append(h)
    return torch.stack(states) if layer.options["returns"] == "sequence" else h


def visible(layer: LayerWords, queries: int, keys: int) -> Any:
    """The mask as torch has it: true where a query sees a key."""
    import torch

    mask = layer.options["mask"]
    if mask == "causal":
        return torch.ones(queries, keys, dtype=torch.bool).tril()
    return None if mask is None else torch.tensor([[entry == 1 for entry in row] for row in mask])


def dot_product(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    q, k, v = xs if len(xs) == 3 else xs * 3
    return functional().scaled_dot_product_attention(q, k, v, attn_mask=visible(layer, len(q), len(k)))


def attention(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    """nn.MultiheadAttention where it can hold our sizes, else scaled_dot_product_attention between projections."""
    import torch

    q, k, v = xs if len(xs) == 3 else xs * 3
    heads, width, features = w["query"].shape
    units = w["output"].shape[0]
    mask = visible(layer, len(q), len(k))
    biased = layer.options["bias"] == "unit"
    flat = {key: w[key].reshape(heads * width, -1) for key in ("query", "key", "value")}
    out = w["output"].reshape(units, heads * width)
    if heads * width == features == units == k.shape[1] == v.shape[1]:
        module = torch.nn.MultiheadAttention(features, heads, bias=biased, dtype=torch.float64)
        given = {"in_proj_weight": torch.cat(list(flat.values())), "out_proj.weight": out}
        if biased:
            biases = [w[f"{key}-biases"].reshape(-1) for key in flat]
            given |= {"in_proj_bias": torch.cat(biases), "out_proj.bias": w["output-biases"]}
        hidden = None if mask is None else ~mask
        return torch.func.functional_call(module, given, (q, k, v), {"attn_mask": hidden})[0]

    def projected(key: str, x: Any) -> Any:
        y = x @ flat[key].T
        y = y + w[f"{key}-biases"].reshape(-1) if biased else y
        return y.reshape(len(x), heads, width).transpose(0, 1)

    rows = zip(("query", "key", "value"), (q, k, v), strict=True)
    mixed = functional().scaled_dot_product_attention(*(projected(*row) for row in rows), attn_mask=mask)
    y = mixed.transpose(0, 1).reshape(len(q), heads * width) @ out.T
    return y + w["output-biases"] if biased else y


def over_samples(layer: LayerWords, each: list[list[Any]], w: Arrays) -> list[Any]:
    """nn.functional.batch_norm on all samples at once."""
    import torch

    training = layer.options["mode"] == "training"
    x = torch.stack([xs[0] for xs in each])
    eps = float(layer.options["epsilon"])
    known = [w[key] if w[key] is None else w[key].detach() for key in ("mean", "variance")]
    y = functional().batch_norm(x, *known, w["scale"], w["shift"], training, eps=eps)
    return list(y)


def layer_norm(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    eps = float(layer.options["epsilon"])
    return functional().layer_norm(xs[0], xs[0].shape[-1:], w["scale"], w["shift"], eps)


def embedded(layer: LayerWords, xs: list[Any], w: Arrays) -> Any:
    """nn.functional.embedding of the words; added to it, a 0 through which the one-hot rows have a slope."""
    words = xs[0].argmax(-1)
    return functional().embedding(words, w["weights"]) + (xs[0] - xs[0].detach()) @ w["weights"]


TORCH: dict[str, Callable[[LayerWords, list[Any], Arrays], Any]] = {
    "dense": dense,
    "activation": lambda layer, xs, w: activated(layer, xs[0]),
    "softmax": lambda layer, xs, w: xs[0].softmax(-1),
    "flatten": lambda layer, xs, w: xs[0].flatten(),
    "add": lambda layer, xs, w: sum(xs[1:], xs[0]),
    "concatenate": joined,
    "dropout": lambda layer, xs, w: xs[0] * w["mask"] / (1 - float(layer.options["rate"])),
    "conv1d": convolved,
    "conv2d": convolved,
    "max-pooling": pooled("max"),
    "average-pooling": pooled("avg"),
    "rnn": recurrent,
    "lstm": recurrent,
    "gru": gru,
    "embedding": embedded,
    "dot-product-attention": dot_product,
    "attention": attention,
    "layer-norm": layer_norm,
}


# Layers that take the samples together.
TOGETHER: dict[str, Callable[[LayerWords, list[list[Any]], Arrays], list[Any]]] = {"batch-norm": over_samples}


def forward(p: Problem, leaves: Arrays, inputs: list[Any]) -> list[Arrays]:
    """The outputs of all layers, for each sample."""
    assert p.network is not None
    outs: list[Arrays] = [{"x": x} for x in inputs]
    by_name = {"x": "x"}
    for k, layer in enumerate(p.network.layers, 1):
        given = layer.inputs if layer.inputs is not None else "x" if k == 1 else f"a{k - 1}"
        names = (given,) if isinstance(given, str) else given
        own = {leaf.key: leaves.get(leaf.name.replace("*", str(k))) for leaf in layer.row.leaves}
        each = [[out[by_name.get(n, n)] for n in names] for out in outs]
        together = TOGETHER.get(layer.kind)
        made = together(layer, each, own) if together else [TORCH[layer.kind](layer, xs, own) for xs in each]
        for out, a in zip(outs, made, strict=True):
            out[f"a{k}"] = a
        if layer.name:
            by_name[layer.name] = f"a{k}"
    return outs


def error(p: Problem, a: Any, t: Any) -> Any:
    assert p.network is not None
    return -(t * a.log()).sum() if p.network.loss == "cross-entropy" else ((t - a) ** 2).sum() / 2


def close(ours: Any, theirs: Any, name: str) -> None:
    """To 1e-12 of the largest entry: sums of terms of its size are what doubles have rounded."""
    largest = np.max(np.abs(theirs), initial=1.0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * largest, err_msg=name)


def agree(p: Problem) -> None:
    import torch

    def floats(value: Any) -> Any:
        return [floats(v) for v in value] if isinstance(value, tuple) else float(value)

    leaves = {n: torch.tensor(floats(v), dtype=torch.float64, requires_grad=True) for n, v in p.values.items()}
    samples = [(leaves["x"], leaves["t"])] if p.samples is None else list(zip(leaves["x"], leaves["t"], strict=True))
    outs = forward(p, leaves, [x for x, _ in samples])
    last = f"a{len(p.made)}"
    total = sum(error(p, out[last], t) for out, (_, t) in zip(outs, samples, strict=True))
    total.backward()
    ours = sb.derive(p).results
    close(doubles(ours["ref", "E"]), total.item(), "E")
    for name in outs[0]:
        theirs = [out[name].tolist() for out in outs]
        close(doubles(ours["ref", name]), theirs if p.samples else theirs[0], name)
    for name in ("x", *p.parameters):
        grad = leaves[name].grad  # None where nothing takes the parameter: U of a single step
        theirs = leaves[name].detach() * 0 if grad is None else grad
        close(doubles(ours["adjoint", name]), theirs.tolist(), name)


def test_every_kind_is_compared() -> None:
    assert TORCH.keys() | TOGETHER.keys() == LAYERS.keys()


@pytest.mark.parametrize("samples", [None, 3])
@pytest.mark.parametrize("case", CASES)
def test_torch_finds_the_same(case: str, samples: int | None) -> None:
    agree(problem_of(case, samples, seed=7))


@pytest.mark.parametrize("seed", range(40))
def test_torch_slides_windows_the_same_way(seed: int) -> None:
    """Sizes, kernels, strides and paddings that are drawn, in one and two dimensions."""
    draw = random.Random(seed)
    axes = draw.choice((1, 2))
    sizes = [draw.randint(2, 6) for _ in range(axes)]
    padding = [draw.randint(0, 2) for _ in range(axes)]
    kernel = [draw.randint(1, min(4, n + 2 * p)) for n, p in zip(sizes, padding, strict=True)]
    stride = [draw.randint(1, 3) for _ in range(axes)]
    conv = {"kind": f"conv{axes}d", "channels": draw.randint(1, 3), "kernel": kernel, "stride": stride}
    conv |= {"padding": padding, "activation": draw.choice(("identity", "tanh", "sigmoid"))}
    conv |= {"bias": draw.choice(("unit", "none"))}
    out = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip(sizes, padding, kernel, stride, strict=True)]
    pool = {"kind": "average-pooling", "window": [draw.randint(1, n) for n in out], "stride": draw.randint(1, 3)}
    agree(with_numbers([draw.randint(1, 3), *sizes], [conv, pool], draw.choice((None, 2)), seed))


@pytest.mark.parametrize("seed", range(40))
def test_torch_unrolls_the_same_way(seed: int) -> None:
    draw = random.Random(seed)
    layers: list[dict[str, Any]] = []
    for returns in draw.choice((["last"], ["sequence", "last"])):
        own = {"kind": draw.choice(("rnn", "lstm", "gru")), "units": draw.randint(1, 3), "returns": returns}
        own["bias"] = draw.choice(("unit", "none"))
        layers.append(own | ({"activation": draw.choice(("tanh", "relu"))} if own["kind"] == "rnn" else {}))
    agree(with_numbers([draw.randint(1, 4), draw.randint(1, 3)], layers, draw.choice((None, 2)), seed))


@pytest.mark.parametrize("seed", range(40))
def test_torch_attends_and_normalizes_the_same_way(seed: int) -> None:
    draw = random.Random(seed)
    tokens, heads, width = draw.randint(2, 4), draw.randint(1, 3), draw.randint(1, 3)
    features = draw.choice((heads * width, draw.randint(1, 4)))
    others = draw.randint(2, 4)
    own: dict[str, Any] = {"kind": "attention", "heads": heads, "width": width}
    own["bias"] = draw.choice(("unit", "none"))
    rows = [[int(draw.random() < 0.5 or j == k) for k in range(tokens)] for j in range(tokens)]
    own["mask"] = draw.choice(("causal", rows))
    if draw.random() < 0.4:
        del own["mask"]
    epsilon = 0.1  # so that doubles, which torch has, keep 12 digits where entries are nearly alike
    layers = [own, {"kind": "layer-norm", "epsilon": epsilon}] if features > 1 else [own]
    layers += [{"kind": "flatten"}, {"units": others, "activation": "tanh"}]
    layers += [{"kind": "batch-norm", "epsilon": epsilon}]
    agree(with_numbers([tokens, features], layers, draw.choice((2, 3)), seed))


@pytest.mark.parametrize("seed", range(20))
def test_torch_normalizes_over_samples_the_same_way(seed: int) -> None:
    """Vectors, signals and images, of these samples and of given statistics."""
    draw = random.Random(seed)
    shape = [draw.randint(1, 3) for _ in range(draw.randint(1, 3))]
    layers = [{"kind": "batch-norm", "epsilon": 0.1, "mode": draw.choice(("training", "inference"))}]
    agree(with_numbers(shape, layers, draw.choice((2, 3, 4)), seed))


# ---- networks of any kinds -----------------------------------------------------------------------------------------

EPSILON = 0.1  # means over entries that are nearly alike lose digits in doubles, which torch has: it keeps them
# What may stand on an input of one axis, two or three.
ON_ANY = ("batch-norm", "dropout", "activation")
ON: dict[int, tuple[str, ...]] = {
    1: (*ON_ANY, "dense", "residual", "concatenate", "softmax", "layer-norm"),
    2: (
        *ON_ANY, "dense", "residual", "softmax", "layer-norm", "flatten", "rnn", "lstm", "gru", "attention",
        "dot-product-attention", "conv1d", "max-pooling", "average-pooling",
    ),
    3: (*ON_ANY, "flatten", "conv2d", "max-pooling", "average-pooling"),
}  # fmt: skip
smooth = st.sampled_from(("identity", "tanh", "sigmoid"))
bias = st.sampled_from(("unit", "none"))


def entries(shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    bits = st.sampled_from((1, 1, 0))
    return st.lists(entries(shape[1:]) if len(shape) > 1 else bits, min_size=shape[0], max_size=shape[0])


@st.composite
def layers_on(draw: st.DrawFn, shape: tuple[int, ...], kind: str, k: int) -> list[dict[str, Any]]:
    """A layer of the kind, or the few that make a residual."""

    def size(most: int = 3, least: int = 1) -> int:
        return draw(st.integers(least, most))

    def window(axes: tuple[int, ...], padding: int = 0) -> list[int]:
        return [size(min(3, n + 2 * padding)) for n in axes]

    own: dict[str, Any] = {"kind": kind}
    match kind:
        case "batch-norm" | "layer-norm":
            return [own | {"epsilon": EPSILON}]
        case "dropout":
            return [own | {"rate": draw(st.sampled_from((0, 0.25, "1/3"))), "mask": draw(entries(shape))}]
        case "activation":
            return [own | {"activation": draw(st.sampled_from(("tanh", "sigmoid", "relu")))}]
        case "dense":
            return [own | {"units": size(), "activation": draw(smooth), "bias": draw(bias)}]
        case "residual":
            inside = {"units": shape[-1], "activation": draw(smooth), "name": f"inside{k}"}
            before = {"kind": "activation", "activation": "tanh", "name": f"before{k}"}
            return [before, inside, {"kind": "add", "inputs": [f"before{k}", f"inside{k}"]}]
        case "concatenate":
            inside = {"units": size(), "activation": draw(smooth), "name": f"inside{k}"}
            before = {"kind": "activation", "activation": "sigmoid", "name": f"before{k}"}
            return [before, inside, own | {"inputs": [f"inside{k}", f"before{k}"]}]
        case "rnn" | "lstm" | "gru":
            own |= {"units": size(2), "returns": draw(st.sampled_from(("last", "sequence"))), "bias": draw(bias)}
            return [own | ({"reset": draw(st.sampled_from(("after", "before")))} if kind == "gru" else {})]
        case "attention":
            mask = draw(st.sampled_from(({}, {"mask": "causal"})))
            return [own | mask | {"heads": size(2), "width": size(2), "bias": draw(bias)}]
        case "conv1d" | "conv2d":
            padding = size(1, 0)
            own |= {"channels": size(2), "kernel": window(shape[1:], padding), "padding": padding, "stride": size(2)}
            return [own | {"activation": draw(smooth), "bias": draw(bias)}]
        case "max-pooling" | "average-pooling":
            return [own | {"window": window(shape[1:]), "stride": size(2)}]
    return [own]


def shape_after(inputs: Any, layers: list[dict[str, Any]]) -> tuple[int, ...]:
    at_rest = [layer | ({"mode": "inference"} if layer.get("kind") == "batch-norm" else {}) for layer in layers]
    network = {"inputs": inputs, "loss": "half-squared-error", "layers": at_rest}
    return tuple(map(int, understood({"network": network}).shapes["t"]))


@st.composite
def networks_of_any_kinds(draw: st.DrawFn) -> Problem:
    sizes = st.integers(2, 4)
    first = draw(st.sampled_from(sorted({kind for kinds in ON.values() for kind in kinds})))  # so that none stays rare
    axes = draw(st.sampled_from([n for n, kinds in ON.items() if first in kinds]))
    shape = tuple(draw(st.lists(sizes, min_size=axes, max_size=axes)))
    layers: list[dict[str, Any]] = []
    inputs: Any = list(shape)
    if len(shape) == 2 and draw(st.booleans()):
        inputs = shape[0]
        layers = [{"kind": "embedding", "vocabulary": draw(sizes), "units": shape[1]}]
    for k in range(draw(st.integers(1, MOST_LAYERS))):
        alike = 1 in shape[-1:]  # a softmax of a single entry is the constant 1, a norm of it 0
        kinds = [kind for kind in ON[len(shape)] if not (alike and kind in ("softmax", "layer-norm"))]
        layers += draw(layers_on(shape, draw(st.sampled_from(kinds)) if k else first, k))
        shape = shape_after(inputs, layers)
    return with_numbers(inputs, layers, draw(st.sampled_from((None, 2, 3))), draw(st.integers(0, 10_000)))


drawn: Counter[str] = Counter()


@settings(
    max_examples=NETWORKS, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(networks_of_any_kinds())
def test_torch_finds_the_same_in_networks_of_any_kinds(p: Problem) -> None:
    assert p.network is not None
    drawn.update(["networks", *{layer.kind for layer in p.network.layers}])
    agree(p)


def test_every_kind_was_drawn() -> None:
    if not drawn:
        pytest.skip("no network was drawn in this run")
    assert drawn["networks"] >= NETWORKS
    assert LAYERS.keys() <= drawn.keys()
