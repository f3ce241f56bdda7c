"""A solution with one's own names: they are what is printed, nothing else changes, and every line still recomputes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mpmath import iv
from test_recompute import CHAINS, failures

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.readings.names import Names
from symbackprop.spec import loads
from symbackprop.writers.math import printed

EXAMPLES = Path(__file__).parents[2] / "examples"
MAZUR = (EXAMPLES / "mazur.toml").read_text(encoding="utf-8")
OWN = r"""
[presentation.names]
"\\hat{y}_k" = "a2[k]"
'v_{h1 \to o}' = "W2[o,0]"
"net_{hj}" = "z1[j]"
"\\mathcal{J}(w)" = "E"
"\\alpha" = "rate"
"g" = "dE/dz2"
"h" = "a1"
"""
EQUATIONS = """
[equations]
program = ["z = W @ x + b", "a = tanh(z)", "E = sum((t - a)**2)"]
error = "E"
parameters = ["W", "b"]
[values]
x = [1, 0.5]
t = [0.25, 1]
W = [[0.1, 0.2], [0.3, 0.4]]
b = [0.1, 0.1]
[training]
optimizer = "adam"
rate = 0.1
[presentation.names]
"\\\\theta_{ji}" = "W[j,i]"
"\\\\hat{y}" = "a"
"J" = "E"
"\\\\tilde{s}" = "dE/dz"
"u" = "m"
"\\\\gamma" = "beta1"
"""


def numbers(markdown: str) -> list[str]:
    return re.findall(r"\d+\.\d+", re.sub(r"\(data:[^)]*\)", "", markdown))


def markdown(text: str, **presentation: str) -> str:
    out = sb.derive(loads(text)).solution(**presentation).render("markdown")
    assert isinstance(out, str)
    return out


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_names_given_are_what_is_printed(lang: str) -> None:
    own, plain = markdown(MAZUR + OWN, lang=lang), markdown(MAZUR, lang=lang)
    for name in (r"\hat{y}_{1}", r"v_{h1\to 2}", r"\mathcal{J}(w)", r"\alpha", "g_{1}", "h_{2}"):
        assert name in own, name
    for name in (r"E_{\mathrm{total}}", r"\mathrm{out}", r"\eta", r"\delta_{o1}", "w_{5}"):
        assert (name in plain, name in own) == (True, False), name
    for name in ("w_{6}", r"\mathrm{target}_{o1}", r"\delta_{h1}", r"\mathrm{net}_{o1}"):  # as the notation says
        assert name in own, name


def test_the_numbers_are_unchanged() -> None:
    own, plain = sb.derive(loads(MAZUR + OWN)), sb.derive(loads(MAZUR))
    assert own.data() | {"steps": []} == plain.data() | {"steps": []}
    assert numbers(markdown(MAZUR + OWN)) == numbers(markdown(MAZUR))


@pytest.mark.parametrize("text", [MAZUR + OWN, EQUATIONS], ids=["layers", "equations"])
def test_every_line_of_numbers_recomputes(text: str) -> None:
    iv.dps = 40
    solution = sb.derive(loads(text)).solution()
    for format, read in CHAINS.items():
        checked, wrong = failures(read(solution.render(format)))
        assert wrong == [], format
        assert checked > 20


def test_equations_print_them_too() -> None:
    text = markdown(EQUATIONS)
    for name in (r"\theta_{21}", r"\hat{y}_{1}", r"\tilde{s}_{2}", r"\frac{\partial J}", r"u_{\theta ", r"\gamma "):
        assert name in text, name
    for name in (r"\delta", r"\beta_{1}"):
        assert name not in text, name


@pytest.mark.parametrize("to", ["latex", "typst", "html", "text", "ipynb", "json"])
def test_every_format_prints_them(to: str) -> None:
    derivation = sb.derive(loads(MAZUR + OWN))
    out = derivation.json() if to == "json" else derivation.solution().render(to)
    written = {"latex": r"\hat{y}_{1}", "json": r"\\hat{y}_{1}", "typst": "hat(y)_(1)", "text": "y\u0302₁"}
    written |= {"html": '<mover accent="true"><mi>y</mi>', "ipynb": r"\\hat{y}_{1}"}
    assert written[to] in str(out)


def test_plain_names_are_those_of_the_notation_and_ones_own() -> None:
    derivation = sb.derive(loads(MAZUR + OWN))
    for word in ("v_h1_to_1", "W2[0,0]", "y1_hat", "h1", "net_h1"):
        derivation.value(word)
    assert str(derivation.expression("v_h1_to_1")).count("y1_hat") == 3
    assert str(derivation.gradient("v_h1_to_1")) == str(sb.derive(loads(MAZUR)).gradient("w5"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('"w_1" = "W2[0,0]"', "presentation.names.w_1: the notation mazur calls W1[0,0] so; give that a name too"),
        ('"b_1" = "b2"', "presentation.names.b_1: the notation mazur calls b1 so"),
        ('"\\\\eta" = "E"', "the notation mazur calls rate so"),
        ('"\\\\delta_{o1}" = "dE/dz1[0]"', "the notation mazur calls dE/dz2[0] so"),
    ],
)
def test_a_name_that_the_notation_has_for_something_else_is_refused(row: str, told: str) -> None:
    derivation = sb.derive(loads(f"{MAZUR}\n[presentation.names]\n{row}\n"))
    with pytest.raises(SpecError) as error:
        derivation.solution().render("text")
    assert told in str(error.value)


def test_two_may_change_their_names() -> None:
    rows = '"w_1" = "W2[0,0]"\n"w_5" = "W1[0,0]"\n'
    text = markdown(f"{MAZUR}\n[presentation.names]\n{rows}")
    assert sb.derive(loads(f"{MAZUR}\n[presentation.names]\n{rows}")).value("w1") == sb.derive(loads(MAZUR)).value("w5")
    assert "w_{5} \\cdot i_{1}" in text


def test_with_several_samples_the_sample_is_said_above() -> None:
    text = MAZUR.replace("inputs = [[0.05, 0.10]]", "inputs = [[0.05, 0.10], [0.2, 0.1]]")
    text = text.replace("targets = [[0.01, 0.99]]", "targets = [[0.01, 0.99], [0.5, 0.5]]")
    text = re.sub(r"\[source\].*", "", text, flags=re.S)
    out = markdown(text + '\n[presentation.names]\n"y_k" = "a2[k]"\n')
    assert "y_{2}^{[1]}" in out
    assert r"\mathrm{out}_{o1}" not in out


def test_a_name_with_an_argument_is_not_run_into_by_a_bracket() -> None:
    names = sb.derive(loads(MAZUR + OWN)).names()
    assert isinstance(names, Names)
    error = names.array("E")
    assert printed(error * (1 - error)) == r"\mathcal{J}(w) \cdot (1 - \mathcal{J}(w))"
    assert printed(error**2) == r"(\mathcal{J}(w))^{2}"
