"""A corpus of lines as people write them: at least 95 % are read rightly, and none is misread without a word."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import symbackprop as sb
from symbackprop.readings.names import Names
from symbackprop.verifier.claims import lines
from symbackprop.verifier.glossary import Glossary, glossary
from symbackprop.writers.math import printed

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"


class Entry(NamedTuple):
    group: str
    example: str
    notation: str
    line: str
    says: tuple[str, ...]


def corpus() -> Iterator[Entry]:
    head, line, says = ("", "", ""), "", list[str]()
    for text in [*(HERE / "corpus.txt").read_text(encoding="utf-8").split("\n\n", 1)[1].splitlines(), "# | |"]:
        if text.startswith("    > "):
            says.append(text.removeprefix("    > "))
            continue
        if line:
            yield Entry(*head, line, tuple(says))
        line, says = text, []
        if text.startswith("# "):
            group, example, notation = (part.strip() for part in text[2:].split("|"))
            head, line = (group, example.replace("batchless", "mazur"), notation), ""


@cache
def known(example: str, notation: str) -> tuple[Names, Glossary]:
    d = sb.derive(EXAMPLES / f"{example}.toml")
    names = d.names(notation)
    return names, glossary(names, d.derivation)


def read(entry: Entry) -> list[str]:
    """What the reader makes of a line, in the order of its places."""
    names, words = known(entry.example, entry.notation)
    found = lines(entry.line, words)
    out: list[tuple[int, int, str]] = []
    for c in found.claims:
        book = names.general_case() if c.free else names
        left, right = (printed(book.spelled(f), "plain") for f in (c.left, c.right))
        runs = " for " + ", ".join(f"{a.var} of {a.size}" for a in c.free) if c.free else ""
        left = c.defines or left  # a name of the text's own stands for what is right of its sign
        out.append((c.row, c.column, f"{left} {c.rel} {right}{runs}"))
    out += [(u.row, u.column, f"stops at {u.column}: {u.why.splitlines()[0]}") for u in found.unread]
    return [text for _, _, text in sorted(out, key=lambda o: o[:2])] or ["prose"]


ENTRIES = list(corpus())


@pytest.mark.parametrize("group", dict.fromkeys(e.group for e in ENTRIES))
def test_each_line_says_what_was_meant(group: str) -> None:
    for entry in ENTRIES:
        if entry.group == group:
            assert read(entry) == [text.removeprefix("? ") for text in entry.says], entry.line


def test_at_least_95_percent_are_read_and_none_is_misread() -> None:
    """Misread is what gives another claim than the one that was meant; what is not read says where it stops."""
    assert len(ENTRIES) >= 230
    right = [e for e in ENTRIES if read(e) == list(e.says)]
    rest = [e for e in ENTRIES if e not in right]
    assert len(right) >= 0.95 * len(ENTRIES)
    for entry in rest:
        meant = [text.removeprefix("? ") for text in entry.says]
        assert [text for text in read(entry) if not text.startswith("stops at")] == [
            text for text in meant if not text.startswith("stops at")
        ], entry.line


def test_the_corpus_holds_every_kind_of_writing() -> None:
    groups = {e.group for e in ENTRIES}
    assert len(groups) >= 10
    assert any("{," in e.line for e in ENTRIES)
    assert any("_ {" in e.line for e in ENTRIES)
