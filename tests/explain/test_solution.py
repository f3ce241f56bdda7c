"""What a worked solution must hold: Mazur's steps and figures, what he leaves out, the note on his closing figure."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.document import Equation, Figure, Heading, blocks
from symbackprop.spec import loads
from symbackprop.tables.activations import ACTIVATIONS, ALONG
from symbackprop.tables.losses import LOSSES
from symbackprop.tables.notations import NOTATIONS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

#      what he prints, at nine digits, in the order of our subgoals (0.751365070 is his 0.75136507)
MAZUR = """0.3775 0.593269992 0.596884378 1.105905967 0.751365070 0.772928465 0.274811083 0.023560026 0.298371109
0.741365070 0.186815602 0.138498562 0.055399425 0.036350306 0.241300709 0.082167041 0.000438568
0.149780716 0.199561432 0.249751144 0.299502287 0.358916480 0.408666186 0.511301270 0.561370121""".split()


@cache
def derived(name: str) -> Any:
    return sb.derive(sb.load(EXAMPLES / f"{name}.toml"))


@cache
def text(name: str = "mazur", **how: Any) -> str:
    return sb.solution(derived(name), **how).render("markdown")


def test_mazur_s_figures_stand_in_the_order_of_the_subgoals() -> None:
    at = 0
    for figure in MAZUR:
        found = text().find(figure, at)
        assert found >= 0, f"{figure} does not stand after what precedes it"
        at = found


def test_what_he_leaves_to_the_reader_is_there() -> None:
    for figure in ("0.3925", "1.224921404", "0.000877135", "0.000497713", "0.000995425", "0.018725609", "0.100400325"):
        assert figure in text()


def test_the_hidden_path_is_rounded_right() -> None:
    assert "-0.019049118" in text()
    assert "0.019049119" not in text()


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("notation", list(NOTATIONS))
def test_the_closing_figure_is_explained(lang: str, notation: str) -> None:
    both = ("0.291027774", "0.291027924") if lang == "en" else ("0{,}291027774", "0{,}291027924")
    for figure in both:
        assert figure in text(lang=lang, notation=notation)
    assert "Matt Mazur" in text(lang=lang, notation=notation)


def test_the_note_turns_round_with_the_rule() -> None:
    spec = (EXAMPLES / "mazur.toml").read_text(encoding="utf-8")
    updated = loads(spec.replace('"old-weights"', '"updated-weights"'))
    assert updated.training.hidden_deltas_from == "updated-weights"
    said = sb.solution(sb.derive(updated)).render("markdown")
    assert said.index("0.291027924") < said.index("0.291027774")
    assert "w_{5}^{+}" in said  # the updated weight stands in the sweep itself


def test_displays_are_numbered_once_and_headings_go_down_one_by_one() -> None:
    document = sb.solution(derived("mazur")).document
    numbers = [b.number for b in blocks(document) if isinstance(b, Equation) and b.number]
    assert numbers == list(range(1, len(numbers) + 1))
    levels = [1, *(b.level for b in blocks(document) if isinstance(b, Heading))]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    figures = [b for b in blocks(document) if isinstance(b, Figure)]
    assert [f.name for f in figures] == ["network", "paths-W2-1-1", "paths-W1-1-1", "graph", "update"]
    assert all(f.alt for f in figures)


@pytest.mark.parametrize("readings", [("index",), ("matrix",), ("unit", "index", "matrix")])
@pytest.mark.parametrize("name", ["mazur", "softmax", "batch"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_reading_is_told(readings: tuple[str, ...], name: str, lang: str) -> None:
    assert "aligned" in text(name, readings=readings, lang=lang)


def test_a_network_without_numbers_stays_symbols() -> None:
    problem = loads(
        """
[network]
inputs = "n"
loss = "half-squared-error"
[[network.layers]]
kind = "dense"
units = "m"
activation = "sigmoid"
[[network.layers]]
kind = "dense"
units = "k"
activation = "identity"
"""
    )
    said = sb.solution(sb.derive(problem), readings=("unit", "index", "matrix")).render("markdown")
    assert r"\sum_{k=1}^{k}" not in said  # an index is never called as a size is
    assert re.search(r"\d\.\d", said) is None


def test_samples_one_after_the_other() -> None:
    spec = (EXAMPLES / "batch.toml").read_text(encoding="utf-8")
    training = 'order = "sequential"\nsteps = 5\n'
    lines = [line for line in spec.splitlines() if not line.startswith(("order", "steps"))]
    problem = loads("\n".join(lines).replace("[training]\n", f"[training]\n{training}"))
    derivation = sb.derive(problem)
    data = derivation.data()
    assert len(data["trajectory"]) == 6
    assert len(data["values"]["x"]) == 2  # the first sample's
    first = problem.replace(samples=None, values={**problem.values, **{n: problem.values[n][0] for n in ("x", "t")}})
    alone = sb.derive(first.replace(training=first.training.model_copy(update={"order": "batch", "steps": 1}))).data()
    assert data["adjoints"] == alone["adjoints"]
    assert "one after the other" in sb.solution(derivation).render("markdown")


def test_without_a_rate_the_update_stays_a_formula() -> None:
    spec = (EXAMPLES / "mazur.toml").read_text(encoding="utf-8").replace("rate = 0.5\n", "")
    derivation = sb.derive(loads(spec))
    said = sb.solution(derivation).render("markdown")
    assert r"w_{ji}^{(2),+} & = w_{ji}^{(2)} - \eta" in said
    assert "0.358916480" not in said
    assert derivation.data()["steps"][-1]["value"] is None


TARGETS = {"sign": [[-1, 1]], "one-hot": [[0, 1]]}


def told(activation: str, loss: str, lang: str) -> str:
    """A network of that activation and loss, in every reading."""
    layers = "".join(
        f"""
[[network.layers]]
units = 2
activation = "{name}"
weights = [[0.15, 0.2], [0.25, 0.3]]
biases = [0.35, 0.1]
"""
        for name in ("sigmoid", activation)
    )
    problem = loads(
        f"""
[network]
inputs = 2
loss = "{loss}"
{layers}
[data]
inputs = [[0.05, 0.1]]
targets = {TARGETS.get(LOSSES[loss].targets, [[0.25, 0.75]])}
[training]
rate = 0.5
"""
    )
    solution = sb.solution(sb.derive(problem), readings=("unit", "index", "matrix"), lang=lang)
    return solution.render("latex") + solution.render("typst") + solution.render("markdown")


@pytest.mark.parametrize("activation", [*ACTIVATIONS, *ALONG])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_activation_is_told(activation: str, lang: str) -> None:
    assert "aligned" in told(activation, "half-squared-error", lang)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_every_loss_is_told(loss: str, lang: str) -> None:
    assert "aligned" in told("softmax", loss, lang)
