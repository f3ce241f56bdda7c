"""What PyTorch, Keras and ONNX call by different names, as lines of array notation.

Each function writes lines into a program and returns the text, or the name, of what comes out.  Images and signals have
their channels before their sizes: (…, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.errors import SpecError
from symbackprop.spec.importers.program import Program

Sizes = Sequence[int]


def number(value: float) -> str:
    """A literal: a whole number without a point, a negative one in parentheses."""
    text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    return f"({text})" if value < 0 else text


def tuple_text(sizes: Sizes) -> str:
    return f"({', '.join(map(str, sizes))})" if len(sizes) != 1 else str(sizes[0])


def moved(x: str, order: Sizes) -> str:
    return x if list(order) == list(range(len(order))) else f"transpose({x}, {tuple_text(order)})"


def reshaped(g: Program, x: str, sizes: Sizes) -> str:
    if tuple(sizes) == g.shape(x):
        return x
    if not sizes:
        return f"{x}[{', '.join('0' for _ in g.shape(x))}]"
    return f"reshape({x}, {tuple_text(sizes)})"


def sliced(x: str, axis: int, what: str) -> str:
    """x[:, 2] and the like."""
    return f"{x}[{', '.join([':'] * axis + [what])}]"


def padded(g: Program, x: str, pads: Sequence[tuple[int, int]]) -> str:
    """Zeros before and after, on the last axes of x."""
    for k, (before, after) in enumerate(pads):
        axis = len(g.shape(x)) - len(pads) + k
        pieces = [x]
        for count, at in ((before, 0), (after, 2)):
            if count:
                sizes = list(g.shape(x))
                sizes[axis] = count
                pieces.insert(at, g.constant("zeros", zeros(sizes)))
        if len(pieces) > 1:
            x = g.define("padded", f"concatenate([{', '.join(pieces)}], axis={axis})")
    return x


def zeros(sizes: Sizes) -> object:
    return [zeros(sizes[1:]) for _ in range(sizes[0])] if sizes else 0


def convolution(
    g: Program, x: str, weights: str, biases: str | None,
    stride: Sizes, pads: Sequence[tuple[int, int]], groups: int = 1,
) -> str:  # fmt: skip
    """z[o, p…] = b[o] + Σ_c Σ_u W[o, c, u…] · x[c, stride·p + u…], of each sample where several stand in x."""
    outs, each, *window = g.shape(weights)
    dims = len(window)
    even = all(before == after for before, after in pads)
    x = x if even else padded(g, x, pads)
    options = option("stride", stride, 1) + (option("padding", [before for before, _ in pads], 0) if even else "")
    lead = len(g.shape(x)) - dims - 1

    def one(place: str) -> str:
        if groups == 1:
            return f"conv({place or x}, {weights}{options})"
        n = outs // groups
        parts = [
            f"conv({sliced(place or x, 0, f'{k * each}:{(k + 1) * each}')}, {weights}[{k * n}:{(k + 1) * n}]{options})"
            for k in range(groups)
        ]
        return f"concatenate([{', '.join(parts)}])"

    samples = [one(f"{x}[{k}]") for k in range(g.shape(x)[0])] if lead else []
    z = f"stack([{', '.join(samples)}])" if lead else one("")
    return z if biases is None else f"{z} + {beside_channels(biases, dims)}"


def option(word: str, sizes: Sizes, usual: int) -> str:
    """stride=2, or nothing where it is as usual."""
    same = len(set(sizes)) == 1
    return "" if same and sizes[0] == usual else f", {word}={sizes[0] if same else tuple_text(sizes)}"


def pooling(g: Program, how: str, x: str, window: Sizes, stride: Sizes, pads: Sequence[tuple[int, int]]) -> str:
    """The largest number, or the mean, of what each place of the window sees."""
    if how == "max" and any(n for pair in pads for n in pair):
        raise SpecError("max pooling with padding is not known; known: max pooling without, average pooling with zeros")
    moves = "" if list(stride) == list(window) else f", stride={tuple_text(stride)}"
    return f"{how}_pool({padded(g, x, pads)}, ({', '.join(map(str, window))}){moves})"


def split_evenly(sizes: Sizes, into: Sizes) -> tuple[int, ...]:
    """The window that makes `into` places of each size."""
    if any(n % m for n, m in zip(sizes, into, strict=True)):
        raise SpecError(f"adaptive pooling of {tuple_text(sizes)} to {tuple_text(into)} has windows of several sizes")
    return tuple(n // m for n, m in zip(sizes, into, strict=True))


def beside_channels(name: str, dims: int) -> str:
    """A number for each channel, to be put beside (…, channels, places…)."""
    return f"{name}[{', '.join([':'] + ['None'] * dims)}]" if dims else name


def scaled(x: str, scale: str | None, shift: str | None) -> str:
    return x + (f" * {scale}" if scale else "") + (f" + {shift}" if shift else "")


def standardized(
    g: Program, x: str, mean: str, variance: str, epsilon: float, scale: str | None = None, shift: str | None = None
) -> str:
    """scale · (x − m) / √(v + ε) + shift."""
    return scaled(f"({x} - {mean})/sqrt({variance} + {number(epsilon)})", scale, shift)


def normalized(
    g: Program, x: str, axes: Sizes, epsilon: float, scale: str | None = None, shift: str | None = None
) -> str:
    """The same with the mean and the variance of x itself along some axes."""
    along = f"axis={tuple_text(axes)}, keepdims=True"
    mean = g.define("m", f"mean({x}, {along})")
    variance = g.define("v", f"mean(({x} - {mean})**2, {along})")
    return standardized(g, x, mean, variance, epsilon, scale, shift)


def attention(g: Program, q: str, k: str, v: str, scale: float | None, mask: str | None) -> str:
    """softmax(Q Kᵀ/√d + mask) V."""
    rank, width = len(g.shape(k)), g.shape(q)[-1]
    score = f"{q} @ swapaxes({k}, {rank - 2}, {rank - 1})"
    score += f" * {number(scale)}" if scale is not None else f"/sqrt({width})"
    s = g.define("S", score + (f" + {mask}" if mask else ""))
    return f"{g.define('P', f'softmax({s})')} @ {v}"


# ---- recurrent layers ----------------------------------------------------------------------------------------------


def gate(g: Program, function: str, wish: str, net: str, units: int, k: int) -> str:
    """The k-th part of what all gates make together."""
    part = sliced(net, len(g.shape(net)) - 1, f"{k * units}:{(k + 1) * units}")
    return g.define(wish, f"{function}({part})" if function else part)


def lstm_step(g: Program, t: str, net: str, h: str, c: str, order: str = "ifgo") -> tuple[str, str]:
    """c ← f·c + i·g, h ← o·tanh(c); `order` is that of the gates in the weights."""
    units = g.shape(h)[-1]
    i, f, o = (gate(g, "sigmoid", f"{k}_{t}", net, units, order.index(k)) for k in "ifo")
    new = gate(g, "tanh", f"g_{t}", net, units, order.index("g"))
    c = g.define(f"c_{t}", f"{f} * {c} + {i} * {new}")
    return g.define(f"h_{t}", f"{o} * tanh({c})"), c


def gru_step(g: Program, t: str, from_x: str, from_h: str, h: str, order: str = "rzn") -> str:
    """h ← (1 − z)·n + z·h with n = tanh(W x + b + r·(U h + b′))."""
    units = g.shape(h)[-1]
    gates = {}
    for name in "rz":
        parts = [
            gate(g, "", f"{name}{side}_{t}", y, units, order.index(name)) for side, y in (("x", from_x), ("h", from_h))
        ]
        gates[name] = g.define(f"{name}_{t}", f"sigmoid({parts[0]} + {parts[1]})")
    own, kept = (gate(g, "", f"n{side}_{t}", y, units, order.index("n")) for side, y in (("x", from_x), ("h", from_h)))
    n = g.define(f"n_{t}", f"tanh({own} + {gates['r']} * {kept})")
    return g.define(f"h_{t}", f"(1 - {gates['z']}) * {n} + {gates['z']} * {h}")


def one_hot(g: Program, tokens: str, vocabulary: int) -> None:
    """Token numbers become rows with a single 1, so that an embedding is a product."""
    g.tokens[tokens] = vocabulary
    g.reshaped_input(tokens, (*g.shape(tokens), vocabulary))
