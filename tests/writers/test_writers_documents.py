"""Documents in every format: the golden files, what compiles, and that no text from outside is markup."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import fields, is_dataclass, replace

import pytest
from markdown_it import MarkdownIt
from sample_document import GOLDEN, document, files
from system import needs

from symbackprop.document import (
    Cite,
    Document,
    Edge,
    Equation,
    Figure,
    Heading,
    Inlines,
    Link,
    Node,
    Paragraph,
    Text,
    blocks,
)
from symbackprop.form import Form, shown
from symbackprop.writers import WRITERS, render, write
from symbackprop.writers.page import DocumentFault
from symbackprop.writers.pdf import compiled
from symbackprop.writers.render import fragment, pictures, preamble

NEEDED = {"pdf": ["typst"]} | {format: ["typst", "pypandoc"] for format in ("docx", "odt", "epub")}
TEX = needs("pdflatex", "booktabs.sty", "tikz.sty", "lmodern.sty")

HOSTILE = (
    '</title><script>alert(1)</script> \\input{/etc/passwd} \\write18{id} ${{7*7}} $x$ $$ %off #eval("1") #[x] @ref '
    "<eq-1> ]( javascript:x ) ![i](j) **b** _e_ `c` | & ~ ^ \" ' -- ?` /* c */ // \\\\ {{ title }} {% x %} \\VAR{title}"
    " \u202eabc\u0000 жц 漢字 ﷽ 😀 = - + 1. end"
)


def lace(part: object) -> object:
    """The same document with hostile text in every string that is meant for readers."""
    if isinstance(part, tuple):
        return tuple(map(lace, part))
    if isinstance(part, Form) or not is_dataclass(part):
        return part
    words = {f.name for f in fields(part)} & {"text", "title", "alt", "url", "notation"}
    if isinstance(part, Node | Edge) and isinstance(part.label, str):
        words |= {"label"}
    if isinstance(part, Edge):
        words |= {"name"}
    new = {f.name: lace(getattr(part, f.name)) for f in fields(part)}
    new |= {name: new[name] + HOSTILE for name in words if isinstance(new[name], str)}
    return replace(part, **new)


LACED = lace(document())
assert isinstance(LACED, Document)


@pytest.mark.parametrize("name", sorted(files()))
def test_golden(name):
    """A change of looks is looked at, then accepted with `python tests/writers/sample_document.py`."""
    assert files()[name] == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("format", WRITERS)
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_same_bytes_every_time(format, language):
    for module in NEEDED.get(format, ()):
        pytest.importorskip(module)
    assert render(document(language), format) == render(document(language), format)


# --- LaTeX -------------------------------------------------------------------------------------------------------


def pdflatex(text: str, folder) -> tuple[str, str]:
    (folder / "x.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "x.tex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    words = subprocess.run(["pdftotext", "-layout", "x.pdf", "-"], cwd=folder, check=True, capture_output=True).stdout
    return (folder / "x.log").read_text(errors="replace"), words.decode()


@TEX
@needs("pdftotext")
@pytest.mark.parametrize("language", ["en", "id"])
def test_latex_compiles_without_a_line_that_is_too_long(language, tmp_path):
    log, words = pdflatex(str(render(document(language), "latex")), tmp_path)
    assert not re.findall(r"Overfull \\hbox \((?:\d{2,}|[5-9])\.", log)
    assert {"en": "Figure 1.", "id": "Gambar 1."}[language] in words
    assert {"en": "0.082167041", "id": "0,082167041"}[language] in words


@TEX
@needs("pdftotext")
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_fragment_is_put_into_a_document_of_ones_own(language, tmp_path):
    write(document(language), ["latex-fragment"], tmp_path, "sample")
    assert {path.name for path in tmp_path.iterdir()} == {"sample.fragment.tex", "sample.preamble.tex"}
    own = r"\documentclass[fleqn]{report}\input{sample.preamble}\begin{document}\input{sample.fragment}\end{document}"
    _, words = pdflatex(own, tmp_path)
    assert {"en": "Figure 1.", "id": "Gambar 1."}[language] in words


@TEX
@needs("pdftotext", "exam.cls")
@pytest.mark.parametrize("language", ["en", "id"])
def test_a_question_of_the_class_exam(language, tmp_path):
    text = str(render(document(language), "latex-exam"))
    log, words = pdflatex(text, tmp_path)
    assert not re.findall(r"Overfull \\hbox \((?:\d{2,}|[5-9])\.", log)
    title, other = ("Solution", "Penyelesaian") if language == "en" else ("Penyelesaian", "Solution")
    assert title in words
    assert other not in words
    _, words = pdflatex(text.replace(",answers]", "]"), tmp_path)
    assert title not in words  # the question alone
    assert {"en": "Table 1.", "id": "Tabel 1."}[language] in words


@TEX
@needs("pdftotext", "siunitx.sty")
@pytest.mark.parametrize("language", ["en", "id"])
def test_numbers_by_siunitx(language, tmp_path):
    text = str(render(document(language), "latex-siunitx"))
    assert r"\num{0" in text
    _, words = pdflatex(text, tmp_path)
    assert {"en": "0.082167041", "id": "0,082167041"}[language] in words


@pytest.mark.parametrize(("language", "said"), [("en", "Solution"), ("id", "Penyelesaian")])
def test_the_words_of_the_class_exam_are_the_document_s(language, said):
    assert rf"\textbf{{{said}}}\par" in str(render(document(language), "latex-exam"))


@TEX
@needs("pdftotext")
def test_hostile_text_is_inert_in_latex(tmp_path):
    _, words = pdflatex(str(render(LACED, "latex")), tmp_path)
    assert all(word in words for word in (r"\input{/etc/passwd}", "${{7*7}}", "{% x %}", r"\VAR{title}", "<script>"))
    assert "root:" not in words


@TEX
@needs("pdftotext")
def test_fragments_share_a_preamble_in_latex(tmp_path):
    start = "\\documentclass[fleqn]{article}\n" + preamble("latex", ".tex", "id") + "\\begin{document}\n"
    parts = [fragment(document(language), "latex", ".tex") for language in ("id", "en")]
    _, words = pdflatex(start + "\n\\newpage\n".join(parts) + "\\end{document}\n", tmp_path)
    assert "Gambar 1." in words
    assert "Figure 1." in words


# --- Typst and PDF -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
def test_pdf_passes_pdf_ua(language):
    pytest.importorskip("typst")
    pdf = render(document(language), "pdf")
    assert isinstance(pdf, bytes)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid" in pdf


@needs("pdftotext")
def test_hostile_text_is_inert_in_typst(tmp_path):
    """It has letters that Typst's own fonts lack, too."""
    pytest.importorskip("typst")
    (tmp_path / "x.pdf").write_bytes(compiled(str(render(LACED, "typst"))))
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "x.pdf", "-"], check=True, capture_output=True
    ).stdout.decode()
    assert all(word in words for word in (r"\input{/etc/passwd}", "${{7*7}}", '#eval("1")', "<eq-1>", "/* c */ //"))


# --- Markdown ----------------------------------------------------------------------------------------------------


def test_hostile_text_is_inert_in_markdown():
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(str(render(LACED, "markdown")))
    tags = set(re.findall(r"<(/?[a-z0-9]+)", re.sub(r"(?s)<!--.*?-->", "", page)))
    own = "p em strong a h1 h2 h3 ol li blockquote table thead tbody tr th td img span br"
    assert {tag.strip("/") for tag in tags} <= set(own.split())
    assert not re.search(r"(?:href|src)=\"(?!#|https://mattmazur|data:image/svg)", page)


def test_displays_have_no_line_that_github_reads_as_something_else():
    for text in (str(render(document(), "markdown")), str(render(LACED, "markdown"))):
        displays = re.findall(r"(?s)\$\$\n(.*?)\n(?:> )?\$\$", text)
        assert len(displays) == sum(isinstance(block, Equation) for block in blocks(document()))
        for row in "\n".join(displays).split("\n"):
            assert re.match(r"(?:> )?[\\&A-Za-z{0-9 (]", row), row
            assert not re.search(r"\\[^A-Za-z\\]|\]\(|[`<*$]", row.removesuffix(r"\\")), row


def test_every_picture_has_words():
    for alt, name in re.findall(r"!\[(.*?)\]\((.*?)\)", files()["sample.md"]):
        assert len(alt) > 20
        assert name == "sample-paths.svg"


# --- SVG ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("some", [document("en"), LACED], ids=["plain", "hostile"])
def test_svg_is_a_picture_with_words(some):
    root = ET.fromstring(pictures(some)["paths"])
    names = [element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()]
    assert root.get("role") == "img"
    assert names[1:3] == ["title", "desc"]
    assert set(names) == {"svg", "title", "desc", "rect", "g", "line", "polygon", "circle", "text", "tspan"}
    title, desc = (root.find(f"{{http://www.w3.org/2000/svg}}{name}").text for name in names[1:3])
    assert title.startswith("Figure\u00a01. The ways from")
    assert desc.startswith("From w1 one path leads over o1")


# --- documents that do not hang together -------------------------------------------------------------------------


def with_blocks(*some) -> Document:
    return replace(document(), blocks=(*document().blocks, *some))


def say(*inlines) -> Inlines:
    return inlines


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (Paragraph(say(Cite("nowhere"))), "'nowhere'"),
        (Equation(document().blocks[5].lines, 1), "equations have the number 1"),
        (next(b for b in blocks(document()) if isinstance(b, Figure)), "called 'paths'"),
        (replace(document().blocks[3], name="other", align="lc"), "'other'"),
    ],
)
def test_faults_are_named(block, message):
    with pytest.raises(DocumentFault, match=message):
        render(with_blocks(block), "latex")


def test_an_equation_that_is_cited_but_not_shown_is_no_link():
    text = str(render(with_blocks(Paragraph(say(Cite(99)))), "markdown"))
    assert text.endswith("\n(99)\n\n")


def test_only_addresses_of_the_web_are_links():
    text = str(render(with_blocks(Paragraph(say(Link("here", "javascript:alert(1)")))), "markdown"))
    assert text.endswith("\nhere\n\n")


def test_without_a_heading_the_title_is_printed():
    plain = Document("A title", "en", (Heading(2, say(Text("Part"))), Equation((comparison(),))))
    assert str(render(plain, "markdown")).startswith("# A title\n\n## Part\n")


def comparison():
    from symbackprop.document import Line

    return Line(shown("0.5"), shown("0.25"), ">")
