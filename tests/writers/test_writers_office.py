"""docx, odt and epub: what is in them, read back; what pandoc would lose is there or is an error."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from functools import cache

import pytest
from lxml import etree
from sample_document import document
from test_writers_documents import LACED

from symbackprop.document import Figure, blocks
from symbackprop.errors import MissingExtra, TemplateFault
from symbackprop.writers import office, render

pytest.importorskip("pypandoc")
pytest.importorskip("typst")

FORMATS = ("docx", "odt", "epub")
MATH = {"docx": "{*}oMath", "epub": "{http://www.w3.org/1998/Math/MathML}math"}
LANGUAGE = {"docx": "docProps/core.xml", "odt": "meta.xml", "epub": "EPUB/content.opf"}


@cache
def archive(format: str, language: str = "en", laced: bool = False) -> dict[str, bytes]:
    data = render(LACED if laced else document(language), format)
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert {entry.date_time for entry in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: files.read(name) for name in files.namelist()}


def trees(format: str, **how):
    """Every XML file by its name; all are well formed."""
    files = archive(format, **how)
    return {n: etree.fromstring(data) for n, data in files.items() if n.endswith((".xml", ".xhtml", ".opf", ".rdf"))}


def page(format: str, **how) -> str:
    """The words of the document, formulas too."""
    wanted = {"docx": r"word/document\.xml", "odt": r"content\.xml", "epub": r"EPUB/text/ch\d+\.xhtml"}[format]
    some = [tree for name, tree in sorted(trees(format, **how).items()) if re.fullmatch(wanted, name)]
    return " ".join(" ".join(tree.itertext()) for tree in some)


@pytest.mark.parametrize("format", FORMATS)
def test_every_reason_number_and_figure_is_in_the_page(format):
    words = " ".join(page(format).split())
    assert all(f"({n})" in words for n in (1, 2, 3))
    for said in (
        "chain rule along the one path from",
        "numbers put in",
        "a reason that has no room",
        "Figure 1.",
        "Conventions",
    ):
        assert said.replace("Figure 1", "Figure\u00a01") in words or said in words, said


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("format", FORMATS)
def test_formulas_are_native(format, language):
    if format == "odt":
        formulas = [
            tree for name, tree in trees(format, language=language).items() if re.match(r"Formula-\d+/content", name)
        ]
    else:
        formulas = [found for tree in trees(format, language=language).values() for found in tree.iter(MATH[format])]
    words = ["".join(f.itertext()) for f in formulas]
    assert len(words) > 40
    value = {"en": "0.082167041", "id": "0,082167041"}[language]
    assert any(value in word for word in words)
    assert not any(
        "\\"
        in re.sub(
            r"application/x-tex",
            "",
            "".join(t for e in f.iter() if "annotation" not in str(e.tag) for t in [e.text or ""]),
        )
        for f in formulas
    )


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("format", FORMATS)
def test_title_language_and_words_for_pictures(format, language):
    told = etree.tostring(trees(format, language=language)[LANGUAGE[format]], encoding="unicode")
    assert f">{language}</dc:language>" in told
    assert "Two steps of Mazur's example</dc:title>" in told
    alt = next(block.alt for block in blocks(document(language)) if isinstance(block, Figure))
    everything = b"".join(archive(format, language).values()).decode(errors="replace")
    assert alt in everything
    assert b"\x89PNG" in b"".join(archive(format, language).values())


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_text_is_inert(format):
    words = page(format, laced=True)
    for text in (r"\input{/etc/passwd}", "${{7*7}}", "$x$ $$", "<script>alert(1)</script>", "{% x %}", "**b** _e_ `c`"):
        assert text in words, text
    files = archive(format, laced=True)
    assert not [name for name, data in files.items() if b"<script" in data or b"root:" in data]


def test_a_page_is_a4_in_word_and_writer():
    assert 'w:w="11906" w:h="16838"' in archive("docx")["word/document.xml"].decode()
    assert 'fo:page-height="29.7cm" fo:page-width="21cm"' in archive("odt")["styles.xml"].decode()


def test_lines_of_a_display_are_set_in_full_size_in_word():
    """A formula in a line of text has small fractions there."""
    document = trees("docx")["word/document.xml"]
    sides = [
        side.get(f"{{{side.nsmap['m']}}}val") for side in document.iter("{*}oMathPara") for side in side.iter("{*}jc")
    ]
    assert {"left", "right"} <= set(sides)
    assert len(sides) > 15


def test_headings_are_headings():
    styles = [e.get(f"{{{e.nsmap['w']}}}val") for e in trees("docx")["word/document.xml"].iter("{*}pStyle")]
    assert (styles.count("Title"), styles.count("Heading1"), styles.count("Heading2")) == (1, 3, 1)


@pytest.mark.parametrize("formula", [r"\foo{x}", r"\frac{1}", r"\textcolor{red}{x}"])
def test_a_formula_that_pandoc_cannot_read_is_an_error(tmp_path, formula):
    """pandoc itself only warns, ends with 0 and prints raw TeX."""
    (tmp_path / "office").mkdir()
    (tmp_path / "office/document.html.j2").write_text(f'<p><script type="math/tex">{formula}</script></p>')
    with pytest.raises(TemplateFault, match=r"office/document\.html\.j2.*cannot read the formula") as caught:
        render(document(), "docx", tmp_path)
    assert formula in str(caught.value)


@pytest.mark.parametrize("address", ["https://example.com/x.png", "file:///etc/passwd", "/etc/passwd", "../x.png"])
def test_pandoc_reaches_neither_the_network_nor_files(tmp_path, address):
    (tmp_path / "office").mkdir()
    (tmp_path / "office/document.html.j2").write_text(f'<title>t</title><p><img src="{address}" alt="x"></p>')
    with pytest.raises(TemplateFault, match="pandoc: .*" + re.escape(address)):
        render(document(), "docx", tmp_path)


def test_without_pandoc_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    office.pandoc.cache_clear()
    try:
        with pytest.raises(MissingExtra, match=r"symbackprop\[office\]"):
            render(document(), "docx")
    finally:
        office.pandoc.cache_clear()
