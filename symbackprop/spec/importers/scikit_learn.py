"""scikit-learn's MLPClassifier and MLPRegressor, read by their attributes."""

from __future__ import annotations

from typing import Any

from symbackprop.errors import SpecError
from symbackprop.spec.importers.chain import chain, dense
from symbackprop.spec.importers.numbers import listed
from symbackprop.spec.problem import Problem

#   activation of scikit-learn → ours
ACTIVATION = {"identity": "identity", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax"}
#   loss and last activation → the loss of one sample, summed over its outputs
LOSS = {
    ("squared_error", "identity"): "half-squared-error",
    ("log_loss", "softmax"): "cross-entropy",
    ("log_loss", "logistic"): "binary-cross-entropy",
    ("binary_log_loss", "logistic"): "binary-cross-entropy",
}


def from_sklearn(
    mlp: Any, *, loss: str | None = None, inputs: object = None, targets: object = None, title: str = ""
) -> Problem:
    """The problem of a fitted MLP; its error is the mean over samples, as scikit-learn has it."""
    if not hasattr(mlp, "coefs_"):
        raise SpecError(f"{type(mlp).__name__} has no weights yet; call its fit first")
    last, how = mlp.out_activation_, getattr(mlp, "loss", "squared_error")
    for name in (mlp.activation, last):
        if name not in ACTIVATION:
            known = ", ".join(ACTIVATION)
            raise SpecError(f"no activation of scikit-learn is known by the name {name!r}; known: {known}")
    if loss is None and (how, last) not in LOSS:
        raise SpecError(f"the loss {how!r} on {last!r} outputs is not known; give another one as loss= or --loss")
    activations = [mlp.activation] * (len(mlp.coefs_) - 1) + [last]
    links = [
        dense(columns(weights), biases, ACTIVATION[name])
        for weights, biases, name in zip(mlp.coefs_, mlp.intercepts_, activations, strict=True)
    ]
    return chain(
        links,
        (len(listed(mlp.coefs_[0])),),
        loss=loss or LOSS[how, last],
        inputs=inputs,
        targets=targets,
        reduction="mean",
        title=title,
        warnings=tuple(left_out(mlp, how, len(listed(mlp.intercepts_[-1])))),
    )


def left_out(mlp: Any, how: str, outputs: int) -> list[str]:
    """Where scikit-learn's own loss differs from this one."""
    told = []
    if getattr(mlp, "alpha", 0):
        told.append(f"the penalty on weights, alpha = {mlp.alpha}, is left out of the error")
    if how == "squared_error" and outputs > 1:
        told.append(f"scikit-learn divides this error by the number of outputs, {outputs}; here they are summed")
    return told


def columns(weights: Any) -> list[Any]:
    """scikit-learn and Keras keep a column for each unit; here it is a row."""
    return [list(column) for column in zip(*listed(weights), strict=True)]
