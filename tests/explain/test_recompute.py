"""Every printed numeric line recomputes from its own printed numbers, by a reader that shares nothing with the printer.

A number with all its decimals stands for an interval of half a unit in its last digit; one with fewer is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from html_reader import latex, tree
from mpmath import iv
from number_reader import numeric

import symbackprop as sb


def chains(markdown: str) -> Iterator[list[str]]:
    """The right sides of each display that are numbers only, line by line."""
    for display in re.findall(r"\$\$\s*\\begin\{aligned\}(.*?)\\end\{aligned\}", markdown, re.S):
        bare = re.sub(r"(?: &&|(?<=\S) \\qquad \\text).*?(?= \\\\$|$)", "", display, flags=re.M)  # without reasons
        lines = re.sub(r"\\\\\s*& \\qquad \{\}", " ", bare).split(r"\\")
        ours = [line for line in lines if not re.match(r"\s*& \\text", line)]  # the others are reasons above a line
        yield [re.split(r"&\s*(?:=|\\approx)", line)[-1].replace("{}", "").strip() for line in ours]


def chains_of_html(html: str) -> Iterator[list[str]]:
    """The same from MathML: the second column, without the relation and a reason that stands in it."""
    for table in tree(html).all("mtable"):
        if table.attributes.get("class") == "lines":
            rights: list[str] = []
            for _, cell, *_ in (row.elements for row in table.elements):
                parts = [part for part in cell.elements if part.tag not in ("mtext", "mspace")]
                if cell.attributes.get("class") == "more":
                    rights[-1] += " " + "".join(map(latex, parts))
                elif parts:
                    rights.append("".join(map(latex, parts[1:])))
            yield rights


VULGAR = {char: rf"\frac{{{over}}}{{{under}}}" for char, over, under in ("½12", "⅓13", "⅔23", "¼14", "¾34")}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def chains_of_text(text: str) -> Iterator[list[str]]:
    """The same from plain text: what stands between a relation and three blanks."""
    for block in re.split(r"\n(?:\| )*\|?\n", text):
        rights: list[str] = []
        for line in block.split("\n") if "   ---" not in block else ():  # no table
            if right := re.match(r"(?:\| )*(?:\(\d+\)| {6}).*? [=≈] (.+?)(?: {3}|$)", line):
                rights.append(right[1])
            elif rights and (more := re.match(r"[| ]{8,}([-+·×−] .+)", line)):
                rights[-1] += " " + more[1]
        yield [_from_text(right) for right in rights]


def _from_text(right: str) -> str:
    right = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda power: f"^{{{power[0].translate(RAISED)}}}", right)
    right = re.sub(r"\b(ln|tanh|exp)\(", r"\\\1(", re.sub(r"(?<=\d),(?=\d)", "{,}", right))
    for sign, command in {"−": "-", "·": r"\cdot ", "×": r"\times ", **VULGAR}.items():
        right = right.replace(sign, command)
    return right


CHAINS: dict[str, Callable[[str], Iterator[list[str]]]] = {
    "markdown": chains,
    "html": chains_of_html,
    "text": chains_of_text,
}


def failures(displays: Iterable[list[str]], places: int = 9) -> tuple[int, list[tuple[str, str]]]:
    checked, wrong = 0, []
    for rights in displays:
        for one, other in pairwise(rights):
            left, right = numeric(one, places), numeric(other, places)
            if left is None or right is None:
                continue
            checked += 1
            if left.b < right.a or right.b < left.a:
                wrong.append((one, other))
    return checked, wrong


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("name", ["mazur", "softmax", "batch", "equations"])
def test_every_numeric_line_recomputes(checkout: Any, name: str, lang: str) -> None:
    iv.dps = 40
    problem = sb.load(checkout / "examples" / f"{name}.toml")
    solution = sb.solution(sb.derive(problem), lang=lang)
    checked: dict[str, int] = {}
    for format, read in CHAINS.items():
        checked[format], wrong = failures(read(solution.render(format)), problem.presentation.digits)
        assert wrong == [], format
    assert checked["markdown"] > 30
    assert checked == dict.fromkeys(CHAINS, checked["markdown"])


PROBE = """
[equations]
program = ["z = W @ x + b", "a = tanh(z)", "E = sum((t - a)**2)/2"]
error = "E"
parameters = ["W", "b"]
[values]
x = [0.5, -1.0]
t = [1.0, -0.5]
W = [[0.1, -0.2], [0.4, 0.5]]
b = [0.1, -0.1]
[training]
rate = 0.1
"""

#    words of [training]                                  how many numeric lines there are at least
UPDATES = [
    ('optimizer = "sgd"\nmomentum = 0.9\nstate = { velocity = { b = [0.3, 0.1] } }', 23),
    ('optimizer = "sgd"\nmomentum = 0.9\nnesterov = true\nl2 = 0.1', 25),
    ('optimizer = "momentum"', 23),
    ('optimizer = "momentum"\nnesterov = true\nstate = { velocity = { W = [[1, 2], [3, 4]] } }', 25),
    ('optimizer = "adagrad"\ninitial-accumulator = 0.1\nclip = { norm = 0.5 }', 26),
    ('optimizer = "rmsprop"\nmomentum = 0.9\nepsilon-inside-root = true', 27),
    ('optimizer = "adam"\ndecay = { kind = "inverse-time", factor = 0.5 }\nstate = { step = 3 }', 29),
    ('optimizer = "adamw"\nl1 = 0.01', 31),
    ('optimizer = "adamax"', 25),
    ('optimizer = "nadam"', 35),
]


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize(("words", "least"), UPDATES)
def test_every_line_of_an_update_recomputes(words: str, least: int, lang: str) -> None:
    iv.dps = 40
    problem = sb.loads(f"{PROBE}{words}\n")
    text = sb.solution(sb.derive(problem), lang=lang).render("markdown")
    checked, wrong = failures(chains(str(text)))
    assert wrong == []
    assert checked >= least


def test_a_wrong_digit_is_seen() -> None:
    iv.dps = 40
    text = "$$\n\\begin{aligned}\nx & = 0.4 \\cdot 0.593269992 \\\\\n & = 0.237307997\n\\end{aligned}\n$$"
    assert failures(chains(text)) == (1, [])
    assert failures(chains(text.replace("0.237307997", "0.237307999")))[1] != []


def test_a_wrong_digit_is_seen_in_every_format(checkout: Any) -> None:
    iv.dps = 40
    solution = sb.solution(sb.derive(checkout / "examples" / "mazur.toml"))
    for format, read in CHAINS.items():
        text = str(solution.render(format)).replace("0.274811083", "0.274811085")
        assert {value for _, value in failures(read(text))[1]} >= {"0.274811085"}, format
