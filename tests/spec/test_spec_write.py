"""What is written loads back equal; the schema describes every key; the tables of hints prove themselves."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.layers.kinds import LAYERS
from symbackprop.spec import (
    Data,
    Dense,
    File,
    Network,
    Presentation,
    Source,
    Spec,
    Training,
    dumps,
    load,
    loads,
    problem,
)
from symbackprop.spec.faults import keys_of, parts
from symbackprop.spec.hints import KEYS, MISSING, VALUES
from symbackprop.spec.model import LANGUAGES
from symbackprop.spec.own import ANY_ACTIVATION
from symbackprop.spec.schema import schema
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS
from symbackprop.tables.optimizers import OPTIMIZERS

EXAMPLES = ("mazur", "softmax", "batch")

# --- any spec whatever -------------------------------------------------------------------------------------------

decimals = st.decimals(min_value=-(10**6), max_value=10**6, places=4).map(Fraction)
numbers = st.one_of(decimals, st.fractions(max_denominator=10**9).filter(lambda q: abs(q) < 10**20))
positive = numbers.filter(lambda q: q > 0)
lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=20)


def arrays(*sizes: int) -> st.SearchStrategy[Any]:
    if not sizes:
        return numbers
    return st.lists(arrays(*sizes[1:]), min_size=sizes[0], max_size=sizes[0])


@st.composite
def problems(draw: st.DrawFn) -> Any:
    sizes = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    layers = []
    for before, units in pairwise(sizes):
        bias = draw(st.sampled_from(["none", "shared", "unit"]))
        shape = {"shared": (), "unit": (units,)}.get(bias)
        layers.append(
            Dense(
                units=units,
                activation=draw(st.sampled_from(ANY_ACTIVATION)),
                bias=bias,
                weights=draw(st.none() | arrays(units, before)),
                biases=None if shape is None else draw(st.none() | arrays(*shape)),
            )
        )
    data = {}
    if draw(st.booleans()):
        samples = draw(st.integers(1, 3))
        data = {"inputs": draw(arrays(samples, sizes[0])), "targets": draw(arrays(samples, sizes[-1]))}
    rounding = {draw(st.sampled_from(["digits", "significant"])): draw(st.integers(1, 30))}
    losses = [name for name, loss in LOSSES.items() if loss.targets == "any"]
    return problem(
        Network(inputs=sizes[0], loss=draw(st.sampled_from(losses)), layers=layers),
        title=draw(lines),
        data=Data(**data, reduction=draw(st.sampled_from(["sum", "mean"]))),
        training=Training(
            rate=draw(st.none() | positive),
            train=draw(st.sampled_from([["weights"], ["weights", "biases"]])),
            hidden_deltas_from=draw(st.sampled_from(["old-weights", "updated-weights"])),
            order=draw(st.sampled_from(["batch", "sequential"])),
            steps=draw(st.integers(0, 1000)),
        ),
        presentation=Presentation(notation=draw(st.sampled_from(list(NOTATIONS))), language="id", **rounding),
        source=draw(st.none() | lines.map(lambda line: Source(title=line, url="https://example.org/"))),
    )


@given(problems())
def test_what_is_written_loads_back_equal(it: Any) -> None:
    assert loads(dumps(it)) == it


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_load_back_equal(checkout: Path, name: str) -> None:
    it = load(checkout / "examples" / f"{name}.toml")
    text = dumps(it)
    assert loads(text) == it
    assert dumps(loads(text)) == text


def test_how_it_looks() -> None:
    it = problem(
        Network(
            inputs=2,
            loss="half-squared-error",
            layers=[Dense(units=2, activation="tanh", weights=[[0.15, "1/3"], [2, 1e-9]], biases=[0.5, 0])],
        ),
        title='A "quoted" title',
        presentation=Presentation(significant=6),
    )
    assert dumps(it) == (
        'title = "A \\"quoted\\" title"\n\n'
        '[network]\ninputs = 2\nloss = "half-squared-error"\n\n'
        '[[network.layers]]\nkind = "dense"\nunits = 2\nactivation = "tanh"\nbias = "unit"\n'
        'weights = [[0.15, "1/3"], [2, 1e-9]]\nbiases = [0.5, 0]\n\n'
        '[data]\nreduction = "sum"\n\n'
        '[training]\noptimizer = "sgd"\ntrain = ["weights", "biases"]\nhidden-deltas-from = "old-weights"\n'
        'order = "batch"\nsteps = 1\n\n'
        '[presentation]\nnotation = "nielsen"\nlanguage = "en"\ndetail = "normal"\nsignificant = 6\n'
    )


def test_long_arrays_stand_in_rows() -> None:
    rows = [[0.123456789 + k for k in range(9)] for _ in range(2)]
    layer = Dense(units=2, activation="tanh", weights=rows)
    text = dumps(problem(Network(inputs=9, loss="squared-error", layers=[layer])))
    assert re.search(r"^weights = \[\n    \[0\.123456789, .*\],\n    \[0\.123456789, .*\],\n\]$", text, re.MULTILINE)


def test_changed_numbers_are_written() -> None:
    layer = Dense(units=1, activation="tanh", weights=[[1]], biases=[2])
    it = problem(Network(inputs=1, loss="squared-error", layers=[layer]))
    other = it.replace(values=it.values | {"W1": ((Fraction(5),),)})
    assert "weights = [[5]]" in dumps(other)
    assert loads(dumps(other)) == other


def test_a_spec_keeps_its_files() -> None:
    spec = Spec(
        network=Network(
            inputs=2,
            loss="squared-error",
            layers=[
                Dense(units=2, activation="tanh", weights=File(file="w.npz", array="W1"), biases={"file": "b.csv"})
            ],
        ),
        data=Data(file="train.csv"),
    )
    text = dumps(spec)
    assert 'weights = { file = "w.npz", array = "W1" }\nbiases = { file = "b.csv" }\n' in text
    assert '[data]\nfile = "train.csv"\n' in text


def test_a_number_that_cannot_be_written() -> None:
    layer = Dense(units=1, activation="tanh")
    it = problem(Network(inputs=1, loss="squared-error", layers=[layer]))
    with pytest.raises(SpecError, match="keep such numbers in an npz file"):
        dumps(it.replace(values={"W1": ((Fraction(1e-300),),)}))


# --- the schema --------------------------------------------------------------------------------------------------


def test_every_key_is_described() -> None:
    tables = [schema(), *schema()["$defs"].values()]
    for table in tables:
        for key, words in table["properties"].items():
            assert words.get("description"), key
        assert table["additionalProperties"] is False
    assert "null" not in json.dumps(schema())


def test_the_schema_names_the_rows_of_the_tables() -> None:
    found = schema()["$defs"]
    assert found["Dense"]["properties"]["activation"]["anyOf"][0]["enum"] == list(ANY_ACTIVATION)
    assert found["Network"]["properties"]["loss"]["anyOf"][0]["enum"] == list(LOSSES)
    assert found["Presentation"]["properties"]["notation"]["enum"] == list(NOTATIONS)
    assert found["Training"]["properties"]["hidden-deltas-from"]["default"] == "old-weights"


# --- the hints ---------------------------------------------------------------------------------------------------


def every_key(model: type[Any]) -> set[str]:
    return set(keys_of(model)).union(*(every_key(part.model) for part in parts(model)))


def test_every_hint_leads_to_something_that_is_there() -> None:
    keys = every_key(Spec)
    assert set(KEYS.values()) <= keys
    assert set(MISSING) <= keys
    allowed = {
        "activation": ANY_ACTIVATION,
        "loss": LOSSES,
        "kind": LAYERS,
        "bias": ("none", "shared", "unit"),
        "mode": ("training", "inference"),
        "returns": ("last", "sequence"),
        "optimizer": OPTIMIZERS,
        "train": ("weights", "biases"),
        "hidden-deltas-from": ("old-weights", "updated-weights"),
        "order": ("batch", "sequential", "mini-batch"),
        "reduction": ("sum", "mean"),
        "language": LANGUAGES,
    }
    assert set(VALUES) == set(allowed)
    for key, words in VALUES.items():
        assert set(words.values()) <= set(allowed[key]), key
        assert not set(words) & set(allowed[key]), key


def test_hints_are_written_as_they_are_looked_up() -> None:
    words = [*KEYS, *(word for values in VALUES.values() for word in values)]
    assert [word for word in words if word != word.lower() or "_" in word or " " in word] == []
