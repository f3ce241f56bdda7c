"""What is said of a row: its verdict as a word, the reason, the mistake, the right line, the counterexample."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from reports import OK, WRONG, mazur, report, told

from symbackprop.form import adjoint, num, ref
from symbackprop.language import languages
from symbackprop.verdicts import FORMATS, verified
from symbackprop.verdicts.data import Report as Model
from symbackprop.verdicts.data import data, schema, text
from symbackprop.verdicts.told import apart, word
from symbackprop.verifier.decide import Counterexample, Decision
from symbackprop.verifier.report import VERDICTS, Named, Reason

TEXT = "dE/dw5 = -(t1-o1)*o1*(1-o1)*h1\ndE/dw6 = -(t1-o1)*h2\nw5+ = 0.4 - 0.5*0.08 = 0.36\ndE/dw7 = dE/dq * h1\n"
EXAMPLE = Counterexample(
    ((("W2", (0, 1)), Fraction(1, 3)), (("hyper rate", ()), Fraction(2))),
    (Decimal("0.12345678"), Decimal("0.12345679")),
    (Decimal("0.12345699"), Decimal("0.12345700")),
)
SAID = {
    2: {
        **WRONG,
        "mistakes": (Named("missing-activation-derivative", ref("z2", 0)), Named("missing-path", ref("z2", 0))),
        "expected": adjoint("z2", 0) * ref("a1", 1),
        "counterexample": EXAMPLE,
    },
    3: {"verdict": "carried", "reason": Reason("reason.carried", (("row", 2),)), "after": 2},
}


def rendered(format: str, lang: str = "en", text: str = TEXT) -> str:
    return FORMATS[format].render(told(text, SAID, lang), "")


def test_a_row_says_its_verdict_reason_mistake_right_line_and_counterexample():
    said = " ".join(rendered("text").split())
    assert "1 ok ∂E_total/∂w₅ = −(target_o1 − out_o1) · out_o1 · (1 − out_o1) · out_h1 2 wrong" in said
    assert "Maybe this happened: The slope of the activation is left out of the output's delta." in said
    assert "Or this: Only one of the ways" in said
    assert "It should read ∂E_total/∂w₆ = δ_o1 · out_h2." in said
    assert "differ at w₆ = ⅓ and η = 2; the left one is 0.1234568, the right one 0.1234570." in said
    assert "3 carried w₅⁺ = 0.4 − 0.5 · 0.08 = 0.36 False for this network, but it follows rightly from row 2." in said
    assert "4 unread dE/dw7 = dE/dq * h1 This row could not be read, from column 14 on: no quantity is called q" in said
    assert said.endswith("4 rows: 1 ok, 1 carried, 1 unread and 1 wrong. The first wrong one is row 2.")


def test_the_same_in_indonesian():
    said = " ".join(rendered("text", "id").split())
    assert "2 salah" in said
    assert "Seharusnya ∂E_total/∂w₆ = δ_o1 · out_h2." in said
    assert "ruas kiri 0,1234568, ruas kanan 0,1234570." in said
    assert said.endswith("Kesalahan pertama ada di baris 2.")


@pytest.mark.parametrize("language", languages())
def test_each_verdict_has_a_word_of_its_own(language):
    assert len({word(language, v) for v in VERDICTS}) == len(VERDICTS)


def test_a_condition_is_told_of_a_row_that_holds():
    from symbackprop.form import compare

    held = Decision("equal", conditions=(compare(ref("W2", 0, 0), "≠", num(0)),))
    found = told("dE/dw5 = -(t1-o1)*o1*(1-o1)*h1*w5/w5", {1: {**OK, "decisions": (held,)}})
    assert "This holds where w₅ ≠ 0." in FORMATS["text"].render(found, "")


def test_digits_until_the_sides_differ():
    one = (Decimal("1.23456789012"), Decimal("1.23456789013"))
    assert apart(one, (Decimal("-2"), Decimal("-2"))) == ("1.23457", "-2")
    assert apart(one, (Decimal("1.23456789212"), Decimal("1.23456789213"))) == ("1.234567890", "1.234567892")


def test_json_is_the_interface():
    found = told(TEXT, SAID)
    made = Model.model_validate_json(text(found)).model_dump(by_alias=True)
    assert made["schema"] == "symbackprop/report/1"
    assert (made["first_wrong"], made["convention"], made["counts"]["ok"]) == (2, "descent", 1)
    first, wrong, carried, unread = made["lines"]
    assert list(first)[:4] == ["line", "text", "verdict", "mistakes"]
    assert (first["verdict"], first["mistakes"], first["expected"], first["counterexample"]) == ("ok", [], None, None)
    assert wrong["mistakes"] == ["missing-activation-derivative", "missing-path"]
    assert wrong["counterexample"] == {"w6": "1/3", "eta": "2"}
    assert wrong["sides"] == {"left": "0.1234568", "right": "0.1234570"}
    assert wrong["expected"].startswith(r"\frac{\partial E_{\mathrm{total}}}{\partial w_{6}} = \delta_{o1}")
    assert [c["after"] for c in carried["claims"]] == [2, 2]
    assert unread["claims"] == []
    assert "no quantity is called q" in unread["why"]


def test_the_schema_knows_every_key():
    made, parts = schema(), schema()["$defs"]
    assert made["$id"] == "symbackprop/report/1"
    whole = data(told(TEXT, SAID)).model_dump(by_alias=True)
    assert set(made["properties"]) == set(whole)
    assert set(parts["Line"]["properties"]) == set(whole["lines"][0])
    assert set(parts["Claim"]["properties"]) == set(whole["lines"][0]["claims"][0])
    assert all("description" in field for name, field in parts["Line"]["properties"].items() if name not in HELD)


HELD = ("verdict", "claims", "sides")  # what these are their own definitions say


def test_the_judge_s_report_is_told_in_every_format_and_language():
    problem, _, _ = mazur()
    for lang in languages():
        found = verified("dE/dw5 = -(t1-o1)*o1*(1-o1)*h1\nw5+ = w5 + 0.5*dE/dw5\n", problem, lang=lang)
        assert [line.verdict for line in found.lines] == ["ok", "wrong"]
        assert found.first_wrong == 2
        assert str(found) == found.render("text").rstrip("\n")
        assert all(found.render(format) for format in FORMATS)
        assert 'data-verdict="wrong"' in found._repr_html_()


def test_nothing_to_judge_is_an_error():
    problem, _, _ = mazur()
    with pytest.raises(Exception, match=r"mine\.txt: no equation stands here; write one a line"):
        verified("All is well.", problem, name="mine.txt")


def test_windows_and_old_macs_end_their_lines_otherwise():
    problem, _, _ = mazur()
    rows = ["w5 = 0.4", "dE/dw5 = -(t1-o1)*o1*(1-o1)*h1"]
    for end in ("\r\n", "\r"):
        assert [line.line for line in verified(end.join(rows), problem).lines] == [1, 2]
    assert report("w5 = 0.4").first_wrong is None
