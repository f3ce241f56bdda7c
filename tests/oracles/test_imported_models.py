"""Real models: after import, the outputs are the library's and the gradients those of its own differentiation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.spec.importers import from_anything
from symbackprop.spec.importers.names import Gate
from symbackprop.spec.problem import Problem
from symbackprop.writers.spec import write_spec

RNG = np.random.default_rng(0)
EXACT, SINGLE = 1e-12, 1e-5


def floats(value: Any) -> Any:
    return np.array([floats(part) for part in value]) if isinstance(value, tuple) else float(value)


def ours(p: Problem) -> tuple[float, dict[str, Any]]:
    """The error and its gradient by the parameters, from our own derivation."""
    error, gradient = sb.derive(p).lambdify("numpy")(**{name: floats(v) for name, v in p.values.items()})
    return float(error), {name: np.array(gradient[name]) for name in p.parameters}


def close(found: Any, wanted: Any, to: float, what: str = "") -> None:
    largest = float(np.max(np.abs(wanted)))
    np.testing.assert_allclose(found, wanted, rtol=to, atol=to * max(largest, 1e-3), err_msg=what)


# ---- PyTorch -------------------------------------------------------------------------------------------------------

torch = pytest.importorskip("torch")
nn = torch.nn
torch.manual_seed(0)


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm = nn.Linear(3, 4), nn.LayerNorm(3)
        self.add_module("__import__", nn.Linear(4, 3))

    def forward(self, x: Any) -> Any:
        return self.norm(x + self.get_submodule("__import__")(torch.tanh(self.first(x))))


class Recurrent(nn.Module):
    def __init__(self, kind: Any, **words: Any) -> None:
        super().__init__()
        self.inner = kind(2, 3, batch_first=True, **words)
        self.out = nn.Linear(3 * (2 if words.get("bidirectional") else 1), 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.inner(x)[0][:, -1])


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rows, self.out = nn.Embedding(5, 3), nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        return torch.softmax(self.out(self.rows(x).mean(1)), -1)


class Moves(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.rand(4, 6))

    def forward(self, x: Any) -> Any:
        a, b = (x @ self.w).chunk(2, dim=1)
        y = torch.cat([a * torch.sigmoid(b), (a - 2 * b).clamp(-1, 0.4)], dim=1).view(-1, 2, 3).permute(0, 2, 1)
        return torch.stack([y.amax(2), y.var(2), y.pow(2).sum(2).sqrt()], dim=-1).flatten(1)[:, 1::2]


CNN = nn.Sequential(
    nn.Conv2d(2, 3, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3, 2), nn.Tanh()
)
NORMED = nn.Sequential(
    nn.Conv1d(2, 4, 3, groups=2), nn.BatchNorm1d(4), nn.SiLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten()
)
MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "mlp": (nn.Sequential(nn.Linear(3, 4), nn.ELU(), nn.Linear(4, 3), nn.Softmax(-1)), (3, 3)),
    "residual": (Residual(), (2, 3)),
    "cnn": (CNN, (2, 2, 4, 4)),
    "normed": (NORMED.eval(), (2, 2, 5)),
    "normed-training": (nn.Sequential(nn.Linear(3, 2, bias=False), nn.BatchNorm1d(2)), (4, 3)),
    "lstm": (Recurrent(nn.LSTM), (2, 3, 2)),
    "lstm-both-ways": (Recurrent(nn.LSTM, bidirectional=True, num_layers=2), (1, 2, 2)),
    "gru": (Recurrent(nn.GRU), (2, 3, 2)),
    "rnn": (Recurrent(nn.RNN, nonlinearity="relu", bias=False), (1, 3, 2)),
    "transformer": (nn.TransformerEncoderLayer(4, 2, 6, batch_first=True).eval(), (1, 3, 4)),
    "moves": (Moves(), (2, 4)),
}


def held(model: Any, x: Any, to: float) -> Problem:
    """Import the model, and hold the error and each gradient against autograd's."""
    model.zero_grad()
    y = model(x)
    t = torch.rand_like(y)
    error = ((t - y) ** 2).sum() / 2
    error.backward()
    p = sb.from_torch(model, inputs=x, targets=t, loss="half-squared-error")
    found, gradient = ours(p)
    close(found, error.item(), to)
    wanted = [q.grad.numpy() for q in model.parameters() if q.grad is not None]
    assert len(gradient) == len(wanted)
    for (name, slope), theirs in zip(sorted_by_model(gradient, model), wanted, strict=True):
        close(slope, theirs, to, name)
    return p


def sorted_by_model(gradient: dict[str, Any], model: Any) -> list[tuple[str, Any]]:
    """Our parameters in the order of the model's own: a program has them in the order of use."""
    names = [name for name, q in model.named_parameters() if q.grad is not None]
    if set(gradient) >= {"W1"}:
        return list(gradient.items())
    return [(name, gradient[Gate()(name)]) for name in names]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("kind", "to"), [("float64", EXACT), ("float32", SINGLE)])
def test_a_torch_model_has_the_gradients_of_autograd(name: str, kind: str, to: float, tmp_path: Path) -> None:
    model, sizes = MODELS[name]
    dtype = getattr(torch, kind)
    p = held(model.to(dtype), torch.as_tensor(RNG.uniform(-1, 1, sizes), dtype=dtype), to)
    back = sb.load(write_spec(p, tmp_path / "m.toml")[0])
    assert (back.program, back.shapes) == (p.program, p.shapes)
    assert {n: back.values[n] for n in p.parameters} == {n: p.values[n] for n in p.parameters}


def test_tokens_become_one_hot_rows() -> None:
    held(Tokens().double(), torch.tensor([[0, 3], [4, 1]]), EXACT)


def test_hostile_names_come_out_fit_for_the_gate() -> None:
    p = sb.from_torch(Residual(), inputs=(3,))
    assert "import_weight" in p.parameters
    assert p.shapes["x"] == (1, 3)


def test_an_operator_without_a_row_is_named() -> None:
    class Fourier(nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.fft.fft(x).real

    with pytest.raises(SpecError, match=r"aten\.fft_fft .*known: .*aten\.relu"):
        sb.from_torch(Fourier(), inputs=(4,))


@pytest.mark.parametrize(
    "model", [nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)), nn.Sequential(nn.Bilinear(2, 2, 2))]
)
def test_what_cannot_be_exported_is_told_in_one_line(model: Any) -> None:
    with pytest.raises(SpecError, match=r"model.eval\(\)|torch.export does not take this model"):
        sb.from_torch(model, inputs=(2,))


def test_a_saved_model_is_not_loaded(tmp_path: Path) -> None:
    torch.save(CNN, tmp_path / "m.pt")
    with pytest.raises(SpecError, match="may be a pickle"):
        from_anything(str(tmp_path / "m.pt"))


# ---- Keras ---------------------------------------------------------------------------------------------------------


def keras_models(keras: Any) -> dict[str, tuple[Any, tuple[int, ...]]]:
    layers = keras.layers
    x = layers.Input((3,))
    h = layers.Dense(3, "softplus")(x)
    both = keras.Model(x, layers.Dense(2, "sigmoid")(layers.Concatenate()([layers.Multiply()([x, h]), h])))
    images = [layers.Conv2D(3, 3, padding="same", strides=2, activation="relu"), layers.BatchNormalization()]
    made = {
        "mlp": ([layers.Dense(4, "tanh"), layers.Dropout(0.5), layers.Dense(2, "softmax")], (3, 3)),
        "cnn": ([*images, layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(2)], (2, 6, 6, 2)),
        "lstm": ([layers.LSTM(3), layers.Dense(1)], (2, 3, 2)),
        "gru": ([layers.GRU(3, return_sequences=True), layers.SimpleRNN(2)], (2, 3, 2)),
        "conv1d": ([layers.Conv1D(3, 3, padding="causal"), layers.GlobalAveragePooling1D()], (1, 5, 2)),
    }
    built = {n: (keras.Sequential([layers.Input(sizes[1:]), *parts]), sizes) for n, (parts, sizes) in made.items()}
    return {**built, "functional": (both, (2, 3))}


@pytest.mark.parametrize("name", ["mlp", "cnn", "lstm", "gru", "conv1d", "functional"])
def test_a_keras_model_has_the_gradients_of_its_backend(name: str) -> None:
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    keras.backend.set_floatx("float64")
    model, sizes = keras_models(keras)[name]
    for weight in model.weights:
        weight.assign(RNG.uniform(0.1, 0.9, weight.shape))
    x = RNG.uniform(0, 1, sizes)
    t = RNG.uniform(0, 1, model(x).shape)
    variables = [v.value for v in model.trainable_variables]
    with tf.GradientTape() as tape:
        error = tf.reduce_sum((t - model(x)) ** 2) / 2
    theirs = [np.array(slope) for slope in tape.gradient(error, variables)]
    p = sb.from_keras(model, inputs=x, targets=t, loss="half-squared-error")
    found, gradient = ours(p)
    close(found, float(error), EXACT)
    turned = [slope.T for slope in theirs] if p.network else theirs
    assert len(gradient) == len(turned)
    for parameter, slope in gradient.items():  # each has its like, whatever the order
        alike = [w for w in turned if w.shape == slope.shape]
        close(slope, min(alike, key=lambda w: float(np.max(np.abs(w - slope)))), 1e-11, parameter)


# ---- scikit-learn --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["MLPRegressor", "MLPClassifier"])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_mlp_of_scikit_learn_predicts_the_same(kind: str, classes: int) -> None:
    networks = pytest.importorskip("sklearn.neural_network")
    x, y = RNG.uniform(0, 1, (30, 3)), RNG.integers(0, classes, 30)
    mlp = getattr(networks, kind)(
        hidden_layer_sizes=(4, 3), activation="tanh", max_iter=20, random_state=0, alpha=0
    ).fit(x, y)
    if kind == "MLPRegressor":
        predicted, targets = mlp.predict(x)[:, None], y[:, None].astype(float)
    else:
        p = mlp.predict_proba(x)
        predicted = p[:, 1:] if classes == 2 else p
        targets = y[:, None] if classes == 2 else np.eye(3, dtype=int)[y]
    problem = sb.from_sklearn(mlp, inputs=x, targets=targets.tolist())
    assert problem.network is not None
    derivation = sb.derive(problem)
    close(np.array(floats(derivation.results["ref", "a3"])), predicted, EXACT)
    if kind == "MLPRegressor" or classes == 3:
        found = ours(problem)[0]
        error = predicted - targets
        wanted = np.mean(error**2) / 2 if kind == "MLPRegressor" else -np.sum(targets * np.log(predicted)) / len(x)
        close(found, wanted, EXACT)


# ---- ONNX ----------------------------------------------------------------------------------------------------------


def node(*words: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda helper: helper.make_node(*words, **options)


def rand(*sizes: int) -> Any:
    return RNG.uniform(-1, 1, sizes)


ONNX: dict[str, tuple[list[Any], dict[str, Any], tuple[int, ...]]] = {
    "residual": (
        [
            node("Gemm", ["x", "__import__.w", "b"], ["h"], transB=1, alpha=0.5),
            node("Relu", ["h"], ["a"]),
            node("Add", ["x", "a"], ["s"]),
            node("Softmax", ["s"], ["y"]),
        ],
        {"__import__.w": rand(3, 3), "b": rand(3)},
        (2, 3),
    ),
    "cnn": (
        [
            node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
            node("BatchNormalization", ["c", "s", "o", "m", "v"], ["n"]),
            node("LeakyRelu", ["n"], ["l"], alpha=0.25),
            node("MaxPool", ["l"], ["p"], kernel_shape=[2, 2]),
            node("Shape", ["p"], ["shape"]),
            node("Gather", ["shape", "zero"], ["batch"]),
            node("Unsqueeze", ["batch", "axis"], ["first"]),
            node("Concat", ["first", "rest"], ["to"], axis=0),
            node("Reshape", ["p", "to"], ["f"]),
            node("MatMul", ["f", "w2"], ["y"]),
        ],
        {
            "w": rand(2, 1, 3, 3), "b": rand(2), "s": rand(2), "o": rand(2), "m": rand(2), "v": rand(2) ** 2,
            "zero": np.int64(0), "axis": np.array([0]), "rest": np.array([-1]), "w2": rand(2, 3),
        },
        (2, 1, 4, 4),
    ),
    "lstm": (
        [
            node("Transpose", ["x"], ["tx"], perm=[1, 0, 2]),
            node("LSTM", ["tx", "w", "r", "b"], ["ys", "h", "c"], hidden_size=3),
            node("Squeeze", ["h", "axis"], ["last"]),
            node("Gemm", ["last", "w2"], ["y"]),
        ],
        {"w": rand(1, 12, 2), "r": rand(1, 12, 3), "b": rand(1, 24), "axis": np.array([0]), "w2": rand(3, 1)},
        (2, 3, 2),
    ),
    "moves": (
        [
            node("LayerNormalization", ["x", "s", "o"], ["l"]),
            node("Split", ["l"], ["p", "q"], num_outputs=2, axis=1),
            node("Pow", ["p", "two"], ["pp"]),
            node("Mul", ["pp", "q"], ["z"]),
            node("Pad", ["z", "pads"], ["padded"]),
            node("Slice", ["padded", "axis", "pads2", "axis"], ["cut"]),
            node("ReduceMean", ["cut", "axis"], ["y"]),
        ],
        {
            "s": rand(4), "o": rand(4), "two": np.float64(2), "axis": np.array([1]), "pads": np.array([0, 1, 0, 2]),
            "pads2": np.array([4]),
        },
        (2, 4),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONNX)
def test_an_onnx_file_predicts_what_its_reference_does(name: str, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    nodes, arrays, sizes = ONNX[name]
    x = rand(*sizes)
    kind = onnx.TensorProto.DOUBLE
    graph = onnx.helper.make_graph(
        [made(onnx.helper) for made in nodes],
        "graph",
        [onnx.helper.make_tensor_value_info("x", kind, ["batch", *sizes[1:]])],
        [onnx.helper.make_tensor_value_info("y", kind, None)],
        [onnx.numpy_helper.from_array(np.array(value), key) for key, value in arrays.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, tmp_path / "m.onnx")
    predicted = ReferenceEvaluator(model).run(None, {"x": x})[0]
    p = sb.from_onnx(tmp_path / "m.onnx", inputs=x, targets=np.zeros_like(predicted), loss="half-squared-error")
    error, gradient = ours(p)
    close(error, float(np.sum(predicted**2)) / 2, 1e-9)  # attributes are floats of 32 bits
    assert gradient
    back = sb.load(write_spec(p, tmp_path / "m.toml")[0])
    assert (back.program, back.parameters) == (p.program, p.parameters)


def test_an_operator_of_onnx_without_a_row_is_named(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("DFT", ["x"], ["y"], name="spectrum")],
        "graph",
        [info("x", onnx.TensorProto.DOUBLE, [1, 4, 1])],
        [info("y", onnx.TensorProto.DOUBLE, None)],
    )
    onnx.save(onnx.helper.make_model(graph), tmp_path / "m.onnx")
    with pytest.raises(SpecError, match=r"m\.onnx: .*DFT \(at spectrum\); known: .*Gemm"):
        from_anything(str(tmp_path / "m.onnx"))
