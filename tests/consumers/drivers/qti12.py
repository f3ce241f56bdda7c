"""What QTI 1.2's response processing gives for an answer, read from the specification and from nothing of ours.

Canvas is on no registry; this reads its dialect strictly, and whatever it does not know is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

NS = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@dataclass(frozen=True)
class Judged:
    score: Decimal  # of 100
    feedback: tuple[str, ...]  # the HTML of each feedback shown


def items(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(f"{NS}item"))


def metadata(item: etree._Element) -> dict[str, str]:
    fields = item.iter(f"{NS}qtimetadatafield")
    return {field.findtext(f"{NS}fieldlabel"): field.findtext(f"{NS}fieldentry") for field in fields}


def kind(item: etree._Element) -> str:
    return metadata(item)["question_type"]


def number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def compared(test: etree._Element, answer: str) -> bool:
    """varequal of numbers compares values in Canvas's numerical questions, and else text, whatever its case."""
    given, bound = number(answer), number(test.text)
    match etree.QName(test).localname:
        case "varequal":
            equal = answer.strip().casefold() == test.text.strip().casefold()
            return equal or (given is not None and given == bound and "decimal" in fib(test))
        case "vargte":
            return given is not None and given >= bound
        case "varlte":
            return given is not None and given <= bound
        case other:
            raise ValueError(f"no comparison of Canvas's: {other}")


def fib(test: etree._Element) -> str:
    (item,) = test.iterancestors(f"{NS}item")
    return " ".join(render.get("fibtype", "") for render in item.iter(f"{NS}render_fib")).casefold()


def holds(condition: etree._Element, answers: dict[str, str]) -> bool:
    """A conditionvar's tests stand beside one another: any of them, as Canvas reads a list of short answers."""
    match etree.QName(condition).localname:
        case "other":
            return True
        case "or" | "conditionvar":
            return any(holds(test, answers) for test in condition)
        case "and":
            return all(holds(test, answers) for test in condition)
        case "not":
            return not any(holds(test, answers) for test in condition)
        case _:
            return compared(condition, answers[condition.attrib["respident"]])


def judge(item: etree._Element, answers: dict[str, str]) -> Judged:
    """Conditions in their order, until one holds that says not to go on."""
    shown: list[str] = []
    score = Decimal(0)
    texts = {feedback.get("ident"): "".join(feedback.itertext()).strip() for feedback in item.iter(f"{NS}itemfeedback")}
    for condition in item.iter(f"{NS}respcondition"):
        if not holds(condition.find(f"{NS}conditionvar"), answers):
            continue
        for change in condition.iter(f"{NS}setvar"):
            score = Decimal(change.text) + (score if change.get("action") == "Add" else 0)
        shown += [texts[display.get("linkrefid")] for display in condition.iter(f"{NS}displayfeedback")]
        if condition.get("continue", "No") == "No":
            break
    return Judged(score, tuple(shown))
