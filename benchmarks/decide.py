"""How long a decision takes, beside `simplify(a - b) == 0` and math-verify on the same lines.

    python benchmarks/decide.py
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import sympy

from symbackprop.form import Form
from symbackprop.verifier.decide import Subject, compiled, decide, same
from symbackprop.verifier.decide.program import Node

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from known_lines import NETWORKS, Truth, lines

DENSE = ("sigmoid", "tanh", "softmax", "cross-entropy")
OF_EACH, LIMIT = 15, 3
EVERYWHERE = 40  # lines of each kind of network, for the decision alone


class OutOfTime(Exception):
    pass


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise OutOfTime

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def written(subject: Subject, root: Node) -> Any:
    """A side as SymPy sees it: in the weights, biases, inputs and targets alone."""
    p, out = subject.program, dict[Node, Any]()
    for x in p.reach(root):
        op, *rest = p.nodes[x]
        out[x] = SYMPY[op](x, rest, [out[y] for y in p.below(x)])
    return out[root]


SYMPY: dict[str, Callable[[Node, list[Any], list[Any]], Any]] = {
    "const": lambda x, rest, of: sympy.Rational(rest[0].numerator, rest[0].denominator),
    "leaf": lambda x, rest, of: sympy.Symbol(f"x{x}", real=True),
    "copy": lambda x, rest, of: of[0],
    "add": lambda x, rest, of: of[0] + of[1],
    "sub": lambda x, rest, of: of[0] - of[1],
    "mul": lambda x, rest, of: of[0] * of[1],
    "div": lambda x, rest, of: of[0] / of[1],
    "pow": lambda x, rest, of: of[0] ** rest[1],
    "exp": lambda x, rest, of: sympy.exp(of[0]),
    "log": lambda x, rest, of: sympy.log(of[0]),
}


def by_simplify(a: Any, b: Any) -> bool:
    return bool(sympy.simplify(a - b) == 0)


def by_math_verify(a: Any, b: Any) -> bool:
    """As it comes: what it does not finish in its own 5 seconds it calls unequal."""
    from math_verify import parse, verify  # type: ignore[import-not-found]

    logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it prints every line that takes too long
    return bool(verify(parse(f"${sympy.latex(a)}$"), parse(f"${sympy.latex(b)}$")))


RIVALS = {"simplify(a - b) == 0": by_simplify}
if find_spec("math_verify"):
    RIVALS["math-verify"] = by_math_verify


def told(name: str, times: list[float], right: int, wrong: int, unit: float) -> None:
    """One line: how many were right, and the times as multiples of the decision's median."""
    times = sorted(times)
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(
        f"{name:<22} {right:4} right {wrong:4} wrong {len(times) - right - wrong:4} open   "
        f"median {1000 * middle:9.3f} ms ({middle / unit:7.1f})   95 % {1000 * late:9.2f} ms ({late / unit:7.1f})"
    )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = perf_counter()
    try:
        with limit(LIMIT):
            found = work()
    except OutOfTime:
        found = None
    return found, perf_counter() - start


def beside_others() -> None:
    """The same lines of small dense networks for everybody."""
    taken: dict[str, list[tuple[bool, Any, float]]] = {name: [] for name in ("decide", *RIVALS)}
    for name in DENSE:
        problem = NETWORKS[name]()
        truth, subject = Truth(problem), Subject(problem)
        for left, right in lines(problem, 5, OF_EACH):
            true = truth(left, right)
            if true is None:
                continue
            found, time = timed(lambda s=subject, left=left, right=right: decide(s, left, right).outcome)
            taken["decide"].append((true, {"equal": True, "unequal": False}.get(found), time))
            sides = [written(subject, compiled(subject, side)) for side in (left, right)]
            for rival, judge in RIVALS.items():
                found, time = timed(lambda judge=judge, sides=sides: judge(*sides))
                taken[rival].append((true, found, time))
    times = sorted(time for _, _, time in taken["decide"])
    print(f"{len(times)} lines of small dense networks, {LIMIT} s each at most; in brackets: decision's medians")
    for name, seen in taken.items():
        good = sum(found is not None and found is true for true, found, _ in seen)
        bad = sum(found is not None and found is not true for true, found, _ in seen)
        told(name, [t for *_, t in seen], good, bad, times[len(times) // 2])
    if "math-verify" not in RIVALS:
        print("math-verify is not installed")


def everywhere() -> None:
    """The decision alone, on networks of all kinds."""
    times, opened = list[float](), 0
    for network in NETWORKS.values():
        problem = network()
        subject = Subject(problem)
        for left, right in lines(problem, 5, EVERYWHERE):
            found, time = timed(lambda s=subject, left=left, right=right: decide(s, left, right).outcome)
            times.append(time)
            opened += found not in ("equal", "unequal")
    times.sort()
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(
        f"{len(times)} lines of {len(NETWORKS)} kinds of networks: median {1000 * middle:.2f} ms, "
        f"95 % {1000 * late:.1f} ms, longest {times[-1]:.2f} s, {opened} open"
    )


def one_with_many() -> None:
    """One line against what it might have been meant to be: sides are compiled once."""
    problem = NETWORKS["softmax"]()
    subject = Subject(problem)
    truth = Truth(problem)
    pairs: list[tuple[Form, Form]] = [pair for pair in lines(problem, 5, 200) if truth(*pair) is not None]
    start = perf_counter()
    line = compiled(subject, pairs[0][0])
    sides = [compiled(subject, right) for _, right in pairs]
    ready = perf_counter()
    for side in sides:
        same(subject, line, side)
    again = perf_counter()
    for side in sides:
        same(subject, line, side)
    end = perf_counter()
    each = 1e6 / len(sides)
    print(
        f"one line with {len(sides)} others: {each * (ready - start):.0f} µs to compile each, "
        f"{each * (again - ready):.0f} µs to compare, {each * (end - again):.0f} µs the second time"
    )


if __name__ == "__main__":
    beside_others()
    everywhere()
    one_with_many()
