"""Pictures in a solution: which there are, cited by number, and beside what they show."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.document import Cite, Document, Equation, Figure, Paragraph
from symbackprop.explain.arithmetic import without_minus_zero
from symbackprop.form import Form, add, mul, neg, shown
from symbackprop.language import counted

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ["mazur", "softmax", "rnn", "batchnorm", "equations"]


@cache
def document(name: str, detail: str) -> Document:
    return sb.solution(sb.derive(sb.load(EXAMPLES / f"{name}.toml")), detail=detail).document


@pytest.mark.parametrize("detail", ["normal", "full"])
@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_cited_right_before_it_and_said_in_words(name: str, detail: str) -> None:
    blocks = document(name, detail).blocks
    for before, block in pairwise(blocks):
        if isinstance(block, Figure):
            assert isinstance(before, Paragraph)
            assert Cite(block.name) in before.content
            assert len(block.alt) > 40


@pytest.mark.parametrize("detail", ["normal", "full"])
@pytest.mark.parametrize("name", NAMES)
def test_the_whole_at_a_glance_and_the_update_as_bars(name: str, detail: str) -> None:
    names = [block.name for block in document(name, detail).blocks if isinstance(block, Figure)]
    assert {"graph", "update"} <= {*names}
    assert names[0] in ("network", "program")


@pytest.mark.parametrize("name", NAMES)
def test_in_brief_there_are_the_pictures_of_the_plan_and_of_the_network(name: str) -> None:
    names = [block.name for block in document(name, "brief").blocks if isinstance(block, Figure)]
    assert len([other for other in names if other != "network"]) == 2


def test_in_full_every_weight_has_its_ways_drawn_beside_its_formula() -> None:
    blocks = document("mazur", "full").blocks
    drawn = [k for k, block in enumerate(blocks) if isinstance(block, Figure) and block.name.startswith("paths-")]
    assert len(drawn) == 8
    assert all(isinstance(blocks[k + 1], Equation) for k in drawn)


def test_a_zero_has_no_minus_where_a_line_begins() -> None:
    zero, x = shown("0"), shown("0.5")
    assert without_minus_zero(neg(mul(zero, x))) == mul(zero, x)
    assert without_minus_zero(neg(mul(x, zero))) == neg(mul(x, zero))
    later = Form("add", (x, neg(mul(zero, x))))
    assert without_minus_zero(later) == later
    assert without_minus_zero(add(neg(zero), x)) == add(zero, x)


def test_small_counts_are_words() -> None:
    assert [counted("en", n) for n in (2, 10, 12)] == ["two", "ten", "12"]
    assert [counted("id", n) for n in (2, 10, 12)] == ["dua", "sepuluh", "12"]
