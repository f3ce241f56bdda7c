"""GIFT: read as Moodle's importer reads it, each part marks right and wrong answers as they are."""

import html
import re

import pytest
from checks.gift import faults, mark, read
from sample_variants import MISCHIEF, made, variants

from symbackprop.exams.formats.gift import GIFT, screen
from symbackprop.exams.formats.moodle import screen as plain
from symbackprop.exams.variant import Choice, Numeric, Order, Written


@pytest.fixture(scope="module", params=["en", "id"])
def data(request):
    return request.param, made(GIFT, language=request.param)["quiz.gift"]


def one_line(markup):
    return " ".join(markup.split())


def test_it_has_no_faults(data):
    assert faults(data[1]) == []


def test_the_key_scores_full_and_each_mistake_nothing_with_its_own_words(data):
    language, gift = data
    page = plain(language)
    items = iter(read(gift))
    for variant in variants():
        for _, part in variant.parts():
            item = next(items)
            assert item.name == f"{variant.id}-{part.id}"
            match part.answer:
                case Numeric() as number:
                    assert mark(item, number.text)[0] == 1
                    wrong = [(f"{o.value:f}", o.feedback) for o in number.outcomes]
                case Choice() as choice:
                    assert mark(item, str(choice.right))[0] == 1
                    wrong = [(str(k), o.feedback) for k, o in enumerate(choice.options) if o.mistake]
                case Written() as written:
                    assert {mark(item, way)[0] for way in (written.key, *written.also)} == {1}
                    wrong = [(way, why) for _, way, why in written.outcomes]
                case Order(places=places):
                    assert mark(item, "".join(map(str, places)))[0] == 1
                    assert mark(item, "".join(str(p % 3 + 1) for p in places))[0] == 0
                    wrong = []
            for given, why in wrong:
                assert mark(item, given) == (0, one_line(page.line(why)))
    assert next(items, None) is None


def test_mischief_comes_through_as_text(data):
    text = read(data[1])[0].text
    assert one_line(MISCHIEF) in html.unescape(re.sub("<[^>]+>", "", text))
    assert "base64," in text


def test_one_setting_serves_all_formats():
    assert screen("en").setting is plain("en").setting


BROKEN = {
    "a brace": (lambda s: s.replace("\\}", "}", 1), "brace"),
    "a blank line": (lambda s: s.replace("<tbody>", "\n\n<tbody>", 1), "no ::name::"),
    "an equals sign": (lambda s: s.replace("<img src\\=", "<img src=", 1), "means something"),
    "a word for a number": (lambda s: s.replace("=0.1485:", "=o.1485:", 1), "no number"),
    "no right one": (lambda s: s.replace("#=0.1485:", "#=%0%0.1485:", 1), "nothing is right"),
    "two right choices": (lambda s: re.sub(r"\{~(?=\\\\)", "{=", s, count=1), "not one right"),
    "twice": (lambda s: s.replace("v00001-q6", "v00001-q5").replace("/q6", "/q5"), "twice"),
    "no partner": (lambda s: s.replace(" -> 3", " -> ", 1), "partner"),
}


@pytest.mark.parametrize(("harm", "told"), BROKEN.values(), ids=BROKEN)
def test_each_fault_is_found(harm, told):
    text = made(GIFT)["quiz.gift"].decode()
    harmed = harm(text)
    assert harmed != text
    assert any(told in fault for fault in faults(harmed.encode()))
