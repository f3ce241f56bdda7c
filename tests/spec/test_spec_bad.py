"""Each file of bad/ has faults, which its first lines pin, and is a good spec once mended as they say.

# expects: 12: network.layers[0].activation: no activation is called 'sigmiod'; …      one for each fault
# mend: 12: activation = "sigmoid"                                                      line 12 becomes this
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symbackprop.errors import SpecError
from symbackprop.spec import load, loads

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))
each = pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)


def remarks(text: str, word: str) -> list[str]:
    return re.findall(rf"^# {word}: (.*)$", text, re.MULTILINE)


def test_there_are_bad_files() -> None:
    assert len(BAD) > 100


@each
def test_every_fault_is_told_with_file_line_key_and_advice(path: Path) -> None:
    expected = remarks(path.read_text(encoding="utf-8"), "expects")
    with pytest.raises(SpecError) as error:
        load(path)
    assert str(error.value).split("\n") == [f"{path}:{line}" for line in expected]


@each
def test_as_text_the_faults_are_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    with pytest.raises(SpecError) as error:
        loads(text, "it")
    assert str(error.value).split("\n") == [f"it:{line}" for line in remarks(text, "expects")]


@each
def test_mended_it_is_a_good_spec(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert loads(mended(text)).error == "E"


def mended(text: str) -> str:
    """The text with the lines that its remarks say; the line numbers are those before anything is mended."""
    lines = text.split("\n")
    for mend in reversed(remarks(text, "mend")):
        where, new = mend.split(": ", 1)
        first, _, last = where.partition("-")
        lines[int(first) - 1 : int(last or first)] = new.split(r"\n")
    return "\n".join(lines)


def test_four_faults_are_told_at_once() -> None:
    path = Path(__file__).parent / "bad" / "four-faults.toml"
    with pytest.raises(SpecError) as error:
        load(path)
    assert [(fault.place.file, fault.place.line, fault.place.key) for fault in error.value.faults] == [
        (str(path), 18, "network.layers[0].activation"),
        (str(path), 20, "network.layers[0].weights"),
        (str(path), 34, "data.inputs"),
        (str(path), 37, "training.lr"),
    ]
    assert [fault.message for fault in error.value.faults] == [
        "no activation is called 'sigmiod'; did you mean 'sigmoid'? (symbackprop list activations)",
        "weights has 2 rows of 3, expected 2 rows of 2: row j holds the weights into unit j",
        "there are inputs without targets; write targets, a row for each sample",
        "there is no key 'lr' here; write 'rate' instead",
    ]
    assert error.value.place == error.value.faults[0].place
