"""A network as equations: what a spec of it means, that it is written back, and that it gives what layers give."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.spec import dumps, loads
from symbackprop.writers.json import data

SMALL = """
[equations]
program = ["z = W @ x + b", "E = sum((t - tanh(z))**2)/2"]
error = "E"
parameters = ["W", "b"]

[values]
x = [1.0, 2.0]
t = [0.0, 1.0]
W = [[0.1, -0.2], [0.3, 0.4]]
b = "1/3"
"""

MAZUR = """
[equations]
program = [
    "z1 = W1 @ x + b1", "a1 = sigmoid(z1)", "z2 = W2 @ a1 + b2", "a2 = sigmoid(z2)",
    "Ek = (t - a2)**2/2", "E = sum(Ek)",
]
error = "E"
parameters = ["W1", "b1", "W2", "b2"]

[values]
W1 = [[0.15, 0.20], [0.25, 0.30]]
b1 = 0.35
W2 = [[0.40, 0.45], [0.50, 0.55]]
b2 = 0.60
x = [0.05, 0.10]
t = [0.01, 0.99]

[training]
rate = 0.5
train = ["W1", "W2"]
"""

SAMPLES = """
[[samples]]
x = [1.0, 2.0]
t = [0.0, 1.0]

[[samples]]
x = [0.5, -1.0]
t = [1.0, 0.0]
"""


def fault(text: str) -> SpecError:
    with pytest.raises(SpecError) as error:
        loads(text, "it")
    return error.value


def test_what_it_means() -> None:
    problem = loads(SMALL)
    assert problem.network is None
    assert problem.shapes == {"W": (2, 2), "x": (2,), "b": (), "t": (2,)}
    assert problem.values["b"] == Fraction(1, 3)
    assert (problem.inputs, problem.targets, problem.train) == (("x", "t"), (), ("W", "b"))
    assert (problem.samples, problem.warnings) == (None, ())


def test_samples_lead_with_their_axis() -> None:
    problem = loads(SMALL + SAMPLES)
    assert (problem.samples, problem.inputs) == (2, ("x", "t"))
    assert problem.values["x"] == ((1, 2), (Fraction(1, 2), -1))
    assert problem.shapes["x"] == (2,)


def test_one_sample_is_the_values_with_something_else() -> None:
    problem = loads(SMALL + "[[samples]]\nx = [3, 4]\n")
    assert (problem.samples, problem.values["x"], problem.inputs) == (None, (3, 4), ("x", "t"))


@pytest.mark.parametrize(
    "more",
    [
        "",
        SAMPLES,
        "[[samples]]\nx = [3, 4]\n",
        '[training]\nrate = 0.5\ntrain = ["b"]\nsteps = 3\n',
        SAMPLES + '[data]\nreduction = "mean"\n[training]\norder = "sequential"\n',
        '[presentation]\nsignificant = 4\nlanguage = "id"\n[source]\ntitle = "A page"\n',
        "[shapes]\nW = [2, 2]\nb = []\n",
    ],
)
def test_it_is_written_back(more: str) -> None:
    problem = loads(SMALL + more)
    assert loads(dumps(problem)) == problem


def test_sizes_may_be_names() -> None:
    text = SMALL[: SMALL.index("[values]")] + '[shapes]\nx = ["n"]\nt = ["m"]\nW = ["m", "n"]\nb = []\n'
    problem = loads(text)
    assert problem.shapes["W"] == ("m", "n")
    assert loads(dumps(problem)) == problem
    text = sb.solution(sb.derive(problem), readings=("unit", "index", "matrix")).render("markdown")
    assert isinstance(text, str)
    assert r"\sum" in text


def test_files_hold_values(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("0.1,-0.2\n0.3,0.4\n", encoding="utf-8")
    spec = tmp_path / "spec.toml"
    spec.write_text(SMALL.replace("[[0.1, -0.2], [0.3, 0.4]]", '{ file = "w.csv" }'), encoding="utf-8")
    assert sb.load(spec) == loads(SMALL).replace(title="spec")
    spec.write_text(SMALL.replace("[[0.1, -0.2], [0.3, 0.4]]", '{ file = "no.csv" }'), encoding="utf-8")
    with pytest.raises(SpecError, match=r"values\.W\.file"):
        sb.load(spec)


def test_an_array_that_no_equation_uses_is_a_warning() -> None:
    problem = loads(SMALL + "y = 3\n")
    assert problem.warnings == ("y is given, but no equation uses it",)
    assert "y" not in problem.values
    assert problem == loads(SMALL)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("W @ x + b", "W @ + b", 3, "'+' stands where a number"),
        ("W @ x + b", "W @ t2", 3, "t2 has neither a value nor a shape; write t2 = … in [values]"),
        ("W @ x + b", "W @ E", 3, "E is used before it is defined"),
        ('"E = ', '"z = 1", "E = ', 3, "z is defined twice"),
        ("x = [1.0, 2.0]", "x = [1.0, 2.0, 3.0]", 3, "shapes 2×2 and 3 do not fit in '@'"),
        ("W @ x + b", "nosuch(W)", 3, "nosuch"),
    ],
)
def test_a_faulty_equation_is_shown_with_its_place(old: str, new: str, line: int, message: str) -> None:
    (told, *_) = fault(SMALL.replace(old, new, 1)).faults
    assert (told.place.line, str(told.place.key)[:18]) == (line, "equations.program[")
    assert message in told.message
    head, equation, caret = str(told).split("\n")
    assert head.startswith(f"it:{line}: equations.program[")
    assert (equation[:4], caret.strip()) == ("    ", "^")


def test_what_belongs_to_equations_is_refused_with_layers(checkout: Path) -> None:
    text = (checkout / "examples/mazur.toml").read_text(encoding="utf-8")
    more = "\n[values]\nx = 1\n[shapes]\ny = []\n[[samples]]\nx = 1\n"
    assert [f.place.key for f in fault(text + more).faults] == ["values", "shapes", "samples"]


def test_layers_and_the_same_as_equations_give_the_same(checkout: Path) -> None:
    layers, equations = (data(sb.derive(p)) for p in (sb.load(checkout / "examples/mazur.toml"), loads(MAZUR)))
    for part in ("error", "values", "adjoints", "updated"):
        assert layers[part] == equations[part]
    assert layers["trajectory"][:2] == equations["trajectory"][:2]


@pytest.mark.parametrize("more", ["", SAMPLES, SAMPLES + '[training]\norder = "sequential"\nrate = 0.5\n'])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_format_tells_it(more: str, lang: str) -> None:
    derivation = sb.derive(loads(SMALL + more))
    solution = sb.solution(derivation, lang=lang, readings=("unit", "index", "matrix"))
    for format_ in ("markdown", "latex", "typst", "json"):
        assert solution.render(format_)


def test_a_quantity_of_several_uses_is_told_in_one_sum() -> None:
    program = '["h = tanh(w*x)", "k_1 = h*h + x_1", "E = sum(k_1) + w**2 + sum(h)"]'
    text = f"""
[equations]
program = {program}
error = "E"
parameters = ["w"]
[values]
w = 0.5
x = [1, 2]
x_1 = 3
"""
    derivation = sb.derive(loads(text))
    markdown: Any = sb.solution(derivation).render("markdown")
    assert "via" not in markdown
    assert "sum over its uses" in markdown
    assert len(set(derivation.names().own.values())) == len(derivation.derivation.graph.shapes)
    assert float(derivation.gradient("w")) == pytest.approx(_slope(), rel=1e-6)


def _slope() -> float:
    from math import tanh

    def error(w: float) -> float:
        hs = [tanh(w * x) for x in (1, 2)]
        return sum(h * h + 3 + h for h in hs) + w * w

    return (error(0.5 + 1e-6) - error(0.5 - 1e-6)) / 2e-6
