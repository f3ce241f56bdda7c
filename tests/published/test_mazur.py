"""Mazur's worked example, figure by figure, and what his closing figures betray.

By his stated rule one update leaves E = 0.2910277737.  He prints 0.291027924: that comes from hidden deltas that were
computed with weights already updated, `hidden-deltas-from = "updated-weights"`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Any

import pytest

import symbackprop as sb
from symbackprop.spec import loads
from symbackprop.spec.problem import Problem

MAZUR = """
title = "Mazur's 2-2-2 network"
[network]
inputs = 2
loss = "half-squared-error"
[[network.layers]]
kind = "dense"
units = 2
activation = "sigmoid"
bias = "shared"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[network.layers]]
kind = "dense"
units = 2
activation = "sigmoid"
bias = "shared"
weights = [[0.40, 0.45], [0.50, 0.55]]
biases = 0.60
[data]
inputs = [[0.05, 0.10]]
targets = [[0.01, 0.99]]
[training]
optimizer = "sgd"
rate = 0.5
train = ["weights"]
"""

#   step  what it is                             printed          in full
FIGURES = """
    F1    values/z1/0                            0.3775           0.3775
    F2    values/a1/0                            0.593269992      0.593269992107
    F3    values/a1/1                            0.596884378      0.596884378260
    F4    values/z2/0                            1.105905967      1.105905967060
    F5    values/a2/0                            0.75136507       0.751365069552
    F6    values/a2/1                            0.772928465      0.772928465321
    E1    values/Ek/0                            0.274811083      0.274811083176
    E2    values/Ek/1                            0.023560026      0.023560025584
    E3    values/E                               0.298371109      0.298371108760
    B2    adjoints/a2/0                          0.74136507       0.741365069552
    B3    adjoints/z2/0÷adjoints/a2/0            0.186815602      0.186815601809
    B4    adjoints/W2/0/0÷adjoints/z2/0          0.593269992      0.593269992107
    B5    adjoints/W2/0/0                        0.082167041      0.082167040564
    U1    updated/W2/0/0                         0.35891648       0.358916479718
    U2    updated/W2/0/1                         0.408666186      0.408666186076
    U3    updated/W2/1/0                         0.511301270      0.511301270239
    U4    updated/W2/1/1                         0.561370121      0.561370121108
    H2    adjoints/z2/0                          0.138498562      0.138498561629
    H3    values/W2/0/0                          0.40             0.40
    H4    adjoints/z2/0·values/W2/0/0            0.055399425      0.055399424651
    H5    adjoints/z2/1·values/W2/1/0            -0.019049119     -0.019049118258
    H6    adjoints/a1/0                          0.036350306      0.036350306393
    H7    adjoints/z1/0÷adjoints/a1/0            0.241300709      0.241300708572
    H8    adjoints/W1/0/0÷adjoints/z1/0          0.05             0.05
    H9    adjoints/W1/0/0                        0.000438568      0.000438567734
    U5    updated/W1/0/0                         0.149780716      0.149780716133
    U6    updated/W1/0/1                         0.19956143       0.199561432266
    U7    updated/W1/1/0                         0.24975114       0.249751143632
    U8    updated/W1/1/1                         0.29950229       0.299502287265
"""
ROWS = [tuple(line.split()) for line in FIGURES.strip().splitlines()]
LAST_DIGIT_OFF = {"H5"}  # he went on with a rounded δ_o2: -0.038098237 · 0.50


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return sb.derive(loads(MAZUR)).data()


def at(data: dict[str, Any], pointer: str) -> float:
    """/values/a2/0, or a product (·) or quotient (÷) of two such."""
    if "·" in pointer:
        x, y = pointer.split("·")
        return at(data, x) * at(data, y)
    if "÷" in pointer:
        x, y = pointer.split("÷")
        return at(data, x) / at(data, y)
    return float(reduce(lambda part, key: part[int(key) if isinstance(part, list) else key], pointer.split("/"), data))


@pytest.mark.parametrize(("step", "pointer", "printed", "full"), ROWS, ids=[row[0] for row in ROWS])
def test_every_figure(data: dict[str, Any], step: str, pointer: str, printed: str, full: str) -> None:
    value = at(data, pointer)
    assert value == pytest.approx(float(full), abs=6e-13)
    rounded = Decimal(value).quantize(Decimal(printed), rounding=ROUND_HALF_UP)
    assert (rounded == Decimal(printed)) is (step not in LAST_DIGIT_OFF)


def trained(steps: int, hidden_deltas: str = "old-weights", train: str = '["weights"]') -> Problem:
    text = MAZUR.replace('train = ["weights"]', f"train = {train}")
    return loads(f'{text}steps = {steps}\nhidden-deltas-from = "{hidden_deltas}"\n')


#                     how                                          E after one update
ONE_UPDATE = {
    "by his rule": ({}, 0.291027773694),
    "from updated weights": ({"hidden_deltas": "updated-weights"}, 0.291027923905),
    "shared biases, too": ({"train": '["weights", "biases"]'}, 0.285750887),
}  # fmt: skip


@pytest.mark.parametrize(("how", "error"), ONE_UPDATE.values(), ids=ONE_UPDATE)
def test_the_error_after_one_update(how: dict[str, str], error: float) -> None:
    data = sb.derive(trained(1, **how)).data()
    assert [row["step"] for row in data["trajectory"]] == [0, 1]
    assert data["trajectory"][0]["error"] == pytest.approx(0.298371108760003, abs=1e-15)
    assert data["trajectory"][1]["error"] == pytest.approx(error, abs=6e-10)


def test_the_two_rules_to_ten_digits() -> None:
    errors = [sb.derive(trained(1, how)).data()["trajectory"][1]["error"] for how in ("old-weights", "updated-weights")]
    assert [f"{error:.10f}" for error in errors] == ["0.2910277737", "0.2910279239"]


def test_only_hidden_weights_feel_the_mistake() -> None:
    old, new = (sb.derive(trained(1, how)).data()["updated"] for how in ("old-weights", "updated-weights"))
    assert old["W2"] == new["W2"]
    assert old["W1"] != new["W1"]


def test_the_shared_biases_after_one_update() -> None:
    updated = sb.derive(trained(1, train='["weights", "biases"]')).data()["updated"]
    assert updated["b1"] == pytest.approx(0.340637195, abs=5e-10)
    assert updated["b2"] == pytest.approx(0.549799837, abs=5e-10)


#                      E             out_o1        out_o2
TEN_THOUSAND = {
    "old-weights":     (3.510187783e-5, 0.0159136204, 0.9840642735),
    "updated-weights": (3.508478630e-5, 0.0159121963, 0.9840657345),
}  # fmt: skip


@pytest.mark.parametrize("how", TEN_THOUSAND)
def test_ten_thousand_updates(how: str) -> None:
    """He prints the outputs 0.015912196 and 0.984065734: those of updated weights."""
    error, out_o1, out_o2 = TEN_THOUSAND[how]
    p = trained(10_000, how)
    data = sb.derive(p).data()
    assert data["trajectory"][-1]["step"] == 10_000
    assert data["trajectory"][-1]["error"] == pytest.approx(error, rel=1e-9)
    text = MAZUR
    for name, written in (("W1", "[[0.15, 0.20], [0.25, 0.30]]"), ("W2", "[[0.40, 0.45], [0.50, 0.55]]")):
        text = text.replace(written, repr(data["updated"][name]))
    outputs = sb.derive(loads(text)).data()["values"]["a2"]
    assert outputs == pytest.approx([out_o1, out_o2], abs=6e-11)
    printed = [f"{value:.9f}" for value in outputs]
    assert (printed == ["0.015912196", "0.984065734"]) is (how == "updated-weights")
