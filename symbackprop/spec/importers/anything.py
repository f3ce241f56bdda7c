"""What `symbackprop import MODEL` takes: an ONNX file, or module:object, told apart by what they are like."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from symbackprop.errors import Place, SpecError, SymbackpropError
from symbackprop.spec.importers.keras import from_keras
from symbackprop.spec.importers.onnx import from_onnx
from symbackprop.spec.importers.scikit_learn import from_sklearn
from symbackprop.spec.importers.torch import from_torch
from symbackprop.spec.problem import Problem

#   suffix of a file that is a pickle, or may hold one → how to come by the model without loading it here
PICKLES = dict.fromkeys((".pt", ".pth", ".ckpt", ".bin"), "torch") | dict.fromkeys(
    (".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".keras", ".npy", ".dill"), "model"
)

#   attributes that a model has → who reads it
READERS: tuple[tuple[tuple[str, ...], Callable[..., Problem]], ...] = (
    (("graph_signature", "state_dict"), from_torch),
    (("named_parameters", "forward"), from_torch),
    (("layers", "get_weights"), from_keras),
    (("out_activation_", "coefs_"), from_sklearn),
    (("partial_fit", "hidden_layer_sizes"), from_sklearn),
    (("graph", "opset_import"), from_onnx),
)


def from_anything(model: str, **words: Any) -> Problem:
    """The problem of a saved ONNX file, or of an object of the user's own module."""
    path = Path(model)
    if path.suffix.lower() in PICKLES:
        raise SpecError(pickled(path), Place(model))
    if path.suffix.lower() == ".onnx":
        return from_onnx(path, **{key: value for key, value in words.items() if not is_shape(key, value)})
    module, colon, name = model.partition(":")
    if not colon or not all(part.isidentifier() for part in (*module.split("."), *name.split("."))):
        raise SpecError("a model is an ONNX file (model.onnx), or module:object, such as mine:model", Place(model))
    try:
        return read(found(module, name), words)
    except SymbackpropError as error:
        raise SpecError.of(
            [(Place(model) if f.place == Place() else f.place, f.message) for f in error.faults]
        ) from None


def is_shape(key: str, value: object) -> bool:
    """A file tells its shapes itself."""
    return key == "inputs" and isinstance(value, tuple)


def pickled(path: Path) -> str:
    load = {"torch": "torch.load"}.get(PICKLES[path.suffix.lower()], "what loads it")
    return (
        f"a {path.suffix} file may be a pickle, and loading one runs whatever is in it: it is not loaded here. "
        f"Call {load} in a module of your own, mine.py, and write mine:model; or save the model as ONNX"
    )


def found(module: str, name: str) -> Any:
    """The object; the current folder is looked at first, as `python` does."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        out = import_module(module)
        for part in name.split("."):
            out = getattr(out, part)
    except ModuleNotFoundError as error:
        raise SpecError(f"there is no module {error.name!r} here") from None
    except AttributeError:
        raise SpecError(f"{module} has no {name!r}") from None
    except Exception as error:  # the user's own program
        raise SpecError(f"{module} cannot be imported: {type(error).__name__}: {error}") from None
    return out


def read(model: Any, words: dict[str, Any]) -> Problem:
    """A model by what it has; a function without arguments is called for one."""
    for asked in (False, True):
        if isinstance(model, Problem):
            return model
        for attributes, reader in READERS:
            if not isinstance(model, type) and all(hasattr(model, name) for name in attributes):
                return reader(model, **suiting(reader, words))
        if not callable(model) or asked:
            break
        model = made(model)
    kinds = "PyTorch, Keras, scikit-learn (an MLP) and ONNX"
    raise SpecError(f"a {type(model).__name__} is no model that is known; known are those of {kinds}")


def made(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except Exception as error:  # the user's own program
        name = getattr(function, "__name__", "the object")
        raise SpecError(f"{name}() does not return a model: {type(error).__name__}: {error}") from None


def suiting(reader: Callable[..., Problem], words: dict[str, Any]) -> dict[str, Any]:
    """The words that a reader takes: the shape of a sample is asked for by torch alone, the others know it."""
    return {key: value for key, value in words.items() if reader is from_torch or not is_shape(key, value)}
