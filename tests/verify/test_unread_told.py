"""What the reader says of a row that it cannot read, in the report's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.language import catalogue
from symbackprop.spec.problem import Problem
from symbackprop.verdicts.told import messages, why

EXAMPLES = Path(__file__).parents[2] / "examples"
ROWS = {
    "near": "dE/dw9 = 3",
    "nobody": "dE/dfoo = 3",
    "layer": "dE/dW = x",
    "index": "$$E = \\delta_j^{(1)}$$",
    "relation": "dE/dw5 = 0.08, w5",
    "alone": "$$w_5 - \\eta$$",
    "left": "= 0.35",
    "ends": "dE/dw5 =",
    "place": "dE/dw5 = (o1-t1))*h1",
    "missing": "dE/dw5 = (o1-t1)*o1*(1-o1*h1",
    "character": "E = 1 €",
    "sides": "o1 = 1/2 x",
    "shapes": "$$\\delta^{(2)} = W^{(1)} + x$$",
    "closed": "$$ E = 1",
    "entry": "$$\\delta^{3}_{1} = 0$$",
}


@cache
def network(name: str) -> Problem:
    return sb.load(EXAMPLES / f"{name}.toml")


@pytest.mark.parametrize("key", ROWS)
def test_the_reader_says_what_the_catalogue_knows(key: str) -> None:
    report = sb.verify(ROWS[key], network("batch" if key == "entry" else "mazur"), lang="id")
    said = [message for _, _, message in report.unread]
    known = [name for message in said for name, pattern in messages() if pattern.fullmatch(message)]
    assert known == [f"unread.{key}"], said
    told = next(line.why for line in report.lines if line.verdict == "unread")
    assert said[0] not in told
    assert why(said[0], "en") == said[0]


def test_every_sentence_is_tried() -> None:
    assert {key for key in catalogue("en") if key.startswith("unread.")} == {f"unread.{key}" for key in (*ROWS, "ways")}


def test_what_no_catalogue_has_stays_as_it_is() -> None:
    assert why("leave it out\\n    x\\", "id") == "leave it out"
