"""Layers over sequences and over samples: sizes that are names, masks, and what other programs say of them."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from layer_cases import problem_of

import symbackprop as sb
from symbackprop.derivation import steps_of
from symbackprop.errors import SymbackpropError
from symbackprop.numeric.emit import lambdify
from symbackprop.readings import index
from symbackprop.spec import Problem, dumps, loads, understood
from symbackprop.verifier import oracle
from symbackprop.writers.json import doubles

NAMED: dict[str, tuple[Any, dict[str, Any]]] = {
    "attention": (["T", "f"], {"kind": "attention", "heads": "p", "width": "d", "units": "u", "mask": "causal"}),
    "attention of one head": (["T", "f"], {"kind": "attention"}),
    "dot-product-attention": (["T", "d"], {"kind": "dot-product-attention"}),
    "rnn": ([3, "f"], {"kind": "rnn", "units": "u", "returns": "sequence"}),
    "lstm": ([2, "f"], {"kind": "lstm", "units": "u"}),
    "gru": ([2, "f"], {"kind": "gru", "units": "u"}),
    "gru, reset before": ([2, "f"], {"kind": "gru", "units": "u", "reset": "before"}),
    "embedding": (["T"], {"kind": "embedding", "vocabulary": "V", "units": "u"}),
    "layer-norm": (["T", "f"], {"kind": "layer-norm"}),
    "batch-norm, inference": (["f"], {"kind": "batch-norm", "mode": "inference"}),
}


def spec(inputs: Any, *layers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"network": {"inputs": inputs, "loss": "half-squared-error", "layers": list(layers)}, **more}


@pytest.mark.parametrize("case", NAMED)
def test_sizes_may_be_names(case: str) -> None:
    """Derived once for every size: each partial has an index form, and the solution is written."""
    inputs, layer = NAMED[case]
    p = understood(spec(inputs, layer))
    steps = steps_of(p)
    for name in (*p.parameters, "x"):
        assert index.reading(steps.adjoint(name))
    assert sb.derive(p).solution().render("markdown")


def test_steps_are_a_number() -> None:
    with pytest.raises(SymbackpropError, match="how many steps there are is a number, not 'T'"):
        understood(spec(["T", 2], {"kind": "rnn", "units": 2}))


# ---- shared parameters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_gradient_of_a_shared_parameter_is_a_sum_over_the_steps(kind: str) -> None:
    steps = steps_of(understood(spec([3, 2], {"kind": kind, "units": 2})))
    for name in steps.graph.parameters:
        flows = [s for s in steps.steps if s.left.op == "flow" and s.of == name]
        assert len(flows) == (2 if name[0] in "U" or name[:2] in ("Wf", "bf") else 3), name
        assert steps.adjoint(name).rule == "collect"


def test_updated_weights_have_no_place_in_a_recurrent_layer() -> None:
    with pytest.raises(SymbackpropError, match="takes its weights at every step"):
        understood(spec([2, 1], {"kind": "rnn", "units": 1}, training={"hidden-deltas-from": "updated-weights"}))


# ---- masks ---------------------------------------------------------------------------------------------------------


def attending(scale: int, mask: Any) -> Problem:
    x = [[1, 0], [-1, 2], [scale, 3]]
    layer = {"kind": "dot-product-attention", "mask": mask}
    return understood(spec([3, 2], layer, data={"inputs": [x], "targets": [[[0, 0]] * 3]}))


def test_a_masked_score_has_the_weight_0_exactly() -> None:
    for mask, hidden in (
        ("causal", {(0, 1), (0, 2), (1, 2)}),
        ([[1, 1, 0], [0, 0, 1], [1, 1, 1]], {(0, 2), (1, 0), (1, 1)}),
    ):
        weights = sb.derive(attending(1, mask)).results["ref", "P1"]
        zeros = {(j, k) for j in range(3) for k in range(3) if doubles(weights[j][k]) == 0.0}
        assert zeros == hidden
        assert [round(sum(map(doubles, row)), 12) for row in weights] == [1, 1, 1]


@pytest.mark.parametrize("target", ["python", "numpy"])
def test_masks_are_stable_in_floating_point(target: str) -> None:
    """A masked score thousands above the others: neither 0/0 nor an overflow."""
    p = attending(3000, "causal")
    d = sb.derive(p)
    numbers = {name: doubles(value) for name, value in p.values.items()}
    error, gradients = lambdify(d.derivation, target, wrt=["x"])(**numbers)
    assert error == pytest.approx(doubles(d.results["ref", "E"]), rel=1e-12)
    for ours, exact in zip(gradients["x"], doubles(d.results["adjoint", "x"]), strict=True):
        assert list(ours) == pytest.approx(exact, rel=1e-9, abs=1e-9)


# ---- samples that act on each other --------------------------------------------------------------------------------


def test_each_sample_acts_on_the_outputs_of_all() -> None:
    p = problem_of("batch-norm", 3)
    moved = p.replace(values={**p.values, "x": (tuple(v + 1 for v in p.values["x"][0]), *p.values["x"][1:])})
    before, after = (doubles(sb.derive(q).results["ref", "a3"]) for q in (p, moved))
    assert all(a != b for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("target", ["python", "numpy"])
def test_a_function_takes_the_samples_of_its_derivation(target: str) -> None:
    """They act on each other, so that they are no batch of single ones: x leads with them, and with nothing else."""
    p = problem_of("batch-norm", 3)
    d = sb.derive(p)
    numbers = {name: doubles(value) for name, value in p.values.items()}
    f = d.lambdify(target)
    error, gradients = f(**numbers)
    assert error == pytest.approx(doubles(d.results["ref", "E"]), rel=1e-12)
    for name in p.parameters:
        exact = flat(doubles(d.results["adjoint", name]))
        assert flat(gradients[name]) == pytest.approx(exact, rel=1e-9, abs=1e-12)
    assert "a batch" not in f.source


def test_the_mean_error_of_samples_that_act_on_each_other() -> None:
    p = problem_of("batch-norm", 3).replace(reduction="mean")
    assert agreed(p)


def agreed(p: Problem) -> bool:
    """What independent routes say of a derivation's adjoints."""
    results = sb.derive(p).results
    adjoints = {name: value for (op, name), value in results.items() if op == "adjoint" and "." not in name}
    return oracle.check(p, adjoints, only=("central differences", "complex step")).agrees


def equations(program: list[str], samples: int, **more: Any) -> dict[str, Any]:
    made = {"program": program, "error": "E", "parameters": ["w"]}
    rows = [{"x": [k, 2 * k]} for k in range(1, samples + 1)]
    return {"equations": made, "values": {"w": [1, 2]}, "samples": rows, **more}


def test_a_mean_over_samples_in_equations() -> None:
    d = sb.derive(understood(equations(["m = batch_mean(w*x)", "E = sum((w*x - m)**2)/2"], 3)))
    assert d.results["ref", "m"] == (2, 8)
    assert d.results["ref", "E"] == 1 + 16
    assert d.results["adjoint", "w"] == (2, 16)


def test_a_mean_over_samples_and_places() -> None:
    d = sb.derive(understood(equations(["m = batch_mean(w*x, axis=0)", "E = m**2"], 3)))
    assert d.results["ref", "m"] == Fraction(5)


@pytest.mark.parametrize(
    ("program", "samples", "more", "message"),
    [
        (["E = sum(batch_mean(w*x))"], 1, {}, "a mean over samples, and there is one sample only; give two or more"),
        (["E = sum(batch_mean(w*x))"], 3, {"training": {"order": "sequential"}}, "there is one sample only"),
        (["m = batch_mean(w)", "E = sum(m*x)"], 3, {}, "is the same for every sample"),
        (["m = batch_mean(batch_mean(w*x))", "E = sum(m*x)"], 3, {}, "is the same for every sample"),
    ],
)
def test_where_a_mean_over_samples_has_no_place(program: list[str], samples: int, more: Any, message: str) -> None:
    with pytest.raises(SymbackpropError, match=message):
        understood(equations(program, samples, **more))


# ---- words ---------------------------------------------------------------------------------------------------------


def test_every_draw_of_words_is_read_in_equal() -> None:
    draw = random.Random(1)
    layer = {"kind": "embedding", "vocabulary": 5, "units": 2}
    for samples in (1, 3):
        words = [[draw.randrange(5) for _ in range(4)] for _ in range(samples)]
        data = {"inputs": words, "targets": [[[0, 0]] * 4] * samples}
        p = understood(spec(4, layer, data=data))
        assert loads(dumps(p)) == p
        rows = p.values["x"] if samples > 1 else (p.values["x"],)
        assert [[row.index(1) for row in sample] for sample in rows] == words


# ---- what is told --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("example", ["rnn", "batchnorm"])
def test_the_examples_are_worked_out(example: str, language: str, checkout: Path) -> None:
    d = sb.derive(sb.load(checkout / "examples" / f"{example}.toml"))
    told = sb.solution(d, lang=language)
    for form in ("markdown", "latex", "typst"):
        assert told.render(form)
    assert agreed(d.problem)


@pytest.mark.parametrize("case", ["residual", "attention", "batch-norm", "lstm"])
def test_ways_back_have_numbers_in_the_data(case: str) -> None:
    """Also where a gradient is 0 exactly, as that of the biases of keys: all scores of a query move alike."""
    data = sb.derive(problem_of(case)).data()
    assert all(step["substituted"] for step in data["steps"] if step["rule"] != "update")
    if case == "attention":
        assert set(flat(data["adjoints"]["bK1"])) == {0.0}


def flat(rows: Any) -> list[float]:
    return [value for row in rows for value in flat(row)] if hasattr(rows, "__len__") else [rows]


def test_the_sum_over_the_steps_is_written_out(checkout: Path) -> None:
    text = sb.solution(sb.derive(sb.load(checkout / "examples/rnn.toml"))).render("markdown")
    assert isinstance(text, str)
    steps = (r"\frac{\partial E}{\partial z_{1}^{(1,%d)}}" % t for t in (3, 2, 1))  # noqa: UP031 - braces of LaTeX
    assert r"\frac{\partial E}{\partial b_{1}^{(1)}} & = " + " + ".join(steps) in text


def test_what_needs_no_other_samples_does_not_say_so() -> None:
    text = sb.solution(sb.derive(problem_of("batch-norm, inference"))).render("markdown")
    assert "The mean and the variance are given." in text
    assert "taken over the samples" not in text


def test_a_mask_is_explained() -> None:
    masked, open_ = ("dot-product-attention, causal", "dot-product-attention")
    told = [sb.solution(sb.derive(problem_of(case))).render("markdown") for case in (masked, open_)]
    assert ["The mask M is 1" in text for text in told] == [True, False]
