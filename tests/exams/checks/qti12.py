"""QTI 1.2 as Canvas takes it: what its manifest and its items have to have, and what its importer makes of a number.

From the specification and from Canvas's qti_exporter: there every condition with a range or with an `or` is an answer
that is right, whatever it scores.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal

from lxml import etree

NS = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
TYPES = ("numerical_question", "multiple_choice_question", "matching_question", "short_answer_question")


def read(data: bytes) -> tuple[dict[str, etree._Element], list[str]]:
    """The quizzes of a package by their files, and its faults."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            files = {name: zipped.read(name) for name in zipped.namelist()}
            trees = {name: etree.fromstring(content) for name, content in files.items()}
    except (zipfile.BadZipFile, EOFError, etree.XMLSyntaxError) as error:
        return {}, [f"cannot be read: {error}"]
    if "imsmanifest.xml" not in trees:
        return {}, ["no imsmanifest.xml"]
    rows = list(trees["imsmanifest.xml"].iter(f"{CP}resource"))
    named = {row.find(f"{CP}file").get("href"): row.get("type") for row in rows}
    found = [f"{name} is not in the manifest" for name in files.keys() - named.keys() - {"imsmanifest.xml"}]
    found += [f"the manifest names {name}, which is not there" for name in named.keys() - files.keys()]
    if len({row.get("identifier") for row in rows}) != len(rows):
        found.append("two resources of one identifier")
    quizzes = {name: trees[name] for name, kind in named.items() if kind == "imsqti_xmlv1p2" and name in trees}
    idents = [item.get("ident") for quiz in quizzes.values() for item in quiz.iter(f"{NS}item")]
    if len(idents) != len(set(idents)):
        found.append("two items of one ident")
    for quiz in quizzes.values():
        for item in quiz.iter(f"{NS}item"):
            found += [f"{item.get('ident')}: {fault}" for fault in of_item(item, files)]
    return quizzes, found


def of_item(item: etree._Element, files: dict[str, bytes]) -> list[str]:
    fields = {f.findtext(f"{NS}fieldlabel"): f.findtext(f"{NS}fieldentry") for f in item.iter(f"{NS}qtimetadatafield")}
    found = []
    if fields.get("question_type") not in TYPES:
        found.append(f"no question type is called {fields.get('question_type')}")
    if not Decimal(fields.get("points_possible") or 0) > 0:
        found.append("no points")
    said = [f.get("ident") for f in item.iter(f"{NS}itemfeedback")]
    shown = [d.get("linkrefid") for d in item.iter(f"{NS}displayfeedback")]
    if len(said) != len(set(said)):
        found.append("feedback that is there twice")
    found += [f"feedback {name}, which is not there" for name in set(shown) - set(said)]
    found += [f"feedback {name}, which nothing shows" for name in set(said) - set(shown)]
    places = {r.get("ident"): [x.get("ident") for x in r.iter(f"{NS}response_label")] for r in responses(item)}
    for test in item.iter(f"{NS}varequal", f"{NS}vargte", f"{NS}varlte"):
        if test.get("respident") not in places:
            found.append(f"a test of {test.get('respident')}, which is no response")
        elif responses_of(item, test).tag == f"{NS}response_lid" and test.text not in places[test.get("respident")]:
            found.append(f"a test for {test.text}, which is no choice")
    for text in item.iter(f"{NS}mattext"):
        found += of_html(text.text or "", files)
    if fields.get("question_type") == "numerical_question" and len(canvas_answers(item)) != 1:
        found.append("Canvas would take more than one number for right")
    return found


def responses(item: etree._Element) -> list[etree._Element]:
    return list(item.iter(f"{NS}response_lid", f"{NS}response_str"))


def responses_of(item: etree._Element, test: etree._Element) -> etree._Element:
    return next(r for r in responses(item) if r.get("ident") == test.get("respident"))


def of_html(text: str, files: dict[str, bytes]) -> list[str]:
    try:
        page = etree.fromstring(f"<div>{text}</div>")
    except etree.XMLSyntaxError as error:
        return [f"HTML that does not hang together: {error}"]
    found = ["a picture without words" for image in page.iter("img") if not image.get("alt")]
    for image in page.iter("img"):
        place = re.fullmatch(r"\$IMS-CC-FILEBASE\$/(.+)", html.unescape(image.get("src")))
        if not place or place[1] not in files:
            found.append(f"no file for {image.get('src')}")
    return found


def canvas_answers(item: etree._Element) -> list[tuple[Decimal, Decimal]]:
    """The numbers that Canvas takes for right, each with its margin."""
    found = []
    for condition in item.iter(f"{NS}conditionvar"):
        exact = condition.find(f".//{NS}or//{NS}varequal")
        low, high = condition.find(f".//{NS}vargte"), condition.find(f".//{NS}varlte")
        if exact is not None:
            found.append((Decimal(exact.text), Decimal(high.text) - Decimal(exact.text)))
        elif low is not None and high is not None:
            found.append(((Decimal(low.text) + Decimal(high.text)) / 2, (Decimal(high.text) - Decimal(low.text)) / 2))
    return found
