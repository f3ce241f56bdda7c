"""Papers as files: no student's file hangs on an answer, keys do; languages, one's own templates, hostile texts."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from small_exam import EXAM, INDONESIAN, VARIANTS, said
from system import needs

from symbackprop.exams.formats.amc import AMC
from symbackprop.exams.formats.docx import DOCX
from symbackprop.exams.formats.latex import EXAM_CLASS, LATEX
from symbackprop.exams.formats.pdf import PDF
from symbackprop.exams.formats.typst import TYPST
from symbackprop.exams.variant import Choice, Numeric, Order, Outcome, Student, Variant, Written

pytest.importorskip("segno")
SOURCES = {"latex": LATEX, "exam-class": EXAM_CLASS, "typst": TYPST}
PAPERS = SOURCES | {"pdf": PDF, "docx": DOCX}
FIRST, SECOND = VARIANTS


def ready(name):
    """docx takes pandoc, PDF and pictures Typst."""
    for module in {"docx": ("pypandoc", "typst"), "pdf": ("typst",)}.get(name, ()):
        pytest.importorskip(module)


def files(name, exam=EXAM, variant=FIRST):
    ready(name)
    return dict(PAPERS[name].pieces(exam, variant))


def opened(content: bytes) -> str:
    """The text of a file; of an archive, of all its files."""
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def students(name, exam=EXAM, variant=FIRST):
    (content,) = [content for file, content in files(name, exam, variant).items() if ".key." not in file]
    return content


def other(variant: Variant) -> Variant:
    """The same paper with other answers throughout: keys, mistakes, which choice is right, solutions."""

    def changed(part):
        match part.answer:
            case Numeric(key=key, tolerance=tolerance):
                outcomes = (Outcome("half-not-cancelled", key * 7, said("Something else.")),)
                answer = Numeric(key + Decimal("0.1111"), tolerance * 3, outcomes)
            case Choice(options=options):
                turned = options[1:] + options[:1]
                both = zip(options, turned, strict=True)
                answer = Choice(tuple(replace(a, mistake=b.mistake, feedback=b.feedback) for a, b in both))
            case Order(items=items, places=places):
                answer = Order(items, places[::-1], said("Another reason."))
            case Written(form=form):
                answer = Written("1x1", form, said("1x1"))
        return replace(part, answer=answer)

    questions = tuple(
        replace(q, parts=tuple(map(changed, q.parts)), solution=q.solution * 2) for q in variant.questions
    )
    return replace(variant, questions=questions)


@pytest.mark.parametrize("name", PAPERS)
def test_files_are_named_by_the_variant(name):
    suffix = {"latex": "tex", "exam-class": "tex", "typst": "typ"}.get(name, name)
    assert list(files(name)) == [f"{name}/v00001.{suffix}", f"{name}/v00001.key.{suffix}"]
    assert not PAPERS[name].key
    assert AMC.key


@pytest.mark.parametrize("name", PAPERS)
def test_a_students_file_is_the_same_whatever_the_answers_are(name):
    """So it holds none of them: not in what is printed, nor in comments, metadata or hidden text."""
    assert students(name) == students(name, variant=other(FIRST))
    keys = [dict(PAPERS[name].pieces(EXAM, v)) for v in (FIRST, other(FIRST))]
    assert all(keys[0][file] != keys[1][file] for file in keys[0] if ".key." in file)


@pytest.mark.parametrize("name", [*SOURCES, "docx"])
def test_only_the_key_tells_answers(name):
    paper, key = map(opened, files(name).values())
    for word in ("0.2500", "0.4321", "The slope of the activation is left out", "Marking table", "Solution"):
        assert word not in paper
        assert word in key
    for told in (paper, key):
        assert "v00001" in told
        assert "Write every step down." in told
        assert "Networks" in told


@pytest.mark.parametrize("name", SOURCES)
def test_papers_in_indonesian(name):
    paper, key = (content.decode() for content in files(name, INDONESIAN).values())
    assert "Varian v00001" in paper
    assert "Soal 6" in paper or name == "exam-class"
    assert "Nomor induk" in paper
    assert "Kunci jawaban" in key
    assert "0,2500 ± 0,0005" in key
    assert "Question" not in paper


@pytest.mark.parametrize("name", SOURCES)
def test_a_students_name_stands_in_place_of_the_line(name):
    named = replace(FIRST, student=Student("A-1", "Siti Nurhaliza", "B"))
    with_name, without = students(name, variant=named).decode(), students(name).decode()
    assert "Siti Nurhaliza" in with_name
    assert "A-1" in with_name.replace("\\-", "-")
    assert with_name.count("dotted") == without.count("dotted") - 2 or name == "typst"


HOSTILE = [r"\input{/etc/passwd}", '#eval("1+1")', "<b>&amp;</b> ]>", "$x$ % } { ~ ^ _", "{{ 7*7 }}", "\u202eevil\x00"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", SOURCES)
def test_texts_from_outside_are_inert(name, text):
    exam = replace(EXAM, title=text, course=text, date=text, instructions=(text,))
    named = replace(FIRST, student=Student("A1", text, text))
    source = students(name, exam, named).decode()
    assert "\u202e" not in source
    assert "\x00" not in source
    if name != "typst":
        assert r"\input{/" not in source
        assert "$x$ %" not in source
    else:
        typst = pytest.importorskip("typst")
        assert typst.compile(source.encode(), format="pdf")[:5] == b"%PDF-"


def test_ones_own_templates_go_before_ours(tmp_path):
    (tmp_path / "exam").mkdir()
    (tmp_path / "exam/paper.typ.j2").write_text("Mine: {{ title }} {{ questions | length }}")
    (tmp_path / "exam/paper.tex.j2").write_text(r"Mine: \VAR{total}")
    exam = replace(EXAM, title="Quiz", templates=tmp_path)
    assert students("typst", exam) == b"Mine: Quiz 6"
    assert students("latex", exam) == b"Mine: 8.5"
    assert students("typst", replace(EXAM, title="Quiz")).startswith(b"#set document")


# --- PDF ----------------------------------------------------------------------------------------------------------


def read(program, content, tmp_path):
    (tmp_path / "paper.pdf").write_bytes(content)
    done = subprocess.run([program, "paper.pdf", *(["-"] if program == "pdftotext" else [])],
                          cwd=tmp_path, capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode()


@needs("pdftotext")
@pytest.mark.parametrize(("exam", "word", "of"), [(EXAM, "Variant", "of"), (INDONESIAN, "Varian", "dari")])
def test_each_page_says_the_variant_and_its_number(tmp_path, exam, word, of):
    for content in files("pdf", exam).values():
        pages = read("pdftotext", content, tmp_path).split("\f")[:-1]
        assert len(pages) > 1
        for k, text in enumerate(pages, 1):
            assert f"{word} v00001" in text
            assert re.search(rf"{k} {of} {len(pages)}", text)


@needs("pdftotext")
def test_a_pdf_tells_of_itself_title_and_language_alone(tmp_path):
    told = read("pdfinfo", students("pdf"), tmp_path)
    found = dict(re.findall(r"(?m)^(\w+): +(.*)$", told))
    assert found["Title"] == EXAM.title
    assert not {"Subject", "Keywords"} & set(found)
    text = read("pdftotext", students("pdf"), tmp_path)
    assert "0.2500" not in text
    assert "0.2500" in read("pdftotext", files("pdf")["pdf/v00001.key.pdf"], tmp_path)


# --- docx ---------------------------------------------------------------------------------------------------------


def test_every_page_of_a_docx_has_the_foot():
    with zipfile.ZipFile(io.BytesIO(students("docx"))) as archive:
        foot = archive.read("word/footer9.xml").decode()
        assert archive.read("word/media/qr.png")[:4] == b"\x89PNG"
        assert 'Target="footer9.xml"' in archive.read("word/_rels/document.xml.rels").decode()
        assert "/word/footer9.xml" in archive.read("[Content_Types].xml").decode()
        assert "<w:sectPr><w:footerReference" in archive.read("word/document.xml").decode()
    assert "Variant v00001" in foot
    assert {"PAGE", "NUMPAGES"} == set(re.findall("<w:instrText>(.*?)</w:instrText>", foot))


def test_the_docx_is_the_same_each_time():
    assert files("docx") == files("docx")
