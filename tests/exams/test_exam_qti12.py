"""QTI 1.2: the package that Canvas takes, and what response processing makes of right and wrong answers."""

import io
import zipfile
from decimal import Decimal

import pytest
from checks.qti12 import canvas_answers, read
from consumers.drivers.qti12 import items, judge
from sample_variants import made, variants

from symbackprop.exams.formats.moodle import screen
from symbackprop.exams.formats.qti12 import QTI12, hundred
from symbackprop.exams.variant import Choice, Numeric, Order, Written


@pytest.fixture(scope="module", params=["en", "id"])
def package(request):
    return request.param, *read(made(QTI12, language=request.param)["qti12.zip"])


def test_it_has_no_faults(package):
    _, quizzes, faults = package
    assert faults == []
    assert list(quizzes) == [f"v0000{k}/v0000{k}.xml" for k in (1, 2, 3)]


def given(answer):
    """The key, and each wrong answer with its own feedback, as responses."""
    match answer:
        case Numeric(outcomes=outcomes):
            return {"response1": answer.text}, [({"response1": f"{o.value:f}"}, o.feedback) for o in outcomes]
        case Choice(options=options, right=k):
            wrong = [({"response1": f"choice{n}"}, o.feedback) for n, o in enumerate(options) if o.mistake]
            return {"response1": f"choice{k}"}, wrong
        case Order(places=places, feedback=why):
            right = {f"response_item{k}": f"place{p}" for k, p in enumerate(places)}
            return right, [({name: f"place{int(p[-1]) % 3 + 1}" for name, p in right.items()}, why)]
        case Written():
            return {"response1": answer.key}, [({"response1": way}, None) for _, way, _ in answer.outcomes]


def test_the_key_scores_full_and_each_mistake_nothing_with_its_own_words(package):
    language, quizzes, _ = package
    page = screen(language)
    for variant, quiz in zip(variants(), quizzes.values(), strict=True):
        for (_, part), item in zip(variant.parts(), items(quiz), strict=True):
            assert item.get("ident") == f"{variant.id}-{part.id}"
            key, wrongs = given(part.answer)
            assert judge(item, key).score == 100
            for wrong, why in wrongs:
                judged = judge(item, wrong)
                assert judged.score == 0
                assert why is None or page.line(why) in judged.feedback


def test_between_two_mistakes_nothing_is_said(package):
    item = items(next(iter(package[1].values())))[0]
    within = Decimal("0.0005")
    for value in map(Decimal, ("-0.1485", "0.0500", "0.2770")):
        assert len(judge(item, {"response1": str(value)}).feedback) == 2
        assert len(judge(item, {"response1": str(value + within)}).feedback) == 2
        for off in (within + Decimal("1e-6"), -within - Decimal("1e-6")):
            assert len(judge(item, {"response1": str(value + off)}).feedback) == 1


def test_canvas_takes_the_key_alone_for_right(package):
    numbers = [item for quiz in package[1].values() for item in items(quiz) if canvas_answers(item)]
    keys = [p.answer for v in variants() for _, p in v.parts() if isinstance(p.answer, Numeric)]
    assert [canvas_answers(item) for item in numbers] == [[(number.key, number.tolerance)] for number in keys]


@pytest.mark.parametrize("count", range(2, 12))
def test_a_hundred_is_shared_without_rest(count):
    assert sum(hundred(count)) == 100


RANGE = '<and><vargte respident="response1">0.0495</vargte><varlte respident="response1">0.0505</varlte></and>'
BROKEN = {
    "a range for a mistake": ('<varlte respident="response1">0.0505</varlte>', RANGE, "more than one number"),
    "a type": ("numerical_question", "numeric_question", "no question type"),
    "a link": ('linkrefid="mistake0_fb"', 'linkrefid="mistake_fb"', "not there"),
    "a response": ('<varequal respident="response1">', '<varequal respident="response">', "no response"),
    "a choice": ('<varequal respident="response1">choice0<', '<varequal respident="response1">choice9<', "no choice"),
    "a picture": ("FILEBASE$/pictures/network", "FILEBASE$/pictures/nework", "no file for"),
    "an ident": ('<item ident="v00001-q2"', '<item ident="v00001-q1"', "one ident"),
    "HTML": ("&lt;/table&gt;", "", "hang together"),
    "truncated": ("</questestinterop>", "", "cannot be read"),
}


@pytest.mark.parametrize(("old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_each_fault_is_found(old, new, told):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(QTI12)["qti12.zip"])) as good, zipfile.ZipFile(out, "w") as bad:
        for info in good.infolist():
            text = good.read(info).decode()
            assert old in text or info.filename != "v00001/v00001.xml"
            bad.writestr(info, text.replace(old, new, 1) if info.filename == "v00001/v00001.xml" else text)
    assert any(told in fault for fault in read(out.getvalue())[1])


def test_a_file_that_the_manifest_does_not_name_is_found():
    out = io.BytesIO(made(QTI12)["qti12.zip"])
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("more.xml", "<x/>")
    assert "more.xml is not in the manifest" in read(out.getvalue())[1]
