"""Recurrent layers, unrolled: one equation for each step of the sequence, the same parameters in all of them.

    rnn   h_t = f(W x_t + U h_{t−1} + b)
    lstm  c_t = f_t c_{t−1} + i_t g_t,           h_t = o_t tanh(c_t)
    gru   h_t = (1 − z_t) n_t + z_t h_{t−1}

Before the first step h and c are 0, and what they multiply is left out.
"""

from collections.abc import Callable, Iterator

from symbackprop.layers import Here, Layer, Leaf, Option, Shape, Unfit
from symbackprop.layers.dense import ACTIVATION, UNITS

RETURNS = Option(
    "returns", "word", '"last": h of the last step; "sequence": h of all steps, in rows', "last", ("last", "sequence")
)
BIAS = Option("bias", "word", '"none" or "unit" (one for each unit)', "unit", ("none", "unit"))
Step = Callable[[Here, int], Iterator[str]]


def weights(here: Here) -> Shape:
    return (here["units"], here.shape[-1])


def recurrent(here: Here) -> Shape:
    return (here["units"], here["units"])


def biases(here: Here) -> Shape | None:
    return None if here["bias"] == "none" else (here["units"],)


def net(gate: str, t: int) -> str:
    """W x_t + U h_{t−1} + b, with the letters of a gate."""
    before = f" + U{gate}* @ h*_{t - 1}" if t > 1 else ""
    return f"W{gate}* @ x*[{t - 1}]{before} + b{gate}*"


def gate(name: str, t: int, activation: str = "sigmoid") -> tuple[str, str]:
    """A gate's net input, and the gate."""
    return f"z{name}*_{t} = {net(name, t)}", f"{name}*_{t} = {activation}(z{name}*_{t})"


def rnn(here: Here, t: int) -> Iterator[str]:
    yield f"z*_{t} = {net('', t)}"
    yield f"h*_{t} = f(z*_{t})"


def lstm(here: Here, t: int) -> Iterator[str]:
    yield from gate("i", t)
    if t > 1:
        yield from gate("f", t)
    yield from gate("g", t, "tanh")
    yield from gate("o", t)
    kept = f"f*_{t} * c*_{t - 1} + " if t > 1 else ""
    yield f"c*_{t} = {kept}i*_{t} * g*_{t}"
    yield f"h*_{t} = o*_{t} * tanh(c*_{t})"


def gru(here: Here, t: int) -> Iterator[str]:
    after = here["reset"] == "after"
    if t > 1 or (after and here["bias"] == "unit"):
        yield from gate("r", t)
    yield from gate("z", t)
    reset = ""
    if after and t > 1:
        yield f"u*_{t} = Un* @ h*_{t - 1} + bu*"
        reset = f" + r*_{t} * u*_{t}"
    elif after and here["bias"] == "unit":
        reset = f" + r*_{t} * bu*"
    elif t > 1:
        yield f"u*_{t} = r*_{t} * h*_{t - 1}"
        reset = f" + Un* @ u*_{t}"
    yield f"zn*_{t} = Wn* @ x*[{t - 1}]{reset} + bn*"
    yield f"n*_{t} = tanh(zn*_{t})"
    kept = f" + z*_{t} * h*_{t - 1}" if t > 1 else ""
    yield f"h*_{t} = (1 - z*_{t}) * n*_{t}{kept}"


def unrolled(step: Step) -> Callable[[Here], tuple[str, ...]]:
    """All steps, then what the layer gives."""

    def equations(here: Here) -> tuple[str, ...]:
        steps = here.shape[0]
        if not isinstance(steps, int):
            raise Unfit("kind", f"the layer is unrolled, so how many steps there are is a number, not '{steps}'")
        lines = [line for t in range(1, steps + 1) for line in step(here, t)]
        states = ", ".join(f"h*_{t}" for t in range(1, steps + 1))
        last = f"h*_{steps}" if here["returns"] == "last" else f"stack([{states}])"
        return (*lines, f"a* = {last}")

    return equations


def arrays(gate: str = "") -> tuple[tuple[Option, ...], tuple[Leaf, ...]]:
    """W, U and b of a gate."""
    end, of = (f"-{gate}", f" of {gate}") if gate else ("", "")
    into = "row j holds the weights into unit j"
    options = (
        Option(f"weights{end}", "array", f"W{of}: a row for each unit. Left out, they stay symbols", None),
        Option(f"recurrent{end}", "array", f"U{of}: a row for each unit, the weights from h of the step before", None),
        Option(f"biases{end}", "array", f"b{of}: one for each unit", None),
    )
    leaves = (
        Leaf(f"W{gate}*", f"weights{end}", "weights", weights, into),
        Leaf(f"U{gate}*", f"recurrent{end}", "weights", recurrent, into),
        Leaf(f"b{gate}*", f"biases{end}", "biases", biases, "one for each unit", ("bias", "unit")),
    )
    return options, leaves


def layer(
    kind: str,
    says: str,
    step: Step,
    gates: str,
    options: tuple[Option, ...] = (),
    more: tuple[tuple[Option, Leaf], ...] = (),
) -> Layer:
    of_gates = [arrays(gate) for gate in gates or [""]]
    written = tuple(option for own, _ in of_gates for option in own)
    leaves = tuple(leaf for _, own in of_gates for leaf in own)
    return Layer(
        kind,
        says,
        unrolled(step),
        (UNITS, *options, RETURNS, BIAS, *written, *(option for option, _ in more)),
        (*leaves, *(leaf for _, leaf in more)),
        takes={2: "[steps, features]"},
        unrolled=True,
    )


def reset_biases(here: Here) -> Shape | None:
    return biases(here) if here["reset"] == "after" else None


WITHIN = (
    Option("recurrent-biases-n", "array", 'One for each unit, added to Un h before the reset (reset = "after")', None),
    Leaf("bu*", "recurrent-biases-n", "biases", reset_biases, "one for each unit", ("reset", "after")),
)
RESET = Option(
    "reset",
    "word",
    '"after": n = tanh(Wn x + bn + r (Un h + bu)), as PyTorch and Keras; "before": n = tanh(Wn x + Un (r h) + bn)',
    "after",
    ("after", "before"),
)
TANH = ACTIVATION._replace(default="tanh")

RNN = layer("rnn", "h_t = f(W x_t + U h_{t-1} + b)", rnn, "", (TANH,))
LSTM = layer("lstm", "c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh(c_t)", lstm, "ifgo")
GRU = layer("gru", "h_t = (1 - z_t) n_t + z_t h_{t-1}", gru, "rzn", (RESET,), (WITHIN,))
