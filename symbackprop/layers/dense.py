"""The dense layer: z_j = Σ_i W_ji x_i + b_j, a_j = f(z_j)."""

from symbackprop.layers import Layer

BIAS = {"none": None, "shared": (), "unit": ("units",)}

DENSE = Layer(
    "dense",
    parameters={"W*": ("units", "inputs"), "b*": ("units",)},  # b* as BIAS says
    equations=("z* = W* @ x* + b*", "a* = f(z*)"),
)
