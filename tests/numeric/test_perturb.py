"""What happens to the error when one number moves: the numbers, the words that follow from them, every format."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.api import Moved
from symbackprop.document import Edge, Figure, Table, blocks
from symbackprop.errors import DerivationError, SymbackpropError
from symbackprop.figures.curve import ticks
from symbackprop.numeric.field import double, ends
from symbackprop.numeric.perturb import STEPS

MAZUR = Path(__file__).resolve().parent.parent.parent / "examples" / "mazur.toml"
SYMBOLS = '[equations]\nprogram = ["E = w**2"]\nerror = "E"\nparameters = ["w"]\n[shapes]\nw = []\n'
RENDERED = {"text": "rest 100 times smaller", "markdown": "Table", "latex": r"\begin{tikzpicture}", "typst": "polygon("}


def moved(error: str, w: float, train: str = '["w"]', **more: float) -> Moved:
    given = "".join(f"{name} = {value}\n" for name, value in {"w": w, **more}.items())
    text = f'[equations]\nprogram = ["E = {error}"]\nerror = "E"\nparameters = {train}\n[values]\n{given}'
    return sb.derive(sb.loads(text)).moved("w", "en")


def near(x: Any, y: Fraction) -> bool:
    return all(abs(e - y) < Fraction(1, 10**40) for e in ends(x))


def test_a_parabola_by_hand() -> None:
    """E = w² at 3: ∂E/∂w = 6, E(3 + h) − E(3) = 6h + h²; all exact."""
    p = moved("w**2", 3).perturbation
    assert (p.value, p.error, p.slope) == (3, 9, 6)
    assert [m.step for m in p.moves] == list(STEPS)
    assert all((m.predicted, m.actual, m.rest) == (6 * m.step, 6 * m.step + m.step**2, m.step**2) for m in p.moves)
    assert all(y == x**2 for x, y in p.curve)


def test_at_a_hundred_millionth_nothing_is_lost() -> None:
    """Half of the second derivative is left over: two derivations agree to 10 digits where doubles have none."""
    d = sb.derive(MAZUR)
    for name in ("w1", "w7", "b1", "i1", "target_o1"):
        last = d.perturbation(name).moves[-2]
        assert last.step == Fraction(1, 10**8)
        half = double(d.hessian(name, name)) / 2
        assert double(last.rest) * 1e16 == pytest.approx(half, rel=1e-6, abs=1e-12)
    assert double(d.perturbation("w7").slope) == pytest.approx(-0.0226025405, abs=1e-10)


@pytest.mark.parametrize(
    ("error", "w", "said", "silent"),
    [
        ("w**2", 3, "makes w smaller", "makes w larger"),
        ("w**2", -3, "makes w larger", "makes w smaller"),
        ("w**2", 0, "The slope is 0", "Gradient descent"),
        ("3*w", 1, "exact for every step", "ten times"),
        ("relu(w)", 0.05, "For small steps the prediction is exact", "kink"),
        ("relu(w)", 0, "has a kink", "ten times"),
        ("abs(w)", 0, "has a kink", "exact"),
        ("w**2", 3, "rest 100 times smaller", "kink"),
        ("log(w)", 0.05, "Where a dash stands", "kink"),
    ],
)
def test_the_words_follow_the_numbers(error: str, w: float, said: str, silent: str) -> None:
    text = " ".join(str(moved(error, w).render("text")).split())
    assert said in text
    assert silent not in text


def test_of_an_input_no_descent_is_told() -> None:
    assert "Gradient descent" not in str(sb.derive(MAZUR).moved("i1").render())


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("format", ["text", "markdown", "latex", "typst", "json"])
def test_every_format_in_both_languages_twice_the_same(format: str, lang: str) -> None:
    one, other = (sb.derive(MAZUR).moved("w7", lang).render(format) for _ in range(2))
    assert one == other
    if lang == "en" and format in RENDERED:
        assert RENDERED[format] in str(one)


def test_json() -> None:
    data = json.loads(moved("log(w)", 0.05).render("json"))
    assert data["schema"] == "symbackprop/perturbation/1"
    assert data["moves"][1] == {"step": -0.1, "predicted": -2.0, "actual": None, "rest": None}
    assert (data["name"], data["value"], data["slope"], data["error"]["name"]) == ("w", 0.05, 20.0, "E")


def test_the_picture_holds_the_curve_its_tangent_and_says_so() -> None:
    by_hand = [moved("w**2", 3), moved("3*w", 1), moved("0*w + 2", 1), moved("log(w)", 0.05)]
    for case in (*by_hand, sb.derive(MAZUR).moved("w7")):
        (figure,) = (b for b in blocks(case.document) if isinstance(b, Figure))
        drawn: list[Edge] = list(figure.edges)
        assert sum(e.path == 1 for e in drawn) == sum(
            a[1] is not None and b[1] is not None
            for a, b in zip(case.perturbation.curve, case.perturbation.curve[1:], strict=False)
        )
        (tangent,) = (e for e in drawn if e.path == 2)
        dot = figure.nodes[-1]
        area = (dot.x - tangent.x1) * (tangent.y2 - tangent.y1) - (dot.y - tangent.y1) * (tangent.x2 - tangent.x1)
        assert abs(area) < 1e-9, "the tangent goes through the point"
        ends_of = [(x, y) for e in drawn for x, y in ((e.x1, e.y1), (e.x2, e.y2))]
        assert all(0 <= x <= figure.width and 0 <= y <= figure.height for x, y in ends_of)
        assert "tangent" in figure.alt
        assert all(e.plain for e in drawn if e.path)


def test_ticks_are_round_numbers() -> None:
    assert ticks(-0.5, 1.5) == [-0.5, 0.0, 0.5, 1.0, 1.5]
    assert ticks(0.0, 0.9) == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert ticks(299.0, 312.0) == [300.0, 305.0, 310.0]


def test_the_table_has_a_row_for_each_step() -> None:
    (table,) = (b for b in blocks(moved("w**2", 3).document) if isinstance(b, Table))
    assert len(table.rows) == len(STEPS)


def test_what_cannot_move_says_what_can() -> None:
    d = sb.derive(MAZUR)
    with pytest.raises(SymbackpropError, match="did you mean 'w7'"):
        d.perturbation("w77")
    with pytest.raises(SymbackpropError, match="name a parameter, an input or a target"):
        d.perturbation("net_h1")
    with pytest.raises(SymbackpropError, match=r"\[values\] give none for w"):
        sb.derive(sb.loads(SYMBOLS)).perturbation("w")
    with pytest.raises(DerivationError, match="no value"):
        moved("log(w)", -1)


def test_sequential_samples_move_the_first() -> None:
    text = MAZUR.read_text(encoding="utf-8").replace("[[0.05, 0.10]]", "[[0.05, 0.10], [0.3, 0.4]]")
    text = text.replace("[[0.01, 0.99]]", "[[0.01, 0.99], [0.5, 0.5]]").replace('"batch"', '"sequential"')
    assert '"sequential"' in text
    one, both = sb.derive(MAZUR), sb.derive(sb.loads(text))
    for name in ("i1", "w7"):
        assert near(both.perturbation(name).moves[0].actual, ends(one.perturbation(name).moves[0].actual)[0])
