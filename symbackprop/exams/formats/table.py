"""All formats by name."""

from __future__ import annotations

from symbackprop.exams.formats import Format
from symbackprop.exams.formats.gift import GIFT
from symbackprop.exams.formats.keys import CSV
from symbackprop.exams.formats.moodle import MOODLE
from symbackprop.exams.formats.qti import QTI21, QTI22, QTI30
from symbackprop.exams.formats.qti12 import QTI12

FORMATS: dict[str, Format] = {
    "csv": CSV,
    "gift": GIFT,
    "moodle": MOODLE,
    "qti12": QTI12,
    "qti21": QTI21,
    "qti22": QTI22,
    "qti30": QTI30,
}
