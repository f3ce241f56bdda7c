"""text2qti: makes the QTI 1.2 package that Canvas takes from plain text.  A second opinion on what ours looks like."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from zipfile import ZipFile

from drivers.environment import run
from drivers.qti12 import NS, items, kind
from lxml import etree

Shape = dict[str, set[tuple[str, tuple[str, ...]]]]


def convert(text: str, folder: Path) -> Path:
    """The package that it makes of a quiz."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quiz.txt").write_text(text, encoding="utf-8")
    run("text2qti", "text2qti", "quiz.txt", folder=folder)
    return folder / "quiz.zip"


def assessment(package: Path) -> etree._Element:
    """The questions in a package: the file of the manifest's resource of type imsqti_xmlv1p2."""
    with ZipFile(package) as zipped:
        manifest = etree.fromstring(zipped.read("imsmanifest.xml"))
        (name,) = manifest.xpath("//*[@type='imsqti_xmlv1p2']/*[local-name()='file']/@href")
        return etree.fromstring(zipped.read(name))


def shape(root: etree._Element) -> Shape:
    """For each question type, which elements stand where, with which attributes."""
    found: Shape = defaultdict(set)
    for item in items(root):
        for element in item.iter(f"{NS}*"):
            above = [ancestor.tag for ancestor in element.iterancestors() if item in ancestor.iterancestors()]
            path = "/".join(etree.QName(tag).localname for tag in [*reversed(above), element.tag])
            found[kind(item)].add((path, tuple(sorted(element.attrib))))
    return dict(found)


def strange(ours: etree._Element, theirs: etree._Element) -> Shape:
    """What stands in our questions and in none of theirs of the same type."""
    known = shape(theirs)
    extra = {name: rows - known.get(name, set()) for name, rows in shape(ours).items()}
    return {name: rows for name, rows in extra.items() if rows}
