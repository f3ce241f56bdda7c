"""A told report as plain data for the templates of one target: strings, lists, dicts, and formulas as its markup."""

from __future__ import annotations

from symbackprop.document import Inlines, Math
from symbackprop.form import Form, num
from symbackprop.language import joined, listed, say, text
from symbackprop.templating import Ready
from symbackprop.verdicts.told import Chain, Example, Note, Row, Told, word
from symbackprop.writers.inlines import Data, inlines
from symbackprop.writers.page import Page
from symbackprop.writers.terminal import cells, padded

SIGNS = {"ok": "✓", "wrong": "✗", "arithmetic": "✗", "carried": "↪", "rounding": "≈", "unknown": "?", "unread": "?"}


def data(told: Told, target: str) -> Data:
    page = Page(target, told.language)
    number = max((len(str(r.line.row)) for r in told.rows), default=0)
    words = max((cells(word(told.language, r.line.verdict)) for r in told.rows), default=0)
    ends = [inlines(page, some) for some in (told.convention, told.summary) if some]
    return {
        "language": told.language,
        "title": text(told.language, "verdict.page.title"),
        "added": text(told.language, "verdict.page.added"),
        "rows": [row(page, r, number, words) for r in told.rows],
        "ends": ends,
    }


def row(page: Page, r: Row, number: int = 0, words: int = 0) -> Data:
    """One row: its number, verdict and word, the chains that were read in it, and what is said of them."""
    said_word = word(page.language, r.line.verdict)
    return {
        "row": str(r.line.row),
        "place": padded(str(r.line.row), number, "r"),
        "mark": padded(said_word, words),
        "below": " " * (number + words + 4),
        "label": text(page.language, "verdict.page.row", n=r.line.row),
        "verdict": r.line.verdict,
        "word": said_word,
        "sign": SIGNS[r.line.verdict],
        "text": r.line.text.strip(),
        "chains": [chain(page, c) for c in r.chains],
        "said": [inlines(page, some) for some in said(r, page.language)],
    }


def chain(page: Page, c: Chain) -> list[Data]:
    """As inlines, so that it can be broken at its signs."""
    (rel, first), *more = c.links
    blank: Data = {"kind": "text", "text": " "}
    links = [part for rel, form in more for part in (blank, _link(page, rel, form))]
    return inlines(page, (Math(c.left, rel, first),)) + links


def _link(page: Page, rel: str, form: Form) -> Data:
    """rel right, as it goes on from what stands before."""
    (data,) = inlines(page, (Math(form),))
    math = Ready(f"{page.relation(rel)} {data['math']}")
    return {**data, "math": math, "alt": f"{rel} {data['alt']}"}


def said(r: Row, lang: str) -> list[Inlines]:
    """Everything that is said of a row, a paragraph for each thing."""
    out = [r.unread] if r.unread else []
    for note in r.telling:
        out += about(note, lang)
    return list(dict.fromkeys(out))


def about(note: Note, lang: str) -> list[Inlines]:
    """The reason; the mistakes; the right line; where both sides differ; where the claim holds."""
    out = [note.why]
    for k, mistake in enumerate(note.mistakes):
        done = say(lang, "verdict.or-mistake" if k else "verdict.mistake", done=mistake.done)
        out.append(done if k else joined(done, f" {mistake.why} {mistake.how}"))
    if note.expected is not None:
        out.append(say(lang, "verdict.right", formula=note.expected))
    if note.example is not None and note.judged.verdict != "carried":
        out.append(differ(note.example, lang))
    if note.conditions:
        out.append(say(lang, "verdict.where", conditions=listed(lang, note.conditions)))
    return out


def differ(example: Example, lang: str) -> Inlines:
    point = listed(lang, [Math(form, "=", num(value)) for form, value in example.point])
    return say(lang, "verdict.differ", point=point, left=example.left, right=example.right)
