"""The dense layer: z_j = Σ_i W_ji x_i + b_j, a_j = f(z_j).  On inputs of more axes it acts on the last one."""

from symbackprop.layers import Here, Layer, Leaf, Option, Shape


def biases(here: Here) -> Shape | None:
    return {"none": None, "shared": (), "unit": (here["units"],)}[here["bias"]]


def one_for(here: Here) -> str:
    return {"shared": 'bias = "shared" is one for the whole layer', "unit": 'bias = "unit" is one for each unit'}[
        here["bias"]
    ]


def equations(here: Here) -> tuple[str, ...]:
    product = "W* @ x*" if len(here.shape) == 1 else "x* @ W*.T"
    return f"z* = {product} + b*", "a* = f(z*)"


UNITS = Option("units", "size", 'How many units: a whole number, or a name such as "n" for any number', low=1)
ACTIVATION = Option("activation", "activation", "f in a = f(z) (symbackprop list activations)")
WEIGHTS = Option(
    "weights", "array", "A row for each unit: row j holds the weights into unit j. Left out, they stay symbols", None
)

DENSE = Layer(
    "dense",
    "z = W @ x + b, a = f(z)",
    equations,
    options=(
        UNITS,
        ACTIVATION,
        Option(
            "bias",
            "word",
            '"none", "shared" (one number for the layer) or "unit" (one for each unit)',
            "unit",
            ("none", "shared", "unit"),
        ),
        WEIGHTS,
        Option(
            "biases",
            "array",
            'One number where bias is "shared", a list of one for each unit where it is "unit"',
            None,
        ),
    ),
    leaves=(
        Leaf(
            "W*",
            "weights",
            "weights",
            lambda here: (here["units"], here.shape[-1]),
            "row j holds the weights into unit j",
        ),
        Leaf("b*", "biases", "biases", biases, one_for, ("bias", "unit")),
    ),
    told="units",
)
