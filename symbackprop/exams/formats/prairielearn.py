"""PrairieLearn: a question folder for each question, whose server.py draws from the seed of each student's variant.

It draws among the variants that have a certificate, which lie beside it as data.  Drawing new numbers on the server
would be drawing blindly: that a key is agreed on by three routes and lies apart from every mistake takes all of
symbackprop, which is not in PrairieLearn's container.  So server.py stands on its own: it needs nothing but Python.

    questions/quiz-q1/info.json, question.html, server.py
    questions/quiz-q1/serverFilesQuestion/v00001.json      what is shown, the key, what each mistake gives
    questions/quiz-q1/clientFilesQuestion/network-….svg
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import lcm
from typing import Any

from symbackprop import language
from symbackprop.exams.formats import File, Format, Piece, carried, served
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written

FOLDER = "prairielearn/questions"
DATA = "serverFilesQuestion"
Made = dict[str, Any]

# The same for every question: what is shown comes from the variant.  Mustache puts it in before elements are read.
PAGE = """<pl-question-panel>
{{{params.given}}}
{{{params.text}}}
</pl-question-panel>
{{#params.parts}}
<div>
<p>{{{label}}}</p>
{{#number}}
<pl-number-input answers-name="{{name}}" weight="{{weight}}"
 comparison="relabs" rtol="0" atol="{{tolerance}}"></pl-number-input>
{{/number}}
{{#words}}
<pl-string-input answers-name="{{name}}" weight="{{weight}}" remove-leading-trailing="true" size="60"></pl-string-input>
{{/words}}
{{#choice}}
<pl-multiple-choice answers-name="{{name}}" weight="{{weight}}" order="fixed">
{{#options}}
<pl-answer correct="{{correct}}" feedback="{{feedback}}">{{{html}}}</pl-answer>
{{/options}}
</pl-multiple-choice>
{{/choice}}
{{#order}}
<pl-order-blocks answers-name="{{name}}" weight="{{weight}}"
 grading-method="ranking" source-blocks-order="ordered" partial-credit="none">
{{#items}}
<pl-answer correct="true" ranking="{{place}}">{{{html}}}</pl-answer>
{{/items}}
</pl-order-blocks>
{{/order}}
</div>
{{/params.parts}}
<pl-submission-panel>
{{#feedback.said}}
<div>{{{label}}} {{{html}}}</div>
{{/feedback.said}}
</pl-submission-panel>
<pl-answer-panel>
{{{params.solution}}}
</pl-answer-panel>
"""


def figures(html: str) -> str:
    """An image is an element of its own, which knows where the question's files are."""
    return re.sub(r'<img src="([^"]*)" alt="([^"]*)"/>', r'<pl-figure file-name="\1" alt="\2"></pl-figure>', html)


@cache
def screen(language: str) -> Screen:
    return Screen(language, "latex", lambda name, content: name, figures)


# --- a variant's part ----------------------------------------------------------------------------------------------


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    page = screen(exam.language)
    given = page.given(variant)
    for question in variant.questions:
        text = json.dumps(made(exam, variant, question, given), ensure_ascii=False)
        yield f"{folder(exam, question.id)}/{DATA}/{variant.id}.json", text.encode()
        for name, picture in page.pictures.items():
            if f'file-name=\\"{name}\\"' in text:
                yield f"{folder(exam, question.id)}/clientFilesQuestion/{name}", picture


def folder(exam: Exam, question: str) -> str:
    return f"{FOLDER}/{re.sub('[^A-Za-z0-9_-]', '-', exam.name)}-{question}"


def made(exam: Exam, variant: Variant, question: Question, given: str) -> Made:
    page = screen(exam.language)
    whole = lcm(*(part.points.denominator for part in question.parts))
    keys = {name_of(part): keyed for part in question.parts if (keyed := key(part.answer)) is not None}
    return {
        "variant": variant.id,
        "kind": question.kind,
        "given": given,
        "text": page.asked(question),
        "solution": page.worked(question),
        "parts": [asked(exam, part, int(part.points * whole)) for part in question.parts],
        "keys": keys,
    }


def name_of(part: Part) -> str:
    return part.id.replace(".", "_")


def key(answer: Answer) -> float | str | None:
    """Of a choice and an order the elements know the key."""
    return float(answer.key) if isinstance(answer, Numeric) else answer.key if isinstance(answer, Written) else None


def asked(exam: Exam, part: Part, weight: int) -> Made:
    """The element that asks, the others empty; what mistakes give; what is said of other answers."""
    page = screen(exam.language)
    empty: Made = {"number": None, "words": None, "choice": None, "order": None, "wrong": [], "also": []}
    ask = next(row for kind, row in ASKED.items() if isinstance(part.answer, kind))
    wrong = language.text(exam.language, "exam.notebook.wrong")
    own = {"name": name_of(part), "label": page.line(part.label), "weight": weight}
    return empty | own | {"otherwise": wrong} | ask(page, part.answer)


def _numeric(page: Screen, a: Numeric) -> Made:
    wrong = [[f"{o.value:f}", page.line(o.feedback)] for o in a.outcomes]
    return {"number": {"tolerance": f"{a.tolerance:f}"}, "wrong": wrong}


def _written(page: Screen, a: Written) -> Made:
    wrong = [[text, page.line(said)] for _, text, said in a.outcomes]
    return {"words": {"typed": True}, "also": list(a.also), "wrong": wrong}


def _choice(page: Screen, a: Choice) -> Made:
    options = [
        {"html": page.line(o.content), "correct": str(not o.mistake).lower(), "feedback": page.line(o.feedback)}
        for o in a.options
    ]
    return {"choice": {"options": options}, "otherwise": ""}


def _order(page: Screen, a: Order) -> Made:
    items = [{"html": page.line(item), "place": place} for item, place in zip(a.items, a.places, strict=True)]
    return {"order": {"items": items}, "otherwise": page.line(a.feedback)}


ASKED: dict[type, Callable[[Screen, Any], Made]] = {
    Numeric: _numeric, Written: _written, Choice: _choice, Order: _order,
}  # fmt: skip


# --- what all variants of a question share ---------------------------------------------------------------------------


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    """Each piece, a picture once; at the first of a question its own files."""
    seen: set[str] = set()
    for name, content in pieces:
        if name in seen:
            continue
        seen.add(name)
        home = "/".join(name.split("/")[:3])
        if home not in seen:
            seen.add(home)
            yield f"{home}/info.json", (info(exam, home, json.loads(content)["kind"]),)
            yield f"{home}/question.html", (PAGE.encode(),)
            yield f"{home}/server.py", (server().encode(),)
        yield name, (content,)


def info(exam: Exam, home: str, kind: str) -> bytes:
    """The same uuid for the same question of the same exam: a second sync updates it."""
    digest = hashlib.sha256(f"symbackprop {exam.course} {home}".encode()).digest()
    own = {
        "uuid": str(uuid.UUID(bytes=digest[:16], version=4)),
        "title": f"{exam.title or exam.name}: {home.rpartition('-')[2]}",
        "topic": exam.course or exam.title or exam.name,
        "tags": [kind],
        "type": "v3",
    }
    return (json.dumps(own, ensure_ascii=False, indent=2) + "\n").encode()


@cache
def server() -> str:
    """served.py, with what it imports from here in the place of the import."""
    line = "from symbackprop.exams.formats.carried import is_near, is_same\n"
    own = inspect.getsource(carried).split('"""\n', 1)[1].lstrip()
    before, after = inspect.getsource(served).split(line)
    return before + own.rstrip() + "\n" + after


PRAIRIELEARN = Format(pieces, files, lacks=("carried", "key-inside", "drawn-by-platform"))
