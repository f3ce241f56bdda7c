"""Every example's PDF passes the compiler's own check against PDF/UA-1, in each language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.errors import TemplateFault
from symbackprop.language import languages
from symbackprop.writers.pdf import compiled

FOLDER = Path(__file__).resolve().parent.parent.parent / "examples"
EXAMPLES = [path for path in sorted(FOLDER.glob("*.toml")) if "question" not in tomllib.loads(path.read_text("utf-8"))]
pytest.importorskip("typst")


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_pdf_ua(path, lang):
    pdf = sb.solution(sb.derive(sb.load(path)), lang=lang, readings=("unit", "index", "matrix")).render("pdf")
    assert isinstance(pdf, bytes)
    assert b"pdfuaid:part" in pdf  # put there only where the check was passed
    assert f"/Lang({lang})".encode() in pdf


@pytest.mark.parametrize("source", ['#set document(title: "t")\n$ x $', "= no title of the document"])
def test_the_check_can_fail(source):
    """A formula without words; a document without a title."""
    with pytest.raises(TemplateFault, match="PDF/UA"):
        compiled(source)
