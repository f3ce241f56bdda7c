"""QTI 2.1, 2.2 and 3.0 packages as a stranger reads them: the manifest, what each item declares, and its processing.

From the information models of QTI and of content packaging.  3.0's names are read as 2.1's, by the rule that made them.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree

MATHML = "http://www.w3.org/1998/Math/MathML"
SPACES = {
    "2p1": ("http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/imscp_v1p1"),
    "2p2": ("http://www.imsglobal.org/xsd/imsqti_v2p2", "http://www.imsglobal.org/xsd/imscp_v1p1"),
    "3p0": ("http://www.imsglobal.org/xsd/imsqtiasi_v3p0", "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"),
}
HTML = frozenset("p div span strong em br a img table caption thead tbody tr th td ol ul li".split())
# Element: what it has to have.
KNOWN: dict[str, tuple[str, ...]] = {
    "assessmentItem": ("identifier", "title", "adaptive", "timeDependent"),
    "responseDeclaration": ("identifier", "cardinality", "baseType"),
    "correctResponse": (), "value": (), "defaultValue": (),
    "outcomeDeclaration": ("identifier", "cardinality", "baseType"),
    "itemBody": (), "contentBody": (), "prompt": (),
    "textEntryInteraction": ("responseIdentifier",),
    "choiceInteraction": ("responseIdentifier", "shuffle", "maxChoices"),
    "orderInteraction": ("responseIdentifier", "shuffle"),
    "simpleChoice": ("identifier",),
    "responseProcessing": (), "responseCondition": (), "responseIf": (), "responseElseIf": (), "responseElse": (),
    "setOutcomeValue": ("identifier",), "variable": ("identifier",), "correct": ("identifier",),
    "baseValue": ("baseType",), "sum": (), "multiple": (), "or": (), "match": (),
    "equal": ("toleranceMode", "tolerance"), "stringMatch": ("caseSensitive",),
    "modalFeedback": ("outcomeIdentifier", "identifier", "showHide"),
}  # fmt: skip
ORDER = ("responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback")
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def camel(name: str) -> str:
    return re.sub(r"-([a-z])", lambda letter: letter[1].upper(), name)


@dataclass
class Package:
    version: str
    files: dict[str, bytes]
    faults: list[str] = field(default_factory=list)
    items: dict[str, etree._Element] = field(default_factory=dict)  # by their file; with 2.1's names
    tests: dict[str, etree._Element] = field(default_factory=dict)

    def fault(self, text: str) -> None:
        self.faults.append(text)


def read(data: bytes, version: str) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            made = Package(version, {name: zipped.read(name) for name in zipped.namelist()})
            if len(zipped.namelist()) != len(set(zipped.namelist())):
                made.fault("a file that is there twice")
    except (zipfile.BadZipFile, EOFError) as error:
        return Package(version, {}, [f"no zip file: {error}"])
    trees = {}
    for name, content in made.files.items():
        try:
            trees[name] = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError as error:
            made.fault(f"{name}: no XML: {error}")
    if "imsmanifest.xml" in trees:
        manifest(made, trees)
    else:
        made.fault("no imsmanifest.xml")
    for name, tree in made.items.items():
        for fault in Item(tree).faults():
            made.fault(f"{name}: {fault}")
    return made


def manifest(made: Package, trees: dict[str, etree._Element]) -> None:
    space, packing = SPACES[made.version]
    root, types = (
        trees["imsmanifest.xml"],
        {f"imsqti_item_xmlv{made.version}": made.items, f"imsqti_test_xmlv{made.version}": made.tests},
    )
    if root.tag != f"{{{packing}}}manifest":
        made.fault(f"the manifest is {root.tag}")
        return
    rows = root.findall(f"{{{packing}}}resources/{{{packing}}}resource")
    idents = [row.get("identifier") for row in rows]
    for ident in idents:
        if idents.count(ident) > 1 or not IDENTIFIER.fullmatch(ident or ""):
            made.fault(f"the resource {ident}: its identifier cannot be used")
    listed = []
    for row in rows:
        href, kind = row.get("href"), row.get("type")
        hrefs = [file.get("href") for file in row.findall(f"{{{packing}}}file")]
        listed += hrefs
        if href not in hrefs:
            made.fault(f"{href} is no file of its resource")
        if kind in types and href in trees:
            types[kind][href] = named(made, trees[href], space)
        elif kind != "webcontent" or not (href or "").startswith("pictures/"):
            made.fault(f"{href} of type {kind}")
        needs = {need.get("identifierref") for need in row.findall(f"{{{packing}}}dependency")}
        made.faults += [f"{href} needs {need}, which is none" for need in needs - set(idents)]
        if href in trees and kind in types:
            made.faults += [
                f"{href} does not say that it needs {n}" for n in used(made, href, trees[href], rows) - needs
            ]
    made.faults += [f"{name} is not in the manifest" for name in made.files.keys() - set(listed) - {"imsmanifest.xml"}]
    made.faults += [f"the manifest names {name}, which is not there" for name in set(listed) - made.files.keys()]


def used(made: Package, href: str, tree: etree._Element, rows) -> set[str]:
    """The resources whose files it shows or asks for."""
    by_file = {row.get("href"): row.get("identifier") for row in rows}
    places = {str(x) for x in tree.xpath("//*/@src | //*[contains(local-name(), 'ef')]/@href")}
    found = {place.removeprefix("../") for place in places if place.startswith("../")}
    made.faults += [f"{href} shows {name}, which is not there" for name in found - made.files.keys()]
    return {by_file[name] for name in found & by_file.keys()}


def named(made: Package, tree: etree._Element, space: str) -> etree._Element:
    """A copy with 2.1's names and no namespace but MathML's."""
    copy = etree.fromstring(etree.tostring(tree))
    for element in copy.iter(etree.Element):
        name = etree.QName(element)
        if name.namespace == MATHML:
            continue
        if name.namespace != space:
            made.fault(f"{element.tag} of another namespace")
        plain = name.localname
        if made.version == "3p0" and plain not in HTML:
            if not plain.startswith("qti-"):
                made.fault(f"{plain} is no name of QTI 3")
            plain = camel(plain.removeprefix("qti-"))
            for key in [k for k in element.attrib if "-" in k]:
                element.set(camel(key), element.attrib.pop(key))
        elif "-" in plain:
            made.fault(f"{plain} is no name of QTI 2")
        element.tag = plain
    return copy


class Item:
    def __init__(self, tree: etree._Element) -> None:
        self.tree = tree
        self.own = [e for e in tree.iter(etree.Element) if etree.QName(e).namespace != MATHML]
        self.responses = {d.get("identifier"): d for d in tree.findall("responseDeclaration")}
        self.outcomes = {d.get("identifier"): d for d in tree.findall("outcomeDeclaration")}

    def faults(self) -> list[str]:
        found = []
        for e in self.own:
            if e.tag in KNOWN:
                found += [f"{e.tag} without {name}" for name in KNOWN[e.tag] if e.get(name) is None]
            elif e.tag not in HTML:
                found.append(f"{e.tag} is no element of QTI")
            if e.tag == "img" and not e.get("alt"):
                found.append("a picture without words")
            ident = e.get("identifier")
            if ident is not None and not IDENTIFIER.fullmatch(ident):
                found.append(f"{ident} is no identifier")
        places = [ORDER.index(e.tag) for e in self.tree if e.tag in ORDER]
        if places != sorted(places):
            found.append("parts in another order than the schema's")
        return found + self.references()

    def references(self) -> list[str]:
        found = []
        declared = self.responses | self.outcomes
        if len(self.tree.findall("responseDeclaration")) != len(self.responses):
            found.append("a response that is declared twice")
        given = [e.get("responseIdentifier") for e in self.own if e.get("responseIdentifier") is not None]
        found += [f"an interaction with {name}, which is not declared" for name in given if name not in self.responses]
        found += [f"{name} has {given.count(name)} interactions" for name in self.responses if given.count(name) != 1]
        for e in self.own:
            if e.tag in ("variable", "correct") and e.get("identifier") not in declared:
                found.append(f"{e.tag} {e.get('identifier')}, which is not declared")
            if e.tag == "setOutcomeValue" and e.get("identifier") not in self.outcomes:
                found.append(f"sets {e.get('identifier')}, which is no outcome")
        for e in self.own:
            if e.tag in ("choiceInteraction", "orderInteraction"):
                choices = [c.get("identifier") for c in e.findall("simpleChoice")]
                if len(set(choices)) != len(choices) or len(choices) < 2:
                    found.append("choices that cannot be told apart")
                keys = (
                    [v.text for v in self.responses[e.get("responseIdentifier")].iter("value")]
                    if e.get("responseIdentifier") in self.responses
                    else []
                )
                found += [f"the key {key} is no choice" for key in keys if key not in choices]
        said = [e.get("identifier") for e in self.tree.findall("modalFeedback")]
        shown = [
            v.text
            for s in self.own
            if s.tag == "setOutcomeValue" and s.get("identifier") == "FEEDBACK"
            for v in s.iter("baseValue")
        ]
        if len(set(said)) != len(said):
            found.append("feedback that is there twice")
        found += [f"feedback {name}, which is not there" for name in shown if name not in said]
        found += [f"feedback {name}, which nothing shows" for name in said if name not in shown]
        return found

    # ---- response processing -----------------------------------------------------------------------------------------

    def mark(self, **given) -> tuple[Decimal, dict[str, str]]:
        """SCORE, and the feedback that is shown, by its identifier.  What is not answered is NULL."""
        self.values = {name: given.get(name) for name in self.responses} | {"SCORE": Decimal(0), "FEEDBACK": ()}
        for rule in self.tree.find("responseProcessing"):
            self.run(rule)
        said = {f.get("identifier"): f for f in self.tree.findall("modalFeedback")}
        return self.values["SCORE"], {name: "".join(said[name].itertext()).strip() for name in self.values["FEEDBACK"]}

    def run(self, rule: etree._Element) -> None:
        if rule.tag == "setOutcomeValue":
            self.values[rule.get("identifier")] = self.value(rule[0])
        else:
            assert rule.tag == "responseCondition"
            for branch in rule:
                condition, *rules = [None, *branch] if branch.tag == "responseElse" else branch
                if condition is None or self.value(condition) is True:
                    for inner in rules:
                        self.run(inner)
                    break

    def value(self, e: etree._Element):
        parts = [self.value(inner) for inner in e]
        match e.tag:
            case "variable":
                return self.values[e.get("identifier")]
            case "correct":
                return tuple(v.text for v in self.responses[e.get("identifier")].iter("value"))
            case "baseValue":
                return Decimal(e.text) if e.get("baseType") == "float" else e.text
            case "sum":
                return sum(parts)
            case "multiple":
                return sum((p if isinstance(p, tuple) else (p,) for p in parts), ())
            case "or":
                return any(p is True for p in parts)
            case _ if None in parts:
                return None
            case "match":
                return parts[0] == parts[1]
            case "stringMatch":
                return (
                    parts[0].casefold() == parts[1].casefold()
                    if e.get("caseSensitive") == "false"
                    else parts[0] == parts[1]
                )
            case "equal":
                assert e.get("toleranceMode") == "absolute"
                below, above = map(Decimal, e.get("tolerance").split())
                return parts[1] - below <= Decimal(parts[0]) <= parts[1] + above
        raise AssertionError(e.tag)
