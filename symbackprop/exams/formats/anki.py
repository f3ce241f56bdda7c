"""Anki: a package of cards, a card for each question: the answer, its solution, and what other answers would mean.

A package is a zip of an SQLite collection (schema 11) and its pictures.  Anki knows a note again by its guid, which
says exam, variant, question and seed; it takes a changed note in the place of the old one if it is later, so notes bear
the time at which the exam was edited.  A note type is told by its id, which changes with its fields and templates: else
nothing would be imported.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

from symbackprop import language
from symbackprop.document import Inlines
from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written

PACKAGE = "quiz.apkg"
FIRST = 1_700_000_000  # where nothing says when the exam was edited
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIELDS = "ID", "Question", "Answer", "Mistakes"
FRONT = "{{Question}}"
BACK = '{{FrontSide}}<hr id="answer">{{Answer}}<div class="mistakes">{{Mistakes}}</div>'
CSS = """.card { font-family: sans-serif; font-size: 18px; text-align: left; }
table { border-collapse: collapse; } td, th { border: 1px solid #999; padding: 0.2em 0.5em; text-align: left; }
.mistakes { font-size: 15px; margin-top: 1em; } img { max-width: 100%; }"""


@cache
def screen(language: str) -> Screen:
    return Screen(language, "latex", lambda name, content: name)


# --- the notes of a variant ------------------------------------------------------------------------------------------


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    page = screen(exam.language)
    given = page.given(variant)
    notes = [note(exam, variant, question, given) for question in variant.questions]
    text = json.dumps(notes, ensure_ascii=False)
    yield PACKAGE, text.encode()
    for name, picture in page.pictures.items():
        if name in text:
            yield f"{PACKAGE}/{name}", picture


def note(exam: Exam, variant: Variant, question: Question, given: str) -> dict[str, Any]:
    page, said = screen(exam.language), "exam.card."
    asked = "".join(f"<p>{page.line(part.label)}</p>{options(page, part.answer)}" for part in question.parts)
    answers = "".join(f"<p>{page.line(part.label)} {key(exam, part.answer)}</p>" for part in question.parts)
    title = {
        k: f"<h4>{escape(language.text(exam.language, said + k))}</h4>" for k in ("answer", "solution", "mistakes")
    }
    worked = page.worked(question)
    wrong = "".join(mistakes(exam, part, len(question.parts) > 1) for part in question.parts)
    return {
        "guid": f"{exam.name}.{variant.id}.{question.id}.{_hash(variant.seed):06x}"[-64:],
        "tags": f" {exam.name} variant-{variant.id} {question.kind} ",
        "fields": [
            f"{exam.name} {variant.id} {question.id}",
            given + page.asked(question) + asked,
            title["answer"] + answers + (title["solution"] + worked if worked else ""),
            title["mistakes"] + wrong if wrong else "",
        ],
    }


def options(page: Screen, answer: Answer) -> str:
    some = answer.options if isinstance(answer, Choice) else answer.items if isinstance(answer, Order) else ()
    lines = [page.line(one if isinstance(one, tuple) else one.content) for one in some]
    return f'<ol type="a">{"".join(f"<li>{line}</li>" for line in lines)}</ol>' if lines else ""


def key(exam: Exam, answer: Answer) -> str:
    line = screen(exam.language).line
    match answer:
        case Numeric():
            return printed(exam, answer.key)
        case Choice():
            return f"<b>{answer.text}</b> {line(answer.options[answer.right].content)}"
        case Order():
            steps = [line(answer.items[LETTERS.index(letter)]) for letter in answer.text]
            return f"<b>{answer.text}</b><ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>"
        case Written():
            return line(answer.content)


def printed(exam: Exam, value: Decimal) -> str:
    return language.number(f"{value:f}", exam.language)


def mistakes(exam: Exam, part: Part, labelled: bool) -> str:
    """A table of other answers; of several parts each has its own."""
    page, words = screen(exam.language), [language.text(exam.language, f"exam.card.{k}") for k in ("value", "meaning")]
    rows = [f"<tr><td>{what}</td><td>{page.line(said)}</td></tr>" for what, said in others(exam, part.answer)]
    head = "".join(f"<th>{escape(word)}</th>" for word in words)
    label = f"<p>{page.line(part.label)}</p>" if labelled else ""
    return f"{label}<table><tr>{head}</tr>{''.join(rows)}</table>" if rows else ""


def others(exam: Exam, answer: Answer) -> list[tuple[str, Inlines]]:
    match answer:
        case Numeric():
            return [(printed(exam, o.value.quantize(answer.key)), o.feedback) for o in answer.outcomes]
        case Choice():
            named = zip(LETTERS, answer.options, strict=False)
            return [(f"<b>{c}</b> {screen(exam.language).line(o.content)}", o.feedback) for c, o in named if o.mistake]
        case Written():
            return [(escape(text), said) for _, text, said in answer.outcomes]
        case Order():
            return []


# --- the package -----------------------------------------------------------------------------------------------------

TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer, mod integer, scm integer, ver integer, dty integer, usn integer,
    ls integer, conf text, models text, decks text, dconf text, tags text);
CREATE TABLE notes (id integer PRIMARY KEY, guid text, mid integer, mod integer, usn integer, tags text, flds text,
    sfld text, csum integer, flags integer, data text);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer, did integer, ord integer, mod integer, usn integer,
    type integer, queue integer, due integer, ivl integer, factor integer, reps integer, lapses integer, left integer,
    odue integer, odid integer, flags integer, data text);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer, usn integer, ease integer, ivl integer, lastIvl integer,
    factor integer, time integer, type integer);
CREATE TABLE graves (usn integer, oid integer, type integer);
"""


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    notes: list[dict[str, Any]] = []
    pictures: dict[str, bytes] = {}
    for name, content in pieces:
        if name == PACKAGE:
            notes += json.loads(content)
        else:
            pictures[name.removeprefix(f"{PACKAGE}/")] = content
    yield PACKAGE, (zipped(collection(exam, notes), pictures),)


def collection(exam: Exam, notes: list[dict[str, Any]]) -> bytes:
    """The database.  Anki silently takes a guid twice, and a note without a first field: neither goes through here."""
    guids = {note["guid"] for note in notes}
    assert len(guids) == len(notes), "two cards have one guid"
    assert all(note["fields"][0] and len(note["fields"]) == len(FIELDS) for note in notes)
    when, model, deck = max(exam.edited, FIRST), model_of(), deck_of(exam)
    with sqlite3.connect(":memory:") as database:
        database.executescript(TABLES)
        whole = (
            1,
            FIRST,
            when * 1000,
            FIRST * 1000,
            11,
            0,
            0,
            0,
            "{}",
            _named(model),
            _named(DEFAULT, deck),
            "{}",
            "{}",
        )
        database.execute(f"INSERT INTO col VALUES ({_gaps(13)})", whole)
        for k, note in enumerate(notes, 1):
            first = note["fields"][0]
            sum_ = int(hashlib.sha1(first.encode(), usedforsecurity=False).hexdigest()[:8], 16)
            row = (
                k,
                note["guid"],
                model["id"],
                when,
                -1,
                note["tags"],
                "\x1f".join(note["fields"]),
                first,
                sum_,
                0,
                "",
            )
            database.execute(f"INSERT INTO notes VALUES ({_gaps(11)})", row)
            card = (k, k, deck["id"], 0, when, -1, 0, 0, k, *[0] * 8, "")
            database.execute(f"INSERT INTO cards VALUES ({_gaps(18)})", card)
        database.commit()
        return database.serialize()


def _gaps(count: int) -> str:
    return ", ".join("?" * count)


def _named(*some: dict[str, Any]) -> str:
    return json.dumps({str(one["id"]): one for one in some}, ensure_ascii=False)


def model_of() -> dict[str, Any]:
    more = {"font": "Arial", "size": 20, "sticky": False, "rtl": False, "media": []}
    own = {
        "flds": [{"name": name, "ord": k, **more} for k, name in enumerate(FIELDS)],
        "tmpls": [
            {"name": "Card", "ord": 0, "qfmt": FRONT, "afmt": BACK, "did": None, "bqfmt": "", "bafmt": ""},
        ],
        "css": CSS,
    }
    id = 10**12 + _hash(json.dumps(own)) * 1000
    return own | {
        "id": id, "name": f"symbackprop {id // 1000 % 10**6:06d}", "type": 0, "mod": FIRST, "usn": -1, "sortf": 0,
        "did": 1, "latexPre": "", "latexPost": "", "tags": [], "vers": [], "req": [[0, "any", [1]]],
    }  # fmt: skip


def deck_of(exam: Exam) -> dict[str, Any]:
    """A deck for the exam, within its course's: `::` parts the names of decks, so no title has it."""
    names = [re.sub(":{2,}", ":", name).strip() for name in (exam.course, exam.title or exam.name)]
    name = "::".join(name for name in names if name)
    return DEFAULT | {"id": 10**12 + _hash(name) * 1000, "name": name}


DEFAULT: dict[str, Any] = {
    "id": 1, "name": "Default", "mod": 0, "usn": 0, "conf": 1, "desc": "", "dyn": 0, "extendNew": 0, "extendRev": 0,
    "collapsed": False, "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0],
}  # fmt: skip


def _hash(text: str) -> int:
    """28 bits."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16)


def zipped(database: bytes, pictures: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    names = dict(enumerate(sorted(pictures)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("collection.anki2", database),
            *((str(k), pictures[name]) for k, name in names.items()),
            ("media", json.dumps(names).encode()),
        ):
            entry = zipfile.ZipInfo(name)  # 1980-01-01: the same bytes every day
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


ANKI = Format(pieces, files, lacks=("key-shown", "no-marks"))
