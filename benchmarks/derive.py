"""How long a derivation takes, and its numbers; how both grow with depth.  `python benchmarks/derive.py`"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from time import perf_counter
from typing import Any

from symbackprop.derivation import Steps, graph_of, sweep
from symbackprop.graph import Graph, build
from symbackprop.numeric.emit import lambdify
from symbackprop.numeric.exact import evaluate
from symbackprop.spec import understood


def dense(widths: tuple[int, ...]) -> Graph:
    """Sigmoid layers with unit biases and half the squared error."""
    program, shapes, a = [], {"x": (widths[0],), "t": (widths[-1],)}, "x"
    for k, n in enumerate(widths[1:], 1):
        shapes |= {f"W{k}": (n, widths[k - 1]), f"b{k}": (n,)}
        program += [f"z{k} = W{k} @ {a} + b{k}", f"a{k} = sigmoid(z{k})"]
        a = f"a{k}"
    program += [f"Ek = (t - {a})**2/2", "E = sum(Ek)"]
    return build(tuple(program), shapes, tuple(n for n in shapes if n[0] in "Wb"), "E")


def layered(inputs: list[int | str], layer: dict[str, Any]) -> Graph:
    """One layer and half the squared error, the sizes that are words for any number."""
    spec = {"network": {"inputs": inputs, "loss": "half-squared-error", "layers": [layer]}}
    return graph_of(understood(spec))


def attention(heads: str, width: str, features: str, tokens: str) -> Graph:
    return layered([tokens, features], {"kind": "attention", "heads": heads, "width": width})


def recurrent(kind: str, steps: int, units: str, features: str) -> Graph:
    return layered([steps, features], {"kind": kind, "units": units})


def best(work: Callable[[], Any], times: int = 5) -> float:
    """The shortest of some runs, in ms."""
    out = []
    for _ in range(times):
        start = perf_counter()
        work()
        out.append(1000 * (perf_counter() - start))
    return min(out)


def numbers(steps: Steps) -> dict[str, Any]:
    draw = random.Random(1)

    def array(shape: tuple[Any, ...]) -> Any:
        if shape:
            return tuple(array(shape[1:]) for _ in range(shape[0]))
        return Fraction(draw.randint(-99, 99), 1000)

    return {name: array(tuple(steps.graph.shapes[name])) for name in steps.graph.leaves}


def main() -> None:
    graph = dense((784, 30, 10))
    start = perf_counter()
    steps = sweep(graph)
    print(f"784-30-10 derived, the first time with SymPy's proofs  {1000 * (perf_counter() - start):9.1f} ms")
    print(f"784-30-10 derived again                                {best(lambda: sweep(graph)):9.1f} ms")
    values = numbers(steps)
    print(f"784-30-10 in enclosures, all adjoints                  {best(lambda: evaluate(steps, values)):9.1f} ms")
    for target in ("python", "numpy"):
        f = lambdify(steps, target)
        given = {name: floats(x) for name, x in values.items()}
        print(f"784-30-10 in {target}, value and gradient {best(partial(f, **given)):22.2f} ms")
    named = {
        "multi-head attention": attention("heads", "width", "features", "tokens"),
        "an LSTM of one step": recurrent("lstm", 1, "units", "features"),
        "an LSTM of two steps": recurrent("lstm", 2, "units", "features"),
    }
    small = best(lambda: sweep(dense((2, 2, 2))))
    for name, graph in named.items():
        again = partial(sweep, graph)
        first = best(again, 1)  # with the proofs of all that no graph before it had
        print(f"{name + ', sizes by name':38} {first:7.1f} ms, again {best(again) / small:5.2f} times 2-2-2")
    graphs = {depth: dense((3,) * (depth + 1)) for depth in (10, 20, 40)}
    times = {depth: best(partial(sweep, deep), 20) for depth, deep in graphs.items()}
    shortest, *_ = times.values()
    for depth, time in times.items():
        print(f"depth {depth}: {time:7.2f} ms, {time / shortest:5.2f} times depth 10")


def floats(x: Any) -> Any:
    return [floats(row) for row in x] if isinstance(x, tuple) else float(x)


if __name__ == "__main__":
    main()
