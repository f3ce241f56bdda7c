"""What we print ourselves is right: every row of the tracked solutions, in both languages and every notation."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.tables.notations import NOTATIONS
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import Line, Report

# A difference quotient is near a derivative and no identity; the slope of relu at its kink is a convention.
NO_IDENTITY = ("approx", "relu}}^{\\prime}", "relu'")


def left(report: Report) -> list[Line]:
    """The rows that are neither right nor quote somebody who is not."""
    return [
        line
        for line in report.lines
        if line.verdict not in ("ok", "rounding")
        and "Mazur" not in line.text
        and not (line.verdict == "unknown" and any(word in line.text for word in NO_IDENTITY))
    ]


@pytest.mark.parametrize("name", ["mazur.md", "id/mazur.md", "batch.md", "softmax.md", "rnn.md", "equations.md"])
def test_our_own_lines_are_right(checkout: Path, name: str) -> None:
    problem = sb.load(checkout / "examples" / f"{Path(name).stem}.toml")
    report = judge((checkout / "outputs" / name).read_text(), problem)
    assert len(report.lines) > 100
    assert [(line.row, line.verdict, line.text) for line in left(report)] == []


@pytest.mark.parametrize("suffix", ["tex", "txt"])
def test_as_latex_and_as_plain_text(checkout: Path, suffix: str) -> None:
    problem = sb.load(checkout / "examples/mazur.toml")
    report = judge((checkout / f"outputs/mazur.{suffix}").read_text(), problem)
    false = [line for line in report.lines if line.verdict in ("wrong", "arithmetic", "carried")]
    assert [line.text for line in false if "Mazur" not in line.text] == []


def test_those_who_are_quoted_are_not(checkout: Path) -> None:
    problem = sb.load(checkout / "examples/mazur.toml")
    report = judge((checkout / "outputs/mazur.md").read_text(), problem)
    quoted = [line for line in report.lines if "Mazur" in line.text]
    assert [line.verdict for line in quoted] == ["wrong"] * 3
    assert quoted[0].claims[0].mistakes[0].mistake == "used-updated-weights"


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_in_every_notation(checkout: Path, notation: str, lang: str) -> None:
    problem = sb.load(checkout / "examples/mazur.toml")
    text = str(sb.solution(sb.derive(problem), notation=notation, lang=lang).render("markdown"))
    assert left(judge(text, problem, notation=notation)) == []
