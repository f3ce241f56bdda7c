"""symbackprop turns a network into its backpropagation, worked out in full.

    import symbackprop as sb
    derivation = sb.derive(sb.load("examples/mazur.toml"))

The public names and nothing else. Each is imported when it is first asked for, so that `symbackprop --help` and whoever
wants one thing do not wait for SymPy.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "load": "symbackprop.api",
    "loads": "symbackprop.api",
    "Network": "symbackprop.api",
    "Dense": "symbackprop.api",
    "from_torch": "symbackprop.spec.importers",
    "from_keras": "symbackprop.spec.importers",
    "from_sklearn": "symbackprop.spec.importers",
    "from_onnx": "symbackprop.spec.importers",
    "derive": "symbackprop.api",
    "solution": "symbackprop.api",
    "verify": "symbackprop.api",
    "exam": "symbackprop.api",
    "SymbackpropError": "symbackprop.errors",
    "SpecError": "symbackprop.errors",
    "ReadError": "symbackprop.errors",
    "ShapeError": "symbackprop.errors",
    "DerivationError": "symbackprop.errors",
    "TemplateFault": "symbackprop.errors",
    "OutputError": "symbackprop.errors",
    "MissingExtra": "symbackprop.errors",
}

__all__ = list(_PUBLIC)  # a literal list would say every name twice


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PUBLIC[name]), name)  # asked for once, found at once from then on
    return value


def __dir__() -> list[str]:
    return [*globals(), *_PUBLIC]
