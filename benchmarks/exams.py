"""How many certified variants come out in a second, on one core.  `python benchmarks/exams.py`

An exam without a key agreed by three routes, without tolerances or mistakes kept apart would be quicker: R/exams, which
has none of them, needs 67 ms for a variant of its shipped one-answer exercise.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import numpy as np

from symbackprop.exams.draw import indices, words
from symbackprop.exams.formats.jsonl import Lines
from symbackprop.exams.formats.moodle import pieces
from symbackprop.exams.plan import load, loads
from symbackprop.exams.variant import Exam, Variant
from symbackprop.exams.variants import BLOCK, Maker

EXAMPLES = Path(__file__).parents[1] / "examples"
WANTED = 1_000  # a second
WRITTEN = 1_500  # a second, variants already drawn
R_EXAMS = 1 / 0.067
WRONG = 0.0005


def blind() -> int:
    """How many of 10,000 draws without a certificate give a known mistake full marks."""
    text = 'network = "mazur.toml"\n[[question]]\nkind = "partial"\nask = "w5"\n'
    numbers = Maker(loads(text, "blind.toml", EXAMPLES), "blind").stock(0).numbers
    chosen, _ = indices(words("blind", range(10_000), len(numbers.grids.slots)), numbers.grids.sizes)
    values = numbers.tape.values([*numbers.first, *numbers.rest], numbers.grids.leaves(chosen))
    (item,) = numbers.items
    near = [np.abs(values[w.node] - values[item.node]) < WRONG for w in item.wrong]
    return int(np.any(near, axis=0).sum())


def main() -> None:
    """Seconds of the processor, after the first block: topologies are derived once."""
    plan = load(EXAMPLES / "quiz.toml")
    maker, count = Maker(plan, "benchmark"), 4 * BLOCK
    for _ in maker.block([(k, None) for k in range(BLOCK)]):
        pass
    start = process_time()
    made = [v for n in range(1, 5) for v in maker.block([(k, None) for k in range(n * BLOCK, (n + 1) * BLOCK)])]
    drawn = process_time() - start
    start = process_time()
    outcomes = sum(len(part.answer.outcomes) for v in made for _, part in v.parts())
    printed = process_time() - start
    writer = Lines(plan.exam)
    start = process_time()
    size = sum(len(writer.line(v)) for v in made)
    written = process_time() - start
    print(f"{count / drawn:8,.0f} certified variants a second ({1000 * drawn / count:.2f} ms each)")
    print(f"{count / (drawn + printed):8,.0f} with the {outcomes / count:.0f} outcomes of each printed")
    print(f"{count / written:8,.0f} a second written as JSON lines, {size / count / 1000:.0f} kB each")
    print(f"{count / drawn * 0.067:8,.0f} times as many as R/exams makes of its exercise ({R_EXAMS:.0f} a second)")
    print(f"{blind():8,} of 10,000 drawn blindly give a known mistake full marks (within {WRONG}); of ours, none")
    moodle = writing(made)
    print(f"{moodle:8,.0f} a second written as Moodle XML, with brief worked solutions and the outcomes' feedback")
    if moodle < WRITTEN:
        sys.exit(f"fewer than {WRITTEN:,} a second")
    if count / drawn < WANTED:
        sys.exit(f"fewer than {WANTED:,} a second")


def writing(made: list[Variant]) -> float:
    """Variants a second as Moodle XML, after the first of each topology: what they share is set once."""
    exam = Exam("Quiz", "en")
    for variant in made:  # draws what is drawn when it is asked for
        for _ in pieces(exam, variant):
            pass
    start = process_time()
    for variant in made:
        for _ in pieces(exam, variant):
            pass
    return len(made) / (process_time() - start)


if __name__ == "__main__":
    main()
