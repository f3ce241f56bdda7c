"""Arrays that lie in files beside the spec: npz archives without pickles, CSV of decimals.

A number of a CSV is the decimal that is written; a double of an npz is exactly the double.  Sizes are read from the
headers before any array is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path as FilePath
from typing import IO, TYPE_CHECKING, Any

from symbackprop.errors import Place, SpecError
from symbackprop.spec.faults import Slip
from symbackprop.spec.files import MOST_BYTES, read
from symbackprop.spec.keys import File
from symbackprop.spec.model import Spec
from symbackprop.spec.numbers import MOST_NUMBERS, Array, Path, Refused, number, quoted
from symbackprop.spec.words import UNKNOWN, instead

if TYPE_CHECKING:
    import numpy as np

Row = tuple[Fraction, ...]


class InFile(Exception):
    """What is wrong in a file: at lines of it, or as a whole."""

    def __init__(self, *faults: tuple[Place, str]) -> None:
        self.faults = faults


def filled(spec: Spec, folder: FilePath | None) -> tuple[Spec, list[Slip]]:
    """The spec with arrays in place of files, UNKNOWN where a file could not be read, and what was wrong."""
    found: list[Slip] = []

    def there(at: Path, value: Any) -> Any:
        if not isinstance(value, File) or value.file is UNKNOWN or value.array is UNKNOWN:
            return UNKNOWN if isinstance(value, File) else value
        return taken((*at, "file"), lambda path: from_file(path, value.array), value.file)

    def taken(at: Path, take: Callable[[FilePath], Any], name: str) -> Any:
        if folder is None:
            found.append(Slip(at, "a spec that is no file cannot name files; write the numbers out"))
            return UNKNOWN
        try:
            return take(folder / name)
        except InFile as error:
            found.extend(Slip(at, message, place) for place, message in error.faults)
        except SpecError as error:
            found.extend(Slip(at, f"{place.file}: {message}") for place, message in error.faults)
        return UNKNOWN

    if spec.network is None:
        given: dict[str, Any] = {}
        if spec.values is not UNKNOWN:
            given["values"] = {name: there(("values", name), value) for name, value in spec.values.items()}
        if spec.samples is not UNKNOWN:
            given["samples"] = tuple(
                UNKNOWN
                if sample is UNKNOWN
                else {name: there(("samples", k, name), value) for name, value in sample.items()}
                for k, sample in enumerate(spec.samples)
            )
        return spec.model_copy(update=given), found
    layers = tuple(
        layer
        if layer is UNKNOWN
        else layer.with_arrays(
            {key: there(("network", "layers", k, key), layer.options[key]) for key in layer.row.arrays}
        )
        for k, layer in enumerate(spec.layered.layers)
    )
    data = spec.data
    rows = {key: there(("data", key), getattr(data, key)) for key in ("inputs", "targets")}
    if data.file is not None and data.file is not UNKNOWN and rows == {"inputs": None, "targets": None}:
        both = taken(("data", "file"), samples, data.file)
        rows = {"inputs": both, "targets": both} if both is UNKNOWN else dict(zip(rows, both, strict=True))
        rows["file"] = None
    network = spec.layered.model_copy(update={"layers": layers})
    return spec.model_copy(update={"network": network, "data": data.model_copy(update=rows)}), found


def from_file(path: FilePath, name: str | None) -> Array:
    match path.suffix.lower():
        case ".npz":
            return from_npz(path, name)
        case ".csv" if name is None:
            return tuple(table(path))
        case ".csv":
            raise SpecError("a CSV has no arrays by name; leave array out", Place(str(path)))
    raise SpecError("the name ends neither in .npz nor in .csv", Place(str(path)))


# --- CSV --------------------------------------------------------------------------------------------------------


def table(path: FilePath) -> Iterator[Row]:
    """Rows of numbers without a header."""
    rows = list(cells(path))
    yield from numbers_of(path, rows, [None] * max(len(row) for _, row in rows))


def samples(path: FilePath) -> tuple[Array, Array]:
    """Inputs and targets of a CSV whose header says x1, x2, …, t1, …, in any order."""
    (line, header), *rows = cells(path)
    names = [name.strip() for name in header]
    where: dict[str, list[int]] = {}
    for letter in "xt":
        count = sum(bool(re.fullmatch(rf"{letter}\d+", name, re.ASCII)) for name in names)
        wanted = [f"{letter}{k}" for k in range(1, count + 1)]
        if not count or any(name not in names for name in wanted) or len(set(names)) < len(names):
            raise InFile((Place(str(path), line), "the header names the columns x1, x2, …, t1, t2, …, each once"))
        where[letter] = [names.index(name) for name in wanted]
    if others := [name for k, name in enumerate(names) if k not in where["x"] + where["t"]]:
        place = Place(str(path), line, key=others[0][:40])
        raise InFile((place, "only columns x1, x2, …, t1, t2, … are read; leave this one out"))
    values = list(numbers_of(path, rows, names))
    x, t = (tuple(tuple(row[k] for k in where[letter]) for row in values) for letter in "xt")
    return x, t


def cells(path: FilePath) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, with their lines."""
    try:
        text = read(path, MOST_BYTES).decode("utf-8-sig")  # spreadsheets put a byte order mark
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError:
        raise SpecError("this is not UTF-8; save the table as CSV in UTF-8", Place(str(path))) from None
    except csv.Error as error:
        raise InFile((Place(str(path), reader.line_num), f"this is no CSV: {error}")) from None
    if not rows:
        raise SpecError("the file has no rows", Place(str(path)))
    if sum(len(row) for _, row in rows) > MOST_NUMBERS:
        raise SpecError(f"more than {MOST_NUMBERS:,} numbers", Place(str(path)))
    line, first = rows[0]
    if any(";" in cell for cell in first):
        advice = "part them by commas, and write decimal points"
        raise InFile((Place(str(path), line), f"columns are parted by semicolons; {advice}"))
    return rows


def numbers_of(path: FilePath, rows: list[tuple[int, list[str]]], names: list[Any]) -> Iterator[Row]:
    """The numbers of each row, which has one for each name."""
    faults: list[tuple[Place, str]] = []
    for line, row in rows:
        if len(row) != len(names):
            faults.append((Place(str(path), line), f"a row of {len(row)} among rows of {len(names)}"))
            continue
        out = []
        for k, cell in enumerate(row):
            try:
                out.append(number(cell.strip()))
            except Refused as refused:
                faults.append((Place(str(path), line, key=names[k] or f"column {k + 1}"), str(refused)))
        if len(faults) > 10:
            break
        yield tuple(out)
    if faults:
        raise InFile(*faults)


# --- npz --------------------------------------------------------------------------------------------------------


# What zipfile and NumPy raise on a broken, encrypted or unusually compressed archive.
UNZIPPING = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)


def from_npz(path: FilePath, name: str | None) -> Array:
    """One array of an archive."""
    try:
        import numpy  # noqa: F401  # an extra
    except ImportError:
        raise SpecError("an npz archive needs NumPy: pip install 'symbackprop[numeric]'", Place(str(path))) from None
    try:
        with zipfile.ZipFile(io.BytesIO(read(path, MOST_BYTES))) as archive:
            names = [entry.removesuffix(".npy") for entry in archive.namelist() if entry.endswith(".npy")]
            with archive.open(f"{chosen(path, name, names)}.npy") as file:
                return _exact(_loaded(path, file))
    except UNZIPPING as error:
        raise SpecError(f"this is no npz archive that can be read: {error}", Place(str(path))) from None


def chosen(path: FilePath, name: str | None, names: list[str]) -> str:
    if name is None and len(names) == 1:
        return names[0]
    if not names:
        raise SpecError("the archive holds no arrays", Place(str(path)))
    if name is None:
        raise SpecError(f"the archive holds {', '.join(names[:8])}; write array = {names[0]!r}", Place(str(path)))
    if name not in names:
        raise SpecError(f"the archive holds no array {quoted(name)}; {instead(name, names, {})}", Place(str(path)))
    return name


def _loaded(path: FilePath, file: IO[bytes]) -> np.ndarray[Any, Any]:
    """The array, after a look at its header: how many numbers, and that they are numbers."""
    import numpy as np

    if np.lib.format.read_magic(file) != (1, 0):  # later versions are for records, and their headers may be of any size
        raise SpecError("the array is no plain array of numbers", Place(str(path)))
    shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
    count = int(np.prod([int(n) for n in shape], dtype=object)) if shape else 1
    if count > MOST_NUMBERS:
        raise SpecError(f"the array holds {count:,} numbers; at most {MOST_NUMBERS:,} are allowed", Place(str(path)))
    if kind.kind not in "fiu" or kind.itemsize > 8:
        raise SpecError(f"the array holds {kind}, not real numbers of at most 64 bits", Place(str(path)))
    data = file.read(count * kind.itemsize)
    if len(data) < count * kind.itemsize:
        raise SpecError("the array is cut off", Place(str(path)))
    array: np.ndarray[Any, Any] = np.frombuffer(data, kind).reshape(shape, order="F" if by_columns else "C")
    if not np.isfinite(array).all():
        raise SpecError("the array holds nan or infinity", Place(str(path)))
    return array


def _exact(array: np.ndarray[Any, Any]) -> Array:
    def read_in(value: Any) -> Array:
        return tuple(map(read_in, value)) if isinstance(value, list) else Fraction(value)

    return read_in(array.tolist())
