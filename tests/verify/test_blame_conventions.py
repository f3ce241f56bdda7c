"""δ as minus the derivative, added and not subtracted: right by its own convention, and wrong when mixed."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.verifier.blame import judge

ASCENT = r"""
$$\delta_{o1} = (t_1 - out_{o1})\, out_{o1} (1 - out_{o1})$$
$$\delta_{h1} = (\delta_{o1} w_5 + \delta_{o2} w_7)\, out_{h1} (1 - out_{h1})$$
$$\Delta w_5 = \eta \delta_{o1} out_{h1}$$
$$w_5^{+} = w_5 + \eta \delta_{o1} out_{h1}$$
$$w_1^{+} = w_1 + \eta \delta_{h1} i_1$$
"""
NUMBERS = r"""
$$\delta_{o1} = (0{,}01 - 0{,}75136507) \cdot 0{,}75136507 \cdot (1 - 0{,}75136507) = -0{,}138498562$$
$$w_5^{+} = 0{,}4 + 0{,}5 \cdot (-0{,}138498562) \cdot 0{,}593269992 = 0{,}35891648$$
"""
DESCENT = ASCENT.replace("(t_1 - out", "-(t_1 - out").replace("= \\eta", "= -\\eta").replace("+ \\eta", "- \\eta")


@pytest.fixture(scope="module")
def mazur(checkout: Path) -> sb.Problem:
    return sb.load(checkout / "examples/mazur.toml")


def verdicts(text: str, problem: sb.Problem) -> list[str]:
    return [line.verdict for line in judge(text, problem).lines]


def test_the_older_convention_is_right(mazur):
    report = judge(ASCENT, mazur)
    assert report.convention == "ascent"
    assert [line.verdict for line in report.lines] == ["ok"] * 5


def test_so_is_the_usual_one(mazur):
    report = judge(DESCENT, mazur)
    assert report.convention == "descent"
    assert [line.verdict for line in report.lines] == ["ok"] * 5


def test_in_numbers_with_decimal_commas(mazur):
    with_an_update = NUMBERS + r"$$\Delta w_5 = \eta \delta_{o1} out_{h1}$$"
    assert judge(with_an_update, mazur).convention == "ascent"
    assert set(verdicts(with_an_update, mazur)) == {"ok"}


@pytest.mark.parametrize(
    "text",
    [
        ASCENT.replace("\\Delta w_5 = \\eta", "\\Delta w_5 = -\\eta").replace("+ \\eta", "- \\eta"),
        r"$$\delta_{o1} = (t_1 - out_{o1}) out_{o1} (1 - out_{o1})$$",
    ],
)
def test_a_mixture_is_wrong(mazur, text):
    report = judge(text, mazur)
    assert report.convention == "descent"
    assert report.first_wrong == report.lines[0].row
    assert "sign-inner-derivative" in {m.mistake for m in report.lines[0].claims[0].mistakes}
    assert all(line.verdict in ("ok", "carried") for line in report.lines[1:])


def test_another_mistake_is_found_within_the_older_convention(mazur):
    report = judge(ASCENT.replace("\\delta_{h1} i_1", "\\delta_{h1} i_2"), mazur)
    assert report.convention == "ascent"
    assert [line.verdict for line in report.lines] == ["ok"] * 4 + ["wrong"]


def test_a_leibniz_derivative_keeps_its_sign(mazur):
    report = judge(ASCENT + r"$$\frac{\partial E}{\partial w_5} = \delta_{o1} out_{h1}$$", mazur)
    assert report.convention == "ascent"
    assert report.lines[-1].verdict == "wrong"
