"""Every kind of layer by its name: one literal table."""

from symbackprop.layers.dense import DENSE

LAYERS = {row.kind: row for row in (DENSE,)}
