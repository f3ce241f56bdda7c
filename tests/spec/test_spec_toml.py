"""The line of every key, and what becomes of text that is no TOML."""

from __future__ import annotations

import string
import time
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import Place, SpecError
from symbackprop.spec.numbers import Path
from symbackprop.spec.toml import MOST_DEPTH, line_of, lines, parse

TEXT = '''\
# a comment with [brackets] and = signs
title = "a # no comment, [no table], x = 1"
dotted.key.deep = 1
"quoted.key # = [" = 2
'literal key' = 3

[network]
inputs = 2 # comment
weights = [
    [1, 2], # with, a comma ]
    [
        3, "],[",
        4,
    ],
    { file = "a", "b.c" = [5,
        6] },
]
text = """
[not.a.table]
x = "1" ""\\"""
"""
literal = \'\'\'
''\\
[[neither]]
\'\'\'
after = 1979-05-27 07:32:00

[[network.layers]]
units = 2
[network.layers.inner]
deep = 1
[[network.layers.parts]]
a = 1
[[network.layers.parts]]
a = 2

  [[ network . "layers" ]]
units = 3
[[network.layers.parts]]
a = 3
'''

WHERE: dict[Path, int] = {
    ("title",): 2,
    ("dotted",): 3,
    ("dotted", "key", "deep"): 3,
    ("quoted.key # = [",): 4,
    ("literal key",): 5,
    ("network",): 7,
    ("network", "inputs"): 8,
    ("network", "weights"): 9,
    ("network", "weights", 0): 10,
    ("network", "weights", 0, 1): 10,
    ("network", "weights", 1): 11,
    ("network", "weights", 1, 0): 12,
    ("network", "weights", 1, 2): 13,
    ("network", "weights", 2, "file"): 15,
    ("network", "weights", 2, "b.c"): 15,
    ("network", "weights", 2, "b.c", 1): 16,
    ("network", "text"): 18,
    ("network", "literal"): 22,
    ("network", "after"): 26,
    ("network", "layers"): 28,
    ("network", "layers", 0, "units"): 29,
    ("network", "layers", 0, "inner", "deep"): 31,
    ("network", "layers", 0, "parts", 1, "a"): 35,
    ("network", "layers", 1): 37,
    ("network", "layers", 1, "units"): 38,
    ("network", "layers", 1, "parts", 0, "a"): 40,
}


def paths(data: Any, at: Path = ()) -> Iterator[Path]:
    """Every key path of parsed TOML."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*at, key)
        yield from paths(value, (*at, key))


def test_every_kind_of_key_has_its_line() -> None:
    where = lines(TEXT)
    assert {path: where[path] for path in WHERE} == WHERE
    assert set(where) == set(paths(tomllib.loads(TEXT)))


def test_line_ends_of_windows() -> None:
    assert lines(TEXT.replace("\n", "\r\n")) == lines(TEXT)


def test_a_missing_key_has_the_line_of_its_table() -> None:
    where = lines(TEXT)
    assert line_of(("network", "layers", 1, "activation"), where) == 37
    assert line_of(("training", "rate"), where) == 1


# --- any TOML whatever -------------------------------------------------------------------------------------------

bare = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=5)
spaces = st.sampled_from(["", " ", "\t", "  "])
gaps = st.sampled_from(["", " ", "\n", "  # a ] comment, \"with'\n", "\n\n"])
signs = st.text(string.ascii_letters + "=#[]{},.'\\ \"", max_size=8)


def basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def multiline(text: str) -> str:
    return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '\n""\\""""'


def literal(text: str) -> str:
    return "'" + text.replace("'", "") + "'"


def literal_lines(text: str) -> str:
    return "'''" + text.replace("'", "") + "\n''x'''"


keys = st.one_of(bare, signs.map(basic), signs.map(literal))
scalars = st.one_of(
    st.sampled_from(["1", "-0.5e3", "true", "nan", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "0xff"]),
    signs.map(basic),
    signs.map(literal),
    signs.map(multiline),
    signs.map(literal_lines),
)


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    entries = [draw(gaps) + value + draw(gaps) for value in draw(st.lists(values, max_size=3))]
    return "[" + ",".join(entries) + ("," if entries and draw(st.booleans()) else "") + draw(gaps) + "]"


@st.composite
def inline(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    names = draw(st.lists(keys, max_size=3, unique_by=lambda key: key.strip("'\"")))
    return "{" + ",".join(f" {name} = {draw(values)}" for name in names) + " }"


values = st.recursive(scalars, lambda inner: arrays(inner) | inline(inner), max_leaves=8)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tables, arrays of tables and dotted keys; not always TOML, since a key may come twice."""
    out = []
    for _ in range(draw(st.integers(0, 6))):
        dotted = (draw(spaces) + "." + draw(spaces)).join(draw(st.lists(keys, min_size=1, max_size=3)))
        match draw(st.integers(0, 4)):
            case 0:
                out.append(f"[{draw(spaces)}{dotted}{draw(spaces)}]{draw(spaces)}# [c]")
            case 1:
                out.append(f"[[{draw(spaces)}{dotted}{draw(spaces)}]]")
            case _:
                out.append(f"{draw(spaces)}{dotted}{draw(spaces)}={draw(spaces)}{draw(values)}{draw(spaces)}# c = 1")
        out.extend([""] * draw(st.integers(0, 2)))
    return "\n".join(out) + draw(st.sampled_from(["", "\n"]))


@given(documents())
def test_every_key_that_tomllib_reads_has_a_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        lines(text)  # and it forgives whatever is wrong
        return
    where = lines(text)
    assert set(where) == set(paths(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in where.values())


@given(st.lists(st.tuples(keys, st.integers(0, 3), values), max_size=6, unique_by=lambda entry: entry[0].strip("'\"")))
def test_the_line_is_where_the_key_was_put(entries: list[tuple[str, int, str]]) -> None:
    text, expected = "", {}
    for key, gap, value in entries:
        text += "\n" * gap
        expected[next(iter(tomllib.loads(f"{key} = 0")))] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    where = lines(text)
    assert {key: where[(key,)] for key in expected} == expected


@given(st.text(string.ascii_letters + "=#[]{},.'\"\n\\ 01", max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    refusal = refused(text)
    assert refusal is None or (refusal.file == "it" and refusal.line is not None)


def refused(text: str) -> Place | None:
    """Where the text is no TOML."""
    try:
        parse(text, "it")
    except SpecError as error:
        return error.place
    return None


# --- what is hostile ---------------------------------------------------------------------------------------------

HOSTILE = {
    "arrays": "a = " + "[" * 60_000,
    "tables": "a = " + "{a = " * 30_000,
    "dotted key": ".".join("a" * 100_000) + " = 1",
    "header": "[" + ".".join("a" * 100_000) + "]",
    "open string": 'a = """' + "x" * 200_000,
    "quotation marks": 'a = "' + '\\"' * 100_000,
    "escapes": "a = " + "'" * 200_001,
    "comments": "a = [" + "#\n" * 100_000,
    "blanks": "a = [" + " \n" * 100_000 + "!",
    "digits": "a = " + "9" * 200_000,
    "many layers": "[[a]]\n" * 40_000,
    "many keys": "".join(f"k{n} = {n}\n" for n in range(18_000)),
    "many numbers": "a = [" + "0.5," * 60_000 + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    refusal = refused(text)
    assert refusal is None or refusal.line is not None
    assert time.perf_counter() - start < 5


def test_the_deepest_that_is_read() -> None:
    assert parse("a = " + "[" * (MOST_DEPTH - 2) + "]" * (MOST_DEPTH - 2), "it")
    with pytest.raises(SpecError, match="it:3: tables or arrays nested more than 40 deep"):
        parse("\n\na = " + "[" * 50 + "]" * 50, "it")
