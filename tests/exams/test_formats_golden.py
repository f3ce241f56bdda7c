"""What each format looks like that is text, or is packed of texts, for one small variant in both languages.

`python tests/exams/test_formats_golden.py` accepts what is written now: read the difference first.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

sys.path.append(str(Path(__file__).parents[1]))  # where pytest finds what tests share; for who runs this file
from small_exam import EXAM, INDONESIAN, VARIANTS

from symbackprop.exams.formats.table import FORMATS

GOLDEN = Path(__file__).parent / "golden"
NAMES = "nbgrader otter anki numbas prairielearn csv gift moodle qti12 qti21 qti22 qti30".split()
EXAMS = {"en": EXAM, "id": INDONESIAN}
SMALL = replace(VARIANTS[0], given=VARIANTS[0].given[1:], questions=VARIANTS[0].questions[:2])
CASES = [(name, language) for name in NAMES for language in EXAMS]


def written(name: str, language: str) -> dict[str, str]:
    """The files as text: JSON with indents; of a card package its notes; server.py is tested by running it."""
    format, exam = FORMATS[name], EXAMS[language]
    pieces = list(format.pieces(exam, SMALL))
    files = pieces if name == "anki" else [(file, b"".join(parts)) for file, parts in format.files(exam, pieces)]
    files = [text for file, content in files for text in unpacked(file, content)]
    return {file: readable(content.decode()) for file, content in files if not file.endswith("server.py")}


def unpacked(file: str, content: bytes) -> list[tuple[str, bytes]]:
    if not file.endswith(".zip"):
        return [(file, content)]
    with ZipFile(BytesIO(content)) as package:
        return [(f"{file}/{name}", package.read(name)) for name in package.namelist()]


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
