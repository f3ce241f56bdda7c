"""What a spec becomes: its program, its leaves and its exact numbers; from TOML and from Python."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symbackprop.errors import SpecError
from symbackprop.reader.array import statement
from symbackprop.spec import (
    Data,
    Dense,
    Figure,
    Network,
    Presentation,
    Source,
    Training,
    load,
    loads,
    problem,
    understood,
)
from symbackprop.spec.layers import ANY_ACTIVATION
from symbackprop.tables.losses import LOSSES

F = Fraction


@pytest.fixture
def mazur(checkout: Path) -> Any:
    return load(checkout / "examples" / "mazur.toml")


def made_mazur(**changes: Any) -> Any:
    words: dict[str, Any] = {
        "title": "Mazur's 2-2-2 network",
        "data": Data(inputs=[[0.05, 0.10]], targets=[[0.01, 0.99]]),
        "training": Training(rate=0.5, train=["weights"]),
        "presentation": Presentation(notation="mazur"),
        "source": Source(
            title="A Step by Step Backpropagation Example",
            author="Matt Mazur",
            year=2015,
            url="https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/",
            figures=[
                Figure(label="the error", of="/trajectory/1/error", printed="0.291027924"),
                Figure(label="the first output", of="/values/a2/0", after=10000, printed="0.015912196"),
                Figure(label="the second output", of="/values/a2/1", after=10000, printed="0.984065734"),
            ],
        ),
    }
    layers = [
        Dense(units=2, activation="sigmoid", bias="shared", weights=[[0.15, 0.2], [0.25, 0.3]], biases=0.35),
        Dense(units=2, activation="sigmoid", bias="shared", weights=[[0.4, 0.45], [0.5, 0.55]], biases=0.6),
    ]
    return problem(Network(inputs=2, loss="half-squared-error", layers=layers), **words | changes)


def test_mazur(mazur: Any) -> None:
    assert mazur.title == "Mazur's 2-2-2 network"
    assert mazur.program == (
        "z1 = W1 @ x + b1",
        "a1 = sigmoid(z1)",
        "z2 = W2 @ a1 + b2",
        "a2 = sigmoid(z2)",
        "Ek = (t - a2)**2/2",
        "E = sum(Ek)",
    )
    assert mazur.error == "E"
    assert mazur.shapes == {"x": (2,), "W1": (2, 2), "b1": (), "W2": (2, 2), "b2": (), "t": (2,)}
    assert mazur.values["W1"] == ((F(3, 20), F(1, 5)), (F(1, 4), F(3, 10)))
    assert mazur.values["b1"] == F(7, 20)
    assert mazur.values["x"] == (F(1, 20), F(1, 10))
    assert (mazur.inputs, mazur.targets) == (("x",), ("t",))
    assert mazur.parameters == ("W1", "b1", "W2", "b2")
    assert mazur.train == ("W1", "W2")
    assert (mazur.samples, mazur.reduction) == (None, "sum")
    assert (mazur.training.rate, mazur.training.steps, mazur.training.order) == (F(1, 2), 1, "batch")
    assert (mazur.presentation.notation, mazur.presentation.digits) == ("mazur", 9)
    assert mazur.source.figures[0].printed == "0.291027924"
    assert mazur.path.name == "mazur.toml"


def test_the_same_made_in_python(mazur: Any) -> None:
    assert made_mazur() == mazur


def test_a_problem_with_other_numbers(mazur: Any) -> None:
    other = mazur.replace(values=mazur.values | {"b1": F(0)})
    assert other.values["b1"] == 0
    assert other.program == mazur.program
    assert other != mazur


def test_several_samples_lead_with_an_axis(checkout: Path) -> None:
    batch = load(checkout / "examples" / "batch.toml")
    assert (batch.samples, batch.reduction) == (4, "mean")
    assert batch.shapes["x"] == (2,)
    assert batch.values["x"] == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert batch.values["t"] == ((0,), (1,), (1,), (0,))
    assert batch.train == batch.parameters == ("W1", "b1", "W2", "b2")


def test_softmax_and_its_loss(checkout: Path) -> None:
    softmax = load(checkout / "examples" / "softmax.toml")
    assert softmax.program[-4:] == ("z3 = W3 @ a2 + b3", "a3 = softmax(z3)", "Ek = -t*log(a3)", "E = sum(Ek)")


LAYER = '[[network.layers]]\nunits = {units}\nactivation = "{activation}"\nbias = "{bias}"\n'


def small(loss: str = "squared-error", units: str = "3", activation: str = "tanh", bias: str = "unit") -> str:
    head = f'[network]\ninputs = 2\nloss = "{loss}"\n'
    return head + LAYER.format(units=units, activation=activation, bias=bias)


@pytest.mark.parametrize("activation", ANY_ACTIVATION)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_activation_and_loss_gives_a_program_that_reads(activation: str, loss: str) -> None:
    found = loads(small(loss=loss, activation=activation))
    assert [statement(line).name for line in found.program] == ["z1", "a1", "Ek", "E"]


def test_identity_is_no_function() -> None:
    assert loads(small(activation="identity")).program[1] == "a1 = z1"


@pytest.mark.parametrize(("bias", "line", "shape"), [("none", "z1 = W1 @ x", None), ("shared", "z1 = W1 @ x + b1", ())])
def test_a_layer_says_how_many_biases_it_has(bias: str, line: str, shape: tuple[int, ...] | None) -> None:
    found = loads(small(bias=bias))
    assert found.program[0] == line
    assert found.shapes.get("b1") == shape


def test_sizes_may_be_names() -> None:
    found = loads(small(units='"n"').replace("inputs = 2", 'inputs = "m"'))
    assert found.shapes == {"x": ("m",), "W1": ("n", "m"), "b1": ("n",), "t": ("n",)}
    assert (found.values, found.samples) == ({}, None)


def test_a_mean_over_units_stays_in_the_program() -> None:
    assert loads(small(loss="mean-squared-error")).program[-2:] == ("Ek = (t - a1)**2", "E = mean(Ek)")


def test_defaults() -> None:
    found = loads(small())
    assert (found.training.rate, found.training.optimizer, found.training.steps) == (None, "sgd", 1)
    assert (found.reduction, found.presentation.digits, found.presentation.significant) == ("sum", 9, None)
    assert found.train == found.parameters


def test_only_biases_move() -> None:
    assert loads(small() + '[training]\ntrain = ["biases"]\n').train == ("b1",)


def test_targets_sum_to_one_exactly() -> None:
    thirds = small(loss="cross-entropy") + '[data]\ninputs = [[1, 2]]\ntargets = [["1/3", "1/3", "1/3"]]\n'
    assert loads(thirds).values["t"] == (F(1, 3),) * 3
    with pytest.raises(SpecError, match=r"these sum to 0\.9999"):
        loads(thirds.replace('"1/3"', "0.3333"))


def test_a_problem_goes_to_another_process(mazur: Any) -> None:
    assert pickle.loads(pickle.dumps(mazur)) == mazur


def test_a_file_s_name_is_a_title_only_where_it_can_be_printed(tmp_path: Path) -> None:
    for name, title in (("net", "net"), ("n\u202eet", "")):
        (tmp_path / f"{name}.toml").write_text(small())
        assert load(tmp_path / f"{name}.toml").title == title


def test_data_that_another_program_has_read() -> None:
    data = {"network": {"inputs": 2, "loss": "mse", "layers": []}}
    with pytest.raises(SpecError) as error:
        understood(data, "quiz.toml")
    assert str(error.value).split("\n") == [
        "quiz.toml: network.loss: no loss is called 'mse'; write 'mean-squared-error' instead"
        " (symbackprop list losses)",
        "quiz.toml: network.layers: there are no layers; write [[network.layers]] above each layer",
    ]


# --- faults of what is made in Python ----------------------------------------------------------------------------


def test_a_faulty_table_made_in_python_tells_all_its_faults() -> None:
    with pytest.raises(SpecError) as error:
        Dense(units=0, activation="sigmiod", neurons=2)
    assert [(fault.place.file, fault.place.line, fault.place.key) for fault in error.value.faults] == [
        (None, None, "units"),
        (None, None, "activation"),
        (None, None, "neurons"),
    ]


def test_in_python_a_key_has_underscores() -> None:
    assert Training(hidden_deltas_from="updated-weights").hidden_deltas_from == "updated-weights"
    with pytest.raises(SpecError, match="hidden-deltas-from cannot be 'new'; write 'updated-weights' instead"):
        Training(hidden_deltas_from="new")


def test_tables_within_tables_tell_their_faults_too() -> None:
    with pytest.raises(SpecError) as error:
        Network(inputs=2, loss="mse", layers=[{"units": 2, "activation": "tanh", "weights": [[float("nan")]]}])
    assert [fault.place.key for fault in error.value.faults] == ["loss", "layers[0].weights[0][0]"]


def test_words_that_do_not_fit_together() -> None:
    with pytest.raises(SpecError, match="weights has 1 row of 3, expected 2 rows of 2"):
        problem(
            Network(
                inputs=2,
                loss="squared-error",
                layers=[Dense(units=2, activation="tanh", weights=[[1, 2, 3]])],
            )
        )


def test_words_are_frozen() -> None:
    layer = Dense(units=2, activation="tanh")
    with pytest.raises(ValueError, match="frozen"):
        layer.units = 3
