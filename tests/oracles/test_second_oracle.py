"""The Hessian against PyTorch's own, torch.autograd.functional.hessian, to 1e-12."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from math import prod

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from test_frameworks import cancelled, floats, networks

import symbackprop as sb
from symbackprop.numeric.field import double
from symbackprop.spec.problem import Problem
from symbackprop.verifier.oracle.frameworks import BACKENDS, plain_losses
from symbackprop.verifier.oracle.programs import layers_error
from symbackprop.verifier.oracle.subject import Subject
from symbackprop.writers.json import doubles

pytestmark = pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
MOST = 30  # parameters of one network: PyTorch goes row by row


def theirs(p: Problem) -> np.ndarray:
    """∂²E/∂p∂q over all parameters, entry after entry."""
    import torch

    backend, subject = BACKENDS["torch"](), Subject(p)
    # The second derivative of nn.binary_cross_entropy has 1e-12 added to a(1 − a): right to 11 digits, and no more.
    backend = replace(backend, losses=plain_losses(backend.functions))
    leaves = {n: backend.array(floats(v)) for n, v in p.values.items()}

    def error(flat: torch.Tensor) -> torch.Tensor:
        pieces = flat.split([prod(leaves[n].shape) for n in p.parameters])
        moved = {n: piece.reshape(leaves[n].shape) for n, piece in zip(p.parameters, pieces, strict=True)}
        return layers_error(backend, subject, {**leaves, **moved}, lambda _, value: value)

    start = torch.cat([leaves[n].reshape(-1) for n in p.parameters])
    return torch.autograd.functional.hessian(error, start).numpy()


@settings(
    max_examples=150, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
@given(networks())
def test_pytorch_finds_our_hessian(p: Problem) -> None:
    """To 1e-12 of the largest entry; more only where the outputs' own error cancels in doubles."""
    assert p.network is not None
    derivation = sb.derive(p)
    assume(sum(1 for _ in derivation.curvature.entries()) <= MOST)
    assert derivation.curvature.names == p.parameters
    ours = np.array([[double(x) for x in row.values()] for row in derivation.hessian().values()])
    expected = theirs(p)
    lost = cancelled(p, doubles(derivation.results["ref", f"a{len(p.network.layers)}"]))
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * (np.max(np.abs(expected)) + 1e-2 * lost))
    np.testing.assert_array_equal(ours, ours.T)
