"""Both catalogues say the same things, and a sentence gets what it needs."""

import pytest

from symbackprop.document import Emphasis, Math, Strong, Text
from symbackprop.form import symbol
from symbackprop.language import _PART, LanguageError, catalogue, languages, listed, number, say, sentence, slots, text

w5 = symbol("w", "5")


def test_the_languages():
    assert languages() == ("en", "id")


@pytest.mark.parametrize("language", languages())
def test_catalogues_have_the_same_keys_and_slots(language):
    own, english = catalogue(language), catalogue("en")
    assert own.keys() == english.keys()
    assert {key: slots(own[key]) for key in own} == {key: slots(english[key]) for key in english}


@pytest.mark.parametrize("language", languages())
def test_every_sign_of_a_sentence_is_read(language):
    """No star or brace is left over: the parts that `say` finds are the sentence."""
    for key, found in catalogue(language).items():
        assert "".join(part[0] for part in _PART.finditer(found)) == found, key


@pytest.fixture
def sentences(monkeypatch):
    """A catalogue of two sentences."""
    own = {"a.b": "The *very {n}* of {w} is **new**: {x}.", "plain": "Only {n}"}
    monkeypatch.setattr("symbackprop.language.catalogue", lambda language: own)


@pytest.mark.usefixtures("sentences")
def test_slots_take_words_and_formulas():
    assert say("en", "a.b", n="first", w=w5, x=(Text("*not* {n}"), Emphasis("yes"))) == (
        Text("The "),
        Emphasis("very first"),
        Text(" of "),
        Math(w5),
        Text(" is "),
        Strong("new"),
        Text(": *not* {n}"),
        Emphasis("yes"),
        Text("."),
    )
    assert text("en", "plain", n=3) == "Only 3"


@pytest.mark.usefixtures("sentences")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n": "1", "w": w5}, "has the slots n, w, x, and was given n, w"),
        ({"n": "1", "w": w5, "x": "", "y": ""}, "was given n, w, x, y"),
        ({"n": w5, "w": w5, "x": ""}, "a Form cannot stand"),
    ],
)
def test_a_slot_too_few_or_too_many_raises(given, message):
    with pytest.raises(LanguageError, match=message):
        say("en", "a.b", **given)


def test_what_is_missing_raises():
    with pytest.raises(LanguageError, match="no sentence 'nothing'"):
        sentence("en", "nothing")
    with pytest.raises(LanguageError, match="there is no language 'fr'; there are en, id"):
        say("fr", "math.if")


@pytest.mark.parametrize(("language", "three"), [("en", "a, b and c"), ("id", "a, b, dan c")])
def test_lists(language, three):
    last = " and " if language == "en" else " dan "
    assert listed(language, ["a", "b", "c"]) == (Text(three),)
    assert listed(language, ["a", "b"]) == (Text(f"a{last}b"),)
    assert listed(language, ["a"]) == (Text("a"),)
    assert listed(language, [w5, "b"]) == (Math(w5), Text(f"{last}b"))


@pytest.mark.parametrize(
    ("digits", "english", "indonesian", "latex"),
    [
        ("0.5", "0.5", "0,5", "0{,}5"),
        ("-0.0226", "−0.0226", "−0,0226", "-0{,}0226"),
        ("8750", "8750", "8750", "8750"),
        ("1234567.250", "1,234,567.250", "1.234.567,250", "1234567{,}250"),
        ("-3.51e-5", "−3.51 · 10⁻⁵", "−3,51 × 10⁻⁵", r"-3{,}51 \times 10^{-5}"),
        ("2e+3", "2 · 10³", "2 × 10³", r"2 \times 10^{3}"),
    ],
)
def test_numbers(digits, english, indonesian, latex):
    assert (number(digits, "en"), number(digits, "id"), number(digits, "id", "latex")) == (english, indonesian, latex)


@pytest.mark.parametrize("digits", ["", "1,5", "nan", "1e", "0x1", "1.", "\u0661"])
def test_what_is_no_number_raises(digits):
    with pytest.raises(LanguageError):
        number(digits, "en")
