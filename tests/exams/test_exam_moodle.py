"""Moodle XML: read as a stranger, it holds what Moodle wants, and marks right and wrong answers as they are."""

from decimal import Decimal
from itertools import chain

import pytest
from checks.moodle import faults, mark, questions
from sample_variants import ORDER, exam, made, right, variants

from symbackprop.exams.formats.moodle import MOODLE, screen
from symbackprop.exams.variant import Choice, Numeric, Order, Written


@pytest.fixture(scope="module", params=["en", "id"])
def data(request):
    return request.param, made(MOODLE, language=request.param)["moodle.xml"]


def test_it_has_no_faults(data):
    assert faults(data[1]) == []


def keys(part):
    match part.answer:
        case Order(places=places):
            return [str(place - 1) for place in places]
        case Choice(right=k):
            return [str(k)]
        case answer:
            return [answer.text]


def wrongs(part):
    """Each wrong answer, with the inlines of its own feedback."""
    match part.answer:
        case Numeric(outcomes=outcomes):
            return [([f"{o.value:f}"], o.feedback) for o in outcomes]
        case Choice(options=options):
            return [([str(k)], o.feedback) for k, o in enumerate(options) if o.mistake]
        case Written(outcomes=outcomes):
            return [([way], why) for _, way, why in outcomes]
        case Order(items=items, places=places, feedback=why):
            return [([str(p % len(items)) for p in places], why)]


def test_the_key_scores_full_and_each_mistake_nothing_with_its_own_words(data):
    language, xml = data
    page = screen(language)
    found = iter(questions(xml))
    for variant in variants():
        for asked in variant.questions:
            q = next(found)
            assert q.findtext("idnumber") == f"{variant.id}-{asked.id}"
            right_ones = [keys(part) for part in asked.parts]
            assert mark(q, *chain(*right_ones))[0] == 1
            for k, part in enumerate(asked.parts):
                for wrong, why in wrongs(part):
                    given = chain(*right_ones[:k], wrong, *right_ones[k + 1 :])
                    earned, said = mark(q, *given)
                    assert earned == 1 - part.points / asked.points
                    at = sum(len(r) for r in right_ones[:k])
                    assert said[at] == page.line(why)
    assert next(found, None) is None


def test_a_number_is_right_within_its_tolerance_and_no_further(data):
    q = questions(data[1])[0]
    low, high = Decimal("0.1485") - Decimal("0.0005"), Decimal("0.1485") + Decimal("0.0005")
    assert [mark(q, str(x))[0] for x in (low, high)] == [1, 1]
    assert mark(q, str(high))[1] == [right(data[0])]
    assert [mark(q, str(x))[0] for x in (low - Decimal("1e-9"), high + Decimal("1e-9"), "x", "")] == [0] * 4


def test_what_comes_out_is_stable_and_streams():
    paper = exam()
    one = made(MOODLE)["moodle.xml"]
    assert one == made(MOODLE)["moodle.xml"]
    ((_, parts),) = MOODLE.files(paper, (piece for v in variants(2) for piece in MOODLE.pieces(paper, v)))
    assert len(list(parts)) == 4


BROKEN = {
    "truncated": (lambda s: s[: len(s) // 2], "no XML"),
    "a second idnumber": (
        lambda s: s.replace("<idnumber>v00002-q1<", "<idnumber>v00001-q1<"),
        "in its category already",
    ),
    "no idnumber": (lambda s: s.replace("<idnumber>v00002-q1</idnumber>", ""), "no idnumber"),
    "a third": (lambda s: s.replace('fraction="100"', 'fraction="33"', 1), "a fraction of 33"),
    "a misspelt gap": (lambda s: s.replace(":NUMERICAL:", ":NUMERICL:", 1), "like a gap"),
    "a gap without end": (
        lambda s: s.replace("{3:MULTICHOICE:=1", "{3:MULTICHOICE}:=1").replace(
            "{1:MULTICHOICE:=1", "{1:MULTICHOICE}:=1"
        ),
        "like a gap",
    ),
    "a misspelt type": (lambda s: s.replace('type="numerical"', 'type="numeric"', 1), "no type"),
    "a word for a number": (lambda s: s.replace("<text>0.2770<", "<text>o.2770<", 1), "is no number"),
    "no tolerance": (lambda s: s.replace("<tolerance>0.0005</tolerance>", "", 1), "no tolerance"),
    "two right ones": (lambda s: s.replace('fraction="0" format="html"', 'fraction="100" format="html"', 1), "2 right"),
    "a lost picture": (lambda s: s.replace('<file name="network', '<file name="nework', 1), "no file for"),
    "half a picture": (lambda s: s.replace("PHN2Zy", "PHN2Z", 1), "is no picture"),
    "a picture without words": (lambda s: s.replace('alt="', 'alt="" title="', 1), "without words"),
    "broken HTML": (lambda s: s.replace("</table>", "", 1), "hang together"),
    "half a formula": (lambda s: s.replace("\\)", "", 1), "without"),
    "a gap that says nothing is right": (
        lambda s: s.replace("MULTICHOICE:1#", "MULTICHOICE:1#", 1).replace("~=3", "~3", 1),
        "without a right",
    ),
}


@pytest.mark.parametrize(("harm", "told"), BROKEN.values(), ids=BROKEN)
def test_each_fault_is_found(harm, told):
    text = made(MOODLE)["moodle.xml"].decode()
    harmed = harm(text)
    assert harmed != text
    assert any(told in fault for fault in faults(harmed.encode()))


def test_a_mark_that_cannot_be_wrong_is_no_test():
    text = made(MOODLE)["moodle.xml"].decode()
    q = questions(text.replace("<text>0.1485<", "<text>0.1585<").encode())[0]
    assert mark(q, "0.1485")[0] == 0
    assert ORDER.text == "bca"
