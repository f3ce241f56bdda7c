"""QTI 2.1, 2.2, 3.0: packages that hang together, and items whose own processing gives marks and feedback."""

import io
import zipfile
from decimal import Decimal

import pytest
from checks.qti import Item, read
from lxml import etree
from sample_variants import made, variants

from symbackprop.exams.formats.qti import QTI21, QTI22, QTI30, identifier, screen
from symbackprop.exams.variant import Choice, Numeric, Order, Written

KINDS = {"2p1": ("qti21.zip", QTI21), "2p2": ("qti22.zip", QTI22), "3p0": ("qti30.zip", QTI30)}


@pytest.fixture(scope="module", params=KINDS)
def package(request):
    name, format = KINDS[request.param]
    return read(made(format)[name], request.param)


def test_it_has_no_faults(package):
    assert package.faults == []
    assert (len(package.items), len(package.tests)) == (18, 3)


def plain(markup):
    return "".join(etree.fromstring(f"<p>{markup}</p>").itertext()).strip()


def key(answer):
    match answer:
        case Choice(right=k):
            return f"choice{k}"
        case Order(places=places):
            return tuple(f"item{places.index(k)}" for k in range(1, len(places) + 1))
        case _:
            return answer.text


def wrongs(answer):
    match answer:
        case Numeric(outcomes=outcomes):
            return [(f"{o.value:f}", o.feedback) for o in outcomes]
        case Choice(options=options):
            return [(f"choice{k}", o.feedback) for k, o in enumerate(options) if o.mistake]
        case Written(outcomes=outcomes):
            return [(way, why) for _, way, why in outcomes]
        case Order(feedback=why):
            return [(("item0", "item1", "item2"), why)]


def test_the_key_scores_full_and_each_mistake_nothing_with_its_own_words(package):
    page = screen("en")
    for variant in variants():
        for asked in variant.questions:
            item = Item(package.items[f"items/{identifier(variant.id, asked.id)}.xml"])
            rights = {f"RESPONSE{k}": key(part.answer) for k, part in enumerate(asked.parts, 1)}
            assert item.mark(**rights)[0] == Decimal(float(asked.points))
            assert item.mark()[0] == 0
            for k, part in enumerate(asked.parts, 1):
                for wrong, why in wrongs(part.answer):
                    score, said = item.mark(**{**rights, f"RESPONSE{k}": wrong})
                    assert score == Decimal(float(asked.points - part.points))
                    own = [text for name, text in said.items() if name.startswith(f"RESPONSE{k}-")]
                    assert own == [plain(page.line(why))]


def test_the_three_are_one_text_by_another_name():
    first, other = (read(made(KINDS[v][1])[KINDS[v][0]], v) for v in ("2p1", "3p0"))
    for name, item in first.items.items():
        again = other.items[name]
        etree.strip_tags(again, "contentBody")
        one, two = (tree.xpath("string(.)").split() for tree in (item, again))
        assert one == two
        assert [e.tag for e in item.iter()] == [e.tag for e in again.iter()]


def test_the_same_bytes_again():
    assert made(QTI22) == made(QTI22)


def harmed(version, name, old, new):
    place, format = KINDS[version]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made(format)[place])) as good, zipfile.ZipFile(out, "w") as bad:
        for info in good.infolist():
            text = good.read(info).decode()
            if info.filename == name:
                assert old in text
                text = text.replace(old, new, 1)
            if text:
                bad.writestr(info, text)
    return out.getvalue()


ITEM = "items/i-v00001-q1.xml"
BROKEN = {
    "a reference": (ITEM, '<variable identifier="RESPONSE1"/>', '<variable identifier="RESPONS1"/>', "not declared"),
    "an interaction": (
        ITEM,
        'Interaction responseIdentifier="RESPONSE1"',
        'Interaction responseIdentifier="R"',
        "not declared",
    ),
    "lost feedback": (
        ITEM,
        '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="RESPONSE1-1"',
        '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="RESPONSE1-11"',
        "not there",
    ),
    "an outcome": (ITEM, '<setOutcomeValue identifier="SCORE">', '<setOutcomeValue identifier="SCOR">', "no outcome"),
    "an element": (ITEM, "<itemBody>", "<itemBody><figure/>", "no element"),
    "an attribute": (ITEM, ' timeDependent="false"', "", "without timeDependent"),
    "an identifier": (ITEM, 'identifier="i-v00001-q1"', 'identifier="1-v00001-q1"', "no identifier"),
    "a key": ("items/i-v00001-q2.xml", "<value>choice1</value>", "<value>choice9</value>", "no choice"),
    "a picture": (ITEM, "pictures/network-", "pictures/nework-", "not there"),
    "words of a picture": (ITEM, " alt=", " title=", "without words"),
    "truncated": (ITEM, "</assessmentItem>", "", "no XML"),
    "the manifest": ("imsmanifest.xml", '<file href="items/i-v00001-q1.xml"/>', "", "not in the manifest"),
    "a type": ("imsmanifest.xml", "imsqti_item_xmlv2p1", "imsqti_item_xmlv2p2", "of type"),
    "a dependency": ("imsmanifest.xml", '<dependency identifierref="i-v00001-q1"/>', "", "needs"),
    "another namespace": (ITEM, "imsqti_v2p1", "imsqti_v2p0", "another namespace"),
}


@pytest.mark.parametrize(("name", "old", "new", "told"), BROKEN.values(), ids=BROKEN)
def test_each_fault_is_found(name, old, new, told):
    assert any(told in fault for fault in read(harmed("2p1", name, old, new), "2p1").faults)


def test_half_a_package_is_none():
    whole = made(QTI21)["qti21.zip"]
    assert read(whole[: len(whole) // 2], "2p1").faults


def test_a_name_of_another_version_is_found():
    bad = harmed(
        "3p0",
        ITEM,
        "<qti-modal-feedback",
        "<qti-modal-feedback><modalFeedback/></qti-modal-feedback><qti-modal-feedback",
    )
    assert any("modalFeedback is no name of QTI 3" in fault for fault in read(bad, "3p0").faults)
