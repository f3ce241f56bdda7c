"""Elementary calculus, line by line: each line is the number of the line before, each rule has its name."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from small_networks import small_network

import symbackprop as sb
from symbackprop.derivation.proof import same_value
from symbackprop.document import Text
from symbackprop.errors import DerivationError
from symbackprop.explain import calculus, lemmas
from symbackprop.explain.calculus import Worked, worked
from symbackprop.explain.folding import collected, folded, inner
from symbackprop.explain.lemmas import Lemma, activation, lemma, proven, why
from symbackprop.form import (
    ONE,
    ZERO,
    Axis,
    Form,
    Index,
    add,
    cases,
    div,
    fn,
    mul,
    neg,
    num,
    over,
    partial,
    power,
    ref,
    symbol,
    walk,
)
from symbackprop.graph import Graph
from symbackprop.language import catalogue, languages
from symbackprop.readings.names import Names
from symbackprop.tables.activations import ACTIVATIONS, ALONG, ROWS
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS
from symbackprop.writers.math import printed
from symbackprop.writers.math.targets import TARGETS

MAZUR = Path(__file__).resolve().parents[2] / "examples" / "mazur.toml"
Z, A = ref("z"), ref("a")
x, y, c = ref("x"), ref("y"), ref("c")

# ---- another judge: the number of a line, its derivatives taken by differences --------------------------------------

Numbers = dict[Form, Any]
FUNCTIONS = {"log": mpmath.log, "abs": abs}
RELATIONS = {">": lambda u, v: u > v, "<": lambda u, v: u < v, ">=": lambda u, v: u >= v, "<=": lambda u, v: u <= v}


def value(f: Form, at: Numbers) -> Any:
    if f in at:
        return at[f]
    below = [] if f.op in ("partial", "over") else [value(g, at) for g in f.forms]
    match f.op:
        case "num":
            return mpmath.mpf(f.number.numerator) / f.number.denominator
        case "pi":
            return +mpmath.pi
        case "neg":
            return -below[0]
        case "add":
            return mpmath.fsum(below)
        case "mul":
            return mpmath.fprod(below)
        case "div":
            return below[0] / below[1]
        case "pow":
            return below[0] ** below[1]
        case "compare":
            return RELATIONS[str(f.args[1])](*below)
        case "cases":
            taken = (v for v, holds in zip(below[:-1:2], below[1::2], strict=True) if holds)
            return next(taken, below[-1])
        case "fn":
            known = FUNCTIONS.get(f.name) or getattr(mpmath, f.name, None)
            return known(below[0]) if known else value(ROWS[f.name].value(f.forms[0]), at)
        case "partial":
            top, by = f.forms
            return mpmath.diff(lambda v: value(top, at | {by: v}), at[by])
    raise AssertionError(f.op)


def agree(lines: tuple[Worked, ...], at: Numbers) -> None:
    with mpmath.workdps(60):
        first, *rest = (value(line.form, at) for line in lines)
        for k, v in enumerate(rest, 2):
            assert mpmath.almosteq(first, v, rel_eps=mpmath.mpf("1e-15"), abs_eps=mpmath.mpf("1e-15")), k


# ---- the rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_each_line_of_an_activation_is_the_same_number(name):
    row, lines = ACTIVATIONS[name], activation(name)
    assert lines[0].form.op == "partial"
    assert lines[-1].form == row.slope(Z, A)
    for z in ("-3.7", "-1.25", "0.4", "2.5", "3.5"):
        with mpmath.workdps(60):
            at = {Z: mpmath.mpf(z)}
            agree(lines, at | {A: value(row.value(Z), at)})


def test_the_sigmoid_by_its_rules():
    rules = [rule.removeprefix("rule.") for line in activation("sigmoid") for rule in line.rules]
    wanted = ["definition", "reciprocal", "sum", "exponential", "chain", "factor", "constant", "variable", "sums"]
    assert rules == [*wanted, "simplify", "rearrange", "rearrange", "rearrange", "output"]
    forms = [line.form for line in activation("sigmoid")]
    e = fn("exp", -Z)
    assert e / (1 + e) ** 2 in forms
    assert forms[-1] == A * (1 - A)


def test_a_wrong_rearrangement_is_refused(monkeypatch):
    e = fn("exp", -Z)
    monkeypatch.setitem(lemmas.BETWEEN, "sigmoid", lambda z, a: (1 / (1 + e) * (1 + 1 / (1 + e)),))
    with pytest.raises(DerivationError, match="line 9 of a lemma"):
        activation.__wrapped__("sigmoid")


def test_a_wrong_rule_is_refused(monkeypatch):
    """(c/y)′ without its minus."""
    wrong = lambda f, by: Worked(div(partial(f.forms[1], by), power(f.forms[1], num(2))), ("rule.reciprocal",))  # noqa: E731
    monkeypatch.setitem(calculus.RULES, "div", wrong)
    with pytest.raises(DerivationError, match="line 2 of a lemma"):
        activation.__wrapped__("sigmoid")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (cases(x, x > 0, -x), cases(x, x > 0, x)),  # one branch is right
        (partial(x**2, x), 3 * x),
        (partial(x * y, x), x),
    ],
)
def test_lines_that_are_not_equal_are_refused(one, other):
    assert not same_value(one, other)
    with pytest.raises(DerivationError):
        proven((Worked(one, ("rule.definition",)), Worked(other, ("rule.rearrange",))))


# ---- networks ------------------------------------------------------------------------------------------------------


@cache
def graph(act: str, loss: str) -> Graph:
    return sb.derive(small_network(act, loss)).derivation.graph


@cache
def mazur() -> Any:
    return sb.derive(sb.load(MAZUR))


def told(found: Lemma | None) -> list[str]:
    """The right sides in plain text, in Mazur's letters."""
    assert found is not None
    names = Names(mazur().problem, mazur().derivation.graph, NOTATIONS["mazur"])
    return [printed(names.spelled(line.form), "plain") for line in found.lines]


def test_mazur_s_derivative_of_the_error():
    lines = told(lemma(mazur().derivation.graph, ref("E"), ref("a2", 0)))
    assert "2 · ½ · (target_o1 − out_o1)^(2 − 1) · (−1) + 0" in lines
    assert lines[-1] == "−(target_o1 − out_o1)"


@pytest.mark.parametrize(
    ("by", "open_line", "last"),
    [
        (ref("W2", 0, 0), "1 · out_h1 · w₅^(1 − 1) + 0 + 0", "out_h1"),
        (ref("a1", 0), "1 · w₅ · out_h1^(1 − 1) + 0 + 0", "w₅"),
        (ref("b2"), "0 + 0 + 1", "1"),
    ],
)
def test_mazur_s_derivative_of_a_weighted_sum(by, open_line, last):
    lines = told(lemma(mazur().derivation.graph, ref("z2", 0), by))
    assert lines[-2:] == [open_line, last]


OUTPUTS = {"distribution": "softmax", "open-interval": "sigmoid", "positive": "softplus"}


@pytest.mark.parametrize("name", list(LOSSES))
def test_each_line_of_a_loss_is_the_same_number(name):
    g = graph(OUTPUTS.get(LOSSES[name].outputs, "identity"), name)
    for d in (d for d in g.definitions if d.name in g.measuring):
        left = ref(d.name, *(Index(0) for _ in d.at))
        for by in places_of(g, left):
            found = lemma(g, left, by)
            assert found is not None
            body = found.lines[0].form.forms[0]
            entries = dict.fromkeys(f for f in walk(body) if f.op == "ref")
            for start in (Fraction(1, 3), Fraction(7, 4)):
                with mpmath.workdps(60):
                    at = {f: mpmath.mpf(start.numerator) / start.denominator + k / 7 for k, f in enumerate(entries)}
                    at |= {f: mpmath.exp(-1 - f.at[0].const) for f in others(found, at)}
                    if left in {f for line in found.lines for f in walk(line.form)} or d.body.op == "along":
                        at |= along_values(g, left, by, at)
                    agree(found.lines, at)


def places_of(g: Graph, left: Form) -> list[Form]:
    first = lemmas._at(g.by_name[left.name], left, True)
    if first.op == "along":
        return [first.forms[1].where({first.axes[0].var: Index(k)}) for k in range(2)]
    return list(dict.fromkeys(f for f in walk(first) if f.op == "ref" and f.name != "t"))


def others(found: Lemma, at: Numbers) -> list[Form]:
    return [f for line in found.lines for f in walk(line.form) if f.op == "ref" and f not in at]


def along_values(g: Graph, left: Form, by: Form, at: Numbers) -> Numbers:
    """ln softmax of both entries, for the lines that put the outputs in."""
    total = mpmath.log(mpmath.fsum(mpmath.exp(v) for f, v in at.items() if f.name == by.name))
    return {ref(left.name, k): at[ref(by.name, k)] - total for k in range(2)}


@pytest.mark.parametrize("name", list(ALONG))
@pytest.mark.parametrize("j", ["i", "j"])
def test_along_an_axis_in_index_form(name, j):
    g = graph("softmax", "cross-entropy") if name == "softmax" else graph("identity", "cross-entropy-logits")
    d = next(d for d in g.definitions if d.body.op == "along")
    found = lemma(g, ref(d.name, "i"), ref(d.body.forms[0].name, j))
    assert found is not None
    p, q = ref(d.name, "i"), ref(d.name, j)
    wanted = {
        ("softmax", "i"): p * (1 - p),
        ("softmax", "j"): neg(p * q),
        ("log-softmax", "i"): 1 - fn("exp", p),
        ("log-softmax", "j"): neg(fn("exp", q)),
    }
    assert found.lines[-1].form == wanted[name, j]
    assert ("rule.only-term",) in {line.rules for line in found.lines}


def test_softmax_by_the_quotient_rule_with_its_sum_written_out():
    g = graph("softmax", "cross-entropy")
    (same, apart) = (lemma(g, ref("a2", 0), ref("z2", k)) for k in (0, 1))
    assert same is not None
    assert apart is not None
    assert same.lines[1].rules == ("rule.quotient",)
    assert apart.lines[1].rules == ("rule.reciprocal",)
    assert same.lines[-1].form == ref("a2", 0) * (1 - ref("a2", 0))
    assert apart.lines[-1].form == neg(ref("a2", 0) * ref("a2", 1))
    assert not any(f.op == "over" for line in same.lines for f in walk(line.form))


def test_a_weighted_sum_in_index_form():
    g = graph("tanh", "squared-error")
    found = [lemma(g, ref("z2", "j"), by) for by in (ref("W2", "j", "i"), ref("a1", "i"), ref("W2", "k", "i"))]
    assert [f.lines[-1].form for f in found if f] == [ref("a1", "i"), ref("W2", "j", "i"), ZERO]
    error = lemma(g, ref("E"), ref("a2", "j"))
    assert error is not None
    assert error.lines[-1].form == neg(2 * (ref("t", "j") - ref("a2", "j")))


def test_a_number_against_a_variable_is_not_settled():
    """z₁ by W_{j,i} is a_i where j is 1, and 0 where it is not."""
    assert lemma(graph("tanh", "squared-error"), ref("z2", 0), ref("W2", "j", "i")) is None


FORMULAS = [
    "z/(1 + abs(z))",
    "z**3",
    "log(1 + z**2)",
    "where(z > 1, z**2, sqrt(z**2 + 3))",
    "sigmoid(2*z)*z",
    "tanh(2*z)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_one_s_own_activation(formula):
    g = graph(f'{{ formula = "{formula}" }}', "squared-error")
    left, by = ref("a2", 0), ref("z2", 0)
    found = lemma(g, left, by)
    assert found is not None
    for z in ("-1.5", "0.5", "2"):
        with mpmath.workdps(60):
            at = {by: mpmath.mpf(z)}
            agree(found.lines, at | {left: value(found.lines[0].form.forms[0], at)})


def test_a_lemma_ends_as_the_derivation_has_it():
    """Factor by factor: what a solution puts in is what the lemma has shown."""
    derived = sb.derive(small_network("tanh", "half-squared-error"))
    steps = derived.derivation
    for of, by in (("Ek", "a2"), ("a2", "z2")):
        found = lemma(steps.graph, ref(of, 0), ref(by, 0))
        assert found is not None
        step = steps.adjoint(by)
        assert found.lines[-1].form == steps.local(step).where({a.var: Index(0) for a in step.axes})


# ---- rules, words, printing ----------------------------------------------------------------------------------------


def all_lines() -> list[Worked]:
    g = [graph(OUTPUTS.get(row.outputs, "identity"), name) for name, row in LOSSES.items()]
    g += [graph(f'{{ formula = "{f}" }}', "squared-error") for f in FORMULAS]
    wanted = [(one, ref(d.name, *(Index(0) for _ in d.at))) for one in g for d in one.definitions]
    found = [lemma(one, left, by) for one, left in wanted for by in places_of(one, left)[:2]]
    found.append(lemma(g[0], ref("z2", "j"), ref("a1", "i")))
    own = [line for one in found if one is not None for line in one.lines]
    return [line for name in ACTIVATIONS for line in activation(name)] + own


def test_every_rule_has_its_words_and_every_word_its_rule():
    used = {rule for line in all_lines() for rule in line.rules} | {*calculus.FUNCTIONS.values()}
    for lang in languages():
        assert {key for key in catalogue(lang) if key.startswith("rule.")} == used


def test_the_reason_of_a_line():
    line = Worked(x, ("rule.power", "rule.chain"))
    assert why("en", line) == (Text("power rule, chain rule"),)
    assert why("id", line) == (Text("aturan pangkat, aturan rantai"),)


@pytest.mark.parametrize("target", list(TARGETS))
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_line_prints(target, lang):
    def spelled(f: Form) -> Form:
        return symbol(f.name, ",".join(str(i.const + 1) for i in f.at)) if f.op == "ref" else f.map(spelled)

    for form in {spelled(line.form) for line in all_lines()}:
        assert printed(form, target, lang)


z, w, h = symbol("z"), symbol("w", "5"), symbol("h", "1")
UNFOLDED = add(mul(num(1), h, power(w, ONE - 1)), ZERO)
DERIVATIVE = partial(1 + fn("exp", -z), z)


@pytest.mark.parametrize(
    ("form", "target", "text"),
    [
        (UNFOLDED, "latex", r"1 \cdot h_{1} \cdot w_{5}^{1 - 1} + 0"),
        (UNFOLDED, "typst", "1 dot h_(1) dot w_(5)^(1 - 1) + 0"),
        (UNFOLDED, "plain", "1 · h₁ · w₅^(1 − 1) + 0"),
        (DERIVATIVE, "latex", r"\frac{\partial }{\partial z} (1 + e^{-z})"),
        (DERIVATIVE, "plain", "∂/∂z (1 + e^(−z))"),
    ],
)
def test_the_shape_of_the_book_is_printed(form, target, text):
    assert printed(form, target) == text


# ---- laws ----------------------------------------------------------------------------------------------------------

LEAVES = st.sampled_from([x, x, y, c, ONE, num(3), num(Fraction(1, 2))])


def grown(inner_: st.SearchStrategy[Form]) -> st.SearchStrategy[Form]:
    return st.one_of(
        st.builds(add, inner_, inner_),
        st.builds(add, inner_, inner_.map(neg), inner_),
        st.builds(mul, inner_, inner_),
        st.builds(mul, inner_, inner_, inner_),
        st.builds(lambda f, g: div(f, 2 + fn("sin", g)), inner_, inner_),
        st.builds(lambda f, n: power(f, num(n)), inner_, st.sampled_from([1, 2, 3])),
        st.builds(lambda name, f: fn(name, f), st.sampled_from(["sin", "cos", "tanh", "sigmoid"]), inner_),
        st.builds(lambda f: fn("exp", fn("sin", f)), inner_),
        st.builds(lambda f: fn("log", 1 + f**2), inner_),
        st.builds(lambda f: fn("sqrt", 3 + f**2), inner_),
        st.builds(neg, inner_),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=6)
SYMPY = {name: sympy.Symbol(name, real=True) for name in "xyc"}


def by_sympy(f: Form) -> Any:
    below = [by_sympy(g) for g in f.forms]
    match f.op:
        case "ref":
            return SYMPY[f.name]
        case "num":
            return sympy.Rational(f.number.numerator, f.number.denominator)
        case "neg":
            return -below[0]
        case "add":
            return sympy.Add(*below)
        case "mul":
            return sympy.Mul(*below)
        case "div":
            return below[0] / below[1]
        case "pow":
            return below[0] ** below[1]
    return 1 / (1 + sympy.exp(-below[0])) if f.name == "sigmoid" else getattr(sympy, f.name)(below[0])


AT = {x: Fraction(3, 7), y: Fraction(-5, 4), c: Fraction(11, 10)}


@given(EXPRESSIONS)
def test_any_expression_has_the_derivative_that_sympy_finds(form):
    lines = worked(form, x)
    point = {SYMPY[f.name]: sympy.Rational(v.numerator, v.denominator) for f, v in AT.items()}
    wanted = sympy.diff(by_sympy(form), SYMPY["x"]).subs(point).evalf(60)
    with mpmath.workdps(60):
        at = {f: mpmath.mpf(v.numerator) / v.denominator for f, v in AT.items()}
        found = [value(line.form, at) for line in lines if not any(f.op == "partial" for f in walk(line.form))]
        assert found
        for v in found:
            assert mpmath.almosteq(v, mpmath.mpf(str(wanted)), rel_eps=mpmath.mpf("1e-40"), abs_eps=mpmath.mpf("1e-40"))


@given(EXPRESSIONS)
def test_every_line_leads_to_the_next_by_a_rule(form):
    lines = worked(form, x)
    assert lines[0] == Worked(partial(form, x), ("rule.definition",))
    assert all(line.rules for line in lines)
    assert len({line.form for line in lines}) == len(lines)
    assert not any(f.op == "partial" for f in walk(lines[-1].form))


@given(EXPRESSIONS)
def test_leaving_out_changes_no_number(form):
    with mpmath.workdps(60):
        at = {f: mpmath.mpf(v.numerator) / v.denominator for f, v in AT.items()}
        wanted = value(form, at)
        for change in (inner, folded, collected):
            assert mpmath.almosteq(value(change(form), at), wanted, mpmath.mpf("1e-40"), mpmath.mpf("1e-40"))


def test_what_is_left_out():
    assert inner(2 * x * (0 - ONE) + 0) == 2 * x * neg(ONE) + 0
    assert folded(mul(2 * x, neg(ONE)) + 0) == neg(2 * x)
    assert folded(power(x, num(2) - 1)) == x
    assert folded(add(ONE, x, neg(ONE))) == x
    assert folded(add(x, y, neg(x))) == y
    assert folded(x * x) == x * x
    assert collected(x * x) == x**2
    long = num(Fraction("1.0507009873554804934193349852946"))
    assert folded(mul(ONE, long, x, long)) == mul(long, x, long)


def test_a_sum_moves_by_one_term_or_by_all():
    k = Axis("k", "n")
    a_k = ref("a", "k")
    a_j = ref("a", "j")
    assert worked(over(a_k**2, k), a_j)[1] == Worked(partial(a_j**2, a_j), ("rule.only-term",))
    assert worked(over(a_k * x, k), x)[1] == Worked(over(partial(a_k * x, x), k), ("rule.sum",))
    assert worked(over(a_k, k), x)[1] == Worked(ZERO, ("rule.constant",))
