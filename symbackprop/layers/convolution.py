"""Convolutions, as every framework computes them (without turning the kernel round): a window slides over the input.

    z_o[j] = Σ_c Σ_u W_o,c[u] x_c[stride·j + u − padding] + b_o,   a = f(z)
"""

from symbackprop.layers import Here, Layer, Leaf, Option, Shape

PLAIN = {"stride": 1, "padding": 0}
KERNEL, STRIDE = "The size of the window: a whole number, or one for each axis", "How far the window moves at a time"


def convolution(kind: str, axes: int, comes_in: str) -> Layer:
    """A convolution over the last one or two axes; the first one are the channels."""
    kernel = ", ".join(["channel out", "channel in", *("height", "width")[2 - axes :]])

    def equations(here: Here) -> tuple[str, ...]:
        places = ", ".join([":", *["None"] * axes])
        moves = {key: here.sizes(key, axes) for key in ("stride", "padding")}
        options = "".join(f", {key}={tuple_text(sizes)}" for key, sizes in moves.items() if set(sizes) != {PLAIN[key]})
        return f"z* = conv(x*, W*{options}) + b*[{places}]", "a* = f(z*)"

    def weights(here: Here) -> Shape:
        return (here["channels"], here.shape[0], *here.sizes("kernel", axes))

    return Layer(
        kind,
        "z_o = sum over c of W_oc slid over x_c, + b_o; a = f(z)",
        equations,
        options=(
            Option("channels", "size", "How many channels come out", low=1),
            Option("kernel", "sizes", KERNEL, low=1),
            Option("stride", "sizes", STRIDE, 1, low=1),
            Option("padding", "sizes", "How many zeros are put before and after each axis", 0),
            Option("activation", "activation", "f in a = f(z) (symbackprop list activations)", "identity"),
            Option("bias", "word", '"none" or "unit" (one for each channel that comes out)', "unit", ("none", "unit")),
            Option("weights", "array", f"By {kernel}. Left out, they stay symbols", None),
            Option("biases", "array", "One for each channel that comes out", None),
        ),
        leaves=(
            Leaf("W*", "weights", "weights", weights, "channels out, channels in, then the kernel"),
            Leaf("b*", "biases", "biases", biases, "one for each channel that comes out", ("bias", "unit")),
        ),
        takes={axes + 1: comes_in},
        told="kernel",
    )


def tuple_text(sizes: tuple[int, ...]) -> str:
    """(2, 1), or 2 where all are alike."""
    return str(sizes[0]) if len(set(sizes)) == 1 else str(sizes)


def biases(here: Here) -> Shape | None:
    return None if here["bias"] == "none" else (here["channels"],)


def pooling(kind: str, function: str, says: str) -> Layer:
    """One number for each window, channel by channel."""

    def equations(here: Here) -> tuple[str, ...]:
        axes = len(here.shape) - 1
        window = ", ".join(map(str, here.sizes("window", axes)))
        stride = "" if here["stride"] is None else f", stride={tuple_text(here.sizes('stride', axes))}"
        return (f"a* = {function}(x*, ({window}){stride})",)

    return Layer(
        kind,
        says,
        equations,
        options=(
            Option("window", "sizes", KERNEL, low=1),
            Option("stride", "sizes", f"{STRIDE}; left out, by its own size", None, low=1),
        ),
        takes={2: "[channels, length]", 3: "[channels, height, width]"},
        told="window",
    )


CONV1D = convolution("conv1d", 1, "[channels, length]")
CONV2D = convolution("conv2d", 2, "[channels, height, width]")
MAX_POOLING = pooling("max-pooling", "max_pool", "a = the largest entry of each window")
AVERAGE_POOLING = pooling("average-pooling", "mean_pool", "a = the mean of each window")
