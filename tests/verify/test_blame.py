"""A verdict for each line: right ones in every dress, wrong ones, and what only follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.form import Form, adjoint, num, shown
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import Report


@pytest.fixture(scope="module")
def mazur(checkout: Path) -> sb.Problem:
    return sb.load(checkout / "examples/mazur.toml")


def verdicts(report: Report) -> list[str]:
    return [line.verdict for line in report.lines]


def mistakes(report: Report, row: int) -> list[str]:
    return [m.mistake for line in report.lines if line.row == row for c in line.claims for m in c.mistakes]


RIGHT = [
    "net_h1 = w1 i1 + w2 i2 + b1",
    "net_h1 = b1 + i1*w1 + w2*i2",
    "out_h1 = 1/(1 + e^(-net_h1))",
    "E = 1/2 (t1 - o1)^2 + 1/2 (t2 - o2)^2",
    "E = (t1^2 - 2 t1 o1 + o1^2 + (o2 - t2)^2)/2",
    "dE/do1 = o1 - t1",
    "dE/dw5 = -(t1 - o1) o1 (1 - o1) h1",
    "dE/dw5 = (o1 - t1)(o1 - o1^2) h1",
    "dE/dw5 = (t1 - o1) o1 (o1 - 1) h1",
    "delta_o1 = dE/do1 * o1 (1 - o1)",
    "dE/dw1 = (delta_o1 w5 + delta_o2 w7) h1 (1 - h1) i1",
    "dE/dw1 = ((o1-t1) o1 (1-o1) w5 + (o2-t2) o2 (1-o2) w7) h1 (1-h1) i1",
    r"\frac{\partial E}{\partial w_5} = \delta_{o1} out_{h1}",
    r"w_5^{+} = w_5 - \eta \frac{\partial E}{\partial w_5}",
    r"w_5^{+} = w_5 - 0.5 \delta_{o1} out_{h1}",
    r"\frac{\partial net_{h1}}{\partial b_1} = 1",
    "net_h1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3775",
    "net_h1 = w1*0.05 + w2*0.1 + 0.35",
    "out_h1 = 0.593",
    "out_h1 = 0.59326999",
    "dE/dw5 = 0.74136507 * 0.186815602 * 0.593269992 = 0.082167041",
    "dE/dw5 = 0.741 * 0.187 * 0.593 = 0.0822",
    "dE/dw5 = delta_o1 h1 = 0.1385*0.5933 = 0.0822",
    r"w_5^{+} = 0.4 - 0.5*0.082167041 = 0.35891648",
    "E = 0.298371109",
]


@pytest.mark.parametrize("line", RIGHT)
def test_right(mazur, line):
    text = f"$${line}$$" if "\\" in line else line
    assert verdicts(judge(text, mazur)) == ["ok"]


WRONG = {
    "net_h1 = w1 i1 + w2 i2": "wrong",
    "out_h1 = 1/(1 + e^(net_h1))": "wrong",
    "E = (t1 - o1)^2 + (t2 - o2)^2": "wrong",
    "dE/do1 = t1 - o1": "wrong",
    "dE/dw5 = (o1 - t1) h1": "wrong",
    "dE/dw5 = -(t1 - o1) o1 (1 + o1) h1": "wrong",
    "dE/dw1 = delta_o1 w5 h1 (1 - h1) i1": "wrong",
    "dE/dw5 = 0.0822 = 0.0832": "arithmetic",
    "net_h1 = 0.15*0.05 + 0.2*0.1 + 0.35 = 0.3875": "arithmetic",
    "net_h1 = 0.15*0.05 + 0.3*0.1 + 0.35 = 0.3775": "arithmetic",
    "net_h1 = 0.15*0.05 + 0.3*0.1 + 0.35 = 0.3875": "wrong",
    "out_h1 = 0.594": "wrong",
    "dE/dw5 = -0.0822": "wrong",
    "i1 = 0.5": "wrong",
    "i1 = 0.06": "wrong",
}


@pytest.mark.parametrize(("line", "verdict"), WRONG.items())
def test_wrong(mazur, line, verdict):
    report = judge(line, mazur)
    assert verdicts(report) == [verdict]
    assert report.first_wrong == 1


def test_what_is_said_of_a_wrong_line(mazur):
    report = judge("dE/dw5 = (t1 - o1) o1 (1 - o1) h1", mazur)
    (claim,) = report.lines[0].claims
    assert claim.inner == claim.outer == "false"
    assert claim.reason.key == "reason.ratio"
    assert claim.reason.slots == (("ratio", num(-1)),)
    assert "sign-inner-derivative" in mistakes(report, 1)
    assert claim.counterexample is not None
    assert claim.counterexample.left != claim.counterexample.right
    assert claim.expected is not None
    assert not any(f.op == "adjoint" for f in claim.expected.forms)  # written out, as the line is


def test_the_right_line_is_as_short_as_the_writers(mazur):
    (line,) = judge("$$\\frac{\\partial E}{\\partial w_5} = \\delta_{o2} out_{h1}$$", mazur).lines
    expected = line.claims[0].expected
    assert expected is not None
    assert expected.forms[0] == adjoint("z2", 0)


def test_the_right_number_has_as_many_digits(mazur):
    (line,) = judge("dE/dw5 = 0.1643", mazur).lines
    assert line.claims[0].expected == shown("0.0822")
    assert line.claims[0].reason.slots == (("value", shown("0.0822")),)


# ---- what follows from what ------------------------------------------------------------------------------------------

CARRIED = {
    "symbols": """
        delta_o1 = -(t1 - o1)
        dE/dw5 = -(t1 - o1) h1
        dE/dw1 = (-(t1 - o1) w5 + delta_o2 w7) h1 (1 - h1) i1
        """,
    "the last line first": """
        dE/dw5 = -(t1 - o1) h1
        delta_o1 = -(t1 - o1)
        """,
    "a value of the forward pass": """
        net_h1 = w1 i1 + w3 i2 + b1
        out_h1 = 1/(1 + e^(-(w1 i1 + w3 i2 + b1)))
        """,
    "printed numbers": """
        delta_o1 = 0.7414
        dE/dw5 = delta_o1 h1 = 0.7414*0.5933 = 0.4399
        w5+ = 0.4 - 0.5*0.4399 = 0.1801
        """,
    "printed numbers, without the work": """
        delta_o1 = 0.741365
        dE/dw5 = 0.439830
        """,
    "symbols, then numbers": """
        delta_o1 = (t1 - o1) o1 (1 - o1)
        dE/dw5 = -0.0821670
        """,
    "a slope": """
        do1/dnet_o1 = o1 (1 + o1)
        delta_o1 = (o1 - t1) o1 (1 + o1)
        """,
}


@pytest.mark.parametrize("case", CARRIED)
def test_one_mistake_costs_once(mazur, case):
    found = verdicts(judge(CARRIED[case], mazur))
    assert sorted(found) == ["carried"] * (len(found) - 1) + ["wrong"]


def test_a_carried_line_says_what_it_follows_from(mazur):
    report = judge("delta_o1 = -(t1 - o1)\ndE/dw5 = -(t1 - o1) h1", mazur)
    (claim,) = report.lines[1].claims
    assert (claim.after, claim.reason.slots) == (1, (("row", 1),))
    assert report.first_wrong == 1


def test_a_second_mistake_is_no_carried_one(mazur):
    report = judge("delta_o1 = -(t1 - o1)\ndE/dw5 = -(t1 - o1) h2", mazur)
    assert verdicts(report) == ["wrong", "wrong"]


def test_a_wrong_line_does_not_spoil_what_is_built_on_other_things(mazur):
    report = judge("delta_o1 = -(t1 - o1)\ndelta_o2 = (o2 - t2) o2 (1 - o2)\ndE/dw5 = delta_o1 h1", mazur)
    assert verdicts(report) == ["wrong", "ok", "ok"]


def test_a_chain_is_judged_at_each_sign(mazur):
    (line,) = judge("dE/dw5 = delta_o1 h1 = (o1 - t1) h1 = h1 (o1 - t1)", mazur).lines
    assert [c.verdict for c in line.claims] == ["ok", "wrong", "carried"]
    assert (line.claims[2].inner, line.claims[2].outer) == ("true", "false")


# ---- rounding --------------------------------------------------------------------------------------------------------


def test_rounding_of_rounded_numbers_is_no_mistake(mazur):
    (line,) = judge("dE/dw5 = 0.7414*0.1868*0.5933 = 0.0821677", mazur).lines
    assert line.verdict == "rounding"
    assert (line.claims[-1].inner, line.claims[-1].outer) == ("true", "false")


def test_a_last_digit_that_was_rounded_twice(mazur):
    assert verdicts(judge(r"$$\frac{\partial E_{o2}}{\partial out_{h1}} = -0.019049119$$", mazur)) == ["rounding"]
    assert verdicts(judge(r"$$\frac{\partial E_{o2}}{\partial out_{h1}} = -0.019049129$$", mazur)) == ["wrong"]


def test_digits_that_were_cut_off(mazur):
    assert verdicts(judge("dE/dw5 = 0.08216\ndE/dw5 = 0.08218", mazur)) == ["rounding", "wrong"]


def test_few_digits_are_not_off_by_rounding(mazur):
    assert verdicts(judge("dE/dw5 = 0.09", mazur)) == ["wrong"]


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_told(mazur):
    report = judge("dE/dw5 = (o1 - t1) q7\ndE/do1 = o1 - t1", mazur)
    assert verdicts(report) == ["unread", "ok"]
    assert report.lines[0].unread is not None
    assert report.first_wrong is None


def test_whole_numbers_put_in(tmp_path):
    spec = """
        [network]
        inputs = 2
        loss = "half-squared-error"
        [[network.layers]]
        kind = "dense"
        units = 1
        activation = "identity"
        bias = "none"
        weights = [[2, 3]]
        [data]
        inputs = [[1, 2]]
        targets = [[1]]
        [presentation]
        notation = "mazur"
        """
    problem = sb.loads(spec)
    assert verdicts(judge("net_o1 = w1*1 + w2*2 = 2*1 + 3*2 = 8", problem)) == ["ok"]
    assert verdicts(judge("net_o1 = w1*2 + w2*1", problem)) == ["wrong"]
    assert verdicts(judge("dE/dw1 = o1 - t1", problem)) == ["wrong"]  # i1 = 1 is no reason to leave it out


def test_a_budget_leaves_a_line_open_and_judges_the_others(mazur, monkeypatch):
    from symbackprop.verifier.blame import budget

    lines = iter([(None, 1), (None, None)])
    monkeypatch.setattr(budget, "_watched", lambda line, seconds: next(lines))
    report = judge("E = 3", mazur, budget=1.0)
    assert verdicts(report) == ["unknown"]


def test_the_same_in_a_worker(mazur):
    text = "dE/dw5 = (o1 - t1) h1\ndE/do1 = o1 - t1"
    assert verdicts(judge(text, mazur, budget=60.0)) == verdicts(judge(text, mazur)) == ["wrong", "ok"]


def test_a_claim_that_is_left_out_is_unknown(mazur):
    from symbackprop.verifier.blame import judgement

    report = judgement("dE/dw5 = (o1 - t1) h1\ndE/do1 = o1 - t1", mazur, turn=lambda k: k == 0)
    assert [(x.verdict, x.claims[0].reason.key) for x in report.lines] == [
        ("unknown", "reason.budget"),
        ("ok", "reason.identity"),
    ]


def test_a_report_holds_forms_and_no_text(mazur):
    for line in judge("\n".join((*RIGHT, *WRONG)), mazur).lines:
        for claim in line.claims:
            assert claim.expected is None or isinstance(claim.expected, Form)
            assert claim.reason.key.startswith("reason.")


SLOPES = {
    r"\delta_{o1} = (o_1 - t_1)\sigma'(net_{o1})": "ok",
    r"\frac{\partial out_{h1}}{\partial net_{h1}} = \sigma'(net_{h1})": "ok",
    r"\frac{\partial out_{h1}}{\partial net_{h1}} = \sigma'(out_{h1})": "wrong",
    r"\sigma'(net_{h1}) = out_{h1}(1 - out_{h1}) = 0.2413": "ok",
    r"\sigma'(net_{h1}) = out_{h1}(1 + out_{h1})": "wrong",
}


@pytest.mark.parametrize(("line", "verdict"), SLOPES.items())
def test_a_prime_is_the_slope(mazur, line, verdict):
    assert verdicts(judge(f"$${line}$$", mazur)) == [verdict]


def test_a_line_with_indices_is_named_once_for_all(checkout):
    problem = sb.load(checkout / "examples/mazur.toml")
    text = (
        r"$$\delta^L_j = a^L_j - y_j$$" + "\n" + r"$$\frac{\partial C}{\partial w^L_{jk}} = (a^L_j - y_j) a^{L-1}_k$$"
    )
    report = judge(text, problem, notation="nielsen")
    assert verdicts(report) == ["wrong", "carried"]
    assert "missing-activation-derivative" in mistakes(report, 1)
