"""Moodle XML as a stranger reads it: what its importer should refuse, and what its question types make of an answer.

From question/format/xml, question/type/{numerical,multichoice,shortanswer,multianswer} and the list of grades.  The
importer takes a truncated file and a misspelt cloze type without a word; this does not.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from lxml import etree

GRADES = "100 90 83.33333 80 75 70 66.66667 60 50 40 33.33333 30 25 20 16.66667 14.28571 12.5 11.11111 10 5 0".split()
FRACTIONS = frozenset(GRADES) | {f"-{grade}" for grade in GRADES if grade != "0"}
TYPES = ("numerical", "multichoice", "shortanswer", "cloze")

GAPS = {
    "NUMERICAL": "numerical", "NM": "numerical",
    "MULTICHOICE": "multichoice", "MC": "multichoice", "MULTICHOICE_V": "multichoice", "MCV": "multichoice",
    "MULTICHOICE_H": "multichoice", "MCH": "multichoice",
    "SHORTANSWER": "shortanswer", "SA": "shortanswer", "MW": "shortanswer",
    "SHORTANSWER_C": "shortanswer", "SAC": "shortanswer", "MWC": "shortanswer",
}  # fmt: skip
ANSWER = r".+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
SAID = r".*?(?<!\\)(?=[~}]|$)"
WAY = rf"(?:=|%-?[0-9]+(?:[.,][0-9]*)?%)?(?:{ANSWER})(?:#(?:{SAID}))?"
WAYS = re.compile(rf"~?(=|%(-?[0-9]+(?:[.,][0-9]*)?)%)?({ANSWER})(#({SAID}))?", re.S)
NAMES = "|".join(sorted(GAPS, key=len, reverse=True))
GAP = re.compile(rf"\{{([0-9]*):({NAMES}):({WAY}(?:~{WAY})*)\}}", re.S)
STARTS = re.compile(r"\{[0-9]*:")
NUMBER = r"-?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
NUMERICAL = re.compile(rf"({NUMBER})(?::({NUMBER}))?")


def read(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))


def questions(data: bytes) -> list[etree._Element]:
    return [q for q in read(data).iter("question") if q.get("type") != "category"]


def number(text: str | None) -> Decimal | None:
    try:
        return Decimal((text or "").strip())
    except InvalidOperation:
        return None


# ---- faults ----------------------------------------------------------------------------------------------------------


def faults(data: bytes) -> list[str]:
    try:
        root = read(data)
    except etree.XMLSyntaxError as error:
        return [f"no XML: {error}"]
    if root.tag != "quiz":
        return [f"the root is {root.tag}"]
    found, category, ids = [], None, set()
    for q in root:
        kind = q.get("type")
        if q.tag != "question":
            found.append(f"{q.tag} in a quiz")
        elif kind == "category":
            category = q.findtext("category/text")
            if not (category or "").startswith("$course$/"):
                found.append("a category without a path")
        else:
            name = q.findtext("name/text") or "?"
            found += [f"{name}: {fault}" for fault in of_question(q, kind)]
            ident = q.findtext("idnumber")
            if category is None:
                found.append(f"{name}: no category")
            if not ident or len(ident) > 100:
                found.append(f"{name}: no idnumber of at most 100 letters")
            if (category, ident) in ids:
                found.append(f"{name}: the idnumber {ident} is in its category already")
            ids.add((category, ident))
    return found


def of_question(q: etree._Element, kind: str) -> list[str]:
    if kind not in TYPES:
        return [f"no type is called {kind}"]
    found = [f"no {path}" for path in ("name/text", "questiontext/text") if not (q.findtext(path) or "").strip()]
    for part in (q.find("questiontext"), q.find("generalfeedback"), *q.iter("feedback")):
        if part is None or part.get("format") != "html":
            found.append("a text that is not said to be HTML")
        else:
            found += of_html(part)
    if (number(q.findtext("defaultgrade")) or 0) <= 0:
        found.append("no default grade")
    found += [f"no {name}" for name in ("penalty", "hidden") if number(q.findtext(name)) is None]
    return found + (of_cloze(q) if kind == "cloze" else of_answers(q, kind))


def of_html(part: etree._Element) -> list[str]:
    text = part.findtext("text") or ""
    found = []
    bare = GAP.sub("", text)
    try:
        page = etree.fromstring(f"<div>{bare}</div>", etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        return [f"HTML that does not hang together: {error}"]
    shown = {image.get("src") for image in page.iter("img")}
    found += ["a picture without words" for image in page.iter("img") if not image.get("alt")]
    files = {f"@@PLUGINFILE@@/{file.get('name')}": file for file in part.iter("file")}
    found += [f"no file for {src}" for src in shown - files.keys() if not src.startswith("data:")]
    found += [f"nothing shows {src}" for src in files.keys() - shown]
    for src, file in files.items():
        try:
            etree.fromstring(base64.b64decode(file.text or "", validate=True))
        except (binascii.Error, etree.XMLSyntaxError):
            found.append(f"{src} is no picture")
    words = "".join(page.itertext())
    for opens, closes in (("\\(", "\\)"), ("\\[", "\\]")):
        if words.replace("\\\\", "").count(opens) != words.replace("\\\\", "").count(closes):
            found.append(f"{opens} without {closes}")
    return found


def of_answers(q: etree._Element, kind: str) -> list[str]:
    answers = q.findall("answer")
    found = [f"a fraction of {a.get('fraction')}" for a in answers if a.get("fraction") not in FRACTIONS]
    rights = sum(a.get("fraction") == "100" for a in answers)
    if rights < 1 or (kind == "multichoice" and rights != 1):
        found.append(f"{rights} right answers")
    if kind == "numerical":
        found += [f"{a.findtext('text')} is no number" for a in answers if number(a.findtext("text")) is None]
        found += ["no tolerance" for a in answers if (number(a.findtext("tolerance")) or Decimal(-1)) < 0]
        found += [f"no {n}" for n in ("unitgradingtype", "showunits") if number(q.findtext(n)) is None]
    else:
        found += ["an empty answer" for a in answers if not (a.findtext("text") or "").strip()]
    if kind == "multichoice":
        found += [] if q.findtext("single") == "true" else ["not single"]
        found += ["one choice"] if len(answers) < 2 else []
    return found


def of_cloze(q: etree._Element) -> list[str]:
    text = q.findtext("questiontext/text") or ""
    gaps = list(GAP.finditer(text))
    if not gaps:
        return ["no gap"]
    starts = [start[0] for start in STARTS.finditer(text) if not any(g.start() < start.start() < g.end() for g in gaps)]
    found = ["something like a gap that is none"] if len(starts) != len(gaps) else []
    for gap in gaps:
        if not int(gap[1] or 1):
            found.append("a gap that counts nothing")
        ways = list(WAYS.finditer(gap[3]))
        if sum(way[1] in ("=", "%100%") for way in ways) < 1:
            found.append("a gap without a right answer")
        if GAPS[gap[2]] == "numerical":
            found += [f"{way[3]} is no number" for way in ways if not NUMERICAL.fullmatch(way[3])]
    return found


# ---- marks -----------------------------------------------------------------------------------------------------------


def mark(q: etree._Element, *given: str) -> tuple[Fraction, list[str]]:
    """What it earns, of 1, and the feedback for each answer.  A choice is given by its number, from 0."""
    if q.get("type") != "cloze":
        ways = [
            (Decimal(a.get("fraction")) / 100, a.findtext("text"), a.findtext("tolerance"), a.findtext("feedback/text"))
            for a in q.findall("answer")
        ]
        earned, said = chosen(q.get("type"), ways, given[0])
        return Fraction(earned), [said]
    gaps = list(GAP.finditer(q.findtext("questiontext/text")))
    assert len(gaps) == len(given)
    marks = [chosen(GAPS[gap[2]], list(ways_of(gap)), one) for gap, one in zip(gaps, given, strict=True)]
    weights = [int(gap[1] or 1) for gap in gaps]
    whole = sum(w * Fraction(earned) for w, (earned, _) in zip(weights, marks, strict=True)) / sum(weights)
    return whole, [said for _, said in marks]


def ways_of(gap):
    """Its answers, decoded once, as Moodle does it."""
    for way in WAYS.finditer(gap[3]):
        earned = Decimal(1) if way[1] == "=" else Decimal(way[2] or 0) / 100
        said = html.unescape(way[5] or "").replace("\\}", "}").replace("\\#", "#")
        found = NUMERICAL.fullmatch(way[3])
        if GAPS[gap[2]] == "numerical" and found:
            yield earned, found[1], found[2] or "0", said
        else:
            yield earned, html.unescape(way[3]).replace("\\}", "}").replace("\\#", "#"), None, said


def chosen(kind: str, ways, given: str) -> tuple[Decimal, str]:
    """The first answer that fits."""
    if kind == "multichoice":
        earned, _, _, said = ways[int(given)]
        return earned, said
    for earned, text, tolerance, said in ways:
        fits = near(text, tolerance, given) if kind == "numerical" else like(text, given)
        if fits:
            return earned, said
    return Decimal(0), ""


def near(text: str, tolerance: str, given: str) -> bool:
    x = number(given)
    return x is not None and abs(x - Decimal(text)) <= Decimal(tolerance)


def like(text: str, given: str) -> bool:
    """A star stands for anything, if no backslash is before it."""
    parts = re.split(r"(?<!\\)\*", text)
    pattern = ".*".join(re.escape(part.replace("\\*", "*")) for part in parts)
    return re.fullmatch(pattern, given.strip(), re.IGNORECASE) is not None
