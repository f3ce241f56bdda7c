"""text2qti reads a quiz; its package says what Canvas takes, and response processing gives marks and feedback."""

from copy import deepcopy
from pathlib import Path

import pytest
from drivers.environment import Refused
from drivers.qti12 import NS, items, judge, kind, metadata
from drivers.text2qti import assessment, convert, shape, strange
from lxml import etree
from system import needs

QUIZ = (Path(__file__).parent / "by_hand/quiz.txt").read_text()
pytestmark = needs("text2qti")


@pytest.fixture(scope="module")
def quiz(tmp_path_factory):
    return assessment(convert(QUIZ, tmp_path_factory.mktemp("text2qti")))


def test_it_reads_every_question(quiz):
    assert [item.get("title") for item in items(quiz)] == ["v1.q1", "v1.q2", "v1.q3"]
    kinds = ["numerical_question", "multiple_choice_question", "short_answer_question"]
    assert [kind(item) for item in items(quiz)] == kinds
    assert [metadata(item)["points_possible"] for item in items(quiz)] == ["2", "1", "1"]


def test_a_number_within_the_tolerance_earns_the_points(quiz):
    number = items(quiz)[0]
    assert judge(number, {"response1": "0.0661"}) == judge(number, {"response1": ".06610"})
    assert judge(number, {"response1": "0.0661"}).score == 100
    assert [judge(number, {"response1": wrong}).score for wrong in ("0.0666", "0.0654", "-0.0661", "w5")] == [0] * 4


def test_each_choice_has_its_own_feedback(quiz):
    choice = items(quiz)[1]
    right, wrong = (label.get("ident") for label in choice.iter(f"{NS}response_label"))
    judged = [judge(choice, {"response1": ident}) for ident in (right, wrong)]
    assert [each.score for each in judged] == [100, 0]
    assert "slope of the weight is its input" in judged[0].feedback[0]
    assert "and not the weight" in judged[1].feedback[0]


def test_a_written_answer_may_be_written_in_each_of_its_ways(quiz):
    assert [judge(items(quiz)[2], {"response1": way}).score for way in ("2x3", "2 X 3", "3x2")] == [100, 100, 0]


def test_a_key_is_rounded_which_is_why_we_write_the_xml_ourselves(quiz):
    assert items(quiz)[0].findtext(f".//{NS}varequal") == "0.0660"


def test_what_is_strange_is_found(quiz):
    assert set(shape(quiz)) == {kind(item) for item in items(quiz)}
    assert strange(quiz, quiz) == {}
    ours = deepcopy(quiz)
    etree.SubElement(next(ours.iter(f"{NS}presentation")), f"{NS}hint").set("ident", "h")
    assert strange(ours, quiz) == {"numerical_question": {("presentation/hint", ("ident",))}}


def test_it_refuses_a_choice_without_a_right_one(tmp_path):
    with pytest.raises(Refused, match="correct"):
        convert("1. Which?\na) this\nb) that\n", tmp_path / "text2qti")
