"""Any Form that is printed in LaTeX, Markdown or plain text reads back equal; no input makes the reader work hard."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_laws import canonical

import symbackprop as sb
from symbackprop.errors import ReadError
from symbackprop.form import (
    Form,
    add,
    adjoint,
    cases,
    compare,
    div,
    fn,
    hyper,
    mul,
    neg,
    num,
    power,
    ref,
    shown,
    updated,
)
from symbackprop.reader.documents import document
from symbackprop.readings.names import Names
from symbackprop.verifier.claims import Lines, decimals, exact, half_unit, lines
from symbackprop.verifier.glossary import Glossary, glossary
from symbackprop.writers.math import printed

MAZUR = Path(__file__).resolve().parents[2] / "examples" / "mazur.toml"


@cache
def known(notation: str = "mazur") -> tuple[Names, Glossary]:
    d = sb.derive(MAZUR)
    names = d.names(notation)
    return names, glossary(names, d.derivation)


def read(text: str) -> Lines:
    return lines(text, known()[1])


LEAVES = st.one_of(
    st.sampled_from([
        ref("W2", 0, 0), ref("W1", 1, 1), ref("a1", 0), ref("a2", 1), ref("z1", 0), ref("t", 0), ref("x", 1), ref("b1"),
        adjoint("z2", 0), adjoint("W1", 0, 1), adjoint("a1", 1), updated("W2", 0, 1), hyper("rate"), ref("E"),
        ref("Ek", 0),
    ]),
    st.integers(0, 99).map(num),
    st.sampled_from(["0.5", "-0.25", "0.751365070", "12.0"]).map(shown),
)  # fmt: skip


def _larger(forms: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    several = st.lists(forms, min_size=2, max_size=4)
    return st.one_of(
        forms.map(neg),
        several.map(lambda some: add(*some)),
        several.map(lambda some: mul(*some)),
        st.builds(div, forms, forms),
        st.builds(power, forms, st.integers(2, 5).map(num)),
        st.builds(
            fn, st.sampled_from(["tanh", "exp", "log", "sqrt", "sigmoid", "abs", "sigmoid'", "relu", "sin"]), forms
        ),
        st.builds(lambda a, b, c, d: cases(a, compare(c, ">", d), b), forms, forms, forms, forms),
    )


FORMS = st.recursive(LEAVES, _larger, max_leaves=10)


@pytest.mark.parametrize("notation", ["mazur", "nielsen", "bishop", "goodfellow"])
@pytest.mark.parametrize("target", ["latex", "markdown", "plain"])
@given(form=FORMS, lang=st.sampled_from(["en", "id"]))
def test_what_is_printed_reads_back(notation: str, target: str, form: Form, lang: str) -> None:
    names, words = known(notation)
    text = f"{printed(names.spelled(ref('E')), target, lang)} = {printed(names.spelled(form), target, lang)}"
    found = lines(text if target == "plain" else f"$${text}$$", words)
    assert not found.unread, (text, found.unread)
    (claim,) = found.claims
    assert canonical(claim.right) == canonical(form), text


def test_a_printed_number_keeps_its_digits() -> None:
    (claim,) = read("dE/dw5 = 0,0820").claims
    assert claim.right == shown("0.0820")
    assert claim.digits == decimals(claim.right) == 4
    assert exact(claim.right) == exact(shown("0.082"))
    assert half_unit(claim.right) * 20_000 == 1
    (small,) = read(r"$$\eta = 3.5 \cdot 10^{-5}$$").claims
    assert small.right == shown("3.5e-5")
    assert decimals(small.right) == 6


def test_a_chain_remembers_its_head() -> None:
    one, other = read("dE/dw5 = delta_o1*out_h1 = 0.0822").claims
    assert one.head == other.head == adjoint("W2", 0, 0)
    assert other.left == one.right
    assert one.chain == other.chain


def test_rows_are_those_of_the_file() -> None:
    found = read("Text.\n\n$$\n\\begin{aligned}\nE & = E_{o1} \\\\\n& = 3 \\\\\n& = \\foo\n\\end{aligned}\n$$\n")
    assert [(c.row, c.column) for c in found.claims] == [(5, 5), (6, 3)]
    assert [(u.row, u.column) for u in found.unread] == [(7, 5)]


def test_a_notebook_is_read_at_its_rows() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "$$E = E_{o1} + E_{o2}$$\n"]},
        {"cell_type": "code", "source": ["E = 3"]},
        {"cell_type": "markdown", "source": "so $w_5 = 0.4$"},
    ]
    text = json.dumps({"cells": cells, "nbformat": 4}, indent=1)
    found = read(text)
    assert not found.unread
    for claim, line in zip(found.claims, ["E_{o1}", "w_5"], strict=True):
        assert line in text.splitlines()[claim.row - 1]
    with pytest.raises(ReadError, match="notebook"):
        read('{"cells": [1]}')


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("E = 3\ndE/dw5 = foo\n", (2, 10), "no quantity is called foo; say first what it stands for, foo = …"),
        ("$$E\n  = 3 + w_9$$", (2, 9), "no quantity is called w_9; near it: w_8, w_7, w_6, w_5"),
        ("$$\\begin{aligned}E &= E_{o1} \\\\\n &\\quad + \\foo\\end{aligned}$$", (2, 11), "the command"),
        (r"$$\frac{\partial^2 E}{\partial w_5^2} = 1$$", (1, 17), "second derivatives are not read: write"),
        ("$$w_5$$", (1, 3), "no relation stands in this formula: write = or ≈ between two sides"),
        ("$$w_5^* = 1$$", (1, 6), "a star as a mark is not read: write the name without it"),
        (r"$$\sum_j o_k = 1$$", (1, 3), "nothing in this sum depends on j: put j below a name"),
    ],
)
def test_what_is_unread_says_in_one_line_where_and_what_to_write(text: str, place: tuple[int, int], why: str) -> None:
    (unread,) = read(text).unread
    assert unread.why.startswith(why)
    assert "\n" not in unread.why
    assert (unread.row, unread.column) == place


def test_a_row_of_words_is_prose() -> None:
    found = read("$$\n\\begin{aligned}\n& \\text{numbers put in} \\\\\nE & = 3\n\\end{aligned}\n$$")
    assert len(found.claims) == 1
    assert not found.unread


# --- what nobody writes by mistake -----------------------------------------------------------------------------------

HOSTILE = [
    "$$" + "(" * 700 + "$$",
    "$$E = " + "(" * 300 + "1" + ")" * 300 + "$$",
    "$$E = " + "[" * 200 + "1 > 0" + "]" * 200 + "$$",
    "$$E = " + "{" * 300 + "1" + "}" * 300 + "$$",
    "$$E = " + r"\frac{1}{" * 300 + "1" + "}" * 300 + "$$",
    "$$E = " + "x" * 1_000_000 + "$$",
    "E = " + "1+" * 500_000 + "1",
    "$" * 1_000_000,
    "$$" + "\\[" * 300_000,
    "\\begin{align}" * 70_000,
    "`" * 1_000_001 + "$E=1$",
    "{" * 1_000_000 + "$ = $",
    "$$E = " + "^" * 700 + "$$",
    "$$E = w_5" + "^{2" * 300 + "}" * 300 + "$$",
    r"$$E = 2^{99999999999}$$",
    "$$E = " + "9" * 400 + "$$",
    r"$$\input{/etc/passwd} = 1$$",
    r"$$\def\x{1} E = \x$$",
    r"$$\write18{ls} = 1$$",
    r"$$E = __import__('os')$$",
    "E = \x00\x1b[31m1",
    "$$E = \\frac{1}{$$",
    "$$E = \\left( 1$$",
    "$$E = \\begin{cases} 1 & \\text{if } 1 > 0$$",
    "$$E \\$$",
    "$$E = \\",
    "E = ",
    "= = = = 1 = E = = E",
    "\u202eE = 1",
    "$$\\sum_{k=1}^{999999999} o_k = E$$",
    "$$E = " + r"\sum_{k} " * 39 + "o_k$$",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_told_and_never_judged(text: str) -> None:
    found = read(text)
    assert not found.claims
    assert all(u.row >= 1 and u.column >= 1 and u.why for u in found.unread)


@given(st.text(max_size=200))
def test_any_text_ends_in_claims_or_places(text: str) -> None:
    read(text)
    read(f"$${text}$$")


PIECES = r"""
\frac { } ( ) [ ] _ ^ ' = + - * / \sum \partial d E w_5 \delta_{o1} k i j 1 0.5 , ; | \| \text{if} \begin{cases}
\end{cases} & \\ \nabla \mathbb{1} \lim \to h e \tanh \sigma \max \sqrt \hat
"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=40))
def test_any_tokens_end_in_claims_or_places(some: list[str]) -> None:
    read("$$" + " ".join(some) + "$$")


def test_a_file_has_its_bounds() -> None:
    with pytest.raises(ReadError, match="4,000,000"):
        document("x" * 4_000_001)
    found = read("$$" + r"E = 1 \\ " * 201 + "$$")
    assert not found.claims
    assert "200 rows" in found.unread[0].why
    assert "4000 characters" in read("E = " + "1" * 4000).unread[0].why
    assert "40 deep" in read("E = " + "(" * 50 + "1" + ")" * 50).unread[0].why
    assert "800" in read("E = " + "+1" * 450).unread[0].why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E = foo", "no quantity is called foo"),
        ("E = w_9", "near it: w_8"),
        (r"$$E = \foo$$", "the command"),
        ("E = \u0430", "U+0430"),
        ("E = 2*", "the row ends here"),
        ("E = (1", ") is missing here"),
        ("E = 1 2", "two numbers stand side by side"),
        (r"$$\ln w_5 w_6 = E$$", "where does the argument"),
        (r"$$E = \sum_k 1$$", "nothing in this sum depends on k"),
        (r"$$E = \sum_{k=1}^{3} o_k$$", "there are 2"),
    ],
)
def test_what_is_not_read_says_why(text: str, message: str) -> None:
    found = read(text)
    assert not found.claims
    assert message in found.unread[0].why


@pytest.mark.parametrize("reason", [
    r"\qquad\text{\small from \hyperlink{eq-3}{(3)}, \hyperlink{eq-4}{(4)}}",
    r"&& \text{by $w_5$ and \hyperlink{eq-3}{(3)}}", r"\quad \hyperlink{eq-3}{(3)}",
    r"&\qquad& \reason{0.2}{numbers from \hyperlink{eq-1}{(1)}}",
])  # fmt: skip
def test_a_reason_is_prose(reason: str) -> None:
    found = read(rf"$$E = E_{{o1}} + E_{{o2}} {reason} \\ & = 3$$")
    assert not found.unread
    assert [c.right for c in found.claims] == [add(ref("Ek", 0), ref("Ek", 1)), num(3)]


def test_the_words_of_a_picture_are_prose() -> None:
    (claim,) = (found := read(r"![Ways from net\_o1^\[1\] to \[E\].](ways.svg) so $w_5 = 0.4$")).claims
    assert not found.unread
    assert claim.left == ref("W2", 0, 0)
    assert [c.left for c in read(r"Look! \[E = 3\] ![no picture \[w_5 = 3\]").claims] == [ref("E"), ref("W2", 0, 0)]


def test_a_minus_before_a_product_is_that_of_its_first_factor() -> None:
    square = power(num(0), num(2))
    assert canonical(mul(neg(num(1)), square)) == canonical(neg(mul(num(1), square))) == neg(square)
    assert canonical(neg(add(num(0), ref("E")))) != canonical(add(num(0), ref("E")))
    assert canonical(neg(mul(num(0), ref("E")))) == canonical(mul(num(0), ref("E")))


def test_an_exponent_that_ends_in_an_index_reads_back() -> None:
    form = fn("exp", mul(num(0), ref("W2", 0, 0)))
    text = printed(known()[0].spelled(form), "plain")
    assert text == "e^(0w₅)"
    assert read(f"E = {text}").claims[0].right == form
