"""Papers of every kind of question: pdflatex sets them without a box too wide, Typst as PDF/UA; no step leaks a key."""

import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from system import needs

from symbackprop.exams.formats.latex import EXAM_CLASS, LATEX
from symbackprop.exams.formats.pdf import PDF
from symbackprop.exams.formats.typst import TYPST
from symbackprop.exams.plan import loads
from symbackprop.exams.variant import Numeric, Student
from symbackprop.exams.variants import variants

pytest.importorskip("segno")
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
EVERY = """
network = "mazur.toml"
title = { title = "Every kind", course = "Networks", date = "12 December", instructions = ["Write every step down."] }
presentation = { language = "en" }
draw = { weights = { min = 0.10, max = 0.95, step = 0.05 }, inputs = { min = 0.05, max = 0.95, step = 0.05 } }
question = [
  { kind = "value", ask = ["out_h1", "out_o1"] },
  { kind = "partial", ask = "w5", choices = 4, points = 0.5 },
  { kind = "partial", ask = "w1", form = "symbolic" },
  { kind = "shape", ask = "W2" },
  { kind = "chain-rule", ask = "w1" },
  { kind = "missing-factor", ask = "w5" },
  { kind = "order", ask = "w1" },
  { kind = "find-mistake", ask = "w1" },
  { kind = "perturb", ask = "w7" },
  { kind = "faded", ask = "w1", points = 0.25 },
]
"""


@cache
def drawn(language):
    """An exam with a variant for a student and one for anybody."""
    plan = loads(EVERY.replace('"en"', f'"{language}"').replace("\n  ", " ").replace(",\n]", "\n]"), folder=EXAMPLES)
    named = variants(plan, seed=7, roster=[Student("A-1", "Siti Nurhaliza", "B")])
    return plan.exam, (*named, *variants(plan, seed=7, n=1))


@needs("pdflatex", "booktabs.sty", "tikz.sty", "lmodern.sty")
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_article_compiles_with_nothing_too_wide(language, tmp_path):
    compiled(LATEX, language, tmp_path)


@needs("pdflatex", "booktabs.sty", "tikz.sty", "lmodern.sty", "exam.cls")
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_class_exam_compiles_with_nothing_too_wide(language, tmp_path):
    compiled(EXAM_CLASS, language, tmp_path)


def compiled(format, language, folder):
    exam, some = drawn(language)
    for name, content in (piece for v in some for piece in format.pieces(exam, v)):
        stem = Path(name).stem
        (folder / f"{stem}.tex").write_bytes(content)
        for _ in range(2):
            said = subprocess.run(
                ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{stem}.tex"],
                cwd=folder, capture_output=True, check=False,
            )  # fmt: skip
            text = said.stdout.decode("utf-8", "replace")
            assert said.returncode == 0, text[-2000:]
        assert re.findall(r"Overfull [^\n]*", text) == []
        assert "undefined references" not in text


@pytest.mark.parametrize("language", ["en", "id"])
def test_typst_makes_accessible_pdf_of_every_kind(language):
    pytest.importorskip("typst")
    exam, some = drawn(language)
    for variant in some:
        made = dict(PDF.pieces(exam, variant))
        assert all(content[:5] == b"%PDF-" and b"pdfuaid" in content for content in made.values())


@pytest.mark.parametrize("format", [LATEX, EXAM_CLASS, TYPST], ids=["latex", "exam-class", "typst"])
def test_drawn_papers_tell_no_key(format):
    """What is not shown on the way either: the change of a disturbed weight."""
    exam, some = drawn("en")
    for variant in some:
        (paper, key) = (content.decode() for _, content in format.pieces(exam, variant))
        for question, part in variant.parts():
            if isinstance(part.answer, Numeric) and question.kind == "perturb":
                assert part.answer.text not in paper
                assert part.answer.text.lstrip("-") in key
        assert "Marking table" in key
        assert "Marking table" not in paper


def test_papers_are_set_from_what_is_known():
    """A text that is filled in is the one that is set from nothing."""
    exam, some = drawn("en")
    other = replace(exam, name="afresh")  # which nothing is known of
    for variant in some:
        assert dict(TYPST.pieces(exam, variant)) == dict(TYPST.pieces(other, variant))
