r"""Moodle XML: a question for each of a variant's, in a category of its own for each question of the exam.

One number, choice or formula is a question of that type; several parts, or an order, are one cloze question.  Every
mistake is an answer that earns nothing and says what was done.

    {2:NUMERICAL:=KEY:TOLERANCE#right~WRONG:TOLERANCE#why}
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.screen import HERE, Screen
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.language import text
from symbackprop.templating import html_text, plain_text

PLACE = "moodle.xml"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
FOOT = b"</quiz>\n"


@lru_cache(8)
def screen(language: str) -> Screen:
    return Screen(language, "latex", lambda name, content: HERE + name)


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield PLACE, "".join(question(exam, variant, asked) for asked in variant.questions).encode()


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    def whole() -> Iterator[bytes]:
        yield HEAD
        for _, content in pieces:
            yield content
        yield FOOT

    yield PLACE, whole()


# ---- a question ------------------------------------------------------------------------------------------------------


def question(exam: Exam, variant: Variant, asked: Question) -> str:
    page = screen(exam.language)
    first = asked.parts[0]
    kind = "cloze" if len(asked.parts) > 1 or isinstance(first.answer, Order) else TYPES[kind_of(first)][0]
    body = page.given(variant) + page.asked(asked)
    if kind == "cloze":
        body = no_gap(body) + "".join(f"<p>{gap}</p>\n" for gap in gaps(page, asked))
        rest = ""
    else:
        rest = TYPES[kind_of(first)][1](page, first)
    worked = page.worked(asked)
    name = f"{variant.id}-{asked.id}"
    return (
        f'<question type="category"><category><text>{category(exam, asked)}</text></category></question>\n'
        f'<question type="{kind}">\n<name><text>{name}</text></name>\n'
        f'<questiontext format="html"><text>{cdata(body)}</text>{pictures(page, body)}</questiontext>\n'
        f'<generalfeedback format="html"><text>{cdata(worked)}</text>{pictures(page, worked)}</generalfeedback>\n'
        f"<defaultgrade>{decimal(asked.points)}</defaultgrade>\n<penalty>0</penalty>\n<hidden>0</hidden>\n"
        f"<idnumber>{name}</idnumber>\n{rest}</question>\n"
    )


def category(exam: Exam, asked: Question) -> str:
    """Its path; a slash that belongs to a name is written twice."""
    return html_text(f"$course$/top/{exam.name.replace('/', '//')}/{asked.id}")


def cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def pictures(page: Screen, body: str) -> str:
    """The files that a text shows."""
    names = dict.fromkeys(re.findall(r'src="@@PLUGINFILE@@/([^"]+)"', body)) if "@@PLUGINFILE@@" in body else ()
    return "".join(
        f'<file name="{name}" path="/" encoding="base64">{encoded(page.pictures[name])}</file>' for name in names
    )


@lru_cache(256)
def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def decimal(points: Fraction) -> str:
    return str(points) if points.denominator == 1 else f"{float(points):.7f}"


# ---- one part --------------------------------------------------------------------------------------------------------


def kind_of(part: Part) -> type:
    return next(kind for kind in (Numeric, Choice, Written, Order) if isinstance(part.answer, kind))


def answer(fraction: int, content: str, feedback: str, more: str = "", format: str = "moodle_auto_format") -> str:
    return (
        f'<answer fraction="{fraction}" format="{format}"><text>{content}</text>'
        f'<feedback format="html"><text>{cdata(feedback)}</text></feedback>{more}</answer>\n'
    )


def numerical(page: Screen, part: Part) -> str:
    number = part.answer
    assert isinstance(number, Numeric)
    within = f"<tolerance>{number.tolerance:f}</tolerance>"
    rows = [answer(100, number.text, right(page), within)]
    rows += [answer(0, f"{o.value:f}", page.line(o.feedback), within) for o in number.outcomes]
    return (
        "".join(rows) + "<unitgradingtype>0</unitgradingtype>\n<unitpenalty>0</unitpenalty>\n<showunits>3</showunits>\n"
    )


def multichoice(page: Screen, part: Part) -> str:
    assert isinstance(part.answer, Choice)
    rows = [
        answer(0 if o.mistake else 100, cdata(page.line(o.content)), page.line(o.feedback), format="html")
        for o in part.answer.options
    ]
    single = "<single>true</single>\n<shuffleanswers>0</shuffleanswers>\n<answernumbering>abc</answernumbering>\n"
    return single + "".join(rows)


def shortanswer(page: Screen, part: Part) -> str:
    written = part.answer
    assert isinstance(written, Written)
    rows = [answer(100, html_text(literal(way)), right(page)) for way in (written.key, *written.also)]
    rows += [answer(0, html_text(literal(way)), page.line(why)) for _, way, why in written.outcomes]
    return "<usecase>0</usecase>\n" + "".join(rows)


def literal(way: str) -> str:
    """A star would stand for any letters."""
    return plain_text(way).replace("*", r"\*")


def right(page: Screen) -> str:
    return html_text(text(page.language, "exam.right"))


TYPES: dict[type, tuple[str, Callable[..., str]]] = {
    Numeric: ("numerical", numerical),
    Choice: ("multichoice", multichoice),
    Written: ("shortanswer", shortanswer),
}

# ---- cloze -----------------------------------------------------------------------------------------------------------

# A cloze is read by its braces, and its answers are decoded once: so what means something there is an entity.
_MEANING = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "{": "&#123;",
    "}": "&#125;",
    "~": "&#126;",
    "#": "&#35;",
    "=": "&#61;",
    "\\": "&#92;",
    "%": "&#37;",
}
_GAP = re.compile(r"\{(?=[0-9]*:)")
_SIGN = re.compile("[" + re.escape("".join(_MEANING)) + "]")


@lru_cache(20_000)
def inert(markup: str) -> str:
    return _SIGN.sub(lambda sign: _MEANING[sign[0]], markup)


def no_gap(markup: str) -> str:
    """What would be read as the beginning of a gap."""
    return _GAP.sub("&#123;", markup) if "{" in markup else markup


def gaps(page: Screen, asked: Question) -> Iterator[str]:
    """Each part's label and gap; what they weigh are whole numbers in the proportion of their points."""
    shares = [share(part) for part in asked.parts]
    whole = lcm(*(s.denominator for s in shares))
    for part, one in zip(asked.parts, shares, strict=True):
        label = no_gap(page.line(part.label)) + " " if part.label else ""
        yield label + gap(page, part, int(one * whole))


def share(part: Part) -> Fraction:
    return part.points / len(part.answer.items) if isinstance(part.answer, Order) else part.points


def gap(page: Screen, part: Part, weight: int) -> str:
    answer = part.answer
    if isinstance(answer, Order):
        return "".join(
            f"<br/>{no_gap(page.line(item))} {place(page, answer, k, weight)}" for k, item in enumerate(answer.items)
        )
    word, told = CLOZE[kind_of(part)]
    return f"{{{weight}:{word}:{'~'.join(told(page, answer))}}}"


def place(page: Screen, order: Order, k: int, weight: int) -> str:
    """A menu with the places that an item may have."""
    why = inert(page.line(order.feedback))
    ways = [f"={n}" if n == order.places[k] else f"{n}#{why}" for n in range(1, len(order.items) + 1)]
    return f"{{{weight}:MULTICHOICE:{'~'.join(ways)}}}"


def told_numbers(page: Screen, number: Numeric) -> Iterator[str]:
    within = f"{number.tolerance:f}"
    yield f"={number.text}:{within}#{inert(right(page))}"
    for o in number.outcomes:
        yield f"{o.value:f}:{within}#{inert(page.line(o.feedback))}"


def told_options(page: Screen, choice: Choice) -> Iterator[str]:
    for o in choice.options:
        yield f"{'' if o.mistake else '='}{inert(page.line(o.content))}#{inert(page.line(o.feedback))}"


def told_ways(page: Screen, written: Written) -> Iterator[str]:
    for way in (written.key, *written.also):
        yield f"={inert(literal(way))}#{inert(right(page))}"
    for _, way, why in written.outcomes:
        yield f"{inert(literal(way))}#{inert(page.line(why))}"


def right_in(page: Screen) -> str:
    return html_text(text(page.language, "exam.right"))


CLOZE: dict[type, tuple[str, Callable[[Screen, Any], Iterator[str]]]] = {
    Numeric: ("NUMERICAL", told_numbers),
    Choice: ("MULTICHOICE_V", told_options),
    Written: ("SHORTANSWER", told_ways),
}

MOODLE = Format(pieces, files, key=True, lacks=("cloze-points", "order-parts", "written", "carried", "key-inside"))
