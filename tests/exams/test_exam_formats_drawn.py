"""Variants as they are drawn, in every format: no faults, keys are right, the fast way tells what the slow one does."""

from pathlib import Path

import pytest
from checks import gift, moodle, qti, qti12

from symbackprop.exams import plan
from symbackprop.exams.formats.moodle import screen as in_moodle
from symbackprop.exams.formats.qti import screen as in_qti
from symbackprop.exams.formats.table import FORMATS
from symbackprop.exams.variant import Choice, Numeric, Order
from symbackprop.exams.variants import variants

pytest.importorskip("numpy")
EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMS = [path for path in (EXAMPLES / "quiz.toml", EXAMPLES / "final.toml") if path.exists()]


@pytest.fixture(scope="module", params=EXAMS, ids=lambda path: path.stem)
def drawn(request):
    loaded = plan.load(request.param)
    return loaded.exam, list(variants(loaded, 7, 8))


def files(name, drawn):
    paper, some = drawn
    format = FORMATS[name]
    pieces = [piece for variant in some for piece in format.pieces(paper, variant)]
    return {file: b"".join(parts) for file, parts in format.files(paper, pieces)}


def test_no_format_has_faults(drawn):
    assert moodle.faults(files("moodle", drawn)["moodle.xml"]) == []
    assert gift.faults(files("gift", drawn)["quiz.gift"]) == []
    assert qti12.read(files("qti12", drawn)["qti12.zip"])[1] == []
    for version, name in (("2p1", "qti21"), ("2p2", "qti22"), ("3p0", "qti30")):
        assert qti.read(files(name, drawn)[f"{name}.zip"], version).faults == []


def key(part):
    match part.answer:
        case Order(places=places):
            return [str(place - 1) for place in places]
        case Choice(right=k):
            return [str(k)]
        case answer:
            return [answer.text]


def test_the_key_is_right_and_each_mistake_is_named(drawn):
    page = in_moodle(drawn[0].language)
    questions = iter(moodle.questions(files("moodle", drawn)["moodle.xml"]))
    for variant in drawn[1]:
        for asked in variant.questions:
            q = next(questions)
            keys = [key(part) for part in asked.parts]
            assert moodle.mark(q, *[x for some in keys for x in some])[0] == 1
            for k, part in enumerate(asked.parts):
                if isinstance(part.answer, Numeric):
                    for outcome in part.answer.outcomes:
                        given = [*keys[:k], [f"{outcome.value:f}"], *keys[k + 1 :]]
                        earned, said = moodle.mark(q, *[x for some in given for x in some])
                        assert earned == 1 - part.points / asked.points
                        assert said[sum(map(len, keys[:k]))] == page.line(outcome.feedback)


@pytest.mark.parametrize("screen", [in_moodle, in_qti])
def test_fast_and_slow_are_the_same(drawn, screen):
    page = screen(drawn[0].language)
    ordinary = page.setting.filled.ordinary
    for variant in drawn[1]:
        assert page.given(variant) == page.finish(ordinary(variant.given))
        for asked in variant.questions:
            assert page.asked(asked) == page.finish(ordinary(asked.text))
            assert page.worked(asked) == page.finish(ordinary(asked.solution))
