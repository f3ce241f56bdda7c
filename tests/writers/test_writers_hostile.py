"""Hostile text is words in every format that there is: what its own reader shows, and nothing that it would act on.

A new format fails here until it is said how its reader sees it.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from html_reader import tree
from lxml import etree
from markdown_it import MarkdownIt
from system import needs
from test_writers_documents import HOSTILE, LACED, NEEDED, pdflatex

import symbackprop as sb
from symbackprop.sheets import Companion
from symbackprop.writers import WHOLE, WRITERS
from symbackprop.writers.pdf import compiled
from symbackprop.writers.render import preamble

SAID = [r"\input{/etc/passwd}", "${{7*7}}", '#eval("1")', "<script>alert(1)</script>", "{% x %}", "**b** _e_ `c`"]
ONE_LINE = "".join(char for char in HOSTILE if unicodedata.category(char) not in ("Cc", "Cf"))
SPEC = """
title = {text}
[network]
inputs = 1
loss = "half-squared-error"
[[network.layers]]
units = 1
activation = "sigmoid"
weights = [[0.5]]
biases = [0.1]
[data]
inputs = [[1.0]]
targets = [[0.0]]
[training]
rate = 0.5
[source]
title = {text}
author = {text}
[[source.figures]]
label = {text}
of = "/trajectory/1/error"
printed = "0.2"
"""


@cache
def solution(text: str = ONE_LINE) -> sb.Solution:
    """The title, the source's title and the name of its author, which stands in a note."""
    return sb.solution(sb.derive(sb.loads(SPEC.replace("{text}", json.dumps(text, ensure_ascii=False)))))


SUBJECTS = {"solution": solution, "document": lambda: Companion(LACED)}


# --- what a reader of the format sees -------------------------------------------------------------------------------


def markdown(text: str, folder: Path) -> str:
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(re.sub(r"(?s)\$\$.*?\$\$", "", text))
    tags = set(re.findall(r"<(/?[a-z0-9]+)", re.sub(r"(?s)<!--.*?-->", "", page)))
    own = "p em strong a h1 h2 h3 ol li blockquote table thead tbody tr th td img span br"
    assert {tag.strip("/") for tag in tags} <= set(own.split())
    assert not re.search(r"(?:href|src)=\"(?!#|https://mattmazur|data:image/svg)", page)
    return " ".join(etree.HTML(page).itertext())


def latex(text: str, folder: Path) -> str:
    return pdflatex(text, folder)[1]


def fragment(text: str, folder: Path) -> str:
    start = "\\documentclass[fleqn]{article}\n" + preamble("latex", ".tex", "en") + "\\begin{document}\n"
    return pdflatex(f"{start}{text}\\end{{document}}\n", folder)[1]


def typst(text: str, folder: Path) -> str:
    return pdf(compiled(text), folder)


def pdf(data: bytes, folder: Path) -> str:
    (folder / "x.pdf").write_bytes(data)
    assert not re.search(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|OpenAction)\b", data)
    done = subprocess.run(["pdftotext", "-layout", folder / "x.pdf", "-"], check=True, capture_output=True)
    return done.stdout.decode()


def html(text: str, folder: Path) -> str:
    page = tree(text)
    assert not {element.tag for element in page.all()} & set("script iframe object embed form link base".split())
    assert not [name for element in page.all() for name in element.attributes if name.startswith("on")]
    return page.text


def plain(text: str, folder: Path) -> str:
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"]
    return re.sub(r"\n(?:\| )+", "\n", text)


def archive(data: bytes, folder: Path) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        parts = [files.read(name) for name in sorted(files.namelist()) if name.endswith((".xml", ".xhtml"))]
    assert not [part for part in parts if b"<script" in part]
    return " ".join(" ".join(etree.fromstring(part).itertext()) for part in parts)


def notebook(text: str, folder: Path) -> str:
    """Its cells of code are those of an innocent solution."""
    book, other = json.loads(text), json.loads(solution("a title").render("ipynb"))
    kinds = [[cell["cell_type"] for cell in b["cells"]] for b in (book, other)]
    assert kinds[0] == kinds[1]
    code = [["".join(cell["source"]) for cell in b["cells"] if cell["cell_type"] == "code"] for b in (book, other)]
    assert code[0] == code[1] != []
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "markdown"]
    return markdown("\n\n".join(cells), folder)


def data(text: str, folder: Path) -> str:
    """The numbers alone: those of an innocent solution, letter by letter."""
    assert text == solution("a title").render("json")
    return " ".join(SAID)


SEEN: dict[str, Callable[..., str]] = {
    "markdown": markdown,
    "latex": latex,
    "latex-fragment": fragment,
    "latex-exam": latex,
    "latex-siunitx": latex,
    "typst": typst,
    "pdf": pdf,
    "html": html,
    "text": plain,
    **dict.fromkeys(("docx", "odt", "epub"), archive),
    "ipynb": notebook,
    "json": data,
}
TEX = ("pdflatex", "booktabs.sty", "tikz.sty", "lmodern.sty", "pdftotext")
SYSTEM = {
    **dict.fromkeys(("latex", "latex-fragment"), TEX),
    "latex-exam": (*TEX, "exam.cls"),
    "latex-siunitx": (*TEX, "siunitx.sty"),
    **dict.fromkeys(("typst", "pdf"), ("pdftotext",)),
}
MODULES = NEEDED | {"typst": ["typst"]}
CASES = [
    pytest.param(format, subject, marks=needs(*SYSTEM.get(format, ())), id=f"{format}-{subject}")
    for format in [*WRITERS, *WHOLE]
    for subject in SUBJECTS
    if subject == "solution" or format in WRITERS
]


@pytest.mark.parametrize(("format", "subject"), CASES)
def test_hostile_text_is_words(format: str, subject: str, tmp_path: Path) -> None:
    for module in MODULES.get(format, ()):
        pytest.importorskip(module)
    seen = "".join(SEEN[format](SUBJECTS[subject]().render(format), tmp_path).split())
    for said in SAID:
        assert "".join(said.split()) in seen, said
    assert "root:" not in seen
    assert "$49" not in seen
    assert "uid=" not in seen


def test_the_text_is_in_the_title_the_source_and_a_note() -> None:
    texts = str(solution().render("html"))
    assert texts.count("alert(1)") >= 4


def test_a_name_is_no_place_for_it() -> None:
    """Names of quantities pass a gate: nothing hostile comes as far as a writer."""
    for name in (r"\input{x}", "$x$", "<b>", "x'); import os #", "{{x}}", "w`1`"):
        program = json.dumps([f"{name} = x"])
        with pytest.raises(sb.SymbackpropError):
            sb.loads(
                f'[equations]\nprogram = {program}\nerror = {json.dumps(name)}\nparameters = ["x"]\n[values]\nx = 1.0'
            )


def test_every_format_has_a_reader() -> None:
    assert set(SEEN) == {*WRITERS, *WHOLE}
