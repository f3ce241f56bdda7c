"""The commands as a user runs them: what they print, what they leave, how they end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
MAZUR = CHECKOUT / "examples" / "mazur.toml"


def run(*words: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from symbackprop.cli import main; main()", *words]
    return subprocess.run(command, cwd=cwd, input=given, capture_output=True, text=True, encoding="utf-8", check=False)


def test_derive_leaves_a_file_of_each_format(tmp_path: Path) -> None:
    done = run("derive", str(MAZUR), "--to", "markdown,latex", "--to", "typst", "--to", "json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert {p.name for p in (tmp_path / "outputs").iterdir()} >= {"mazur.md", "mazur.tex", "mazur.typ", "mazur.json"}
    assert "mazur.md" in done.stderr


def test_derive_leaves_the_companions_of_each_format(tmp_path: Path) -> None:
    words = ["--faded", "2", "--fade-order", "subgoal", "--erroneous", "--to", "markdown,latex,json", "-o", "there"]
    done = run("derive", str(MAZUR), *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    made = {p.name for p in (tmp_path / "there").iterdir() if p.suffix != ".svg"}
    documents = ["mazur", "mazur.faded", "mazur.key", "mazur.erroneous", "mazur.erroneous-key"]
    assert made == {"mazur.json", *(f"{d}.{suffix}" for d in documents for suffix in ("md", "tex"))}
    faded, key = ((tmp_path / "there" / f"mazur.{k}.md").read_text(encoding="utf-8") for k in ("faded", "key"))
    assert r"\boxed{\quad(1)\quad}" in faded
    assert "\n(1) $" in key
    assert "](mazur-network.svg)" in faded  # the picture of the full solution


def test_every_mistake_is_listed_with_a_sentence(tmp_path: Path) -> None:
    lines = run("list", "mistakes", cwd=tmp_path).stdout.splitlines()
    assert len(lines) >= 12
    assert all(re.fullmatch(r"[a-z-]+ {2,}[A-Z].*\.", line) for line in lines)
    assert any(line.startswith("missing-path ") for line in lines)


def test_derive_to_standard_output(tmp_path: Path) -> None:
    done = run("derive", str(MAZUR), "-o", "-", "--to", "json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert data["schema"] == "symbackprop/derivation/1"
    assert data["error"]["value"] == pytest.approx(0.298371108760003, abs=1e-15)
    assert data["updated"]["W2"][0][0] == pytest.approx(0.358916479718, abs=1e-12)
    assert data["trajectory"][1]["error"] == pytest.approx(0.2910277737, abs=1e-10)
    keys = "id stage of rule uses unit index matrix substituted value"
    assert set(keys.split()) == set(data["steps"][0])
    assert list(tmp_path.iterdir()) == []


def test_derive_from_standard_input_in_indonesian(tmp_path: Path) -> None:
    done = run("derive", "-", "-o", "-", "--lang", "id", cwd=tmp_path, given=MAZUR.read_text(encoding="utf-8"))
    assert "Propagasi maju" in done.stdout
    assert "0{,}593269992" in done.stdout


def test_perturb_tells_it_on_the_terminal_and_leaves_files(tmp_path: Path) -> None:
    done = run("perturb", str(MAZUR), "w7", cwd=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert "−2.26025404 · 10⁻¹⁰" in done.stdout
    done = run("perturb", str(MAZUR), "w7", "--to", "markdown,json,text", "-o", "out", cwd=tmp_path)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "mazur-w7.md", "mazur-w7-curve.svg", "mazur-w7.json", "mazur-w7.txt"
    }  # fmt: skip


def test_train_tells_it_on_the_terminal_and_leaves_files(tmp_path: Path) -> None:
    done = run("train", str(MAZUR), "--steps", "3", cwd=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert "0.291027774" in done.stdout
    done = run("train", str(MAZUR), "--lang", "id", cwd=tmp_path)  # as many updates as the spec says
    assert "Dari langkah 0 sampai langkah 1, galat E_total turun dari 0,298371109" in " ".join(done.stdout.split())
    done = run("train", str(MAZUR), "--steps", "3", "--to", "markdown,json,csv,text", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "mazur-training.md", "mazur-training.json", "mazur-training.csv", "mazur-training.txt",
        "mazur-training-loss.svg", "mazur-training-update-1.svg", "mazur-training-update-3.svg",
    }  # fmt: skip


def test_train_ends_with_1_where_the_error_is_not_reached(tmp_path: Path) -> None:
    done = run("train", str(MAZUR), "--until", "0.28", "--to", "csv", cwd=tmp_path)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 5)
    done = run("train", str(MAZUR), "--until", "0.28", "--steps", "2", "--to", "csv", cwd=tmp_path)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 4)
    assert "the error 0.28 is not reached in 2 updates" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["derive", "none.toml"], "none.toml"),
        (["derive", str(MAZUR), "--to", "pdff"], "did you mean 'pdf'?"),
        (["derive", str(MAZUR), "--lang", "fr"], "there are en, id"),
        (["derive", str(MAZUR), "--notation", "mazurr"], "did you mean 'mazur'?"),
        (["derive", str(MAZUR), "-o", "-", "--to", "markdown,latex"], "-o - takes one format"),
        (["derive", str(MAZUR), "-o", str(MAZUR)], "mazur.toml"),
        (["derive", str(MAZUR), "-o", "-", "--faded", "1"], "-o - takes one document"),
        (["derive", str(MAZUR), "--erroneous", "--to", "json"], "--to markdown"),
        (["derive", str(MAZUR), "--faded", "3"], "--faded"),
        (["derive", str(MAZUR), "--faded", "1", "--fade-order", "sideways"], "subgoal"),
        (["lambdify", str(MAZUR), "--target", "nunpy"], "did you mean 'numpy'?"),
        (["perturb", str(MAZUR), "w77"], "did you mean 'w7'?"),
        (["perturb", str(MAZUR), "w7", "--to", "jsonn"], "did you mean 'json'?"),
        (["train", "none.toml"], "none.toml"),
        (["train", str(MAZUR), "--to", "jsonn"], "did you mean 'json'?"),
        (["train", str(MAZUR), "--to", "json,csv"], "-o - takes one format"),
        (["train", str(MAZUR), "--steps", "0"], "--steps"),
        (["train", str(MAZUR), "--until", "0,001"], "--until: '0,001' is no number; write a decimal point: 0.001"),
        (["list", "activation"], "activations"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_says_why(words: list[str], said: str, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_four_faults_are_four_messages(tmp_path: Path) -> None:
    text = MAZUR.read_text(encoding="utf-8")
    for right, wrong in (
        ('"half-squared-error"', '"half-squared-eror"'),
        ('activation = "sigmoid"', 'activation = "sigmiod"'),
        ("rate = 0.5", "rate = -0.5"),
        ("digits = 9", "digitts = 9"),
    ):
        text = text.replace(right, wrong, 1)
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    done = run("derive", "bad.toml", cwd=tmp_path)
    lines = done.stderr.splitlines()
    assert done.returncode == 2
    assert len(lines) == 4
    assert all(line.startswith("bad.toml:") and line.split(":")[1].isdigit() for line in lines)
    assert "did you mean 'sigmoid'?" in done.stderr
    assert not (tmp_path / "outputs").exists()


def test_check_names_its_routes(tmp_path: Path) -> None:
    done = run("check", str(MAZUR), cwd=tmp_path)
    assert done.returncode == 0
    for route in ("central differences", "complex step", "SymPy"):
        assert route in done.stdout


def test_lambdify_leaves_a_module_that_runs_alone(tmp_path: Path) -> None:
    assert run("lambdify", str(MAZUR), "-o", "f.py", cwd=tmp_path).returncode == 0
    code = (
        "from f import f; E, g = f(x=[0.05, 0.1], t=[0.01, 0.99], W1=[[0.15, 0.2], [0.25, 0.3]], b1=0.35,"
        " W2=[[0.4, 0.45], [0.5, 0.55]], b2=0.6); print(round(E, 9), round(g['W2'][0][0], 9))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", "import sys; sys.path[:0] = ['.']; " + code], cwd=tmp_path,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split() == ["0.298371109", "0.082167041"]


def test_new_schema_and_version(tmp_path: Path) -> None:
    assert run("new", "layers", "-o", "mine.toml", cwd=tmp_path).returncode == 0
    assert run("derive", "mine.toml", "-o", "-", cwd=tmp_path).returncode == 0
    assert json.loads(run("schema", "spec", cwd=tmp_path).stdout)["type"] == "object"
    assert run("--version", cwd=tmp_path).stdout.startswith("symbackprop")


def test_lists_name_only_what_is_built(tmp_path: Path) -> None:
    listed = {line.split()[0] for line in run("list", "formats", cwd=tmp_path).stdout.splitlines()}
    assert listed == {
        *"markdown latex latex-fragment latex-exam latex-siunitx typst pdf html text docx odt epub ipynb json".split(),
        *"jsonl csv exam-class amc moodle gift qti12 qti21 qti22 qti30 prairielearn nbgrader otter numbas anki".split(),
    }
    for name in ("notations", "losses", "optimizers", "activations", "layers", "languages"):
        assert run("list", name, cwd=tmp_path).stdout


def test_a_loss_without_a_value_names_the_file(tmp_path: Path) -> None:
    text = MAZUR.read_text(encoding="utf-8").replace("half-squared-error", "binary-cross-entropy")
    text = text.replace('"sigmoid"', '"relu"').replace("0.40, 0.45", "-0.40, -0.45")
    (tmp_path / "log.toml").write_text(text, encoding="utf-8")
    for command in ("derive", "check"):
        done = run(command, "log.toml", cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("log.toml: with these numbers a quantity has no value: the logarithm")
