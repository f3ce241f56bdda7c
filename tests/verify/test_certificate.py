"""A certificate holds, says a checker that shares no code with what wrote it; and each way to falsify one is caught."""

from __future__ import annotations

import ast
import copy
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from known_lines import NETWORKS, lines

from symbackprop.form import Form, adjoint, fn, mul, num, partial, ref, shown, updated
from symbackprop.spec import Problem, load, loads
from symbackprop.verifier import certificate, checker
from symbackprop.verifier.claims import Claim
from symbackprop.verifier.decide import Decision, Subject, decide
from symbackprop.verifier.report import Judged, Line, Reason, Report, Verdict

EXAMPLES = Path(__file__).parents[2] / "examples"
VERDICTS: dict[str, Verdict] = {"equal": "ok", "unequal": "wrong", "unknown": "unknown"}
OUT, TARGET, HIDDEN = ref("a2", 0), ref("t", 0), ref("a1", 0)
RIGHT = mul(mul(OUT - TARGET, mul(OUT, 1 - OUT)), HIDDEN)


def report_of(*judged: Judged) -> Report:
    return Report("a text", tuple(Line(k, "…", j.verdict, (j,)) for k, j in enumerate(judged, 1)))


def judged(left: Form, right: Form, *decisions: Decision, verdict: Verdict | None = None) -> Judged:
    said = verdict or VERDICTS[decisions[0].outcome]
    return Judged(Claim(1, 1, left, right, "="), said, Reason("none"), "unknown", "unknown", decisions=decisions)


def of_claims(problem: Problem, *sides: tuple[Form, Form]) -> dict[str, Any]:
    """The certificate of a report in which each claim is decided."""
    subject = Subject(problem)
    found = [judged(left, right, decide(subject, left, right)) for left, right in sides]
    return json.loads(certificate.written(report_of(*found), problem, seed="s"))  # type: ignore[no-any-return]


def sealed(file: dict[str, Any]) -> dict[str, Any]:
    """With the digest that belongs to it, as somebody who falsifies it would write."""
    return json.loads(certificate.sealed({k: v for k, v in file.items() if k != "digest"}))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def mazur() -> dict[str, Any]:
    """A right line, a wrong one, a right and a wrong number, an update."""
    problem = load(EXAMPLES / "mazur.toml")
    subject, w = Subject(problem), ref("W2", 0, 0)
    claims = (
        (adjoint("W2", 0, 0), RIGHT),
        (adjoint("W2", 0, 0), mul(OUT - TARGET, HIDDEN)),
        (updated("W2", 0, 0), w - mul(num(1) / 2, adjoint("W2", 0, 0))),
        (partial(ref("z2", 0), w), HIDDEN),
    )
    found = [judged(a, b, decide(subject, a, b)) for a, b in claims]
    found += [
        judged(adjoint("W2", 0, 0), shown("0.082167041"), verdict="ok"),
        judged(mul(shown("0.7514"), shown("0.1868")), shown("0.1503"), verdict="arithmetic"),
        judged(OUT, OUT, Decision("unknown"), verdict="unknown"),
    ]
    return json.loads(certificate.written(report_of(*found), problem, seed="s"))  # type: ignore[no-any-return]


def statement(file: dict[str, Any], says: str) -> dict[str, Any]:
    every = (s for line in file["lines"] for claim in line["claims"] for s in claim["statements"])
    return next(s for s in every if s["says"] == says)


# ---- what is right -------------------------------------------------------------------------------------------------


def test_what_verdicts_rest_on_holds(mazur: dict[str, Any]) -> None:
    faults, statements, bare = checker.check(mazur)
    assert faults == []
    assert (statements, bare) == (6, 1)
    said = [s["says"] for line in mazur["lines"] for c in line["claims"] for s in c["statements"]]
    assert said == ["equal", "unequal", "equal", "equal", "meet", "apart"]


@pytest.mark.parametrize("name", NETWORKS)
def test_certificates_of_networks_of_all_kinds_hold(name: str) -> None:
    problem = NETWORKS[name]()
    file = of_claims(problem, *lines(problem, 3, 3))
    assert checker.check(file)[0] == []


WAVES = """
[equations]
program = ["z = w*x", "u = sin(z) + cos(z)", "v = erf(z)", "E = u*v"]
error = "E"
parameters = ["w"]
[shapes]
w = []
x = []
"""
Z = ref("z")
SIN, COS, ERF = (fn(name, Z) for name in ("sin", "cos", "erf"))
BELL = 2 * fn("exp", -(Z * Z)) / fn("sqrt", Form("pi", ()))
EVEN = (
    (partial(ref("u"), Z), COS - SIN),
    (partial(ref("v"), Z), BELL),
    (adjoint("w"), mul(ref("x"), (COS - SIN) * ref("v") + ref("u") * BELL)),
    (SIN * SIN + COS * COS, num(1)),
    (fn("sin", 2 * Z), 2 * SIN * COS),
    (fn("sin", -Z), -SIN),
    (fn("cos", -Z), COS),
    (fn("erf", -Z), -ref("v")),
)
ODD = (
    (partial(ref("u"), Z), COS + SIN),
    (partial(ref("v"), Z), -BELL),
    (SIN, COS),
    (fn("sin", 2 * Z), 2 * SIN),
    (fn("cos", -Z), -COS),
    (ERF, SIN),
    (fn("erf", -Z), ERF),
    (Form("pi", ()), num(Fraction(22, 7))),
)


def test_sin_cos_erf_and_pi_have_rules() -> None:
    file = of_claims(loads(WAVES), *EVEN, *ODD)
    assert [line["verdict"] for line in file["lines"]] == ["ok"] * len(EVEN) + ["wrong"] * len(ODD)
    assert checker.check(file) == ([], len(EVEN) + len(ODD), 0)
    for line in file["lines"][len(EVEN) :]:  # what is not equal does not pass for it
        claim = line["claims"][0]
        line["verdict"] = claim["verdict"] = "ok"
        claim["statements"][0]["says"] = "equal"
    assert len(checker.check(sealed(file))[0]) == len(ODD)


@pytest.mark.parametrize(
    ("name", "op", "other"), [("gelu", "erf", "sin"), ("sine", "sin", "cos"), ("sine", "cos", "sin")]
)
def test_gelu_and_sine_networks_carry_statements(name: str, op: str, other: str) -> None:
    problem = NETWORKS[name]()
    right = [(a, b) for a, b in lines(problem, 5, 40) if decide(Subject(problem), a, b).outcome == "equal"]
    file = of_claims(problem, *right)
    faults, statements, bare = checker.check(file)
    assert (faults, bare) == ([], 0)
    assert statements >= len(right) > 5
    changed = [[other, *rest] if was == op else [was, *rest] for was, *rest in file["program"]]
    assert changed != file["program"]
    assert checker.check(sealed({**file, "program": changed}))[0]


POINT = checker.Point({"program": [], "exact": []}, {}, 192)


def hull(name: str, low: Fraction, high: Fraction) -> tuple[Decimal, Decimal]:
    x = POINT.between(low, high)
    found = POINT.wave(x)[name == "cos"] if name != "erf" else POINT.erf(x)
    return found.v  # type: ignore[no-any-return]


def exactly(x: Decimal | Fraction) -> Any:
    with mpmath.workdps(150):
        return mpmath.mpf(Fraction(x).numerator) / Fraction(x).denominator


@settings(deadline=None)
@drawn(
    st.sampled_from(("sin", "cos", "erf")),
    st.fractions(-20, 20, max_denominator=10**9),
    st.sampled_from((0, Fraction(1, 10**12), Fraction(1, 9), 1, Fraction(29, 10), 7)),
)
def test_intervals_hold_the_functions_and_little_more(name: str, low: Fraction, wide: Fraction) -> None:
    a, b = map(exactly, hull(name, low, low + wide))
    with mpmath.workdps(150):
        seen = [getattr(mpmath, name)(exactly(low + wide * Fraction(k, 20))) for k in range(21)]
        assert a <= min(seen)
        assert max(seen) <= b
        room = exactly(Fraction(wide) ** 2) / 100 + mpmath.mpf(10) ** -80  # between two of the 21, and the rounding
        assert wide == 7 or (min(seen) - a <= room and b - max(seen) <= room)


def test_pi_is_between_its_ends() -> None:
    low, high = map(exactly, POINT.pi.v)
    with mpmath.workdps(150):
        assert low < mpmath.pi < high < low + mpmath.mpf(10) ** -85


@pytest.mark.parametrize("name", ["sin", "cos", "erf"])
def test_intervals_are_narrow_where_series_are_long(name: str) -> None:
    for x in (0, Fraction(1, 10**40), 64, -64, 65, -65, 10**9):
        a, b = map(exactly, hull(name, Fraction(x), Fraction(x)))
        with mpmath.workdps(150):
            assert a <= getattr(mpmath, name)(exactly(Fraction(x))) <= b
            assert b - a < mpmath.mpf(10) ** -75


SIZES = """
[equations]
program = ["y = w*x", "E = maximum(0, 1 - t*y)"]
error = "E"
parameters = ["w"]
assume = ["t*y < 1", "u == 2*x"]
[shapes]
w = []
x = []
t = []
u = []
"""


def test_what_the_spec_assumes_is_in_the_certificate() -> None:
    problem = loads(SIZES.replace('"y = w*x"', '"y = w*x", "v = u*w"'))
    file = of_claims(
        problem, (adjoint("w"), -mul(ref("t"), ref("x"))), (ref("v"), 2 * ref("y")), (adjoint("w"), ref("x"))
    )
    assert [line["verdict"] for line in file["lines"]] == ["ok", "ok", "wrong"]
    assert checker.check(file)[0] == []
    assert checker.check(sealed({**file, "assumed": []}))[0]
    assert checker.check(sealed({**file, "ties": {}}))[0]


def test_the_same_seed_gives_the_same_bytes() -> None:
    problem = load(EXAMPLES / "mazur.toml")
    found = report_of(judged(adjoint("W2", 0, 0), RIGHT, decide(Subject(problem), adjoint("W2", 0, 0), RIGHT)))
    assert certificate.written(found, problem, seed="7") == certificate.written(found, problem, seed="7")
    one, other = (json.loads(certificate.written(found, problem)) for _ in range(2))
    assert one["points"] != other["points"]


def test_hashes_are_those_of_the_text_and_of_the_spec(mazur: dict[str, Any]) -> None:
    spec = EXAMPLES / "mazur.toml"
    assert mazur["text"] == certificate.digest(b"a text")
    assert mazur["spec"] == certificate.digest(spec.read_bytes())


# ---- what is not ---------------------------------------------------------------------------------------------------


def verdict(file: dict[str, Any]) -> None:
    for place in (file["lines"][0], file["lines"][0]["claims"][0]):
        place["verdict"] = "wrong"


def accepted(file: dict[str, Any]) -> None:
    for place in (file["lines"][1], file["lines"][1]["claims"][0]):
        place["verdict"] = "ok"


def claimed_equal(file: dict[str, Any]) -> None:
    found = statement(file, "unequal")
    file["lines"][1]["claims"][0] = {"verdict": "ok", "statements": [{**found, "says": "equal"}]}
    file["lines"][1]["verdict"] = "ok"


def row(file: dict[str, Any]) -> None:
    file["lines"][0]["verdict"] = "rounding"


def of_the_field(file: dict[str, Any]) -> None:
    point = file["points"][0]
    point[next(iter(point))] += 1


def rational(file: dict[str, Any]) -> None:
    point = statement(file, "unequal")["point"]
    for x in point:
        point[x] = "1/7"


def instruction(file: dict[str, Any]) -> None:
    left = statement(file, "equal")["right"]
    operation = file["program"][left]
    operation[0] = "add" if operation[0] == "mul" else "mul"


def operand(file: dict[str, Any]) -> None:
    file["program"][statement(file, "equal")["right"]][1] = 0


def network(file: dict[str, Any]) -> None:
    """The square of the error: the derivatives that are asked for follow it."""
    file["program"][file["error"]] = ["pow", file["program"][file["error"]][1], 2]


def constant(file: dict[str, Any]) -> None:
    for parts in file["program"]:
        if parts == ["const", "1/2"]:
            parts[1] = "1/3"


def digit(file: dict[str, Any]) -> None:
    """A printed number."""
    for parts in file["program"]:
        if parts == ["shown", "0.082167041"]:
            parts[1] = "0.082167941"


def end(file: dict[str, Any]) -> None:
    statement(file, "unequal")["ends"] = [["1", "2"], ["3", "4"]]


def given(file: dict[str, Any]) -> None:
    file["given"] = dict.fromkeys(file["given"], "1/2")


def side(file: dict[str, Any]) -> None:
    statement(file, "equal")["right"] = statement(file, "unequal")["right"]


def derivative(file: dict[str, Any]) -> None:
    """∂E of another entry."""
    for parts in file["program"]:
        if parts[0] == "adjoint":
            parts[1] -= 1


def loop(file: dict[str, Any]) -> None:
    right = statement(file, "equal")["right"]
    file["program"][right][1] = right


CHANGES = (verdict, accepted, claimed_equal, row, of_the_field, rational, instruction, operand, network, constant,
           digit, end, given, side, derivative, loop)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_caught_even_with_a_new_digest(
    change: Callable[[dict[str, Any]], None], mazur: dict[str, Any]
) -> None:
    file = copy.deepcopy(mazur)
    change(file)
    assert file != mazur
    assert "digest" in " ".join(checker.check(file)[0])
    assert checker.check(sealed(file))[0]


def test_an_identity_modulo_the_first_prime_is_none() -> None:
    problem = load(EXAMPLES / "mazur.toml")
    file = of_claims(problem, (adjoint("W2", 0, 0), RIGHT), (OUT, OUT + num(checker.MERSENNE) * HIDDEN))
    file["lines"][1]["claims"][0]["statements"][0] |= {"says": "equal"}
    file["lines"][1] |= {"verdict": "ok"}
    file["lines"][1]["claims"][0] |= {"verdict": "ok"}
    assert any("differ" in fault for fault in checker.check(sealed(file))[0])


# ---- the checker ---------------------------------------------------------------------------------------------------


def run(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(Path(checker.__file__)), str(path)], capture_output=True, text=True, check=False
    )


def test_the_checker_runs_alone(mazur: dict[str, Any], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(mazur), encoding="utf-8")
    bad.write_text(json.dumps({**mazur, "seed": "t"}), encoding="utf-8")
    assert (run(good).returncode, run(bad).returncode) == (0, 1)
    assert "6 statements, 0 faults" in run(good).stdout


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"lines": 3}', "\x00", '{"a":' * 5000])
def test_what_is_no_certificate_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(text, encoding="utf-8")
    done = run(path)
    assert done.returncode == 1
    assert "no certificate" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_checker_imports_the_standard_library_alone() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert not {"eval", "exec", "compile"} & {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
