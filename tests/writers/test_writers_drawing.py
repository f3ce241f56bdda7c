"""Pictures as numbers: arrows end at rims, and each path has a stroke of its own."""

from math import hypot

import pytest
from sample_document import NODES, PATHS, E, edge, h, w5

from symbackprop.document import Edge, Figure, Node
from symbackprop.writers.drawing import PATHS as STROKES
from symbackprop.writers.drawing import SVG, Pen, drawn
from symbackprop.writers.math.runs import Run, runs


def first(figure: Figure, **pen) -> dict:
    return drawn(figure, Pen("latex", "en", **pen))["edges"][0]


def two(start: Node, end: Node, **more) -> Figure:
    return Figure("f", 10, 5, (start, end), (Edge(start.x, start.y, end.x, end.y, **more),), (), "")


@pytest.mark.parametrize("style", ["unit", "box"])
def test_an_arrow_runs_from_rim_to_rim(style):
    found = first(two(Node(1, 1, h), Node(5, 4, "a", style)))
    tail, tip = (
        (float(found["x1"]), 5 - float(found["y1"])),
        (float(found["head"][0][0]), 5 - float(found["head"][0][1])),
    )
    assert hypot(tail[0] - 1, tail[1] - 1) == pytest.approx(0.42, abs=0.002)
    if style == "unit":
        assert hypot(tip[0] - 5, tip[1] - 4) == pytest.approx(0.42, abs=0.002)
    else:
        assert tip[1] == pytest.approx(4 - 0.42 * 0.75, abs=0.002)


def test_two_arrows_side_by_side_end_at_the_rim_too():
    figure = Figure("f", 10, 5, (Node(1, 1, h), Node(5, 1, h)), (Edge(1, 1.1, 5, 1.1),), (), "")
    found = first(figure)
    assert hypot(float(found["x1"]) - 1, 4 - float(found["y1"]) - 0) == pytest.approx(0.42, abs=0.002)


def test_a_label_lies_on_its_edge():
    found = first(two(Node(0, 0, h), Node(10, 5, h), label=w5, at=0.3))
    assert (found["x"], found["y"]) == ("3", "3.5")


def test_every_path_has_a_stroke_of_its_own():
    looks = {(tuple(e["dash"]), e["color"]) for e in drawn(PATHS, Pen("latex", "en"))["edges"] if e["path"]}
    assert len(looks) == 4
    assert len({stroke.dash for stroke in STROKES}) == len(STROKES)


def test_what_is_dim_lies_below():
    edges = drawn(PATHS, Pen("latex", "en"))["edges"]
    assert edges[0]["dim"]
    assert [e["path"] for e in edges[-5:]] == sorted(e["path"] for e in edges[-5:])


def test_svg_has_the_same_picture_in_its_own_units():
    figure = two(NODES["i1"], NODES["E"])
    small, large = first(figure), first(figure, scale=SVG)
    for key in ("x1", "y1", "x2", "y2"):
        assert float(large[key]) == pytest.approx(SVG * float(small[key]), abs=0.03)


def test_a_label_is_made_of_runs():
    assert runs(E) == [Run("E", True, 0), Run("total", False, -1)]
    assert [run.shift for run in runs(edge("h1", "o1", w5).label)] == [0, -1]
