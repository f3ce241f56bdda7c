r"""QTI 1.2 as Canvas takes it: a quiz for each variant, an item for each part.

Canvas reads every condition with a range as an answer that is right, whatever it scores.  So only the key has a range,
and a mistake is found by single comparisons in their order, each the last one that is looked at:

    answer ≤ just below the mistake → nothing · answer ≤ mistake + tolerance → what was done · next mistake …
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.moodle import decimal, right
from symbackprop.exams.formats.packed import zipped
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Outcome, Part, Question, Variant, Written
from symbackprop.templating import html_text

PLACE = "qti12.zip"
NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = f'{HEAD}<questestinterop xmlns="{NAMESPACE}" {XSI} xsi:schemaLocation="{NAMESPACE} {NAMESPACE}p1.xsd">\n'


@lru_cache(8)
def screen(language: str) -> Screen:
    return Screen(language, "latex", lambda name, content: f"$IMS-CC-FILEBASE$/pictures/{name}", in_xml)


def in_xml(markup: str) -> str:
    """HTML as text of XML."""
    return escape(markup, quote=False)


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    page = screen(exam.language)
    text = quiz(page, exam, variant)
    yield f"{variant.id}/{variant.id}.xml", text.encode()
    for name in dict.fromkeys(re.findall(r'FILEBASE\$/pictures/([^"]+)"', text)):
        yield f"pictures/{name}", page.pictures[name]


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    yield PLACE, zipped(entries(pieces))


def entries(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, each once, and the manifest that names them."""
    names: dict[str, None] = {}
    for name, content in pieces:
        if name not in names:
            names[name] = None
            yield name, content
    yield "imsmanifest.xml", manifest(names).encode()


def manifest(names: Iterable[str]) -> str:
    rows = "".join(resource(name) for name in names)
    space = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
    return (
        f'{HEAD}<manifest identifier="symbackprop" xmlns="{space}">\n'
        "<metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>\n"
        f"<organizations/>\n<resources>\n{rows}</resources>\n</manifest>\n"
    )


def resource(name: str) -> str:
    folder, _, file = name.partition("/")
    if folder == "pictures":
        return f'<resource identifier="{file}" type="webcontent" href="{name}"><file href="{name}"/></resource>\n'
    return f'<resource identifier="{identifier(folder)}" type="imsqti_xmlv1p2"><file href="{name}"/></resource>\n'


def identifier(name: str) -> str:
    return f"quiz-{name}"


# ---- a quiz ----------------------------------------------------------------------------------------------------------


def quiz(page: Screen, exam: Exam, variant: Variant) -> str:
    given = page.given(variant)
    title = html_text(f"{exam.title} ({variant.id})")
    items = "".join(item(page, variant, asked, part, given) for asked, part in variant.parts())
    return (
        f'{ROOT}<assessment ident="{identifier(variant.id)}" title="{title}">\n'
        f"<qtimetadata>{field('cc_maxattempts', '1')}</qtimetadata>\n"
        f'<section ident="root_section">\n{items}</section>\n</assessment>\n</questestinterop>\n'
    )


def item(page: Screen, variant: Variant, asked: Question, part: Part, given: str) -> str:
    name = f"{variant.id}-{part.id}"
    told = next(tell for kind, tell in ANSWERS.items() if isinstance(part.answer, kind))
    kind, response, conditions, feedback = told(page, part.answer)
    label = in_xml("<p>") + page.line(part.label) + in_xml("</p>") if len(asked.parts) > 1 else ""
    fields = {"question_type": kind, "points_possible": decimal(part.points), "original_answer_ids": ""}
    metadata = "".join(field(key, value) for key, value in fields.items())
    if worked := page.worked(asked):
        conditions = condition("<other/>", show("general_fb"), "Yes") + conditions
        feedback += shown("general_fb", worked)
    return (
        f'<item ident="{name}" title="{variant.id}.{part.id}">\n'
        f"<itemmetadata><qtimetadata>{metadata}</qtimetadata></itemmetadata>\n"
        f"<presentation>{material(given + page.asked(asked) + label)}\n{response}</presentation>\n"
        f"<resprocessing>\n{OUTCOMES}\n"
        f"{conditions}</resprocessing>\n{feedback}</item>\n"
    )


def field(name: str, value: str) -> str:
    label = f"<fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry>"
    return f"<qtimetadatafield>{label}</qtimetadatafield>"


def material(text: str) -> str:
    return f'<material><mattext texttype="text/html">{text}</mattext></material>'


def shown(ident: str, text: str) -> str:
    return f'<itemfeedback ident="{ident}"><flow_mat>{material(text)}</flow_mat></itemfeedback>\n'


def condition(tests: str, then: str, goes_on: str = "No") -> str:
    return f'<respcondition continue="{goes_on}"><conditionvar>{tests}</conditionvar>{then}</respcondition>\n'


def show(ident: str) -> str:
    return f'<displayfeedback feedbacktype="Response" linkrefid="{ident}"/>'


OUTCOMES = '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
SCORES = '<setvar action="Set" varname="SCORE">100</setvar>'
RIGHT = SCORES + show("correct_fb")


def compare(kind: str, value: Any, response: str = "response1") -> str:
    return f'<{kind} respident="{response}">{value}</{kind}>'


# ---- answers: the type, where it is given, what is made of it, what is said ------------------------------------------

Told = tuple[str, str, str, str]


def typed(kind: str = "", label: str = "") -> str:
    return (
        f'<response_str ident="response1" rcardinality="Single"><render_fib{kind}>'
        f'<response_label ident="answer1"{label}/></render_fib></response_str>\n'
    )


def number(page: Screen, asked: Numeric) -> Told:
    key, within = asked.key, asked.tolerance
    bounds = f"<and>{compare('vargte', f'{key - within:f}')}{compare('varlte', f'{key + within:f}')}</and>"
    rows = [condition(f"<or>{compare('varequal', asked.text)}{bounds}</or>", RIGHT)]
    said = [shown("correct_fb", in_xml(right(page)))]
    for k, outcome in enumerate(sorted(asked.outcomes, key=lambda o: o.value)):
        rows += found(outcome, within, f"mistake{k}_fb")
        said.append(shown(f"mistake{k}_fb", page.line(outcome.feedback)))
    return "numerical_question", typed(' fibtype="Decimal"'), "".join(rows), "".join(said)


def found(outcome: Outcome, within: Decimal, ident: str) -> Iterator[str]:
    """Nothing below, and what was done up to its upper end."""
    low, high = outcome.value - within, outcome.value + within
    yield condition(compare("varlte", f"{low - within / 1_000_000:f}"), "")
    yield condition(compare("varlte", f"{high:f}"), show(ident))


def choice(page: Screen, asked: Choice) -> Told:
    labels, rows, said = [], [], []
    for k, option in enumerate(asked.options):
        labels.append(f'<response_label ident="choice{k}">{material(page.line(option.content))}</response_label>')
        rows.append(condition(compare("varequal", f"choice{k}"), show(f"choice{k}_fb"), "Yes"))
        said.append(shown(f"choice{k}_fb", page.line(option.feedback)))
    rows.append(condition(compare("varequal", f"choice{asked.right}"), SCORES))
    response = f'<response_lid ident="response1" rcardinality="Single"><render_choice>{"".join(labels)}</render_choice>'
    return "multiple_choice_question", f"{response}</response_lid>\n", "".join(rows), "".join(said)


def order(page: Screen, asked: Order) -> Told:
    """Each item with its place."""
    count = len(asked.items)
    ways = "".join(f'<response_label ident="place{n}">{material(str(n))}</response_label>' for n in range(1, count + 1))
    responses, rows = [], []
    for k, (one, place, score) in enumerate(zip(asked.items, asked.places, hundred(count), strict=True)):
        ident = f"response_item{k}"
        choices = f"<render_choice>{ways}</render_choice>"
        responses.append(f'<response_lid ident="{ident}">{material(page.line(one))}{choices}</response_lid>\n')
        scores = f'<setvar varname="SCORE" action="Add">{score}</setvar>'
        rows.append(condition(compare("varequal", f"place{place}", ident), scores, "Yes"))
    said = shown("general_incorrect_fb", page.line(asked.feedback))
    all_right = "".join(compare("varequal", f"place{p}", f"response_item{k}") for k, p in enumerate(asked.places))
    rows.append(condition(f"<not><and>{all_right}</and></not>", show("general_incorrect_fb"), "Yes"))
    return "matching_question", "".join(responses), "".join(rows), said


def hundred(count: int) -> list[Decimal]:
    """In equal parts of four decimals, the last one with what is left."""
    one = (Decimal(100) / count).quantize(Decimal("0.0001"))
    return [one] * (count - 1) + [100 - one * (count - 1)]


def written(page: Screen, asked: Written) -> Told:
    ways = "".join(compare("varequal", html_text(way)) for way in (asked.key, *asked.also))
    return (
        "short_answer_question",
        typed(label=' rshuffle="No"'),
        condition(ways, RIGHT),
        shown("correct_fb", in_xml(right(page))),
    )


ANSWERS: dict[type, Callable[[Screen, Any], Told]] = {Numeric: number, Choice: choice, Order: order, Written: written}
QTI12 = Format(
    pieces,
    files,
    key=True,
    lacks=("parts-apart", "order-parts", "canvas-feedback", "written-feedback", "written", "carried", "key-inside"),
)
