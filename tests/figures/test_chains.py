"""Pictures of whole chains: a row for each product, its factors' quantities in order, on a page or not at all."""

from __future__ import annotations

import pytest

from symbackprop.figures.chains import MOST_ROWS, PAGE, chains
from symbackprop.form import symbol

W, E = symbol("w", "1"), symbol("E")
ROWS = [[symbol("z", "1"), symbol("a", "1")], [symbol("z", "1"), symbol("a", "2")], [symbol("b", "")]]


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_row_for_each_product(lang: str) -> None:
    figure = chains(W, ROWS, E, "chains", lang)
    assert figure is not None
    assert [node.label for node in figure.nodes] == [W, *(f for row in ROWS for f in row), E]
    assert [edge.path for edge in figure.edges] == [1, 1, 1, 2, 2, 2, 3, 3]
    assert "w1 → z1 → a2 → E" in figure.alt
    assert figure.width <= PAGE
    assert all(0 < node.x < figure.width and 0 < node.y < figure.height for node in figure.nodes)


def test_every_arrow_leaves_a_box_and_enters_the_next() -> None:
    figure = chains(W, ROWS, E, "chains", "en")
    assert figure is not None
    assert all(edge.x1 < edge.x2 for edge in figure.edges)
    for edge in figure.edges:
        inside = [n for n in figure.nodes if edge.x1 + 0.01 < n.x < edge.x2 - 0.01 and abs(n.y - edge.y1) < 0.01]
        assert edge.y1 != edge.y2 or not inside


@pytest.mark.parametrize("rows", [[[symbol("z", str(k)) for k in range(20)]], [[W]] * (MOST_ROWS + 1)])
def test_what_has_no_room_is_not_drawn(rows: list) -> None:
    assert chains(W, rows, E, "chains", "en") is None
