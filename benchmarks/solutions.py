"""How many worked solutions a second, pressed and the ordinary way.  `python benchmarks/solutions.py`

Mazur's network with weights, biases, inputs and targets drawn anew for each solution.  The ratios say what pressing
gains on any machine; what is told for the first time is counted apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import symbackprop as sb
from symbackprop.writers.pdf import compiled

COUNT, ROUNDS = 300, 5


def drawn(like: Any, draw: random.Random) -> Any:
    return tuple(drawn(x, draw) for x in like) if isinstance(like, tuple) else Fraction(draw.randint(1, 19), 20)


def best(work: Callable[[Any], object], given: list[Any], rounds: int = ROUNDS) -> float:
    """Seconds of one core for one of them, in the best round."""
    out = []
    for _ in range(rounds):
        start = process_time()
        for one in given:
            work(one)
        out.append((process_time() - start) / len(given))
    return min(out)


def told(solution: Any, values: dict[str, Any]) -> object:
    return solution.of(values).render("latex")


def main() -> None:
    derivation = sb.derive(Path(__file__).parents[1] / "examples" / "mazur.toml")
    draw = random.Random(1)
    given = [{n: drawn(x, draw) for n, x in derivation.problem.values.items()} for _ in range(COUNT)]
    for detail in ("brief", "full"):
        solution = derivation.solution(detail=detail)
        press, typst = solution.press("latex"), solution.press("typst")
        first = best(press, given, 1)
        for _ in range(3):  # what is told for the first time, and its proof
            best(press, given, 1)
        pressed = best(press, given)
        ordinary = best(partial(told, solution), given[:10], 2)
        print(
            f"{detail:6} LaTeX: {1 / pressed:8,.0f} a second, {ordinary / pressed:6.1f} times the ordinary way "
            f"({1 / ordinary:,.0f} a second); the first {COUNT}: {1 / first:,.0f} a second, {press.count} stories"
        )
        texts = [typst(values) for values in given[:10]]
        print(f"{detail:6} PDF from its Typst text: {1000 * best(compiled, texts):8.1f} ms")


if __name__ == "__main__":
    main()
