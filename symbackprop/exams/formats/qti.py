"""QTI 2.1, 2.2 and 3.0: an item for each question, a test for each variant, a manifest that names every file.

They are one text.  The templates below are 2.1's; `Dialect` renames them for 3.0, mechanically: elements of QTI get
`qti-`, and all its names are written with hyphens.  What is shown is XHTML with MathML, which all three take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.moodle import decimal, right
from symbackprop.exams.formats.packed import zipped
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.templating import html_text

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

# ---- the three kinds -------------------------------------------------------------------------------------------------

# What keeps its name in 3.0: HTML.
PLAIN = frozenset("p div span strong em br a img table caption thead tbody tr th td ol ul li manifest metadata".split())


@dataclass(frozen=True)
class Dialect:
    place: str  # of the package
    item: str  # types of resources
    test: str
    space: str
    schema: str
    packing: str  # the manifest's namespace
    called: tuple[str, str]  # its schema and version
    renames: bool = False
    known: dict[str, str] = field(default_factory=dict, compare=False)

    def __call__(self, template: str, *values: object) -> str:
        """The template in this dialect, with its values filled in."""
        if template not in self.known:
            self.known[template] = renamed(template) if self.renames else template
        return self.known[template] % values

    @property
    def root(self) -> str:
        return f'xmlns="{self.space}" {XSI} xsi:schemaLocation="{self.space} {self.schema}"'


def renamed(template: str) -> str:
    return re.sub(r"<[^>]*>", lambda tag: _tag(tag[0]), template)


def _tag(tag: str) -> str:
    def name(found: re.Match[str]) -> str:
        plain = found[2] in PLAIN or found[2] == "%s"
        return found[1] + (found[2] if plain else "qti-" + hyphens(found[2]))

    named = re.sub(r"^(</?)([A-Za-z%]+)", name, tag)
    return re.sub(r'(?<=\s)([a-z]+[A-Z][A-Za-z]*)(?==")', lambda found: hyphens(found[1]), named)


def hyphens(name: str) -> str:
    """responseIdentifier → response-identifier"""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda capital: "-" + capital[0].lower(), name)


IMS = "http://www.imsglobal.org/xsd"
DIALECTS = {
    "qti21": Dialect(
        "qti21.zip", "imsqti_item_xmlv2p1", "imsqti_test_xmlv2p1",
        f"{IMS}/imsqti_v2p1", f"{IMS}/qti/qtiv2p1/imsqti_v2p1.xsd",
        f"{IMS}/imscp_v1p1", ("QTIv2.1 Package", "1.0.0"),
    ),
    "qti22": Dialect(
        "qti22.zip", "imsqti_item_xmlv2p2", "imsqti_test_xmlv2p2",
        f"{IMS}/imsqti_v2p2", f"{IMS}/qti/qtiv2p2/imsqti_v2p2.xsd",
        f"{IMS}/imscp_v1p1", ("QTIv2.2 Package", "1.0.0"),
    ),
    "qti30": Dialect(
        "qti30.zip", "imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0",
        f"{IMS}/imsqtiasi_v3p0", "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
        f"{IMS}/qti/qtiv3p0/imscp_v1p1", ("QTI Package", "3.0.0"), renames=True,
    ),
}  # fmt: skip

# ---- the package -----------------------------------------------------------------------------------------------------


@cache
def screen(language: str) -> Screen:
    return Screen(language, "html", lambda name, content: f"../pictures/{name}")


def identifier(*names: str) -> str:
    """What QTI takes: a letter first, then letters, digits, hyphens and full stops."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", "-".join(("i", *names)))


def pieces(kind: str, exam: Exam, variant: Variant) -> Iterator[Piece]:
    page, say = screen(exam.language), DIALECTS[kind]
    names = [identifier(variant.id, asked.id) for asked in variant.questions]
    given = page.given(variant)
    for name, asked in zip(names, variant.questions, strict=True):
        text = item(say, page, name, f"{variant.id} {asked.id}", given, asked)
        yield f"items/{name}.xml", text.encode()
        for picture in dict.fromkeys(re.findall(r'src="\.\./pictures/([^"]+)"', text)):
            yield f"pictures/{picture}", page.pictures[picture]
    yield f"tests/{identifier(variant.id)}.xml", test(say, exam, variant, names).encode()


def files(kind: str, exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    say = DIALECTS[kind]
    yield say.place, zipped(entries(say, pieces))


def entries(say: Dialect, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, each once, and the manifest: what a file shows or asks for belongs to its resource."""
    rows: dict[str, str] = {}
    for name, content in pieces:
        if name not in rows:
            rows[name] = resource(say, name, content)
            yield name, content
    yield "imsmanifest.xml", manifest(say, "".join(rows.values())).encode()


def resource(say: Dialect, name: str, content: bytes) -> str:
    folder, _, file = name.partition("/")
    ident = file.removesuffix(".xml")
    if folder == "pictures":
        return f'<resource identifier="{ident}" type="webcontent" href="{name}"><file href="{name}"/></resource>\n'
    parts = dict.fromkeys(re.findall(rb' (?:src|href)="\.\./(?:pictures|items)/([^"]+)"', content))
    needs = "".join(f'<dependency identifierref="{part.decode().removesuffix(".xml")}"/>' for part in parts)
    kind = say.item if folder == "items" else say.test
    return f'<resource identifier="{ident}" type="{kind}" href="{name}"><file href="{name}"/>{needs}</resource>\n'


def manifest(say: Dialect, rows: str) -> str:
    schema, version = say.called
    return (
        f'{HEAD}<manifest xmlns="{say.packing}" identifier="symbackprop">\n'
        f"<metadata><schema>{schema}</schema><schemaversion>{version}</schemaversion></metadata>\n"
        f"<organizations/>\n<resources>\n{rows}</resources>\n</manifest>\n"
    )


TEST = """<assessmentTest %s identifier="%s" title="%s">
<testPart identifier="part" navigationMode="nonlinear" submissionMode="simultaneous">
<assessmentSection identifier="section" title="%s" visible="true">
%s</assessmentSection>
</testPart>
<outcomeProcessing>
<setOutcomeValue identifier="SCORE"><sum><testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue>
</outcomeProcessing>
</assessmentTest>
"""
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>\n'
REF = '<assessmentItemRef identifier="%s" href="../items/%s.xml"/>\n'


def test(say: Dialect, exam: Exam, variant: Variant, names: list[str]) -> str:
    title = html_text(exam.title)
    refs = "".join(say(REF, name, name) for name in names)
    template = TEST.replace("<testPart", SCORE + "<testPart")
    return HEAD + say(template, say.root, identifier(variant.id), title, title, refs)


# ---- an item ---------------------------------------------------------------------------------------------------------

ITEM = """<assessmentItem %s identifier="%s" title="%s" adaptive="false" timeDependent="false">
%s<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="%s">
<defaultValue><value>0</value></defaultValue>
</outcomeDeclaration>
<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">
<defaultValue><value>%s</value></defaultValue>
</outcomeDeclaration>
<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier"/>
<itemBody>
%s</itemBody>
<responseProcessing>
%s</responseProcessing>
%s</assessmentItem>
"""
DECLARED = """<responseDeclaration identifier="%s" cardinality="%s" baseType="%s">
<correctResponse>%s</correctResponse>
</responseDeclaration>
"""
VALUE = "<value>%s</value>"
SAID = """<modalFeedback outcomeIdentifier="FEEDBACK" identifier="%s" showHide="show">%s</modalFeedback>
"""
SAID_IN_3 = """<modalFeedback outcomeIdentifier="FEEDBACK" identifier="%s" showHide="show">
<contentBody>%s</contentBody>
</modalFeedback>
"""
SCORED = (
    '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
    '<baseValue baseType="float">%s</baseValue></sum></setOutcomeValue>'
)
SAY = (
    '<setOutcomeValue identifier="FEEDBACK"><multiple><variable identifier="FEEDBACK"/>'
    '<baseValue baseType="identifier">%s</baseValue></multiple></setOutcomeValue>'
)
RULE = "<responseCondition><responseIf>%s%s</responseIf>%s</responseCondition>\n"
ELSE_IF = "<responseElseIf>%s%s</responseElseIf>"
ELSE = "<responseElse>%s</responseElse>"
NEAR = (
    '<equal toleranceMode="absolute" tolerance="%s %s"><variable identifier="%s"/>'
    '<baseValue baseType="float">%s</baseValue></equal>'
)
CHOSEN = '<match><variable identifier="%s"/><baseValue baseType="identifier">%s</baseValue></match>'
CORRECT = '<match><variable identifier="%s"/><correct identifier="%s"/></match>'
SPELLED = (
    '<stringMatch caseSensitive="false"><variable identifier="%s"/>'
    '<baseValue baseType="string">%s</baseValue></stringMatch>'
)
ANY = "<or>%s</or>"
ENTRY = '<p>%s <textEntryInteraction responseIdentifier="%s" expectedLength="%s"/></p>\n'
CHOICES = '<choiceInteraction responseIdentifier="%s" shuffle="false" maxChoices="1">%s%s</choiceInteraction>\n'
ORDERED = '<orderInteraction responseIdentifier="%s" shuffle="false">%s%s</orderInteraction>\n'
PROMPT = "<prompt>%s</prompt>"
OPTION = '<simpleChoice identifier="%s">%s</simpleChoice>'


@dataclass(frozen=True)
class Asked:
    """A part in an item: cardinality, type and values of its key; its interaction; conditions, the right one first."""

    cardinality: str
    type: str
    key: tuple[str, ...]
    interaction: str
    conditions: tuple[tuple[str, str], ...]  # a condition, the feedback for it
    otherwise: str = ""


def item(say: Dialect, page: Screen, name: str, title: str, given: str, asked: Question) -> str:
    declared, body, rules, said = [], [given, page.asked(asked)], [], []
    for k, part in enumerate(asked.parts, 1):
        response = f"RESPONSE{k}"
        told = next(tell for kind, tell in ANSWERS.items() if isinstance(part.answer, kind))
        found: Asked = told(say, page, part, response)
        values = "".join(say(VALUE, value) for value in found.key)
        declared.append(say(DECLARED, response, found.cardinality, found.type, values))
        body.append(found.interaction)
        rules.append(rule(say, part, response, found))
        feedback = [text for _, text in found.conditions] + ([found.otherwise] if found.otherwise else [])
        said += [message(say, f"{response}-{n}", text) for n, text in enumerate(feedback)]
    if worked := page.worked(asked):
        rules.append(say(SAY, "WORKED"))
        said.append(message(say, "WORKED", worked))
    points = decimal(asked.points)
    parts = "".join(declared), points, points, "".join(body), "".join(rules), "".join(said)
    return HEAD + say(ITEM, say.root, name, html_text(title), *parts)


def message(say: Dialect, ident: str, text: str) -> str:
    return say(SAID_IN_3 if say.renames else SAID, ident, text)


def rule(say: Dialect, part: Part, response: str, found: Asked) -> str:
    """The first condition earns the points; each says what belongs to it."""
    (first, _), *others = found.conditions
    more = [say(ELSE_IF, test, say(SAY, f"{response}-{n}")) for n, (test, _) in enumerate(others, 1)]
    if found.otherwise:
        more.append(say(ELSE, say(SAY, f"{response}-{len(found.conditions)}")))
    earned = say(SCORED, decimal(part.points)) + say(SAY, f"{response}-0")
    return say(RULE, first, earned, "".join(more))


# ---- answers ---------------------------------------------------------------------------------------------------------


def number(say: Dialect, page: Screen, part: Part, response: str) -> Asked:
    asked = part.answer
    assert isinstance(asked, Numeric)
    within = f"{asked.tolerance:f}"
    rows = [(say(NEAR, within, within, response, asked.text), right(page))]
    rows += [(say(NEAR, within, within, response, f"{o.value:f}"), page.line(o.feedback)) for o in asked.outcomes]
    entry = say(ENTRY, page.line(part.label), response, "12")
    return Asked("single", "float", (asked.text,), entry, tuple(rows))


def choice(say: Dialect, page: Screen, part: Part, response: str) -> Asked:
    asked = part.answer
    assert isinstance(asked, Choice)
    idents = [f"choice{k}" for k in range(len(asked.options))]
    labels = "".join(
        say(OPTION, ident, page.line(option.content)) for ident, option in zip(idents, asked.options, strict=True)
    )
    told = [(say(CHOSEN, response, i), page.line(o.feedback)) for i, o in zip(idents, asked.options, strict=True)]
    told.insert(0, told.pop(asked.right))
    interaction = say(CHOICES, response, prompt(say, page, part), labels)
    return Asked("single", "identifier", (idents[asked.right],), interaction, tuple(told))


def prompt(say: Dialect, page: Screen, part: Part) -> str:
    return say(PROMPT, page.line(part.label)) if part.label else ""


def order(say: Dialect, page: Screen, part: Part, response: str) -> Asked:
    asked = part.answer
    assert isinstance(asked, Order)
    labels = "".join(say(OPTION, f"item{k}", page.line(one)) for k, one in enumerate(asked.items))
    key = tuple(f"item{asked.places.index(place)}" for place in range(1, len(asked.places) + 1))
    interaction = say(ORDERED, response, prompt(say, page, part), labels)
    test = say(CORRECT, response, response)
    return Asked("ordered", "identifier", key, interaction, ((test, right(page)),), page.line(asked.feedback))


def written(say: Dialect, page: Screen, part: Part, response: str) -> Asked:
    asked = part.answer
    assert isinstance(asked, Written)
    ways = [say(SPELLED, response, html_text(way)) for way in (asked.key, *asked.also)]
    rows = [(say(ANY, "".join(ways)) if len(ways) > 1 else ways[0], right(page))]
    rows += [(say(SPELLED, response, html_text(way)), page.line(why)) for _, way, why in asked.outcomes]
    entry = say(ENTRY, page.line(part.label), response, "40")
    return Asked("single", "string", (html_text(asked.key),), entry, tuple(rows))


ANSWERS: dict[type, Callable[[Dialect, Screen, Any, str], Asked]] = {
    Numeric: number,
    Choice: choice,
    Order: order,
    Written: written,
}
LACKS = ("written", "carried", "key-inside")
QTI21, QTI22, QTI30 = (Format(partial(pieces, kind), partial(files, kind), key=True, lacks=LACKS) for kind in DIALECTS)
