"""The exam file: every fault at once, each with its line, its key and what to write instead."""

from __future__ import annotations

import json
import tomllib
from fractions import Fraction
from typing import Any

import pytest
from exam_texts import EXAMPLES, exam, planned
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.exams.model import schema
from symbackprop.exams.plan import load, loads
from symbackprop.exams.variants import variants
from symbackprop.templating import templates_folder

ASK = 'kind = "partial"; ask = "w5"'

FAULTS = {
    "no network": ('[[question]]\nkind = "error"\n', "network: the network is missing"),
    "no questions": ('network = "mazur.toml"\n', "question: "),
    "a kind": (
        exam('kind = "partials"; ask = "w5"'),
        "question[0].kind: kind cannot be 'partials'; did you mean 'partial'?",
    ),
    "a key": (exam('kind = "partial"; aks = "w5"'), "question[0].aks: there is no key 'aks' here; did you mean 'ask'?"),
    "points": (exam('kind = "error"; points = 0'), "question[0].points: 0 is not positive"),
    "a range": (exam(ASK, draw="[draw]\nweights = { min = 0.1, max = 0.9 }"), "draw.weights: this range has no 'step'"),
    "turned": (exam(ASK, draw="[draw]\nw1 = { min = 0.9, max = 0.1, step = 0.1 }"), "draw.w1: 'max' is below 'min'"),
    "too fine": (exam(ASK, draw="[draw]\nw1 = { min = 0, max = 1, step = 1e-9 }"), "at most 100,000 are allowed"),
    "a name": (
        exam(ASK, draw="[draw]\nw11 = [0.1, 0.2]"),
        "draw.w11: nothing is called 'w11' here; did you mean 'w1'?",
    ),
    "computed": (exam(ASK, draw="[draw]\nout_h1 = [0.1, 0.2]"), "draw.out_h1: out_h1 is computed on the way"),
    "an activation": (
        exam(ASK, draw='[draw]\nactivations = ["sigmoyd"]'),
        "draw.activations[0]: no activation is called",
    ),
    "a loss": (exam(ASK, draw='[draw]\nlosses = ["squared"]'), "draw.losses[0]: no loss is called 'squared'"),
    "units": (exam(ASK, draw='[draw]\nunits = ["two"]'), "draw.units[0]: "),
    "rows": (exam(ASK, draw="[draw]\ntargets = [[1, 0, 0]]"), "draw.targets: rows of 3 numbers"),
    "digits": (exam(ASK, digits=1), "tolerance.digits: 1 is too small; write 2 to 9"),
    "language": (exam(ASK, more='[presentation]\nlanguage = "de"'), "presentation.language: language cannot be 'de'"),
    "an empty list": (exam(ASK, draw="[draw]\nweights = []"), "draw.weights: a range { min = 0.1"),
    "uneven rows": (exam(ASK, draw="[draw]\ntargets = [[1, 0], [1]]"), "draw.targets: numbers are wanted, or rows"),
    "a file": (exam(ASK, network="nope.toml"), "nope.toml"),
    "no kind": (exam('ask = "w5"'), 'question[0].kind: the kind is missing; write kind = "partial"'),
    "another table's key": (
        exam('kind = "error"; band = 1'),
        "there is no key 'band' here; write 'band' in [difficulty]",
    ),
    "asked of nothing": (exam('kind = "partial"; ask = []'), 'such as ["w5", "w1"], not an empty one'),
    "layers": (exam(ASK, draw='[draw]\nactivations = [["tanh"]]'), "draw.activations: 1 for 2 layers"),
}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_is_told_with_its_key(name: str) -> None:
    text, told = FAULTS[name]
    with pytest.raises(SymbackpropError) as error:
        loads(text, "exam.toml", EXAMPLES)
    assert told in str(error.value)
    assert str(error.value).startswith("exam.toml") or name == "a file"


def test_all_faults_at_once_with_their_lines() -> None:
    text = exam('kind = "partials"', 'kind = "error"; points = -1', digits=1)
    with pytest.raises(SpecError) as error:
        loads(text, "exam.toml", EXAMPLES)
    lines = [fault.place.line for fault in error.value.faults]
    assert len(lines) == 4  # a kind, points, digits, and that nothing is asked under [[question]]
    assert lines == sorted(lines)


def test_the_spec_itself_may_be_wrong() -> None:
    with pytest.raises(SpecError, match="no activation is called"):
        loads('[network.network]\ninputs = 2\nloss = "squared-error"\n[[network.network.layers]]\nunits = 1\n'
              'activation = "sigmoyd"\n[[question]]\nkind = "error"\n', "exam.toml")  # fmt: skip


def test_a_text_of_no_folder_names_no_file() -> None:
    with pytest.raises(SpecError, match="write the spec as a table"):
        loads(exam(ASK), "exam.toml")


# ---- whatever is in the file -----------------------------------------------------------------------------------------

KEYS = [
    "network",
    "draw",
    "question",
    "kind",
    "ask",
    "points",
    "choices",
    "weights",
    "w1",
    "W1",
    "min",
    "step",
    "digits",
]
WORDS = st.sampled_from(["", "w5", "W1", "net_h1", "faded", "relu", "softmax", "cnn.toml", "nope.toml", "id", "x" * 99])
NUMBERS = st.sampled_from([0, 1, -1, 9, 10**30, 0.05, -0.5, 1e300, float("nan"), float("inf"), True])
TABLES = st.recursive(
    WORDS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value).replace("NaN", "nan").replace("Infinity", "inf")


def places(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, part in inner for place in places(part, (*at, key)))]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_file_is_answered_with_a_traceback(data: st.DataObject) -> None:
    """Something of the quiz is left out, or is something else: variants come, or a SymbackpropError."""
    words = tomllib.loads((EXAMPLES / "quiz.toml").read_text("utf-8"))
    *path, last = data.draw(st.sampled_from(places(words)[1:]))
    table: Any = words
    for key in path:
        table = table[key]
    if data.draw(st.booleans()):
        del table[last]
    else:
        table[last] = data.draw(TABLES)
    text = "\n".join(f"{key} = {written(part)}" for key, part in words.items())
    try:
        (variant,) = variants(loads(text, "exam.toml", EXAMPLES), 1, 1)
    except SymbackpropError:
        return
    assert all(q.text and q.solution for q in variant.questions)


# ---- and the good twin -----------------------------------------------------------------------------------------------


def test_without_draw_parameters_and_inputs_are_drawn_from_twentieths() -> None:
    plan = planned(ASK, draw="")
    (topology,) = plan.topologies
    assert {s.name for s in topology.slots} == {"x", "W1", "b1", "W2", "b2"}
    assert all(s.grid.values == tuple(Fraction(k, 20) for k in range(1, 20)) for s in topology.slots)


def test_one_name_lies_over_its_group() -> None:
    plan = planned(ASK, draw="[draw]\nweights = { min = 0.1, max = 0.9, step = 0.1 }\nw1 = [0.5, 0.6]")
    grids = {(s.name, s.at): s.grid.values for s in plan.topologies[0].slots}
    assert grids["W1", (0, 0)] == (Fraction(1, 2), Fraction(3, 5))
    assert len(grids["W1", (0, 1)]) == 9
    assert all(name.startswith("W") for name, _ in grids)


def test_networks_are_drawn() -> None:
    draw = "[draw]\nweights = [0.1, 0.2]\nbiases = [0.1, 0.3]\ninputs = [0.2, 0.3]\n"
    draw += 'units = [2, 3]\nlosses = ["squared-error"]'
    plan = planned(ASK, draw=draw)
    assert [t.problem.shapes["W1"] for t in plan.topologies] == [(2, 2), (3, 2)]
    assert {t.problem.network.loss for t in plan.topologies if t.problem.network} == {"squared-error"}


def test_the_starting_file_is_an_exam() -> None:
    assert load(templates_folder() / "new" / "exam.toml").exam.title == "My quiz"


def test_every_key_has_a_description() -> None:
    made = schema()
    tables = [made, *made["$defs"].values()]
    assert all("description" in part or "$ref" in part for table in tables for part in table["properties"].values())
    assert made["$id"] == "symbackprop/exam/1"
