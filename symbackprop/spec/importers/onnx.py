"""ONNX files: a row for each operator.  Their package is asked for the parsing alone (extra onnx).

What depends on nothing but constants (the sizes in a Reshape, say) is worked out by ONNX's own reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbackprop.errors import MissingExtra, Place, SpecError
from symbackprop.spec.files import MOST_BYTES, read
from symbackprop.spec.importers import blocks
from symbackprop.spec.importers.blocks import number, reshaped, sliced, tuple_text
from symbackprop.spec.importers.numbers import listed
from symbackprop.spec.importers.program import Program, known
from symbackprop.spec.problem import Problem
from symbackprop.tables.activations import ACTIVATIONS


def from_onnx(
    path: Any,
    *,
    loss: str | None = None,
    inputs: object = None,
    targets: object = None,
    reduction: str = "sum",
    title: str = "",
) -> Problem:
    """The problem of an ONNX file, or of a ModelProto.  Sizes that the file leaves open are 1."""
    model, place = (path, Place()) if hasattr(path, "graph") else (parsed(Path(path)), Place(str(path)))
    try:
        return problem_of(model, loss, inputs, targets, reduction, title)
    except SpecError as error:
        raise SpecError.of([(place, fault.message) for fault in error.faults]) from None


def parsed(path: Path) -> Any:
    """The model of a file that is whole: numbers in other files are not followed."""
    try:
        import onnx
    except ImportError:
        raise MissingExtra("reading an ONNX file", "onnx") from None
    data = read(path, MOST_BYTES)
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # what protobuf raises depends on its build
        raise SpecError(f"this is no ONNX file: {type(error).__name__}", Place(str(path))) from None
    if not model.graph.node:
        raise SpecError("this is no ONNX file: it holds no graph", Place(str(path)))
    return model


def problem_of(model: Any, loss: str | None, inputs: object, targets: object, reduction: str, title: str) -> Problem:
    graph = model.graph
    g = Program()
    held = {tensor.name: tensor for tensor in graph.initializer}
    known(ONNX, [(node.op_type, node.name or node.output[0]) for node in graph.node if node.op_type not in FOLDED])
    values = Values(g, held, {row.domain: row.version for row in model.opset_import})
    sources = [value for value in graph.input if value.name not in held]
    if len(sources) != 1:
        raise SpecError(f"a model of one input is wanted; this one has {', '.join(v.name for v in sources) or 'none'}")
    (source,) = sources
    rows = len(listed(inputs)) if inputs is not None else 1
    sizes = tuple(d.dim_value or (rows if k == 0 else 1) for k, d in enumerate(source.type.tensor_type.shape.dim))
    values.names[source.name] = g.input(source.name if source.name != "input" else "x", sizes)
    for node in graph.node:
        values.run(node)
    output = values.names.get(graph.output[0].name)
    if output is None:
        raise SpecError("the model's output does not depend on its input")
    given = () if inputs is None else (inputs,)
    samples = sizes[0] if len(sizes) > 1 else 1
    return g.problem(
        output, loss=loss, inputs=given, targets=targets, reduction=reduction, samples=samples, title=title
    )


# ---- values --------------------------------------------------------------------------------------------------------

FOLDED = ("Constant", "ConstantOfShape", "Shape", "Cast", "Range", "Size")  # these may stand among constants alone


class Values:
    """What the graph's names stand for: lines of the program, tensors of the file, constants that were worked out."""

    def __init__(self, g: Program, tensors: Mapping[str, Any], opsets: Mapping[str, int]) -> None:
        self.g, self.tensors, self.opsets = g, tensors, opsets
        self.names: dict[str, str] = {}
        self.arrays: dict[str, Any] = {}
        self.fixed: set[str] = set()

    def run(self, node: Any) -> None:
        """One node: worked out where its inputs are constants, else a line."""
        takes = [name for name in node.input if name]
        if node.op_type == "Shape" and takes[0] in self.names:
            import numpy as np

            self.arrays[node.output[0]] = np.array(self.g.shape(self.names[takes[0]]), dtype=np.int64)
        elif not any(name in self.names for name in takes):
            self.fold(node, takes)
        elif node.op_type in ONNX:
            made = ONNX[node.op_type](Call(self, node, attributes(node)))
            for name, text in zip(node.output, [made] if isinstance(made, str) else made, strict=False):
                if name:
                    self.names[name] = self.g.define(node.op_type.lower(), text)
        else:
            known(ONNX, [(node.op_type, node.name or node.output[0])])

    def fold(self, node: Any, takes: Sequence[str]) -> None:
        from onnx.reference import ReferenceEvaluator

        try:
            given = {name: self.array(name) for name in takes}
            made = ReferenceEvaluator(node, opsets=dict(self.opsets)).run(None, given)
        except Exception as error:  # whatever the reference does not take
            raise SpecError(f"{node.op_type} (at {node.name or node.output[0]}) of constants: {error}") from None
        self.arrays.update(zip(node.output, made, strict=False))

    def array(self, name: str) -> Any:
        """A constant as an array."""
        if name not in self.arrays:
            if name not in self.tensors:
                raise SpecError(f"{name!r} is wanted as a constant, and depends on the model's input")
            self.arrays[name] = numpy_of(self.tensors[name])
        return self.arrays[name]

    def still(self, *names: str) -> None:
        """These are no parameters, though they are floats of the file: a running mean, say."""
        self.fixed.update(names)

    def name(self, of: str) -> str:
        """A line's or parameter's name; a number is written out."""
        if of not in self.names:
            array = self.array(of)
            if array.size == 1 and not array.shape and of not in self.tensors:
                return number(float(array))
            moves = of in self.tensors and of not in self.fixed and array.dtype.kind == "f"
            self.names[of] = (self.g.parameter if moves else self.g.constant)(of, array)
        return self.names[of]


def numpy_of(tensor: Any) -> Any:
    from onnx import numpy_helper

    if tensor.external_data:
        raise SpecError(f"the numbers of {tensor.name!r} lie in another file; save the model as one")
    return numpy_helper.to_array(tensor)


def attributes(node: Any) -> dict[str, Any]:
    from onnx import helper

    return {row.name: helper.get_attribute_value(row) for row in node.attribute}


@dataclass(frozen=True)
class Call:
    """One node: its inputs as names of lines, its options."""

    values: Values
    node: Any
    options: Mapping[str, Any]

    @property
    def g(self) -> Program:
        return self.values.g

    def __getitem__(self, k: int) -> str:
        return self.values.name(self.node.input[k])

    def has(self, k: int) -> bool:
        return k < len(self.node.input) and bool(self.node.input[k])

    def maybe(self, k: int) -> str | None:
        return self[k] if self.has(k) else None

    def numbers(self, k: int, option: str = "") -> list[Any] | None:
        """An input that has to be a constant, or the option that held it in older files."""
        if self.has(k):
            return [*self.values.array(self.node.input[k]).reshape(-1).tolist()]
        found = self.options.get(option)
        return None if found is None else list(found) if not isinstance(found, int | float) else [found]

    def shape(self, k: int = 0) -> tuple[int, ...]:
        return self.g.shape(self[k])

    def axis(self, default: int = -1) -> int:
        return int(self.options.get("axis", default)) % max(len(self.shape()), 1)

    def refuse(self, why: str) -> SpecError:
        return SpecError(f"{self.node.op_type} (at {self.node.name or self.node.output[0]}): {why}")

    def plain(self, **wanted: Any) -> None:
        """Refuse options that have another value than these."""
        for key, value in wanted.items():
            found = self.options.get(key, value)
            found = found.decode() if isinstance(found, bytes) else found
            if found != value and found not in (value if isinstance(value, tuple) else ()):
                raise self.refuse(f"{key} = {found!r} is not known")


Row = Callable[[Call], Any]


def text(pattern: str) -> Row:
    """A pattern with the inputs put in."""
    return lambda c: pattern.format(*(c[k] for k in range(len(c.node.input))))


def folded(pattern: str) -> Row:
    """The same for any number of inputs, from the left."""

    def row(c: Call) -> str:
        out = c[0]
        for k in range(1, len(c.node.input)):
            out = pattern.format(out, c[k])
        return out

    return row


def gemm(c: Call) -> str:
    """alpha·A B + beta·C."""
    alpha, beta = (c.options.get(key, 1.0) for key in ("alpha", "beta"))
    a, b = (c[k] + (".T" if c.options.get(f"trans{'AB'[k]}") else "") for k in (0, 1))
    out = f"{a} @ {b}" if alpha == 1 else f"{number(alpha)} * ({a} @ {b})"
    return out + (f" + {c[2]}" if beta == 1 else f" + {number(beta)} * {c[2]}") if c.has(2) else out


def leaky(default: float) -> Row:
    def row(c: Call) -> str:
        slope = c.options.get("alpha", default)  # a float of 32 bits
        ours = round(slope, 9) == 0.01
        return f"leaky_relu({c[0]})" if ours else f"where({c[0]} > 0, {c[0]}, {number(slope)} * {c[0]})"

    return row


def elu(c: Call) -> str:
    alpha = c.options.get("alpha", 1.0)
    return f"elu({c[0]})" if alpha == 1 else f"where({c[0]} > 0, {c[0]}, {number(alpha)} * (exp({c[0]}) - 1))"


def hard_sigmoid(c: Call) -> str:
    """max(0, min(1, αx + β))."""
    alpha, beta = (c.options.get(k, d) for k, d in (("alpha", 0.2), ("beta", 0.5)))
    return f"maximum(minimum({number(alpha)} * {c[0]} + {number(beta)}, 1), 0)"


def gelu(c: Call) -> str:
    if c.options.get("approximate", b"none") == b"tanh":
        return f"{c[0]}/2 * (1 + tanh(0.7978845608028654 * ({c[0]} + 0.044715 * {c[0]}**3)))"
    if "gelu" not in ACTIVATIONS:
        raise c.refuse("gelu with the normal distribution is not known; known: approximate = 'tanh'")
    return f"gelu({c[0]})"


def along(name: str) -> Row:
    def row(c: Call) -> str:
        old = c.values.opsets.get("", 13) < 13  # where all axes behind this one were one
        if old and c.axis(1) != len(c.shape()) - 1:
            raise c.refuse("several axes at once are not known; export with opset 13 or later")
        axis = c.axis(1 if old else -1)
        return f"{name}({c[0]})" if axis == len(c.shape()) - 1 else f"{name}({c[0]}, axis={axis})"

    return row


def power(c: Call) -> str:
    (exponent,) = c.numbers(1) or [1]
    return f"{c[0]}**{number(exponent)}"


def clip(c: Call) -> str:
    out = c[0]
    for k, function, key in ((1, "maximum", "min"), (2, "minimum", "max")):
        if bound := c.numbers(k, key):
            out = f"{function}({out}, {number(bound[0])})"
    return out


def reduced(pattern: str) -> Row:
    def row(c: Call) -> str:
        rank = len(c.shape())
        axes = [a % rank for a in c.numbers(1, "axes") or range(rank)]
        keep = ", keepdims=True" if c.options.get("keepdims", 1) else ""
        return pattern.format(c[0], f"axis={tuple_text(axes)}{keep}")

    return row


def reshape(c: Call) -> str:
    had = c.shape()
    sizes = [had[k] if n == 0 else int(n) for k, n in enumerate(c.numbers(1, "shape") or [])]
    if -1 in sizes:
        rest = 1
        for n in sizes:
            rest *= abs(n)
        total = 1
        for n in had:
            total *= n
        sizes[sizes.index(-1)] = total // rest
    return reshaped(c.g, c[0], sizes)


def flatten(c: Call) -> str:
    at, sides = c.options.get("axis", 1) % (len(c.shape()) + 1), [1, 1]
    for k, n in enumerate(c.shape()):
        sides[k >= at] *= n
    return reshaped(c.g, c[0], sides)


def squeeze(c: Call) -> str:
    rank = len(c.shape())
    axes = [a % rank for a in c.numbers(1, "axes") or [k for k, n in enumerate(c.shape()) if n == 1]]
    return reshaped(c.g, c[0], [n for k, n in enumerate(c.shape()) if k not in axes])


def unsqueeze(c: Call) -> str:
    axes = c.numbers(1, "axes") or []
    sizes = list(c.shape())
    for a in sorted(a % (len(sizes) + len(axes)) for a in axes):
        sizes.insert(a, 1)
    return reshaped(c.g, c[0], sizes)


def transpose(c: Call) -> str:
    rank = len(c.shape())
    return blocks.moved(c[0], c.options.get("perm") or range(rank)[::-1])


def concat(c: Call) -> str:
    return f"concatenate([{', '.join(c[k] for k in range(len(c.node.input)))}], axis={c.axis()})"


def pieces(c: Call, axis: int, lengths: Sequence[int]) -> list[str]:
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    return [sliced(c[0], axis, f"{at}:{at + n}") for at, n in zip(starts, lengths, strict=True)]


def split(c: Call) -> list[str]:
    axis, count = c.axis(0), len(c.node.output)
    n = c.shape()[axis]
    each = -(-n // count)
    return pieces(c, axis, c.numbers(1, "split") or [min(each, n - k) for k in range(0, n, each)])


def gather(c: Call) -> str:
    """One entry of an axis; or rows of an embedding for the model's own input."""
    if c.node.input[1] in c.values.names:
        tokens = c[1]
        if tokens not in c.g.inputs or tokens in c.g.tokens or c.axis(0):
            raise c.refuse("places that depend on the input are known where they are the input itself")
        blocks.one_hot(c.g, tokens, c.shape()[0])
        return f"{tokens} @ {c[0]}"
    where = c.values.array(c.node.input[1])
    if where.size != 1:
        raise c.refuse("several places at once are not known; known: one")
    part = sliced(c[0], c.axis(0), str(int(where.reshape(-1)[0])))
    return part if not where.shape else f"stack([{part}], axis={c.axis(0)})"


def slice_of(c: Call) -> str:
    starts, ends = c.numbers(1, "starts") or [], c.numbers(2, "ends") or []
    axes, steps = c.numbers(3, "axes") or range(len(starts)), c.numbers(4) or [1] * len(starts)
    out = [":"] * len(c.shape())
    for a, start, end, step in zip(axes, starts, ends, steps, strict=True):
        n = c.shape()[a]
        run = range(n)[start:end:step]
        if step < 1 or not run:
            raise c.refuse("slices that go backwards, or hold nothing, are not known")
        out[a] = f"{run.start}:{run[-1] + 1}" + (f":{step}" if step > 1 else "")
    return f"{c[0]}[{', '.join(out)}]"


def pad(c: Call) -> str:
    c.plain(mode="constant")
    amounts = c.numbers(1, "pads") or []
    if any(c.numbers(2, "value") or []):
        raise c.refuse("padding with another number than 0 is not known")
    half = len(amounts) // 2
    return blocks.padded(c.g, c[0], list(zip(amounts[:half], amounts[half:], strict=True)))


def window_of(c: Call, dims: int) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Strides, padding and dilations."""
    c.plain(auto_pad=("NOTSET", "VALID"), ceil_mode=0)
    ones = [1] * dims
    amounts = c.options.get("pads", [0] * 2 * dims)
    pads = list(zip(amounts[:dims], amounts[dims:], strict=True))
    return c.options.get("strides", ones), pads, c.options.get("dilations", ones)


def conv(c: Call) -> str:
    stride, pads, dilation = window_of(c, len(c.shape(1)) - 2)
    if set(dilation) != {1}:
        raise c.refuse("a convolution with dilation is not known")
    return blocks.convolution(c.g, c[0], c[1], c.maybe(2), stride, pads, c.options.get("group", 1))


def pool(how: str) -> Row:
    def row(c: Call) -> str:
        window = c.options["kernel_shape"]
        stride, pads, dilation = window_of(c, len(window))
        inside = how == "max" or c.options.get("count_include_pad", 0)
        if set(dilation) != {1} or (not inside and any(n for pair in pads for n in pair)):
            raise c.refuse("pooling with dilations, or that does not count its padding, is not known")
        return blocks.pooling(c.g, how, c[0], window, stride, pads)

    return row


def global_pool(how: str) -> Row:
    return lambda c: f"{how}({c[0]}, axis={tuple_text(range(2, len(c.shape())))}, keepdims=True)"


def batch_norm(c: Call) -> str:
    c.plain(training_mode=0)
    c.values.still(c.node.input[3], c.node.input[4])
    scale, shift, mean, var = (blocks.beside_channels(c[k], len(c.shape()) - 2) for k in (1, 2, 3, 4))
    return blocks.standardized(c.g, c[0], mean, var, c.options.get("epsilon", 1e-5), scale, shift)


def layer_norm(c: Call) -> str:
    axes = range(c.axis(), len(c.shape()))
    return blocks.normalized(c.g, c[0], axes, c.options.get("epsilon", 1e-5), c[1], c.maybe(2))


def dropout(c: Call) -> str:
    if any(c.numbers(2) or []):
        raise c.refuse("dropout in training draws its mask at random; export the model for inference")
    return c[0]


def recurrent(kind: str, gates: str) -> Row:
    """X (steps, samples, features), W (1, gates·units, features), R, B; in one direction."""

    def row(c: Call) -> list[str]:
        c.plain(direction="forward", layout=0, linear_before_reset=1 if kind == "gru" else 0)
        if "activations" in c.options and [a.decode() for a in c.options["activations"]] != USUAL[kind]:
            raise c.refuse("other activations than the usual ones are not known")
        if c.has(4) or c.has(7):
            raise c.refuse("sequence_lens and peepholes are not known")
        g, units = c.g, c.options["hidden_size"]
        (steps, samples, _), n = c.shape(), len(gates) * units
        w, u = (g.define(k, f"{c[at]}[0]") for k, at in (("W", 1), ("R", 2)))
        b = [g.define(k, f"{c[3]}[0, {at}:{at + n}]") for k, at in (("bw", 0), ("br", n))] if c.has(3) else [None, None]
        still = blocks.zeros((samples, units))
        at = [
            g.define(f"{k}_0", f"{c[i]}[0]") if c.has(i) else g.constant(f"{k}_0", still)
            for k, i in (("h", 5), ("c", 6))[: 2 if kind == "lstm" else 1]
        ]
        outputs = []
        for t in range(steps):
            x = g.define(f"x_{t + 1}", f"{c[0]}[{t}]")
            from_x, from_h = (f"{y} @ {m}.T" + (f" + {v}" if v else "") for y, m, v in ((x, w, b[0]), (at[0], u, b[1])))
            at = STEPS[kind](g, str(t + 1), from_x, from_h, at, gates)
            outputs.append(at[0])
        whole = g.define("steps", f"stack([{', '.join(outputs)}])")
        return [f"stack([{whole}], axis=1)", *(f"stack([{state}])" for state in at)]

    return row


def lstm_step(g: Program, t: str, from_x: str, from_h: str, at: list[str], gates: str) -> list[str]:
    z = g.define(f"z_{t}", f"{from_x} + {from_h}")
    return list(blocks.lstm_step(g, t, z, at[0], at[1], gates))


def gru_step(g: Program, t: str, from_x: str, from_h: str, at: list[str], gates: str) -> list[str]:
    x, h = g.define(f"zx_{t}", from_x), g.define(f"zh_{t}", from_h)
    return [blocks.gru_step(g, t, x, h, at[0], gates)]


def plain_step(g: Program, t: str, from_x: str, from_h: str, at: list[str], gates: str) -> list[str]:
    return [g.define(f"h_{t}", f"tanh({from_x} + {from_h})")]


STEPS: Mapping[str, Callable[..., list[str]]] = {"lstm": lstm_step, "gru": gru_step, "rnn": plain_step}
USUAL = {"lstm": ["Sigmoid", "Tanh", "Tanh"], "gru": ["Sigmoid", "Tanh"], "rnn": ["Tanh"]}

ONNX: Mapping[str, Row] = {
    # entry by entry
    "Add": text("{} + {}"),
    "Sub": text("{} - {}"),
    "Mul": text("{} * {}"),
    "Div": text("{} / {}"),
    "Sum": folded("{} + {}"),
    "Max": folded("maximum({}, {})"),
    "Min": folded("minimum({}, {})"),
    "Neg": text("-{}"),
    "Reciprocal": text("1/{}"),
    "Pow": power,
    "Exp": text("exp({})"),
    "Log": text("log({})"),
    "Sqrt": text("sqrt({})"),
    "Sin": text("sin({})"),
    "Cos": text("cos({})"),
    "Sinh": text("sinh({})"),
    "Cosh": text("cosh({})"),
    "Abs": text("abs({})"),
    "Clip": clip,
    # activations
    "Sigmoid": text("sigmoid({})"),
    "Tanh": text("tanh({})"),
    "Relu": text("relu({})"),
    "LeakyRelu": leaky(0.01),
    "Elu": elu,
    "Selu": text("selu({})"),
    "Gelu": gelu,
    "Mish": text("mish({})"),
    "Softplus": text("softplus({})"),
    "Softsign": text("softsign({})"),
    "HardSigmoid": hard_sigmoid,
    "Softmax": along("softmax"),
    "LogSoftmax": along("log_softmax"),
    # products
    "Gemm": gemm,
    "MatMul": text("{} @ {}"),
    "Conv": conv,
    # over axes
    "ReduceSum": reduced("sum({}, {})"),
    "ReduceMean": reduced("mean({}, {})"),
    "ReduceMax": reduced("max({}, {})"),
    "ReduceMin": reduced("min({}, {})"),
    "ReduceSumSquare": reduced("sum({}**2, {})"),
    "ReduceL2": reduced("sqrt(sum({}**2, {}))"),
    "MaxPool": pool("max"),
    "AveragePool": pool("mean"),
    "GlobalAveragePool": global_pool("mean"),
    "GlobalMaxPool": global_pool("max"),
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    # recurrent layers
    "LSTM": recurrent("lstm", "iofg"),
    "GRU": recurrent("gru", "zrn"),
    "RNN": recurrent("rnn", "h"),
    # moves
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": transpose,
    "Concat": concat,
    "Split": split,
    "Gather": gather,
    "Slice": slice_of,
    "Pad": pad,
    # the same array
    "Identity": text("{}"),
    "Cast": lambda c: c[0],
    "Dropout": dropout,
}
