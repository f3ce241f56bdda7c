"""Papers and keys for word processors, through pandoc; the foot of each page is put into the archive after it."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache

from symbackprop.document import Document, Figure
from symbackprop.exams.formats import Format, Piece
from symbackprop.exams.formats.packed import zipped
from symbackprop.exams.formats.paper import Page, Printed, key, paper
from symbackprop.exams.formats.qr import png
from symbackprop.exams.variant import Exam, Variant
from symbackprop.writers.office import converted_page
from symbackprop.writers.render import bitmaps

TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PICTURE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/image" Target="media/qr.png"/></Relationships>'
)
#  file in the archive: what is found, what stands before or behind it
PATCHES = {
    "[Content_Types].xml": (
        r"(?=</Types>)",
        f'<Override PartName="/word/footer9.xml" ContentType="{TYPES}"/>'
        '<Override PartName="/word/media/qr.png" ContentType="image/png"/>',
    ),
    "word/_rels/document.xml.rels": (
        r"(?=</Relationships>)",
        f'<Relationship Id="rIdFoot" Type="{RELATIONS}/footer" Target="footer9.xml"/>',
    ),
    "word/document.xml": (
        r"(?<=<w:sectPr>)|(?<=<w:sectPr )(?=/>)",
        f'<w:footerReference xmlns:r="{RELATIONS}" w:type="default" r:id="rIdFoot"/>',
    ),
}


@lru_cache(8)
def page(exam: Exam) -> Page:
    def address(figure: Figure) -> str:
        (picture,) = bitmaps(Document("", exam.language, (figure,)), exam.templates).values()
        return "data:image/png;base64," + base64.b64encode(picture).decode()

    return Page(Printed(exam.language, "office", exam.templates, address))


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    leaf = page(exam)
    for end, tell in (("", paper), (".key", key)):
        data = leaf.of(exam, variant, tell)
        foot = leaf.fill("exam/foot.xml.j2", {"variant": data["variant"], "page": data["page"]})
        made = converted_page(leaf.fill("exam/paper.html.j2", data), "docx")
        yield f"docx/{variant.id}{end}.docx", footed(made, foot, png(variant.id))


def footed(data: bytes, foot: str, code: bytes) -> bytes:
    """The document with this foot on every page."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, patched(name, archive.read(name))) for name in archive.namelist()]
    parts += [
        ("word/footer9.xml", foot.encode()),
        ("word/_rels/footer9.xml.rels", PICTURE.encode()),
        ("word/media/qr.png", code),
    ]
    return b"".join(zipped(parts))


def patched(name: str, content: bytes) -> bytes:
    if name not in PATCHES:
        return content
    pattern, more = PATCHES[name]
    return re.sub(pattern, more, content.decode(), count=1).encode()


DOCX = Format(pieces, key=False, lacks=("qr-only", "office-rows"), extra="exam,office")
