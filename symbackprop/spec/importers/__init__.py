"""Trained models of other libraries as problems.  No library is imported here: a model is read by its attributes.

    problem = from_torch(model, inputs=(3,))        # a torch.nn.Module, or what torch.export makes of it
    problem = from_keras(model)                     # a Keras model, Sequential or functional
    problem = from_sklearn(mlp)                     # an MLPClassifier or MLPRegressor
    problem = from_onnx("model.onnx")               # with the extra onnx

A chain of dense layers becomes a network in the layers form, anything else a network as equations.
"""

from symbackprop.spec.importers.anything import from_anything
from symbackprop.spec.importers.keras import from_keras
from symbackprop.spec.importers.onnx import from_onnx
from symbackprop.spec.importers.scikit_learn import from_sklearn
from symbackprop.spec.importers.torch import from_torch

__all__ = ["from_anything", "from_keras", "from_onnx", "from_sklearn", "from_torch"]
