"""Tables that people make in a spreadsheet: a head, then a line for each thing; commas, semicolons or tabs between.

    for line, row in table(text, "roster.csv", ("id",)): row["id"]

UTF-8, with a byte order mark or without.  What is wrong is told with its line, all of it at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from symbackprop.errors import Place, SpecError
from symbackprop.spec.files import decoded, read, standard_input

MOST_BYTES = 1 << 30  # of a table: ten million lines
MOST_CELL = 100_000  # characters
BOM = b"\xef\xbb\xbf"
PARTED = (",", ";", "\t")

Faults = list[tuple[Place, str]]
Row = tuple[int, dict[str, str]]


def text_of(path: Path) -> str:
    """The text of a table; `-` is standard input."""
    data = standard_input(MOST_BYTES) if str(path) == "-" else read(path, MOST_BYTES)
    return decoded(data.removeprefix(BOM), str(path))


def table(text: str, name: str, columns: Sequence[str], wanted: Sequence[str], faults: Faults) -> Iterator[Row]:
    """Each line that holds something, with its number and its cells by column; columns of other names are passed over.

    A head without a column that is wanted raises; a line that does not fit is a fault, and is left out.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted(text), strict=True, skipinitialspace=True)
    rows = numbered(reader, name, faults)
    at, head = next(rows, (1, []))
    names = [cell.strip().lower() for cell in head]
    if wrong := list(misnamed(names, columns, wanted)):
        raise SpecError.of((Place(name, at), told) for told in wrong)
    for line, cells in rows:
        if len(cells) > len(names):
            hint = "; a cell with a comma in it stands in quotes" if reader.dialect.delimiter == "," else ""
            faults.append((Place(name, line), f"{len(cells)} cells, and the head has {len(names)}{hint}"))
            continue
        found = dict(zip(names, cells, strict=False))
        yield line, {column: found.get(column, "") for column in columns}


def misnamed(names: Sequence[str], columns: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    """What is wrong with the names of the columns."""
    for column in wanted:
        if column not in names:
            yield f"there is no column '{column}'; write the head {','.join(columns)} in the first line"
    for column in columns:
        if names.count(column) > 1:
            yield f"the column '{column}' stands twice"


def numbered(reader: Iterator[list[str]], name: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, each with the number that it begins at."""
    csv.field_size_limit(MOST_CELL)
    last = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            told = f"this line cannot be read: {error}; a quote within a cell is written twice"
            faults.append((Place(name, last + 1), told))
            return
        first, last = last + 1, reader.line_num  # type: ignore[attr-defined]
        if any(cell.strip() for cell in cells):
            yield first, cells


def parted(text: str) -> str:
    """What stands between the names of the head."""
    head = re.match(r"\s*([^\r\n]*)", text)
    return max(PARTED, key=(head[1] if head else "").count)
