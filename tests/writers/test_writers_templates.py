"""A folder of one's own templates: each of its files stands before the built-in one of that name, in every format."""

from __future__ import annotations

import io
import re
import zipfile
from copy import copy
from functools import cache
from pathlib import Path

import pytest
from test_writers_documents import NEEDED

import symbackprop as sb
from symbackprop.api import Solution
from symbackprop.errors import TemplateFault
from symbackprop.writers import WHOLE, WRITERS

MAZUR = Path(__file__).resolve().parent.parent.parent / "examples" / "mazur.toml"
MARK = "WRITTEN BY A TEMPLATE OF MY OWN"

# A template that each format is made from; json is data and has none.
TEMPLATES = {
    "markdown": "markdown/document.md.j2",
    "latex": "latex/document.tex.j2",
    "latex-fragment": "latex/fragment.tex.j2",
    "latex-exam": "latex-exam/document.tex.j2",
    "latex-siunitx": "latex-siunitx/document.tex.j2",
    "typst": "typst/document.typ.j2",
    "pdf": "typst/document.typ.j2",
    "docx": "office/document.html.j2",
    "odt": "office/document.html.j2",
    "epub": "office/document.html.j2",
    "html": "html/document.html.j2",
    "text": "text/document.txt.j2",
    "ipynb": "ipynb/document.md.j2",
}
FORMATS = [format for format in (*WRITERS, *WHOLE) if format != "json"]

# what stands around the words in a format that wants more than words
AROUND = {"pdf": '#set document(title: "t")\n#set text(lang: "en")\n{}', "epub": "<title>t</title><p>{}</p>"}
AROUND |= dict.fromkeys(("docx", "odt"), AROUND["epub"])


@cache
def mazur() -> Solution:
    """Worked out once; a copy has the same document and templates of its own."""
    solution = sb.solution(sb.derive(sb.load(MAZUR)))
    assert solution.document
    return solution


def rendered(format: str, folder: Path, source: str) -> bytes:
    for module in NEEDED.get(format, ()):
        pytest.importorskip(module)
    (folder / TEMPLATES[format]).parent.mkdir(parents=True)
    (folder / TEMPLATES[format]).write_text(source, encoding="utf-8")
    some = copy(mazur())
    some.templates = folder
    made = some.render(format)
    return made.encode() if isinstance(made, str) else made


def words(data: bytes) -> bytes:
    """An archive's files one after the other."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return b"".join(map(files.read, files.namelist()))


@pytest.mark.parametrize("format", FORMATS)
def test_it_replaces_the_built_in_one(format, tmp_path):
    made = words(rendered(format, tmp_path, AROUND.get(format, "{}").format(MARK)))
    if format == "pdf":
        assert len(made) < 20_000  # a page of one line, whose letters are compressed
    else:
        assert MARK.encode() in made


@pytest.mark.parametrize("format", FORMATS)
def test_a_fault_in_it_has_its_file_and_line(format, tmp_path):
    opening = r"\BLOCK{for}" if format.startswith("latex") else "{% for %}"
    with pytest.raises(TemplateFault) as caught:
        rendered(format, tmp_path, f"one\ntwo\n{opening}\n")
    assert (caught.value.place.file, caught.value.place.line) == (str(tmp_path / TEMPLATES[format]), 3)


ESCAPES = (
    "''.__class__.__mro__[1].__subclasses__()",
    "title.__init__.__globals__",
    "cycler.__init__",
    "self._TemplateReference__context",
    "title.format",
)


@pytest.mark.parametrize("code", ESCAPES)
@pytest.mark.parametrize("format", FORMATS)
def test_it_cannot_reach_into_python(format, code, tmp_path):
    before, after = (r"\VAR{", "}") if format.startswith("latex") else ("{{ ", " }}")
    with pytest.raises(TemplateFault, match=re.escape(TEMPLATES[format]) + ":2"):
        rendered(format, tmp_path, f"one\n{before}{code}{after}\n")


def test_pictures_have_templates_too(tmp_path):
    (tmp_path / "svg").mkdir()
    (tmp_path / "svg/figure.svg.j2").write_text("<svg>{{ alt }}</svg>", encoding="utf-8")
    paths = sb.solution(sb.derive(sb.load(MAZUR)), templates=tmp_path).write_all(["markdown"], tmp_path / "out", "m")
    assert all(path.read_text(encoding="utf-8").startswith("<svg>") for path in paths if path.suffix == ".svg")


def test_a_part_of_a_template_is_enough(tmp_path):
    """The built-in one goes by a second name, so a template can extend what it replaces."""
    own = r'\BLOCK{extends "built-in/latex/document.tex.j2"}\BLOCK{block packages}\usepackage{MINE}\BLOCK{endblock}'
    made = rendered("latex", tmp_path, own).decode()
    assert r"\usepackage{MINE}" in made
    assert r"\end{document}" in made
