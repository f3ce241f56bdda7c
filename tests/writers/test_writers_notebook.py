"""A notebook's cells run on their own and print the numbers of the text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import symbackprop as sb

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
MAZUR = EXAMPLES / "mazur.toml"


def notebook(source: Path | str, **how) -> dict:
    problem = sb.load(source) if isinstance(source, Path) else sb.loads(source)
    return json.loads(sb.solution(sb.derive(problem), **how).render("ipynb"))


def run(book: dict) -> str:
    """The code cells one after the other, as a kernel would, in a Python that has nothing but its own library."""
    cells = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", "\n\n".join(cells)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def printed(name: str, lang: str = "en") -> str:
    return run(notebook(EXAMPLES / f"{name}.toml", lang=lang))


@pytest.mark.parametrize("name", ["mazur", "softmax", "batch", "equations"])
def test_the_numbers_are_those_of_the_text(name):
    """Every quantity, gradient and update is printed with the digits that the solution has for it."""
    derivation = sb.derive(sb.load(EXAMPLES / f"{name}.toml"))
    out = printed(name)
    data, places = derivation.data(), derivation.problem.presentation.digits
    wanted = [x for key in ("values", "adjoints", "updated") for x in numbers(data[key], derivation, key)]
    wanted += [data["trajectory"][k]["error"] for k in (0, 1)]
    shown = {float(x) for x in re.findall(r" = (\S+)", out)}
    assert len(wanted) > 20
    for value in wanted:
        assert any(abs(value - x) <= 0.5000001 * 10**-places for x in shown), value


def numbers(of: dict, derivation, key: str) -> list[float]:
    given = derivation.derivation.graph.leaves if key == "values" else ()
    names = [n for n in of if n not in given] if key == "values" else derivation.problem.parameters
    names = [n for n in names if n in of]

    def flat(x):
        return [z for y in x for z in flat(y)] if isinstance(x, list) else [x]

    return [x for n in names for x in flat(of[n])]


def test_mazur_s_numbers_in_both_languages():
    assert "net_h1 = 0.377500000\n" in printed("mazur")
    assert "dE_total/dw5 = 0.082167041\n" in printed("mazur")
    assert "E_total, after the update = 0.291027774\n" in printed("mazur")
    assert "dE_total/dw5 = 0,082167041\n" in printed("mazur", "id")
    assert "E_total, setelah pembaruan = 0,291027774\n" in printed("mazur", "id")


@pytest.mark.parametrize("name", ["mazur", "softmax", "batch", "equations"])
def test_central_differences_agree(name):
    assert float(re.search(r"largest difference: (\S+)", printed(name))[1]) < 1e-6


def test_a_wrong_gradient_would_be_seen():
    book = notebook(MAZUR)
    text = json.dumps(book)
    broken = text.replace("d_z1 = [d_a1[j]*a1[j]*(1 - a1[j])", "d_z1 = [d_a1[j]*a1[j]*(1 + a1[j])")
    assert broken != text
    assert float(re.search(r"largest difference: (\S+)", run(json.loads(broken)))[1]) > 1e-3


def test_hidden_deltas_from_updated_weights():
    text = MAZUR.read_text(encoding="utf-8").replace('"old-weights"', '"updated-weights"')
    assert "E_total, after the update = 0.291027924\n" in run(notebook(text))


def test_without_numbers_there_are_the_functions():
    text = re.sub(r"(?m)^(weights|biases) = .*\n", "", MAZUR.read_text(encoding="utf-8"))
    book = notebook(re.sub(r"(?ms)^\[source\].*", "", text))
    assert run(book) == ""
    assert sum(cell["cell_type"] == "code" for cell in book["cells"]) == 2


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_form_is_nbformat_4_5(lang):
    book = notebook(MAZUR, lang=lang)
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert (book["metadata"]["lang"], book["metadata"]["title"]) == (lang, "Mazur's 2-2-2 network")
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids) > 10
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    for cell in book["cells"]:
        more = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | more
    assert notebook(MAZUR, lang=lang) == book


def test_every_picture_has_words_and_lies_inside():
    text = "".join("".join(cell["source"]) for cell in notebook(MAZUR)["cells"])
    pictures = re.findall(r"!\[(.*?)\]\((.{30})", text)
    assert len(pictures) == 5
    assert all(len(alt) > 20 and address.startswith("data:image/svg+xml;base64,") for alt, address in pictures)


def test_hostile_text_makes_no_cell():
    title = "x ```python import os ``` ## y '); import os #"
    text = MAZUR.read_text(encoding="utf-8").replace("Mazur's 2-2-2 network", title)
    book, plain = notebook(text), notebook(MAZUR)
    assert [cell["cell_type"] for cell in book["cells"]] == [cell["cell_type"] for cell in plain["cells"]]
    code = [["".join(cell["source"]) for cell in b["cells"] if cell["cell_type"] == "code"] for b in (book, plain)]
    assert code[0] == code[1]
