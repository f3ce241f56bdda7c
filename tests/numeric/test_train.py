"""A training told: the numbers along the way, where it ends, the words that follow from the numbers, every format."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.api import Trained
from symbackprop.document import Figure, Table, blocks
from symbackprop.errors import DerivationError, SymbackpropError
from symbackprop.numeric.field import double
from symbackprop.numeric.training import FEW, round_number, trajectory
from symbackprop.tables.optimizers import OPTIMIZERS

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
MAZUR = EXAMPLES / "mazur.toml"
LINE = '[equations]\nprogram = ["E = {error}"]\nerror = "E"\nparameters = ["w"]\n[values]\nw = {w}\n[training]\n'
SAMPLES = "".join(f"[[samples]]\nx = {x}\nt = {t}\n" for x, t in ((1, 2), (2, 4), (3, 6)))
REGRESSION = (
    '[equations]\nprogram = ["E = (w*x - t)**2"]\nerror = "E"\nparameters = ["w"]\n[values]\nw = 0\n' + SAMPLES
)


def trained(error: str, w: float, training: str, n: int | None = None, **more: Any) -> Trained:
    return sb.derive(sb.loads(LINE.format(error=error, w=w) + training)).training(n, lang="en", **more)


def in_turn(order: str, n: int | None = None, **more: Any) -> Trained:
    training = f'[training]\nrate = 0.01\norder = "{order}"\n' + "batch-size = 2\n" * (order == "mini-batch")
    return sb.derive(sb.loads(REGRESSION + training)).training(n, lang="en", **more)


def said(sheet: Trained) -> str:
    return " ".join(str(sheet.render("text")).split())


# ---- numbers ---------------------------------------------------------------------------------------------------


def test_a_parabola_by_hand() -> None:
    """E = w², η = 1/4: each update halves w, so w = 8/2ᵏ and E = 64/4ᵏ, exactly."""
    run = trained("w**2", 8, "rate = 0.25", 6).trajectory
    assert run.errors == tuple(Fraction(64, 4**k) for k in range(7))
    assert [run.along[k]["w"] for k in run.shown] == [Fraction(8, 2**k) for k in range(7)]
    assert run.precision == "enclosed"


@pytest.mark.parametrize(("until", "updates"), [(4, 2), ("4", 2), (3.99, 3), ("1/4", 4), (64, 0), (100, 0)])
def test_it_ends_at_the_first_step_that_is_small_enough(until: Any, updates: int) -> None:
    sheet = trained("w**2", 8, "rate = 0.25", until=until)
    assert (sheet.reached, sheet.trajectory.updates) == (True, updates)
    assert f"is reached after {updates} updates" in said(sheet)


def test_an_error_that_is_not_reached_says_so() -> None:
    sheet = trained("w**2", 8, "rate = 0.25", 3, until="0.5")
    assert (sheet.reached, sheet.trajectory.updates) == (False, 3)
    assert "E <= 0.5, is not reached after 3 updates" in said(sheet).replace("≤", "<=")


def test_a_long_wait_goes_on_where_enclosures_end() -> None:
    """Mazur's network comes to 0.001 at the same step in 50 digits and in doubles."""
    d = sb.derive(MAZUR)
    run = d.training(until="0.001").trajectory
    assert run.reached
    assert double(run.errors[-1]) <= 0.001 < double(run.errors[-2])
    fast = trajectory(d.derivation, d.problem, 10_000, fast=True, until=Fraction(1, 1000))
    assert (fast.updates, fast.precision) == (run.updates, "double")
    assert fast.errors == pytest.approx(list(map(double, run.errors)), rel=1e-12)


def test_ten_thousand_updates_of_mazur() -> None:
    run = sb.derive(MAZUR).training(10_000).trajectory
    assert double(run.errors[-1]) == pytest.approx(3.5101877827e-5, rel=1e-10)
    assert run.shown == [0, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000]


def test_what_is_much_goes_in_doubles_and_says_so() -> None:
    sheet = trained("w**2", 8, "rate = 0.001", 100_001)
    assert sheet.trajectory.precision == "double"
    assert "double precision" in said(sheet)
    assert "double precision" not in said(trained("w**2", 8, "rate = 0.001", 101))


@pytest.mark.parametrize("n", [1, 2, FEW, FEW + 1, 99, 101, 350])
def test_shown_are_all_of_few_else_round_numbers_the_first_and_the_last(n: int) -> None:
    run = trained("w**2", 8, "rate = 0.001", n).trajectory
    assert run.shown == [k for k in range(n + 1) if n <= FEW or round_number(k) or k == n]
    assert {n - 1, n} <= set(run.along)
    assert len(run.shown) <= FEW + 1


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_every_optimizer_tells_the_steps_of_its_trajectory(optimizer: str) -> None:
    d = sb.derive(sb.loads(LINE.format(error="w**2 + 1", w=2) + f'optimizer = "{optimizer}"\nrate = 0.1\n'))
    data = json.loads(str(d.training(4).render("json")))
    for step in data["steps"]:
        run = d.trajectory(step["step"])
        assert step["error"] == double(run.errors[-1])
        assert step["parameters"]["w"] == double(run.parameters["w"])
    assert bool(data["state"]) == bool(d.trajectory(4).state)


# ---- samples in turn -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "turns"), [("batch", 1), ("sequential", 3), ("mini-batch", 3)])
def test_an_error_is_reached_when_a_whole_round_is_small_enough(order: str, turns: int) -> None:
    sheet = in_turn(order, until=0.01)
    errors = [double(e) for e in sheet.trajectory.errors]
    small = [all(e <= 0.01 for e in errors[k - turns + 1 : k + 1]) for k in range(turns - 1, len(errors))]
    assert small == [False] * (len(small) - 1) + [True]
    assert ("samples that come next" in said(sheet)) == (turns > 1)


def test_only_steps_with_the_same_samples_are_compared() -> None:
    assert "Not all samples have been seen" in said(in_turn("sequential", 2))
    text = said(in_turn("sequential", 7))
    assert "From step 1 to step 7" in text  # both with the second sample
    assert "larger than one round before" not in text


def test_groups_that_come_in_turn_have_curves_of_their_own() -> None:
    for order, curves in (("batch", 1), ("sequential", 3)):
        figure = next(b for b in blocks(in_turn(order, 8).document) if isinstance(b, Figure))
        assert {e.path for e in figure.edges} == set(range(curves + 1))


# ---- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "w", "rate", "told", "silent"),
    [
        ("w**2", 3, "0.1", "It falls at every step", "rises"),
        ("w**2", 3, "1.5", "The error rises at 5 of 5 steps, first at step 1", "falls"),
        ("w**2", 3, "1", "no change that these numbers show", "rises at"),
        ("w**2", 0, "0.1", "No parameter moves", "moves most"),
        # w is 2.5, 0.5, −1.5, 0.5, −1.5, 0.5
        ("abs(w)", 2.5, "2", "The error rises at 2 of 5 steps, first at step 2", "every step"),
        ("w**2", 3, "0.1", "w moves most: from 3 to", "No parameter"),
    ],
)
def test_the_words_follow_the_numbers(error: str, w: float, rate: str, told: str, silent: str) -> None:
    text = said(trained(error, w, f"rate = {rate}", 5))
    assert told in text
    assert silent not in text


def test_a_falling_rate_is_told() -> None:
    decay = 'rate = 0.1\ndecay = { kind = "exponential", factor = 0.9 }\n'
    assert "it falls from update to update" in said(trained("w**2", 3, decay, 2))


# ---- tables, pictures, formats ---------------------------------------------------------------------------------


def test_few_entries_have_columns_and_many_a_norm() -> None:
    few = [b for b in blocks(sb.derive(MAZUR).training(3).document) if isinstance(b, Table)]
    assert [len(t.header) for t in few] == [2, 5, 5]
    assert all(len(t.rows) == 4 for t in few)
    many = sb.derive(EXAMPLES / "softmax.toml").training(3)
    assert "‖" in said(many)
    assert all(len(t.header) <= 7 for t in blocks(many.document) if isinstance(t, Table))
    assert len(json.loads(str(many.render("json")))["steps"][3]["parameters"]["W1"]) == 4


def test_pictures_of_the_curve_and_of_the_first_and_last_update() -> None:
    def pictures(n: int) -> list[str]:
        return [b.name for b in blocks(sb.derive(MAZUR).training(n).document) if isinstance(b, Figure)]

    assert pictures(1) == ["loss", "update-1"]
    assert pictures(30) == ["loss", "update-1", "update-30"]
    figure = next(b for b in blocks(sb.derive(MAZUR).training(1).document) if getattr(b, "name", "") == "update-1")
    assert isinstance(figure, Figure)
    assert "w5 by −0.04108" in figure.alt


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("format", ["text", "markdown", "latex", "typst", "html", "json", "csv"])
def test_every_format_in_both_languages_twice_the_same(format: str, lang: str) -> None:
    one, other = (sb.derive(MAZUR).training(30, lang=lang).render(format) for _ in range(2))
    assert one == other
    if format == "text":
        assert max(map(len, str(one).splitlines())) <= 100


def test_json_and_csv(tmp_path: Path) -> None:
    sheet = trained("w**2", 8, "rate = 0.25", until=1)
    data = json.loads(str(sheet.render("json")))
    assert data["schema"] == "symbackprop/training/1"
    assert (data["updates"], data["until"], data["reached"], data["precision"]) == (3, 1.0, True, "enclosed")
    assert data["errors"] == [64.0, 16.0, 4.0, 1.0]
    assert data["steps"][1] == {"step": 1, "error": 16.0, "parameters": {"w": 4.0}}
    assert sheet.write(tmp_path / "run.csv").read_text(encoding="utf-8") == "step,error\n0,64.0\n1,16.0\n2,4.0\n3,1.0\n"
    assert sheet.write(tmp_path / "run.json").read_text(encoding="utf-8") == sheet.render("json")


def test_numbers_from_a_file_train_as_those_in_the_spec(tmp_path: Path) -> None:
    (tmp_path / "xor.csv").write_text("x1,x2,t1\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", encoding="utf-8")
    text = (EXAMPLES / "batch.toml").read_text(encoding="utf-8")
    start, end = text.index("inputs = [["), text.index("reduction =")
    (tmp_path / "batch.toml").write_text(text[:start] + 'file = "xor.csv"\n' + text[end:], encoding="utf-8")
    one, other = (sb.derive(folder / "batch.toml").training(5).render("json") for folder in (tmp_path, EXAMPLES))
    assert one == other


# ---- what cannot be trained ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "n", "until", "told"),
    [
        (LINE.format(error="w**2", w=1), 3, None, "write rate = 0.5 under"),
        (LINE.format(error="w**2", w=1).replace("[values]\nw = 1", "[shapes]\nw = []"), 3, None, "give none for w"),
        (LINE.format(error="w**2", w=1) + "rate = 1\nsteps = 0\n", None, None, "not 0; write steps = 100"),
        (LINE.format(error="w**2", w=1) + "rate = 1\n", 0, None, "from 1 to 1,000,000 updates"),
        (LINE.format(error="w**2", w=1) + "rate = 1\n", 2_000_000, None, "not 2,000,000"),
        (LINE.format(error="w**2", w=1) + "rate = 1\n", 3, "0,5", "write a decimal point"),
        (LINE.format(error="w**2", w=1) + "rate = 1\n", 3, float("nan"), "a finite number"),
    ],
)
def test_what_cannot_be_trained_says_what_to_write(spec: str, n: int | None, until: Any, told: str) -> None:
    with pytest.raises(SymbackpropError, match=told):
        sb.derive(sb.loads(spec)).training(n, until)


@pytest.mark.parametrize("n", [90, 500, 100_001])
def test_an_error_beyond_all_bounds_ends_the_run(n: int) -> None:
    """E = w⁴ with a large rate grows without bound in a few updates, in enclosures, 50 digits and doubles."""
    with pytest.raises(DerivationError, match="beyond all bounds; write a smaller rate"):
        trained("w**4", 3, "rate = 1.5", n)
