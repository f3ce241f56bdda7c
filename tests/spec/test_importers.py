"""Trained models as problems, on small objects that look like those of the libraries: no framework is here."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.spec.importers import from_anything
from symbackprop.spec.importers.aten import ATEN
from symbackprop.spec.importers.names import RESERVED, Gate
from symbackprop.spec.words import MOST_NAME, name

HOSTILE = ("__import__", "a.b.weight", "0", "", "é", "x; import os", "lambda", "E", "relu", "_" * 80, "w" * 80)


class Tensor:
    """Numbers with a shape, as every library has them."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    @property
    def shape(self) -> tuple[int, ...]:
        out, rows = [], self.rows
        while isinstance(rows, list):
            out.append(len(rows))
            rows = rows[0]
        return tuple(out)

    def detach(self) -> Tensor:
        return self

    def tolist(self) -> Any:
        return self.rows


class Linear:
    def __init__(self, weight: Any, bias: Any = None) -> None:
        self.weight, self.bias = Tensor(weight), None if bias is None else Tensor(bias)


def layer(kind: str, **options: Any) -> Any:
    """An object of a class of this name."""
    return type(kind, (SimpleNamespace,), {})(**options)


class Sequential(list[Any]):
    training = False

    def named_parameters(self) -> list[Any]:
        return []

    def forward(self, x: Any) -> Any:
        return x


MLP = Sequential(
    [Linear([[0.1, -0.2], [0.3, 0.4]], [0.5, 0.25]), layer("ReLU"), Sequential([Linear([[1.0, 2.0], [3.0, 4.0]])])]
)


# ---- torch.nn.Sequential -------------------------------------------------------------------------------------------


def test_a_sequential_is_a_network_in_the_layers_form() -> None:
    p = sb.from_torch(MLP, loss="half-squared-error")
    assert p.program == (
        "z1 = W1 @ x + b1",
        "a1 = relu(z1)",
        "z2 = W2 @ a1",
        "a2 = z2",
        "Ek = (t - a2)**2/2",
        "E = sum(Ek)",
    )
    assert p.network is not None
    assert p.shapes["W1"] == (2, 2)
    assert "x" not in p.values


def test_a_weight_is_the_very_float() -> None:
    p = sb.from_torch(MLP)
    assert p.values["W1"][0][0] == Fraction(0.1) != Fraction(1, 10)


def test_data_are_the_decimals_that_are_written() -> None:
    p = sb.from_torch(MLP, inputs=[[0.1, 0.2]], targets=[[0, 1]])
    assert p.values["x"] == (Fraction(1, 10), Fraction(1, 5))
    assert float(sb.derive(p).results["ref", "E"]) > 0


@pytest.mark.parametrize(
    ("last", "loss"), [("Softmax", "cross-entropy"), ("LogSoftmax", "cross-entropy"), ("Sigmoid", "half-squared-error")]
)
def test_the_loss_that_is_taken_is_told(last: str, loss: str) -> None:
    p = sb.from_torch(Sequential([*MLP, layer(last, dim=-1)]))
    assert p.network is not None
    assert p.network.loss == loss
    assert any(loss in warning for warning in p.warnings)


def test_a_convolution_with_pooling_is_in_the_layers_form_too() -> None:
    conv = layer(
        "Conv2d", weight=Tensor([[[[0.5, 1.0], [2.0, 0.25]]]]), bias=Tensor([0.5]), out_channels=1, kernel_size=(2, 2),
        stride=(1, 1), padding=(1, 1), dilation=(1, 1), groups=1, padding_mode="zeros",
    )  # fmt: skip
    pool = layer("MaxPool2d", kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    flat = layer("Flatten", start_dim=1, end_dim=-1)
    model = Sequential([conv, layer("ReLU"), pool, flat, Linear([[1.0]])])
    p = sb.from_torch(model, inputs=(1, 2, 2))
    assert p.program[:3] == (
        "z1 = conv(x, W1, padding=1) + b1[:, None, None]",
        "a1 = relu(z1)",
        "a2 = max_pool(a1, (2, 2))",
    )
    with pytest.raises(SpecError, match="does not say what shape one sample has; give one as inputs="):
        sb.from_torch(model)


def test_a_loss_that_is_given_needs_no_words() -> None:
    p = sb.from_torch(Sequential([*MLP, layer("Softmax", dim=-1)]), loss="mse")
    assert p.network is not None
    assert (p.network.loss, p.warnings) == ("mean-squared-error", ())
    with pytest.raises(SpecError, match="did you mean 'cross-entropy'"):
        sb.from_torch(MLP, loss="cross-entropi")


@pytest.mark.parametrize(
    "odd", [layer("Frobnicate"), layer("LeakyReLU", negative_slope=0.3), layer("Dropout", training=True)]
)
def test_a_layer_that_is_not_known_is_named_with_those_that_are(odd: Any) -> None:
    with pytest.raises(SpecError, match=rf"{type(odd).__name__} is no layer .* known: Sequential, Linear, .*Identity"):
        sb.from_torch(Sequential([*MLP, odd]))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1j, "0.1"])
def test_a_number_that_is_none_is_refused(bad: Any) -> None:
    with pytest.raises(SpecError, match="finite real numbers"):
        sb.from_torch(Sequential([Linear([[bad, 1.0]])]))


def test_weights_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(SpecError, match="W2 has the shape"):
        sb.from_torch(Sequential([Linear([[1.0, 2.0]]), Linear([[1.0, 2.0]])]))


# ---- torch.export --------------------------------------------------------------------------------------------------


class Node:
    """A node of torch.export's graph."""

    def __init__(self, op: str, name: str, target: Any, *args: Any, shape: tuple[int, ...] = ()) -> None:
        self.op, self.name, self.target, self.args, self.kwargs = op, name, target, args, {}
        self.meta = {"val": SimpleNamespace(shape=shape)}

    @property
    def all_input_nodes(self) -> list[Node]:
        return [part for part in flat(self.args) if isinstance(part, Node)]


def flat(value: Any) -> list[Any]:
    return [inner for part in value for inner in flat(part)] if isinstance(value, list | tuple) else [value]


def exported(operator: str, *more: Any, wish: str = "fc.weight", held: float = 0.5) -> Any:
    """operator(x @ w.T)"""
    x, w = Node("placeholder", "x", "x", shape=(1, 2)), Node("placeholder", "p_w", "p_w", shape=(2, 2))
    z = Node("call_function", "linear", "aten.linear.default", x, w, shape=(1, 2))
    a = Node("call_function", "a_1", operator, z, *more, shape=(1, 2))
    dead = Node("call_function", "fft", "aten.fft_ifft.default", z, shape=(1, 2))
    out = Node("output", "output", "output", (a,))
    specs = [
        SimpleNamespace(arg=SimpleNamespace(name="x"), kind=SimpleNamespace(name="USER_INPUT"), target=None),
        SimpleNamespace(arg=SimpleNamespace(name="p_w"), kind=SimpleNamespace(name="PARAMETER"), target=wish),
    ]
    return SimpleNamespace(
        graph=SimpleNamespace(nodes=[x, w, z, a, dead, out]),
        graph_signature=SimpleNamespace(input_specs=specs),
        state_dict={wish: Tensor([[held, -1.0], [0.25, 2.0]])},
        constants={},
    )


def test_a_graph_becomes_equations() -> None:
    p = sb.from_torch(exported("aten.tanh.default"), inputs=[[1, 2]], targets=[[0, 1]])
    assert p.program[:2] == ("linear1 = x @ fc_weight.T", "a1 = tanh(linear1)")
    assert p.parameters == ("fc_weight",)
    assert sb.derive(p).numeric


def test_an_operator_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(SpecError) as told:
        sb.from_torch(exported("aten.fft_fft.default"))
    assert "aten.fft_fft (at a_1)" in str(told.value)
    assert "aten.relu" in str(told.value)
    assert "fft_ifft" not in str(told.value)  # nothing depends on that one


def test_dropout_in_training_is_refused() -> None:
    with pytest.raises(SpecError, match=r"call model.eval\(\) first"):
        sb.from_torch(exported("aten.dropout.default", 0.5, True))
    assert sb.from_torch(exported("aten.dropout.default", 0.5, False)).program[0] == "linear1 = x @ fc_weight.T"


def test_data_of_another_shape_are_refused() -> None:
    with pytest.raises(SpecError, match=r"x has .* expected 1 × 2"):
        sb.from_torch(exported("aten.tanh.default"), inputs=[[1, 2, 3]], targets=[[0, 1]])


@pytest.mark.parametrize("wish", HOSTILE)
def test_hostile_names_come_out_fit_for_the_gate(wish: str) -> None:
    p = sb.from_torch(exported("aten.relu.default", wish=wish))
    (parameter,) = p.parameters
    assert name(parameter) == parameter
    assert parameter not in RESERVED
    assert sb.loads(whole(p)).program == p.program


@given(st.lists(st.text(max_size=60), max_size=12))
def test_each_name_passes_the_gate_and_is_handed_out_once(wishes: list[str]) -> None:
    gate = Gate()
    names = [*map(gate, wishes), *map(gate.numbered, wishes)]
    assert [name(n) for n in names] == names
    assert len({*names}) == len(names)
    assert not RESERVED & {*names}
    assert max(map(len, names), default=0) <= MOST_NAME


def test_rows_of_the_table_are_called_as_pytorch_calls_them() -> None:
    assert all(key.startswith("aten.") for key in ATEN if key != "getitem")


# ---- Keras ---------------------------------------------------------------------------------------------------------


class Symbol:
    """A KerasTensor."""

    def __init__(self, shape: tuple[int | None, ...], history: Any = None) -> None:
        self.shape, self._keras_history = shape, history


def called(made: Any, *before: Symbol, shape: tuple[int | None, ...]) -> Symbol:
    made._inbound_nodes = [SimpleNamespace(input_tensors=list(before))]
    return Symbol(shape, (made, 0, 0))


def tanh(z: float) -> float:
    return z


def linear(z: float) -> float:
    return z


def dense(name: str, function: Any = tanh) -> Any:
    held = Tensor([[0.1, 0.2], [0.3, 0.4]])
    return layer("Dense", name=name, activation=function, kernel=held, bias=Tensor([0.0, 1.0]), use_bias=True)


def keras_model(output: Symbol, source: Symbol, **words: Any) -> Any:
    return SimpleNamespace(inputs=[source], outputs=[output], layers=[], get_weights=list, **words)


def test_a_keras_chain_is_a_network_in_the_layers_form() -> None:
    x = Symbol((None, 2))
    p = sb.from_keras(keras_model(called(dense("__import__"), x, shape=(None, 2)), x, loss="categorical_crossentropy"))
    assert p.program[:2] == ("z1 = W1 @ x + b1", "a1 = tanh(z1)")
    assert p.values["W1"][0] == (Fraction(0.1), Fraction(0.3))  # a row for each unit, where Keras has a column
    assert p.network is not None
    assert p.network.loss == "cross-entropy"


def test_a_keras_graph_is_equations() -> None:
    x = Symbol((None, 2))
    h = called(dense("__import__"), x, shape=(None, 2))
    y = called(layer("Add", name="add"), x, h, shape=(None, 2))
    p = sb.from_keras(keras_model(y, x), inputs=[[1, 2], [3, 4]], targets=[[0, 1], [1, 0]])
    assert p.program[:2] == ("import1 = tanh(x @ import_kernel + import_bias)", "add1 = x + import1")
    assert p.samples == 2
    assert sb.derive(p).numeric


def test_a_keras_layer_that_is_not_known_is_named() -> None:
    x = Symbol((None, 2))
    with pytest.raises(SpecError, match=r"Lambda \(at mine\); known: Activation, .*Conv2D"):
        sb.from_keras(keras_model(called(layer("Lambda", name="mine"), x, shape=(None, 2)), x))


def test_a_loss_of_logits_is_asked_about() -> None:
    x = Symbol((None, 2))
    model = keras_model(called(dense("d", linear), x, shape=(None, 2)), x, loss=SimpleNamespace(from_logits=True))
    with pytest.raises(SpecError, match="takes logits"):
        sb.from_keras(model)
    assert sb.from_keras(model, loss="squared-error").network is not None


# ---- scikit-learn --------------------------------------------------------------------------------------------------


def mlp(**changes: Any) -> Any:
    fitted = {"coefs_": [[[0.1, 0.2], [0.3, 0.4]], [[1.0], [2.0]]], "intercepts_": [[0.0, 0.5], [0.25]]}
    words = {"activation": "logistic", "out_activation_": "identity", "loss": "squared_error", "alpha": 0.0}
    return SimpleNamespace(**{**fitted, **words, "partial_fit": None, "hidden_layer_sizes": (2,), **changes})


def test_a_regressor_is_half_the_squared_error_and_a_mean_over_samples() -> None:
    p = sb.from_sklearn(mlp())
    assert p.program[1] == "a1 = sigmoid(z1)"
    assert p.values["W1"][0] == (Fraction(0.1), Fraction(0.3))
    assert p.network is not None
    assert (p.network.loss, p.reduction, p.warnings) == ("half-squared-error", "mean", ())


@pytest.mark.parametrize(("last", "loss"), [("logistic", "binary-cross-entropy"), ("softmax", "cross-entropy")])
def test_a_classifier_has_its_log_loss(last: str, loss: str) -> None:
    columns = [[1.0, 2.0], [3.0, 4.0]]
    p = sb.from_sklearn(
        mlp(out_activation_=last, loss="log_loss", coefs_=[columns], intercepts_=[[0.0, 0.5]], alpha=0.1)
    )
    assert p.network is not None
    assert p.network.loss == loss
    assert "alpha = 0.1" in p.warnings[0]


def test_one_that_is_not_fitted_is_told_so() -> None:
    with pytest.raises(SpecError, match="call its fit first"):
        sb.from_sklearn(layer("MLPRegressor"))


def test_a_loss_that_is_not_known_is_named() -> None:
    with pytest.raises(SpecError, match="the loss 'poisson' on 'identity' outputs is not known"):
        sb.from_sklearn(mlp(loss="poisson"))


# ---- specs, files, the command -------------------------------------------------------------------------------------


def whole(problem: Any) -> str:
    from symbackprop.writers.spec import whole

    return whole(problem)


def test_a_spec_with_its_npz_loads_back_equal(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from symbackprop.writers.spec import write_spec

    mlp = Sequential([Linear([[0.1, 0.2]]), *[layer("Tanh")]])
    for k, p in enumerate([sb.from_torch(mlp), sb.from_torch(exported("aten.relu.default", held=0.1))]):
        first, second = write_spec(p, tmp_path / f"m{k}.toml")
        assert {first.name, second.name} == {f"m{k}.toml", f"m{k}.npz"}
        back = sb.load(first)
        assert (back.program, back.values, back.shapes) == (p.program, p.values, p.shapes)


def test_nothing_is_left_where_the_spec_cannot_be_written(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from symbackprop.writers.spec import write_spec

    (tmp_path / "m.toml").mkdir()
    with pytest.raises(sb.OutputError):
        write_spec(sb.from_torch(MLP), tmp_path / "m.toml")
    assert [p.name for p in tmp_path.iterdir()] == ["m.toml"]
    with pytest.raises(sb.OutputError, match="a spec is a TOML file"):
        write_spec(sb.from_torch(MLP), tmp_path / "m.npz")


def test_a_file_that_is_no_onnx_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    with pytest.raises(SpecError, match="there is no such file"):
        sb.from_onnx(tmp_path / "none.onnx")
    for content in (b"", b"\x80\x04K\x01.", b"[network]"):
        (tmp_path / "m.onnx").write_bytes(content)
        with pytest.raises(SpecError, match="this is no ONNX file"):
            sb.from_onnx(tmp_path / "m.onnx")


SUFFIXES = ".pt .pth .ckpt .pkl .pickle .joblib .h5 .keras .PKL".split()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_pickle_is_refused_unread(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{suffix}"  # it is not even there
    with pytest.raises(SpecError, match=r"may be a pickle.*mine:model"):
        from_anything(str(path))


MODULE = """
class Linear:
    def __init__(self, weight): self.weight, self.bias = weight, None
class Sequential(list):
    training = False
    def named_parameters(self): return []
    def forward(self, x): return x
model = Sequential([Linear([[0.5, 0.25]])])
def made(): return model
def broken(): raise ValueError("no\\x1b luck")
number = 3
"""


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from symbackprop.cli import main; main()", "import", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("what", ["model", "made"])
def test_an_object_or_what_makes_one_is_imported(what: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    done = run(f"mine:{what}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no loss is given: half-squared-error is taken" in done.stderr
    assert sb.loads(done.stdout).values["W1"] == ((Fraction(1, 2), Fraction(1, 4)),)
    assert run(f"mine:{what}", "-o", "s.toml", "--loss", "mse", cwd=tmp_path).returncode == 0
    assert (tmp_path / "s.toml").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine:broken"], "mine:broken: broken() does not return a model: ValueError: no\\x1b luck"),
        (["mine:number"], "a int is no model that is known"),
        (["mine:none"], "mine has no 'none'"),
        (["nobody:model"], "there is no module 'nobody' here"),
        (["faulty:model"], "faulty cannot be imported: ZeroDivisionError"),
        (["mine.py"], "or module:object, such as mine:model"),
        (["__import__('os'):x"], "or module:object, such as mine:model"),
        (["w.pt"], "w.pt: a .pt file may be a pickle"),
        (["mine:model", "--inputs", "3,a"], "'3,a' is no shape"),
        (["mine:model", "--loss", "msee"], "msee"),
    ],
)
def test_what_cannot_be_imported_ends_with_2_and_says_why(words: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "faulty.py").write_text("1/0\n", encoding="utf-8")
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert said in done.stderr
    assert "Traceback" not in done.stderr
