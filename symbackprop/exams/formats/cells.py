"""What notebooks of both kinds are made of: Markdown, the variable of each answer, and the asserts that grade it.

The asserts of mistakes come first, the key's last: a grader reports the first that fails, so it says what was done.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from symbackprop import language
from symbackprop.document import Inlines
from symbackprop.exams.formats import carried
from symbackprop.exams.formats.screen import HERE, Screen, Setting
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Part, Question, Variant, Written
from symbackprop.templating import markdown_text
from symbackprop.writers.inlines import words
from symbackprop.writers.render import sandbox

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARKDOWN = {"exam/page.html.j2": "markdown/fragment.md.j2", "exam/line.html.j2": "exam/line.md.j2"}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
Cell = dict[str, Any]


class Markdown(Setting):
    """The same as Markdown, with pictures inside."""

    def _fill(self, template: str, **data: Any) -> str:
        names = {k: name.removeprefix(HERE) for k, name in data.pop("pictures", {}).items()}
        addresses = {k: address(name, self.pictures[name]) for k, name in names.items()}
        return sandbox("markdown").fill(MARKDOWN[template], {"pictures": addresses, **data})


class Page(Screen):
    """The texts of a notebook."""

    def __init__(self, language: str) -> None:
        super().__init__(language, "markdown", address)
        self.setting = Markdown(language, "markdown")

    def plain(self, some: Inlines) -> str:
        return words(self.setting.empty, some)


page = cache(Page)


def address(name: str, content: bytes) -> str:
    """A picture as data, since Jupyter shows no attached SVG."""
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode()


# --- texts --------------------------------------------------------------------------------------------------------


def head(exam: Exam, variant: Variant) -> str:
    """Title, variant, instructions and what is given."""
    words = [exam.course, exam.date, variant.student.name if variant.student else ""]
    line = " · ".join(markdown_text(w) for w in (*words, _say(exam, "variant", id=variant.id)) if w)
    told = [markdown_text(text) for text in exam.instructions]
    return "\n\n".join([f"# {markdown_text(exam.title)}", line, *told, page(exam.language).given(variant).strip()])


def task(exam: Exam, question: Question) -> str:
    number = _say(exam, "question", n=question.id.removeprefix("q"), points=points(question.points))
    return f"## {markdown_text(number)}\n\n{page(exam.language).asked(question).strip()}"


def label(exam: Exam, part: Part) -> str:
    """What is asked, the choices or items, and where the answer goes."""
    line = page(exam.language).line
    items = [f"- **{letter}** {line(item)}" for letter, item in zip(LETTERS, items_of(part.answer), strict=False)]
    how = line(language.say(exam.language, f"exam.notebook.give-{kind(part.answer)}", name=variable(part.id)))
    return "\n\n".join([line(part.label), *(["\n".join(items)] if items else []), how])


def items_of(answer: Answer) -> tuple[Inlines, ...]:
    if isinstance(answer, Choice):
        return tuple(option.content for option in answer.options)
    return answer.items if isinstance(answer, Order) else ()


def points(value: Any) -> str:
    """As it is printed: 2, 0.5."""
    return str(int(value)) if value == int(value) else str(float(value))


def _say(exam: Exam, key: str, **given: str) -> str:
    return language.text(exam.language, f"exam.notebook.{key}", **given)


# --- answers ------------------------------------------------------------------------------------------------------


def variable(part: str) -> str:
    """q3.2 in Python: q3_2."""
    return part.replace(".", "_")


@dataclass(frozen=True)
class Judged:
    """In Python: the key, when an answer is one at all, what each mistake gives with what is said, when it is right."""

    kind: str
    key: str
    valid: str
    wrong: tuple[tuple[str, Inlines], ...]
    right: str
    otherwise: Inlines = ()


def kind(answer: Answer) -> str:
    return judged("", answer).kind


def judged(name: str, answer: Answer) -> Judged:
    return next(judge(name, answer) for type_, judge in JUDGED.items() if isinstance(answer, type_))


def _numeric(name: str, a: Numeric) -> Judged:
    def near(value: object) -> str:
        return f'is_near({name}, "{value:f}", "{a.tolerance:f}")'

    wrong = tuple((near(o.value), o.feedback) for o in a.outcomes)
    return Judged("number", a.text, f"isinstance({name}, (int, float))", wrong, near(a.key))


def _choice(name: str, a: Choice) -> Judged:
    letters = LETTERS[: len(a.options)]
    wrong = [(f'{name} == "{c}"', o.feedback) for c, o in zip(letters, a.options, strict=True) if o.mistake]
    return Judged("letter", f'"{a.text}"', f'{name} in tuple("{letters}")', tuple(wrong), f'{name} == "{a.text}"')


def _order(name: str, a: Order) -> Judged:
    letters = LETTERS[: len(a.items)]
    valid = f'sorted({name}) == list("{letters}")'
    return Judged("letters", f'"{a.text}"', valid, (), f'{name} == "{a.text}"', a.feedback)


def _written(name: str, a: Written) -> Judged:
    wrong = tuple((f"is_same({name}, [{json.dumps(text)}])", said) for _, text, said in a.outcomes)
    keys = ", ".join(json.dumps(text) for text in (a.key, *a.also))
    return Judged("words", json.dumps(a.key), f"isinstance({name}, str)", wrong, f"is_same({name}, [{keys}])")


# What the asserts call, by the kind of answer.  Without the module's docstring: Otter runs each statement as a doctest.
CARRIED = {
    "number": ("import math\nfrom decimal import Decimal\n", inspect.getsource(carried.is_near)),
    "words": (inspect.getsource(carried).split('"""\n', 1)[1].strip(),),
}

JUDGED: dict[type, Callable[[str, Any], Judged]] = {
    Numeric: _numeric, Choice: _choice, Order: _order, Written: _written,
}  # fmt: skip


def shown_test(exam: Exam, part: Part) -> str:
    """The assert that a student sees: whether it is an answer at all."""
    j = judged(variable(part.id), part.answer)
    letters = ", ".join(LETTERS[: len(items_of(part.answer))])
    slots = {"letters": letters} if letters else {}
    return f"assert {j.valid}, {_say(exam, f'no-{j.kind}', name=variable(part.id), **slots)!r}"


def hidden_tests(exam: Exam, part: Part) -> Iterator[str]:
    """What grades, with the functions that it needs."""
    j, plain = judged(variable(part.id), part.answer), page(exam.language).plain
    yield from CARRIED.get(j.kind, ())
    for wrong, said in j.wrong:
        yield f"assert not {wrong}, {plain(said)!r}"
    yield f"assert {j.right}, {plain(j.otherwise) if j.otherwise else _say(exam, 'wrong')!r}"


# --- the file -----------------------------------------------------------------------------------------------------


def cell(id: str, kind: str, source: str, **metadata: Any) -> Cell:
    made: Cell = {"cell_type": kind, "id": id, "metadata": metadata, "source": source.splitlines(keepends=True)}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def file_of(exam: Exam) -> str:
    """The name of the notebook, in one folder."""
    return re.sub(r"[^\w.-]+", "-", exam.name) + ".ipynb"


def notebook(cells: list[Cell]) -> bytes:
    """As nbformat writes it."""
    book = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
