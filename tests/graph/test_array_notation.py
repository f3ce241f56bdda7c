"""Each function of the array notation: values and adjoints as NumPy has them, and a clear word for each misuse."""

from __future__ import annotations

import re

import numpy as np
import pytest
from against_numpy import CLOSE, agree, derived, nested
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.derivation import sweep
from symbackprop.errors import ReadError, ShapeError
from symbackprop.graph import build
from symbackprop.numeric.exact import entrywise, evaluate
from symbackprop.numeric.field import double

SHAPES = {
    "s": (), "x": (4,), "y": (3,), "A": (3, 4), "B": (4, 2), "C": (2, 3, 4), "D": (2, 4, 3), "o": (1, 3), "u": (1, 1)
}  # fmt: skip

RIGHT = [
    "A[0]", "A[:, 1]", "A[-1, -2]", "x[1:3]", "x[:2]", "x[2:]", "x[::2]", "x[::-1]", "x[-3:]", "x[3:0:-2]",
    "A[1:, ::2]", "C[1, :, 2]", "x[None]", "x[:, None]", "o[0]", "A[0:1]", "(A@B)[1]", "x[1:3] / x[2:4]",
    "x[1:]*x[:3] - s/x[1:]", "sum(A)", "sum(A, axis=0)", "sum(A, axis=1, keepdims=True)", "sum(C, axis=(0, -1))",
    "mean(C, axis=1)", "mean(x)", "mean(A, axis=-1, keepdims=True) * A", "sum(o, axis=0)", "sum(u)", "max(x)",
    "max(A, axis=0)", "min(A, axis=1, keepdims=True)", "max(C, axis=(0, 2))", "min(C)", "max(A@B, axis=1)",
    "softmax(A)", "softmax(A, axis=0)", "softmax(C, axis=1)", "2*softmax(x) + x", "softmax(2*x + 1)", "softmax(A).T",
    "maximum(A, x)", "minimum(A, 0.1)", "maximum(A@B, 0)", "abs(A)", "abs(x - 0.5)*x", "where(A > 0, A, x)",
    "where(x <= s, x**2, 0.5*x)", "where(A@B >= 0.1, 1, A@B)", "where(x < 0, s, 2*s)", "where(x, x*s, 1)",
    "where(True, x, s)", "where(False, x, s)", "outer(x, y)", "swapaxes(C, 0, 2)", "swapaxes(C, -1, 1)",
    "transpose(A)", "transpose(C, (1, 2, 0))", "C.T", "reshape(A, 12)", "reshape(A, (4, 3))", "reshape(A, (2, -1))",
    "reshape(x, (2, 2))", "reshape(u, 1)", "reshape(C, (6, 4))", "reshape(C, (2, 12))", "reshape(C, (3, 2, 2, 2))",
    "reshape(x, (1, 4, 1))", "reshape(o, 3)", "reshape(A@B, 6)*2", "stack([x, x*s])", "stack([x, A[0]], axis=1)",
    "stack([s, 2*s, s**2])", "stack([A, A], axis=-1)", "stack([s])", "concatenate([x, y])",
    "concatenate([A, o.T * A], axis=1)", "concatenate([A, A[:1]])", "concatenate([x, x[:1], y])*2", "conv(x, y)",
    "conv(x, x[:2], stride=2)", "conv(A, B[:2])", "conv(A, A)", "conv(A, A[:2, :2], stride=2)", "conv(x, x[:1])",
    'einsum("ij,jk->ik", A, B)', 'einsum("i,i", x, x)', 'einsum("ij->ji", A)', 'einsum("bij,bjk->bik", C, D)',
    'einsum("i,j->ij", x, y)', 'einsum("ii", A[:, :3])', 'einsum("ij,j,i->", A, x, y)', 'einsum("ii->i", A[:, 1:])',
    "C @ D", "C @ B", "x @ B", "A @ x", "C @ x", "y @ C", "x @ x", "o @ A", "C[0] @ D", "exp(x)", "log(x**2)",
    "sqrt(x**2 + 1)", "tanh(A@B)", "x**(1/2 + 1/2 + 1)", "(x**2)**0.5", "x**-1", "A / sum(A**2)", "x * True", "A - A",
    "0*x + s", "sum(A, axis=0) * sum(A, axis=0)", "tanh(sum(A, axis=1)) + y", "sqrt(x**2)*x", "1 / (x**2)**0.5",
    "(x**3 + 2)**0.5",
]  # fmt: skip


def numbers(seed: int = 3) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {n: np.round(rng.uniform(-1, 1, shape), 3) + 0.0625 for n, shape in SHAPES.items()}


@pytest.mark.parametrize("text", RIGHT)
def test_values_and_adjoints(text: str) -> None:
    names = set(re.findall(r"\b[a-zA-Z]\b", text.replace(".T", "")))
    values = {n: v for n, v in numbers().items() if n in names}
    agree((f"v = {text}", "w = v**2 + v", "E = sum(w)"), values)


WRONG = [
    ("A @ x[:3]", ShapeError, "shapes 3×4 and 3 do not fit in '@'"),
    ("A + y", ShapeError, "shapes 3×4 and 3 do not fit in '+'"),
    ("C @ A", ShapeError, "shapes 2×3×4 and 3×4"),
    ("s @ x", ShapeError, "one number"),
    ("x[4]", ShapeError, "there is no entry 4"),
    ("x[-5]", ShapeError, "there is no entry -5"),
    ("x[0, 1]", ShapeError, "2 indices for the shape 4"),
    ("x[3:1]", ShapeError, "the slice is empty"),
    ("x[::0]", ReadError, "step is not 0"),
    ("x[0.5]", ReadError, "an integer stands here"),
    ("x[s]", ReadError, "an integer stands here"),
    ("sum(A, axis=2)", ShapeError, "there is no axis 2"),
    ("sum(A, axis=(0, 0))", ShapeError, "named twice"),
    ("sum(A, axes=0)", ReadError, "axes= is not an option of sum"),
    ("sum(A, axis=0, axis=1)", ReadError, "axis= is twice an option"),
    ("sum(A, keepdims=2)", ReadError, "True or False"),
    ("softmax(s)", ShapeError, "more than one entry"),
    ("softmax(o, axis=0)", ShapeError, "more than one entry"),
    ("maximum(A)", ReadError, "maximum is written maximum(x, y)"),
    ("maximum(A, y)", ShapeError, "'maximum'"),
    ("x > 0", ReadError, "inside where"),
    ("where(x == 0, x, s)", ReadError, ">, <, >= and <="),
    ("where(x > y, x, s)", ShapeError, "do not fit in 'where'"),
    ("outer(A, x)", ShapeError, "'outer'"),
    ("swapaxes(A, 0, 2)", ShapeError, "there is no axis 2"),
    ("transpose(A, (0, 0))", ShapeError, "each of the 2 axes once"),
    ("reshape(A, 5)", ShapeError, "the shape 3×4 cannot become 5"),
    ("reshape(A, (-1, -1))", ShapeError, "cannot become"),
    ("stack(x)", ReadError, "stack takes a list"),
    ("stack([])", ReadError, "stack takes a list"),
    ("stack([x, y])", ShapeError, "shapes 4 and 3 do not fit in 'stack'"),
    ("concatenate([A, x])", ShapeError, "shapes 3×4 and 4"),
    ("concatenate([s, s])", ShapeError, "there is stack"),
    ("conv(y, x)", ShapeError, "shapes 3 and 4 do not fit in 'conv'"),
    ("conv(A, x)", ShapeError, "'conv'"),
    ("conv(x, y, stride=0)", ReadError, "a stride is 1 or more"),
    ('einsum("ij,jk->ik", A)', ReadError, "letters for 2 arrays, and 1 are given"),
    ('einsum("ij->ijk", A)', ReadError, "the letters of einsum"),
    ('einsum("i", A)', ShapeError, "is for 1 axes"),
    ('einsum("ii", A)', ShapeError, "has the size 3"),
    ("einsum(A, x)", ReadError, "letters in quotes"),
    ('x + "ij"', ReadError, "first argument of einsum only"),
    ("x + (x, x)", ReadError, "a list stands in"),
    ("x ** s", ReadError, "an exponent is a number"),
    ("x / 0", ReadError, "division by zero"),
    ("frobnicate(x)", ReadError, "no function is called frobnicate"),
    ("tanh(x, x)", ReadError, "tanh takes one argument"),
    ("x + nothing", ReadError, "nothing is used before it is defined"),
]


@pytest.mark.parametrize(("text", "error", "message"), WRONG)
def test_a_misuse_is_named_with_its_place(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        build((f"v = {text}", "E = sum(v)"), SHAPES, (), "E")
    said = str(caught.value)
    assert message in said
    assert f"v = {text}".replace("\n", "") in said
    assert said.endswith("^")


def test_ties_go_to_the_first_and_abs_is_flat_at_0() -> None:
    tied = np.array([0.5, 0.5, 0.25])
    for program, slope in (
        ("E = max(x)", [1, 0, 0]),
        ("E = min(x[:2])", [1, 0, 0]),
        ("E = maximum(x[1], x[0])", [0, 1, 0]),
        ("E = sum(abs(x - 0.5))", [0, 0, -1]),
        ("E = sum(relu(x - 0.5))", [0, 0, 0]),
    ):
        assert derived((program,), {"x": tied})[1]["adjoint", "x"].tolist() == slope


def test_what_only_a_condition_reads_has_adjoint_0() -> None:
    values = {"x": np.array([0.5, -0.5]), "y": np.array([1.0, 2.0])}
    agree(("c = 2*x", "v = where(c > 0, y, 3*y)", "E = sum(v)"), values)


def test_an_equation_s_slices_meet_their_array_s_other_uses() -> None:
    agree(("a = x[:2] * x[2:]", "b = tanh(x)", "c = x[::-1] + b", "E = sum(a) + sum(c**2)"), {"x": numbers()["x"]})


sizes = st.integers(1, 3)


@st.composite
def broadcastable(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    full = draw(st.lists(sizes, max_size=3))
    one, two = ([1 if draw(st.booleans()) else n for n in full] for _ in range(2))
    return tuple(one[draw(st.integers(0, len(one))) :]), tuple(two[draw(st.integers(0, len(two))) :])


PAIRED = ("x + y", "x - 2*y", "x * y", "x / (y + 3)", "maximum(x, y)", "where(x > y, x, 2*y)")


@given(broadcastable(), st.sampled_from(PAIRED))
@settings(max_examples=60, deadline=None)
def test_broadcasting_is_numpy_s(shapes: tuple[tuple[int, ...], tuple[int, ...]], text: str) -> None:
    rng = np.random.default_rng(5)
    x, y = (np.asarray(np.round(rng.uniform(-1, 1, s), 3)) for s in shapes)
    agree((f"v = {text}", "E = sum(v**2)"), {"x": x, "y": y})


bounds = st.one_of(st.none(), st.integers(-6, 6))


@given(st.integers(1, 5), bounds, bounds, st.one_of(st.none(), st.integers(-3, 3)))
@settings(max_examples=80, deadline=None)
def test_slices_are_python_s(n: int, low: int | None, high: int | None, step: int | None) -> None:
    x = np.arange(n) / 8 + 0.5
    text = ":".join("" if b is None else str(b) for b in (low, high, step))
    if step == 0 or not len(x[low:high:step]):
        with pytest.raises((ReadError, ShapeError)):
            build((f"v = x[{text}]", "E = sum(v)"), {"x": (n,)}, (), "E")
    else:
        agree((f"v = x[{text}]", "w = v / x[0]", "E = sum(w**2)"), {"x": x})


def test_samples_lead_with_an_axis_and_moves_leave_it_alone() -> None:
    program = ("a = concatenate([x[1:], x[:1]*w])", "h = reshape(outer(a, w), (2, -1))", "E = sum(max(h, axis=0)**2)")
    rng = np.random.default_rng(8)
    x, w = np.round(rng.uniform(-1, 1, (3, 3)), 3), np.round(rng.uniform(0.1, 1, 2), 3)
    one = ("a = concatenate([x[1:], x[:1]*w])", *program[1:])
    graph = build(program, {"x": (3,), "w": (2,)}, ("w",), "E", 3, ("x",))
    numbers = evaluate(sweep(graph), {"x": nested(x.tolist()), "w": nested(w.tolist())})
    ours = {k: np.array(entrywise(v, double), float) for k, v in numbers.items()}
    alone = [derived(one, {"x": row, "w": w})[1] for row in x]
    np.testing.assert_allclose(ours["ref", "E"], sum(a["ref", "E"] for a in alone), **CLOSE)
    np.testing.assert_allclose(ours["adjoint", "w"], sum(a["adjoint", "w"] for a in alone), **CLOSE)
    np.testing.assert_allclose(ours["adjoint", "x"], [a["adjoint", "x"] for a in alone], **CLOSE)


def test_sizes_may_be_names() -> None:
    shapes = {"Q": ("m", "d"), "K": ("m", "d"), "V": ("m", "d")}
    program = ("S = Q @ K.T", "A = softmax(S, axis=-1)", "O = A @ V", "E = sum(O[0]**2) + mean(O)")
    steps = sweep(build(program, shapes, ("Q", "K", "V"), "E"))
    assert {s.of for s in steps.steps if s.left.op == "adjoint"} == {"Q", "K", "V", "S", "A", "O", "E"}
    for text in ("Q[1]", "Q[:2]", "max(Q)", "conv(Q, K)", "concatenate([Q, K])", "reshape(Q, -1)"):
        with pytest.raises(ShapeError):
            build((f"v = {text}", "E = sum(v)"), shapes, (), "E")
