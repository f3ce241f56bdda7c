"""One's own activation and loss, options of a loss, label smoothing."""

from __future__ import annotations

import math

import pytest
from small_networks import small_network

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.spec import dumps, loads
from symbackprop.verifier import oracle

FORMULAS = [
    ('{ formula = "z/(1 + abs(z))" }', '{ formula = "(t - a)**4" }'),
    ('{ formula = "2*z*exp(z) - z" }', '{ formula = "sum(abs(t - a))**2" }'),
    ('{ formula = "maximum(0, z)**2" }', '{ name = "huber", delta = 0.25 }'),
    ("tanh", '{ formula = "softplus(-t*a)" }'),
]


@pytest.mark.parametrize(("activation", "loss"), FORMULAS)
def test_a_formula_is_derived_checked_told_and_written_back(activation: str, loss: str) -> None:
    problem = small_network(activation, loss)
    assert loads(dumps(problem)).network == problem.network
    assert loads(dumps(problem)).program == problem.program
    derivation = sb.derive(problem)
    adjoints = {name: value for (what, name), value in derivation.results.items() if what == "adjoint"}
    verdict = oracle.check(problem, {n: v for n, v in adjoints.items() if "." not in n})
    assert verdict.agrees, oracle.report(verdict)
    for lang in ("en", "id"):
        solution = sb.solution(derivation, lang=lang, readings=("unit", "index"))
        assert "aligned" in str(solution.render("markdown"))
        assert solution.render("latex")
        assert solution.render("typst")


def test_the_program_has_the_formula_with_the_layer_s_own_names() -> None:
    problem = small_network('{ formula = "2*z*exp(z)" }', '{ formula = "(t - a)**4" }')
    assert problem.program[-3:] == ("a2 = 2*z2*exp(z2)", "Ek = (t - a2)**4", "E = sum(Ek)")
    assert small_network("tanh", '{ formula = "sum((t - a)**2)" }').program[-1] == "E = sum((t - a2)**2)"


def test_huber_is_a_line_beyond_delta() -> None:
    def error(loss: str) -> float:
        f = sb.derive(small_network("identity", loss, targets=[[5, 0]])).lambdify("python")
        return f([0, 0], [5, 0], [[0, 0], [0, 0]], [0, 0], [[0, 0], [0, 0]], [0, 0])[0]

    assert error("huber") == error('{ name = "huber", delta = 1 }') == 4.5
    assert error('{ name = "huber", delta = 0.5 }') == 0.5 * (5 - 0.25)


@pytest.mark.parametrize(
    ("activation", "loss", "message", "column"),
    [
        ("z/(1 + abs(x))", None, "'x' is not known here; a formula is in z, the weighted sum", 11),
        ("z/(1 + ", None, "the equation ends where a number, a name or '(' is expected", 6),
        ("1/2", None, "the formula has no z, the weighted sum", 0),
        ("arctan(z)", None, "no function is called arctan", 0),
        ("__import__('os')", None, "'_' is not part of the array notation", 0),
        (None, "(y - a)**4", "'y' is not known here; a formula is in t, the target and a, the output", 1),
        (None, "t**4", "the formula has no a, the output", 0),
    ],
)
def test_a_formula_that_cannot_be_used(activation: str | None, loss: str | None, message: str, column: int) -> None:
    """What is wrong, the formula, and a caret under the place."""
    given = [f'{{ formula = "{text}" }}' if text else None for text in (activation, loss)]
    with pytest.raises(SpecError) as error:
        small_network(given[0] or "tanh", given[1] or "squared-error")
    told, formula, caret = str(error.value).split("\n")
    assert told.endswith(message)
    assert formula.strip() == (activation or loss or "").strip()
    assert caret.index("^") - 4 == column


@pytest.mark.parametrize("loss", ["cross-entropy", "cross-entropy-logits"])
def test_label_smoothing_is_that_of_pytorch(loss: str) -> None:
    """(1 − ε)t + ε/n in place of t."""
    problem = small_network("softmax", loss, "label-smoothing = 0.1", targets=[[0, 1]])
    assert "s = 0.9*t + 1/20" in problem.program
    a = [float(v) for v in sb.derive(problem).data()["values"]["a2"]]
    p = a if loss == "cross-entropy" else [math.exp(v) / sum(map(math.exp, a)) for v in a]
    expected = -(0.05 * math.log(p[0]) + 0.95 * math.log(p[1]))
    assert math.isclose(sb.derive(problem).data()["error"]["value"], expected, rel_tol=1e-13)
    assert loads(dumps(problem)).network == problem.network


@pytest.mark.parametrize("target", ["python", "numpy"])
def test_log_cosh_does_not_overflow(target: str) -> None:
    f = sb.derive(small_network("identity", "log-cosh")).lambdify(target)
    identity, none = [[1, 0], [0, 1]], [0, 0]
    error, slopes = f([1e4, 1e-6], none, identity, none, identity, none)
    assert math.isclose(error, 1e4 - math.log(2), rel_tol=1e-14)
    assert math.isclose(slopes["b2"][0], 1.0)
    assert math.isclose(slopes["b2"][1], 1e-6, rel_tol=1e-10)


@pytest.mark.parametrize("target", ["python", "numpy"])
@pytest.mark.filterwarnings("error")
def test_a_target_of_0_has_no_logarithm(target: str) -> None:
    problem = small_network("softmax", "kl-divergence", targets=[[0, 1]])
    a = [float(v) for v in sb.derive(problem).data()["values"]["a2"]]
    f = sb.derive(problem).lambdify(target)
    floats = {n: _floats(v) for n, v in problem.values.items()}
    assert math.isclose(f(**floats)[0], -math.log(a[1]), rel_tol=1e-14)


def _floats(value: object) -> object:
    return [_floats(v) for v in value] if isinstance(value, tuple) else float(value)  # type: ignore[arg-type]
