"""Keys count where the routes agree: they do for what is right, and not for what is off by little."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from exam_texts import planned, quiz

from symbackprop.derivation import steps_of
from symbackprop.exams.case import Lot
from symbackprop.exams.draw import indices, words
from symbackprop.exams.routes import CENTRAL, COMPLEX, Routes
from symbackprop.exams.variants import Maker, Search, variants
from symbackprop.form import Index
from symbackprop.numeric.exact import evaluate, leaves

SPECS = ["mazur.toml", "batch.toml", "batchnorm.toml", "cnn.toml", "equations.toml", "rnn.toml", "softmax.toml"]


@pytest.mark.parametrize("spec", SPECS)
def test_every_route_gives_every_number(spec: str) -> None:
    """Values, partials of everything, updates: the tape, the graph's definitions and the text of the program."""
    stock = Maker(planned('kind = "error"', network=spec, draw=""), "routes").stock(0)
    numbers, steps = stock.numbers, stock.topology.steps
    chosen, _ = indices(words(f"routes {spec}", range(6), len(numbers.grids.slots)), numbers.grids.sizes)
    given = numbers.grids.leaves(chosen)
    routes = Routes(stock.topology, numbers.scope, given)
    compared = Counter[str]()
    for step in steps.steps:
        if step.left.op not in ("ref", "adjoint") or step.rule in ("seed", "independent") or "." in step.left.name:
            continue
        entry = step.left.where({v: Index(0) for i in step.left.at for v in i.variables})
        node = numbers.scope.node(entry)
        key = numbers.tape.values(numbers.tape.needed([node]), given)[node]
        for route in (COMPLEX, CENTRAL):
            off = np.abs(routes.of(entry, route) - key)
            assert np.median(off) <= 1e-8 * (1 + np.abs(key).max()), (entry, route)
            compared[route] += 1
    assert min(compared.values()) > 5


def test_a_key_that_is_off_is_not_agreed_on() -> None:
    stock = Maker(quiz(), "off").stock(0)
    numbers = stock.numbers
    chosen, fits = indices(words("off", range(600), len(numbers.grids.slots)), numbers.grids.sizes)
    found = numbers.run(chosen, fits)
    places = list(range(len(found.places)))
    search = Search(Maker(quiz(), "off"), stock, [Lot("off", "off/v00001", 0)], [0])
    assert len(places) > 5
    assert search.agreed(found, chosen, places).all()
    for item in numbers.items:
        wrong = {**found.values, item.node: found.values[item.node] * 1.001}
        assert not search.agreed(replace(found, values=wrong), chosen, places).any()


def test_no_unit_is_saturated_and_no_kink_is_near() -> None:
    for variant in variants(quiz(), 11, 40):
        problem = variant.problem
        values = evaluate(steps_of(problem), problem.values)
        assert problem.network is not None
        for k, layer in enumerate(problem.network.layers, 1):
            word = layer.options["activation"]
            outs, nets = ([float(x) for x in leaves(values["ref", f"{name}{k}"])] for name in "az")
            if word == "sigmoid":
                assert all(0.05 <= x <= 0.95 for x in outs)
            if word == "tanh":
                assert all(abs(x) <= 0.95 for x in outs)
            if word == "relu":
                assert all(abs(x) >= 0.01 for x in nets)
