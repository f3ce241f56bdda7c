"""What has been published, flaws and all: the judge finds them by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.verifier.blame import judge
from symbackprop.verifier.report import Line, Report

HERE = Path(__file__).parent / "published"


@pytest.fixture(scope="module")
def mazur(checkout: Path) -> str:
    return (checkout / "examples/mazur.toml").read_text()


def row(report: Report, part: str) -> Line:
    (line,) = (line for line in report.lines if part in line.text)
    return line


def named(line: Line) -> set[str]:
    return {m.mistake for c in line.claims for m in c.mistakes}


def test_mazurs_page(mazur):
    report = judge((HERE / "mazur.md").read_text(), sb.loads(mazur))
    told = {line.row: line.verdict for line in report.lines if line.verdict != "ok"}
    rounded, typing, after = (row(report, x) for x in ("-0.019049119$", "w_1 * i_1 + w_3", "0.291027924"))
    assert told == {rounded.row: "rounding", typing.row: "wrong", after.row: "wrong"}
    assert len(report.lines) > 40
    assert named(typing) & {"wrong-weight-index", "wrong-input-index", "transposed-weight-index"}
    assert named(after) == {"used-updated-weights"}
    assert report.first_wrong == typing.row
    assert report.convention == "descent"


def test_mazurs_closing_numbers(mazur):
    problem = sb.loads(mazur.replace("\nsteps = 1\n", "\nsteps = 10000\n"))
    report = judge((HERE / "mazur-10000.md").read_text(), problem)
    for output in ("0.015912196", "0.984065734"):
        line = row(report, output)
        assert (line.verdict, named(line)) == ("wrong", {"used-updated-weights"})
    assert row(report, "0.0000351085").verdict == "wrong"


def test_the_same_page_by_the_other_rule(mazur):
    problem = sb.loads(mazur.replace('"old-weights"', '"updated-weights"'))
    assert [x.verdict for x in judge("$$E_{total}^{+} = 0.291027924$$", problem).lines] == ["ok"]
    wrong = judge("$$w_1^{+} = 0.149780716$$", problem)
    assert [x.verdict for x in wrong.lines] == ["wrong"]


MAZURS_OTHERS = {
    # a digit too many in an exponent, a digit too few in what is added: both are typing errors, and the results right
    r"out_{o1} = \frac{1}{1+e^{-1.1059059067}} = 0.75136507": "arithmetic",
    r"\frac{\partial E_{total}}{\partial out_{h1}} = 0.055399425 + -0.01904919 = 0.036350306": "arithmetic",
    r"\frac{\partial E_{o2}}{\partial out_{h1}} = -0.01904919": "wrong",
    r"E_{total}^{+} = 0.291027924": "wrong",
    r"out_{h1} = \frac{1}{1.68566} = 0.59327": "arithmetic",
    r"e^{-0.3775} = 0.68566": "arithmetic",
    r"out_{h2} = \frac{1}{1.67530} = 0.59688": "arithmetic",
}


@pytest.mark.parametrize(("line", "verdict"), MAZURS_OTHERS.items())
def test_flaws_on_the_same_network(mazur, line, verdict):
    assert [x.verdict for x in judge(f"$${line}$$", sb.loads(mazur)).lines] == [verdict]


def test_a_slip_that_is_carried_on(mazur):
    """1 + e^(-0.3775), worked out with a wrong exponential, and a right result that the line does not give."""
    report = judge((HERE / "sigmoid.md").read_text(), sb.loads(mazur))
    assert [x.verdict for x in report.lines] == ["arithmetic", "carried", "arithmetic"]
    assert report.lines[1].claims[0].after == 3


LINEAR = """
[network]
inputs = 2
loss = "half-squared-error"

[[network.layers]]
kind = "dense"
units = 2
activation = "identity"
bias = "none"
weights = [[0.12, 0.23], [0.13, 0.10]]

[[network.layers]]
kind = "dense"
units = 1
activation = "identity"
bias = "none"
weights = [[0.17, 0.17]]

[data]
inputs = [[2, 3]]
targets = [[1]]

[presentation]
notation = "mazur"
"""


def test_stale_values_in_a_forward_pass():
    """A linear network after its update: the old hidden values stand behind the new products."""
    report = judge("h1 = 2*.12 + 3*.23 = .85\nh2 = 2*.13 + 3*.10 = .48\nh1 = 2*.12 + 3*.23 = .93", sb.loads(LINEAR))
    assert [x.verdict for x in report.lines] == ["arithmetic", "arithmetic", "ok"]
    assert named(report.lines[0]) == {"arithmetic-slip"}
