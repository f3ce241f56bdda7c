"""Plain text for a terminal: a hundred cells wide, relations under each other, and no control character."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_document import document
from test_writers_documents import HOSTILE, LACED
from test_writers_html import EXAMPLES, made

from symbackprop.document import Equation, Figure, Heading, blocks
from symbackprop.templating import plain_text
from symbackprop.writers import render
from symbackprop.writers.terminal import barred, cells, filled, tabled, underlined, wrapped


def text(of, language="en"):
    return str(render(of(language) if callable(of) else of, "text"))


@pytest.mark.parametrize("name", ["sample", *EXAMPLES])
def test_no_line_is_broader_than_a_hundred(name, checkout):
    lines = text(made(name, checkout)).split("\n")
    assert max(map(cells, lines)) <= 100
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("name", ["sample", *EXAMPLES])
def test_every_display_is_there_with_its_number_and_its_relations_under_each_other(name, checkout):
    some = made(name, checkout)
    parts = re.split(r"\n(?:\| )*\|?\n", text(some))
    for block in blocks(some):
        if isinstance(block, Equation) and block.number is not None:
            (shown,) = [part for part in parts if re.match(rf"(?:\| )*\({block.number}\) ", part)]
            rows = [re.match(r"(\(\d+\) |[ ])(.*?) [=≈←<>] ", line) for line in shown.split("\n")]
            columns = {row.end() for row in rows if row and (row is rows[0] or not row[2].strip())}
            assert len(columns) == 1, shown


@pytest.mark.parametrize("name", ["sample", *EXAMPLES])
def test_headings_are_underlined_and_pictures_are_words(name, checkout):
    some = made(name, checkout)
    lines = text(some).split("\n")
    rules = [line for line in lines if re.fullmatch(r"=+|-+|\.+", line)]
    assert len(rules) == 1 + sum(isinstance(block, Heading) and block.level > 1 for block in some.blocks)
    flat = " ".join(" ".join(lines).split())
    for figure in (block for block in blocks(some) if isinstance(block, Figure)):
        assert " ".join(figure.alt.split()) in flat


def test_hostile_text_is_words():
    page = text(LACED)
    assert not [char for char in page if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char != "\n"]
    flat = re.sub(r"[\s|]+", "", page)
    assert flat.count(re.sub(r"[\s|]+", "", plain_text(HOSTILE))) > 40


def test_indonesian_has_the_decimal_comma():
    page = text(document, "id")
    assert "0,082167041" in page
    assert not re.search(r"\d\.\d", page.replace("2015/03", ""))


# --- what the templates call ------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 60))
def test_filled_lines_keep_every_word_and_the_width(words, width):
    lines = filled(words, width)
    assert " ".join(lines).split(" ") == [word for word in words.split(" ") if word] or not lines
    assert all(cells(line) <= width or " " not in line for line in lines)


COLUMN = {"align": "l", "share": ""}
CALLS = [wrapped, barred, lambda raw: underlined(raw, 1), lambda raw: tabled([[raw]], [COLUMN])]


@pytest.mark.parametrize("call", CALLS)
def test_whatever_is_called_lets_no_control_character_through(call):
    assert call("\x1b[31mred\x9b0m").strip("\n-| .=") == "[31mred0m"


def test_letters_are_as_wide_as_a_terminal_shows_them():
    assert [cells(char) for char in ("a", "ŷ", "y\u0302", "漢", "∂")] == [1, 1, 1, 2, 1]
