r"""Fifteen points of a good worked example, scored on the Markdown that was emitted: what a stranger sees of it.

    python tests/rubric/score.py outputs/mazur.md …

Beside STEM.md lie its pictures and its companions: STEM.faded-1-backward.md, STEM.faded-1-backward.key.md, the same
with 2 and with forward, STEM.erroneous.md and STEM.erroneous.key.md.  Several files are held against one another (R1).

R1  Subgoals: 5 to 8 headings of the second level, no two alike, none empty, the same ones in every document of a
    language; at most 7 lines to a display.  (Catrambone 1998; Margulieux & Catrambone 2018)
R2  Every line of every display has its reason beside it, and the reasons are of many kinds.  (Renkl: principle-based
    self-explanation)
R3  The plan first: the backward pass begins with the whole chain in symbols, for an output parameter and for a hidden
    one; no number of the backward pass comes before it; every factor of a plan is then worked out.  (Mazur)
R4  Symbols, then numbers put in, then the value, on aligned lines of one display.  (handcalcs)
R5  A picture beside the formula of each plan, with as many ways as the formula has summands, each with its labels.
    (Atkinson, Derry, Renkl & Wortham 2000: integrated sources)
R6  All ways are summed: the summands of ∂E/∂q go through exactly those quantities whose lines of the forward pass use
    q, and stand as separate numbers before they are added.
R7  Deltas are defined, named, used again in other displays; where numbers are put in, the displays that computed them
    are cited, and only those.  (CS231n: staged computation)
R8  No silent step: from line to line at most two operations, one inside the other, a weighted sum counting as one; this
    is said; every quantity in a line is given or has been worked out; every parameter has its derivative; nothing is
    "likewise" before derivatives of three kinds of parameters were told.  (element interactivity; mathsteps)
R9  The conventions stand first, in a box: orientation, index order, ½, sum or mean, bias, update order, rounding.
R10 The rounding is stated and obeyed: every line of numbers follows from the one before within it; no number has more
    digits; every number put in is given or was printed before.
R11 The check: a central difference for two parameters or more that gives the derivative told above; the bounds of
    agreement and of a mistake; the error fell, from the error told above.  (CS231n, gradient checks)
R12 At least 3 questions of different kinds (of the ways, of what is used again, of a bias, of a sign), spread over the
    text, each with its answer.  (Chi et al. 1989; Atkinson, Renkl & Merrill 2003)
R13 Faded companions of two levels, in both orders, each with a key to all gaps, in the solution's own lines; level 2
    leaves out more; forward begins earlier than backward.  (Renkl & Atkinson; Moreno, Reisslein & Ozogul 2009)
R14 An erroneous companion: one display differs at first, the key cites it, names the mistake, explains it and gives the
    right line.  (McLaren, Adams & Mayer 2015)
R15 Interpretation: for each group of parameters a sentence that reads sign and size of a derivative told above, and
    which parameter moves the error most.  (CS231n: sensitivity)
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script: tests/ has what tests share

from case import Case
from chain import r3, r5, r6, r7, r8
from lessons import r11, r12, r13, r14, r15
from lines import r1, r2, r4, r9, r10

POINTS: dict[str, tuple[str, Callable[[Case], Iterable[str]]]] = {
    "R1": ("subgoals", r1),
    "R2": ("a reason for every line", r2),
    "R3": ("the plan before the numbers", r3),
    "R4": ("symbols, numbers, value", r4),
    "R5": ("pictures of the ways", r5),
    "R6": ("all ways summed", r6),
    "R7": ("deltas used again and cited", r7),
    "R8": ("no silent step", r8),
    "R9": ("conventions first", r9),
    "R10": ("rounding stated and obeyed", r10),
    "R11": ("checked in view", r11),
    "R12": ("questions with answers", r12),
    "R13": ("faded companions", r13),
    "R14": ("erroneous companion", r14),
    "R15": ("interpretation", r15),
}


def score(case: Case) -> dict[str, list[str]]:
    """Point → what is missing; nothing is missing where it is given."""
    return {point: list(faults(case)) for point, (_, faults) in POINTS.items()}


def lying(file: Path, siblings: Sequence[Sequence[str]] = ()) -> Case:
    """A document on disk with what lies beside it."""
    text = file.read_text(encoding="utf-8")
    pictures = {path.name: path.read_text(encoding="utf-8") for path in file.parent.glob(f"{file.stem}*.svg")}
    companions = {
        path.name.removeprefix(f"{file.stem}.").removesuffix(".md"): path.read_text(encoding="utf-8")
        for path in file.parent.glob(f"{file.stem}.*.md")
    }
    return Case(text, pictures, companions, siblings)


def main(files: Sequence[str]) -> int:
    cases = {name: lying(Path(name)) for name in files}
    worst = len(POINTS)
    for name, case in cases.items():
        language = "{,}" in case.text
        case.siblings = [c.subgoals for other, c in cases.items() if other != name and ("{,}" in c.text) == language]
        missing = score(case)
        given = sum(not faults for faults in missing.values())
        worst = min(worst, given)
        print(f"{name}: {given} of {len(POINTS)}")
        for point, (title, _) in POINTS.items():
            faults = missing[point]
            print(f"  {point:4}{'no ' if faults else 'yes'} {title}" + "".join(f"\n          {x}" for x in faults[:6]))
            if len(faults) > 6:
                print(f"          … {len(faults) - 6} more")
    return 0 if worst == len(POINTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
