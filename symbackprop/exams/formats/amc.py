r"""auto-multiple-choice: one source, in which each variant is a copy, \onecopy{1}{…}.

Choices are boxes; numbers are coded digit by digit; of steps, the place of each is ticked; what is written is marked by
hand.  AMC sets papers and key from the source, which is the instructor's alone.  A roster's students lie beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from symbackprop import language
from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.paper import Data, Page, page, paper, shared, worth
from symbackprop.exams.variant import Choice, Exam, Numeric, Order, Part, Variant
from symbackprop.templating import Ready
from symbackprop.writers import csv

PLACE, STUDENTS = "amc/paper.tex", "amc/students.csv"
DIGITS = 8  # of a student number that is filled in
PLAIN = re.compile(r"[A-Za-z0-9._-]+")
END = b"\n\\end{document}\n"


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    leaf = page("latex", exam)
    yield PLACE, leaf.fill("exam/amc-copy.tex.j2", copy(exam, variant, leaf)).encode()
    if variant.student is not None:
        yield STUDENTS, csv.rows([(variant.student.id, variant.student.name, variant.id)]).encode()


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    students: list[bytes] = []

    def copies() -> Iterator[bytes]:
        for place, content in pieces:
            if place == PLACE:
                yield content
            else:
                students.append(content)

    head = page("latex", exam).fill("exam/amc-preamble.tex.j2", shared(exam)).encode()
    yield PLACE, chain([head], copies(), [END])
    if students:
        yield STUDENTS, [csv.rows([("id", "name", "variant")]).encode(), *students]


def copy(exam: Exam, variant: Variant, page: Page) -> Data:
    """The paper, with what AMC marks by."""
    data = paper(exam, variant, page)
    for question, told in zip(variant.questions, data["questions"], strict=True):
        for one, shown in zip(question.parts, told["parts"], strict=True):
            shown |= marked(exam, one)
            for item, more in zip(shown["items"], each(exam, one), strict=True):
                item |= more
    own = variant.student.id if variant.student else ""
    association = Ready(own) if PLAIN.fullmatch(own) else own  # AMC compares it letter by letter
    return data | {"digits": DIGITS, "mark": Ready(page.mark), "association": association}


def marked(exam: Exam, one: Part) -> Data:
    answer = one.answer
    if isinstance(answer, Numeric):
        return coded(answer)
    if isinstance(answer, Order):
        return {"each": worth(one.points / len(answer.items))}
    return {}


def coded(a: Numeric) -> Data:
    """As many digits as any outcome needs, so that they do not tell the key; the tolerance in units of the last one."""
    decimals = max(0, -int(a.key.as_tuple().exponent))
    whole = max(len(str(int(abs(value)))) for value in (a.key, *(o.value for o in a.outcomes)))
    units = int(a.tolerance.scaleb(decimals))
    return {"key": Ready(a.text), "digits": decimals + whole, "decimals": decimals, "units": units}


def each(exam: Exam, one: Part) -> Iterable[Data]:
    """Of each choice or step whether it is right, or which place it has."""
    if isinstance(one.answer, Choice):
        return [{"right": not option.mistake} for option in one.answer.options]
    if isinstance(one.answer, Order):
        letters = "abcdefghijklmnopqrstuvwxyz"[: len(one.answer.items)]
        said = [language.text(exam.language, "exam.paper.place", item=f"({c})") for c in letters]
        return [{"place": text, "right": k} for text, k in zip(said, one.answer.places, strict=True)]
    return ()


LACKS = (
    "source-with-key", "order-parts", "written-by-hand", "number-feedback", "whole-digits", "code-digits", "carried",
)  # fmt: skip
AMC = Format(pieces, files, key=True, lacks=LACKS, extra="exam")
