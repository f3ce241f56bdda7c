"""Pictures of networks: as many paths as summands, nothing outside, nothing on anything else, all said in words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from networks import RECURRENT, problems

import symbackprop as sb
from symbackprop.document import Document, Edge, Figure, Node
from symbackprop.figures import dense, layout
from symbackprop.figures.graph import MOST_QUANTITIES, graph
from symbackprop.figures.labels import words
from symbackprop.figures.ordering import columns
from symbackprop.figures.placing import Box, around, label
from symbackprop.figures.ways import KEPT, MOST_WAYS, ways
from symbackprop.form import Form, Index
from symbackprop.numeric import rounding
from symbackprop.readings import unit
from symbackprop.spec import Dense, Network, loads, problem
from symbackprop.writers import render
from symbackprop.writers.drawing import CHARACTER
from symbackprop.writers.drawing import PATHS as STROKES
from symbackprop.writers.math.lines import width

EXAMPLES = Path(__file__).parents[2] / "examples"
SCALARS = """
[equations]
program = ["q = w0*x0 + w1*x1 + w2", "s = 1/(1 + exp(-q))", "L = (s - t)**2/2 + w0**2/10"]
error = "L"
parameters = ["w0", "w1", "w2"]
[values]
w0 = 2
x0 = -1
w1 = -3
x1 = -2
w2 = -3
t = 1
"""
SEVERAL = """
[equations]
program = ["y = w*x", "E = y*y*w + exp(y)"]
error = "E"
parameters = ["w"]
[values]
w = 2
x = 0.5
"""
OWN = {"recurrent": RECURRENT, "scalars": SCALARS, "several": SEVERAL}
NAMES = ["mazur", "softmax", "batch", "equations", "cnn", "rnn", "batchnorm", *OWN]


@cache
def derived(name: str) -> sb.Derivation:
    return sb.derive(loads(OWN[name]) if name in OWN else sb.load(EXAMPLES / f"{name}.toml"))


def dense_net(*sizes: int, bias: Any = "unit") -> sb.Derivation:
    layers = tuple(Dense(units=n, activation="tanh", bias=bias) for n in sizes[1:])
    return sb.derive(problem(Network(inputs=sizes[0], loss="half-squared-error", layers=layers)))


@cache
def pictures(name: str, lang: str = "en") -> list[Figure]:
    return every(derived(name), lang)


def each_way(d: sb.Derivation, lang: str = "en") -> Iterator[tuple[Figure | None, int]]:
    """The ways of the first and the last entry of each adjoint, with how many summands its formula has."""
    for step in d.steps:
        if step.left.op == "adjoint" and step.rule != "seed":
            every = unit.entries(step.axes)
            for entry in dict.fromkeys([every[0], every[-1]]):
                uses = [step]
                if step.rule == "collect":
                    uses = [s for s in d.steps if s.of == step.of and s.left.op == "flow"]
                count = sum(len(unit.ways(s, entry)) for s in uses)
                yield ways(d.names(), d.derivation, step, entry, lang), count


def whole(d: sb.Derivation, lang: str = "en") -> Figure | None:
    values = (lambda f: rounding.digits(d.number(f), significant=3).text) if d.numeric else None
    return graph(d.names(), values, lang)


def of_network(d: sb.Derivation, lang: str = "en") -> Iterator[Figure | None]:
    yield dense.network(d.names(), lang)
    for name in d.problem.parameters:
        step = d.derivation.adjoint(name)
        every = unit.entries(step.axes)
        for entry in dict.fromkeys([every[0], every[-1]]):
            yield dense.paths(d.names(), unit.left(step, entry), lang)


def every(d: sb.Derivation, lang: str = "en") -> list[Figure]:
    found = [figure for figure, _ in each_way(d, lang)] + [whole(d, lang), *of_network(d, lang)]
    return [figure for figure in found if figure is not None]


def extent(node: Node) -> Box:
    """What the writers draw of a node: its shape, and its label, as broad as they measure it."""
    text = len(node.label) if isinstance(node.label, str) else width(node.label)
    half = max(text * CHARACTER / 2, 0 if node.style == "plain" else node.radius)
    flat = {"plain": min(node.radius, 0.25), "box": 0.75 * node.radius, "round": 0.75 * node.radius}
    tall = flat.get(node.style, node.radius)
    return Box(node.x - half, node.y - tall, node.x + half, node.y + tall)


def inside(figure: Figure) -> None:
    for box in [*map(extent, figure.nodes), *(label(e, e.at) for e in figure.edges if e.label is not None)]:
        assert box.left >= -1e-9
        assert box.low >= -1e-9
        assert box.right <= figure.width + 1e-9
        assert box.high <= figure.height + 1e-9
    for e in figure.edges:
        assert all(0 <= x <= figure.width for x in (e.x1, e.x2))
        assert all(0 <= y <= figure.height for y in (e.y1, e.y2))


def apart(figure: Figure) -> None:
    for a, b in combinations(figure.nodes, 2):
        assert not extent(a).meets(extent(b)), (a.label, b.label)


@pytest.mark.parametrize("name", NAMES)
def test_there_are_as_many_paths_as_summands(name: str) -> None:
    for figure, count in each_way(derived(name)):
        if count == 0:
            assert figure is None
            continue
        assert figure is not None
        paths = {e.path for e in figure.edges}
        dots = [node for node in figure.nodes if node.label == "…"]
        assert len(paths) == (count if count <= MOST_WAYS else KEPT + 1)
        assert len(dots) == (count > MOST_WAYS)
        assert all(len([e for e in figure.edges if e.path == p]) == 2 for p in paths)


def test_every_path_that_can_be_drawn_has_a_stroke_of_its_own() -> None:
    assert len({stroke.dash for stroke in STROKES}) == len(STROKES) >= MOST_WAYS


@pytest.mark.parametrize("name", NAMES)
def test_each_way_carries_its_factor_and_what_came_back(name: str) -> None:
    for figure, _ in each_way(derived(name)):
        for path in {e.path for e in figure.edges} if figure else ():
            first, second = (e for e in figure.edges if e.path == path)
            assert first.label is not None
            assert (second.label is None) == first.plain  # nothing between the entry and the error


def test_the_factors_of_the_ways_make_the_formula() -> None:
    d = derived("mazur")
    step = d.derivation.adjoint("a1")
    figure = ways(d.names(), d.derivation, step, (0,), "en")
    assert figure is not None
    assert [words(e.label or "") for e in figure.edges] == ["w5", "delta_o1", "w7", "delta_o2"]
    assert [words(node.label) for node in figure.nodes] == ["out_h1", "net_o1", "net_o2", "E"]
    assert figure.alt == (
        "A diagram of the ways from out_h1 to E_total; number of ways: 2. Each has a stroke of its own. "
        "Way 1: from out_h1 with the factor w5 to net_o1, and from there with delta_o1 to E_total. "
        "Way 2: from out_h1 with the factor w7 to net_o2, and from there with delta_o2 to E_total."
    )


def test_a_quantity_used_several_times_has_the_ways_of_all_its_uses() -> None:
    d = derived("several")
    of_w = ways(d.names(), d.derivation, d.derivation.adjoint("w"), (), "en")
    of_y = ways(d.names(), d.derivation, d.derivation.adjoint("y"), (), "en")
    assert of_w is not None
    assert {words(node.label) for node in of_w.nodes} == {"w", "y", "E"}
    assert of_y is not None
    assert len({e.path for e in of_y.edges}) == 3


def test_of_many_ways_the_first_and_the_last_are_drawn_and_the_rest_is_said() -> None:
    d = derived("cnn")
    figure = ways(d.names(), d.derivation, d.derivation.adjoint("W1"), (0, 0, 0), "en")
    assert figure is not None
    assert "number of ways: 12" in figure.alt
    assert "Ways 7 to 11 are left out" in figure.alt
    assert "Way 12:" in figure.alt


@pytest.mark.parametrize("name", NAMES)
def test_nothing_lies_outside_or_on_anything_else(name: str) -> None:
    for figure in pictures(name):
        inside(figure)
        apart(figure)
        assert figure.width <= layout.PAGE + 1e-9


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_words_name_every_node(name: str, lang: str) -> None:
    for figure in pictures(name, lang):
        for node in figure.nodes:
            text = words(node.label)
            assert text is not None
            if node.style in ("box", "round") or (node.style in ("unit", "input") and figure.name == "network"):
                assert text in figure.alt


@pytest.mark.parametrize("name", NAMES)
def test_the_same_picture_each_time(name: str) -> None:
    assert every(derived(name)) == pictures(name)


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 4, 4, 3), (2, 3, 3, 2, 1), (12, 9, 8, 3), (1, 1), (2, 2, 2, 2, 2, 2)])
@pytest.mark.parametrize("bias", ["unit", "shared", "none"])
def test_any_dense_network_has_its_pictures(sizes: tuple[int, ...], bias: str) -> None:
    d = dense_net(*sizes, bias=bias)
    for figure in of_network(d):
        assert figure is not None
        assert figure.width <= layout.PAGE + 1e-9
        inside(figure)
        apart(figure)


@pytest.mark.parametrize(("sizes", "bias"), [((2, 2, 2), "shared"), ((3, 4, 4, 3), "unit"), ((12, 9, 8, 3), "unit")])
def test_a_weight_acts_by_each_unit_that_its_unit_feeds(sizes: tuple[int, ...], bias: str) -> None:
    d = dense_net(*sizes, bias=bias)
    for name in d.problem.parameters:
        step = d.derivation.adjoint(name)
        layer, shared = d.names().kind(name)[1], name.startswith("b") and bias == "shared"
        for entry in unit.entries(step.axes):
            figure = dense.paths(d.names(), unit.left(step, entry), "en")
            assert figure is not None
            fed = layer if shared else layer + 1
            count = sizes[fed] if fed < len(sizes) else 1
            drawn = count if count <= layout.MOST_UNITS else 3
            assert {e.path for e in figure.edges} == {0, *range(1, drawn + 1)}
            assert f"number of ways: {count}" in figure.alt
            assert all(e.dim for e in figure.edges if not e.path)
            deltas = [node for node in figure.nodes if node.style == "plain" and node.label != "⋮"]
            assert len(deltas) == drawn


def test_the_own_edge_of_a_bias_is_lit_and_named() -> None:
    d = dense_net(3, 4, 4, 3)
    figure = dense.paths(d.names(), Form("ref", ("b2", Index(1))), "en")
    assert figure is not None
    assert [e.name for e in figure.edges if e.path == 1][:2] == ["b2[1]", "W3[0,1]"]


def test_a_shared_bias_is_named_once() -> None:
    figure = dense.network(dense_net(2, 3, 2, bias="shared").names(), "en")
    assert figure is not None
    assert [e.name for e in figure.edges if e.name.startswith("b") and e.label] == ["b1[2]", "b2[1]"]


def test_the_units_of_a_path_are_drawn_in_a_wide_layer_too() -> None:
    d = dense_net(12, 9, 3)
    figure = dense.paths(d.names(), Form("ref", ("W1", Index(4), Index(6))), "en")
    assert figure is not None
    assert next(e.name for e in figure.edges if e.path == 1) == "W1[4,6]"
    assert "dots stand for the others" in figure.alt


def test_labels_lie_apart_where_there_is_room() -> None:
    for d in (derived("mazur"), dense_net(2, 3, 2)):
        for figure in of_network(d):
            assert figure is not None
            labels = [label(e, e.at) for e in figure.edges if e.label is not None]
            assert not any(a.meets(b) for a, b in combinations(labels, 2))
            assert not any(a.meets(around(node)) for a in labels for node in figure.nodes)


def test_an_edge_crosses_a_box_only_where_it_runs_through_it() -> None:
    box = Box(1, 1, 2, 2)
    assert box.crossed(Edge(0, 0, 3, 3))
    assert box.crossed(Edge(1.5, 0, 1.5, 3))
    assert box.crossed(Edge(1.2, 1.2, 1.4, 1.3))
    for e in (Edge(0, 0, 0.9, 0.9), Edge(0, 2.5, 3, 2.5), Edge(0, 1.8, 1.8, 3.6), Edge(2.5, 0, 2.5, 3)):
        assert not box.crossed(e)


# ---- the graph of a program ------------------------------------------------------------------------------------------


def test_depth_and_order() -> None:
    found = columns({"z": ["w", "x"], "a": ["z"], "E": ["a", "t", "w"]}, ["w", "x", "t", "z", "a", "E"])
    assert found.depth == {"w": 0, "x": 0, "z": 1, "a": 2, "t": 2, "E": 3}
    assert found.crossings == 0
    assert (("w", 1), ("w", 2)) in found.links  # on its way to E it passes two columns


def test_the_graph_of_a_circuit_has_values_above_and_derivatives_below() -> None:
    figure = whole(derived("scalars"))
    assert figure is not None
    at = {words(node.label): node for node in figure.nodes if node.style != "plain"}
    q, near = at["q"], [node for node in figure.nodes if node.x == at["q"].x and node is not at["q"]]
    above, below = sorted(near, key=lambda node: -node.y)
    assert (words(above.label), words(below.label)) == ("1", "-0.0529")
    assert above.y > q.y > below.y
    assert {name for name, node in at.items() if node.style == "box"} == {"w0", "w1", "w2"}
    assert "q is computed from w0, x0, w1, x1, w2. Its value is 1. The derivative by it is −0.0529." in figure.alt


@pytest.mark.parametrize("name", NAMES)
def test_every_graph_is_drawn_and_no_edge_runs_through_a_quantity(name: str) -> None:
    figure = whole(derived(name))
    assert figure is not None
    for node in figure.nodes:
        x, y = node.x, node.y
        core = Box(x - 0.3, y - 0.15, x + 0.3, y + 0.15)
        assert not any(core.crossed(e) for e in figure.edges)


def test_a_large_program_has_no_graph() -> None:
    lines = [f'"y{k} = tanh(y{k - 1})"' for k in range(1, MOST_QUANTITIES + 1)]
    program = f'[equations]\nprogram = [{", ".join(lines)}, "E = y{len(lines)}**2"]\nerror = "E"\nparameters = ["y0"]\n'
    assert whole(sb.derive(loads(program + "[values]\ny0 = 1\n"))) is None


@settings(max_examples=15, deadline=None)
@given(problems(most_layers=3, most_units=3))
def test_the_pictures_of_any_network_hold_together(problem: Any) -> None:
    for figure in every(sb.derive(problem)):
        inside(figure)
        apart(figure)


@pytest.mark.parametrize("format", ["html", "latex", "typst"])
def test_every_format_draws_them(format: str) -> None:
    figures = {figure.name: figure for figure in pictures("equations")}
    text = render(Document("Pictures", "en", tuple(figures.values())), format)
    assert isinstance(text, str)
    assert render(Document("Pictures", "en", tuple(figures.values())), format) == text
