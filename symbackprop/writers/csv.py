"""Tables for a spreadsheet: the loss curve, one line a step with the shortest digits of each double; lines of text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symbackprop.numeric.field import double
from symbackprop.templating import plain_text

if TYPE_CHECKING:
    from symbackprop.numeric.training import Trajectory


def errors(run: Trajectory) -> str:
    rows = (f"{k},{double(error)!r}\n" for k, error in enumerate(run.errors))
    return "step,error\n" + "".join(rows)


def rows(lines: Iterable[Iterable[str]]) -> str:
    """Lines of text; what a spreadsheet would take for a formula has an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([inert(cell) for cell in line] for line in lines)
    return out.getvalue()


_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def inert(cell: str) -> str:
    """A negative number is no formula."""
    text = plain_text(cell)
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") and not _NUMBER.fullmatch(text) else text
