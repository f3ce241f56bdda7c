r"""Numbas: an exam file of which each student gets one variant: a question in Numbas' words, a part for each key.

A mistake is an alternative answer that is worth nothing and has a message of its own; `useAlternativeFeedback` stays
off, or Numbas would say "Your answer is correct." before it.  Numbas takes `\var` for a command of its own wherever it
begins a word, as in \varepsilon, and puts values in for braces and $ in texts: none of these is let through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache
from html import escape
from itertools import chain
from typing import Any

from symbackprop.exams.formats import File, Format, Piece
from symbackprop.exams.formats.cells import address, points
from symbackprop.exams.formats.screen import Screen
from symbackprop.exams.variant import Answer, Choice, Exam, Numeric, Order, Question, Variant, Written

FILE = "quiz.exam"
VERSION = "// Numbas version: finer_feedback_settings\n"  # its last change of the format
NOTATIONS = {"id": ["plain", "plain-eu"]}  # 1,5 is no 15 there
CONSTANTS = dict.fromkeys(("e", "pi,π", "i", "infinity,infty", "nan"), False)  # they may be names of quantities here
SPELLED = {"sigmoid": "(1/(1+exp(-({z}))))", "relu": "max({z},0)"}  # functions that Numbas does not have
HERE = "\ue000"  # the place of the variants: no title has this sign
JME = {"log": "ln", "where": "if"}
Made = dict[str, Any]


def plain(text: str) -> str:
    """Words in which Numbas finds nothing to put in: its signs are their full-width twins."""
    return text.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "{}$\\"})


@cache
def screen(language: str) -> Screen:
    return Screen(language, "latex", address, lambda text: text.replace(r"\var", "\\"))


def pieces(exam: Exam, variant: Variant) -> Iterator[Piece]:
    yield FILE, json.dumps(made(exam, variant), ensure_ascii=False).encode()


def made(exam: Exam, variant: Variant) -> Made:
    page = screen(exam.language)
    return {
        "name": plain(f"{exam.title or exam.name} {variant.id}"),
        "tags": [],
        "metadata": {"description": "", "licence": None},
        "statement": page.given(variant),
        "advice": "".join(page.worked(question) for question in variant.questions),
        "rulesets": {},
        "builtin_constants": CONSTANTS,
        "constants": [],
        "variables": {},
        "variablesTest": {"condition": "", "maxRuns": 100},
        "ungrouped_variables": [],
        "variable_groups": [],
        "functions": {},
        "preamble": {"js": "", "css": ""},
        "partsMode": "all",
        "parts": [part for question in variant.questions for part in parts(exam, question)],
    }


def parts(exam: Exam, question: Question) -> Iterator[Made]:
    """The question's text stands before its first part."""
    page = screen(exam.language)
    for k, part in enumerate(question.parts):
        prompt = (page.asked(question) if k == 0 else "") + f"<p>{page.line(part.label)}</p>{items(page, part.answer)}"
        ask = next(row for kind, row in ASKED.items() if isinstance(part.answer, kind))
        own, others = ask(exam, part.answer)
        worth = points(part.points)
        if own["type"] == "1_n_2":
            own |= {"matrix": [worth if right else 0 for right in own["matrix"]]}
        alternatives = [one(other, said) for other, said in others]
        yield part_of(own) | {
            "marks": 0 if own["type"] == "1_n_2" else worth,
            "prompt": prompt,
            "useCustomName": True,
            "customName": part.id.removeprefix("q"),
            "alternatives": alternatives,
        }


def part_of(own: Made) -> Made:
    more = {"scripts": {}, "customMarkingAlgorithm": "", "extendBaseMarkingAlgorithm": True, "unitTests": []}
    shows = {"showCorrectAnswer": True, "showFeedbackIcon": True, "variableReplacements": [], "steps": []}
    return more | shows | {"variableReplacementStrategy": "originalfirst"} | own


def one(other: Made, said: str) -> Made:
    """An alternative: worth nothing, with its own message."""
    return part_of(other) | {"marks": 0, "alternativeFeedbackMessage": said, "useAlternativeFeedback": False}


def items(page: Screen, answer: Answer) -> str:
    if not isinstance(answer, Order):
        return ""
    return f'<ol type="a">{"".join(f"<li>{page.line(item)}</li>" for item in answer.items)}</ol>'


# --- kinds of answers: the part, and alternatives with what is said of them -------------------------------------------

Asked = tuple[Made, list[tuple[Made, str]]]


def _numeric(exam: Exam, a: Numeric) -> Asked:
    line = screen(exam.language).line

    def between(value: Decimal) -> Made:
        return {
            "type": "numberentry",
            "minValue": f"{value - a.tolerance:f}",
            "maxValue": f"{value + a.tolerance:f}",
            "displayAnswer": a.text,
            "correctAnswerFraction": False,
            "correctAnswerStyle": NOTATIONS.get(exam.language, ["plain"])[-1],
            "allowFractions": False,
            "notationStyles": NOTATIONS.get(exam.language, ["plain", "en", "si-en"]),
            "precisionType": "none",
            "showPrecisionHint": False,
        }

    return between(a.key), [(between(o.value), line(o.feedback)) for o in a.outcomes]


def _choice(exam: Exam, a: Choice) -> Asked:
    line = screen(exam.language).line
    own = {
        "type": "1_n_2",
        "choices": [line(option.content) for option in a.options],
        "distractors": [line(option.feedback) for option in a.options],
        "matrix": [not option.mistake for option in a.options],
        "shuffleChoices": False,
        "displayType": "radiogroup",
        "displayColumns": 1,
    }
    return own, []


def _order(exam: Exam, a: Order) -> Asked:
    """By letters; whatever else is typed is told why."""
    line = screen(exam.language).line
    each = {"type": "patternmatch", "caseSensitive": False, "matchMode": "regex"}
    right = each | {"answer": r"\s*".join(a.text), "displayAnswer": a.text}
    return right, [(each | {"answer": ".*", "displayAnswer": ""}, line(a.feedback))]


def _written(exam: Exam, a: Written) -> Asked:
    line = screen(exam.language).line
    ask = typed if a.form is None else formula
    return ask(a.key, *a.also), [(ask(text), line(said)) for _, text, said in a.outcomes]


def typed(*keys: str) -> Made:
    """Numbas wants the whole answer to fit; its regular expressions refuse a backslash where none is needed."""
    patterns = [
        r"\s*".join(re.sub(r"[\^$\\.*+?()\[\]{}|/]", r"\\\g<0>", c) for c in "".join(key.split())) for key in keys
    ]
    return {
        "type": "patternmatch", "answer": rf"\s*(?:{'|'.join(patterns)})\s*", "displayAnswer": escape(keys[0]),
        "caseSensitive": False, "matchMode": "regex",
    }  # fmt: skip


def formula(key: str, *also: str) -> Made:
    """Equal formulas count, however they are written: Numbas compares their values."""
    return {
        "type": "jme", "answer": jme(key), "showPreview": True, "checkingType": "reldiff", "checkingAccuracy": 0.0001,
        "failureRate": 1, "vsetRangePoints": 5, "vsetRange": [-0.8 if "where(" in key else 0.2, 0.8],
        "checkVariableNames": False,
        "singleLetterVariables": False, "allowUnknownFunctions": False, "implicitFunctionComposition": False,
        "caseSensitive": True,
    }  # fmt: skip


def jme(formula: str) -> str:
    """Where log is the decimal logarithm, cases are told by if, and what is missing is spelled out."""
    return re.sub(r"\b(log|where)\(", lambda found: JME[found[1]] + "(", spelled(formula).replace("**", "^"))


def spelled(formula: str) -> str:
    found = re.search(rf"\b({'|'.join(SPELLED)})\(", formula)
    if found is None:
        return formula
    end, depth = found.end(), 1
    while depth:
        depth += {"(": 1, ")": -1}.get(formula[end], 0)
        end += 1
    inner = formula[found.end() : end - 1]
    return formula[: found.start()] + spelled(SPELLED[found[1]].format(z=inner) + formula[end:])


ASKED: dict[type, Callable[[Exam, Any], Asked]] = {
    Numeric: _numeric, Choice: _choice, Order: _order, Written: _written,
}  # fmt: skip

# --- the file -------------------------------------------------------------------------------------------------------


def files(exam: Exam, pieces: Iterable[Piece]) -> Iterator[File]:
    before, after = json.dumps(whole(exam), ensure_ascii=False, indent=1).split(f'"{HERE}"')
    some = (b",\n" * (k > 0) + content for k, (_, content) in enumerate(pieces))
    yield FILE, chain((f"{VERSION}{before}".encode(),), some, (f"{after}\n".encode(),))


def whole(exam: Exam) -> Made:
    title = plain(exam.title or exam.name)
    told = "".join(f"<p>{escape(plain(text))}</p>" for text in (exam.course, exam.date, *exam.instructions) if text)
    nothing = {"action": "none", "message": ""}
    return {
        "name": title,
        "metadata": {"description": "", "licence": None},
        "duration": 0,
        "percentPass": 0,
        "showQuestionGroupNames": False,
        "shuffleQuestionGroups": False,
        "showstudentname": True,
        "allowPrinting": True,
        "question_groups": [
            {"name": title, "pickingStrategy": "random-subset", "pickQuestions": 1, "questions": [HERE]},
        ],
        "navigation": {
            "allowregen": False, "navigatemode": "sequence", "reverse": True, "browse": True, "allowsteps": False,
            "showfrontpage": True, "onleave": nothing, "preventleave": True, "startpassword": "",
        },
        "timing": {"allowPause": True, "timeout": nothing, "timedwarning": nothing},
        "feedback": {
            "intro": told, "allowrevealanswer": False, "feedbackmessages": [], "showactualmarkwhen": "always",
            "showtotalmarkwhen": "always", "showanswerstatewhen": "always", "showpartfeedbackmessageswhen": "always",
            "showexpectedanswerswhen": "inreview", "showadvicewhen": "inreview",
        },
        "contributors": [],
        "extensions": [],
        "custom_part_types": [],
        "resources": [],
        "type": "exam",
    }  # fmt: skip


NUMBAS = Format(pieces, files, lacks=("carried", "key-in-page", "order-as-letters", "drawn-by-platform"))
