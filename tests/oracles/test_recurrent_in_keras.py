"""lstm and gru against keras, in double precision, with its conventions."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from layer_cases import with_numbers

import symbackprop as sb
from symbackprop.writers.json import doubles

pytestmark = pytest.mark.skipif(find_spec("keras") is None, reason="keras is not installed")


@pytest.mark.parametrize("layer", [{"kind": "lstm"}, {"kind": "gru"}, {"kind": "gru", "reset": "before"}])
def test_keras_unrolls_the_same_way(layer: dict[str, Any]) -> None:
    """Its gates stand as i, f, c, o and as z, r, h; its kernels are transposed; `reset_after` is our `reset`."""
    import keras

    p = with_numbers([3, 2], [layer | {"units": 4, "returns": "sequence"}], seed=5)
    w = {name: np.array(doubles(value)) for name, value in p.values.items()}
    gates = {"lstm": "ifgo", "gru": "zrn"}[layer["kind"]]
    kernel, recurrent = (np.concatenate([w[f"{c}{g}1"].T for g in gates], axis=1) for c in "WU")
    biases = np.concatenate([w[f"b{g}1"] for g in gates])
    more = {}
    if layer["kind"] == "gru":
        more["reset_after"] = layer.get("reset") != "before"
        biases = np.stack([biases, np.concatenate([np.zeros(8), w["bu1"]])]) if more["reset_after"] else biases
    made = getattr(keras.layers, layer["kind"].upper())(4, return_sequences=True, dtype="float64", **more)
    made.build((1, 3, 2))
    made.set_weights([kernel, recurrent, biases])
    theirs = np.array(made(w["x"][None]))[0]
    np.testing.assert_allclose(doubles(sb.derive(p).results["ref", "a1"]), theirs, rtol=1e-12, atol=1e-12)
