"""A problem as a spec file, with its long numbers in an npz beside it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from symbackprop.errors import MissingExtra, OutputError, Place, SpecError, SymbackpropError
from symbackprop.spec import dumps
from symbackprop.spec.files import MOST_TEXT
from symbackprop.spec.numbers import Array
from symbackprop.spec.problem import Problem
from symbackprop.spec.write import parted
from symbackprop.writers.files import placed


def whole(problem: Problem) -> str:
    """The text of a spec that needs no other file."""
    advice = "-o SPEC.toml keeps the numbers in SPEC.npz beside it"
    try:
        text = dumps(problem)
    except SpecError as error:
        raise SpecError(f"{error}: {advice}") from None
    if len(text.encode()) > MOST_TEXT:
        raise SpecError(f"the spec would be longer than the {MOST_TEXT // 1024} kB that are read; {advice}")
    return text


def write_spec(problem: Problem, path: Path) -> list[Path]:
    """Write SPEC.toml and, where numbers are long or many, SPEC.npz: both, or neither."""
    beside = path.with_suffix(".npz")
    if beside == path:
        raise OutputError("a spec is a TOML file; name it SPEC.toml", Place(str(path)))
    text, arrays = parted(problem, beside.name)
    if len(text.encode()) > MOST_TEXT:
        raise SpecError(f"the spec would be longer than the {MOST_TEXT // 1024} kB that are read", Place(str(path)))
    if not arrays:
        return [placed(path, text)]
    archive, before = npz(arrays), beside.read_bytes() if beside.is_file() else None
    placed(beside, archive)
    try:
        return [placed(path, text), beside]
    except SymbackpropError:
        beside.unlink() if before is None else placed(beside, before)
        raise


def npz(arrays: dict[str, Array]) -> bytes:
    """An archive of doubles; reading it back gives the very same numbers."""
    try:
        import numpy as np
    except ImportError:
        raise MissingExtra("writing numbers into an npz file", "numeric") from None

    def doubles(value: Array) -> Any:
        return [doubles(part) for part in value] if isinstance(value, tuple) else float(value)

    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **{name: np.array(doubles(value), "<f8") for name, value in arrays.items()})
    return out.getvalue()
