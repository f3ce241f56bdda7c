"""What the decision knows, one promise at a time: pairs of a line that is right and one that is not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from small_networks import small_network

from symbackprop.derivation import steps_of
from symbackprop.form import (
    ONE,
    Axis,
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
    over,
    partial,
    power,
    ref,
    shown,
    updated,
)
from symbackprop.spec import Problem, load, loads
from symbackprop.tables.optimizers import OPTIMIZERS
from symbackprop.verifier.decide import Subject, balls, compiled, decide, digits, same
from symbackprop.verifier.decide.worker import Judge

EXAMPLES = Path(__file__).parents[2] / "examples"
A, B, W = ref("a1", 0), ref("a2", 0), ref("W2", 0, 0)


@pytest.fixture(scope="module")
def mazur() -> Subject:
    return Subject(load(EXAMPLES / "mazur.toml"))


def outcome(subject: Subject, left: Form, right: Form) -> str:
    return decide(subject, left, right).outcome


def sigma(z: Form) -> Form:
    return 1 / (1 + fn("exp", -z))


Z, U = ref("z2", 0), ref("z2", 1)
X, Y = ref("x", 0), ref("x", 1)
T0, T1 = ref("t", 0), ref("t", 1)
P0, P1 = ref("a2", 0), ref("a2", 1)

IDENTITIES = {
    # what             left, right, wrong
    "sigma": (B, sigma(Z), sigma(-Z)),
    "sigma slope": (B * (1 - B), fn("exp", -Z) / (1 + fn("exp", -Z)) ** 2, B * (1 + B)),
    "half angle": (B, (1 + fn("tanh", Z / 2)) / 2, (1 + fn("tanh", Z)) / 2),
    "tanh, cosh": (1 - fn("tanh", Z) ** 2, 1 / fn("cosh", Z) ** 2, 1 / fn("sinh", Z) ** 2),
    "exponents add": (fn("exp", X + Y), fn("exp", X) * fn("exp", Y), fn("exp", X) + fn("exp", Y)),
    "logarithms add": (fn("log", B * P1), fn("log", B) + fn("log", P1), fn("log", B) * fn("log", P1)),
    "log of a ratio": (fn("log", B / (1 - B)), Z, -Z),
    "softplus": (fn("softplus", -Z), -fn("log", B), fn("log", B)),
    "numbers": (fn("log", num(6)), fn("log", num(2)) + fn("log", num(3)), fn("log", num(5))),
    "roots": (fn("sqrt", 4 * B), 2 * fn("sqrt", B), 4 * fn("sqrt", B)),
    "roots multiply": (fn("sqrt", B) * fn("sqrt", P1), fn("sqrt", B * P1), fn("sqrt", B + P1)),
    "a root squared": (fn("sqrt", 1 + X**2) ** 2, 1 + X**2, 1 + X),
    "circle": (fn("sin", X) ** 2 + fn("cos", X) ** 2, ONE, num(2)),
    "twice the angle": (fn("sin", 2 * X), 2 * fn("sin", X) * fn("cos", X), 2 * fn("sin", X)),
    "erf is odd": (fn("erf", -X), -fn("erf", X), fn("erf", X)),
    "abs": (fn("abs", X) ** 2, X**2, X**2 + fn("abs", X)),
    "relu": (fn("relu", X) - fn("relu", -X), X, fn("abs", X)),
    "branches turned": (fn("relu", X), cases(0, compare(X, "<=", num(0)), X), cases(0, compare(X, ">", num(0)), X)),
    "powers": (power(W, num(-2)), div(div(ONE, W), W), div(ONE, W)),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_an_identity_holds_and_its_neighbour_is_refuted(mazur: Subject, name: str) -> None:
    left, right, wrong = IDENTITIES[name]
    found = decide(mazur, left, right)
    assert found.outcome == "equal"
    assert found.bound < 1e-15
    refuted = decide(mazur, left, wrong)
    assert refuted.outcome == "unequal"
    assert refuted.counterexample is not None


def test_a_multiple_of_the_first_prime_is_not_taken_for_zero(mazur: Subject) -> None:
    assert outcome(mazur, num(2**61 - 1) * W, num(0)) == "unequal"
    assert outcome(mazur, (num(2) ** 61 - 1) * W, num(0)) == "unequal"


def test_a_root_of_a_square_is_not_taken_for_either_sign(mazur: Subject) -> None:
    root = fn("sqrt", X * X)
    assert outcome(mazur, root, X) == "unequal"
    assert outcome(mazur, root, -X) == "unequal"
    assert outcome(mazur, root**2, X**2) != "unequal"


@pytest.mark.parametrize(
    ("left", "wrong"),
    [
        (fn("exp", fn("log", X**2) / 2), X),
        (fn("exp", (fn("log", X * Y) + fn("log", X / Y)) / 2), X),
        (fn("sqrt", X * Y) * fn("sqrt", X / Y), X),
        (fn("exp", fn("log", -X)), X),
    ],
)
def test_a_sign_that_a_root_or_logarithm_loses_is_not_taken_back(mazur: Subject, left: Form, wrong: Form) -> None:
    logs = fn("log", X) + fn("log", Y) + fn("sqrt", X) + fn("sqrt", Y)
    assert outcome(mazur, logs, logs) == "equal"  # an earlier line that knows √x and log x
    assert outcome(mazur, left, wrong) == "unequal"


def test_a_counterexample_is_one_and_always_the_same() -> None:
    problem, wrong = load(EXAMPLES / "mazur.toml"), B * (1 + B)
    first, second = (decide(Subject(problem), B * (1 - B), wrong).counterexample for _ in range(2))
    assert first == second
    assert first is not None
    (a, b), (c, d) = first.left, first.right
    assert b < c or d < a
    assert all(abs(value) <= 2 for _, value in first.point)
    assert {name for (name, _), _ in first.point} == {"W1", "b1", "W2", "b2", "x"} & {n for (n, _), _ in first.point}


def test_a_divisor_that_may_be_zero_is_a_condition(mazur: Subject) -> None:
    assert decide(mazur, W / W, ONE).conditions == (compare(W, "≠", num(0)),)
    assert decide(mazur, B * (1 - B) / (B * (1 - B)), ONE).conditions == ()
    assert decide(mazur, X / (X * W), 1 / W).conditions == (compare(X, "≠", num(0)), compare(W, "≠", num(0)))


def test_a_kink_is_left_out_and_said() -> None:
    subject = Subject(small_network("relu", "half-squared-error"))
    slope = cases(1, compare(Z, ">", num(0)), 0)
    left = partial(P0, Z)
    assert decide(subject, left, slope).conditions == (compare(Z, "≠", num(0)),)
    assert outcome(subject, left, ONE) == "unequal"
    hinge = Subject(small_network("identity", "hinge"))
    kink = decide(hinge, ref("Ek", 0), cases(1 - T0 * P0, compare(T0 * P0, "<", num(1)), 0)).conditions
    assert compare(T0 * P0, "≠", num(1)) in kink
    assert outcome(subject, left, cases(1, compare(2 * Z, ">=", num(0)), 0)) == "equal"


def test_a_symbol_with_a_branch_stays_a_symbol() -> None:
    subject = Subject(small_network("softmax", "kl-divergence"))
    right = T0 * fn("log", cases(T0, compare(T0, ">", num(0)), 1)) - T0 * fn("log", P0)
    wrong = T0 * fn("log", cases(1, compare(T0, ">", num(0)), T0)) - T0 * fn("log", P0)
    assert outcome(subject, ref("Ek", 0), right) == "equal"
    assert outcome(subject, ref("Ek", 0), wrong) == "unequal"


def test_nothing_is_said_where_no_side_exists(mazur: Subject) -> None:
    assert outcome(mazur, 1 / (X - X), ONE) == "unknown"


# ---- derivatives ---------------------------------------------------------------------------------------------------


def test_the_error_signal(mazur: Subject) -> None:
    right = -(T0 - B) * B * (1 - B) * A
    assert outcome(mazur, adjoint("W2", 0, 0), right) == "equal"
    assert outcome(mazur, adjoint("W2", 0, 0), -right) == "unequal"
    assert outcome(mazur, adjoint("W2", 0, 1), right) == "unequal"


def test_a_missing_path_is_found(mazur: Subject) -> None:
    ways = [adjoint("z2", k) * ref("W2", k, 0) for k in (0, 1)]
    assert outcome(mazur, adjoint("a1", 0), add(*ways)) == "equal"
    assert outcome(mazur, adjoint("a1", 0), ways[0]) == "unequal"


def test_local_partials_and_chains(mazur: Subject) -> None:
    chain = mul(partial(ref("E"), P0), partial(P0, Z), partial(Z, W))
    assert outcome(mazur, adjoint("W2", 0, 0), chain) == "equal"
    assert outcome(mazur, partial(Z, W), A) == "equal"
    assert outcome(mazur, partial(P0, W), B * (1 - B) * A) == "equal"
    assert outcome(mazur, partial(Z, W), B) == "unequal"


def test_both_readings_of_a_partial_over_several_ways() -> None:
    subject = Subject(
        loads("""
[equations]
program = ["y = w*x", "s = y*y + y*x", "E = s*s"]
error = "E"
parameters = ["w"]
[values]
w = 0.5
x = 2
""")
    )
    y, x, w = ref("y"), ref("x"), ref("w")
    assert outcome(subject, partial(ref("s"), x), y) == "equal"  # what stands in its equation
    assert decide(subject, partial(ref("s"), x), y + (2 * y + x) * w).route == "field; all ways of ∂a/∂b"
    assert outcome(subject, partial(ref("s"), x), 2 * y) == "unequal"


def test_a_line_with_free_indices_holds_for_all_of_them(mazur: Subject) -> None:
    axes = (Axis("j", 2), Axis("i", 2))
    left, right = adjoint("W2", "j", "i"), adjoint("z2", "j") * ref("a1", "i")
    assert decide(mazur, left, right, axes).outcome == "equal"
    found = decide(mazur, left, adjoint("z2", "j") * ref("a1", 0), axes)
    assert found.outcome == "unequal"
    assert found.counterexample is not None
    assert dict(found.counterexample.at)["i"] == 1
    z = over(ref("W1", "j", "i") * ref("x", "i"), Axis("i", 2)) + ref("b1")
    assert decide(mazur, ref("z1", "j"), z, axes[:1]).outcome == "equal"


# ---- what the spec says besides ------------------------------------------------------------------------------------


def test_targets_sum_to_one_where_the_loss_says_so() -> None:
    subject = Subject(small_network("softmax", "cross-entropy"))
    assert outcome(subject, adjoint("z2", 0), P0 - T0) == "equal"
    assert outcome(subject, T0 + T1, ONE) == "equal"
    other = Subject(small_network("softmax", "half-squared-error"))
    assert outcome(other, T0 + T1, ONE) == "unequal"
    assumed = Subject(small_network("softmax", "half-squared-error"), {("t", (1,)): 1 - T0})
    assert outcome(assumed, T0 + T1, ONE) == "equal"


def test_targets_of_few_values() -> None:
    assert outcome(Subject(small_network("identity", "hinge")), T0**2, ONE) == "equal"
    assert outcome(Subject(small_network("identity", "multiclass-hinge")), T0 * T1, num(0)) == "equal"
    assert outcome(Subject(small_network("identity", "huber")), T0**2, ONE) == "unequal"


def test_an_update_with_the_rate_and_with_its_number(mazur: Subject) -> None:
    new, g = updated("W2", 0, 0), adjoint("W2", 0, 0)
    assert decide(mazur, new, W - hyper("rate") * g).route == "field"
    assert decide(mazur, new, W - Fraction(1, 2) * g).route == "field; the spec's numbers of the training"
    assert outcome(mazur, new, W + hyper("rate") * g) == "unequal"
    assert outcome(mazur, new, W - Fraction(1, 3) * g) == "unequal"


@pytest.mark.parametrize("row", OPTIMIZERS)
def test_every_optimizer_moves_by_its_lines(row: str) -> None:
    problem = optimized(row)
    subject, steps = Subject(problem), steps_of(problem)
    moves = [s for s in steps.steps if s.left.op == "updated" or s.of.partition(".")[2]]
    assert len(moves) > (row != "sgd")
    for s in moves:
        assert decide(subject, s.left, s.form, s.axes).outcome == "equal", s.left
        assert decide(subject, s.left, neg(s.form), s.axes).outcome == "unequal", s.left


def optimized(row: str) -> Problem:
    return loads(f"""
[equations]
program = ["y = w*x", "E = (y - t)**2/2"]
error = "E"
parameters = ["w"]
[values]
w = 0.5
x = 2
t = 1
[training]
rate = 0.1
optimizer = "{row}"
""")


def test_what_the_spec_fixes_is_a_number() -> None:
    program = '["y = c*w*x", "E = y**2"]'
    given = f'[equations]\nprogram = {program}\nerror = "E"\nparameters = ["w"]'
    subject = Subject(loads(given + "\n[values]\nc = 3\n[shapes]\nw = []\nx = []"))
    assert outcome(subject, ref("y"), 3 * ref("w") * ref("x")) == "equal"
    assert outcome(subject, ref("y"), ref("w") * ref("x")) == "unequal"


# ---- numbers as printed --------------------------------------------------------------------------------------------


def test_the_two_questions_about_a_printed_number(mazur: Subject) -> None:
    g = adjoint("W2", 0, 0)
    assert digits.value(mazur, g, shown("0.082167041")).outcome == "true"
    assert digits.value(mazur, g, shown("0.082167042")).outcome == "false"
    factors = mul(shown("0.74136507"), shown("0.186815602"), shown("0.593269992"))
    assert digits.arithmetic(mazur, factors, shown("0.082167041")).outcome == "true"
    assert digits.arithmetic(mazur, factors, shown("0.082167")).outcome == "true"
    assert digits.arithmetic(mazur, factors, shown("0.0823")).outcome == "false"
    assert digits.arithmetic(mazur, shown("0.5") * shown("0.186"), shown("0.094")).outcome == "false"


def test_a_rounded_number_is_half_a_unit_wide() -> None:
    assert digits.ends("0.1868") == (Fraction("0.18675"), Fraction("0.18685"))
    assert digits.ends("-3.5e-5") == (Fraction("-3.55e-5"), Fraction("-3.45e-5"))
    assert digits.ends("12") == (12, 12)
    assert digits.ends("0.15", frozenset({Fraction("0.15")})) == (Fraction("0.15"), Fraction("0.15"))


# ---- the rest --------------------------------------------------------------------------------------------------------


def test_an_exact_certificate(mazur: Subject) -> None:
    pytest.importorskip("flint")
    right = -(T0 - B) * B * (1 - B) * A
    found = decide(mazur, adjoint("W2", 0, 0), right, exact=True)
    assert (found.outcome, found.bound, found.route) == ("equal", 0.0, "polynomials")
    without = decide(mazur, fn("erf", -X), -fn("erf", X), exact=True)
    assert "no exact certificate" in without.route
    assert without.bound > 0


def test_many_lines_against_one(mazur: Subject) -> None:
    line = compiled(mazur, adjoint("W2", 0, 0))
    right, wrong = -(T0 - B) * B * (1 - B) * A, (T0 - B) * B * (1 - B) * A
    assert same(mazur, line, compiled(mazur, right))
    assert not same(mazur, line, compiled(mazur, wrong))


def test_sizes_are_checked_before_any_work(mazur: Subject) -> None:
    assert decide(mazur, X**65, X).route.startswith("an exponent of 65")
    long = over(over(over(X, Axis("p", 100)), Axis("q", 100)), Axis("r", 100))
    assert "20,000" in decide(mazur, long, num(10**6) * X).route
    assert outcome(mazur, over(X, Axis("p", 64)), 64 * X) == "equal"


def test_without_python_flint_intervals_refute(mazur: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balls, "flint", None)
    subject = Subject(load(EXAMPLES / "mazur.toml"))
    for left, right, wrong in IDENTITIES.values():
        assert outcome(subject, left, right) == "equal"
        assert outcome(subject, left, wrong) == "unequal"
    assert digits.value(subject, adjoint("W2", 0, 0), shown("0.082167041")).outcome == "true"
    assert digits.value(subject, adjoint("W2", 0, 0), shown("0.082167043")).outcome == "false"


def test_a_seed_fixes_the_points() -> None:
    problem = load(EXAMPLES / "mazur.toml")
    bounds = {decide(Subject(problem, seed=3), B * (1 - B), B - B * B).bound for _ in range(2)}
    assert len(bounds) == 1


def test_a_line_that_outlives_its_budget_is_unknown_and_the_next_is_decided() -> None:
    squares = [fn("exp", num(k * k + 1) * X) for k in range(2400)]
    with Judge(load(EXAMPLES / "mazur.toml"), budget=0.2) as judge:
        slow = judge.decide(add(*squares), add(*reversed(squares)))
        assert (slow.outcome, slow.route) == ("unknown", "no decision within 0.2 s")
        judge.budget = 60
        assert judge.decide(B * (1 - B), B - B * B).outcome == "equal"
