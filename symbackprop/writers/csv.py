"""The loss curve for a spreadsheet: one line a step, the shortest digits of each double."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbackprop.numeric.field import double

if TYPE_CHECKING:
    from symbackprop.numeric.training import Trajectory


def errors(run: Trajectory) -> str:
    rows = (f"{k},{double(error)!r}\n" for k, error in enumerate(run.errors))
    return "step,error\n" + "".join(rows)
