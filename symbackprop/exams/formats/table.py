"""All formats by name."""

from __future__ import annotations

from symbackprop.exams.formats import Format
from symbackprop.exams.formats.amc import AMC
from symbackprop.exams.formats.anki import ANKI
from symbackprop.exams.formats.docx import DOCX
from symbackprop.exams.formats.gift import GIFT
from symbackprop.exams.formats.jsonl import JSONL
from symbackprop.exams.formats.keys import CSV
from symbackprop.exams.formats.latex import EXAM_CLASS, LATEX
from symbackprop.exams.formats.moodle import MOODLE
from symbackprop.exams.formats.nbgrader import NBGRADER
from symbackprop.exams.formats.numbas import NUMBAS
from symbackprop.exams.formats.otter import OTTER
from symbackprop.exams.formats.pdf import PDF
from symbackprop.exams.formats.prairielearn import PRAIRIELEARN
from symbackprop.exams.formats.qti import QTI21, QTI22, QTI30
from symbackprop.exams.formats.qti12 import QTI12
from symbackprop.exams.formats.typst import TYPST

FORMATS: dict[str, Format] = {
    "jsonl": JSONL,
    "csv": CSV,
    "latex": LATEX,
    "exam-class": EXAM_CLASS,
    "typst": TYPST,
    "pdf": PDF,
    "amc": AMC,
    "moodle": MOODLE,
    "gift": GIFT,
    "qti12": QTI12,
    "qti21": QTI21,
    "qti22": QTI22,
    "qti30": QTI30,
    "prairielearn": PRAIRIELEARN,
    "nbgrader": NBGRADER,
    "otter": OTTER,
    "numbas": NUMBAS,
    "anki": ANKI,
    "docx": DOCX,
}
