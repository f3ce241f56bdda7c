"""Operators of PyTorch (aten) as array notation: one row an operator.

A row takes a Call and returns the text of a line, or names where an operator makes several arrays.  In a text {0}, {1}
are the operator's arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.importers import blocks
from symbackprop.spec.importers.blocks import number, reshaped, sliced, tuple_text
from symbackprop.spec.importers.program import Program
from symbackprop.tables.activations import ACTIVATIONS


@dataclass(frozen=True)
class Call:
    """One call of an operator: its arguments, names of arrays among them, and the shape of what it makes."""

    g: Program
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    sizes: tuple[int, ...]
    name: str

    def __getitem__(self, k: int) -> Any:
        return self.args[k]

    def at(self, k: int, default: Any = None) -> Any:
        """An argument that may be left out."""
        return self.args[k] if k < len(self.args) else default

    def rank(self, k: int = 0) -> int:
        return len(self.g.shape(self.args[k]))

    def axis(self, k: int, default: Any = None) -> int:
        """An axis counted from the front."""
        return int(self.at(k, default)) % self.rank()

    def refuse(self, why: str) -> SpecError:
        return SpecError(f"{self.name}: {why}")


Row = Callable[[Call], Any]


def text(pattern: str) -> Row:
    """A pattern with the arguments put in, numbers as literals."""
    return lambda c: pattern.format(*(number(a) if isinstance(a, int | float) else a for a in c.args))


def sum_like(pattern: str) -> Row:
    """a + alpha·b."""

    def row(c: Call) -> str:
        other = number(c[1]) if isinstance(c[1], int | float) else c[1]
        alpha = c.kwargs.get("alpha", 1)
        return pattern.format(c[0], other if alpha == 1 else f"{number(alpha)} * {other}")

    return row


def linear(c: Call) -> str:
    return f"{c[0]} @ {c[1]}.T" + (f" + {c[2]}" if c.at(2) else "")


def along(name: str) -> Row:
    """A function along one axis."""
    return lambda c: f"{name}({c[0]}, axis={c.axis(1)})" if c.axis(1) != c.rank() - 1 else f"{name}({c[0]})"


def reduced(name: str) -> Row:
    """sum, mean, max and min over some axes, or all."""

    def row(c: Call) -> str:
        axes = [c.at(1)] if isinstance(c.at(1), int) else c.at(1) or range(c.rank())
        keep = ", keepdims=True" if c.at(2, False) else ""
        return f"{name}({c[0]}, axis={tuple_text([a % c.rank() for a in axes])}{keep})"

    return row


def variance(c: Call) -> str:
    axes = [a % c.rank() for a in (c.at(1) or range(c.rank()))]
    count = 1
    for a in axes:
        count *= c.g.shape(c[0])[a]
    mean = c.g.define("m", f"mean({c[0]}, axis={tuple_text(axes)}, keepdims=True)")
    keep = ", keepdims=True" if c.kwargs.get("keepdim") else ""
    return f"sum(({c[0]} - {mean})**2, axis={tuple_text(axes)}{keep})/{count - c.kwargs.get('correction', 1)}"


def shaped(c: Call) -> str:
    """Every operator that keeps the entries in order: the graph says the shape."""
    return reshaped(c.g, c[0], c.sizes)


def permuted(c: Call) -> str:
    return blocks.moved(c[0], [int(a) % c.rank() for a in c[1]])


def transposed(c: Call) -> str:
    order = list(range(c.rank()))
    i, j = c.axis(1), c.axis(2)
    order[i], order[j] = j, i
    return blocks.moved(c[0], order)


def selected(c: Call) -> str:
    return sliced(c[0], c.axis(1), str(c[2]))


def slice_of(c: Call) -> str:
    start, end, step = c.at(2) or 0, c.at(3), c.at(4, 1)
    n = c.g.shape(c[0])[c.axis(1, 0)]
    end = n if end is None or end > n else end
    if (start, end, step) == (0, n, 1):
        return str(c[0])
    return sliced(c[0], c.axis(1, 0), f"{start}:{end}" + (f":{step}" if step != 1 else ""))


def joined(name: str) -> Row:
    """concatenate and stack."""

    def row(c: Call) -> str:
        rank = len(c.g.shape(c[0][0])) + (name == "stack")
        return f"{name}([{', '.join(c[0])}], axis={c.at(1, 0) % rank})"

    return row


def split(c: Call) -> list[str]:
    """Pieces of one length, or of several."""
    axis = c.axis(2, 0)
    n = c.g.shape(c[0])[axis]
    lengths = c[1] if isinstance(c[1], list) else [min(c[1], n - k) for k in range(0, n, c[1])]
    return pieces(c, axis, lengths)


def chunk(c: Call) -> list[str]:
    axis = c.axis(2, 0)
    n = c.g.shape(c[0])[axis]
    each = -(-n // c[1])
    return pieces(c, axis, [min(each, n - k) for k in range(0, n, each)])


def unbound(c: Call) -> list[str]:
    """Each entry of an axis by itself."""
    axis = c.axis(1, 0)
    return [c.g.define("part", sliced(c[0], axis, str(k))) for k in range(c.g.shape(c[0])[axis])]


def pieces(c: Call, axis: int, lengths: Sequence[int]) -> list[str]:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    return [c.g.define("part", sliced(c[0], axis, f"{at}:{at + n}")) for at, n in zip(starts, lengths, strict=True)]


def widened(c: Call) -> str:
    """expand: where nothing is repeated, the array itself."""
    if c.sizes == c.g.shape(c[0]):
        return str(c[0])
    return f"{c[0]} + {c.g.constant('zeros', blocks.zeros(c.sizes))}"


def filled(value: float | None) -> Row:
    """An array of one number."""

    def full(sizes: Sequence[int], n: float) -> Any:
        return [full(sizes[1:], n) for _ in range(sizes[0])] if sizes else n

    return lambda c: c.g.constant(c.name, full(c.sizes, c[1] if value is None else value))


def clamped(c: Call) -> str:
    out = c[0]
    for function, bound in (("maximum", c.at(1)), ("minimum", c.at(2))):
        out = f"{function}({out}, {number(bound)})" if bound is not None else out
    return str(out)


def leaky(c: Call) -> str:
    slope = c.at(1, 0.01)
    return f"leaky_relu({c[0]})" if slope == 0.01 else f"where({c[0]} > 0, {c[0]}, {number(slope)} * {c[0]})"


def elu(c: Call) -> str:
    alpha = c.at(1, 1)
    if (c.at(2, 1), c.at(3, 1)) != (1, 1):
        raise c.refuse("elu with scale or input_scale is not known")
    return f"elu({c[0]})" if alpha == 1 else f"where({c[0]} > 0, {c[0]}, {number(alpha)} * (exp({c[0]}) - 1))"


def gelu(c: Call) -> str:
    if c.kwargs.get("approximate", "none") == "tanh":
        return f"{c[0]}/2 * (1 + tanh(0.7978845608028654 * ({c[0]} + 0.044715 * {c[0]}**3)))"
    if "gelu" not in ACTIVATIONS:
        raise c.refuse("gelu with the normal distribution is not known; known: gelu(approximate='tanh')")
    return f"gelu({c[0]})"


def softplus(c: Call) -> str:
    beta = c.at(1, 1)
    return f"softplus({c[0]})" if beta == 1 else f"softplus({number(beta)} * {c[0]})/{number(beta)}"


def raised(c: Call) -> str:
    if isinstance(c[1], str):
        raise c.refuse("an exponent that is an array is not known; write exp(y*log(x))")
    return str(c[0]) if c[1] == 1 else f"{c[0]}**{number(c[1])}"


def embedding(c: Call) -> str:
    """A row of the weights for each token: a product with one-hot rows."""
    if c[1] not in c.g.inputs or c[1] in c.g.tokens:
        raise c.refuse("an embedding takes the model's input itself")
    blocks.one_hot(c.g, c[1], c.g.shape(c[0])[0])
    return f"{c[1]} @ {c[0]}"


def layer_norm(c: Call) -> str:
    axes = range(c.rank() - len(c[1]), c.rank())
    return blocks.normalized(c.g, c[0], axes, c.at(4, 1e-5), c.at(2), c.at(3))


def batch_norm(c: Call) -> str:
    """With the batch's own mean and variance in training, with the running ones else."""
    x, scale, shift, mean, var, training, _, epsilon = c.args[:8]
    dims = c.rank() - 2
    scale, shift = (p and blocks.beside_channels(p, dims) for p in (scale, shift))
    if training or mean is None:
        return blocks.normalized(c.g, x, (0, *range(2, c.rank())), epsilon, scale, shift)
    mean, var = (blocks.beside_channels(p, dims) for p in (mean, var))
    return blocks.standardized(c.g, x, mean, var, epsilon, scale, shift)


def conv(dims: int) -> Row:
    def row(c: Call) -> str:
        stride, padding, dilation = (spread(c.at(k, d), dims) for k, d in ((3, 1), (4, 0), (5, 1)))
        if isinstance(padding[0], str):
            raise c.refuse(f"padding={padding[0]!r} is not known; known: a number")
        if set(dilation) != {1}:
            raise c.refuse("a convolution with dilation is not known")
        return blocks.convolution(c.g, c[0], c[1], c.at(2), stride, [(p, p) for p in padding], c.at(6, 1))

    return row


def pool(how: str, dims: int) -> Row:
    def row(c: Call) -> str:
        window = spread(c[1], dims)
        stride = spread(c.at(2) or window, dims)
        pads = [(p, p) for p in spread(c.at(3, 0), dims)]
        if how == "max" and set(spread(c.at(4, 1), dims)) != {1}:
            raise c.refuse("max pooling with dilation is not known")
        if c.at(5 if how == "max" else 4, False):
            raise c.refuse("pooling with ceil_mode is not known")
        if how == "mean" and any(p for p, _ in pads) and not c.at(5, True):
            raise c.refuse("average pooling that does not count its padding is not known")
        return blocks.pooling(c.g, how, c[0], window, stride, pads)

    return row


def adaptive(how: str, dims: int) -> Row:
    def row(c: Call) -> str:
        sizes = c.g.shape(c[0])[-dims:]
        into = [m or n for m, n in zip(spread(c[1], dims), sizes, strict=True)]
        window = blocks.split_evenly(sizes, into)
        return blocks.pooling(c.g, how, c[0], window, window, [(0, 0)] * dims)

    return row


def spread(value: Any, dims: int) -> list[Any]:
    """One number for all axes, or one for each."""
    values = list(value) if isinstance(value, list | tuple) else [value]
    return values * dims if len(values) == 1 else values


def dropout(c: Call) -> str:
    if c.at(2, True) and c.at(1, 0.5):
        raise c.refuse("dropout in training draws its mask at random; call model.eval() first")
    return str(c[0])


def attention(c: Call) -> str:
    q, k, v = c.args[:3]
    if c.at(4, 0.0) or c.kwargs.get("dropout_p"):
        raise c.refuse("dropout in training draws its mask at random; call model.eval() first")
    mask = c.at(3) or c.kwargs.get("attn_mask")
    if c.at(5, False) or c.kwargs.get("is_causal"):
        n, m = c.g.shape(q)[-2], c.g.shape(k)[-2]
        mask = c.g.constant("mask", [[0 if j <= i else -1e30 for j in range(m)] for i in range(n)])
    return blocks.attention(c.g, q, k, v, c.kwargs.get("scale"), mask)


def recurrent(kind: str) -> Row:
    """All steps one after the other, layer upon layer, in both directions where there are two."""

    def row(c: Call) -> list[str]:
        states = c[1] if kind == "lstm" else [c[1]]
        weights, biased, count, drop, training, both, first = c.args[2:9]
        if drop and training and count > 1:
            raise c.refuse("dropout in training draws its mask at random; call model.eval() first")
        g, axis = c.g, int(first) if len(g_shape := c.g.shape(c[0])) == 3 else 0
        steps = [g.define(f"x_{t + 1}", sliced(c[0], axis, str(t))) for t in range(g_shape[axis])]
        each, last = (4 if biased else 2), []
        directions = 2 if both else 1
        for layer in range(count):
            sides = []
            for side in range(directions):
                k = layer * directions + side
                at = [g.define(f"{'hc'[s]}_0", f"{state}[{k}]") for s, state in enumerate(states)]
                own = weights[k * each : (k + 1) * each]
                run = STEPS[kind](g, steps[::-1] if side else steps, own, at)
                last.append(run[-1])
                sides.append([hc[0] for hc in (run[::-1] if side else run)])
            rank = len(g.shape(sides[0][0]))
            steps = sides[0]
            if both:
                steps = [
                    g.define("h", f"concatenate([{a}, {b}], axis={rank - 1})") for a, b in zip(*sides, strict=True)
                ]
        whole = g.define(c.name, f"stack([{', '.join(steps)}], axis={axis})")
        ends = [g.define(f"{'hc'[s]}_n", f"stack([{', '.join(e[s] for e in last)}])") for s in range(len(states))]
        return [whole, *ends]

    return row


def net(x: str, weights: str, biases: str | None) -> str:
    return f"{x} @ {weights}.T" + (f" + {biases}" if biases else "")


def four(own: list[str]) -> tuple[str, str, str | None, str | None]:
    """The weights of a layer: W, U and, where it has them, b and b′."""
    return (own[0], own[1], own[2], own[3]) if len(own) == 4 else (own[0], own[1], None, None)


def lstm_steps(g: Program, steps: list[str], own: list[str], at: list[str]) -> list[list[str]]:
    w, u, b, bu = four(own)
    out = []
    for t, x in enumerate(steps, 1):
        z = g.define(f"z_{t}", f"{net(x, w, b)} + {net(at[0], u, bu)}")
        at = list(blocks.lstm_step(g, str(t), z, at[0], at[1]))
        out.append(at)
    return out


def gru_steps(g: Program, steps: list[str], own: list[str], at: list[str]) -> list[list[str]]:
    w, u, b, bu = four(own)
    out = []
    for t, x in enumerate(steps, 1):
        from_x, from_h = g.define(f"zx_{t}", net(x, w, b)), g.define(f"zh_{t}", net(at[0], u, bu))
        at = [blocks.gru_step(g, str(t), from_x, from_h, at[0])]
        out.append(at)
    return out


def plain_steps(function: str) -> Callable[..., list[list[str]]]:
    def steps_of(g: Program, steps: list[str], own: list[str], at: list[str]) -> list[list[str]]:
        w, u, b, bu = four(own)
        out = []
        for t, x in enumerate(steps, 1):
            z = g.define(f"z_{t}", f"{net(x, w, b)} + {net(at[0], u, bu)}")
            at = [g.define(f"h_{t}", f"{function}({z})")]
            out.append(at)
        return out

    return steps_of


STEPS = {"lstm": lstm_steps, "gru": gru_steps, "tanh": plain_steps("tanh"), "relu": plain_steps("relu")}

same = text("{0}")

ATEN: Mapping[str, Row] = {
    # entry by entry
    "aten.add": sum_like("{} + {}"),
    "aten.add_": sum_like("{} + {}"),
    "aten.sub": sum_like("{} - {}"),
    "aten.rsub": sum_like("{1} - {0}"),
    "aten.mul": text("{0} * {1}"),
    "aten.mul_": text("{0} * {1}"),
    "aten.div": text("{0} / {1}"),
    "aten.neg": text("-{0}"),
    "aten.reciprocal": text("1/{0}"),
    "aten.square": text("{0}**2"),
    "aten.pow": raised,
    "aten.exp": text("exp({0})"),
    "aten.log": text("log({0})"),
    "aten.sqrt": text("sqrt({0})"),
    "aten.rsqrt": text("1/sqrt({0})"),
    "aten.sin": text("sin({0})"),
    "aten.cos": text("cos({0})"),
    "aten.sinh": text("sinh({0})"),
    "aten.cosh": text("cosh({0})"),
    "aten.abs": text("abs({0})"),
    "aten.maximum": text("maximum({0}, {1})"),
    "aten.minimum": text("minimum({0}, {1})"),
    "aten.clamp": clamped,
    "aten.clamp_min": text("maximum({0}, {1})"),
    "aten.hardtanh": clamped,
    # activations
    "aten.sigmoid": text("sigmoid({0})"),
    "aten.tanh": text("tanh({0})"),
    "aten.relu": text("relu({0})"),
    "aten.relu_": text("relu({0})"),
    "aten.relu6": text("minimum(relu({0}), 6)"),
    "aten.leaky_relu": leaky,
    "aten.leaky_relu_": leaky,
    "aten.elu": elu,
    "aten.elu_": elu,
    "aten.selu": text("selu({0})"),
    "aten.silu": text("silu({0})"),
    "aten.silu_": text("silu({0})"),
    "aten.gelu": gelu,
    "aten.mish": text("mish({0})"),
    "aten.softplus": softplus,
    "aten.softsign": text("softsign({0})"),
    "aten.hardsigmoid": text("hard_sigmoid({0})"),
    "aten.softmax": along("softmax"),
    "aten._softmax": along("softmax"),
    "aten.log_softmax": along("log_softmax"),
    "aten._log_softmax": along("log_softmax"),
    # products
    "aten.linear": linear,
    "aten.addmm": text("{1} @ {2} + {0}"),
    "aten.mm": text("{0} @ {1}"),
    "aten.mv": text("{0} @ {1}"),
    "aten.bmm": text("{0} @ {1}"),
    "aten.matmul": text("{0} @ {1}"),
    "aten.dot": text("{0} @ {1}"),
    "aten.conv1d": conv(1),
    "aten.conv2d": conv(2),
    "aten.scaled_dot_product_attention": attention,
    "aten.embedding": embedding,
    # over axes
    "aten.sum": reduced("sum"),
    "aten.mean": reduced("mean"),
    "aten.amax": reduced("max"),
    "aten.amin": reduced("min"),
    "aten.var": variance,
    "aten.max_pool1d": pool("max", 1),
    "aten.max_pool2d": pool("max", 2),
    "aten.avg_pool1d": pool("mean", 1),
    "aten.avg_pool2d": pool("mean", 2),
    "aten.adaptive_avg_pool1d": adaptive("mean", 1),
    "aten.adaptive_avg_pool2d": adaptive("mean", 2),
    "aten.layer_norm": layer_norm,
    "aten.batch_norm": batch_norm,
    # recurrent layers
    "aten.lstm": recurrent("lstm"),
    "aten.gru": recurrent("gru"),
    "aten.rnn_tanh": recurrent("tanh"),
    "aten.rnn_relu": recurrent("relu"),
    # moves
    "aten.view": shaped,
    "aten._unsafe_view": shaped,
    "aten.reshape": shaped,
    "aten.flatten": shaped,
    "aten.unflatten": shaped,
    "aten.squeeze": shaped,
    "aten.unsqueeze": shaped,
    "aten.permute": permuted,
    "aten.transpose": transposed,
    "aten.t": text("{0}.T"),
    "aten.numpy_T": text("{0}.T"),
    "aten.select": selected,
    "aten.slice": slice_of,
    "aten.cat": joined("concatenate"),
    "aten.stack": joined("stack"),
    "aten.split": split,
    "aten.split_with_sizes": split,
    "aten.chunk": chunk,
    "aten.unbind": unbound,
    "aten.expand": widened,
    "getitem": lambda c: c[0][c[1]],
    # the same array
    "aten.contiguous": same,
    "aten.clone": same,
    "aten.detach": same,
    "aten.alias": same,
    "aten.to": same,
    "aten._to_copy": same,
    "aten.dropout": dropout,
    "aten.feature_dropout": dropout,
    # numbers
    "aten.zeros": filled(0),
    "aten.zeros_like": filled(0),
    "aten.ones": filled(1),
    "aten.ones_like": filled(1),
    "aten.full": filled(None),
}  # fmt: skip
