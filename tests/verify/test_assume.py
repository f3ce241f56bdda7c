"""What a spec assumes: a line that holds only under it is right with it, and wrong, with a counterexample, without."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.errors import SpecError
from symbackprop.form import ONE, ZERO, Axis, Form, adjoint, fn, index, mul, num, over, ref
from symbackprop.spec import Problem, loads
from symbackprop.spec.write import dumps
from symbackprop.verifier.decide import Decision, Subject, decide
from symbackprop.verifier.decide.program import Undecidable


def problem(program: str, shapes: str, assume: str = "", parameters: str = '"w"') -> Problem:
    return loads(f"""
[equations]
program = {program}
error = "E"
parameters = [{parameters}]
{f"assume = {assume}" if assume else ""}
[shapes]
{shapes}
""")


CROSS = '["p = softmax(w)", "E = -sum(t*log(p))"]', "w = [3]\nt = [3]"
HINGE = '["y = w*x", "E = maximum(0, 1 - t*y)"]', "w = []\nx = []\nt = []"
SQUARE = '["E = (x - y)**2*w"]', "w = []\nx = []\ny = []"
SIZE = '["y = abs(w)*x", "E = y**2"]', "w = []\nx = []"
W, X, Y, T = ref("w"), ref("x"), ref("y"), ref("t")
ROW = over(ref("t", index("i")), Axis("i", 3))


CASES: dict[str, tuple[tuple[str, str], str, Form, Form]] = {
    "p − t": (CROSS, '["sum(t) == 1"]', adjoint("w", 0), ref("p", 0) - ref("t", 0)),
    "of a sum": (CROSS, '["2*sum(t)/2 - 1 == 0"]', ROW, ONE),
    "by an entry": (CROSS, '["t[0] == 1 - t[1] - t[2]"]', adjoint("w", 2), ref("p", 2) - ref("t", 2)),
    "each entry": (CROSS, '["t == 1"]', adjoint("w", 1), 3 * ref("p", 1) - 1),
    "the hinge is active": (HINGE, '["t*y < 1"]', adjoint("w"), -mul(T, X)),
    "written otherwise": (HINGE, '["1 > y*t"]', adjoint("w"), -mul(T, X)),
    "or not": (HINGE, '["t*y >= 2"]', adjoint("w"), ZERO),
    "one symbol by another": (SQUARE, '["x == y"]', adjoint("w"), ZERO),
    "above 0": (SIZE, '["w > 0"]', Y, mul(W, X)),
    "below 0": (SIZE, '["w < 0", "x > 0"]', Y, -mul(W, X)),
    "two at once": (SQUARE, '["x == 2*y", "y == 3"]', adjoint("w"), num(9)),
}


def decided(of: tuple[str, str], assume: str, left: Form, right: Form) -> Decision:
    return decide(Subject(problem(*of, assume)), left, right)


@pytest.mark.parametrize("case", CASES)
def test_a_line_that_holds_only_under_an_assumption(case: str) -> None:
    of, assume, left, right = CASES[case]
    assert decided(of, assume, left, right).outcome == "equal"
    without = decided(of, "", left, right)
    assert without.outcome == "unequal"
    assert without.counterexample is not None
    assert decided(of, assume, left, right + ONE).outcome == "unequal"  # under it, too, not everything holds


def test_a_counterexample_obeys_the_assumptions() -> None:
    found = decided(HINGE, '["t*y < 1", "x > 1/2", "x < 1"]', adjoint("w"), mul(T, X)).counterexample
    assert found is not None
    numbers = {name: value for (name, _), value in found.point}
    assert Fraction(1, 2) < numbers["x"] < 1
    assert numbers["t"] * numbers.get("w", Fraction(0)) * numbers["x"] < 1


def test_a_kink_that_is_excluded_is_no_condition() -> None:
    assert decided(SIZE, '["w > 0"]', Y, mul(W, X)).conditions == ()
    assert decided(SIZE, "", Y, mul(fn("abs", W), X)).conditions != ()


def test_assumptions_that_leave_nothing_are_told() -> None:
    for assume in ('["x == 1", "x == 2"]', '["x > 1", "x < 0"]'):
        with pytest.raises(Undecidable, match="assumptions"):
            Subject(problem(*SQUARE, assume))


def test_an_assumption_is_kept_with_the_problem_and_written_with_the_spec() -> None:
    given = problem(*CROSS, '["sum(t) == 1"]')
    assert given.assume == ("sum(t) == 1",)
    assert loads(dumps(given)) == given
    assert "assume" not in dumps(problem(*CROSS))


REFUSED = {
    '["sum(t)"]': "compares two sides",
    '["sum(t) = 1"]': "expected an operator",
    '["sum(t) == 1 == 1"]': "must be linear",
    '["sum(q) == 1"]': "no equation has q",
    '["1 == 1"]': "about arrays",
    '["exp(t) == 1"]': "must be linear",
    '["t*t == 1"]': "must be linear",
    '["sum(t) == [1, 2]"]': "a list stands in",
    '["t == w[:2]"]': "do not fit",
    '["__import__ == 1"]': "not part of the array notation",
    '["t.__class__ == 1"]': "'_' is not part",
    "[]": "a list of assumptions is wanted",
    '"t > 0"': "a list of assumptions is wanted",
    "[1]": "equations.assume[0]",
}


@pytest.mark.parametrize("assume", REFUSED)
def test_what_is_no_assumption_is_a_fault_at_its_line(assume: str) -> None:
    with pytest.raises(SpecError, match=r"equations\.assume") as caught:
        problem(*CROSS, assume)
    assert REFUSED[assume] in str(caught.value)
    assert all(f.place.line == 6 for f in caught.value.faults)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(SpecError) as caught:
        problem(*CROSS, '["sum(q) == 1", "t*t == 1", "t > 0"]')
    assert len(caught.value.faults) == 2
