"""A worked solution says whose optimizer it is, and shows its state before it uses it."""

from __future__ import annotations

import pytest

import symbackprop as sb
from symbackprop.tables.optimizers import OPTIMIZERS

SPEC = """
[network]
inputs = 2
loss = "half-squared-error"
[[network.layers]]
units = 2
activation = "sigmoid"
bias = "shared"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[network.layers]]
units = 2
activation = "sigmoid"
bias = "shared"
weights = [[0.40, 0.45], [0.50, 0.55]]
biases = 0.60
[data]
inputs = [[0.05, 0.10]]
targets = [[0.01, 0.99]]
[training]
rate = 0.5
"""


def text(words: str, lang: str = "en", notation: str = "mazur") -> str:
    solution = sb.solution(sb.derive(sb.loads(SPEC + words)), lang=lang, notation=notation)
    out = solution.render("markdown")
    assert isinstance(out, str)
    return out


@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_told_in_every_language(name: str, lang: str) -> None:
    plain, told = text("", lang), text(f'optimizer = "{name}"\n', lang)
    assert (told == plain) == (name == "sgd")


def test_the_place_of_epsilon_is_said() -> None:
    assert "below the root" in text('optimizer = "rmsprop"\nepsilon-inside-root = true\n')
    outside = text('optimizer = "rmsprop"\n')
    assert "added to the root" in outside
    assert "below the root" not in outside


def test_the_first_velocity_is_told_apart() -> None:
    told = text("momentum = 0.9\ndampening = 0.5\n")
    assert "it is the gradient itself, as in PyTorch" in told
    assert r"0.9 \cdot 0 + (1 - 0) \cdot 0.082167041" in told


def test_every_state_of_the_first_entry_stands_before_the_parameter() -> None:
    told = text('optimizer = "adam"\n')
    places = [
        told.index(part)
        for part in (r"m_{w5}^{+} &", r"v_{w5}^{+} &", r"\hat{m}_{w5} &", r"\hat{v}_{w5} &", "w_{5}^{+} &")
    ]
    assert places == sorted(places)
    assert r"\beta_{1} = 0.9" in told
    assert "m_{w6}^{+} &" not in told  # the others by what becomes of them
    assert r"w_{6}^{+} & = w_{6} - \frac{\eta \cdot \hat{m}_{w6}}{\sqrt{\hat{v}_{w6}} + \epsilon}" in told


def test_goodfellows_rate_is_epsilon_and_his_small_number_delta() -> None:
    told = text('optimizer = "rmsprop"\n', notation="goodfellow")
    assert r"\epsilon \cdot" in told
    assert r"} + \delta}" in told


def test_updates_that_need_all_gradients_stand_after_them() -> None:
    told = text("clip = { norm = 0.01 }\n")
    assert told.index("## Update") > told.index("## Gradients")


def test_without_a_rate_every_line_stays_general() -> None:
    told = text('optimizer = "adam"\n').replace("rate", "")
    symbols = sb.solution(sb.derive(sb.loads(SPEC.replace("rate = 0.5", 'optimizer = "adam"')))).render("markdown")
    assert told != symbols
    assert r"\eta" in symbols
