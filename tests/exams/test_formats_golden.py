"""What notebooks, question folders, cards and the Numbas exam look like, for one small variant in both languages.

`python tests/exams/test_formats_golden.py` accepts what is written now: read the difference first.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # where pytest finds what tests share; for who runs this file
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.exams.formats import Format
from symbackprop.exams.formats.anki import ANKI
from symbackprop.exams.formats.nbgrader import NBGRADER
from symbackprop.exams.formats.numbas import NUMBAS
from symbackprop.exams.formats.otter import OTTER
from symbackprop.exams.formats.prairielearn import PRAIRIELEARN

GOLDEN = Path(__file__).parent / "golden"
FORMATS: dict[str, Format] = {
    "nbgrader": NBGRADER, "otter": OTTER, "anki": ANKI, "numbas": NUMBAS, "prairielearn": PRAIRIELEARN,
}  # fmt: skip
EXAMS = {"en": EXAM, "id": INDONESIAN}
SMALL = replace(VARIANTS[0], given=VARIANTS[0].given[1:], questions=VARIANTS[0].questions[:2])
CASES = [(name, language) for name in FORMATS for language in EXAMS]


def written(name: str, language: str) -> dict[str, str]:
    """The files as text: JSON with indents; of a card package its notes; server.py is tested by running it."""
    format, exam = FORMATS[name], EXAMS[language]
    pieces = list(format.pieces(exam, SMALL))
    files = pieces if name == "anki" else [(file, b"".join(parts)) for file, parts in format.files(exam, pieces)]
    return {file: readable(content.decode()) for file, content in files if not file.endswith("server.py")}


def readable(text: str) -> str:
    head, _, rest = text.rpartition("// Numbas version: finer_feedback_settings\n")
    return json.dumps(json.loads(rest), ensure_ascii=False, indent=1) if rest[:1] in "{[" else head + rest


def path(name: str, language: str) -> Path:
    return GOLDEN / f"{name}.{language}.txt"


def whole(name: str, language: str) -> str:
    return "".join(f"==> {file}\n{text.rstrip()}\n\n" for file, text in written(name, language).items())


@pytest.mark.parametrize(("name", "language"), CASES)
def test_what_is_written_was_accepted(name, language):
    assert whole(name, language) == path(name, language).read_text(encoding="utf-8")


if __name__ == "__main__":
    for case in CASES:
        path(*case).parent.mkdir(exist_ok=True)
        path(*case).write_text(whole(*case), encoding="utf-8")
