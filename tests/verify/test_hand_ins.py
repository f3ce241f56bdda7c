"""Hand-ins as students write them, each in a habit of its own: hand_ins/NAME.md.

The first row names the network, and the notation where that is not the network's own.  A row that is not right has its
verdict behind ⟸, with the mistakes of which one at least must be named (? where the table has none).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from symbackprop.spec import load
from symbackprop.spec.problem import Problem
from symbackprop.tables.mistakes import MISTAKES
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import VERDICTS

HERE = Path(__file__).parent / "hand_ins"
NETWORKS, EXAMPLES = HERE.parents[1] / "mistakes" / "networks", HERE.parents[2] / "examples"
HEAD = re.compile(r"<!-- ([\w/-]+)(?:, (\w+))?: .+ -->")
MARK = re.compile(r"\s*⟸ (.+)$")
FINE = ("ok", "rounding")
NAMES = sorted(path.stem for path in HERE.glob("*.md"))


class HandIn(NamedTuple):
    problem: Problem
    notation: str | None
    rows: list[str]
    marked: dict[int, tuple[str, ...]]  # row → its verdict, and names of mistakes


@cache
def network(name: str) -> Problem:
    folder, _, stem = name.rpartition("/")
    return load((EXAMPLES if folder else NETWORKS) / f"{stem}.toml")


def hand_in(name: str) -> HandIn:
    head, *rows = (HERE / f"{name}.md").read_text(encoding="utf-8").splitlines()
    found = HEAD.fullmatch(head)
    assert found is not None
    marked = {k: tuple(m[1].split()) for k, row in enumerate(rows, 1) if (m := MARK.search(row))}
    return HandIn(network(found[1]), found[2], [MARK.sub("", row) for row in rows], marked)


@pytest.mark.parametrize("name", NAMES)
def test_each_row_has_the_verdict_that_a_reader_gives_it(name: str) -> None:
    paper = hand_in(name)
    report = judge("\n".join(paper.rows), paper.problem, notation=paper.notation, seed=1)
    found = {line.row: line for line in report.lines}
    assert {k for k, row in enumerate(paper.rows, 1) if re.search("[=≈←]", row)} <= set(found)
    others = {k: line.verdict for k, line in found.items() if k not in paper.marked and line.verdict not in FINE}
    assert others == {}
    for k, (verdict, *mistakes) in paper.marked.items():
        named = {m.mistake for claim in found[k].claims for m in claim.mistakes}
        assert found[k].verdict == verdict, (k, paper.rows[k - 1])
        assert "?" in mistakes or not mistakes or named & set(mistakes), (k, paper.rows[k - 1], named)


def test_the_marks_are_verdicts_and_mistakes() -> None:
    marks = [mark for name in NAMES for mark in hand_in(name).marked.values()]
    assert {mark[0] for mark in marks} <= set(VERDICTS)
    assert {m for mark in marks for m in mark[1:]} <= {*MISTAKES, "?"}


def test_about_half_of_them_are_entirely_right() -> None:
    right = [name for name in NAMES if not any(mark[0] not in FINE for mark in hand_in(name).marked.values())]
    assert len(NAMES) >= 90
    assert 0.4 < len(right) / len(NAMES) < 0.65
