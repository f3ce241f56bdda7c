"""What an import brings along: the public names, and no library before it is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop

FRAMEWORKS = {"torch", "jax", "tensorflow", "keras", "sklearn", "onnx"}
EXTRAS = {"typst", "flint", "numpy"}


def python(code, *arguments):
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("name", symbackprop.__all__)
def test_every_public_name_is_there(name):
    assert getattr(symbackprop, name).__name__ == name
    assert name in dir(symbackprop)


def test_public_names_are_few():
    assert len(symbackprop.__all__) <= 20
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        symbackprop.no_such_name  # noqa: B018  # the look-up is the test


@pytest.mark.parametrize(
    "code",
    [
        "import symbackprop",
        "import symbackprop.errors",
        "from symbackprop.cli import main\ntry: main()\nexcept SystemExit: pass",
    ],
    ids=["import", "errors", "--help"],
)
def test_nobody_waits_for_sympy_without_need(code):
    assert python(f"{code}\nimport sys\nprint('sympy' in sys.modules)", "--help").endswith("False\n")


def test_every_room_opens_without_extras_and_frameworks():
    """A file inside a room may be there for an extra alone, as long as the room does not bring it along."""
    python(
        f"""
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FRAMEWORKS | EXTRAS}:
            raise ModuleNotFoundError(f"{{name}} is an option", name=name)

sys.meta_path.insert(0, Absent())
import symbackprop
for room in pkgutil.iter_modules(symbackprop.__path__, "symbackprop."):
    importlib.import_module(room.name)
"""
    )


def imported_with(tree):
    """The libraries that a module imports when it is imported itself; what its functions do later is their affair."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                pass
            case _:
                yield from imported_with(node)


def test_no_module_imports_a_framework_along_with_itself():
    for path in Path(symbackprop.__file__).parent.rglob("*.py"):
        assert not FRAMEWORKS & set(imported_with(ast.parse(path.read_bytes()))), path


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import torch.nn as nn", {"torch"}),
        ("try:\n    from jax import grad\nexcept ImportError:\n    pass", {"jax"}),
        ("class A:\n    import onnx", {"onnx"}),
        ("def f():\n    import torch", set()),
        ("from . import torch", set()),
    ],
)
def test_an_import_along_would_be_found(source, found):
    assert set(imported_with(ast.parse(source))) == found
