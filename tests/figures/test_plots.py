"""Curves and bars as drawings: everything inside, nothing lost, told apart without colour."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symbackprop.document import Edge, Figure, Text
from symbackprop.figures.bars import GROWN, SHRUNK, bars
from symbackprop.figures.curve import MOST_POINTS, STROKES, ends, plot, scale, thinned
from symbackprop.form import symbol
from symbackprop.writers.drawing import PATHS

FLOATS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))
LABELS = symbol("k"), symbol("E")


def inside(figure: Figure) -> bool:
    points = [(x, y) for e in figure.edges for x, y in ((e.x1, e.y1), (e.x2, e.y2))]
    return all(-1e-9 <= x <= figure.width + 1e-9 and -1e-9 <= y <= figure.height + 1e-9 for x, y in points)


def drawn(figure: Figure, path: int) -> list[Edge]:
    return [e for e in figure.edges if e.path == path]


@given(st.lists(FLOATS, min_size=2, max_size=400))
def test_a_curve_stays_between_its_axes(ys: list[float]) -> None:
    figure = plot("c", [[(float(k), y) for k, y in enumerate(ys)]], LABELS, (Text("c"),), "alt")
    assert inside(figure)
    assert 1 <= len(drawn(figure, 1)) <= MOST_POINTS + 1


def test_several_curves_have_strokes_of_their_own() -> None:
    curves = [[(float(k), float(k * n)) for k in range(5)] for n in range(1, 4)]
    figure = plot("c", curves, LABELS, (Text("c"),), "alt")
    assert [len(drawn(figure, path)) for path in (1, 2, 3)] == [4, 4, 4]
    assert len({stroke.dash for stroke in PATHS}) == len(PATHS) == STROKES


def test_a_gap_is_not_joined() -> None:
    figure = plot("c", [[(0.0, 1.0), (1.0, 2.0), None, (3.0, 1.0), (4.0, 5.0)]], LABELS, (Text("c"),), "alt")
    assert len(drawn(figure, 1)) == 2


def test_an_axis_goes_by_powers_where_values_differ_much() -> None:
    assert scale([1.0, 1e-3]).powers
    assert not scale([1.0, 0.5]).powers
    assert not scale([1.0, -1e-3]).powers
    assert [text for _, text in scale([1.0, 1e-4]).ticks] == ["1e-4", "1e-3", "0.01", "0.1", "1"]
    assert scale([1.0, 1e-4]).share(1e-2) == 0.5


def test_at_whole_numbers_stand_whole_numbers() -> None:
    assert [text for _, text in ends([0.0, 1.0]).ticks] == ["0", "1"]
    assert [text for _, text in ends([0.0, 0.5]).ticks][1] == "0.1"


@given(st.lists(FLOATS, min_size=MOST_POINTS + 1, max_size=3000))
def test_of_many_points_no_peak_is_lost(ys: list[float]) -> None:
    points = [(float(k), y) for k, y in enumerate(ys)]
    kept = [p for p in thinned(points) if p is not None]
    assert len(kept) <= MOST_POINTS + 2
    assert kept == sorted(kept)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert (max(y for _, y in kept), min(y for _, y in kept)) == (max(ys), min(ys))


@given(st.lists(FLOATS, min_size=1, max_size=16))
def test_a_bar_goes_up_where_a_number_grew_and_down_where_it_shrank(changes: list[float]) -> None:
    words = [symbol("w", str(k)) for k in range(len(changes))]
    figure = bars("b", list(zip(words, changes, strict=True)), symbol("Delta"), (Text("c"),), "alt")
    assert inside(figure)
    assert all(any(node.label == word for node in figure.nodes) for word in words)
    zero = figure.edges[1].y1
    large = [c for c in changes if abs(c) > 1e-6 * max(map(abs, changes))]
    assert len(drawn(figure, GROWN)) >= 3 * sum(c > 0 for c in large)
    assert len(drawn(figure, SHRUNK)) >= 3 * sum(c < 0 for c in large)
    assert all(min(e.y1, e.y2) >= zero - 1e-9 for e in drawn(figure, GROWN))
    assert all(max(e.y1, e.y2) <= zero + 1e-9 for e in drawn(figure, SHRUNK))
    assert all(e.plain for path in (GROWN, SHRUNK) for e in drawn(figure, path))
