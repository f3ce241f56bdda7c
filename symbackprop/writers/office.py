"""Word processors and e-books through pandoc: our own small HTML in, docx, odt or epub out.

Pandoc gets the text on its standard input and pictures as data, works in its own sandbox, and is asked to fail where it
would only warn: a formula that it cannot read would be printed as raw TeX.
"""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from html import escape
from pathlib import Path

from symbackprop.document import Document, Figure, blocks
from symbackprop.errors import MissingExtra, OutputError, Place, TemplateFault
from symbackprop.templating import plain_text
from symbackprop.writers.render import bitmaps, filled

FIRST = 315532800  # 1980-01-01, the first day that a zip file can tell: the same bytes every day
LONG = 300  # seconds for one document


def converted(document: Document, format: str, templates: Path | None = None) -> bytes:
    """The document as docx, odt or epub."""
    pandoc()  # says what is missing before pictures are drawn
    addresses = {
        name: "data:image/png;base64," + base64.b64encode(png).decode()
        for name, png in bitmaps(document, templates).items()
    }
    page = filled(document, "office", ".html", templates, pictures=addresses)
    return converted_page(page, format, [plain_text(b.alt) for b in blocks(document) if isinstance(b, Figure)])


def converted_page(page: str, format: str, alts: Iterable[str] = ()) -> bytes:
    """What pandoc makes of our HTML; `alts` are the words of each picture in turn, which it loses in odt."""
    return _patched(_pandoc(page, format), format, iter([escape(alt) for alt in alts]))


@cache
def pandoc() -> str:
    """Where the program lies that the extra `office` brings."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise MissingExtra("writing docx, odt and epub", "office") from None


def _pandoc(page: str, format: str) -> bytes:
    command = [
        pandoc(), "--sandbox", "--fail-if-warnings", f"--data-dir={os.devnull}", "--from=html", f"--to={format}",
        "--standalone", "--mathml", "--shift-heading-level-by=-1", "--output=-",
        f"--metadata=identifier:urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, page)}",
    ]  # fmt: skip
    env = os.environ | {"SOURCE_DATE_EPOCH": str(FIRST)}
    try:
        done = subprocess.run(command, input=page.encode(), capture_output=True, env=env, timeout=LONG, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError(f"pandoc did not end its work on {format}: {error}") from error
    if done.returncode or done.stderr:
        raise _fault(done.stderr.decode(errors="replace"))
    return done.stdout


def _fault(said: str) -> TemplateFault:
    """What pandoc warned of; formulas by themselves."""
    formulas = re.findall(r"(?s)Could not convert TeX math (.*?),? rendering as TeX", said)
    told = f"pandoc cannot read the formula {'; '.join(formulas)}" if formulas else f"pandoc: {said.strip()}"
    return TemplateFault(told, Place("office/document.html.j2"))


# --- what pandoc has no option for: A4, smaller letters, formulas in full size, words for pictures in odt ------------

SECTION = """<w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1304" w:right="1304" w:bottom="1304" w:left="1304"
 w:header="708" w:footer="708" w:gutter="0" /></w:sectPr>"""
STYLE = """
.display, .display tbody { border: 0 }
.display math { math-style: normal }
"""
CELL = (
    r'(<w:pPr>(?:(?!</w:pPr>).)*?(?:<w:jc w:val="(\w+)" />)?</w:pPr>)'
    r"(<m:oMath>(?:(?!<w:).)*</m:oMath>)(?=</w:p></w:tc>)"
)
Alts = Iterator[str]
Change = Callable[[Alts, re.Match[str]], str]  # the words of each picture in turn, what was found: what to put there


def _full_size(_: Alts, cell: re.Match[str]) -> str:
    """A formula alone in its cell is a display, on the cell's own side."""
    side = f'<m:oMathParaPr><m:jc m:val="{cell[2] or "left"}" /></m:oMathParaPr>'
    return f"{cell[1]}<m:oMathPara>{side}{cell[3]}</m:oMathPara>"


#  format, file in the archive: pattern and change
PATCHES: dict[tuple[str, str], tuple[tuple[str, Change], ...]] = {
    ("docx", "word/document.xml"): (
        (r"</w:sectPr>(?=\s*</w:body>)", lambda alts, found: SECTION),
        (r'(?<=<pic:cNvPr) descr="[^"]*"', lambda alts, found: ""),  # the picture's data once more
        (CELL, _full_size),
    ),
    ("docx", "word/styles.xml"): ((r'(?<=<w:sz w:val=")24|(?<=<w:szCs w:val=")24', lambda alts, found: "21"),),
    ("odt", "styles.xml"): (
        (
            r'fo:page-height="11in" fo:page-width="8.5in"',
            lambda alts, found: 'fo:page-height="29.7cm" fo:page-width="21cm"',
        ),
    ),
    ("odt", "content.xml"): (
        (
            r"<style:table-properties",
            lambda alts, found: f'{found[0]} fo:margin-top="0.15cm" fo:margin-bottom="0.15cm"',
        ),
        (r"<draw:image [^>]*/>", lambda alts, found: f"{found[0]}<svg:desc>{next(alts)}</svg:desc>"),
    ),
    ("epub", "EPUB/styles/stylesheet1.css"): ((r"\Z", lambda alts, found: STYLE),),
}


def _patched(data: bytes, format: str, alts: Alts) -> bytes:
    """The archive with its files changed, in the same order and with one date."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            dated = zipfile.ZipInfo(entry.filename)  # 1980-01-01
            dated.compress_type = entry.compress_type
            new.writestr(dated, _changed(old.read(entry), PATCHES.get((format, entry.filename), ()), alts))
    return out.getvalue()


def _changed(content: bytes, patches: tuple[tuple[str, Change], ...], alts: Alts) -> bytes:
    for pattern, change in patches:
        content = re.sub(pattern, partial(change, alts), content.decode()).encode()
    return content
